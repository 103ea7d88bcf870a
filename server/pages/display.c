/* GET and POST /display/{event}: the wall. A display code, typed once, is exchanged for a cookie that may only read this event's figures. */
#include "core/base/clock.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/screen_code.h"
#include "server/pages/throttle.h"
#include "server/pages/view.h"

struct display {
    struct web_session session;
    const char *cookie;
};

static void code_reply(struct http_request *req, const struct event_page *event, int status, const char *problem_key)
{
    struct view view;
    if (!view_begin(&view, req)) return;
    view_put_event(&view, event, false);
    view_set_title(&view, view_words(&view, "wall.link"));
    if (problem_key != NULL) view_put(view.root, "problem", view_words(&view, problem_key));
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

void display_get(struct http_request *req)
{
    static const char *const prefixes[] = {"wall."};
    struct event_page event;
    struct view view;
    if (!load_event(req, &event)) return;
    if ((principal_of(req)->roles & (WHO_DISPLAY | WHO_DESK | WHO_ORGANISER)) == 0) {
        code_reply(req, &event, 200, NULL);
        return;
    }
    if (!view_begin(&view, req)) return;
    view_put_event(&view, &event, false);
    view_set_title(&view, title_pick(req->arena, event.title, view.tag));
    view_set_style(&view, "wall");
    view_set_script(&view, "wall", prefixes, 1);
    view_reply(&view, 200, "wall");
}

static enum err display_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    const struct display *display = req->state;
    return web_session_insert(db, &display->session, clock_now_ms());
}

static void display_stored(struct http_request *req)
{
    const struct display *display = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    http_set_cookie(req, SESSION_COOKIE, display->cookie, "/", (long)((display->session.expires_ms - display->session.created_ms) / 1000));
    http_reply_redirect(req, 303, req->path);
}

void display_post(struct http_request *req)
{
    struct event_page event;
    if (!load_event(req, &event)) return;
    const char *typed = http_form(req, "code");
    struct throttle *throttle = pages_throttle(app_of(req)->pages);
    const char *name = arena_printf(req->arena, "display %s", event.slug);
    int64_t now_ms = clock_steady_ms();
    if (throttle_take(throttle, name, now_ms) > 0) {
        code_reply(req, &event, 429, "login.wait");
        return;
    }
    if (event.display_code == NULL || !screen_code_matches(req->arena, typed, event.display_code)) {
        code_reply(req, &event, 403, "wall.code_wrong");
        return;
    }
    throttle_passed(throttle, name);
    struct display *display = arena_alloc(req->arena, sizeof *display);
    if (display == NULL || web_session_make(req->arena, WEB_SESSION_DISPLAY, event.id, clock_now_ms(), &display->session, &display->cookie) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    /* Nobody climbs up to a wall in the second night to type a code: it holds until the event is over. */
    int64_t over_ms = event.ends_ms + WEB_SESSION_MS;
    if (display->session.expires_ms < over_ms) display->session.expires_ms = over_ms;
    req->state = display;
    request_write(req, display_store, display_stored);
}
