#include "server/fixed_job.h"
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "server/fixed_words.h"
#include "server/pages/pages.h"

#include <stdlib.h>
#include <string.h>

static void release(void *data)
{
    struct fixed_job *job = data;
    arena_release(&job->arena);
}

struct fixed_job *fixed_job_new(struct http_request *req)
{
    struct fixed_job *job = arena_alloc(req->arena, sizeof *job);
    if (job) arena_init(&job->arena, FIXED_JOB_MEMORY);
    if (!job || http_at_end(req, release, job) != OK) {
        reply_reason(req, REASON_busy);
        return NULL;
    }
    job->wish.at_ms = DB_NULL;
    req->state = job;
    return job;
}

/* May run again: what an earlier run gathered is forgotten. What the record knows is known at this moment, on the writer's thread. */
static enum err apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct fixed_job *job = req->state;
    const struct programme *programme;
    struct fixed_words words;
    arena_clear(&job->arena);
    enum err e = programme_cached(&tools->programmes, db, http_param(req, "event"), &programme, NULL);
    if (e == OK) e = fixed_words_load(db, &job->arena, pages_i18n(app_of(req)->pages), &words);
    if (e != OK) return e;
    struct fixed_wish wish = job->wish;
    wish.now_ms = clock_now_ms();
    wish.actor = actor_of(req);
    wish.say = fixed_words_say;
    wish.say_context = &words;
    return fixed_fix(db, &job->arena, &tools->ids, programme, &wish, &job->number, &job->again, fault);
}

void fixed_job_write(struct http_request *req, struct fixed_job *job, void (*then)(struct http_request *req))
{
    req->state = job;
    request_write(req, apply, then);
}

const struct i18n *fixed_i18n(const struct http_request *req)
{
    return pages_i18n(app_of(req)->pages);
}

int64_t fixed_number_of(const struct http_request *req)
{
    const char *text = http_param(req, "number");
    size_t length = text ? strspn(text, "0123456789") : 0;
    return length > 0 && length < 9 && !text[length] ? strtoll(text, NULL, 10) : 0;
}

enum err fixed_job_load(struct http_request *req, struct worker *worker, const struct programme *programme, struct fixed_figure *ret, struct fixed_content *ret_now,
                        struct fault *fault)
{
    struct fixed_job *job = req->state;
    enum err e = fixed_find(worker->db, &job->arena, programme->event_id, fixed_number_of(req), ret);
    if (e == OK) e = fixed_load(worker->db, &job->arena, ret);
    if (e != OK || !ret_now) return e;
    const char *category = ret->content.category;
    e = fixed_gather(worker->db, &job->arena, programme, ret->content.at_ms, clock_now_ms(), category, ret_now, fault);
    if (e != ERR_INPUT) return e;
    /* The category is no more: so is nobody of it. */
    *ret_now = (struct fixed_content){.at_ms = ret->content.at_ms, .category = category, .quorum = {.since_ms = DB_NULL, .lost_ms = DB_NULL}};
    return OK;
}

enum err fixed_moment_read(const char *timezone, const char *text, int64_t *ret_ms, struct fault *fault)
{
    *ret_ms = DB_NULL;
    if (!text || !*text) return OK;
    if (clock_parse(text, ret_ms) == OK || zone_parse(timezone, text, ret_ms) == OK) return OK;
    return fault_because(fault, ERR_INPUT, "fixed_moment", NULL, "at: \"%.40s\" is no moment", text);
}
