/* GET /d/{token}: what a badge opens. For its holder the page of their day; for signed-in desk staff the desk's card with one button. */
#include "core/base/clock.h"
#include "core/congress/badges/badge_token.h"
#include "core/congress/delegate_page.h"
#include "core/congress/papers/papers.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/card.h"
#include "server/pages/phone_papers.h"
#include "server/pages/phone_shared.h"
#include "server/pages/pin.h"
#include "server/pages/reading.h"
#include "server/pages/staff_return.h"
#include "server/pages/view.h"
#include "server/pages/viewer.h"

#include <string.h>

void card_put_name(struct view *view, const struct delegate_page *delegate)
{
    json_t *person = json_object();
    view_put(person, "honorific", delegate->honorific);
    view_put(person, "name", delegate->name != NULL ? delegate->name : view_words(view, "desk.blank_name"));
    view_put_title(view, person, "title", delegate->title);
    view_put_title(view, person, "delegation", delegate->delegation);
    view_put_json(view->root, "person", person);
    if (delegate->status != NULL && strcmp(delegate->status, "summoned") != 0)
        view_put(view->root, "status_note", view_words(view, arena_printf(view->arena, "status.%s", delegate->status)));
}

void card_put_category(struct view *view, unsigned position, const char *title)
{
    json_t *category = json_object();
    view_put_number(category, "index", position);
    view_put(category, "title", title);
    view_put_json(view->root, "category", category);
}

void card_put_person(struct view *view, const struct delegate_page *delegate, const struct programme *programme)
{
    unsigned position = programme_category_position(programme, delegate->category_id);
    const char *title = position < programme->category_count ? programme->categories[position].title : NULL;
    card_put_name(view, delegate);
    card_put_category(view, position, title == NULL ? NULL : title_pick(view->arena, title, view->tag));
}

/* Papers and questions, and where the page asks for what is new. */
static enum err put_papers(struct view *view, struct worker *worker, int64_t now_ms)
{
    struct viewer viewer;
    const char *etag = NULL;
    enum err err = paper_viewer_of(view->req, worker, now_ms, &viewer);
    if (err == ERR_NOT_FOUND || err == ERR_DENIED) { /* a mandate that was lost: no papers here, and none on the phone */
        view_put_flag(view->root, "kept_known", true);
        return OK;
    }
    if (err == OK) err = news_etag(view->req, worker, &viewer, now_ms, &etag); /* first: what comes between is told twice, not never */
    if (err == OK) err = phone_put_papers(view, worker, &viewer, etag, now_ms);
    /* What a PIN opened is not kept: the page then names restricted papers. A copy of before the PIN stays on the phone. */
    if (err == OK && !viewer.is_kiosk && !viewer.by_session && !viewer.papers.pin_passed) reading_may_keep(view->req);
    return err;
}

static enum err put_page(struct view *view, struct worker *worker, const struct delegate_page *delegate, int64_t now_ms)
{
    struct event_page event;
    const struct programme *programme;
    struct programme_seqs seqs;
    enum err err = programme_cached(&worker->programmes, worker->db, delegate->event, &programme, &seqs);
    if (err == OK) err = event_page_load(worker->db, view->arena, delegate->event, &event);
    if (err != OK) return err;
    card_put_person(view, delegate, programme);
    phone_put_facts(view, delegate);
    unsigned position = programme_category_position(programme, delegate->category_id);
    category_set mine = position < 64 ? UINT64_C(1) << position : ~UINT64_C(0);
    const struct announcement_reader reader = {ANNOUNCEMENT_ON_PHONE, delegate->category, delegate->unit};
    err = phone_put_event(view, worker, &event, programme, &reader, mine, now_ms);
    return err == OK ? put_papers(view, worker, now_ms) : err;
}

/* Whether the one who asks works at the desk of this event. The route names no event, so the roles of the principal do not say. */
static bool is_desk(const struct http_request *req, int64_t event_id)
{
    const struct principal *p = principal_of(req);
    return p->is_staff && !p->account.must_change && account_may(&p->account, ACCOUNT_DESK, event_id);
}

/* The badge's own page, whoever asks: what a wrong PIN is answered with, too. */
static void show_page(struct view *view, struct worker *worker, const struct viewer *door, const struct delegate_page *delegate, int status, int64_t now_ms)
{
    if (delegate->person_code == NULL) {
        view_reply_note(view, 200, "badge.blank");
        return;
    }
    if (door->is_kiosk) kiosk_put(view, delegate->event);
    view_put_flag(view->root, "is_shared", door->by_session);
    if (door->by_desk) view_put(view->root, "desk_back", arena_printf(view->arena, "/desk/%s/assist/%s", delegate->event, delegate->person_code));
    bool may_lead = delegate->is_head && !delegate->lost_mandate && !door->is_kiosk && !door->by_desk;
    if (may_lead) view_put(view->root, "delegation_door", arena_printf(view->arena, "%s/delegation", door->door));
    enum err err = put_page(view, worker, delegate, now_ms);
    if (err != OK) reply_error(view->req, err, NULL);
    else view_reply(view, status, "phone");
}

void phone_show(struct http_request *req, int status, const struct pin_note *note)
{
    struct view view;
    struct viewer door;
    struct worker *worker = worker_of(req);
    if (worker == NULL) return;
    int64_t now_ms = clock_now_ms();
    if (note == NULL && staff_return_reply(req)) return;
    if (note == NULL && phone_reply_shared(req, worker, now_ms)) return;
    if (!view_begin(&view, req)) return;
    struct delegate_page delegate;
    enum err err = viewer_door_of(req, worker, now_ms, &door);
    if (err != OK && door.by_session) {
        kiosk_reply_closed(&view);
        return;
    }
    if (err == OK) err = delegate_page_load(worker->db, req->arena, door.token, now_ms, &delegate);
    if (err == ERR_NOT_FOUND) view_reply_note(&view, 404, "badge.unknown");
    else if (err == ERR_DENIED) view_reply_note(&view, 410, "badge.revoked");
    else if (err != OK) reply_error(req, err, NULL);
    if (err != OK) return;
    if (delegate.event == NULL) {
        view_reply_note(&view, 200, "badge.no_event");
        return;
    }
    const struct programme *programme = NULL;
    struct programme_seqs seqs = {0};
    err = programme_cached(&worker->programmes, worker->db, delegate.event, &programme, &seqs);
    const char *wanted = http_query(req, "view");
    if (err != OK) {
        reply_error(req, err, NULL);
        return;
    }
    if (note == NULL && !door.by_session && is_desk(req, seqs.event_id) && (wanted == NULL || strcmp(wanted, "delegate") != 0)) {
        card_reply(&view, worker, door.token, &delegate);
        return;
    }
    pin_put_note(&view, note);
    show_page(&view, worker, &door, &delegate, status, now_ms);
}

void phone_get(struct http_request *req)
{
    phone_show(req, 200, NULL);
}
