/* GET /d/{token}/p/{document}/{version}/{picture}: a page as a picture.
 * GET /d/{token}/search?q=: search in all papers that this person may see.
 * GET /d/{token}/programme.ics: the sessions of this person for the phone's calendar. */
#include "core/base/clock.h"
#include "core/congress/delegate_page.h"
#include "core/congress/papers/reading.h"
#include "core/congress/programme/ical.h"
#include "core/congress/title.h"
#include "server/hot_papers.h"
#include "server/pages/pin.h"
#include "server/pages/reading.h"

#include <string.h>

#define HITS_AT_ONCE 10

/* --- pictures ----------------------------------------------------------------------------------------------------------------------------- */

void reading_picture_get(struct http_request *req)
{
    struct opened opened;
    int64_t page, size = 0;
    const char *sha256 = NULL, *name = http_param(req, "picture"), *dot = strchr(name, '.');
    if (!reading_open(req, &opened)) return;
    bool sound = dot && strcmp(dot, ".jpg") == 0 && reading_number(arena_strndup(req->arena, name, (size_t)(dot - name)), &page);
    enum err e = sound ? reading_find_picture(opened.worker->db, req->arena, opened.paper.sha256, page, &sha256, &size) : ERR_NOT_FOUND;
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    struct http_kept *kept = hot_papers_open(app_of(req)->hot_papers, sha256, size);
    if (!kept) {
        reply_error(req, ERR_IO, &(struct fault){.text = "the picture of a page is not there, or not whole"});
        return;
    }
    http_reply_file(req, &(struct http_file){.kept = kept, .size = size, .content_type = "image/jpeg", .etag = sha256, .cache = opened.cache});
}

/* --- search ------------------------------------------------------------------------------------------------------------------------------- */

static json_t *hit_view(struct view *view, const struct viewer *viewer, const char *asked, const struct search_hit *hit)
{
    struct buf href;
    json_t *out = json_object();
    buf_init(&href, BUF_LIMIT_LINE);
    buf_puts(&href, reading_link(view->arena, viewer, hit->paper, "r", hit->page));
    if (hit->page) {
        buf_puts(&href, "?q=");
        buf_put_url(&href, asked);
        buf_puts(&href, "#hit");
    }
    view_put(out, "href", buf_text(&href));
    buf_release(&href);
    view_put_title(view, out, "title", hit->paper->title);
    if (hit->page) view_put_number(out, "page", hit->page);
    view_put_json(out, "runs", reading_runs(hit->runs, hit->run_count, NULL));
    return out;
}

static void put_found(struct view *view, const struct viewer *viewer, const char *asked, const struct search_wishes *wishes, const struct search_found *found)
{
    json_t *hits = json_array();
    for (size_t i = 0; i < found->count; i++) json_array_append_new(hits, hit_view(view, viewer, asked, &found->hits[i]));
    view_put_json(view->root, "hits", hits);
    if (!found->query->count) return;
    view_put_flag(view->root, "none", found->all == 0);
    view_put_flag(view->root, "left_out", found->query->left_out);
    view_put_flag(view->root, "loose", found->way != SEARCH_AS_WRITTEN);
    if (found->all) view_put_number(view->root, "found", (int64_t)found->all);
    if (wishes->skip + wishes->most >= found->all) return;
    struct buf more;
    buf_init(&more, BUF_LIMIT_LINE);
    buf_printf(&more, "%s/search?q=", viewer->door);
    buf_put_url(&more, asked);
    buf_printf(&more, "&from=%zu", wishes->skip + wishes->most);
    view_put(view->root, "more", buf_text(&more));
    buf_release(&more);
}

