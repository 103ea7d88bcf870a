#include "server/live_slides.h"

#include "core/base/zip.h"

#include <string.h>

#define CAPTION_BYTES_MOST 2500          /* an event file may say more than a wall can show */
#define LIST_BYTES_MOST (300u << 10)     /* of a snapshot, which has other things to tell too */

struct listing {
    struct db *db;
    struct arena *arena;
    const char *event;
    json_t *list;
    size_t bytes;
};

char *live_slides_url(struct arena *arena, const char *event, const char *sha256, bool is_text)
{
    return arena_printf(arena, "/display/%s/work/%s.%s", event, sha256, is_text ? "html" : "jpg");
}

static json_t *title_json(const char *stored)
{
    json_t *title = NULL;
    if (!stored || strlen(stored) > CAPTION_BYTES_MOST || json_read(stored, strlen(stored), &title, NULL) != OK) return json_null();
    return title;
}

static json_t *large_json(const struct listing *l, const struct our_work_page *page)
{
    if (!page->large) return json_null();
    return json_pack("{s:s, s:I, s:I}", "url", live_slides_url(l->arena, l->event, page->large, false), "width", (json_int_t)page->large_width, "height",
                     (json_int_t)page->large_height);
}

/* One page of a slide. False: there is no room for more. */
static bool add_page(struct listing *l, const struct our_work_slide *slide, const struct our_work_file *file, const struct our_work_page *page, enum err *error)
{
    const char *id = file->pages > 1 ? arena_printf(l->arena, "%s-%lld", slide->id, (long long)page->page) : slide->id;
    json_t *item = json_pack("{s:s, s:s, s:s, s:I, s:I, s:o, s:o, s:I}", "id", id, "kind", file->is_text ? "text" : "picture", "url",
                             live_slides_url(l->arena, l->event, page->sha256, file->is_text), "width", (json_int_t)page->width, "height", (json_int_t)page->height,
                             "large", large_json(l, page), "caption", title_json(slide->caption), "seconds", (json_int_t)slide->seconds);
    const char *text = item ? json_text(l->arena, item) : NULL;
    if (!text) *error = ERR_NOMEM;
    bool room = text && json_array_size(l->list) < OUR_WORK_SLIDES_MOST && l->bytes + strlen(text) <= LIST_BYTES_MOST;
    if (room && json_array_append(l->list, item) != 0) *error = ERR_NOMEM;
    if (room) l->bytes += strlen(text);
    json_decref(item);
    return room && *error == OK;
}

static enum err add_slide(struct listing *l, const struct our_work_slide *slide)
{
    struct our_work_file file;
    int64_t first, last;
    enum err e = our_work_file_load(l->db, l->arena, slide->sha256, &file);
    if (e != OK || !file.is_ready || file.problem || !our_work_range(slide, file.pages, &first, &last)) return e;
    for (int64_t number = first; e == OK && number <= last; number++) {
        const struct our_work_page *page = our_work_page_find(&file, number);
        if (page && !add_page(l, slide, &file, page, &e)) break;
    }
    return e;
}

static void note_change(const struct our_work_slide *slide, int64_t now_ms, int64_t *next)
{
    if (!slide->on) return;
    if (slide->from_ms != DB_NULL && slide->from_ms > now_ms && slide->from_ms < *next) *next = slide->from_ms;
    if (slide->until_ms != DB_NULL && slide->until_ms > now_ms && slide->until_ms < *next) *next = slide->until_ms;
}

/* The picture made of a whole file; null until it is ready. */
static enum err picture_url(struct listing *l, const char *sha256, json_t **ret)
{
    struct our_work_file file = {0};
    enum err e = sha256 ? our_work_file_load(l->db, l->arena, sha256, &file) : OK;
    const struct our_work_page *page = e == OK ? our_work_page_find(&file, 1) : NULL;
    const char *best = page && page->large ? page->large : page ? page->sha256 : NULL;
    *ret = best && !file.is_text ? json_string(live_slides_url(l->arena, l->event, best, false)) : json_null();
    return e == OK && !*ret ? ERR_NOMEM : e;
}

static enum err make(struct live_slides *s, struct listing *l, const struct our_work *work, int64_t now_ms)
{
    json_t *picture = NULL, *emblem = NULL;
    enum err e = OK;
    s->next_change_ms = INT64_MAX;
    for (size_t i = 0; e == OK && i < work->count; i++) {
        note_change(&work->slides[i], now_ms, &s->next_change_ms);
        if (our_work_is_on(&work->slides[i], now_ms)) e = add_slide(l, &work->slides[i]);
    }
    const char *text = e == OK ? json_text(l->arena, l->list) : NULL;
    if (e == OK && !text) e = ERR_NOMEM;
    if (e == OK) e = picture_url(l, work->welcome_sha256, &picture);
    if (e == OK) e = picture_url(l, work->emblem_sha256, &emblem);
    if (e == OK) {
        s->slides = json_pack("{s:I, s:O}", "version", (json_int_t)zip_crc32(0, text, strlen(text)), "list", l->list);
        s->welcome = json_pack("{s:o, s:O, s:O}", "text", title_json(work->welcome_text), "picture", picture, "emblem", emblem);
        if (!s->slides || !s->welcome) e = ERR_NOMEM;
    }
    json_decref(picture);
    json_decref(emblem);
    return e;
}

void live_slides_release(struct live_slides *s)
{
    json_decref(s->slides);
    json_decref(s->welcome);
    *s = (struct live_slides){0};
}

enum err live_slides_put(struct live_slides *s, struct db *db, struct arena *arena, const char *event, int64_t config_seq, int64_t now_ms, json_t *snapshot,
                         int64_t *ret_next_change_ms)
{
    struct our_work work;
    enum err e = OK;
    bool is_good = s->slides && s->welcome && s->config_seq == config_seq && now_ms >= s->made_ms && now_ms < s->next_change_ms;
    if (!is_good) {
        struct listing l = {.db = db, .arena = arena, .event = event, .list = json_array()};
        live_slides_release(s);
        e = l.list ? our_work_load(db, arena, event, &work) : ERR_NOMEM;
        if (e == OK) e = make(s, &l, &work, now_ms);
        json_decref(l.list);
        s->config_seq = config_seq;
        s->made_ms = now_ms;
    }
    if (e == OK && (json_object_set(snapshot, "slides", s->slides) != 0 || json_object_set(snapshot, "welcome", s->welcome) != 0)) e = ERR_NOMEM;
    *ret_next_change_ms = s->next_change_ms;
    return e;
}
