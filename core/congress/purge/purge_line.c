/* One line of an event's list, and the person behind it. */
#include "catalogue.h"
#include "core/base/json.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/purge/private.h"

#include <stdio.h>
#include <string.h>

typedef enum err of_id(struct db *db, int64_t id, int64_t *ret_changes);

static enum err run_all(struct db *db, of_id *const *steps, size_t count, int64_t id)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) e = steps[i](db, id, NULL);
    return e;
}

/* Keeps of a change what figures of the past are reckoned from: the place on the list before, whether an absence was excused. */
static json_t *keep_of_change(const json_t *detail)
{
    static const char *const kept[] = {"category", "delegation", "excused", "alternate", "absent", "was"};
    json_t *out = json_object();
    for (size_t i = 0; out && i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(detail, kept[i]);
        if (!value) continue;
        json_t *one = json_is_object(value) ? keep_of_change(value) : json_incref(value);
        (void)json_object_set_new(out, kept[i], one);
    }
    return out;
}

static enum err strip_changes(struct db *db, struct arena *arena, int64_t delegate_id)
{
    struct sql_purge_change_list_row *rows;
    size_t count = 0;
    enum err e = sql_purge_change_list(db, arena, delegate_id, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *detail = NULL;
        if (json_read(rows[i].detail, strlen(rows[i].detail), &detail, NULL) != OK) detail = json_object();
        json_t *kept = keep_of_change(detail);
        const char *text = kept ? json_text(arena, kept) : NULL;
        json_decref(kept);
        json_decref(detail);
        e = text ? sql_purge_change_set(db, rows[i].id, text, NULL) : ERR_NOMEM;
    }
    return e;
}

/* Its row goes when nobody else shows it. */
static enum err forget_photo(struct db *db, struct arena *arena, struct purge_lines *lines, const char *sha256)
{
    struct sql_purge_blob_used_row used;
    enum err e = sql_purge_blob_used(db, arena, sha256, &used);
    if (e != OK || used.total > 0) return e;
    if (arena_grow(arena, &lines->photos, &lines->photo_capacity, lines->photo_count, sizeof *lines->photos) != 0) return ERR_NOMEM;
    (void)snprintf(lines->photos[lines->photo_count++].sha256, CRYPTO_HASH_HEX, "%s", sha256);
    return sql_purge_blob(db, sha256, NULL);
}

static enum err delete_person(struct db *db, struct arena *arena, struct purge_lines *lines, int64_t id, const char *code)
{
    static of_id *const steps[] = {sql_purge_person_results, sql_purge_person_imports, sql_purge_person_handovers, sql_purge_person_changes, sql_purge_person_merges,
                                   sql_purge_person_distinct, sql_purge_person};
    struct sql_purge_person_photos_row *photos; /* earlier ones too */
    size_t count = 0;
    enum err e = sql_purge_person_photos(db, arena, id, &photos, &count);
    if (e == OK) e = sql_purge_audit_person(db, code, NULL);
    if (e == OK) e = run_all(db, steps, sizeof steps / sizeof *steps, id);
    for (size_t i = 0; e == OK && i < count; i++) e = forget_photo(db, arena, lines, photos[i].sha256);
    return e == OK ? find_index_touch_person(db, arena, id) : e;
}

static enum err strip_line(struct db *db, struct arena *arena, int64_t id)
{
    static of_id *const steps[] = {sql_purge_line_printed, sql_purge_line_handed, sql_purge_line_credentials, sql_purge_line_readings, sql_purge_line_browsers,
                                   sql_purge_line_pins, sql_purge_line_questions, sql_purge_line_row_codes, sql_purge_line_imports, sql_purge_line_changes};
    enum err e = run_all(db, steps, sizeof steps / sizeof *steps, id);
    return e == OK ? strip_changes(db, arena, id) : e;
}

static enum err strip_audit(struct db *db, struct arena *arena, const char *slug, const struct sql_purge_line_row *row)
{
    const char *head = arena_printf(arena, "%s (%s)", row->name, row->code);
    if (!head) return ERR_NOMEM;
    enum err e = sql_purge_audit_event_person(db, slug, row->code, NULL);
    return e == OK ? sql_purge_audit_head(db, slug, head, row->goes, NULL) : e;
}

enum err purge_line(struct db *db, struct arena *arena, struct purge_lines *lines, int64_t delegate_id)
{
    struct sql_purge_line_row row;
    enum err e = sql_purge_line(db, arena, delegate_id, &row);
    if (e == ERR_NOT_FOUND) return OK; /* taken off the list meanwhile */
    bool somebody = e == OK && row.person_id != DB_NULL && !row.nobody;
    if (e == OK) e = strip_line(db, arena, delegate_id);
    if (e == OK && somebody) e = strip_audit(db, arena, lines->slug, &row);
    if (e == OK && somebody) e = sql_purge_nobody_add(db, delegate_id, NULL);
    const struct sql_purge_line_set_in in = {delegate_id, somebody ? delegate_id : row.person_id, "%\"excused\":true%", "{\"excused\":true}", "{\"excused\":false}"};
    if (e == OK) e = sql_purge_line_set(db, &in, NULL);
    if (e == OK && somebody && row.goes) e = delete_person(db, arena, lines, row.person_id, row.code);
    return e == OK ? find_index_touch_entry(db, arena, lines->event_id, delegate_id) : e;
}
