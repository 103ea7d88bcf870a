/* GET and POST /display/{event}: a wall. GET and POST /w: the same by six digits alone, an address that can be typed with a remote control. The code, typed once, is
 * exchanged for a cookie that may only read this event's figures, and the screen is a wall from then on (core/congress/scene/wall.h). POST …/seen: a wall says
 * that it is there, how large it is and what it shows. docs/decisions/0045-scenes.md. */
#include "core/base/clock.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/scene/plan.h"
#include "core/congress/scene/wall.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/bucket.h"
#include "server/pages/frame_query.h"
#include "server/pages/pin.h"
#include "server/pages/screen_code.h"
#include "server/qr_path.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- the form ------------------------------------------------------------------------------------------------------------------------------ */

/* `event` NULL: /w, which asks for the code of any. */
static void code_reply(struct http_request *req, const struct event_page *event, int status, const char *problem_key)
{
    struct view view;
    const char *frame = frame_query(req), *base = event ? arena_printf(req->arena, "/display/%s", event->slug) : "/w";
    if (!view_begin(&view, req)) return;
    if (event) view_put_event(&view, event, false);
    if (base && frame) view_put(view.root, "action", arena_printf(req->arena, "%s%s", base, frame));
    if (frame && frame[0]) view_put(view.root, "language_more", arena_printf(req->arena, "&%s", frame + 1));
    if (problem_key != NULL) view_put(view.root, "problem", view_words(&view, problem_key));
    view_set_title(&view, view_words(&view, "wall.code_title"));
    view_reply(&view, status, "display_code");
}

static bool load_event(struct http_request *req, struct event_page *event)
{
    struct worker *worker = worker_of(req);
    if (worker == NULL) return false;
    enum err err = event_page_load(worker->db, req->arena, http_param(req, "event"), event);
    if (err == ERR_NOT_FOUND) reply_reason(req, REASON_unknown_event);
    else if (err != OK) reply_error(req, err, NULL);
    return err == OK;
}

/* The welcome scene's QR code: the public page of the event, at the address that is on the badges. An address that was guessed may be another network's tomorrow,
 * and then the code leads nowhere: none. */
static bool put_door(struct view *view, const struct event_page *event)
{
    struct worker *worker = worker_of(view->req);
    const char *base;
    bool guessed;
    unsigned size;
    if (worker == NULL) return false;
    if (public_url_choose(worker->db, view->arena, NULL, event->slug, view->app->plain_port, &base, &guessed, NULL) != OK || guessed) return true;
    const char *url = arena_printf(view->arena, "%s/e/%s", base, event->slug), *bare = strstr(base, "://");
    const char *path = url ? qr_path(view->arena, url, &size) : NULL;
    if (path && bare) view_put_json(view->root, "door", json_pack("{s:I, s:s, s:s}", "size", (json_int_t)size, "path", path, "host", bare + 3));
    return true;
}

/* --- the wall ------------------------------------------------------------------------------------------------------------------------------ */

void display_get(struct http_request *req)
{
    static const char *const prefixes[] = {"wall."};
    struct event_page event;
    struct view view;
    const struct principal *p = principal_of(req);
    if (!load_event(req, &event)) return;
    if ((p->roles & (WHO_DISPLAY | WHO_DESK | WHO_ORGANISER)) == 0) {
        code_reply(req, &event, 200, NULL);
        return;
    }
    if (!view_begin(&view, req)) return;
    view_put_event(&view, &event, false);
    if (p->is_display && p->session.wall_id != DB_NULL) view_put(view.root, "wall", arena_printf(req->arena, "%" PRId64, p->session.wall_id));
    if (p->is_display) view_put(view.root, "wall_csrf", p->session.csrf);
    if (!put_door(&view, &event)) return;
    view_set_title(&view, title_pick(req->arena, event.title, view.tag));
    view_set_style(&view, "wall");
    view_set_script(&view, "wall", prefixes, 1);
    view_reply(&view, 200, "wall");
}

/* --- the code ------------------------------------------------------------------------------------------------------------------------------ */

