/* POST /api/v1/events/{event}/paper-scans: what was ticked on printed lists, as text: a line each, a row code and a time. With "check" nothing is recorded: the
 * page asks so for the name as soon as a code is whole. All or nothing; docs/decisions/0039-paper-lists.md. */
#include "server/row_typing.h"
#include "server/refusal.h"

#include <stddef.h>

static const struct json_spec specs[] = {
    {"gate", JSON_SPEC_TEXT, offsetof(struct row_typing, setting.gate), JSON_REQUIRED, 64},
    {"direction", JSON_SPEC_TEXT, offsetof(struct row_typing, setting.direction), JSON_NULLABLE, 16},
    {"date", JSON_SPEC_TEXT, offsetof(struct row_typing, setting.date), JSON_REQUIRED, 16},
    {"time", JSON_SPEC_TEXT, offsetof(struct row_typing, setting.time), JSON_NULLABLE, 16},
    {"text", JSON_SPEC_TEXT, offsetof(struct row_typing, text), JSON_REQUIRED, 200000},
    {"check", JSON_SPEC_BOOLEAN, offsetof(struct row_typing, only_check), JSON_NULLABLE, 0},
};

static void answered(struct http_request *req)
{
    struct row_typing *t = req->state;
    json_t *results = json_array();
    if (t->result == ERR_LIMIT) reply_reason_with(req, REASON_too_many, t->fault.text);
    else if (t->result != OK) reply_error(req, t->result, &t->fault);
    for (size_t i = 0; t->result == OK && results && i < t->count; i++) {
        json_t *one = row_tick_json(&t->arena, t->programme, &t->ticks[i], reader_language(req));
        if (one && json_array_append_new(results, one) == 0) continue;
        json_decref(results);
        results = NULL;
    }
    if (t->result != OK) json_decref(results);
    else http_reply_json(req, 200, json_pack("{s:b,s:I,s:o}", "recorded", t->recorded, "wrong", (json_int_t)t->flaws, "results", results));
}

void paper_scans_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct row_typing *t = arena_alloc(req->arena, sizeof *t);
    json_t *body = t ? http_body_json(req) : NULL;
    if (!t) reply_reason(req, REASON_busy);
    if (!body) return;
    *t = (struct row_typing){0};
    if (json_take(body, specs, sizeof specs / sizeof specs[0], t, NULL, &fault) != OK) reply_reason_with(req, REASON_bad_request, fault.text);
    else row_typing_run(req, t, answered);
}
