/* GET /admin/{event}/our-work: the playlist of the wall as it will hang, in order; files on their way; what was taken out; the scene that welcomes.
 * GET /admin/{event}/our-work/{slide}: one of its slides, and the form to change it. */
#include "server/pages/our_work.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "docs-bundle/docs.h"
#include "server/live_slides.h"
#include "server/pages/messages.h"
#include "server/refusal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define EXCERPT_LETTERS 300
#define HTML_MOST (256u << 10)

/* Which slide the page is about, beside the note. */
struct asked {
    struct papers_note note; /* first: papers_admin_put_note */
    const char *slide;
};

const char *our_work_name(const char *file)
{
    return strncmp(file, "slides/", 7) == 0 ? file + 7 : file;
}

static bool is_pdf(const char *file)
{
    size_t n = strlen(file);
    return n > 4 && strcasecmp(file + n - 4, ".pdf") == 0;
}

static const char *kind_of(struct view *view, const struct our_work_slide *slide, const struct our_work_file *file)
{
    return view_words(view, is_pdf(slide->file) ? "work.kind_pdf" : file->is_text ? "work.kind_text" : "work.kind_picture");
}

/* The words of a fragment, for a small picture of it. */
static const char *read_excerpt(struct view *view, const struct our_work_slide *slide)
{
    char *data;
    size_t length;
    const char *path = blob_path(view->arena, view->app->store.folder, slide->sha256);
    if (!path || file_read(view->arena, path, (size_t)DOCS_WORK_TEXT_MOST, &data, &length, NULL) != OK) return "";
    char *text = docs_markdown_text(view->arena, data, length);
    const char *p = text;
    for (int letters = 0; text && *p && letters < EXCERPT_LETTERS; letters++) (void)text_next(&p);
    if (text) text[p - text] = '\0';
    for (char *c = text; c && *c; c++)
        if (*c == '|') *c = ' '; /* a table's bars say nothing in so small a picture */
    return text;
}

static void put_state(struct view *view, json_t *out, const struct our_work_slide *slide, const struct our_work_file *file)
{
    int64_t first = 1, last = 1;
    bool there = file->is_ready && !file->problem && our_work_range(slide, file->pages, &first, &last), all = there;
    for (int64_t page = first; there && page <= last; page++) all = all && our_work_page_find(file, page);
    view_put_flag(out, "is_off", !slide->on);
    view_put(out, "flaw", file->problem ? refusal_words(view->req, file->reason, file->detail, file->problem) : NULL);
    view_put_flag(out, "no_pages", file->is_ready && !file->problem && !there);
    view_put_flag(out, "not_ready", !file->is_ready || (there && !all));
    if (is_pdf(slide->file) && file->is_ready && !file->problem) {
        view_put_number(out, "pages", file->pages);
        if (there && first == last) view_put(out, "range", arena_printf(view->arena, "%lld", (long long)first));
        else if (there) view_put(out, "range", arena_printf(view->arena, "%lld–%lld", (long long)first, (long long)last));
    }
}

static json_t *slide_view(struct view *view, const char *event, const char *timezone, const struct our_work_slide *slide, const struct our_work_file *file)
{
    json_t *out = json_object(), *times = json_object();
    const struct our_work_page *page = file->made_count ? &file->made[0] : NULL;
    int64_t first, last;
    if (file->is_ready && our_work_range(slide, file->pages, &first, &last) && our_work_page_find(file, first)) page = our_work_page_find(file, first);
    view_put(out, "id", slide->id);
    view_put(out, "name", our_work_name(slide->file));
    view_put(out, "kind", kind_of(view, slide, file));
    if (slide->caption) view_put_title(view, out, "caption", slide->caption);
    view_put_number(out, "seconds", slide->seconds);
    put_state(view, out, slide, file);
    if (page && file->is_text) view_put(out, "excerpt", read_excerpt(view, slide));
    if (page && !file->is_text) {
        view_put(out, "thumb", live_slides_url(view->arena, event, page->sha256, false));
        view_put_number(out, "width", page->width);
        view_put_number(out, "height", page->height);
    }
    if (slide->from_ms != DB_NULL) view_put(times, "from", view_moment(view, timezone, slide->from_ms));
    if (slide->until_ms != DB_NULL) view_put(times, "until", view_moment(view, timezone, slide->until_ms));
    if (json_object_size(times)) view_put_json(out, "times", times);
    else json_decref(times);
    return out;
}