struct display {
    struct web_session session;
    const char *cookie, *slug;
};

static enum err display_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct display *display = req->state;
    struct web_session session = display->session;
    int64_t now_ms = clock_now_ms(), wall_id = 0;
    (void)fault;
    enum err err = session.wall_id == DB_NULL ? wall_register(db, req->arena, &tools->ids, session.event_id, now_ms, &wall_id) : OK;
    if (wall_id != 0) session.wall_id = wall_id;
    return err == OK ? web_session_insert(db, &session, now_ms) : err;
}

static void display_stored(struct http_request *req)
{
    const struct display *display = req->state;
    const struct fault *fault;
    const char *frame = frame_query(req);
    enum err err = write_result(req, &fault);
    if (err != OK || frame == NULL) {
        reply_error(req, err != OK ? err : ERR_NOMEM, fault);
        return;
    }
    http_set_cookie(req, SESSION_COOKIE, display->cookie, "/", (long)((display->session.expires_ms - display->session.created_ms) / 1000));
    http_reply_redirect(req, 303, arena_printf(req->arena, "/display/%s%s", display->slug, frame));
}

/* A wall of this event that gives its code once more stays the wall that it was. */
static int64_t wall_before(struct http_request *req, struct worker *worker, int64_t event_id)
{
    const char *cookie = http_cookie(req, SESSION_COOKIE);
    struct web_session session;
    if (cookie == NULL || web_session_find(worker->db, req->arena, cookie, clock_now_ms(), &session) != OK) return DB_NULL;
    return session.kind == WEB_SESSION_DISPLAY && session.event_id == event_id ? session.wall_id : DB_NULL;
}

/* The code was right. */
static void open_wall(struct http_request *req, const struct event_page *event)
{
    struct worker *worker = worker_of(req);
    struct display *display = arena_alloc(req->arena, sizeof *display);
    if (worker == NULL) return;
    screen_try_right(req);
    if (display == NULL || web_session_make(req->arena, WEB_SESSION_DISPLAY, event->id, clock_now_ms(), &display->session, &display->cookie) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    /* Nobody climbs up to a wall in the second night to type a code: it holds until the event is over. */
    int64_t over_ms = event->ends_ms + WALL_OPEN_MS;
    if (display->session.expires_ms < over_ms) display->session.expires_ms = over_ms;
    display->session.wall_id = wall_before(req, worker, event->id);
    display->slug = event->slug;
    req->state = display;
    request_write(req, display_store, display_stored);
}

/* False: the reply is made. A slip of the finger costs nothing. */
static bool read_code(struct http_request *req, const struct event_page *event, char code[WALL_CODE_SIZE])
{
    if (!wall_code_read(http_form(req, "code"), code)) code_reply(req, event, 400, "wall.code_six");
    else if (!screen_try_take(req)) code_reply(req, event, 429, "login.wait");
    else return true;
    return false;
}

static void refuse_code(struct http_request *req, const struct event_page *event, const char *key)
{
    screen_try_wrong(req);
    code_reply(req, event, 403, key);
}

void display_post(struct http_request *req)
{
    struct event_page event;
    char code[WALL_CODE_SIZE];
    if (!load_event(req, &event) || !read_code(req, &event, code)) return;
    bool over = event.ends_ms + WALL_OPEN_MS <= clock_now_ms();
    if (event.display_code == NULL || !screen_code_matches(req->arena, code, event.display_code)) refuse_code(req, &event, "wall.code_wrong");
    else if (over) refuse_code(req, &event, "wall.over");
    else open_wall(req, &event);
}

/* --- /w ------------------------------------------------------------------------------------------------------------------------------------ */

/* The event of a browser that is a wall already; NULL: none. */
static const char *event_of_wall(struct http_request *req)
{
    const struct principal *p = principal_of(req);
    struct worker *worker = worker_of(req);
    struct sql_programme_slug_row row;
    const char *cookie = http_cookie(req, SESSION_COOKIE);
    struct web_session session;
    if (worker == NULL || p->is_staff || cookie == NULL) return NULL;
    if (web_session_find(worker->db, req->arena, cookie, clock_now_ms(), &session) != OK || session.kind != WEB_SESSION_DISPLAY) return NULL;
    return sql_programme_slug(worker->db, req->arena, session.event_id, &row) == OK ? row.slug : NULL;
}

static bool is_our_host(const struct http_request *req)
{
    return !req->host[0] || access_host_is_ours(req->context, req->host);
}

/* Any name that leads here will do: one that is not ours leads on to one that is. A wall that was switched off and on again stands here too, and needs nobody. */
void wall_get(struct http_request *req)
{
    const struct app *app = app_of(req);
    const char *frame = frame_query(req), *slug;
    if (frame == NULL) {
        reply_reason(req, REASON_busy);
    } else if (!is_our_host(req)) {
        http_reply_redirect(req, 302, arena_printf(req->arena, "%s/w%s", app->public_url, frame));
    } else if (http_query(req, "new") == NULL && (slug = event_of_wall(req)) != NULL) {
        http_reply_redirect(req, 302, arena_printf(req->arena, "/display/%s%s", slug, frame));
    } else {
        code_reply(req, NULL, 200, NULL);
    }
}

void wall_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct event_page event;
    char code[WALL_CODE_SIZE];
    const char *slug = NULL;
    int64_t event_id;
    if (worker == NULL) return;
    if (!is_our_host(req)) { /* the flag of GET is its address's: this one opens a session */
        http_reply_problem(req, 421, "unknown_host", "This server does not answer to this host name.");
        return;
    }
    if (!read_code(req, NULL, code)) return;
    enum err err = wall_code_find(worker->db, req->arena, code, clock_now_ms(), &event_id, &slug);
    if (err == OK) err = event_page_load(worker->db, req->arena, slug, &event);
    if (err == ERR_NOT_FOUND) refuse_code(req, NULL, "wall.code_wrong");
    else if (err != OK) reply_error(req, err, NULL);
    else open_wall(req, &event);
}

