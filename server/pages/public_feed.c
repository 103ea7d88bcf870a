/* GET /e/{event}/feed.atom: news and results as an Atom feed (RFC 4287), fifty to a page; one that was withdrawn stays as an entry that says so.
 * GET /e/{event}/programme.ics: the programme for anybody's calendar. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/congress/programme/ical.h"
#include "core/congress/title.h"
#include "docs-bundle/docs.h"
#include "server/pages/public_kept.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_A_PAGE 50
#define PAGES_MOST (POSTS_MOST / ENTRIES_A_PAGE)
#define ID_EPOCH_MS INT64_C(1704067200000) /* core/base/id.h: what ids count from */

struct feed {
    struct public_door *door;
    struct event_page event;
    const char *base;
    struct buf out;
    int64_t updated_ms;
};

/* An id that is the same for ever, wherever the server moves: RFC 9562 version 8, of what the data folder calls it. The languages of one post are entries of their
 * own, each with its feed. */
static const char *urn(struct feed *f, const char *what, int64_t id)
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    char hex[33];
    const char *name = arena_printf(f->door->view.arena, "%s %" PRId64 " %" PRId64 " %s %s", what, f->event.id, id, f->event.slug, f->door->view.tag);
    if (!name) return NULL;
    crypto_derive("plenum-feed", name, strlen(name), hash);
    hash[6] = (uint8_t)((hash[6] & 0x0f) | 0x80);
    hash[8] = (uint8_t)((hash[8] & 0x3f) | 0x80);
    crypto_hex(hash, 16, hex);
    return arena_printf(f->door->view.arena, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static void element(struct feed *f, const char *name, const char *text)
{
    buf_printf(&f->out, "<%s>", name);
    buf_put_html(&f->out, text);
    buf_printf(&f->out, "</%s>\n", name);
}

static void element_time(struct feed *f, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    element(f, name, clock_format(ms, text));
}

static void link_to(struct feed *f, const char *rel, const char *type, const char *path)
{
    buf_printf(&f->out, "<link rel=\"%s\" type=\"%s\" hreflang=\"%s\" href=\"", rel, type, f->door->view.tag);
    buf_put_html(&f->out, f->base);
    buf_put_html(&f->out, path);
    buf_puts(&f->out, "\"/>\n");
}

/* HTML as text: escaped once more. */
static void put_content(struct feed *f, const struct public_post *post)
{
    struct arena *arena = f->door->view.arena;
    const char *html = docs_markdown_html_below(arena, post->body, strlen(post->body), 1);
    struct buf whole;
    buf_init(&whole, VIEW_LIMIT);
    buf_puts(&whole, html);
    for (size_t i = 0; i < post->text.picture_count; i++) {
        const struct post_picture *p = &post->text.pictures[i];
        buf_puts(&whole, "<p><img src=\"");
        buf_put_html(&whole, f->base);
        buf_printf(&whole, PUBLIC_PICTURE "\" alt=\"", f->event.slug, (long long)p->id, "large");
        buf_put_html(&whole, title_pick(arena, p->alt, post->tag));
        buf_puts(&whole, "\"><br>");
        buf_put_html(&whole, title_pick(arena, p->caption, post->tag));
        buf_puts(&whole, "</p>\n");
    }
    buf_puts(&f->out, "<content type=\"html\">");
    buf_put_html(&f->out, buf_text(&whole));
    buf_puts(&f->out, "</content>\n");
    if (!buf_ok(&whole) || !html) f->out.failed = true;
    buf_release(&whole);
}

static int64_t updated_of(const struct post *post)
{
    return post->state == POST_WITHDRAWN ? post->withdrawn_ms : post->shown->from_ms;
}

static enum err put_entry(struct feed *f, const struct post *post)
{
    struct view *view = &f->door->view;
    struct public_post shown;
    bool gone = post->state == POST_WITHDRAWN;
    enum err e = gone ? OK : public_post_load(f->door, post, post->shown->id, &shown);
    if (e != OK) return e;
    buf_printf(&f->out, "<entry xml:lang=\"%s\">\n", !gone && *shown.tag ? shown.tag : view->tag);
    element(f, "id", urn(f, "post", post->id));
    element(f, "title", gone ? view_words(view, "public.withdrawn_title") : shown.title);
    element_time(f, "published", post->first_ms);
    element_time(f, "updated", updated_of(post));
    link_to(f, "alternate", "text/html", arena_printf(view->arena, "/e/%s/news/%" PRId64 "?lang=%s", f->event.slug, post->id, view->tag));
    if (gone) {
        buf_puts(&f->out, "<content type=\"text\">");
        buf_put_html(&f->out, view_words(view, "public.withdrawn"));
        buf_puts(&f->out, "</content>\n");
    } else {
        buf_printf(&f->out, "<category term=\"%s\" label=\"", shown.text.is_results ? "results" : "news");
        buf_put_html(&f->out, view_words(view, shown.text.is_results ? "public.kind.results" : "public.kind.news"));
        buf_puts(&f->out, "\"/>\n");
        put_content(f, &shown);
    }
    buf_puts(&f->out, "</entry>\n");
    return OK;
}

static const char *address(struct feed *f, size_t page)
{
    const char *more = page ? arena_printf(f->door->view.arena, "&page=%zu", page + 1) : "";
    return arena_printf(f->door->view.arena, "/e/%s/feed.atom?lang=%s%s", f->event.slug, f->door->view.tag, more);
}

static enum err put_head(struct feed *f, size_t page, bool more)
{
    struct view *view = &f->door->view;
    const char *organization = "", *title = title_pick(view->arena, f->event.title, view->tag);
    enum err e = event_page_organization(f->door->worker->db, view->arena, &organization);
    if (e != OK) return e;
    const char *author = title_pick(view->arena, organization, view->tag);
    buf_printf(&f->out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n", view->tag);
    element(f, "id", urn(f, "feed", 0));
    element(f, "title", title);
    element(f, "subtitle", view_words(view, "public.news"));
    element_time(f, "updated", f->updated_ms);
    buf_puts(&f->out, "<author>");
    element(f, "name", author && *author ? author : title);
    buf_puts(&f->out, "</author>\n<generator>Plenum</generator>\n");
    link_to(f, "self", "application/atom+xml", address(f, page));
    link_to(f, "alternate", "text/html", arena_printf(view->arena, "/e/%s?lang=%s", f->event.slug, view->tag));
    if (page || more) link_to(f, "first", "application/atom+xml", address(f, 0));
    if (page) link_to(f, "previous", "application/atom+xml", address(f, page - 1));
    if (more) link_to(f, "next", "application/atom+xml", address(f, page + 1));
    return OK;
}

static enum err make_feed(struct feed *f, size_t page, int64_t *ret_until_ms)
{
    struct db *db = f->door->worker->db;
    struct arena *arena = f->door->view.arena;
    struct post *all, *posts;
    size_t all_count, count;
    enum err e = event_page_load(db, arena, f->door->programme->slug, &f->event);
    if (e == OK) e = public_base(f->door, &f->base);
    if (e == OK) e = posts_list(db, arena, f->event.id, f->door->now_ms, &all, &all_count);
    if (e == OK) *ret_until_ms = posts_next_change(all, all_count, f->door->now_ms);
    if (e == OK) e = posts_public(db, arena, f->event.id, f->door->now_ms, &posts, &count);
    if (e != OK) return e;
    size_t from = page * ENTRIES_A_PAGE, left = from < count ? count - from : 0;
    if (page && !left) return ERR_NOT_FOUND;
    f->updated_ms = (f->event.id >> 22) + ID_EPOCH_MS; /* of an empty one: when the event came to be */
    for (size_t i = 0; i < count; i++)
        if (updated_of(&posts[i]) > f->updated_ms) f->updated_ms = updated_of(&posts[i]);
    e = put_head(f, page, left > ENTRIES_A_PAGE);
    for (size_t i = from; e == OK && i < count && i < from + ENTRIES_A_PAGE; i++) e = put_entry(f, &posts[i]);
    buf_puts(&f->out, "</feed>\n");
    return e;
}

/* What XML 1.0 cannot say, not even escaped, goes: "&#1;" in a post's Markdown would make the feed unreadable for everybody. */
static void make_sayable(struct buf *out)
{
    size_t kept = 0;
    if (!buf_ok(out)) return;
    for (size_t i = 0; i < out->length; i++) {
        const unsigned char *p = (const unsigned char *)out->data + i;
        const bool is_control = *p < 0x20 && *p != '\t' && *p != '\n' && *p != '\r';
        const bool is_no_character = i + 2 < out->length && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE; /* U+FFFE, U+FFFF */
        if (is_no_character) i += 2;
        else if (!is_control) out->data[kept++] = (char)*p;
    }
    out->length = kept;
    if (out->data) out->data[kept] = '\0';
}

void public_feed_get(struct http_request *req)
{
    struct public_door door;
    int64_t until_ms = INT64_MAX;
    const char *asked = http_query(req, "page");
    unsigned long page = asked ? strtoul(asked, NULL, 10) : 1;
    if (page < 1 || page > PAGES_MOST + 1) {
        reply_reason(req, REASON_not_found);
        return;
    }
    if (!public_begin(&door, req)) return;
    door.what = PUBLIC_FEED - (int64_t)(page - 1);
    door.type = "application/atom+xml; charset=utf-8";
    if (public_reply_kept(&door)) return;
    struct feed feed = {.door = &door};
    buf_init(&feed.out, VIEW_LIMIT);
    enum err e = make_feed(&feed, page - 1, &until_ms);
    make_sayable(&feed.out);
    if (e == OK) {
        public_reply_new(&door, &feed.out, until_ms, feed.updated_ms);
        return;
    }
    buf_release(&feed.out);
    if (e == ERR_NOT_FOUND) reply_reason(req, REASON_not_found);
    else reply_error(req, e, NULL);
}

/* --- the calendar ---------------------------------------------------------------------------------------------------------------------------- */

static enum err make_calendar(struct public_door *door, struct buf *out)
{
    struct view *view = &door->view;
    struct event_page event;
    struct event_page_session *sessions;
    size_t count;
    json_t *venue = NULL;
    enum err e = event_page_load(door->worker->db, view->arena, door->programme->slug, &event);
    if (e == OK) e = event_page_sessions(door->worker->db, view->arena, event.id, &sessions, &count);
    struct ical_event *list = e == OK ? arena_array(view->arena, count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    if (event.venue) (void)json_read(event.venue, strlen(event.venue), &venue, NULL);
    const char *title = title_pick(view->arena, event.title, view->tag), *place = title_pick_json(json_object_get(venue, "name"), view->tag, NULL);
    for (size_t i = 0; i < count; i++) {
        const char *room = sessions[i].room && !public_is_closed(door->programme, sessions[i].code) ? title_pick(view->arena, sessions[i].room, view->tag) : "";
        const char *where = *room && *place ? arena_printf(view->arena, "%s, %s", room, place) : *room ? room : place;
        list[i] = (struct ical_event){.uid = arena_printf(view->arena, "%s@%s.plenum", sessions[i].code, event.slug),
                                      .summary = title_pick(view->arena, sessions[i].title, view->tag),
                                      .location = *where ? where : NULL, .description = title, .starts_ms = sessions[i].starts_ms, .ends_ms = sessions[i].ends_ms};
    }
    ical_write(out, title, list, count, door->now_ms);
    json_decref(venue);
    return OK;
}

void public_calendar_get(struct http_request *req)
{
    struct public_door door;
    struct buf out;
    if (!public_begin(&door, req)) return;
    door.what = PUBLIC_CALENDAR;
    door.type = "text/calendar; charset=utf-8";
    (void)http_set_header(req, "Content-Disposition", "inline; filename=\"programme.ics\""); /* an iPhone then asks to add it, Android opens the calendar */
    if (public_reply_kept(&door)) return;
    buf_init(&out, VIEW_LIMIT);
    enum err e = make_calendar(&door, &out);
    if (e == OK) {
        public_reply_new(&door, &out, INT64_MAX, 0);
        return;
    }
    buf_release(&out);
    reply_error(req, e, NULL);
}
