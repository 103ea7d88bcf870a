/* What every handler needs of the application: its worker, replies by reason, writes through the writer thread. */
#include "server/app.h"
#include "core/base/log.h"
#include "core/congress/badges/badge_list.h"

#include <stdio.h>
#include <string.h>

struct worker *worker_of(struct http_request *req)
{
    struct worker *worker = http_worker_state(req);
    if (!worker) reply_reason(req, REASON_busy);
    return worker;
}

static bool is_host_of(const char *url, const char *host)
{
    const char *own = url ? strstr(url, "://") : NULL;
    return own && strcasecmp(own + 3, host) == 0;
}

bool app_answers_to(const struct app *app, const char *host)
{
    if (is_host_of(app->public_url, host) || is_host_of(app->secure_base, host)) return true;
    for (size_t i = 0; i < app->event_url_count; i++)
        if (is_host_of(app->event_urls[i], host)) return true;
    return public_url_is_here(host, app->plain_port, app->tls_port);
}

void reply_reason_with(struct http_request *req, enum reason reason, const char *sentence)
{
    const char *code = reason_code(reason);
    http_reply_problem(req, reason_status(reason), code ? code : "internal", sentence ? sentence : reason_sentence(reason));
}

void reply_reason(struct http_request *req, enum reason reason)
{
    reply_reason_with(req, reason, NULL);
}

bool app_tells_of_files(const struct app *app, const char *sentence)
{
    return sentence && app->store.folder && strstr(sentence, app->store.folder);
}

void reply_error(struct http_request *req, enum err error, const struct fault *fault)
{
    const char *told = fault && fault->text[0] ? fault->text : NULL;
    bool is_ours = told && app_tells_of_files(app_of(req), told); /* to be put right here, and nobody's business elsewhere */
    const char *sentence = is_ours ? NULL : told;
    switch (error) {
    case ERR_NOT_FOUND: reply_reason_with(req, REASON_not_found, sentence); break;
    case ERR_INPUT:
    case ERR_USAGE: reply_reason_with(req, REASON_bad_request, sentence); break;
    case ERR_CONFLICT: reply_reason_with(req, REASON_conflict, sentence); break;
    case ERR_DENIED: reply_reason_with(req, REASON_forbidden, sentence); break;
    case ERR_LIMIT: reply_reason_with(req, REASON_too_large, sentence); break;
    case ERR_BUSY: reply_reason(req, REASON_busy); break;
    case ERR_FULL: is_ours = true; reply_reason(req, REASON_disk_full); break;
    default: is_ours = true; reply_reason(req, REASON_internal); break;
    }
    if (is_ours) log_line(LOG_ERROR, "server", "%s: %s%s%s", req->safe_path, err_name(error), told ? ": " : "", told ? told : "");
}

const struct programme *event_of(struct http_request *req, struct worker *worker, struct programme_seqs *ret_seqs)
{
    const char *slug = http_param(req, "event");
    if (!slug) slug = http_query(req, "event");
    const struct programme *programme = NULL;
    enum err e = slug ? programme_cached(&worker->programmes, worker->db, slug, &programme, ret_seqs) : ERR_NOT_FOUND;
    if (e == ERR_NOT_FOUND) reply_reason(req, REASON_unknown_event);
    else if (e != OK) reply_error(req, e, NULL);
    return e == OK ? programme : NULL;
}

const char *actor_of(const struct http_request *req)
{
    const struct principal *p = req->principal;
    if (p->is_staff) return p->account.name;
    if (p->is_badge_head) return p->head_actor;
    return p->is_device ? p->device.code : "somebody";
}

/* --- writes ---------------------------------------------------------------------------------------------------------------------- */

/* Lives in the request's arena for as long as the writer may look at it. */
struct request_write {
    struct writer_work work; /* first: the writer's callbacks get a pointer to it */
    struct http_request *req;
    write_apply *apply;
};

/* The cache and the ids belong to the writer thread; they hang on the application because only that thread calls this. */
static enum err run_apply(struct db *db, void *arg, struct fault *fault)
{
    struct request_write *write = arg;
    struct write_tools *tools = app_of(write->req)->write_tools;
    struct write_mark mark = write_tools_mark(tools);
    enum err e = write->apply(db, write->req, tools, fault);
    if (e != OK) write_tools_forget(tools, mark); /* as the engine forgets the savepoint */
    return e;
}

static void write_done(struct writer_work *work)
{
    struct request_write *write = (struct request_write *)work;
    http_resume(write->req);
}

static struct request_write **write_slot(struct http_request *req)
{
    struct principal *p = req->principal;
    return &p->write;
}

void request_write(struct http_request *req, write_apply *apply, void (*then)(struct http_request *req))
{
    struct request_write **slot = write_slot(req);
    if (!*slot) *slot = arena_alloc(req->arena, sizeof **slot);
    if (!*slot) {
        reply_reason(req, REASON_busy);
        return;
    }
    **slot = (struct request_write){.work = {.apply = run_apply, .done = write_done, .arg = *slot}, .req = req, .apply = apply};
    req->resume = then;
    http_defer(req);
    if (writer_submit(app_of(req)->writer, &(*slot)->work) == OK) return;
    http_undefer(req);
    reply_reason(req, REASON_busy);
}

enum err write_result(struct http_request *req, const struct fault **ret_fault)
{
    struct request_write *write = *write_slot(req);
    if (ret_fault) *ret_fault = &write->work.fault;
    return write->work.result;
}

void request_work_noted(struct http_request *req, void (*work)(struct http_request *req, void *thread_state),
                        void (*refuse)(struct http_request *req, enum err error, const struct fault *fault))
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    req->resume = NULL;
    if (e != OK) refuse(req, e, fault);
    else http_run_in_pool(req, app_of(req)->pool, work);
}
