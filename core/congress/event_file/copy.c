/* A new event out of another: what an export says of it, under another name and on other days, taken in again. Files are in the blob store already. */
#include "catalogue.h"
#include "core/congress/event_file/plan.h"
#include "core/congress/event_file/setup.h"

#include <string.h>

#define SLUGS_TRIED 1000

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* --- its files, as if they had been copied --- */

static enum err know_file(struct db *db, struct files *files, const char *path, const char *sha256)
{
    struct sql_setup_blob_row row;
    if (!path || !sha256 || map_get(&files->by_path, path)) return OK;
    enum err e = sql_setup_blob(db, files->arena, sha256, &row);
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e; /* the plan says that there is no such file */
    struct blob *blob = arena_alloc(files->arena, sizeof *blob);
    const char *key = arena_strdup(files->arena, path);
    if (!blob || !key) return ERR_NOMEM;
    *blob = (struct blob){.size = row.size, .crc = row.crc32 == DB_NULL ? 0 : (uint32_t)row.crc32, .media_type = row.media_type};
    memcpy(blob->sha256, sha256, sizeof blob->sha256 - 1);
    return map_put(&files->by_path, key, blob) == 0 ? OK : ERR_NOMEM;
}

static enum err know_stored(struct db *db, struct files *files, const char *stored, const char *key)
{
    json_t *root = NULL;
    if (!stored || json_read(stored, strlen(stored), &root, NULL) != OK) return OK;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < (json_is_array(root) ? json_array_size(root) : 1); i++) {
        const json_t *one = json_is_array(root) ? json_array_get(root, i) : root;
        e = know_file(db, files, json_string_value(json_object_get(one, key)), json_string_value(json_object_get(one, "blob")));
    }
    json_decref(root);
    return e;
}

static enum err know_files(struct db *db, struct files *files, int64_t event_id)
{
    struct sql_setup_documents_row *rows;
    struct sql_setup_event_files_row event;
    size_t count = 0;
    enum err e = sql_setup_documents(db, files->arena, event_id, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) e = know_file(db, files, rows[i].file, rows[i].file_blob);
    if (e == OK) e = sql_setup_event_files(db, files->arena, event_id, &event);
    if (e == OK) e = know_stored(db, files, event.slides, "file");
    return e == OK ? know_stored(db, files, event.wall_welcome, "picture") : e;
}

/* --- what it says --- */

static void leave_what_happened(json_t *event, bool with_delegates)
{
    size_t i;
    json_t *row;
    (void)json_object_del(event, "announcements");
    json_array_foreach(json_object_get(event, "gates"), i, row) (void)json_object_del(row, "closed");
    if (!with_delegates) (void)json_object_del(event, "delegates");
    json_array_foreach(json_object_get(event, "delegates"), i, row) (void)json_object_del(row, "absence");
}

static bool slug_is_free(struct db *db, struct arena *arena, const char *slug, enum err *ret)
{
    struct sql_export_event_find_row row;
    enum err e = sql_export_event_find(db, arena, slug, &row);
    if (e != OK && e != ERR_NOT_FOUND) *ret = e;
    return e == ERR_NOT_FOUND;
}

/* The same form sent twice: an event of that name on that day is there. */
static bool is_known(struct db *db, const struct setup_copy *copy, const json_t *event, const char *slug)
{
    json_t *there = NULL;
    if (setup_read(db, slug, &there, NULL) != OK) return false;
    const json_t *row = json_object_get(there, "event");
    const char *starts = json_string_value(json_object_get(row, "starts"));
    bool same = starts && strncmp(starts, copy->starts_on, 10) == 0 && json_equal(json_object_get(row, "title"), json_object_get(event, "title"));
    json_decref(there);
    return same;
}

static enum err choose_slug(struct db *db, struct arena *arena, const struct setup_copy *copy, const json_t *event, const char **ret, bool *ret_known,
                            struct fault *fault)
{
    enum err e = OK;
    const char *made = copy->slug ? copy->slug : setup_code_of(arena, json_object_get(event, "title"), "event"), *slug = made;
    for (int n = 2; slug && !slug_is_free(db, arena, slug, &e) && n < SLUGS_TRIED; n++) {
        if (e != OK) return db_fault(db, e, fault, "look for the address");
        *ret_known = is_known(db, copy, event, slug);
        if (*ret_known) break;
        if (copy->slug) return fault_because(fault, ERR_CONFLICT, "setup_slug", slug, "there is an event \"%s\" already", slug);
        slug = arena_printf(arena, "%s-%d", made, n);
    }
    *ret = slug;
    return slug ? OK : no_memory(fault);
}

static enum err take_in(struct db *db, const struct setup_copy *copy, int64_t from_id, json_t *root, const char *slug, struct fault *fault)
{
    struct arena arena = {0};
    struct files files = {.arena = &arena, .base = "/nowhere", .by_path = {.arena = &arena}};
    struct import_options options = {.actor = copy->actor, .file = "copy", .starts_on = copy->starts_on};
    struct plan plan = {.db = db, .arena = &arena, .options = &options, .files = &files, .root = root, .light = !copy->delegates,
                        .people_of = from_id};
    enum err e = know_files(db, &files, from_id);
    if (e != OK) db_fault(db, e, fault, "find its files");
    if (e == OK) e = plan_make(&plan, fault);
    if (e == OK) e = plan_carry_out(&plan, db, fault);
    if (e == OK) e = audit_write(db, plan.now_ms, copy->actor, "copy_event", arena_printf(&arena, "%s/%s", copy->from, slug), NULL);
    plan_release(&plan);
    arena_release(&arena);
    return e;
}

enum err setup_copy_read(struct db *db, const char *from, json_t **ret, struct fault *fault)
{
    enum err e = db_snapshot_begin(db);
    if (e != OK) return db_fault(db, e, fault, "read the event");
    e = event_file_export(db, from, false, ret, fault);
    db_snapshot_end(db);
    return e == ERR_NOT_FOUND ? fault_because(fault, e, "setup_gone", NULL, "there is no event \"%s\"", from) : e;
}

enum err setup_copy(struct db *db, struct arena *arena, const struct setup_copy *copy, json_t *root, const char **ret_slug, struct fault *fault)
{
    struct sql_export_event_find_row from;
    const char *slug = NULL;
    bool known = false;
    enum err e = sql_export_event_find(db, arena, copy->from, &from);
    if (e != OK) return fault_because(fault, e, "setup_gone", NULL, "there is no event \"%s\"", copy->from);
    json_t *event = json_array_get(json_object_get(root, "events"), 0), *file = NULL;
    leave_what_happened(event, copy->delegates);
    if (copy->title && json_object_set(event, "title", copy->title) != 0) e = no_memory(fault);
    if (e == OK) e = choose_slug(db, arena, copy, event, &slug, &known, fault);
    if (e == OK && (json_object_set_new(event, "slug", json_string(slug)) != 0 || !(file = json_pack("{s:[O]}", "events", event)))) e = no_memory(fault);
    if (e == OK && !known) e = take_in(db, copy, from.id, file, slug, fault);
    if (e == OK) *ret_slug = slug;
    json_decref(file);
    return e;
}
