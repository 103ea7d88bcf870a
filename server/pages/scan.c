/* /scan/{event}: a helper's phone as a scanner (docs/decisions/0037-scan-page.md). The page is a shell without anything about a person, so that a service worker may
 * keep it; what a signed-in helper may choose comes as JSON, and the browser becomes a device of one gate, bound to the helper's account. */
#include "core/base/clock.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/staff_page.h"
#include "server/web_assets.h"

#include <stddef.h>
#include <string.h>

void scan_get(struct http_request *req)
{
    static const char *const prefixes[] = {"scan.", "gate.", "desk.reason."};
    struct staff_page page;
    if (view_ask_new_password(req) || !staff_page_begin(&page, req)) return;
    view_set_title(&page.view, view_words(&page.view, "scan.title"));
    view_set_script(&page.view, "scan/scan", prefixes, sizeof prefixes / sizeof *prefixes);
    (void)http_set_header(req, "X-Plenum-Keep", "1");
    view_reply(&page.view, 200, "scan");
}

static bool is_part(const char *name)
{
    static const char *const whole[] = {"css/scan.css", "icons/plenum.svg", "js/admission.js", "js/common.js"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(name, whole[i]) == 0) return true;
    return strncmp(name, "js/scan/", 8) == 0 || (strncmp(name, "js/vendor/", 10) == 0 && !strstr(name, "licenses"));
}

/* The service worker, with the list of what the page is made of before it: another build is another script, and is fetched whole. */
void scan_worker_get(struct http_request *req)
{
    const struct web_asset *script = web_asset_find("js/scan_worker.js");
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    json_t *parts = json_array();
    for (size_t i = 0; i < web_asset_count; i++)
        if (is_part(web_assets[i].name))
            (void)json_array_append_new(parts, json_string(arena_printf(req->arena, "/assets/%s/%s", web_build, web_assets[i].name)));
    (void)json_array_append_new(parts, json_string(arena_printf(req->arena, "/scan/%s/reader.js?build=%s", http_param(req, "event"), web_build)));
    char *text = json_text(req->arena, parts);
    json_decref(parts);
    if (!script || !text) {
        reply_reason(req, REASON_busy);
        return;
    }
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_printf(&out, "const PARTS = %s;\n", text);
    buf_add(&out, script->body.data, script->body.length);
    (void)http_set_header(req, "Content-Security-Policy", "default-src 'none'; connect-src 'self'");
    (void)http_set_header(req, "Service-Worker-Allowed", arena_printf(req->arena, "/scan/%s", http_param(req, "event")));
    http_set_cache(req, HTTP_REVALIDATE);
    http_reply_buf(req, 200, "text/javascript; charset=utf-8", &out);
}

/* The worker that reads codes. A browser asks the service worker for it, and for all that it needs, only when its address lies below the page's; and a worker obeys the
 * policy that its own script came with: this one may compile WebAssembly, the page may not. */
void scan_reader_get(struct http_request *req)
{
    struct buf out;
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_printf(&out, "import \"/assets/%s/js/scan/reader_worker.js\";\n", web_build);
    (void)http_set_header(req, "Content-Security-Policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'");
    http_set_cache(req, HTTP_REVALIDATE);
    http_reply_buf(req, 200, "text/javascript; charset=utf-8", &out);
}

static json_t *gates_json(struct http_request *req, const struct programme *programme, const char *language)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < programme->gate_count; i++) {
        const struct programme_gate *g = &programme->gates[i];
        (void)json_array_append_new(list, json_pack("{s:s,s:s?,s:s,s:b,s:b}", "code", g->code, "title", title_pick(req->arena, g->title, language), "kind",
                                                    g->kind == GATE_HANDOUT ? "handout" : "entry", "in", (int)g->lets_in, "out", (int)g->lets_out));
    }
    return list;
}

