/* GET /d/{token}/delegation: how a head of delegation comes to their page: from their own badge, with its PIN, where the organiser allowed it; else by an account. A
 * badge is worn and photographed, so it alone opens nobody's data (docs/decisions/0036-delegation.md). */
#include "core/base/clock.h"
#include "core/congress/delegation/delegation.h"
#include "server/access.h"
#include "server/pages/pin.h"

#define HEAD_SECONDS (12L * 3600)

/* Who stands before the door. */
struct door {
    struct viewer viewer;
    struct delegation_head head;
    enum err may; /* OK: with badge and PIN; ERR_DENIED: a head, but not this way; ERR_NOT_FOUND: no head */
};

/* False: the reply is made. */
static bool find_door(struct http_request *req, struct worker *worker, struct door *ret)
{
    enum err e = paper_viewer_of(req, worker, clock_now_ms(), &ret->viewer);
    if (e == ERR_NOT_FOUND || e == ERR_DENIED) {
        phone_show(req, 403, NULL); /* says what is wrong with the badge */
        return false;
    }
    if (e == OK) {
        ret->may = delegation_head_of(worker->db, req->arena, ret->viewer.papers.event_id, ret->viewer.papers.delegate_id, &ret->head);
        if (ret->viewer.is_kiosk || ret->viewer.by_desk) ret->may = ERR_NOT_FOUND; /* a shared screen, or the desk that helps somebody */
        if (ret->may != OK && ret->may != ERR_DENIED && ret->may != ERR_NOT_FOUND) e = ret->may;
    }
    if (e != OK) reply_error(req, e, NULL);
    return e == OK;
}

static void show_page(struct http_request *req, const struct door *door, int status, const struct pin_note *note)
{
    struct view view;
    if (!view_begin(&view, req)) return;
    view_set_title(&view, view_words(&view, "delegation.yours"));
    view_put(view.root, "back", door->viewer.door);
    if (door->may == OK) {
        view_put(view.root, "action", arena_printf(req->arena, "%s/pin", door->viewer.door));
        view_put(view.root, "head", door->head.name);
        pin_put_note(&view, note);
    } else {
        const char *login = arena_printf(req->arena, "/login?next=/delegation/%s", door->viewer.papers.event);
        bool here = access_is_private(req) || !view.app->secure_base;
        view_put(view.root, "login", here ? login : arena_printf(req->arena, "%s%s", view.app->secure_base, login));
    }
    view_reply(&view, status, "delegation_pin");
}

void delegation_ask_pin(struct http_request *req, int status, const struct pin_note *note)
{
    struct door door;
    struct worker *worker = worker_of(req);
    if (!worker || !find_door(req, worker, &door)) return;
    if (door.may == ERR_NOT_FOUND) reply_reason(req, REASON_not_found);
    else show_page(req, &door, status, note);
}

void delegation_door_get(struct http_request *req)
{
    struct door door;
    char name[VIEWER_PIN_COOKIE_SIZE];
    struct worker *worker = worker_of(req);
    if (!worker || !find_door(req, worker, &door)) return;
    if (door.may == ERR_NOT_FOUND) {
        reply_reason(req, REASON_not_found);
        return;
    }
    viewer_pin_cookie(door.viewer.papers.delegate_id, name);
    const char *cookie = http_cookie(req, door.viewer.by_session ? VIEWER_ME_COOKIE : name);
    if (door.may != OK || !door.viewer.papers.pin_passed || !cookie) {
        show_page(req, &door, 200, NULL);
        return;
    }
    http_set_cookie(req, HEAD_COOKIE, cookie, "/", HEAD_SECONDS);
    http_reply_redirect(req, 303, arena_printf(req->arena, "/delegation/%s", door.viewer.papers.event));
}