static enum err put_slides(struct view *view, struct db *db, const struct staff_page *page, const struct our_work *work)
{
    json_t *list = json_array();
    const char *moved = http_query(view->req, "moved"), *way = http_query(view->req, "way");
    enum err e = OK;
    for (size_t i = 0; e == OK && i < work->count; i++) {
        struct our_work_file file;
        const struct our_work_slide *slide = &work->slides[i];
        e = our_work_file_load(db, view->arena, slide->sha256, &file);
        if (e != OK) break;
        json_t *out = slide_view(view, page->event.slug, page->event.timezone, slide, &file);
        bool here = moved && strcmp(moved, slide->id) == 0, last = i + 1 == work->count;
        view_put_flag(out, "is_first", i == 0);
        view_put_flag(out, "is_last", last);
        view_put_flag(out, "focus_up", here && (last || (way && strcmp(way, "up") == 0)) && i > 0);
        view_put_flag(out, "focus_down", here && !json_object_get(out, "focus_up"));
        json_array_append_new(list, out);
    }
    view_put_flag(view->root, "has_slides", work->count > 0);
    view_put_json(view->root, "slides", list);
    return e;
}

static enum err put_removed(struct view *view, struct db *db, const struct staff_page *page)
{
    struct our_work_removed *removed;
    size_t count = 0;
    enum err e = our_work_removed_list(db, view->arena, page->event.id, &removed, &count);
    json_t *list = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *out = json_object();
        view_put(out, "id", arena_printf(view->arena, "%lld", (long long)removed[i].id));
        view_put(out, "name", our_work_name(removed[i].file));
        view_put(out, "at", view_moment(view, page->event.timezone, removed[i].removed_ms));
        view_put_actor(view, out, "by", removed[i].removed_by);
        json_array_append_new(list, out);
    }
    view_put_flag(view->root, "has_removed", count > 0);
    view_put_json(view->root, "removed", list);
    return e;
}

/* A field for each of the organisation's languages, and for others in which something was said. */
static enum err put_titles(struct view *view, struct db *db, const char *key, const char *stored)
{
    const char *tags[ANNOUNCEMENT_LANGUAGES], *tag;
    size_t count;
    json_t *list = json_array(), *said = NULL, *text;
    enum err e = messages_languages(db, view->arena, tags, &count);
    if (stored) (void)json_read(stored, strlen(stored), &said, NULL);
    for (size_t i = 0; e == OK && i < count; i++) {
        const char *words = json_is_string(said) ? (i == 0 ? json_string_value(said) : NULL) : json_string_value(json_object_get(said, tags[i]));
        json_t *out = json_pack("{s:s, s:s, s:s}", "tag", tags[i], "language", messages_language_name(tags[i]), "dir", text_is_right_to_left(tags[i]) ? "rtl" : "ltr");
        view_put(out, "text", words);
        json_array_append_new(list, out);
    }
    json_object_foreach(said, tag, text) {
        bool known = false;
        for (size_t i = 0; i < count; i++) known = known || strcmp(tags[i], tag) == 0;
        if (known || e != OK) continue;
        json_t *out = json_pack("{s:s, s:s, s:s}", "tag", tag, "language", messages_language_name(tag), "dir", text_is_right_to_left(tag) ? "rtl" : "ltr");
        view_put(out, "text", json_string_value(text));
        json_array_append_new(list, out);
    }
    view_put_json(view->root, key, list);
    json_decref(said);
    return e;
}

/* The organisation's own first. */
static enum err put_languages(struct view *view, struct db *db)
{
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    size_t count;
    bool put[I18N_COUNT] = {false};
    enum i18n_language language;
    json_t *list = json_array();
    enum err e = messages_languages(db, view->arena, tags, &count);
    for (size_t i = 0; e == OK && i < count + I18N_COUNT; i++) {
        if (i >= count) language = (enum i18n_language)(i - count);
        else if (!i18n_read_tag(tags[i], &language)) continue;
        if (!put[language]) json_array_append_new(list, json_pack("{s:s, s:s}", "tag", i18n_tag(language), "name", i18n_own_name(language)));
        put[language] = true;
    }
    view_put_json(view->root, "still_languages", list);
    return e;
}

static enum err put_picture(struct view *view, struct db *db, const char *event, const char *key, const char *sha256)
{
    struct our_work_file file;
    enum err e = sha256 ? our_work_file_load(db, view->arena, sha256, &file) : OK;
    if (sha256 && e == OK && file.made_count && !file.is_text) view_put(view->root, key, live_slides_url(view->arena, event, file.made[0].sha256, false));
    return e;
}

static void show_list(struct http_request *req, void *thread_state)
{
    static const char *const prefixes[] = {"work.js_"};
    struct staff_page page;
    struct view *view = &page.view;
    struct our_work work;
    const struct asked *asked = req->state;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    struct db *db = page.worker->db;
    enum err e = our_work_load(db, req->arena, page.event.slug, &work);
    if (e == OK) e = put_slides(view, db, &page, &work);
    if (e == OK) e = put_removed(view, db, &page);
    if (e == OK) e = put_titles(view, db, "texts", work.welcome_text);
    if (e == OK) e = put_languages(view, db);
    if (e == OK) e = put_picture(view, db, page.event.slug, "picture", work.welcome_sha256);
    if (e == OK) e = put_picture(view, db, page.event.slug, "emblem", work.emblem_sha256);
    if (e == OK) e = papers_admin_put_uploads(view, page.event.slug, true, clock_now_ms());
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put(view->root, "problem", asked->note.problem);
    staff_page_put_done(view, "work.done_");
    view_set_title(view, view_words(view, "work.title"));
    view_put_json(view->root, "styles", json_pack("[s, s]", "papers", "our_work"));
    view_set_script(view, "papers", prefixes, 1);
    view_reply(view, asked->note.status, "admin_our_work");
}

