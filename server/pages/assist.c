/* GET and POST /desk/{event}/assist/{code}: what somebody's phone cannot show, in large letters on the desk's screen turned round, or on one sheet of paper.
 *
 * Who sees which paper stays the one predicate (core/congress/papers/papers.h): the page links to the desk's kind of door (server/pages/viewer.h). Restricted
 * papers open by the helper's word in place of the PIN; that word is in the audit log, holds for minutes, and for this browser and delegate only. */
#include "core/base/clock.h"
#include "core/congress/delegate_page.h"
#include "core/congress/papers/pin.h"
#include "core/congress/store/store.h"
#include "server/pages/card.h"
#include "server/pages/phone_papers.h"
#include "server/pages/phone_shared.h"
#include "server/pages/staff_page.h"

#include <string.h>

#define OPEN_MS (10 * CLOCK_MINUTE)

struct assist {
    const char *action, *code;
    struct viewer viewer;
    const char *cookie;
    char pin[PIN_SIZE];
};

/* Of the programme what is on today; before and after the event all of it. */
static void keep_today(struct view *view, const struct event_page *event, int64_t now_ms)
{
    const char *today = i18n_date(view->arena, view_i18n(view), view->language, event->timezone, now_ms);
    json_t *days = json_object_get(view->root, "days"), *kept = json_array();
    for (size_t i = 0; i < json_array_size(days); i++) {
        const char *date = json_string_value(json_object_get(json_array_get(days, i), "date"));
        if (date && today && strcmp(date, today) == 0) json_array_append(kept, json_array_get(days, i));
    }
    if (json_array_size(kept) > 0) view_put_json(view->root, "days", kept);
    else json_decref(kept);
}

static enum err put_pin(struct view *view, struct db *db, const char *event, const struct assist *a, int64_t now_ms)
{
    static const char *const words[] = {[PIN_FROM_NOTHING] = "desk.badge.pin_nothing",
                                       [PIN_FROM_PHONE] = "desk.badge.pin_phone", [PIN_FROM_SLIP] = "desk.badge.pin_slip"};
    struct pin_state state;
    enum err e = pin_state_of(db, view->arena, event, a->code, now_ms, &state, NULL);
    if (e != OK) return e;
    view_put(view->root, "pin_source", view_words(view, words[state.source]));
    if (a->pin[0]) view_put(view->root, "pin_new", arena_printf(view->arena, "%.3s %s", a->pin, a->pin + 3));
    return OK;
}

/* A paper in large letters: the reader's largest type. */
static void put_large(struct view *view)
{
    json_t *papers = json_object_get(view->root, "papers");
    for (size_t i = 0; i < json_array_size(papers); i++) {
        json_t *paper = json_array_get(papers, i);
        const char *read = json_string_value(json_object_get(paper, "read"));
        if (read) view_put(paper, "large", arena_printf(view->arena, "%s%ctype=3", read, strchr(read, '?') ? '&' : '?'));
    }
}

static enum err put_all(struct staff_page *page, const struct assist *a, const struct delegate_page *delegate, int64_t now_ms)
{
    struct view *view = &page->view;
    struct worker *worker = page->worker;
    unsigned position = programme_category_position(page->programme, delegate->category_id);
    category_set mine = position < 64 ? UINT64_C(1) << position : ~UINT64_C(0);
    card_put_person(view, delegate, page->programme);
    phone_put_facts(view, delegate);
    const struct announcement_reader reader = {ANNOUNCEMENT_ON_PHONE, delegate->category, delegate->unit};
    enum err e = phone_put_event(view, worker, &page->event, page->programme, &reader, mine, now_ms);
    if (e == OK) e = view_put_papers(view, worker->db, &a->viewer, now_ms);
    if (e == OK) e = put_pin(view, worker->db, page->event.slug, a, now_ms);
    if (e != OK) return e;
    keep_today(view, &page->event, now_ms);
    put_large(view);
    const char *needs = card_needs_words(view, delegate->needs);
    if (needs) view_put(view->root, "needs", needs);
    view_put(view->root, "whole_page", a->viewer.door);
    view_put(view->root, "person_code", a->code);
    view_set_title(view, arena_printf(view->arena, "%s · %s", view_words(view, "assist.title"), delegate->name));
    return OK;
}

