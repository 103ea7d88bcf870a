/* GET /api/v1/events/{event}/delegates/{code}/badge: where somebody's badge stands. POST /api/v1/events/{event}/handovers: the badges of a delegation, or of
 * chosen people, are given to one person. */
#include "badges/layout/shown.h"
#include "core/base/clock.h"
#include "core/congress/badges/badge_desk.h"
#include "core/congress/badges/handover.h"
#include "server/app.h"

#include <stddef.h>

void delegates_badge_get(struct http_request *req)
{
    struct fault fault = {0};
    const struct badge_layout *layout;
    const char *base_url, *event = http_param(req, "event"), *name = http_query(req, "layout");
    bool guessed;
    json_t *badge;
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    if (badges_layout_find(req->arena, app_of(req)->store.folder, name && *name ? name : NULL, &layout, &fault) != OK) {
        reply_reason_with(req, REASON_unknown_layout, fault.text);
        return;
    }
    enum err e = public_url_choose(worker->db, req->arena, NULL, event, app_of(req)->plain_port, &base_url, &guessed, &fault);
    if (e == OK)
        e = badge_desk_one(worker->db, req->arena, event, http_param(req, "code"), base_url, badges_layout_kind(layout),
                           badges_shown_facts(layout, DUPLEX_LAYOUT), "vi", &badge, &fault);
    if (e == OK) http_reply_json(req, 200, badge);
    else reply_error(req, e, &fault);
}

/* --- handing over ------------------------------------------------------------------------------------------------------------------------ */

#define PEOPLE_MOST 2000

struct handing {
    struct handover_wish wish;
    json_t *people, *except;
    struct handover_result result;
};

static const struct json_spec handing_specs[] = {
    {"unit", JSON_SPEC_TEXT, offsetof(struct handing, wish.unit), JSON_NULLABLE, 200},
    {"people", JSON_SPEC_ARRAY, offsetof(struct handing, people), JSON_NULLABLE, PEOPLE_MOST},
    {"except", JSON_SPEC_ARRAY, offsetof(struct handing, except), JSON_NULLABLE, PEOPLE_MOST},
    {"to", JSON_SPEC_TEXT, offsetof(struct handing, wish.to_name), JSON_NULLABLE, HANDOVER_NAME_MOST},
    {"to_person", JSON_SPEC_TEXT, offsetof(struct handing, wish.to_person), JSON_NULLABLE, 200},
    {"again", JSON_SPEC_BOOLEAN, offsetof(struct handing, wish.again), JSON_NULLABLE, 0},
};

static enum err read_codes(struct arena *arena, const char *key, const json_t *list, const char *const **ret, size_t *ret_count, struct fault *fault)
{
    size_t count = json_array_size(list);
    if (!list) return OK;
    const char **codes = arena_array(arena, count + 1, sizeof *codes);
    if (!codes) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        codes[i] = json_string_value(json_array_get(list, i));
        if (!codes[i]) return fault_set(fault, ERR_INPUT, "%s[%zu]: a code is expected", key, i);
    }
    *ret = codes;
    *ret_count = count;
    return OK;
}

static enum err apply_handing(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct handing *h = req->state;
    return handover_record(db, req->arena, &tools->ids, &h->wish, &h->result, fault);
}

static void after_handing(struct http_request *req)
{
    const struct handing *h = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == OK) http_reply_json(req, 201, handover_result_json(&h->result));
    else reply_error(req, e, fault);
}

void handovers_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct handing *h = arena_alloc(req->arena, sizeof *h);
    if (!h) {
        reply_reason(req, REASON_busy);
        return;
    }
    json_t *body = http_body_json(req);
    if (!body) return;
    enum err e = json_take(body, handing_specs, sizeof handing_specs / sizeof handing_specs[0], h, NULL, &fault);
    if (e == OK) e = read_codes(req->arena, "people", h->people, &h->wish.people, &h->wish.people_count, &fault);
    if (e == OK) e = read_codes(req->arena, "except", h->except, &h->wish.except, &h->wish.except_count, &fault);
    if (e == OK && !h->wish.unit && !h->wish.people_count) e = fault_set(&fault, ERR_INPUT, "unit or people: whose badges are handed over must be said");
    if (e != OK) {
        reply_error(req, e, &fault);
        return;
    }
    h->wish.event = http_param(req, "event");
    h->wish.actor = actor_of(req);
    h->wish.now_ms = clock_now_ms();
    req->state = h;
    request_write(req, apply_handing, after_handing);
}