/* --- one slide --------------------------------------------------------------------------------------------------------------------------- */

static void put_frames(struct view *view, const char *event, const struct our_work_slide *slide, const struct our_work_file *file)
{
    json_t *frames = json_array();
    int64_t first = 1, last = 0;
    if (file->is_ready && !file->is_text && !file->problem) (void)our_work_range(slide, file->pages, &first, &last);
    for (int64_t number = first; number <= last; number++) {
        const struct our_work_page *page = our_work_page_find(file, number);
        if (!page) continue;
        json_t *out = json_object();
        view_put(out, "url", live_slides_url(view->arena, event, page->sha256, false));
        view_put_number(out, "width", page->width);
        view_put_number(out, "height", page->height);
        json_array_append_new(frames, out);
    }
    view_put_json(view->root, "frames", frames);
}

static void put_moment(struct view *view, const char *key, const char *timezone, int64_t ms)
{
    char text[ZONE_TEXT_SIZE];
    if (ms != DB_NULL && zone_format(timezone, ms, text) == OK) view_put(view->root, key, arena_strndup(view->arena, text, 16));
}

static enum err put_slide(struct view *view, struct db *db, const struct staff_page *page, const struct our_work_slide *slide, const char **ret_html)
{
    struct our_work_file file;
    char *html = NULL;
    size_t length;
    enum err e = our_work_file_load(db, view->arena, slide->sha256, &file);
    if (e != OK) return e;
    json_t *out = slide_view(view, page->event.slug, page->event.timezone, slide, &file);
    (void)json_object_update(view->root, out);
    json_decref(out);
    put_frames(view, page->event.slug, slide, &file);
    bool text = file.is_text && file.made_count && !file.problem;
    const char *path = text ? blob_path(view->arena, view->app->store.folder, file.made[0].sha256) : NULL;
    if (path && file_read(view->arena, path, HTML_MOST, &html, &length, NULL) == OK) *ret_html = html;
    view_put_flag(view->root, "is_text", html != NULL);
    view_put_flag(view->root, "is_pdf", is_pdf(slide->file));
    view_put(view->root, "range_set", slide->pages);
    view_put(view->root, "mark", slide->mark);
    put_moment(view, "from_set", page->event.timezone, slide->from_ms);
    put_moment(view, "until_set", page->event.timezone, slide->until_ms);
    return put_titles(view, db, "captions", slide->caption);
}

static void show_slide(struct http_request *req, void *thread_state)
{
    struct staff_page page;
    struct view *view = &page.view;
    struct our_work work;
    const struct asked *asked = req->state;
    const char *html = NULL;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err e = our_work_load(page.worker->db, req->arena, page.event.slug, &work);
    size_t i = 0;
    while (e == OK && i < work.count && strcmp(work.slides[i].id, asked->slide) != 0) i++;
    if (e == OK) e = i < work.count ? put_slide(view, page.worker->db, &page, &work.slides[i], &html) : ERR_NOT_FOUND;
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put(view->root, "problem", asked->note.problem);
    staff_page_put_done(view, "work.done_");
    view_set_title(view, our_work_name(work.slides[i].file));
    view_put_json(view->root, "styles", json_pack("[s, s]", "papers", "our_work"));
    view_reply_around(view, asked->note.status, "admin_work", html, "admin_work_end");
}

static void defer(struct http_request *req, const char *slide, int status, const char *problem, void (*page)(struct http_request *req, void *thread_state))
{
    struct asked *asked = arena_alloc(req->arena, sizeof *asked);
    if (!asked) {
        reply_reason(req, REASON_busy);
        return;
    }
    *asked = (struct asked){.note = {status, problem ? arena_strdup(req->arena, problem) : NULL}, .slide = slide};
    req->state = asked;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page);
}

void our_work_show_list(struct http_request *req, int status, const char *problem)
{
    defer(req, NULL, status, problem, show_list);
}

void our_work_show_slide(struct http_request *req, const char *id, int status, const char *problem)
{
    defer(req, id, status, problem, show_slide);
}

void our_work_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) our_work_show_list(req, 200, NULL);
}

void our_work_slide_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) our_work_show_slide(req, http_param(req, "slide"), 200, NULL);
}
