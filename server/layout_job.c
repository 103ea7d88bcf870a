#include "server/layout_job.h"

#include "core/base/clock.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/delegates/find.h"

#include <stdlib.h>
#include <string.h>

#define PIXELS_USUAL 900
#define PERSON_MOST 64

static void job_end(void *data)
{
    struct layout_job *job = data;
    buf_release(&job->png);
    arena_release(&job->arena);
}

const char *layout_job_person(const char *text)
{
    return text && text[0] && strlen(text) <= PERSON_MOST ? text : NULL;
}

const char *layout_job_language(const char *text)
{
    static const char *const languages[] = {"vi", "en", "pt", "ar"};
    for (size_t i = 0; text && i < sizeof languages / sizeof languages[0]; i++)
        if (strcmp(text, languages[i]) == 0) return languages[i];
    return NULL;
}

struct layout_job *layout_job_new(struct http_request *req)
{
    struct layout_job *job = arena_alloc(req->arena, sizeof *job);
    if (!job || http_at_end(req, job_end, job) != OK) {
        reply_reason(req, REASON_busy);
        return NULL;
    }
    const char *side = http_query(req, "side"), *pixels = http_query(req, "pixels"), *overlay = http_query(req, "overlay");
    buf_init(&job->png, BUF_LIMIT_BODY);
    job->event = http_param(req, "event");
    job->person = layout_job_person(http_query(req, "person"));
    job->language = layout_job_language(http_query(req, "language"));
    job->back = side && strcmp(side, "back") == 0;
    job->overlay = overlay && strcmp(overlay, "1") == 0;
    long wished = pixels ? strtol(pixels, NULL, 10) : PIXELS_USUAL;
    job->pixels = wished < PREVIEW_PIXELS_LEAST ? PREVIEW_PIXELS_LEAST : wished > PREVIEW_PIXELS_MOST ? PREVIEW_PIXELS_MOST : (unsigned)wished;
    return job;
}

/* "ngọc ánh" as the code or number of the first whom the desk's search finds; as it was when there is none. */
static const char *find_person(struct layout_job *job, struct worker *worker)
{
    const struct programme *programme;
    json_t *found = NULL;
    const char *code = NULL;
    enum err e = programme_cached(&worker->programmes, worker->db, job->event, &programme, NULL);
    if (e == OK) e = delegates_find(worker->db, &job->arena, programme, job->person, clock_now_ms(), &found);
    if (e == OK) {
        const json_t *first = json_array_get(json_object_get(found, "results"), 0);
        code = json_string_value(json_object_get(first, "code"));
        if (!code) code = json_string_value(json_object_get(first, "number"));
        code = arena_strdup(&job->arena, code);
    }
    json_decref(found);
    return code ? code : job->person;
}

static enum err draw(struct layout_job *job, struct worker *worker, const struct badge_layout *layout)
{
    const char *base_url;
    bool guessed;
    struct badge_preview_wish wish = {.event = job->event, .folder = worker->app->store.folder, .layout = layout, .person = job->person,
                                      .language = job->language, .back = job->back, .overlay = job->overlay, .pixels = job->pixels};
    enum err e = public_url_choose(worker->db, &job->arena, NULL, job->event, worker->app->plain_port, &base_url, &guessed, &job->fault);
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, &job->fault);
    if (e != OK) return e;
    wish.base_url = base_url;
    e = badges_preview(worker->db, &job->arena, &wish, clock_now_ms(), worker->fonts, &job->png, &job->result, &job->fault);
    bool unknown = e == ERR_NOT_FOUND && job->person && job->person[0] != '~';
    if (!unknown) return e;
    wish.person = find_person(job, worker);
    return badges_preview(worker->db, &job->arena, &wish, clock_now_ms(), worker->fonts, &job->png, &job->result, &job->fault);
}

void layout_job_run(struct layout_job *job, struct worker *worker)
{
    const struct badge_layout *layout;
    job->error = ERR_BUSY;
    if (!worker) return;
    job->error = badges_layout_read(&job->arena, job->name, job->text, job->length, &layout, &job->fault);
    if (job->error == OK) {
        job->error = draw(job, worker, layout);
        return;
    }
    job->is_flawed = job->error == ERR_INPUT || job->error == ERR_LIMIT;
    if (job->is_flawed) layout_flaw_find(job->text, job->length, &job->fault, &job->flaw);
}

void layout_job_reply_flaw(struct http_request *req, const struct layout_flaw *flaw)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_puts(&out, "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\",\"status\":422,\"code\":\"bad_layout\",\"detail\":");
    buf_put_json(&out, flaw->sentence);
    buf_puts(&out, ",\"place\":");
    buf_put_json(&out, flaw->place);
    buf_printf(&out, ",\"line\":%u,\"column\":%u}", flaw->line, flaw->column);
    http_reply_buf(req, 422, "application/problem+json", &out);
}
