/* POST /api/v1/pair: a one-time code becomes a device with its key. */
#include "core/base/clock.h"
#include "server/access.h"
#include "server/app.h"
#include "server/bucket.h"

#include <stddef.h>

struct pair {
    const char *code, *name;
    struct device_new device;
    struct device stored;
};

static const struct json_spec specs[] = {
    {"code", JSON_SPEC_TEXT, offsetof(struct pair, code), JSON_REQUIRED, 32},
    {"name", JSON_SPEC_TEXT, offsetof(struct pair, name), JSON_NULLABLE, 256},
};

static enum err apply_pair(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    struct pair *p = req->state;
    enum err e = pairing_redeem(db, req->arena, p->code, &p->device, clock_now_ms(), &p->stored);
    if (e == OK) e = audit_write(db, clock_now_ms(), p->stored.code, "pair", p->stored.gate_code, NULL);
    return e == OK || e == ERR_NOT_FOUND ? e : db_fault(db, e, fault, "pair");
}

static void after_pair(struct http_request *req)
{
    struct pair *p = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == ERR_NOT_FOUND) reply_reason(req, REASON_pairing_unknown);
    else if (e != OK) reply_error(req, e, fault);
    else {
        (void)http_set_header(req, "Plenum-Seal", app_of(req)->scan_key.public_key);
        if (app_of(req)->spares) (void)http_set_header(req, "Plenum-Spares", app_of(req)->spares);
        http_reply_json(req, 201, json_pack("{s:s,s:s,s:s,s:s}", "device", p->stored.code, "key", p->device.key, "event", p->stored.event_slug, "gate",
                                            p->stored.gate_code));
    }
}

void pair_post(struct http_request *req)
{
    struct pair *p = arena_alloc(req->arena, sizeof *p);
    struct fault fault;
    json_t *body = p ? http_body_json(req) : NULL;
    if (!p) reply_reason(req, REASON_busy);
    if (!body) return;
    if (!access_is_private(req)) {
        reply_reason(req, REASON_secure_only);
        return;
    }
    if (!bucket_take(app_of(req)->pair_bucket)) {
        reply_reason(req, REASON_slow_down);
        return;
    }
    p->name = "scanner"; /* a device that does not say how it is called */
    enum err e = json_take(body, specs, sizeof specs / sizeof specs[0], p, NULL, &fault);
    if (e == OK) e = device_make(req->arena, p->name, &p->device, &fault);
    if (e != OK) {
        reply_error(req, e, &fault);
        return;
    }
    req->state = p;
    request_write(req, apply_pair, after_pair);
}
