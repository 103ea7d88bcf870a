/* GET /admin: the events of the one who asks. GET /admin/{event}: the console: figures, pages, devices, what was printed. POST …/pair and
 * …/devices/{code}/revoke. */
#include "core/base/clock.h"
#include "core/congress/figures/keep.h"
#include "core/congress/admission.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/checkin/conflict.h"
#include "core/congress/figures/tally.h"
#include "core/congress/purge/purge.h"
#include "server/access.h"
#include "server/pages/backup.h"
#include "server/pages/console.h"
#include "server/pages/devices.h"
#include "server/pages/first_steps.h"
#include "server/pages/staff_page.h"
#include "server/qr_path.h"

#include <stdlib.h>
#include <string.h>

/* Where somebody works in an event; NULL: nowhere. */
static const char *room_of(const struct account *account, int64_t event_id)
{
    if (account_may(account, ACCOUNT_ORGANISER, event_id)) return "admin";
    if (account_may(account, ACCOUNT_DESK, event_id)) return "desk";
    return account_head_unit(account, event_id) != 0 ? "delegation" : NULL;
}

/* The event that somebody is busy with: the next one that is not over, else the last. */
static const struct event_page_line *busy_with(const struct account *account, const struct event_page_line *lines, size_t count)
{
    const struct event_page_line *best = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!account_may(account, ACCOUNT_ORGANISER, lines[i].id)) continue;
        if (!best || best->ends_ms < clock_now_ms()) best = &lines[i];
    }
    return best;
}

void admin_get(struct http_request *req)
{
    struct view view;
    struct event_page_line *lines;
    size_t count;
    if (view_ask_new_password(req)) return;
    struct worker *worker = worker_of(req);
    if (worker == NULL || !view_begin(&view, req)) return;
    enum err err = event_page_list(worker->db, req->arena, &lines, &count);
    const struct account *account = &principal_of(req)->account;
    const struct event_page_line *busy = err == OK ? busy_with(account, lines, count) : NULL;
    if (err == OK && account_may(account, ACCOUNT_ORGANISER, 0)) err = first_steps_put(&view, worker->db, busy ? busy->id : 0, busy ? busy->slug : NULL, true);
    if (err != OK) {
        reply_error(req, err, NULL);
        return;
    }
    json_t *events = json_array();
    for (size_t i = 0; i < count; i++) {
        const char *room = room_of(account, lines[i].id);
        if (room == NULL) continue;
        json_t *event = json_object();
        view_put(event, "href", arena_printf(req->arena, "/%s/%s", room, lines[i].slug));
        view_put_title(&view, event, "title", lines[i].title);
        view_put(event, "dates", i18n_date_range(req->arena, lines[i].timezone, lines[i].starts_ms, lines[i].ends_ms));
        view_put_number(event, "expected", lines[i].expected);
        json_array_append_new(events, event);
    }
    view_put_json(view.root, "events", events);
    const bool of_all = account_may(account, ACCOUNT_ORGANISER, 0);
    const char *zone = "UTC";
    view_put_flag(view.root, "of_all", of_all);
    if (of_all && console_zone(worker->db, req->arena, clock_now_ms(), &zone) == OK) backup_put_age(&view, zone);
    view_set_title(&view, view_words(&view, "admin.events"));
    view_set_style(&view, "setup");
    view_reply(&view, 200, "admin");
}

static enum err put_devices(struct view *view, struct worker *worker, const struct programme *programme)
{
    struct device *devices;
    size_t count;
    enum err err = device_list(worker->db, view->arena, programme->event_id, &devices, &count);
    if (err != OK) return err;
    int64_t now_ms = clock_now_ms();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        const struct programme_gate *gate = programme_gate_by_id(programme, devices[i].gate_id);
        view_put(row, "code", devices[i].code);
        view_put(row, "name", devices[i].name);
        view_put(row, "account", devices[i].account);
        if (gate != NULL) view_put_title(view, row, "gate", gate->title);
        devices_put_report(view, row, &devices[i], programme->timezone, now_ms);
        view_put_flag(row, "revoked", devices[i].revoked_ms != DB_NULL);
        json_array_append_new(list, row);
    }
    view_put_flag(view->root, "has_devices", count > 0);
    view_put_json(view->root, "devices", list);
    return OK;
}

static enum err put_figures(struct view *view, struct worker *worker, const struct programme *programme, int64_t now_ms)
{
    struct figures figures;
    enum err err = figures_read_kept(worker->app->figures, worker->db, view->arena, programme, now_ms, &figures);
    if (err != OK) return err;
    json_t *out = json_object();
    view_put_number(out, "present", figures.event.present);
    view_put_number(out, "attended", figures.event.attended);
    view_put_number(out, "expected", figures.event.expected);
    view_put(out, "as_of", view_moment(view, programme->timezone, figures.as_of_ms));
    view_put_json(view->root, "figures", out);
    return OK;
}

/* Rooms with a bound, how many are in, and a warning before one is full. */
static enum err put_rooms(struct view *view, struct db *db, const struct programme *programme, int64_t now_ms)
{
    json_t *rooms = json_array();
    for (size_t i = 0; i < programme->area_count; i++) {
        const struct programme_area *area = &programme->areas[i];
        int64_t count = 0;
        if (area->capacity <= 0) continue;
        enum err e = tally_area_count(db, NULL, programme->event_id, area->id, now_ms, &count);
        if (e != OK) {
            json_decref(rooms);
            return e;
        }
        json_t *row = json_object();
        view_put_title(view, row, "title", area->title);
        view_put_number(row, "count", count);
        view_put_number(row, "capacity", area->capacity);
        view_put_flag(row, "full", count >= area->capacity);
        view_put_flag(row, "near", count < area->capacity && admission_is_nearly_full(area->capacity, count));
        view_put_number(row, "left", area->capacity - count);
        json_array_append_new(rooms, row);
    }
    view_put_json(view->root, "rooms", rooms);
    return OK;
}

