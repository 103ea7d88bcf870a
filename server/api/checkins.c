/* POST /api/v1/checkins · POST /api/v1/checkins/{scan_id}/undo
 *
 * One scan or an array of up to 1000. Answers come in order; one bad scan never spoils its array. A long array goes through the writer in pieces of 64,
 * so that the other gates get their turns in between; each piece is durable before the next begins, and the reply follows the last. */
#include "core/base/clock.h"
#include "core/congress/checkin/scan_json.h"
#include "server/app.h"
#include "server/live_feed.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct checkins {
    struct checkin_source source;
    struct checkin_scan *scans;
    struct checkin_answer *answers;
    bool *sound; /* in the right form: goes to the writer */
    size_t count, at;
};

static bool fill_source(struct http_request *req, struct checkin_source *source, int64_t *ret_event_id)
{
    const struct principal *p = principal_of(req);
    *source = (struct checkin_source){.gate_id = DB_NULL, .device_id = DB_NULL, .account_id = DB_NULL, .received_ms = clock_now_ms()};
    if (p->is_device) {
        source->event = p->device.event_slug;
        source->gate_id = p->device.gate_id;
        source->device_id = p->device.id;
        source->clock_offset_ms = p->device.clock_offset_ms == DB_NULL ? 0 : p->device.clock_offset_ms;
        *ret_event_id = p->device.event_id;
        return true;
    }
    struct worker *worker = worker_of(req);
    struct programme_seqs seqs;
    if (!worker || !event_of(req, worker, &seqs)) return false;
    source->event = http_param(req, "event") ? http_param(req, "event") : http_query(req, "event");
    source->account_id = p->account.id;
    source->actor = actor_of(req);
    *ret_event_id = seqs.event_id;
    return true;
}

static void reply_answers(struct http_request *req)
{
    struct checkins *c = req->state;
    char now[CLOCK_TEXT_SIZE];
    json_t *results = json_array();
    for (size_t i = 0; results && i < c->count; i++)
        if (json_array_append_new(results, scan_answer_json(req->arena, &c->answers[i], "vi")) != 0) {
            json_decref(results);
            results = NULL;
        }
    http_reply_json(req, 200, json_pack("{s:s,s:o}", "server_time", clock_format(clock_now_ms(), now), "results", results));
    live_feed_answers(app_of(req)->feed, c->source.event, c->answers, c->count);
}

#define CONTACT_MS 1000 /* a device that sends many scans a second is written down once a second */
#define DRIFT_MS 250

/* A scan whose age is known tells how far the device's clock is from ours; the next one without an age is corrected by it. */
static enum err note_contact(struct db *db, const struct device *device, const struct checkins *c, size_t end)
{
    int64_t offset = DB_NULL, roster = DB_NULL;
    if (c->source.device_id == DB_NULL) return OK;
    for (size_t i = c->at; i < end; i++) {
        const struct checkin_scan *scan = &c->scans[i];
        if (!c->sound[i]) continue;
        if (scan->age_ms != DB_NULL) offset = scan->scanned_ms - (c->source.received_ms - scan->age_ms);
        if (scan->roster != DB_NULL) roster = scan->roster;
    }
    bool fresh = device->last_seen_ms != DB_NULL && c->source.received_ms - device->last_seen_ms < CONTACT_MS;
    bool same_clock = offset == DB_NULL || (device->clock_offset_ms != DB_NULL && llabs(offset - device->clock_offset_ms) < DRIFT_MS);
    if (fresh && same_clock && (roster == DB_NULL || roster == device->roster_version)) return OK;
    return device_seen(db, c->source.device_id, c->source.received_ms, offset, roster);
}

static enum err apply_piece(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct checkins *c = req->state;
    size_t end = c->at + CHECKIN_PIECE < c->count ? c->at + CHECKIN_PIECE : c->count;
    for (size_t i = c->at; i < end; i++) {
        if (!c->sound[i]) continue;
        enum err e = checkin_apply(db, req->arena, tools, &c->source, &c->scans[i], &c->answers[i]);
        if (e != OK) return db_fault(db, e, fault, "check-in");
    }
    enum err e = note_contact(db, &principal_of(req)->device, c, end);
    return e == OK ? OK : db_fault(db, e, fault, "device");
}

static void after_piece(struct http_request *req)
{
    struct checkins *c = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    c->at += CHECKIN_PIECE;
    if (c->at < c->count) request_write(req, apply_piece, after_piece);
    else reply_answers(req);
}

