/* How many a unit sends: a setting of the event ("draw.quota.ID"), {"category": CODE|null, "units": {ID: seats}}. Ids are texts, they do not fit into a double. */
#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/congress/draw/draw.h"
#include "core/congress/draw/share.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#define MARK_LENGTH 16

static const char *setting_name(struct arena *arena, int64_t event_id)
{
    return arena_printf(arena, "draw.quota.%lld", (long long)event_id);
}

static const char *mark_of(struct arena *arena, const char *text)
{
    char hex[CRYPTO_HASH_HEX];
    if (!text) return "0";
    crypto_sha256_hex(text, strlen(text), hex);
    return arena_strndup(arena, hex, MARK_LENGTH);
}

static enum err read_units(struct arena *arena, const json_t *units, struct draw_quota *ret)
{
    const char *key;
    json_t *seats;
    ret->units = arena_array(arena, json_object_size(units) + 1, sizeof *ret->units);
    if (!ret->units) return ERR_NOMEM;
    json_object_foreach((json_t *)units, key, seats) {
        if (json_is_integer(seats) && json_integer_value(seats) >= 0)
            ret->units[ret->count++] = (struct draw_quota_unit){strtoll(key, NULL, 10), json_integer_value(seats)};
    }
    return OK;
}

enum err draw_quota_read(struct db *db, struct arena *arena, int64_t event_id, struct draw_quota *ret)
{
    const char *name = setting_name(arena, event_id), *text = NULL;
    json_t *all = NULL;
    *ret = (struct draw_quota){0};
    enum err e = name ? setting_read(db, arena, name, &text) : ERR_NOMEM;
    if (e == OK && !(ret->mark = mark_of(arena, text))) e = ERR_NOMEM;
    if (e != OK || !text) return e;
    e = json_read(text, strlen(text), &all, NULL);
    if (e == OK) e = read_units(arena, json_object_get(all, "units"), ret);
    const char *category = json_string_value(json_object_get(all, "category"));
    if (e == OK && category && !(ret->category = arena_strdup(arena, category))) e = ERR_NOMEM;
    json_decref(all);
    return e;
}

enum err draw_quota_write(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_quota *quota, const char *seen, const char *actor,
                          int64_t now_ms, struct fault *fault)
{
    struct draw_quota stored;
    int64_t seats = 0;
    if (quota->category && !programme_category_by_code(programme, quota->category))
        return fault_because(fault, ERR_NOT_FOUND, "amend_category", quota->category, "there is no category \"%.64s\"", quota->category);
    enum err e = draw_quota_read(db, arena, programme->event_id, &stored);
    if (e != OK) return db_fault(db, e, fault, "read the quotas");
    if (seen && strcmp(seen, stored.mark) != 0)
        return fault_because(fault, ERR_CONFLICT, "draw_quota_older", NULL, "somebody else changed the quotas meanwhile: look again");
    json_t *units = json_object(), *all = json_pack("{s:s?,s:o}", "category", quota->category, "units", units);
    for (size_t i = 0; all && i < quota->count; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "%lld", (long long)quota->units[i].unit_id);
        (void)json_object_set_new(units, key, json_integer(quota->units[i].seats));
        seats += quota->units[i].seats;
    }
    const char *text = all ? json_text(arena, all) : NULL, *name = setting_name(arena, programme->event_id);
    const char *detail = arena_printf(arena, "{\"units\":%zu,\"seats\":%lld}", quota->count, (long long)seats);
    json_decref(all);
    if (!text || !name || !detail) return fault_set(fault, ERR_NOMEM, "not enough memory");
    e = setting_write(db, name, text);
    if (e == OK) e = audit_write(db, now_ms, actor, "draw.quota", programme->slug, detail);
    return e == OK ? OK : db_fault(db, e, fault, "store the quotas");
}

/* --- what is filled -------------------------------------------------------------------------------------------------------------------------- */

struct filling {
    const struct register_tree *tree;
    int64_t category_id; /* 0: every one */
    int64_t *filled;     /* by unit */
    struct by_id {
        int64_t id;
        size_t at;
    } *by_id;
};

static int by_unit(const void *left, const void *right)
{
    int64_t a = ((const struct by_id *)left)->id, b = ((const struct by_id *)right)->id;
    return (a > b) - (a < b);
}

static const struct by_id *find_unit(const struct filling *f, int64_t id)
{
    const struct by_id key = {id, 0};
    return f->tree->count ? bsearch(&key, f->by_id, f->tree->count, sizeof *f->by_id, by_unit) : NULL;
}

static enum err count_delegate(void *context, const struct sql_draw_delegates_row *row)
{
    const struct filling *f = context;
    if (row->delegation_id == DB_NULL || row->person_id == DB_NULL || strcmp(row->status, "summoned") != 0) return OK;
    if (f->category_id && row->category_id != f->category_id) return OK;
    const struct by_id *unit = find_unit(f, row->delegation_id);
    if (unit) f->filled[unit->at]++;
    return OK;
}

static enum err begin_filling(struct arena *arena, struct filling *f)
{
    f->by_id = arena_array(arena, f->tree->count + 1, sizeof *f->by_id);
    f->filled = arena_array(arena, f->tree->count + 1, sizeof *f->filled);
    if (!f->by_id || !f->filled) return ERR_NOMEM;
    for (size_t i = 0; i < f->tree->count; i++) {
        f->by_id[i] = (struct by_id){f->tree->units[i].unit_id, i};
        f->filled[i] = 0;
    }
    qsort(f->by_id, f->tree->count, sizeof *f->by_id, by_unit);
    return OK;
}

static int by_place(const void *left, const void *right)
{
    size_t a = ((const struct draw_quota_line *)left)->unit, b = ((const struct draw_quota_line *)right)->unit;
    return (a > b) - (a < b);
}

enum err draw_quota_fill(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_quota *quota, const struct register_tree *tree,
                         struct draw_quota_line **ret, size_t *ret_count)
{
    const struct programme_category *category = quota->category ? programme_category_by_code(programme, quota->category) : NULL;
    struct filling f = {.tree = tree, .category_id = category ? category->id : 0};
    struct draw_quota_line *lines = arena_array(arena, quota->count + 1, sizeof *lines);
    size_t count = 0;
    enum err e = lines ? begin_filling(arena, &f) : ERR_NOMEM;
    if (e == OK && quota->count) e = sql_draw_delegates(db, programme->event_id, count_delegate, &f);
    if (e != OK) return e;
    for (size_t i = tree->count; i-- > 0;) /* behind a unit stand all that are beneath it */
        if (tree->units[i].above != SIZE_MAX) f.filled[tree->units[i].above] += f.filled[i];
    for (size_t i = 0; i < quota->count; i++) {
        const struct by_id *unit = find_unit(&f, quota->units[i].unit_id);
        if (unit) lines[count++] = (struct draw_quota_line){unit->at, quota->units[i].seats, f.filled[unit->at]};
    }
    qsort(lines, count, sizeof *lines, by_place);
    *ret = lines;
    *ret_count = count;
    return OK;
}