static enum err put_conflicts(struct view *view, struct db *db, int64_t event_id)
{
    int64_t open;
    enum err e = conflict_count(db, view->arena, event_id, &open);
    if (e == OK && open > 0) view_put_number(view->root, "conflict_count", open);
    return e;
}

/* Nothing is erased by itself: somebody has to be told. */
static enum err put_purge(struct view *view, struct db *db, const char *slug)
{
    struct purge_view purge;
    enum err e = purge_look_due(db, view->arena, slug, &purge);
    if (e != OK) return e;
    bool again = purge.purged_ms == DB_NULL || purge.purging_ms != DB_NULL;
    view_put_flag(view->root, "purge_due", again && (purge.due_ms <= clock_now_ms() || purge.purging_ms != DB_NULL));
    return OK;
}

static void console_reply(struct staff_page *page)
{
    struct view *view = &page->view;
    struct db *db = page->worker->db;
    enum err err = put_devices(view, page->worker, page->programme);
    if (err == OK) err = put_figures(view, page->worker, page->programme, clock_now_ms());
    if (err == OK) err = put_rooms(view, db, page->programme, clock_now_ms());
    if (err == OK) err = put_conflicts(view, db, page->event.id);
    if (err == OK) err = put_purge(view, db, page->event.slug);
    if (err == OK) err = view_put_host_warnings(view, db, page->programme);
    if (err == OK) err = view_put_pin_alarm(view, db, page->event.id);
    if (err == OK) err = first_steps_put(view, db, page->event.id, page->event.slug, false);
    if (err != OK) {
        reply_error(view->req, err, NULL);
        return;
    }
    view_put_mirror(view);
    view_put_flag(view->root, "of_all", account_may(&principal_of(view->req)->account, ACCOUNT_ORGANISER, 0));
    if (page->programme->closed_ms) view_put(view->root, "closed_since", view_moment(view, page->event.timezone, page->programme->closed_ms));
    staff_page_put_done(view, "create.done_");
    view_set_style(view, "setup");
    view_put_gates(view, page->programme, NULL);
    view_put(view->root, "display_code", page->event.display_code);
    view_set_title(view, view_words(view, "admin.link"));
    view_reply(view, 200, "admin_event");
}

void admin_event_get(struct http_request *req)
{
    struct staff_page page;
    if (!view_ask_new_password(req) && staff_page_begin(&page, req)) console_reply(&page);
}

/* --- pairing --- */

struct pair {
    struct pairing pairing;
    const char *gate; /* stored title */
};

static enum err pair_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    const struct pair *pair = req->state;
    int64_t now_ms = clock_now_ms();
    enum err err = pairing_insert(db, &pair->pairing, now_ms);
    return err == OK ? audit_write(db, now_ms, actor_of(req), "pair_device", http_param(req, "event"), NULL) : err;
}

static void pair_stored(struct http_request *req)
{
    const struct pair *pair = req->state;
    const struct fault *fault;
    struct staff_page page;
    struct view *view = &page.view;
    unsigned size;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    if (!staff_page_begin(&page, req)) return;
    const char *url = view->app->pairing_url != NULL ? view->app->pairing_url : "";
    json_t *out = json_object();
    view_put_title(view, out, "gate", pair->gate);
    view_put(out, "code", pair->pairing.code);
    view_put(out, "url", url);
    view_put(out, "expires", i18n_time(req->arena, page.programme->timezone, pair->pairing.expires_ms));
    char *path = qr_path(req->arena, arena_printf(req->arena, "%s%ccode=%s", url, strchr(url, '#') != NULL ? '&' : '#', pair->pairing.code), &size);
    if (path != NULL) {
        view_put_number(out, "size", size);
        view_put(out, "path", path);
    }
    view_put_json(view->root, "pairing", out);
    console_reply(&page);
}

void admin_pair_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    if (programme == NULL) return;
    const char *code = http_form(req, "gate");
    const struct programme_gate *gate = code == NULL ? NULL : programme_gate_by_code(programme, code);
    struct pair *pair = arena_alloc(req->arena, sizeof *pair);
    if (gate == NULL || pair == NULL) {
        reply_reason(req, pair == NULL ? REASON_busy : REASON_unknown_gate);
        return;
    }
    pairing_make(programme->event_id, gate->id, clock_now_ms(), &pair->pairing);
    pair->gate = arena_strdup(req->arena, gate->title);
    req->state = pair;
    request_write(req, pair_store, pair_stored);
}

static enum err revoke_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    int64_t now_ms = clock_now_ms();
    enum err err = device_revoke(db, http_param(req, "code"), now_ms);
    return err == OK ? audit_write(db, now_ms, actor_of(req), "revoke_device", http_param(req, "code"), NULL) : err;
}

static void revoke_stored(struct http_request *req)
{
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) reply_error(req, err, fault);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s", http_param(req, "event")));
}

void admin_revoke_post(struct http_request *req)
{
    struct device device;
    struct worker *worker = worker_of(req);
    if (worker == NULL) return;
    enum err err = device_by_code(worker->db, req->arena, http_param(req, "code"), &device);
    /* Only devices of the event that the route's role was checked for. */
    if (err == OK && strcmp(device.event_slug, http_param(req, "event")) != 0) err = ERR_NOT_FOUND;
    if (err != OK) {
        reply_error(req, err, NULL);
        return;
    }
    request_write(req, revoke_store, revoke_stored);
}
