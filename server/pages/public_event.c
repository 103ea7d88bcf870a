/* GET /e/{event}: what anyone may know: when it begins and where, what is on now, streams, news and results, the programme. Nobody's name but what the organiser
 * wrote. A session that some category of badge is not admitted to is told with its title and its time only, and never who is (docs/decisions/0049). */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/title.h"
#include "server/pages/kiosk.h"
#include "server/pages/public_kept.h"

#include <inttypes.h>
#include <string.h>

#define POSTS_WITH_WORDS 3
#define POSTS_LISTED 60
#define SUMMARY_LETTERS 240

struct page {
    struct public_door *door;
    struct event_page event;
    struct event_page_session *sessions;
    size_t session_count;
    struct post *posts;
    size_t post_count;
    json_t *streams;          /* of the event file; may be NULL */
    int64_t until_ms;
};

static void ends_at(struct page *p, int64_t moment_ms)
{
    if (moment_ms > p->door->now_ms && moment_ms < p->until_ms) p->until_ms = moment_ms;
}

bool public_is_closed(const struct programme *programme, const char *code)
{
    category_set all = programme->category_count < 64 ? (UINT64_C(1) << programme->category_count) - 1 : ~UINT64_C(0);
    for (size_t i = 0; i < programme->session_count; i++)
        if (strcmp(programme->sessions[i].code, code) == 0) return (programme->sessions[i].admits & all) != all;
    return true;
}

/* --- streams -------------------------------------------------------------------------------------------------------------------------------- */

static json_t *streams_of(struct page *p, const char *code)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(p->streams); i++) {
        const json_t *item = json_array_get(p->streams, i);
        const char *session = json_string_value(json_object_get(item, "session"));
        json_t *stream = session && strcmp(session, code) == 0 ? view_stream(&p->door->view, item) : NULL;
        if (stream) json_array_append_new(list, stream);
    }
    return list;
}

/* Those that belong to no session of ours. */
static void put_free_streams(struct page *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(p->streams); i++) {
        const json_t *item = json_array_get(p->streams, i);
        const char *session = json_string_value(json_object_get(item, "session"));
        bool known = false;
        for (size_t k = 0; session && k < p->session_count; k++) known = known || strcmp(p->sessions[k].code, session) == 0;
        json_t *stream = known ? NULL : view_stream(&p->door->view, item);
        if (stream) json_array_append_new(list, stream);
    }
    view_put_flag(p->door->view.root, "has_free_streams", json_array_size(list) > 0);
    view_put_json(p->door->view.root, "free_streams", list);
    view_put_json(p->door->view.root, "streams", json_array()); /* venue.html: they stand elsewhere here */
}

/* --- the programme -------------------------------------------------------------------------------------------------------------------------- */

static const char *machine_time(struct view *view, int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    return arena_strdup(view->arena, clock_format(ms, text));
}

static json_t *session_view(struct page *p, const struct event_page_session *s, bool is_next)
{
    struct view *view = &p->door->view;
    json_t *out = json_object(), *streams = streams_of(p, s->code), *posts = json_array();
    bool is_now = s->starts_ms <= p->door->now_ms && p->door->now_ms < s->ends_ms, closed = public_is_closed(p->door->programme, s->code);
    view_put_title(view, out, "title", s->title);
    view_put(out, "from", i18n_time(view->arena, p->event.timezone, s->starts_ms));
    view_put(out, "until", i18n_time(view->arena, p->event.timezone, s->ends_ms));
    view_put(out, "begins", machine_time(view, s->starts_ms));
    view_put_flag(out, "is_now", is_now);
    view_put_flag(out, "is_next", is_next);
    view_put_flag(out, "closed", closed);
    if (!closed) view_put_title(view, out, "room", s->room);
    if (!closed) view_put(out, "speakers", view_speakers(view->arena, s->speakers));
    for (size_t i = 0; i < p->post_count; i++)
        if (p->posts[i].state == POST_PUBLIC && p->posts[i].session && strcmp(p->posts[i].session, s->code) == 0)
            json_array_append_new(posts, json_pack("{s:o, s:s}", "id", json_sprintf("%" PRId64, p->posts[i].id), "kind",
                                                   view_words(view, p->posts[i].is_results ? "public.kind.results" : "public.kind.news")));
    view_put_json(out, "streams", streams);
    view_put_json(out, "posts", posts);
    return out;
}

