/* GET /admin/{event}/chat: ready text to paste into a chat group, in each of the organisation's languages: an announcement (announcement=), today's programme,
 * papers of today that everybody may see, the Wi-Fi when the organiser ticked it, the public address. Titles only: nobody's name, no badge. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/messages/announcements.h"
#include "core/congress/messages/chat_text.h"
#include "core/congress/papers/papers.h"
#include "core/congress/title.h"
#include "server/pages/messages.h"

#include "catalogue.h"

#include <string.h>

struct chat {
    struct staff_page staff;
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    size_t tag_count;
    struct announcement announcement; /* text NULL: none */
    struct event_page_session *sessions;
    size_t session_count;
    const char **papers;              /* stored titles */
    size_t paper_count;
    const char *wifi_name, *wifi_password, *link;
    int64_t now_ms, day_begin, day_end;
    bool programme, with_papers, with_wifi, with_link;
};

/* A form that was sent says `parts`; a first look has what is harmless. */
static bool is_ticked(struct http_request *req, const char *key, bool first)
{
    return http_query(req, "parts") ? http_query(req, key) != NULL : first;
}

static void read_choice(struct chat *c, struct http_request *req)
{
    bool bare = messages_read_id(http_query(req, "announcement")) != 0;
    c->programme = is_ticked(req, "programme", !bare);
    c->with_papers = is_ticked(req, "papers", !bare);
    c->with_wifi = is_ticked(req, "wifi", false);
    c->with_link = is_ticked(req, "link", true);
}

static enum err load_announcement(struct chat *c, struct http_request *req)
{
    int64_t id = messages_read_id(http_query(req, "announcement"));
    return id ? announcement_find(c->staff.worker->db, req->arena, c->staff.event.id, id, &c->announcement) : OK;
}

/* Those of the local day, and on the days before the first one its programme. */
static enum err load_sessions(struct chat *c, struct arena *arena)
{
    struct event_page_session *all;
    size_t count;
    int64_t day = c->now_ms < c->staff.event.starts_ms ? c->staff.event.starts_ms : c->now_ms;
    enum err e = event_page_sessions(c->staff.worker->db, arena, c->staff.event.id, &all, &count);
    if (e == OK) e = zone_day(c->staff.event.timezone, day, &c->day_begin, &c->day_end);
    if (e != OK || !c->programme) return e;
    c->sessions = all;
    for (size_t i = 0; i < count; i++)
        if (all[i].starts_ms >= c->day_begin && all[i].starts_ms < c->day_end) c->sessions[c->session_count++] = all[i];
    return OK;
}

/* Papers that appeared today and that a viewer of no category, without a PIN, may see: what is for everybody. */
static enum err load_papers(struct chat *c, struct arena *arena)
{
    struct paper *papers;
    struct sql_news_first_row *first;
    size_t count, first_count;
    int64_t begin, end;
    const struct paper_viewer anybody = {.event_id = c->staff.event.id, .event = c->staff.event.slug, .timezone = c->staff.event.timezone,
                                         .pin_for_all = c->staff.event.asks_pin};
    if (!c->with_papers) return OK;
    enum err e = papers_list(c->staff.worker->db, arena, &anybody, c->now_ms, &papers, &count);
    if (e == OK) e = sql_news_first(c->staff.worker->db, arena, c->staff.event.id, &first, &first_count);
    if (e == OK) e = zone_day(c->staff.event.timezone, c->now_ms, &begin, &end);
    c->papers = e == OK ? arena_array(arena, count + 1, sizeof *c->papers) : NULL;
    if (e != OK || !c->papers) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; papers[i].access == PAPER_OPEN && k < first_count; k++)
            if (first[k].document_id == papers[i].id && first[k].first_ms >= begin) c->papers[c->paper_count++] = papers[i].title;
    return OK;
}

static void load_wifi(struct chat *c, struct arena *arena)
{
    json_t *wifi = NULL;
    if (!c->with_wifi || !c->staff.event.wifi || json_read(c->staff.event.wifi, strlen(c->staff.event.wifi), &wifi, NULL) != OK) return;
    const char *name = json_string_value(json_object_get(wifi, "ssid")), *password = json_string_value(json_object_get(wifi, "password"));
    c->wifi_name = name ? arena_strdup(arena, name) : NULL;
    c->wifi_password = password ? arena_strdup(arena, password) : NULL;
    json_decref(wifi);
}

static enum err load_link(struct chat *c, struct http_request *req)
{
    const char *base;
    bool guessed;
    struct fault fault = {0};
    enum err e = public_url_choose(c->staff.worker->db, req->arena, NULL, c->staff.event.slug, app_of(req)->plain_port, &base, &guessed, &fault);
    if (e != OK) return e;
    size_t length = strlen(base);
    while (length && base[length - 1] == '/') length--;
    c->link = arena_printf(req->arena, "%.*s/e/%s", (int)length, base, c->staff.event.slug);
    return c->link ? OK : ERR_NOMEM;
}

/* --- one language --------------------------------------------------------------------------------------------------------------------------- */

static const char *word(struct chat *c, enum i18n_language language, const char *key)
{
    return i18n_text(view_i18n(&c->staff.view), language, key);
}