static void assist_show(struct http_request *req, struct assist *a)
{
    struct staff_page page;
    struct delegate_page delegate;
    int64_t now_ms = clock_now_ms();
    if (!staff_page_begin(&page, req)) return;
    a->code = http_param(req, "code");
    enum err e = viewer_for_desk(req, page.worker, page.programme, a->code, now_ms, &a->viewer);
    if (e == OK) e = delegate_page_load(page.worker->db, req->arena, a->viewer.token, now_ms, &delegate);
    if (e == ERR_NOT_FOUND || e == ERR_DENIED) {
        view_reply_note(&page.view, 404, "assist.nobody");
        return;
    }
    if (e == OK) e = put_all(&page, a, &delegate, now_ms);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_set_style(&page.view, "assist");
    view_set_script(&page.view, "assist", NULL, 0);
    view_reply(&page.view, 200, "assist");
}

void assist_get(struct http_request *req)
{
    struct assist *a = arena_alloc(req->arena, sizeof *a);
    if (!a) {
        reply_reason(req, REASON_busy);
        return;
    }
    *a = (struct assist){0};
    if (!view_ask_new_password(req)) assist_show(req, a);
}

/* --- what is done there ------------------------------------------------------------------------------------------------------------------- */

static enum err open_papers(struct db *db, struct http_request *req, struct assist *a)
{
    int64_t now_ms = clock_now_ms();
    const char *subject = arena_printf(req->arena, "%s/%s", http_param(req, "event"), a->code);
    const struct pin_session session = {.kind = PIN_SESSION_BADGE, .delegate_id = a->viewer.papers.delegate_id, .expires_ms = now_ms + OPEN_MS, .passed = true};
    if (!subject) return ERR_NOMEM;
    enum err e = pin_session_add(db, req->arena, &session, now_ms, &a->cookie);
    return e == OK ? audit_write(db, now_ms, actor_of(req), "papers.assist", subject, NULL) : e;
}

static enum err apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    char name[VIEWER_PIN_COOKIE_SIZE];
    struct assist *a = req->state;
    if (strcmp(a->action, "open") == 0) return open_papers(db, req, a);
    if (strcmp(a->action, "pin") == 0)
        return pin_renew(db, req->arena, http_param(req, "event"), a->code, actor_of(req), clock_now_ms(), a->pin, fault);
    viewer_pin_cookie(a->viewer.papers.delegate_id, name);
    const char *cookie = http_cookie(req, name);
    return cookie ? pin_session_end(db, cookie) : OK;
}

static void applied(struct http_request *req)
{
    char name[VIEWER_PIN_COOKIE_SIZE];
    struct assist *a = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    if (a->pin[0]) {
        assist_show(req, a); /* told this once: no address shows it again */
        return;
    }
    viewer_pin_cookie(a->viewer.papers.delegate_id, name);
    http_set_cookie(req, name, a->cookie ? a->cookie : "", "/", a->cookie ? (long)(OPEN_MS / CLOCK_SECOND) : 0);
    const char *anchor = a->cookie ? "#papers" : "";
    http_reply_redirect(req, 303, arena_printf(req->arena, "/desk/%s/assist/%s%s", http_param(req, "event"), a->code, anchor));
}

void assist_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    struct assist *a = programme ? arena_alloc(req->arena, sizeof *a) : NULL;
    if (!programme) return;
    if (!a) {
        reply_reason(req, REASON_busy);
        return;
    }
    *a = (struct assist){.action = http_form(req, "do"), .code = http_param(req, "code")};
    if (!a->action || (strcmp(a->action, "open") != 0 && strcmp(a->action, "lock") != 0 && strcmp(a->action, "pin") != 0)) {
        reply_reason(req, REASON_bad_request);
        return;
    }
    enum err e = viewer_for_desk(req, worker, programme, a->code, clock_now_ms(), &a->viewer);
    if (e != OK) {
        reply_error(req, e == ERR_DENIED ? ERR_NOT_FOUND : e, NULL);
        return;
    }
    req->state = a;
    request_write(req, apply, applied);
}
