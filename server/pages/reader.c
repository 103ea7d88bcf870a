/* GET /d/{token}/r/{document}/{version}[/{page}]: a paper to be read in the page itself, by any phone and without JavaScript: text that flows, pictures of
 * pages, or what else the paper is. In-app browsers do not download, and A4 is unreadable at 320 px. */
#include "server/pages/pin.h"
#include "server/pages/reading.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/papers/reading.h"
#include "core/congress/papers/reflow.h"
#include "core/congress/title.h"
#include "docs-bundle/docs.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PAGES_AT_ONCE 10
#define TEXT_AT_ONCE (96 * 1024) /* bytes of text on one screen page, then no further page begins */
#define MARKDOWN_MOST (512 * 1024)
#define TYPE_COOKIE "plenum_type" /* how large letters are: 0 to 3 */
#define LOOK_COOKIE "plenum_look" /* "text" or "pictures" */
#define COOKIE_SECONDS (365L * 24 * 3600)

struct reader {
    struct view *view;
    struct opened *opened;
    struct text_words words;
    struct search_query query; /* what is marked */
    const char *asked;         /* ?q= */
    const char *html;          /* Markdown, made by docs-bundle */
    struct reading reading;
    int64_t page;              /* the first that is shown */
    int type;
    bool pictures;             /* the reader wants to see pages */
    bool own_direction;        /* the paper says its language */
    bool mark_first;           /* the first hit has not been named yet */
};

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n > k && strcasecmp(text + n - k, end) == 0;
}

/* What a reader chose last; ?type= and ?look= choose anew. */
static void read_choices(struct reader *r, struct http_request *req)
{
    const char *type = http_query(req, "type"), *look = http_query(req, "look");
    bool new_type = type != NULL, new_look = look != NULL;
    if (!type) type = http_cookie(req, TYPE_COOKIE);
    if (!look) look = http_cookie(req, LOOK_COOKIE);
    r->type = type && strlen(type) == 1 && *type >= '0' && *type <= '3' ? *type - '0' : 0;
    r->pictures = look && strcmp(look, "pictures") == 0;
    char digit[2] = {(char)('0' + r->type), '\0'};
    if (new_type) (void)http_set_cookie(req, TYPE_COOKIE, digit, "/", COOKIE_SECONDS);
    if (new_look) (void)http_set_cookie(req, LOOK_COOKIE, r->pictures ? "pictures" : "text", "/", COOKIE_SECONDS);
}

/* A link within the reader; `page` 0: the paper's beginning. */
static const char *link_to(const struct reader *r, int64_t page, const char *extra)
{
    struct buf out;
    struct arena *arena = r->view->arena;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_puts(&out, reading_link(arena, &r->opened->viewer, &r->opened->paper, "r", page));
    char mark = '?';
    if (extra) buf_printf(&out, "%c%s", mark, extra), mark = '&';
    if (r->query.count) {
        buf_printf(&out, "%cq=", mark);
        buf_put_url(&out, r->asked);
    }
    const char *link = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return link;
}

static void add_choice(const struct reader *r, json_t *list, const char *label, const char *extra, bool current)
{
    json_t *choice = json_object();
    view_put(choice, "label", view_words(r->view, label));
    view_put(choice, "href", link_to(r, r->page > 1 ? r->page : 0, extra));
    view_put_flag(choice, "current", current);
    json_array_append_new(list, choice);
}

static void put_type_buttons(const struct reader *r)
{
    struct arena *arena = r->view->arena;
    json_t *type = json_object();
    int64_t page = r->page > 1 ? r->page : 0;
    if (r->type > 0) view_put(type, "smaller", link_to(r, page, arena_printf(arena, "type=%d", r->type - 1)));
    if (r->type < 3) view_put(type, "larger", link_to(r, page, arena_printf(arena, "type=%d", r->type + 1)));
    view_put_json(r->view->root, "letters", type);
}

/* --- pages ------------------------------------------------------------------------------------------------------------------------------ */

static json_t *block_view(struct reader *r, const struct reflow_block *block)
{
    json_t *out = json_object();
    struct search_run whole = {block->text, false}, *runs = &whole;
    size_t count = 1;
    view_put_flag(out, "running", block->running);
    view_put_flag(out, "auto", !r->own_direction);
    if (r->query.count && !search_mark(&r->words, &r->query, block->text, &runs, &count, NULL)) runs = &whole, count = 1;
    view_put_json(out, "runs", reading_runs(runs, count, &r->mark_first));
    return out;
}