static enum err write_language(struct chat *c, const char *tag, struct buf *out)
{
    struct arena *arena = c->staff.view.arena;
    enum i18n_language language = I18N_EN;
    (void)i18n_read_tag(tag, &language); /* of a language that has no words here: its own texts under English ones */
    const char *zone = c->staff.event.timezone, *date = i18n_date(arena, view_i18n(&c->staff.view), language, zone, c->day_begin);
    struct chat_session *sessions = arena_array(arena, c->session_count + 1, sizeof *sessions);
    const char **papers = arena_array(arena, c->paper_count + 1, sizeof *papers);
    if (!sessions || !papers || !date) return ERR_NOMEM;
    for (size_t i = 0; i < c->session_count; i++) {
        const struct event_page_session *s = &c->sessions[i];
        sessions[i] = (struct chat_session){i18n_time(arena, zone, s->starts_ms), i18n_time(arena, zone, s->ends_ms), title_pick(arena, s->title, tag),
                                            s->room ? title_pick(arena, s->room, tag) : NULL};
    }
    for (size_t i = 0; i < c->paper_count; i++) papers[i] = title_pick(arena, c->papers[i], tag);
    const struct chat_text text = {
        .title = title_pick(arena, c->staff.event.title, tag), .urgent_word = c->announcement.urgent ? word(c, language, "news.urgent") : NULL,
        .announcement = c->announcement.text ? title_pick(arena, c->announcement.text, tag) : NULL,
        .programme_title = arena_printf(arena, "%s, %s:", word(c, language, "programme.title"), date), .sessions = sessions, .session_count = c->session_count,
        .papers_title = word(c, language, "phone.came_paper"), .papers = papers, .paper_count = c->paper_count,
        .wifi_title = arena_printf(arena, "%s:", word(c, language, "wifi.network")), .wifi_name = c->wifi_name,
        .password_title = arena_printf(arena, "%s:", word(c, language, "wifi.password")), .wifi_password = c->wifi_password,
        .link_title = word(c, language, "chat.link_title"), .link = c->with_link ? c->link : NULL, .isolate = text_is_right_to_left(tag)};
    return chat_text_write(&text, out);
}

/* False: the reply is made. */
static enum err put_texts(struct chat *c)
{
    struct view *view = &c->staff.view;
    json_t *list = json_array();
    enum err e = OK;
    for (size_t i = 0; e == OK && i < c->tag_count; i++) {
        struct buf text;
        json_t *out = json_object();
        buf_init(&text, BUF_LIMIT_BODY);
        e = write_language(c, c->tags[i], &text);
        const char *whole = e == OK ? arena_strndup(view->arena, text.data ? text.data : "", text.length) : NULL;
        buf_release(&text);
        size_t lines = 1;
        for (const char *p = whole; p && *p; p++) lines += *p == '\n';
        view_put(out, "tag", c->tags[i]);
        view_put(out, "dir", text_is_right_to_left(c->tags[i]) ? "rtl" : "ltr");
        view_put(out, "language", messages_language_name(c->tags[i]));
        view_put(out, "text", whole);
        view_put_number(out, "rows", (int64_t)(lines < 22 ? lines + 2 : 24));
        json_array_append_new(list, out);
    }
    view_put_json(view->root, "texts", list);
    return e;
}

static enum err put_page(struct chat *c, struct http_request *req)
{
    struct view *view = &c->staff.view;
    enum err e = messages_languages(c->staff.worker->db, req->arena, c->tags, &c->tag_count);
    if (e == OK) e = load_announcement(c, req);
    if (e == OK) e = load_sessions(c, req->arena);
    if (e == OK) e = load_papers(c, req->arena);
    load_wifi(c, req->arena);
    if (e == OK) e = load_link(c, req);
    if (e == OK) e = put_texts(c);
    if (e == ERR_DENIED) { /* somebody wrote a badge's address into a title */
        view_put(view->root, "problem", view_words(view, "refusal.announce_badge"));
        e = OK;
    }
    view_put_flag(view->root, "programme", c->programme);
    view_put_flag(view->root, "papers", c->with_papers);
    view_put_flag(view->root, "wifi", c->with_wifi);
    view_put_flag(view->root, "has_wifi", c->staff.event.wifi != NULL);
    view_put_flag(view->root, "link", c->with_link);
    if (c->announcement.text) view_put(view->root, "announcement", arena_printf(view->arena, "%lld", (long long)c->announcement.id));
    return e;
}

static void show_work(struct http_request *req, void *thread_state)
{
    static const char *const prefixes[] = {"chat.js_"};
    struct chat c = {.now_ms = clock_now_ms()};
    if (!staff_page_begin_in_pool(&c.staff, req, thread_state)) return;
    read_choice(&c, req);
    enum err e = put_page(&c, req);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_set_title(&c.staff.view, view_words(&c.staff.view, "chat.title"));
    view_set_style(&c.staff.view, "messages");
    view_set_script(&c.staff.view, "messages", prefixes, 1);
    view_reply(&c.staff.view, 200, "admin_chat");
}

/* On a thread of the pool: the public address may be looked for in the machine's networks. */
void chat_get(struct http_request *req)
{
    if (!staff_enter(req, NULL)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, show_work);
}
