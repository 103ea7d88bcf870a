/* Fixed figures: GET and POST /api/v1/events/{event}/figures/fixed, GET …/{number}, …/{number}/people. docs/decisions/0044-fixed-figures.md */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/event_file/event_file.h"
#include "server/fixed_job.h"
#include "server/refusal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MOST 100

/* --- all of them ------------------------------------------------------------------------------------------------------------------------------------- */

void fixed_list_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    const char *before = http_query(req, "before");
    struct fixed_figure *list;
    size_t n = 0;
    if (!programme) return;
    int64_t below = before && strlen(before) < 9 ? strtoll(before, NULL, 10) : INT64_MAX;
    enum err e = fixed_list(worker->db, req->arena, programme->event_id, below, LIST_MOST, &list, &n);
    json_t *out = json_array();
    for (size_t i = 0; e == OK && i < n; i++)
        if (json_array_append_new(out, fixed_json(&list[i])) != 0) e = ERR_NOMEM;
    if (e == OK) {
        http_reply_json(req, 200, json_pack("{s:o}", "fixed", out));
        return;
    }
    json_decref(out);
    reply_error(req, e, NULL);
}

/* --- fixing -------------------------------------------------------------------------------------------------------------------------------------------- */

struct body {
    const char *request, *label, *category, *at, *seen;
};

static void fixed(struct http_request *req)
{
    const struct fixed_job *job = req->state;
    const struct fault *why;
    struct fixed_figure figure;
    struct worker *worker = worker_of(req);
    enum err e = write_result(req, &why);
    if (e != OK) {
        refusal_reply(req, e, why);
        return;
    }
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!programme) return;
    e = fixed_find(worker->db, req->arena, programme->event_id, job->number, &figure);
    if (e == OK) http_reply_json(req, job->again ? 200 : 201, fixed_json(&figure));
    else reply_error(req, e, NULL);
}

void fixed_post(struct http_request *req)
{
#define TEXT(key, place, flags, most) {key, JSON_SPEC_TEXT, offsetof(struct body, place), flags, most}
    static const struct json_spec specs[] = {TEXT("request", request, JSON_REQUIRED, 40), TEXT("label", label, JSON_NULLABLE, 600), TEXT("at", at, JSON_NULLABLE, 40),
                                             TEXT("category", category, JSON_NULLABLE, 64), TEXT("seen", seen, JSON_NULLABLE, FIXED_TOKEN_SIZE)};
#undef TEXT
    struct fault fault = {0};
    struct body body = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    struct fixed_job *job = programme ? fixed_job_new(req) : NULL;
    json_t *json = job ? http_body_json(req) : NULL;
    if (!json) return;
    if (json_take(json, specs, sizeof specs / sizeof specs[0], &body, NULL, &fault) != OK) {
        reply_reason_with(req, REASON_bad_request, fault.text);
        return;
    }
    enum err e = fixed_moment_read(programme->timezone, body.at, &job->wish.at_ms, &fault);
    if (e != OK) {
        refusal_reply(req, e, &fault);
        return;
    }
    job->wish.request = body.request;
    job->wish.label = body.label;
    job->wish.category = body.category;
    job->wish.seen = body.seen;
    fixed_job_write(req, job, fixed);
}

/* --- one -------------------------------------------------------------------------------------------------------------------------------------------- */

static json_t *side_json(const struct fixed_person *p)
{
    return p ? fixed_person_json(p, false) : json_null();
}

/* What the same moment would give now; null when nothing of it is known otherwise. */
static enum err put_now(struct arena *arena, json_t *out, const struct fixed_figure *figure, const struct fixed_content *now)
{
    struct fixed_change *changes;
    size_t n;
    enum err e = fixed_compare(arena, &figure->content, now, &changes, &n);
    if (e != OK) return e;
    json_t *count = n ? fixed_count_json(&now->count) : json_null(), *list = json_array();
    for (size_t i = 0; e == OK && i < n; i++)
        if (json_array_append_new(list, json_pack("{s:o,s:o}", "was", side_json(changes[i].before), "is", side_json(changes[i].after))) != 0) e = ERR_NOMEM;
    if (json_object_set_new(out, "now_would_be", count) != 0 || json_object_set_new(out, "changes", list) != 0) e = ERR_NOMEM;
    return e;
}