/* --- a wall says that it is there ---------------------------------------------------------------------------------------------------------- */

struct seen {
    struct web_session session;
    struct wall_report report;
    int64_t wall_id;
};

static int64_t read_side(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    int64_t side = length && length <= 5 && strspn(text, "0123456789") == length ? strtoll(text, NULL, 10) : 0;
    return side > 0 && side <= WALL_SIDE_MOST ? side : DB_NULL;
}

static enum err seen_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct seen *seen = req->state;
    int64_t now_ms = clock_now_ms();
    (void)fault;
    enum err err = wall_of_session(db, req->arena, &tools->ids, &seen->session, now_ms, &seen->wall_id);
    return err == OK && seen->wall_id != 0 ? wall_report(db, seen->wall_id, &seen->report, now_ms) : err;
}

static void seen_stored(struct http_request *req)
{
    const struct seen *seen = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err == ERR_NOT_FOUND) reply_reason(req, REASON_unauthorized); /* it was shut out just now */
    else if (err != OK) reply_error(req, err, fault);
    else http_reply_json(req, 200, json_pack("{s:s?}", "wall", seen->wall_id != 0 ? arena_printf(req->arena, "%" PRId64, seen->wall_id) : NULL));
}

void display_seen_post(struct http_request *req)
{
    enum scene_name scene;
    struct seen *seen = arena_alloc(req->arena, sizeof *seen);
    const char *frame = frame_query(req);
    if (buckets_take(pages_seen_buckets(app_of(req)->pages), principal_of(req)->session.id_hash) > 0) { /* each is a write; a wall that is not heard says it again */
        reply_reason(req, REASON_slow_down);
        return;
    }
    if (seen == NULL || frame == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *seen = (struct seen){.session = principal_of(req)->session,
                          .report = {read_side(http_form(req, "width")), read_side(http_form(req, "height")), frame[0] ? frame + 1 : NULL,
                                     scene_from_word(http_form(req, "shows"), &scene) ? scene_word(scene) : NULL}};
    req->state = seen;
    request_write(req, seen_store, seen_stored);
}
