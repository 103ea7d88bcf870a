/* GET /admin/-/devices: every scanner, phone, wall and screen of all events of whoever asks: last contact, queue, clock. POST: do=revoke code=, a scanner that
 * may no longer send. Pairing one anew, walls and screens have their pages with the event. */
#include "server/pages/devices.h"
#include "core/base/clock.h"
#include "core/congress/scene/wall.h"
#include "core/congress/welcome.h"
#include "server/access.h"
#include "server/pages/console.h"

#include <stdlib.h>
#include <string.h>

#define SILENT_MS CLOCK_MINUTE /* a gate asks for its list every ten seconds */
#define CLOCK_WRONG_MS 5000

/* What a gate said of itself; what it has not told yet is left out. */
void devices_put_report(struct view *view, json_t *row, const struct device *device, const char *timezone, int64_t now_ms)
{
    if (device->last_seen_ms != DB_NULL) view_put(row, "seen", view_moment(view, timezone, device->last_seen_ms));
    view_put_flag(row, "silent", device->revoked_ms == DB_NULL && device->last_seen_ms != DB_NULL && now_ms - device->last_seen_ms > SILENT_MS);
    if (device->roster_ms != DB_NULL) view_put(row, "list", view_moment(view, timezone, device->roster_ms));
    if (device->waiting != DB_NULL) view_put(row, "waiting", arena_printf(view->arena, "%lld", (long long)device->waiting));
    if (device->waiting_since_ms != DB_NULL) view_put(row, "since", view_moment(view, timezone, device->waiting_since_ms));
    if (device->set_aside != DB_NULL && device->set_aside > 0) view_put_number(row, "set_aside", device->set_aside);
    if (device->clock_offset_ms == DB_NULL) return;
    view_put(row, "clock", arena_printf(view->arena, "%+.1f s", (double)device->clock_offset_ms / 1000));
    view_put_flag(row, "clock_wrong", llabs(device->clock_offset_ms) > CLOCK_WRONG_MS);
}

static json_t *device_json(struct view *view, const struct device *device, const char *timezone, int64_t now_ms)
{
    json_t *row = json_object();
    view_put(row, "code", device->code);
    view_put(row, "name", device->name);
    view_put(row, "account", device->account);
    view_put(row, "gate", device->gate_code);
    devices_put_report(view, row, device, timezone, now_ms);
    view_put_flag(row, "revoked", device->revoked_ms != DB_NULL);
    return row;
}

static enum err put_walls(struct view *view, struct db *db, json_t *event, const struct event_page_line *line, int64_t now_ms)
{
    struct wall *walls;
    struct welcome_code *codes;
    size_t count, code_count;
    int64_t screens = 0;
    enum err e = wall_list(db, view->arena, line->id, &walls, &count);
    if (e == OK) e = welcome_code_list(db, view->arena, line->id, &codes, &code_count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        view_put(row, "name", walls[i].name ? walls[i].name : arena_printf(view->arena, "%s %lld", view_words(view, "scenes.wall"), (long long)walls[i].number));
        if (walls[i].seen_ms != DB_NULL) view_put(row, "seen", view_moment(view, line->timezone, walls[i].seen_ms));
        view_put_flag(row, "silent", walls[i].seen_ms != DB_NULL && now_ms - walls[i].seen_ms > SILENT_MS);
        json_array_append_new(rows, row);
    }
    view_put_json(event, "walls", rows);
    for (size_t i = 0; i < code_count; i++) screens += codes[i].screens;
    if (screens > 0) view_put_number(event, "screens", screens);
    return OK;
}

static enum err put_event(struct view *view, struct db *db, json_t *events, const struct event_page_line *line, int64_t now_ms)
{
    struct device *devices;
    size_t count;
    enum err e = device_list(db, view->arena, line->id, &devices, &count);
    if (e != OK) return e;
    json_t *event = json_object(), *rows = json_array();
    view_put(event, "slug", line->slug);
    view_put_title(view, event, "title", line->title);
    for (size_t i = 0; i < count; i++) json_array_append_new(rows, device_json(view, &devices[i], line->timezone, now_ms));
    view_put_json(event, "devices", rows);
    view_put_flag(event, "any", count > 0);
    e = put_walls(view, db, event, line, now_ms);
    json_array_append_new(events, event);
    return e;
}

void devices_get(struct http_request *req)
{
    struct view view;
    struct event_page_line *lines;
    size_t count;
    struct worker *worker = console_enter(req, false);
    if (!worker || !view_begin(&view, req)) return;
    enum err e = event_page_list(worker->db, req->arena, &lines, &count);
    json_t *events = json_array();
    for (size_t i = 0; e == OK && i < count; i++)
        if (account_may(&principal_of(req)->account, ACCOUNT_ORGANISER, lines[i].id)) e = put_event(&view, worker->db, events, &lines[i], clock_now_ms());
    view_put_json(view.root, "house", events);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_set_title(&view, view_words(&view, "devices.title"));
    view_set_style(&view, "admin");
    view_reply(&view, 200, "devices");
}

static enum err revoke(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct device *device = req->state;
    int64_t now_ms = clock_now_ms();
    (void)tools;
    enum err e = device_revoke(db, device->code, now_ms);
    if (e == OK) e = audit_write_of(db, device->event_id, now_ms, actor_of(req), "revoke_device", device->code, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "revoke the device");
}

static void revoked(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_redirect(req, 303, "/admin/-/devices");
}

void devices_post(struct http_request *req)
{
    const char *action = http_form(req, "do"), *code = http_form(req, "code");
    struct worker *worker = console_enter(req, false);
    struct device *device = worker ? arena_alloc(req->arena, sizeof *device) : NULL;
    if (!worker) return;
    if (!device || !action || !code || strcmp(action, "revoke") != 0) {
        reply_reason(req, device ? REASON_bad_request : REASON_busy);
        return;
    }
    enum err e = device_by_code(worker->db, req->arena, code, device);
    /* One of an event that is not theirs is not there. */
    if (e == OK && !account_may(&principal_of(req)->account, ACCOUNT_ORGANISER, device->event_id)) e = ERR_NOT_FOUND;
    req->state = device;
    if (e != OK) reply_error(req, e, NULL);
    else request_write(req, revoke, revoked);
}