static enum err read_scans(struct http_request *req, json_t *body, struct checkins *c)
{
    bool many = json_is_array(body);
    const struct scan_reading how = {.by_desk = principal_of(req)->is_staff, .now_ms = c->source.received_ms, .key = &app_of(req)->scan_key};
    c->count = many ? json_array_size(body) : 1;
    c->scans = arena_array(req->arena, c->count + 1, sizeof *c->scans);
    c->answers = arena_array(req->arena, c->count + 1, sizeof *c->answers);
    c->sound = arena_array(req->arena, c->count + 1, sizeof *c->sound);
    if (!c->scans || !c->answers || !c->sound) return ERR_NOMEM;
    for (size_t i = 0; i < c->count; i++) {
        struct checkin_answer *a = &c->answers[i];
        enum reason reason = scan_json_read(many ? json_array_get(body, i) : body, req->arena, &how, &c->scans[i], NULL);
        if (reason == REASON_busy) return ERR_NOMEM;
        c->sound[i] = reason == REASON_none;
        *a = (struct checkin_answer){.outcome = OUTCOME_invalid, .reason = reason, .first_ms = DB_NULL, .delegate_id = DB_NULL, .gate_id = DB_NULL};
        (void)snprintf(a->scan_id, sizeof a->scan_id, "%s", c->scans[i].scan_id);
    }
    return OK;
}

/* `make bench` only: the same answers without storing. */
static void preview(struct http_request *req, struct checkins *c)
{
    struct worker *worker = worker_of(req);
    if (!worker) return;
    for (size_t i = 0; i < c->count; i++)
        if (c->sound[i] && checkin_preview(worker->db, req->arena, &worker->programmes, &c->source, &c->scans[i], &c->answers[i]) != OK) {
            reply_reason(req, REASON_internal);
            return;
        }
    reply_answers(req);
}

void checkins_post(struct http_request *req)
{
    struct checkins *c = arena_alloc(req->arena, sizeof *c);
    int64_t event_id;
    if (!c) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (!fill_source(req, &c->source, &event_id)) return;
    json_t *body = http_body_json(req);
    if (!body) return;
    if (!json_is_array(body) && !json_is_object(body)) {
        reply_reason(req, REASON_bad_json);
        return;
    }
    if (json_array_size(body) > CHECKIN_BATCH_LIMIT) {
        reply_reason(req, REASON_too_many);
        return;
    }
    req->state = c;
    if (read_scans(req, body, c) != OK) reply_reason(req, REASON_busy);
    else if (app_of(req)->store_nothing) preview(req, c);
    else if (c->count == 0) reply_answers(req);
    else request_write(req, apply_piece, after_piece);
}

/* --- undo ------------------------------------------------------------------------------------------------------------------------ */

struct undo {
    struct checkin_source source;
    const char *scan_id, *reason;
};

static const struct json_spec undo_specs[] = {{"reason", JSON_SPEC_TEXT, offsetof(struct undo, reason), JSON_NULLABLE, 500}};

static enum err apply_undo(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)fault;
    struct undo *u = req->state;
    return checkin_undo(db, req->arena, tools, &u->source, u->scan_id, u->reason);
}

static void after_undo(struct http_request *req)
{
    const struct undo *u = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == ERR_TIMEOUT) reply_reason(req, REASON_undo_too_late);
    else if (e != OK) reply_error(req, e, fault);
    else {
        live_feed_undone(app_of(req)->feed, u->source.event, u->scan_id);
        http_reply_json(req, 200, json_pack("{s:s,s:b}", "scan_id", u->scan_id, "undone", 1));
    }
}

void checkins_undo_post(struct http_request *req)
{
    struct undo *u = arena_alloc(req->arena, sizeof *u);
    int64_t event_id;
    if (!u) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (!fill_source(req, &u->source, &event_id)) return;
    u->scan_id = http_param(req, "scan_id");
    struct fault fault = {0};
    json_t *body = req->body_length ? http_body_json(req) : NULL;
    if (req->body_length && !body) return;
    if (body && json_take(body, undo_specs, 1, u, NULL, &fault) != OK) {
        reply_reason_with(req, REASON_bad_request, fault.text);
        return;
    }
    if (!id_is_uuid(u->scan_id)) {
        reply_reason(req, REASON_not_found);
        return;
    }
    req->state = u;
    request_write(req, apply_undo, after_undo);
}
