/* What the organiser does with the playlist: the stored list is read, changed and written again, key by key in the order of the event file's table, so that
 * the bytes are those that an import of the export would store. */
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/our_work/our_work.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MOST 200 /* bytes of a file's name in the event file */

struct list {
    struct our_work now; /* the same, read */
    json_t *json;        /* owned */
    size_t at;           /* the slide that is meant */
};

static enum err no_memory(const struct doing *d)
{
    return fault_set(d->fault, ERR_NOMEM, "not enough memory");
}

static enum err open_list(const struct doing *d, struct list *ret)
{
    struct sql_our_work_of_row row;
    *ret = (struct list){0};
    enum err e = sql_our_work_of(d->db, d->arena, d->event_id, &row);
    if (e == OK) e = our_work_parse(d->arena, row.slides, row.wall_welcome, &ret->now);
    if (e == OK && row.slides) e = json_read(row.slides, strlen(row.slides), &ret->json, d->fault);
    if (e == OK && !ret->json && !(ret->json = json_array())) e = ERR_NOMEM;
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "read the playlist");
}

static enum err open_at(const struct doing *d, const char *id, struct list *ret)
{
    enum err e = open_list(d, ret);
    for (size_t i = 0; e == OK && id && i < ret->now.count; i++) {
        if (strcmp(ret->now.slides[i].id, id) != 0) continue;
        ret->at = i;
        return OK;
    }
    return e == OK ? fault_because(d->fault, ERR_NOT_FOUND, "work_gone", NULL, "this slide is not in the list any more") : e;
}

/* Every change ends here: the list, a newer configuration, a line in the audit log. */
static enum err close_list(const struct doing *d, struct list *list, enum err e, const char *action, const char *subject)
{
    const char *text = e == OK && json_array_size(list->json) ? json_text(d->arena, list->json) : NULL;
    if (e == OK && json_array_size(list->json) && !text) e = no_memory(d);
    if (e == OK) e = sql_our_work_slides_set(d->db, d->event_id, text, NULL);
    if (e == OK) e = audit_write_of(d->db, d->event_id, d->now_ms, d->actor, action, subject, NULL);
    json_decref(list->json);
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "change the playlist");
}

/* --- adding ------------------------------------------------------------------------------------------------------------------------------ */

static bool is_taken(const struct doing *d, const struct list *list, const char *path, const char *sha256, enum err *error)
{
    struct sql_our_work_path_taken_row row;
    for (size_t i = 0; i < list->now.count; i++)
        if (strcmp(list->now.slides[i].file, path) == 0 && strcmp(list->now.slides[i].sha256, sha256) != 0) return true;
    if (list->now.welcome_picture && strcmp(list->now.welcome_picture, path) == 0 && strcmp(list->now.welcome_sha256, sha256) != 0) return true;
    enum err e = sql_our_work_path_taken(d->db, d->arena, path, &row);
    if (e != OK && e != ERR_NOT_FOUND) *error = e;
    return e == OK;
}

/* Where it lies beside an event file: its own name as far as a path may have it, and no other file's. */
static enum err choose_path(const struct doing *d, const struct list *list, const char *folder, const char *name, const char *sha256, const char **ret)
{
    char *base = text_tidy(d->arena, file_base_name(name));
    enum err e = OK;
    for (char *p = base; p && *p; p++)
        if (*p == ':' || *p == '\\' || (unsigned char)*p < ' ' || *p == 0x7f) *p = '_';
    const char *dot = base ? strrchr(base, '.') : NULL;
    if (!base || !*base || *base == '.' || !dot) return fault_because(d->fault, ERR_INPUT, "upload_name", NULL, "the file needs a name");
    size_t stem = (size_t)(dot - base);
    if (stem > NAME_MOST) stem = NAME_MOST;
    while (stem && ((unsigned char)base[stem] & 0xC0) == 0x80) stem--; /* no letter is cut */
    const char *path = arena_printf(d->arena, "%s/%.*s%s", folder, (int)stem, base, dot);
    for (int number = 2; path && e == OK && is_taken(d, list, path, sha256, &e); number++)
        path = arena_printf(d->arena, "%s/%.*s-%d%s", folder, (int)stem, base, number, dot);
    if (e != OK) return db_fault(d->db, e, d->fault, "look for a name");
    *ret = path;
    return path ? OK : no_memory(d);
}

