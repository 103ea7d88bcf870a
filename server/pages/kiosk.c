/* GET /kiosk/{event}: a shared screen with a hand scanner. A badge, or number and PIN, opens /d/me for a minute; whoever comes back to this page, by the
 * button, by the clock or by the browser's own "back", has closed what was open. Works without JavaScript; web/js/kiosk.js lets touches prolong it. */
#include "server/pages/kiosk.h"

#include "core/base/text.h"
#include "core/congress/title.h"

#include <string.h>

#define KIOSK_COOKIE "plenum_kiosk" /* which event's screen this is: where /d/me leads when nobody is in */

void kiosk_put(struct view *view, const char *event)
{
    json_t *kiosk = json_object();
    view_put(kiosk, "home", arena_printf(view->arena, "/kiosk/%s", event));
    view_put_number(kiosk, "seconds", KIOSK_SECONDS);
    view_put_json(view->root, "kiosk", kiosk);
}

void kiosk_reply_closed(struct view *view)
{
    const char *event = http_cookie(view->req, KIOSK_COOKIE);
    if (event == NULL || !text_is_slug(event)) view_reply_note(view, 403, "me.closed");
    else http_reply_redirect(view->req, 303, arena_printf(view->arena, "/kiosk/%s", event));
}

void kiosk_show(struct http_request *req, int status, const struct pin_note *note)
{
    struct view view;
    struct event_page event;
    struct worker *worker = worker_of(req);
    if (worker == NULL || !view_begin(&view, req)) return;
    enum err err = event_page_load(worker->db, req->arena, http_param(req, "event"), &event);
    if (err == ERR_NOT_FOUND) reply_reason(req, REASON_unknown_event);
    else if (err != OK) reply_error(req, err, NULL);
    if (err != OK) return;
    http_set_cookie(req, KIOSK_COOKIE, event.slug, "/", -1);
    view_put_event(&view, &event, false);
    view_set_title(&view, view_words(&view, "kiosk.title"));
    kiosk_put(&view, event.slug);
    enter_put(&view, arena_printf(req->arena, "/kiosk/%s", event.slug));
    pin_put_note(&view, note);
    view_reply(&view, status, "kiosk");
}

static enum err close_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    return pin_session_end(db, http_cookie(req, VIEWER_ME_COOKIE));
}

static void close_done(struct http_request *req)
{
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    http_set_cookie(req, VIEWER_ME_COOKIE, "", "/", 0);
    kiosk_show(req, 200, NULL);
}

/* Ending what is open is all that a GET does here, and no other site can bring the cookie along. */
void kiosk_get(struct http_request *req)
{
    if (http_cookie(req, VIEWER_ME_COOKIE) == NULL) kiosk_show(req, 200, NULL);
    else request_write(req, close_apply, close_done);
}