/* Over plain HTTP there are no devices: such a browser sends as the desk does, by its session, and keeps no list. */
void scan_setup_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    const struct app *app = app_of(req);
    char now[CLOCK_TEXT_SIZE];
    if (!programme) return;
    const char *secure = app->secure_base ? arena_printf(req->arena, "%s/scan/%s", app->secure_base, programme->slug) : NULL;
    http_reply_json(req, 200, json_pack("{s:s,s:s,s:b,s:s?,s:s,s:s,s:o}", "user", principal_of(req)->account.name, "csrf", principal_of(req)->session.csrf,
                                        "devices", (int)access_is_private(req), "secure", secure, "seal", app->scan_key.public_key, "server_time",
                                        clock_format(clock_now_ms(), now), "gates", gates_json(req, programme, i18n_tag(view_language(req)))));
}

/* --- the browser as a device ----------------------------------------------------------------------------------------------------- */

struct joining {
    const char *gate, *name;
    struct device_new device;
    struct device_place place;
};

static const struct json_spec join_specs[] = {
    {"gate", JSON_SPEC_TEXT, offsetof(struct joining, gate), JSON_REQUIRED, 64},
    {"name", JSON_SPEC_TEXT, offsetof(struct joining, name), JSON_REQUIRED, 256},
};

static enum err join_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    const struct joining *j = req->state;
    int64_t now_ms = clock_now_ms();
    enum err e = device_add(db, &j->device, &j->place, now_ms);
    if (e == OK) e = audit_write(db, now_ms, actor_of(req), "scan_device", j->device.code, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "scan device");
}

static void join_stored(struct http_request *req)
{
    const struct joining *j = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    (void)http_set_header(req, "Plenum-Seal", app_of(req)->scan_key.public_key);
    http_reply_json(req, 201, json_pack("{s:s,s:s,s:s,s:s}", "device", j->device.code, "key", j->device.key, "event", http_param(req, "event"), "gate", j->gate));
}

void scan_device_post(struct http_request *req)
{
    struct joining *j = arena_alloc(req->arena, sizeof *j);
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    struct fault fault = {0};
    if (!programme) return;
    if (!j) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (!access_is_private(req)) {
        reply_reason(req, REASON_secure_only);
        return;
    }
    json_t *body = http_body_json(req);
    if (!body) return;
    enum err e = json_take(body, join_specs, sizeof join_specs / sizeof *join_specs, j, NULL, &fault);
    if (e == OK) e = device_make(req->arena, j->name, &j->device, &fault);
    if (e != OK) {
        reply_error(req, e, &fault);
        return;
    }
    const struct programme_gate *gate = programme_gate_by_code(programme, j->gate);
    if (!gate) {
        reply_reason(req, REASON_unknown_gate);
        return;
    }
    j->place = (struct device_place){programme->event_id, gate->id, principal_of(req)->account.id};
    req->state = j;
    request_write(req, join_store, join_stored);
}

static enum err end_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    const struct device *device = &principal_of(req)->device;
    int64_t now_ms = clock_now_ms();
    enum err e = device_revoke(db, device->code, now_ms);
    if (e == OK) e = audit_write(db, now_ms, actor_of(req), "end_device", device->code, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "end of a scan device");
}

static void end_stored(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_json(req, 200, json_pack("{s:b}", "ended", 1));
}

/* A helper's shift is over: the phone, which names itself, shuts itself out, signed in or not. */
void scan_end_post(struct http_request *req)
{
    static const struct json_spec specs[] = {{"device", JSON_SPEC_TEXT, 0, JSON_REQUIRED, 64}};
    const char *device = NULL;
    struct fault fault = {0};
    json_t *body = http_body_json(req);
    if (!body) return;
    enum err e = json_take(body, specs, 1, &device, NULL, &fault);
    if (e == OK && strcmp(device, principal_of(req)->device.code) != 0) e = fault_set(&fault, ERR_INPUT, "device: is another one");
    if (e != OK) reply_error(req, e, &fault);
    else request_write(req, end_store, end_stored);
}