static enum err append(const struct doing *d, struct list *list, const char *name, const char *sha256, int64_t pages)
{
    const char *path = NULL, *most = arena_printf(d->arena, "%d", OUR_WORK_SLIDES_MOST);
    if (list->now.count >= OUR_WORK_SLIDES_MOST)
        return fault_because(d->fault, ERR_LIMIT, "work_many", most, "the list has %d slides already", OUR_WORK_SLIDES_MOST);
    enum err e = choose_path(d, list, "slides", name, sha256, &path);
    if (e != OK) return e;
    const char *range = pages > OUR_WORK_PAGES_MOST ? arena_printf(d->arena, "1-%d", OUR_WORK_PAGES_MOST) : NULL;
    json_t *slide = json_pack("{s:s, s:s, s:i, s:s*}", "file", path, "blob", sha256, "seconds", OUR_WORK_SECONDS_USUAL, "pages", range);
    return json_array_append_new(list->json, slide) == 0 ? OK : no_memory(d);
}

enum err our_work_add(const struct doing *d, const char *name, const char *sha256, int64_t pages)
{
    struct list list;
    enum err e = open_list(d, &list);
    if (e == OK) e = append(d, &list, name, sha256, pages);
    return close_list(d, &list, e, "work.add", name);
}

/* --- order, on and off, taking out ------------------------------------------------------------------------------------------------------- */

enum err our_work_move(const struct doing *d, const char *id, int by)
{
    struct list list;
    enum err e = open_at(d, id, &list);
    if (e != OK) return close_list(d, &list, e, "", "");
    size_t to = by < 0 ? list.at - 1 : list.at + 1;
    json_t *slide = json_incref(json_array_get(list.json, list.at));
    if (to < list.now.count) /* also false for what was before the first */
        if (json_array_remove(list.json, list.at) != 0 || json_array_insert(list.json, to, slide) != 0) e = no_memory(d);
    json_decref(slide);
    return close_list(d, &list, e, "work.move", list.now.slides[list.at].file);
}

static json_t *in_order(const json_t *slide)
{
    static const char *const keys[] = {"file", "blob", "caption", "seconds", "pages", "state", "from", "until"};
    json_t *out = json_object();
    for (size_t i = 0; out && i < sizeof keys / sizeof keys[0]; i++) {
        json_t *value = json_object_get(slide, keys[i]);
        if (value && !json_is_null(value)) (void)json_object_set(out, keys[i], value);
    }
    return out;
}

enum err our_work_show(const struct doing *d, const char *id, bool on)
{
    struct list list;
    enum err e = open_at(d, id, &list);
    if (e != OK) return close_list(d, &list, e, "", "");
    json_t *slide = json_array_get(list.json, list.at);
    int wrong = on ? json_object_get(slide, "state") && json_object_del(slide, "state") : json_object_set_new(slide, "state", json_string("off"));
    if (wrong || json_array_set_new(list.json, list.at, in_order(slide)) != 0) e = no_memory(d);
    return close_list(d, &list, e, on ? "work.on" : "work.off", list.now.slides[list.at].file);
}

enum err our_work_remove(const struct doing *d, const char *id)
{
    struct list list;
    enum err e = open_at(d, id, &list);
    if (e != OK) return close_list(d, &list, e, "", "");
    const char *text = json_text(d->arena, json_array_get(list.json, list.at));
    struct sql_our_work_remove_in in = {id_next(d->ids), d->event_id, (int64_t)list.at, text, d->now_ms, d->actor};
    e = text ? sql_our_work_remove(d->db, &in, NULL) : no_memory(d);
    if (e == OK && json_array_remove(list.json, list.at) != 0) e = no_memory(d);
    return close_list(d, &list, e, "work.remove", list.now.slides[list.at].file);
}

