/* /welcome/{event}/{gate}: a screen beside a door greets whoever was just admitted there. It opens with the code of its gate, once, for a cookie that is sent to
 * these addresses only and reads nothing else; staff of the event see it too. Names are told over HTTPS or on this machine, or where the organiser decided
 * that the desk works without (docs/decisions/0038-welcome.md). Works without JavaScript: the page then asks again every few seconds. */
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/congress/photos/photos.h"
#include "core/congress/title.h"
#include "core/congress/welcome.h"
#include "server/access.h"
#include "server/live_feed.h"
#include "server/live_welcome.h"
#include "server/pages/screen_code.h"
#include "server/pages/throttle.h"
#include "server/pages/view.h"
#include "server/photo_show.h"

#include <stdatomic.h>
#include <string.h>

#define SCREEN_COOKIE "plenum_welcome"
#define LEASE_MS 10000    /* a screen that was closed learns no names longer than this */
#define SHOWN_MS 12000    /* without JavaScript: so long a greeting stands */
#define SHOWN_MOST 4

/* Where a request of these is. */
struct place {
    struct worker *worker;
    const struct programme *programme; /* borrowed until the next call on this worker */
    const struct programme_gate *gate;
    bool may; /* see who came in here */
};

static enum err may_see(struct http_request *req, struct place *p)
{
    const char *cookie = http_cookie(req, SCREEN_COOKIE);
    p->may = (principal_of(req)->roles & WHO_STAFF) != 0 && !principal_of(req)->account.must_change;
    if (p->may || cookie == NULL) return OK;
    enum err err = welcome_screen_find(p->worker->db, req->arena, cookie, p->gate->id, clock_now_ms());
    p->may = err == OK;
    return err == ERR_NOT_FOUND ? OK : err;
}

/* False: the reply is made. */
static bool find_place(struct http_request *req, struct place *p)
{
    *p = (struct place){.worker = worker_of(req)};
    if (p->worker != NULL) p->programme = event_of(req, p->worker, NULL);
    if (p->programme == NULL) return false;
    p->gate = programme_gate_by_code(p->programme, http_param(req, "gate"));
    if (p->gate == NULL) {
        reply_reason(req, REASON_unknown_gate);
        return false;
    }
    if (!access_is_private(req) && !atomic_load(&app_of(req)->plain_desk)) {
        struct view view;
        if (view_begin(&view, req)) view_reply_note(&view, 403, "welcome.secure");
        return false;
    }
    enum err err = may_see(req, p);
    if (err != OK) reply_error(req, err, NULL);
    return err == OK;
}

static char *base_of(struct http_request *req, const struct place *p)
{
    return arena_printf(req->arena, "/welcome/%s/%s", p->programme->slug, p->gate->code);
}

/* A view with the event and the gate. False: the reply is made. */
static bool begin(struct view *view, struct http_request *req, const struct place *p)
{
    struct event_page event;
    if (!view_begin(view, req)) return false;
    enum err err = event_page_load(p->worker->db, req->arena, p->programme->slug, &event);
    if (err != OK) {
        reply_error(req, err, NULL);
        return false;
    }
    view_put_event(view, &event, false);
    view_put_title(view, view->root, "gate", p->gate->title);
    view_put(view->root, "base", base_of(req, p));
    view_set_title(view, view_words(view, "welcome.link"));
    return true;
}

static void code_reply(struct http_request *req, const struct place *p, int status, const char *problem_key)
{
    struct view view;
    if (!begin(&view, req, p)) return;
    if (problem_key != NULL) view_put(view.root, "problem", view_words(&view, problem_key));
    view_reply(&view, status, "welcome_code");
}

/* Those of the last seconds, the one who came first on top: for browsers without JavaScript, and for the first moment of the others. */
static enum err put_guests(struct view *view, const struct place *p)
{
    struct welcome_guest *guests;
    size_t count;
    int64_t now_ms = clock_now_ms();
    enum err err = welcome_guests(p->worker->db, view->arena, p->programme, p->gate, now_ms, &guests, &count);
    if (err != OK) return err;
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < SHOWN_MOST && guests[i].received_ms > now_ms - SHOWN_MS; i++) {
        json_t *guest = json_object();
        view_put(guest, "name", guests[i].name);
        view_put(guest, "honorific", guests[i].honorific);
        view_put(guest, "seat", guests[i].seat);
        if (guests[i].has_photo) view_put(guest, "photo", arena_printf(view->arena, "%s/photo/%s", base_of(view->req, p), guests[i].scan_id));
        json_array_insert_new(list, 0, guest);
    }
    view_put(view->root, "count", arena_printf(view->arena, "%zu", json_array_size(list)));
    view_put_json(view->root, "guests", list);
    return OK;
}

