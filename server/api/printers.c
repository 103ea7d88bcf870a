/* GET /api/v1/events/{event}/printers: the printers that are set up, by name; POST: which of them is the event's. Addresses are set up on the machine itself
 * (`plenum printer`): a browser opens no door into the network (docs/decisions/0016-printing.md). */
#include "core/base/clock.h"
#include "core/congress/badges/printers.h"
#include "server/app.h"

#include <stddef.h>
#include <string.h>

void printers_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct printer_settings settings;
    const struct printer_setting *chosen = NULL;
    struct fault fault = {0};
    if (!worker || !event_of(req, worker, NULL)) return;
    enum err e = printers_load(worker->db, req->arena, &settings, &fault);
    if (e == OK && settings.count) {
        e = printers_choose(worker->db, req->arena, http_param(req, "event"), NULL, &chosen, &fault);
        if (e == ERR_NOT_FOUND) e = OK;
    }
    if (e != OK) {
        reply_error(req, e, &fault);
        return;
    }
    json_t *list = json_array();
    bool failed = !list;
    for (size_t i = 0; i < settings.count; i++) {
        const struct printer_setting *printer = &settings.items[i];
        bool is_default = chosen && strcmp(chosen->name, printer->name) == 0;
        if (json_array_append_new(list, json_pack("{s:s, s:s*, s:b}", "name", printer->name, "about", printer->about, "default", is_default)) != 0) failed = true;
    }
    if (failed) json_decref(list);
    http_reply_json(req, 200, failed ? NULL : list);
}

struct choice {
    const char *printer;
};
static const struct json_spec choice_specs[] = {{"default", JSON_SPEC_TEXT, offsetof(struct choice, printer), JSON_NULLABLE, 64}};

static enum err apply_choice(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct choice *choice = req->state;
    (void)tools;
    return printers_set_default(db, req->arena, http_param(req, "event"), choice->printer, actor_of(req), clock_now_ms(), fault);
}

static void after_choice(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == OK) http_reply_empty(req, 204);
    else if (e == ERR_NOT_FOUND) reply_reason_with(req, REASON_unknown_printer, fault->text);
    else reply_error(req, e, fault);
}

void printers_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct fault fault = {0};
    if (!worker || !event_of(req, worker, NULL)) return;
    struct choice *choice = arena_alloc(req->arena, sizeof *choice);
    json_t *body = choice ? http_body_json(req) : NULL;
    if (!choice) reply_reason(req, REASON_busy);
    if (!body) return;
    enum err e = json_take(body, choice_specs, 1, choice, NULL, &fault);
    if (e != OK) {
        reply_error(req, e, &fault);
        return;
    }
    req->state = choice;
    request_write(req, apply_choice, after_choice);
}