static json_t *row_view(struct reader *r, const struct reflow_block *block)
{
    json_t *out = json_object(), *cells = json_array();
    size_t filled = 0;
    bool small = false; /* the only cell begins with a small letter: it goes on with the one above */
    for (const char *p = block->text;; p++) {
        size_t n = strcspn(p, "\t");
        const char *text = arena_strndup(r->view->arena, p, n);
        struct reflow_block cell = {.text = text ? text : ""};
        json_array_append_new(cells, block_view(r, &cell));
        if (n) {
            const char *letter = cell.text;
            small = text_is_small_letter(text_next(&letter));
            filled++;
        }
        p += n;
        if (!*p) break;
    }
    view_put_json(out, "cells", cells);
    view_put_flag(out, "more", small && filled == 1);
    return out;
}

/* Paragraphs, and rows that follow each other as one table. */
static json_t *blocks_view(struct reader *r, const struct reflow_block *list, size_t count, const char *picture)
{
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!list[i].row) {
            json_array_append_new(out, block_view(r, &list[i]));
            continue;
        }
        json_t *rows = json_array(), *table = json_object(), *item = json_object();
        for (; i < count && list[i].row; i++) json_array_append_new(rows, row_view(r, &list[i]));
        i--;
        view_put_json(table, "rows", rows);
        view_put(table, "paper_page", picture);
        view_put_json(item, "table", table);
        json_array_append_new(out, item);
    }
    return out;
}

static void put_picture(struct reader *r, json_t *out, const struct reading_page *page)
{
    json_t *picture = json_object();
    view_put(picture, "href", reading_link(r->view->arena, &r->opened->viewer, &r->opened->paper, "p", page->page));
    view_put_number(picture, "width", page->width);
    view_put_number(picture, "height", page->height);
    view_put_json(out, "picture", picture);
}

static json_t *page_view(struct reader *r, const struct reading_page *page, const char *neighbour)
{
    json_t *out = json_object();
    struct reflow_block *list = NULL;
    size_t count = 0;
    view_put_number(out, "number", page->page);
    view_put_number(out, "of", r->reading.pages);
    bool picture = page->picture && r->pictures;
    if (!picture && !reflow_page(r->view->arena, page->text, neighbour, &list, &count)) count = 0;
    if (!picture && !count && page->picture) {
        picture = true;
        view_put(out, "page_note", view_words(r->view, "reader.no_text"));
    } else if (!picture && !count) {
        view_put(out, "page_note", view_words(r->view, "reader.empty"));
    }
    if (picture) put_picture(r, out, page);
    const char *paper_page = page->picture ? reading_link(r->view->arena, &r->opened->viewer, &r->opened->paper, "p", page->page) : NULL;
    view_put_json(out, "blocks", blocks_view(r, list, count, paper_page));
    return out;
}

static void put_turning(struct reader *r, int64_t shown)
{
    json_t *turn = json_object();
    int64_t before = r->page > PAGES_AT_ONCE ? r->page - PAGES_AT_ONCE : 1, behind = r->page + shown;
    if (r->page > 1) view_put(turn, "before", link_to(r, before, NULL));
    if (behind <= r->reading.pages) view_put(turn, "behind", link_to(r, behind, NULL));
    if (r->page == 1 && behind > r->reading.pages) {
        json_decref(turn);
        return;
    }
    view_put_number(turn, "of", r->reading.pages);
    view_put_number(turn, "page", r->page);
    view_put(turn, "action", reading_link(r->view->arena, &r->opened->viewer, &r->opened->paper, "r", 0));
    view_put_json(r->view->root, "turn", turn);
}