void reading_search_get(struct http_request *req)
{
    struct view view;
    struct viewer viewer;
    struct event_page event;
    struct search_found found;
    struct worker *worker = worker_of(req);
    const char *asked = http_query(req, "q");
    int64_t now = clock_now_ms(), from = 0;
    if (!worker || !view_begin(&view, req)) return;
    (void)reading_number(http_query(req, "from"), &from);
    struct search_wishes wishes = {.query = asked ? asked : "", .language = view.tag, .skip = (size_t)from, .most = HITS_AT_ONCE};
    enum err e = paper_viewer_of(req, worker, now, &viewer);
    if (e == OK) e = event_page_load(worker->db, req->arena, viewer.papers.event, &event);
    if (e == OK) e = papers_search(worker->db, req->arena, &viewer.papers, &wishes, now, &found);
    if (e == ERR_NOT_FOUND || e == ERR_DENIED) {
        reply_reason(req, REASON_not_found);
        return;
    }
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put_event(&view, &event, false);
    view_set_title(&view, view_words(&view, "search.title"));
    view_set_style(&view, "reader");
    view_put(view.root, "door", viewer.door);
    view_put(view.root, "asked", asked);
    if (viewer.is_kiosk) kiosk_put(&view, viewer.papers.event);
    put_found(&view, &viewer, wishes.query, &wishes, &found);
    view_reply(&view, 200, "search");
}

/* --- the calendar -------------------------------------------------------------------------------------------------------------------------- */

static const char *place_of(struct view *view, const struct event_page *event, const char *room)
{
    json_t *venue = NULL;
    const char *where = room ? title_pick(view->arena, room, view->tag) : NULL;
    if (event->venue && json_read(event->venue, strlen(event->venue), &venue, NULL) == OK) {
        const char *name = title_pick_json(json_object_get(venue, "name"), view->tag, NULL);
        if (where && *where && *name) where = arena_printf(view->arena, "%s, %s", where, name);
        else if (*name) where = arena_strdup(view->arena, name);
    }
    json_decref(venue);
    return where;
}

static enum err gather_sessions(struct view *view, struct worker *worker, const struct event_page *event, const struct programme *programme, category_set mine,
                                struct ical_event **ret, size_t *ret_count)
{
    struct event_page_session *sessions;
    size_t count, out = 0;
    enum err e = event_page_sessions(worker->db, view->arena, event->id, &sessions, &count);
    struct ical_event *list = e == OK ? arena_array(view->arena, count + 1, sizeof *list) : NULL;
    if (e == OK && !list) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++) {
        bool admitted = true;
        for (size_t k = 0; k < programme->session_count; k++)
            if (strcmp(programme->sessions[k].code, sessions[i].code) == 0) admitted = (programme->sessions[k].admits & mine) != 0;
        if (!admitted) continue;
        list[out++] = (struct ical_event){.uid = arena_printf(view->arena, "%s@%s.plenum", sessions[i].code, event->slug),
                                          .summary = title_pick(view->arena, sessions[i].title, view->tag), .location = place_of(view, event, sessions[i].room),
                                          .description = title_pick(view->arena, event->title, view->tag), .starts_ms = sessions[i].starts_ms,
                                          .ends_ms = sessions[i].ends_ms};
    }
    *ret = list;
    *ret_count = out;
    return e;
}

void reading_calendar_get(struct http_request *req)
{
    struct view view;
    struct viewer viewer;
    struct delegate_page delegate;
    struct event_page event;
    const struct programme *programme;
    struct ical_event *list = NULL;
    size_t count = 0;
    struct worker *worker = worker_of(req);
    int64_t now = clock_now_ms();
    if (!worker || !view_begin(&view, req)) return;
    enum err e = viewer_door_of(req, worker, now, &viewer);
    if (e == OK) e = delegate_page_load(worker->db, req->arena, viewer.token, now, &delegate);
    if (e == OK && (!delegate.event || !delegate.person_code)) e = ERR_NOT_FOUND;
    if (e == OK) e = programme_cached(&worker->programmes, worker->db, delegate.event, &programme, NULL);
    if (e == OK) e = event_page_load(worker->db, req->arena, delegate.event, &event);
    unsigned position = e == OK ? programme_category_position(programme, delegate.category_id) : 64;
    if (e == OK) e = gather_sessions(&view, worker, &event, programme, position < 64 ? UINT64_C(1) << position : ~UINT64_C(0), &list, &count);
    if (e == ERR_DENIED) e = ERR_NOT_FOUND;
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    ical_write(&out, title_pick(req->arena, event.title, view.tag), list, count, now);
    (void)http_set_header(req, "Content-Disposition", "inline; filename=\"programme.ics\""); /* an iPhone then asks to add it, Android opens the calendar */
    http_reply_buf(req, 200, "text/calendar; charset=utf-8", &out);
}