void welcome_get(struct http_request *req)
{
    static const char *const prefixes[] = {"welcome.", "fact."};
    struct place place;
    struct view view;
    if (!find_place(req, &place)) return;
    if (!place.may) {
        code_reply(req, &place, 200, NULL);
        return;
    }
    if (!begin(&view, req, &place)) return;
    enum err err = put_guests(&view, &place);
    if (err != OK) {
        reply_error(req, err, NULL);
        return;
    }
    view_put_flag(view.root, "off", !place.gate->greets);
    view_put(view.root, "as_of", i18n_time(view.arena, place.programme->timezone, clock_now_ms()));
    view_put(view.root, "refresh", "3"); /* seconds, without JavaScript */
    view_set_style(&view, "welcome");
    view_set_script(&view, "welcome", prefixes, 2);
    view_reply(&view, 200, "welcome");
}

/* --- the code ------------------------------------------------------------------------------------------------------------------------- */

struct opening {
    struct welcome_screen screen;
    const char *cookie;
};

static enum err screen_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    const struct opening *opening = req->state;
    return welcome_screen_insert(db, &opening->screen, clock_now_ms());
}

static void screen_stored(struct http_request *req)
{
    const struct opening *opening = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    http_set_cookie(req, SCREEN_COOKIE, opening->cookie, req->path, (long)((opening->screen.expires_ms - opening->screen.created_ms) / 1000));
    http_reply_redirect(req, 303, req->path);
}

void welcome_post(struct http_request *req)
{
    struct place place;
    const char *code = NULL;
    if (!find_place(req, &place)) return;
    struct throttle *throttle = pages_throttle(app_of(req)->pages);
    const char *name = arena_printf(req->arena, "welcome %s %s", place.programme->slug, place.gate->code);
    if (throttle_take(throttle, name, clock_steady_ms()) > 0) {
        code_reply(req, &place, 429, "login.wait");
        return;
    }
    enum err err = welcome_code_find(place.worker->db, req->arena, place.gate->id, &code);
    if (err != OK && err != ERR_NOT_FOUND) {
        reply_error(req, err, NULL);
        return;
    }
    if (code == NULL || !screen_code_matches(req->arena, http_form(req, "code"), code)) {
        code_reply(req, &place, 403, "wall.code_wrong");
        return;
    }
    throttle_passed(throttle, name);
    struct opening *opening = arena_alloc(req->arena, sizeof *opening);
    if (opening == NULL || welcome_screen_make(req->arena, place.programme, place.gate->id, clock_now_ms(), &opening->screen, &opening->cookie) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    req->state = opening;
    request_write(req, screen_store, screen_stored);
}

/* --- what the page asks for ----------------------------------------------------------------------------------------------------------- */

static bool find_open_place(struct http_request *req, struct place *p)
{
    if (!find_place(req, p)) return false;
    if (!p->may) reply_reason(req, REASON_unauthorized);
    return p->may;
}

void welcome_now_get(struct http_request *req)
{
    struct place place;
    json_t *picture;
    if (!find_open_place(req, &place)) return;
    enum err err = live_welcome_json(place.worker->db, req->arena, place.programme, place.gate, clock_now_ms(), &picture);
    if (err == OK) http_reply_json(req, 200, picture);
    else reply_error(req, err, NULL);
}

void welcome_live_get(struct http_request *req)
{
    struct place place;
    if (!find_open_place(req, &place)) return;
    const struct app *app = app_of(req);
    const char *channel = live_welcome_channel(req->arena, place.programme->slug, place.gate->code);
    enum err err = channel != NULL ? live_feed_open_welcome(app->feed, place.programme->slug, place.gate->code) : ERR_NOMEM;
    const char *owner = principal_of(req)->is_staff ? principal_of(req)->session.id_hash : http_cookie(req, SCREEN_COOKIE);
    if (err == OK) live_stream(req, app->hub, &(struct live_wish){channel, http_header(req, "Last-Event-ID"), owner, LEASE_MS});
    else reply_error(req, err, NULL);
}

/* Kept by nobody: each scan has a number of its own, and a minute later it shows nothing. */
void welcome_photo_get(struct http_request *req)
{
    struct place place;
    const char *scan_id = http_param(req, "scan_id"), *sha256 = NULL;
    if (!find_open_place(req, &place)) return;
    enum err err = id_is_uuid(scan_id) ? OK : ERR_NOT_FOUND;
    if (err == OK) err = welcome_photo(place.worker->db, req->arena, place.programme, place.gate, scan_id, clock_now_ms(), &sha256);
    if (err == OK) photo_show_reply(req, sha256, PHOTO_SIDE_LARGE, NULL);
    else reply_error(req, err, NULL);
}