static enum err put_pages(struct reader *r)
{
    struct reading_page *pages;
    size_t count, text = 0, shown = 0;
    bool with_pictures = false;
    enum err e = reading_load_pages(r->opened->worker->db, r->view->arena, r->opened->paper.sha256, r->page, r->page + PAGES_AT_ONCE, &pages, &count);
    if (e != OK) return e;
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < PAGES_AT_ONCE && text < TEXT_AT_ONCE; i++, shown++) {
        const char *neighbour = i + 1 < count ? pages[i + 1].text : i ? pages[i - 1].text : NULL;
        json_array_append_new(list, page_view(r, &pages[i], neighbour));
        text += r->pictures ? 0 : strlen(pages[i].text);
        with_pictures = with_pictures || pages[i].picture != NULL;
    }
    view_put_json(r->view->root, "pages", list);
    put_turning(r, (int64_t)shown);
    if (r->pictures || !with_pictures) view_put_flag(r->view->root, "enlarge", r->pictures && with_pictures);
    if (with_pictures && r->reading.unread < r->reading.pages) {
        json_t *choices = json_array();
        add_choice(r, choices, "reader.text", "look=text", !r->pictures);
        add_choice(r, choices, "reader.pictures", "look=pictures", r->pictures);
        view_put_json(r->view->root, "choices", choices);
    }
    return OK;
}

/* --- kinds of papers ---------------------------------------------------------------------------------------------------------------------- */

static enum err put_markdown(struct reader *r)
{
    struct arena *arena = r->view->arena;
    const struct paper *paper = &r->opened->paper;
    char *text = NULL, *path = blob_path(arena, app_of(r->view->req)->store.folder, paper->sha256);
    size_t length;
    if (!path || paper->size > MARKDOWN_MOST || file_read(arena, path, MARKDOWN_MOST, &text, &length, NULL) != OK) return put_pages(r);
    const char *html = docs_markdown_html(arena, text, length);
    if (!html) return put_pages(r);
    r->html = arena_printf(arena, "<div class=\"prose\"%s>\n%s</div>\n", r->own_direction ? "" : " dir=\"auto\"", html);
    return r->html ? OK : ERR_NOMEM;
}

/* Lines of plain text stay lines. */
static enum err put_plain(struct reader *r)
{
    struct reading_page *pages;
    size_t count, run_count;
    struct search_run *runs;
    enum err e = reading_load_pages(r->opened->worker->db, r->view->arena, r->opened->paper.sha256, 1, 1, &pages, &count);
    if (e != OK || !count) return e;
    const char *text = pages[0].text;
    struct search_run whole = {text, false};
    runs = &whole, run_count = 1;
    json_t *list = json_array();
    while (*text) { /* by lines, so that marking does not join them */
        size_t n = strcspn(text, "\n");
        char *line = arena_strndup(r->view->arena, text, n);
        if (!line) break;
        whole = (struct search_run){line, false};
        runs = &whole, run_count = 1;
        if (r->query.count && !search_mark(&r->words, &r->query, line, &runs, &run_count, NULL)) runs = &whole, run_count = 1;
        json_t *item = json_object();
        view_put_json(item, "runs", reading_runs(runs, run_count, &r->mark_first));
        json_array_append_new(list, item);
        text += n + (text[n] == '\n');
    }
    view_put_json(r->view->root, "lines", list);
    if (strlen(pages[0].text) + 16 >= DOCS_PAGE_TEXT_MOST / 2) view_put(r->view->root, "note", view_words(r->view, "reader.long"));
    return OK;
}

static void put_media(struct reader *r, const char *kind)
{
    json_t *media = json_object();
    view_put(media, "href", reading_link(r->view->arena, &r->opened->viewer, &r->opened->paper, "f", 0));
    view_put_json(r->view->root, kind, media);
}

static enum err put_body(struct reader *r)
{
    const struct paper *paper = &r->opened->paper;
    const char *type = paper->media_type;
    enum err e = reading_load(r->opened->worker->db, r->view->arena, paper->sha256, &r->reading);
    bool looked_into = e == OK;
    if (e != OK && e != ERR_NOT_FOUND) return e;
    if (r->page > 1 && r->page > r->reading.pages) r->page = looked_into && r->reading.pages ? r->reading.pages : 1;
    if (r->reading.was_recognised) view_put(r->view->root, "note", view_words(r->view, "reader.recognised"));
    if (strncmp(type, "image/", 6) == 0) put_media(r, "image");
    else if (strncmp(type, "audio/", 6) == 0) put_media(r, "audio");
    else if (strncmp(type, "video/", 6) == 0) put_media(r, "video");
    else if (strncmp(type, "text/", 5) == 0 && (ends_with(paper->name, ".md") || ends_with(paper->name, ".markdown"))) return put_markdown(r);
    else if (strncmp(type, "text/", 5) == 0 && looked_into) return put_plain(r);
    else if (looked_into && r->reading.pages) return put_pages(r);
    else if (strncmp(type, "application/vnd.", 16) == 0 || strcmp(type, "application/msword") == 0 || strcmp(type, "application/rtf") == 0)
        view_put(r->view->root, "note", view_words(r->view, "reader.office"));
    else view_put(r->view->root, "note", view_words(r->view, !looked_into && strcmp(type, "application/pdf") == 0 ? "reader.waiting" : "reader.other"));
    return OK;
}