/* The programme and the job's figure, in the pool. False: the reply is made. */
static bool load(struct http_request *req, struct worker *worker, struct fixed_figure *figure, struct fixed_content *now)
{
    struct fault fault = {0};
    if (!worker) reply_reason(req, REASON_busy);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!programme) return false;
    enum err e = fixed_job_load(req, worker, programme, figure, now, &fault);
    if (e != OK) reply_error(req, e, &fault);
    return e == OK;
}

static void figure_work(struct http_request *req, void *thread_state)
{
    struct fixed_job *job = req->state;
    struct fixed_figure figure;
    struct fixed_content now;
    if (!load(req, thread_state, &figure, &now)) return;
    json_t *out = fixed_json(&figure);
    enum err e = out && fixed_json_add_parts(out, &figure.content) == 0 ? put_now(&job->arena, out, &figure, &now) : ERR_NOMEM;
    if (e == OK) {
        http_reply_json(req, 200, out);
        return;
    }
    json_decref(out);
    reply_error(req, e, NULL);
}

static void in_pool(struct http_request *req, struct pool *pool, void (*work)(struct http_request *req, void *thread_state))
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL) || !fixed_job_new(req)) return;
    req->resume = NULL;
    http_run_in_pool(req, pool, work);
}

void fixed_get(struct http_request *req) { in_pool(req, app_of(req)->past_pool, figure_work); } /* counts everybody anew */

/* --- its list ------------------------------------------------------------------------------------------------------------------------------------------- */

static const char *word(struct http_request *req, const char *key)
{
    const char *text = http_query(req, key);
    return text && *text ? text : NULL;
}

static json_t *people_json(struct http_request *req, const struct fixed_content *content)
{
    const char *state = word(req, "state"), *category = word(req, "category"), *delegation = word(req, "delegation"), *reasons = word(req, "reasons");
    json_t *list = json_array();
    for (size_t i = 0; list && i < content->person_count; i++) {
        const struct fixed_person *p = &content->people[i];
        if ((state && strcmp(state, fixed_state_word(p->state)) != 0) || (category && strcmp(category, p->category) != 0) ||
            (delegation && strcmp(delegation, p->delegation) != 0))
            continue;
        if (json_array_append_new(list, fixed_person_json(p, reasons && strcmp(reasons, "1") == 0)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static void reply_csv(struct http_request *req, const json_t *list)
{
    static const char *const columns[] = {"number", "name", "person", "seat", "category", "delegation", "status", "state", "excused", "stands_for", "by_group", "first",
                                          "last", "reason", NULL};
    const char *told[sizeof columns / sizeof columns[0]];
    bool reasons = http_query(req, "reasons") && strcmp(http_query(req, "reasons"), "1") == 0;
    struct buf out;
    memcpy(told, columns, sizeof told);
    if (!reasons) told[sizeof columns / sizeof columns[0] - 2] = NULL;
    buf_init(&out, BUF_LIMIT_FILE);
    enum err e = export_csv(list, told, &out);
    char *name = arena_printf(req->arena, "attachment; filename=\"%s-fixed-%d.csv\"", http_param(req, "event"), (int)fixed_number_of(req));
    if (e == OK && name) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "text/csv; charset=utf-8", &out);
}

static void people_work(struct http_request *req, void *thread_state)
{
    struct fixed_figure figure;
    const char *format = http_query(req, "format");
    if (!load(req, thread_state, &figure, NULL)) return;
    json_t *list = people_json(req, &figure.content);
    if (!list) {
        reply_error(req, ERR_NOMEM, NULL);
        return;
    }
    if (format && strcmp(format, "csv") == 0) {
        reply_csv(req, list);
        json_decref(list);
        return;
    }
    http_reply_json(req, 200, json_pack("{s:I,s:s,s:o}", "id", (json_int_t)figure.number, "hash", figure.hash, "people", list));
}

void fixed_people_get(struct http_request *req) { in_pool(req, app_of(req)->pool, people_work); }