struct days {
    json_t *list, *sessions;
    int64_t day_end;
};

static void add_session(struct page *p, struct days *days, const struct event_page_session *s, json_t *out)
{
    struct view *view = &p->door->view;
    if (!days->list) *days = (struct days){json_array(), NULL, INT64_MIN};
    if (s->starts_ms >= days->day_end) {
        int64_t begin;
        json_t *day = json_object();
        if (zone_day(p->event.timezone, s->starts_ms, &begin, &days->day_end) != OK) days->day_end = INT64_MAX;
        view_put(day, "date", i18n_date(view->arena, view_i18n(view), view->language, p->event.timezone, s->starts_ms));
        days->sessions = json_array();
        view_put_json(day, "sessions", days->sessions);
        json_array_append_new(days->list, day);
    }
    json_array_append_new(days->sessions, out);
}

/* What is on stands on top of the page, each of it; else what comes next, with its day. */
static void put_on_top(struct page *p, json_t *top, const struct event_page_session *s, const json_t *session, bool is_now)
{
    struct view *view = &p->door->view;
    if (!is_now && json_array_size(top)) return;
    json_t *out = json_copy((json_t *)(uintptr_t)session);
    view_put(out, "label", view_words(view, is_now ? "programme.now" : "programme.next"));
    view_put(out, "date", i18n_date(view->arena, view_i18n(view), view->language, p->event.timezone, s->starts_ms));
    json_array_append_new(top, out);
}

static void put_programme(struct page *p)
{
    struct view *view = &p->door->view;
    struct days past = {0}, days = {0};
    json_t *top = json_array();
    bool any_left = false, next_told = false;
    size_t past_count = 0;
    for (size_t i = 0; i < p->session_count; i++) any_left = any_left || p->sessions[i].ends_ms > p->door->now_ms;
    for (size_t i = 0; i < p->session_count; i++) {
        const struct event_page_session *s = &p->sessions[i];
        bool is_now = s->starts_ms <= p->door->now_ms && p->door->now_ms < s->ends_ms, is_next = !next_told && s->starts_ms > p->door->now_ms;
        bool folds = any_left && s->ends_ms <= p->door->now_ms; /* when all is over, nothing is folded */
        json_t *out = session_view(p, s, is_next);
        next_told = next_told || is_next;
        if (is_now || is_next) put_on_top(p, top, s, out, is_now);
        past_count += folds;
        add_session(p, folds ? &past : &days, s, out);
        ends_at(p, s->starts_ms);
        ends_at(p, s->ends_ms);
    }
    view_put_flag(view->root, "has_days", p->session_count > 0);
    view_put_flag(view->root, "has_top", json_array_size(top) > 0);
    view_put_json(view->root, "top", top);
    view_put_json(view->root, "days", days.list ? days.list : json_array());
    if (past.list) view_put_json(view->root, "past", json_pack("{s:o, s:i}", "days", past.list, "count", (int)past_count));
}

/* --- news and results ----------------------------------------------------------------------------------------------------------------------- */

static enum err put_posts(struct page *p)
{
    struct view *view = &p->door->view;
    json_t *list = json_array(), *older = json_array();
    enum err e = OK;
    size_t told = 0;
    for (size_t i = 0; e == OK && i < p->post_count && told < POSTS_LISTED; i++) {
        struct public_post post;
        if (p->posts[i].state != POST_PUBLIC) continue;
        e = public_post_load(p->door, &p->posts[i], p->posts[i].shown->id, &post);
        if (e != OK) break;
        json_t *out = json_object();
        public_post_put(view, &p->event, &post, out);
        if (told < POSTS_WITH_WORDS) view_put(out, "summary", public_summary(view->arena, post.body, SUMMARY_LETTERS));
        json_array_append_new(told < POSTS_WITH_WORDS + 3 ? list : older, out);
        told++;
    }
    view_put_flag(view->root, "has_posts", told > 0);
    view_put_json(view->root, "posts", list);
    view_put_flag(view->root, "has_older", json_array_size(older) > 0);
    view_put_json(view->root, "older", older);
    return e;
}

/* --- the page ------------------------------------------------------------------------------------------------------------------------------- */