static enum err put_back(const struct doing *d, struct list *list, const struct sql_our_work_removed_row *row)
{
    json_t *slide = NULL;
    const char *most = arena_printf(d->arena, "%d", OUR_WORK_SLIDES_MOST);
    if (list->now.count >= OUR_WORK_SLIDES_MOST)
        return fault_because(d->fault, ERR_LIMIT, "work_many", most, "the list has %d slides already", OUR_WORK_SLIDES_MOST);
    enum err e = json_read(row->slide, strlen(row->slide), &slide, d->fault);
    size_t place = (size_t)row->place < json_array_size(list->json) ? (size_t)row->place : json_array_size(list->json);
    if (e == OK && json_array_insert_new(list->json, place, slide) != 0) e = no_memory(d);
    return e == OK ? sql_our_work_removed_end(d->db, row->id, NULL) : e;
}

enum err our_work_give_back(const struct doing *d, int64_t removed_id)
{
    struct list list;
    struct sql_our_work_removed_row *rows = NULL;
    size_t count = 0, i = 0;
    enum err e = open_list(d, &list);
    if (e == OK) e = sql_our_work_removed(d->db, d->arena, d->event_id, &rows, &count);
    while (i < count && rows[i].id != removed_id) i++;
    if (e == OK && i == count) e = fault_because(d->fault, ERR_NOT_FOUND, "work_gone", NULL, "this slide is not there any more");
    if (e == OK) e = put_back(d, &list, &rows[i]);
    return close_list(d, &list, e, "work.give_back", "");
}