/* --- the page around it -------------------------------------------------------------------------------------------------------------------- */

static enum err put_head(struct reader *r)
{
    struct view *view = r->view;
    const struct paper *paper = &r->opened->paper;
    struct event_page event;
    struct reading_about document;
    enum err e = event_page_load(r->opened->worker->db, view->arena, r->opened->viewer.papers.event, &event);
    if (e == OK) e = reading_load_about(r->opened->worker->db, view->arena, paper->id, &document);
    if (e != OK) return e;
    view_put_event(view, &event, false);
    if (r->opened->viewer.is_kiosk) kiosk_put(view, r->opened->viewer.papers.event); /* a shared screen clears here too */
    view_put_title(view, view->root, "heading", paper->title);
    view_set_title(view, title_pick(view->arena, paper->title, view->tag));
    view_put(view->root, "number", document.number);
    view_put(view->root, "file", r->opened->viewer.is_kiosk ? NULL : reading_link(view->arena, &r->opened->viewer, paper, "f", 0));
    view_put(view->root, "size", i18n_size(view->arena, paper->size));
    r->own_direction = document.language != NULL;
    if (document.language) {
        view_put(view->root, "paper_lang", document.language);
        view_put(view->root, "paper_dir", text_is_right_to_left(document.language) ? "rtl" : "ltr");
    }
    if (document.newest > paper->version) {
        struct paper newest = *paper;
        newest.version = document.newest;
        view_put(view->root, "newer", reading_link(view->arena, &r->opened->viewer, &newest, "r", 0));
    }
    return OK;
}

/* Zalo, Facebook, Messenger, Instagram, Line and WeChat open links in a window of their own, where a download does nothing. */
static bool is_in_app(struct http_request *req)
{
    static const char *const names[] = {"Zalo", "FBAN", "FBAV", "FB_IAB", "Instagram", " Line/", "MicroMessenger", "TikTok"};
    const char *agent = http_header(req, "User-Agent");
    for (size_t i = 0; agent && i < sizeof names / sizeof names[0]; i++)
        if (strstr(agent, names[i])) return true;
    return false;
}

static bool read_page(struct http_request *req, int64_t *ret)
{
    const char *page = http_param(req, "page"), *asked = http_query(req, "page");
    *ret = 1;
    if (page) return reading_number(page, ret);
    if (asked) (void)reading_number(asked, ret);
    return true;
}

void reader_get(struct http_request *req)
{
    struct view view;
    struct opened opened;
    struct reader r = {.view = &view, .opened = &opened, .mark_first = true, .words = {.arena = req->arena, .memo = {.arena = req->arena}}};
    if (!reading_open(req, &opened)) return;
    if (!read_page(req, &r.page)) {
        reply_reason(req, REASON_not_found);
        return;
    }
    if (!view_begin(&view, req)) return;
    read_choices(&r, req);
    r.asked = http_query(req, "q");
    enum err e = r.asked ? search_parse(req->arena, r.asked, &r.query) : OK;
    if (e == OK) e = put_head(&r);
    if (e == OK) e = put_body(&r);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_type_buttons(&r);
    view_put_number(view.root, "type", r.type);
    view_put_flag(view.root, "in_app", is_in_app(req));
    view_set_style(&view, "reader");
    if (!opened.viewer.is_kiosk) { /* a shared screen is cleared before there could be news */
        view_set_script(&view, "reading", NULL, 0);
        view_put_flag(view.root, "hears", true);
    }
    reading_put_keep(&view, &opened.viewer);
    if (opened.cache == HTTP_PRIVATE_KEEP) reading_may_keep(req);
    view_reply_around(&view, 200, "reader", r.html, "reader_end");
}