/* What a link to it shows in other programs; nothing is asked of anybody for it. */
static enum err put_shared(struct page *p)
{
    struct view *view = &p->door->view;
    const char *base, *venue = json_string_value(json_object_get(json_object_get(json_object_get(view->root, "event"), "venue"), "name"));
    enum err e = public_base(p->door, &base);
    if (e != OK) return e;
    json_t *shared = json_object(), *feed = json_object();
    const char *dates = i18n_date_range(view->arena, p->event.timezone, p->event.starts_ms, p->event.ends_ms);
    view_put(shared, "type", "website");
    view_put(shared, "title", title_pick(view->arena, p->event.title, view->tag));
    view_put(shared, "about", venue ? arena_printf(view->arena, "%s · %s", dates, venue) : dates);
    view_put(shared, "url", arena_printf(view->arena, "%s/e/%s", base, p->event.slug));
    view_put(feed, "title", view_words(view, "public.news"));
    view_put(feed, "url", arena_printf(view->arena, "/e/%s/feed.atom?lang=%s", p->event.slug, view->tag));
    view_put_json(shared, "feed", feed);
    view_put_json(view->root, "shared", shared);
    return OK;
}

static void put_moments_of_news(struct page *p, struct announcement *all, size_t count)
{
    ends_at(p, announcement_next_change(all, count, p->door->now_ms));
}

static enum err load(struct page *p)
{
    static const struct announcement_reader anybody = {.place = ANNOUNCEMENT_IN_PUBLIC};
    struct db *db = p->door->worker->db;
    struct view *view = &p->door->view;
    struct announcement *all;
    struct post *posts;
    size_t count, post_count;
    enum err e = event_page_load(db, view->arena, p->door->programme->slug, &p->event);
    if (e == OK) e = event_page_sessions(db, view->arena, p->event.id, &p->sessions, &p->session_count);
    if (e == OK) e = posts_list(db, view->arena, p->event.id, p->door->now_ms, &posts, &post_count);
    if (e == OK) ends_at(p, posts_next_change(posts, post_count, p->door->now_ms));
    if (e == OK) e = posts_public(db, view->arena, p->event.id, p->door->now_ms, &p->posts, &p->post_count);
    if (e == OK) e = announcement_open(db, view->arena, p->event.id, &all, &count);
    if (e != OK) return e;
    put_moments_of_news(p, all, count);
    view_put_event(view, &p->event, false);
    return view_put_announcements(view, db, p->event.id, &anybody, p->door->now_ms);
}

static enum err make(struct page *p, const struct pin_note *note)
{
    struct view *view = &p->door->view;
    enum err e = load(p);
    if (e != OK) return e;
    if (p->event.streams) (void)json_read(p->event.streams, strlen(p->event.streams), &p->streams, NULL);
    view_set_title(view, title_pick(view->arena, p->event.title, view->tag));
    view_set_style(view, "public");
    json_t *enter = json_object();
    view_put(enter, "action", arena_printf(view->arena, "/e/%s/enter", p->event.slug));
    view_put(enter, "csrf", note ? p->door->word : public_stand_in(p->door));
    view_put_json(view->root, "enter", enter);
    pin_put_note(view, note);
    put_programme(p);
    put_free_streams(p);
    e = put_posts(p);
    if (e == OK) e = put_shared(p);
    json_decref(p->streams);
    return e;
}

void event_show(struct http_request *req, int status, const struct pin_note *note)
{
    struct public_door door;
    struct buf out;
    if (!public_begin(&door, req)) return;
    door.what = PUBLIC_EVENT;
    door.word = pin_browser_make(req);
    if (!note && public_reply_kept(&door)) return;
    struct page page = {.door = &door, .until_ms = INT64_MAX};
    enum err e = door.word ? make(&page, note) : ERR_NOMEM;
    if (e == OK && note) {
        view_reply(&door.view, status, "event");
        return;
    }
    buf_init(&out, VIEW_LIMIT);
    if (e == OK) e = view_render(&door.view, "event", &out);
    if (e == OK) {
        public_reply_new(&door, &out, page.until_ms, 0);
        return;
    }
    buf_release(&out);
    reply_error(req, e, NULL);
}

void event_get(struct http_request *req)
{
    event_show(req, 200, NULL);
}