enum err our_work_removed_list(struct db *db, struct arena *arena, int64_t event_id, struct our_work_removed **ret, size_t *ret_count)
{
    struct sql_our_work_removed_row *rows;
    size_t count;
    enum err e = sql_our_work_removed(db, arena, event_id, &rows, &count);
    struct our_work_removed *list = e == OK ? arena_array(arena, count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        json_t *slide = NULL;
        (void)json_read(rows[i].slide, strlen(rows[i].slide), &slide, NULL);
        const char *file = json_string_value(json_object_get(slide, "file"));
        list[i] = (struct our_work_removed){rows[i].id, rows[i].removed_ms, file ? arena_strdup(arena, file) : "", rows[i].removed_by};
        json_decref(slide);
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

/* --- what a slide says of itself --------------------------------------------------------------------------------------------------------- */

static enum err check_words(const struct doing *d, const struct our_work_words *w)
{
    int64_t first, last;
    const char *language, *most = arena_printf(d->arena, "%d", OUR_WORK_CAPTION_LETTERS);
    json_t *text;
    if (w->seconds < OUR_WORK_SECONDS_LEAST || w->seconds > OUR_WORK_SECONDS_MOST)
        return fault_because(d->fault, ERR_INPUT, "work_seconds", NULL, "a slide stays for %d to %d seconds", OUR_WORK_SECONDS_LEAST, OUR_WORK_SECONDS_MOST);
    if (w->pages && *w->pages && !our_work_pages_parse(w->pages, &first, &last))
        return fault_because(d->fault, ERR_INPUT, "work_pages", NULL, "pages are written as 3 or 2-5");
    if (w->from_ms != DB_NULL && w->until_ms != DB_NULL && w->until_ms <= w->from_ms)
        return fault_because(d->fault, ERR_INPUT, "work_times", NULL, "the end is not after the beginning");
    json_object_foreach(w->captions, language, text)
        if (text_length(json_string_value(text)) > OUR_WORK_CAPTION_LETTERS)
            return fault_because(d->fault, ERR_INPUT, "work_caption", most, "a caption has %d letters at most", OUR_WORK_CAPTION_LETTERS);
    return OK;
}

static enum err say(const struct doing *d, struct list *list, const struct our_work_words *w)
{
    const struct our_work_slide *is = &list->now.slides[list->at];
    json_t *old = json_array_get(list->json, list->at), *slide = json_object();
    if (!w->mark || strcmp(w->mark, is->mark) != 0) {
        json_decref(slide);
        return fault_because(d->fault, ERR_CONFLICT, "work_changed", NULL, "somebody else changed this slide meanwhile: look at it again");
    }
    bool failed = !slide || json_object_set(slide, "file", json_object_get(old, "file")) || json_object_set(slide, "blob", json_object_get(old, "blob"));
    if (json_object_size(w->captions)) failed = failed || json_object_set(slide, "caption", w->captions);
    failed = failed || json_object_set_new(slide, "seconds", json_integer(w->seconds));
    if (w->pages && *w->pages) failed = failed || json_object_set_new(slide, "pages", json_string(w->pages));
    if (!is->on) failed = failed || json_object_set_new(slide, "state", json_string("off"));
    if (w->from_ms != DB_NULL) failed = failed || json_object_set_new(slide, "from", json_integer(w->from_ms));
    if (w->until_ms != DB_NULL) failed = failed || json_object_set_new(slide, "until", json_integer(w->until_ms));
    if (failed) json_decref(slide);
    return failed || json_array_set_new(list->json, list->at, slide) != 0 ? no_memory(d) : OK;
}

enum err our_work_edit(const struct doing *d, const char *id, const struct our_work_words *words)
{
    struct list list;
    enum err e = open_at(d, id, &list);
    if (e == OK) e = check_words(d, words);
    if (e == OK) e = say(d, &list, words);
    return close_list(d, &list, e, "work.edit", e == OK ? list.now.slides[list.at].file : "");
}

/* --- the welcome scene ------------------------------------------------------------------------------------------------------------------- */

static enum err write_welcome(const struct doing *d, struct list *list, const json_t *texts, const char *path, const char *sha256)
{
    json_t *scene = json_object();
    bool failed = !scene;
    if (json_object_size(texts)) failed = failed || json_object_set(scene, "text", (json_t *)(uintptr_t)texts);
    if (path) failed = failed || json_object_set_new(scene, "picture", json_string(path)) || json_object_set_new(scene, "blob", json_string(sha256));
    const char *text = failed || !json_object_size(scene) ? NULL : json_text(d->arena, scene);
    failed = failed || (json_object_size(scene) && !text);
    json_decref(scene);
    json_decref(list->json);
    enum err e = failed ? no_memory(d) : sql_our_work_welcome_set(d->db, d->event_id, text, NULL);
    if (e == OK) e = audit_write_of(d->db, d->event_id, d->now_ms, d->actor, "work.welcome", path ? path : "", NULL);
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "change the welcome scene");
}

enum err our_work_welcome_say(const struct doing *d, json_t *texts)
{
    struct list list;
    const char *language, *most = arena_printf(d->arena, "%d", OUR_WORK_CAPTION_LETTERS);
    json_t *text;
    json_object_foreach(texts, language, text)
        if (text_length(json_string_value(text)) > OUR_WORK_CAPTION_LETTERS)
            return fault_because(d->fault, ERR_INPUT, "work_caption", most, "a text has %d letters at most", OUR_WORK_CAPTION_LETTERS);
    enum err e = open_list(d, &list);
    if (e == OK) return write_welcome(d, &list, texts, list.now.welcome_picture, list.now.welcome_sha256);
    json_decref(list.json);
    return e;
}

enum err our_work_welcome_picture(const struct doing *d, const char *name, const char *sha256)
{
    struct list list;
    const char *path = NULL;
    json_t *texts = NULL;
    enum err e = open_list(d, &list);
    if (e == OK && sha256) e = choose_path(d, &list, "slides", name, sha256, &path);
    if (e == OK && list.now.welcome_text) e = json_read(list.now.welcome_text, strlen(list.now.welcome_text), &texts, d->fault);
    if (e == OK) e = write_welcome(d, &list, texts, path, sha256);
    else json_decref(list.json);
    json_decref(texts);
    return e;
}

enum err our_work_emblem(const struct doing *d, const char *name, const char *sha256)
{
    struct list list;
    const char *path = NULL;
    enum err e = open_list(d, &list);
    if (e == OK) e = choose_path(d, &list, "art", name, sha256, &path);
    json_decref(list.json);
    if (e == OK) e = sql_our_work_emblem_set(d->db, path, sha256, NULL);
    if (e == OK) e = sql_import_event_bump_all(d->db, NULL);
    if (e == OK) e = audit_write_of(d->db, d->event_id, d->now_ms, d->actor, "work.emblem", path, NULL);
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "change the emblem");
}
