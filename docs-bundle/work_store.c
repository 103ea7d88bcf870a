/* Our work into the database, and what an import left to be made. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/our_work/our_work.h"
#include "docs-bundle/work.h"

#include "catalogue.h"

#include <string.h>

#define AGAIN_MS (5 * CLOCK_MINUTE)

static enum err store_page(struct db *db, const char *source, const struct docs_work_page *p, int64_t now_ms)
{
    struct sql_blob_insert_in blob = {p->blob.sha256, p->blob.size, p->media_type, now_ms, p->blob.crc};
    enum err e = sql_blob_insert(db, &blob, NULL);
    struct sql_blob_insert_in large = {p->large.sha256, p->large.size, p->media_type, now_ms, p->large.crc};
    if (e == OK && p->has_large) e = sql_blob_insert(db, &large, NULL);
    struct sql_our_work_page_set_in row = {.source = source, .page = p->page, .sha256 = p->blob.sha256, .size = p->blob.size, .media_type = p->media_type,
                                           .width = p->width, .height = p->height, .large = p->has_large ? p->large.sha256 : NULL,
                                           .large_size = p->has_large ? p->large.size : DB_NULL, .large_width = p->has_large ? p->large_width : DB_NULL,
                                           .large_height = p->has_large ? p->large_height : DB_NULL};
    return e == OK ? sql_our_work_page_set(db, &row, NULL) : e;
}

enum err docs_work_store(struct db *db, const char *sha256, const struct docs_work *work, const struct fault *why, int64_t now_ms)
{
    struct sql_our_work_file_set_in file = {.sha256 = sha256, .kind = work && work->is_text ? "text" : "picture", .pages = work ? work->pages : 0, .made_ms = now_ms};
    if (why) {
        file.reason = why->reason ? why->reason : "work_damaged";
        file.detail = why->detail[0] ? why->detail : NULL;
        file.problem = why->text[0] ? why->text : err_name(why->code);
    }
    enum err e = sql_our_work_file_set(db, &file, NULL);
    for (size_t i = 0; e == OK && work && i < work->count; i++) e = store_page(db, sha256, &work->made[i], now_ms);
    return e;
}

/* --- what is missing --------------------------------------------------------------------------------------------------------------------- */

struct missing {
    struct db *db;
    const char *data_folder;
    bool (*on_page)(void *context, size_t done, size_t total);
    void *context;
    size_t made;
    bool left; /* something here kept a file from being made */
};

struct storing {
    const char *sha256;
    const struct docs_work *work;
    const struct fault *why;
    int64_t event_id;
};

static enum err store(struct db *db, void *arg, struct fault *fault)
{
    const struct storing *s = arg;
    enum err e = docs_work_store(db, s->sha256, s->work, s->why, clock_now_ms());
    if (e == OK) e = sql_our_work_touch(db, s->event_id, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "store what a wall shows");
}

static bool has_all(const struct our_work_file *file, const struct our_work_slide *slide)
{
    int64_t first, last;
    if (!file->is_ready) return false;
    if (file->problem || !our_work_range(slide, file->pages, &first, &last)) return true;
    for (int64_t page = first; page <= last; page++)
        if (!our_work_page_find(file, page)) return false;
    return true;
}

/* A file that is bad is written down as such; when it is this machine that could not, it is tried again later. */
static enum err make_one(struct missing *m, int64_t event_id, const struct our_work_slide *slide, struct fault *fault)
{
    struct arena arena = {0};
    struct our_work_file file;
    struct docs_work work = {0};
    struct fault why = {0};
    enum err e = our_work_file_load(m->db, &arena, slide->sha256, &file);
    if (e == OK && has_all(&file, slide)) goto out;
    if (e != OK) {
        (void)db_fault(m->db, e, fault, "read what a wall shows");
        goto out;
    }
    const char *path = blob_path(&arena, m->data_folder, slide->sha256);
    struct docs_work_wish wish = {.data_folder = m->data_folder, .path = path, .name = file_base_name(slide->file), .first = slide->first, .last = slide->last,
                                  .on_page = m->on_page, .context = m->context};
    e = path ? docs_work_make(&arena, &wish, &work, &why) : ERR_NOMEM;
    why.code = e;
    struct storing s = {.sha256 = slide->sha256, .work = e == OK ? &work : NULL, .why = e == OK ? NULL : &why, .event_id = event_id};
    if (e == OK || e == ERR_INPUT || e == ERR_LIMIT) {
        e = docs_turns_on_connection(m->db, store, &s, fault);
        m->made += work.count;
    } else if (e == ERR_TIMEOUT) {
        (void)fault_set(fault, e, "stopped");
    } else {
        m->left = true;
        e = OK;
    }
out:
    arena_release(&arena);
    return e;
}

static enum err make_event(struct missing *m, struct arena *arena, const struct sql_our_work_all_row *row, struct fault *fault)
{
    struct our_work all = {0};
    enum err e = our_work_parse(arena, row->slides, row->wall_welcome, &all);
    for (size_t i = 0; e == OK && i < all.count; i++) e = make_one(m, row->id, &all.slides[i], fault);
    struct our_work_slide picture = {.file = all.welcome_picture, .sha256 = all.welcome_sha256};
    if (e == OK && picture.sha256) e = make_one(m, row->id, &picture, fault);
    return e;
}

enum err docs_work_make_missing(struct db *db, const char *data_folder, struct docs_work_watch *watch, bool (*on_page)(void *context, size_t done, size_t total),
                                void *context, size_t *ret_made, struct fault *fault)
{
    struct arena arena = {0};
    struct missing m = {.db = db, .data_folder = data_folder, .on_page = on_page, .context = context};
    struct sql_our_work_all_row *rows;
    struct sql_our_work_emblem_row emblem = {0};
    size_t count = 0;
    int64_t sum = 1, now = clock_now_ms();
    enum err e = sql_our_work_all(db, &arena, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) sum += rows[i].config_seq;
    if (e != OK || (watch && watch->config_sum == sum && (!watch->again_ms || now < watch->again_ms))) {
        arena_release(&arena);
        return e;
    }
    for (size_t i = 0; e == OK && i < count; i++) e = make_event(&m, &arena, &rows[i], fault);
    if (e == OK && count) e = sql_our_work_emblem(db, &arena, &emblem);
    struct our_work_slide logo = {.file = emblem.logo, .sha256 = emblem.logo_blob};
    if (e == ERR_NOT_FOUND) e = OK;
    for (size_t i = 0; e == OK && logo.sha256 && i < count; i++) e = make_one(&m, rows[i].id, &logo, fault);
    if (e == OK && watch) *watch = (struct docs_work_watch){.config_sum = sum, .again_ms = m.left ? now + AGAIN_MS : 0};
    arena_release(&arena);
    if (ret_made) *ret_made = m.made;
    return e;
}
