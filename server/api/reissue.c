/* POST /api/v1/events/{event}/delegates/{code}/reissue: a lost badge. The new token is made and the old one dies in one transaction; who wants the new one
 * on paper prints it afterwards (badges.pdf, or the printer's door). */
#include "core/base/clock.h"
#include "core/congress/badges/reissue.h"
#include "server/app.h"
#include "server/live_feed.h"
#include "server/qr_path.h"

#include <stddef.h>
#include <string.h>

struct lost {
    struct reissue reissue;
    const char *reason;
    int64_t seen; /* the issue that the desk knows as the newest; DB_NULL: it does not say */
};

static const struct json_spec lost_specs[] = {
    {"reason", JSON_SPEC_TEXT, offsetof(struct lost, reason), JSON_NULLABLE, 200},
    {"issue", JSON_SPEC_INTEGER, offsetof(struct lost, seen), JSON_NULLABLE, 0},
};

static enum err apply_lost(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct lost *l = req->state;
    enum err e = reissue_plan(db, req->arena, &tools->ids, http_param(req, "event"), http_param(req, "code"), &l->reissue, fault);
    if (e != OK) return e;
    l->reissue.reason = l->reason;
    e = l->seen != DB_NULL ? reissue_expect(&l->reissue, l->seen, fault) : OK;
    if (e != OK) return e;
    return reissue_apply(db, &l->reissue, actor_of(req), clock_now_ms(), fault);
}

/* Where the badge can be had: codes come from the event's file and may hold anything. */
static char *badge_path(struct arena *arena, const char *event, const char *code)
{
    struct buf path;
    buf_init(&path, BUF_LIMIT_LINE);
    buf_printf(&path, "/api/v1/events/%s/badges.pdf?only=", event);
    buf_put_url(&path, code);
    char *text = buf_ok(&path) ? arena_strdup(arena, buf_text(&path)) : NULL;
    buf_release(&path);
    return text;
}

static void after_lost(struct http_request *req)
{
    const struct lost *l = req->state;
    const struct reissue *r = &l->reissue;
    const struct fault *why;
    struct fault fault = {0};
    const char *base_url, *event = http_param(req, "event");
    struct badge_list list;
    bool guessed;
    enum err e = write_result(req, &why);
    if (e != OK) {
        reply_error(req, e, why);
        return;
    }
    live_feed_badge(app_of(req)->feed, event, r->code, r->issue);
    struct worker *worker = worker_of(req);
    if (!worker) return;
    const struct badge_list_filter filter = {.only = &r->code, .only_count = 1};
    e = public_url_choose(worker->db, req->arena, NULL, event, app_of(req)->plain_port, &base_url, &guessed, &fault);
    if (e == OK) e = badge_list_load(worker->db, req->arena, event, &filter, base_url, &list, &fault);
    if (e != OK) {
        reply_error(req, e, &fault);
        return;
    }
    const struct badge_list_row *row = &list.rows[0];
    unsigned size = 0;
    const char *path = qr_path(req->arena, row->url, &size); /* who cannot wait for paper photographs it from the desk's screen */
    http_reply_json(req, 201, json_pack("{s:s?,s:s?,s:s?,s:I,s:s,s:s?,s:{s:i,s:s?}}", "person", row->person_code, "number", row->number, "name", row->name,
                                        "issue", (json_int_t)row->issue, "url", row->url, "badge", badge_path(req->arena, event, r->code), "qr", "size",
                                        (int)size, "path", path));
}

void delegates_reissue_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct lost *l = arena_alloc(req->arena, sizeof *l);
    if (!l) {
        reply_reason(req, REASON_busy);
        return;
    }
    l->seen = DB_NULL;
    json_t *body = req->body_length ? http_body_json(req) : NULL;
    if (req->body_length && !body) return;
    if (body && json_take(body, lost_specs, sizeof lost_specs / sizeof lost_specs[0], l, NULL, &fault) != OK) {
        reply_reason_with(req, REASON_bad_request, fault.text);
        return;
    }
    req->state = l;
    request_write(req, apply_lost, after_lost);
}
