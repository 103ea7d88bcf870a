/* GET and POST /api/v1/events/{event}/delegates/{code}/pin: what the desk sees of somebody's PIN (never the PIN), lets them try again, or makes a new one, which
 * is told in the answer this once. */
#include "core/base/clock.h"
#include "core/congress/papers/pin.h"
#include "server/app.h"

#include <stddef.h>
#include <string.h>

struct pin_change {
    const char *action;
    char pin[PIN_SIZE];
};

static const struct json_spec change_specs[] = {{"action", JSON_SPEC_TEXT, offsetof(struct pin_change, action), JSON_REQUIRED, 20}};

static json_t *state_json(const struct pin_state *state)
{
    static const char *const sources[] = {[PIN_FROM_NOTHING] = "none", [PIN_FROM_PHONE] = "phone_tail", [PIN_FROM_SLIP] = "random"};
    return json_pack("{s:s,s:I,s:I}", "source", sources[state->source], "wrong", (json_int_t)state->wrong, "wait_ms", (json_int_t)state->wait_ms);
}

void delegates_pin_get(struct http_request *req)
{
    struct pin_state state;
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    enum err e = pin_state_of(worker->db, req->arena, http_param(req, "event"), http_param(req, "code"), clock_now_ms(), &state, &fault);
    if (e != OK) reply_error(req, e, &fault);
    else http_reply_json(req, 200, state_json(&state));
}

static enum err apply_change(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    struct pin_change *c = req->state;
    const char *event = http_param(req, "event"), *code = http_param(req, "code");
    if (strcmp(c->action, "new") == 0) return pin_renew(db, req->arena, event, code, actor_of(req), clock_now_ms(), c->pin, fault);
    return pin_reset(db, req->arena, event, code, actor_of(req), clock_now_ms(), fault);
}

static void after_change(struct http_request *req)
{
    const struct pin_change *c = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_json(req, c->pin[0] ? 201 : 200, json_pack("{s:s,s:s?}", "action", c->action, "pin", c->pin[0] ? c->pin : NULL));
}

void delegates_pin_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct pin_change *c = arena_alloc(req->arena, sizeof *c);
    if (!c) {
        reply_reason(req, REASON_busy);
        return;
    }
    *c = (struct pin_change){0};
    json_t *body = http_body_json(req);
    if (!body) return;
    if (json_take(body, change_specs, 1, c, NULL, &fault) != OK) {
        reply_reason_with(req, REASON_bad_request, fault.text);
        return;
    }
    if (strcmp(c->action, "reset") != 0 && strcmp(c->action, "new") != 0) {
        reply_reason_with(req, REASON_bad_request, "\"action\" is \"reset\" or \"new\".");
        return;
    }
    req->state = c;
    request_write(req, apply_change, after_change);
}
