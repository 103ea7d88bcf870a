/* Announcements and the event file: which rows a list means, and what an older version kept in the events' rows. */
#include "core/base/clock.h"
#include "core/congress/messages/announcements_private.h"
#include "core/congress/store/store.h"

#include <string.h>

static json_t *places(bool wall, bool phone)
{
    json_t *to = json_array();
    if (wall) (void)json_array_append_new(to, json_string("wall"));
    if (phone) (void)json_array_append_new(to, json_string("phone"));
    return to;
}

/* As the event file's tables store one: keys in their order. */
static json_t *item_of_row(const struct announcement *a, bool *failed)
{
    json_t *audience = NULL, *item = json_sure(json_object(), failed);
    if (json_object_set_new(item, "text", announcement_title(a->text)) != 0) *failed = true;
    if (a->from_ms != DB_NULL) (void)json_object_set_new(item, "from", json_integer(a->from_ms));
    if (a->until_ms != DB_NULL) (void)json_object_set_new(item, "until", json_integer(a->until_ms));
    if (json_object_set_new(item, "to", places(a->to_wall, a->to_phone)) != 0) *failed = true;
    if (json_object_set_new(item, "urgent", json_boolean(a->urgent)) != 0) *failed = true;
    if (!a->audience) return item;
    if (json_read(a->audience, strlen(a->audience), &audience, NULL) != OK || json_object_set_new(item, "audience", audience) != 0) *failed = true;
    return item;
}

static int64_t moment(const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);
    return json_is_integer(value) ? json_integer_value(value) : DB_NULL;
}

static bool goes_to(const json_t *item, const char *place)
{
    const json_t *to = json_object_get(item, "to");
    if (!json_is_array(to)) return true;
    for (size_t i = 0; i < json_array_size(to); i++)
        if (strcmp(json_string_value(json_array_get(to, i)) ? json_string_value(json_array_get(to, i)) : "", place) == 0) return true;
    return false;
}

/* What an item would be as a row. Texts live in the arena. NULL text: out of memory. */
static struct announcement row_of_item(struct arena *arena, const json_t *item)
{
    const json_t *audience = json_object_get(item, "audience");
    return (struct announcement){.text = json_text(arena, json_object_get(item, "text")), .from_ms = moment(item, "from"), .until_ms = moment(item, "until"),
                                 .audience = json_is_object(audience) ? json_text(arena, audience) : NULL, .to_wall = goes_to(item, "wall"),
                                 .to_phone = goes_to(item, "phone"), .urgent = json_is_true(json_object_get(item, "urgent")), .ended_ms = DB_NULL};
}

/* Equal for what says the same. NULL: out of memory. */
static const char *mark_of_row(struct arena *arena, const struct announcement *a)
{
    bool failed = a->text == NULL;
    json_t *item = failed ? NULL : item_of_row(a, &failed);
    const char *mark = failed ? NULL : json_canonical(arena, item);
    json_decref(item);
    return mark;
}

static bool find_row(struct arena *arena, const struct announcement_merge *m, bool *used, const char *mark, bool as_it_is)
{
    for (size_t i = 0; i < m->row_count; i++) {
        const struct announcement *row = &m->rows[i];
        if (used[i] || (as_it_is && row->ended_ms != DB_NULL)) continue;
        const char *has = as_it_is ? mark_of_row(arena, row) : row->file_mark;
        if (!has || strcmp(has, mark) != 0) continue;
        used[i] = true;
        return true;
    }
    return false;
}

static enum err match(struct arena *arena, const json_t *list, struct announcement_merge *m, bool *used)
{
    size_t count = json_array_size(list);
    const char **marks = arena_array(arena, count + 1, sizeof *marks);
    m->fresh = arena_array(arena, count + 1, sizeof(json_t *));
    if (!marks || !m->fresh) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct announcement row = row_of_item(arena, json_array_get(list, i));
        marks[i] = mark_of_row(arena, &row);
        if (!marks[i]) return ERR_NOMEM;
        if (find_row(arena, m, used, marks[i], true)) marks[i] = NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (marks[i] && !find_row(arena, m, used, marks[i], false)) m->fresh[m->fresh_count++] = json_array_get(list, i);
    return OK;
}

enum err announcement_merge(struct db *db, struct arena *arena, int64_t event_id, const json_t *list, struct announcement_merge *ret, json_t **ret_now)
{
    struct announcement *rows = NULL;
    size_t count = 0;
    enum err e = db ? announcement_of_file(db, arena, event_id, &rows, &count) : OK;
    struct announcement_merge m = {.rows = rows, .row_count = count, .gone = arena_array(arena, count + 1, sizeof(bool))};
    bool *used = arena_array(arena, count + 1, sizeof *used), failed = false;
    if (e == OK && (!m.gone || !used)) e = ERR_NOMEM;
    if (e == OK) e = match(arena, list, &m, used);
    if (e != OK) return e;
    json_t *now = json_sure(json_array(), &failed);
    m.after = json_sure(json_array(), &failed);
    for (size_t i = 0; i < count; i++) {
        m.gone[i] = rows[i].file_mark && !used[i];
        if (rows[i].ended_ms != DB_NULL) continue;
        json_t *item = item_of_row(&rows[i], &failed);
        if (json_array_append(now, item) != 0 || (!m.gone[i] && json_array_append(m.after, item) != 0)) failed = true;
        json_decref(item);
    }
    for (size_t i = 0; i < m.fresh_count; i++) {
        struct announcement row = row_of_item(arena, m.fresh[i]);
        if (!row.text || json_array_append_new(m.after, item_of_row(&row, &failed)) != 0) failed = true;
    }
    if (failed) json_decref(m.after);
    if (failed || !ret_now) json_decref(now);
    if (failed) return ERR_NOMEM;
    *ret = m;
    if (ret_now) *ret_now = now;
    return OK;
}

enum err announcement_list(struct db *db, struct arena *arena, int64_t event_id, json_t **ret)
{
    struct announcement *rows;
    size_t count;
    enum err e = announcement_open(db, arena, event_id, &rows, &count);
    if (e != OK) return e;
    bool failed = false;
    json_t *list = json_sure(json_array(), &failed);
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(list, item_of_row(&rows[i], &failed)) != 0) failed = true;
    if (failed) json_decref(list);
    else *ret = list;
    return failed ? ERR_NOMEM : OK;
}

static enum err note_change(struct db *db, struct id_source *ids, int64_t id, const char *actor, const char *kind, int64_t now_ms)
{
    const struct sql_announcement_change_insert_in in = {id_next(ids), id, now_ms, actor, kind};
    return sql_announcement_change_insert(db, &in, NULL);
}

static enum err add_fresh(struct db *db, struct arena *arena, struct id_source *ids, int64_t event_id, const json_t *item, const char *actor, int64_t now_ms)
{
    struct announcement row = row_of_item(arena, item);
    const char *mark = mark_of_row(arena, &row);
    if (!row.text || !mark) return ERR_NOMEM;
    const struct sql_announcement_insert_in in = {id_next(ids), event_id, row.text, row.from_ms, row.until_ms, row.to_wall, row.to_phone, row.audience, row.urgent,
                                                  mark, now_ms, actor};
    enum err e = sql_announcement_insert(db, &in, NULL);
    return e == OK ? note_change(db, ids, in.id, actor, "made", now_ms) : e;
}

enum err announcement_take_file(struct db *db, struct id_source *ids, int64_t event_id, const json_t *list, const char *actor, int64_t now_ms)
{
    struct arena arena = {0};
    struct announcement_merge m;
    enum err e = announcement_merge(db, &arena, event_id, list, &m, NULL);
    if (e != OK) goto out;
    for (size_t i = 0; e == OK && i < m.row_count; i++) {
        if (!m.gone[i]) continue;
        bool ends = m.rows[i].ended_ms == DB_NULL;
        e = ends ? sql_announcement_gone(db, m.rows[i].id, now_ms, actor, NULL) : sql_announcement_forget(db, m.rows[i].id, NULL);
        if (e == OK && ends) e = note_change(db, ids, m.rows[i].id, actor, "ended", now_ms);
    }
    for (size_t i = 0; e == OK && i < m.fresh_count; i++) e = add_fresh(db, &arena, ids, event_id, m.fresh[i], actor, now_ms);
    json_decref(m.after);
out:
    arena_release(&arena);
    return e;
}

/* --- from before there were rows ------------------------------------------------------------------------------------------------------------ */

static enum err adopt(struct db *db, void *arg, struct fault *fault)
{
    struct arena arena = {0};
    struct id_source ids = {0};
    struct sql_announcement_left_row *rows;
    size_t count;
    (void)arg;
    enum err e = sql_announcement_left(db, &arena, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *list = NULL;
        bool good = json_read(rows[i].announcements, strlen(rows[i].announcements), &list, NULL) == OK && json_is_array(list);
        if (good) e = announcement_take_file(db, &ids, rows[i].id, list, "upgrade", clock_now_ms());
        json_decref(list);
        if (e == OK) e = sql_announcement_left_clear(db, rows[i].id, NULL);
        if (e == OK) e = sql_docs_event_touch(db, rows[i].id, NULL);
    }
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "bring the announcements up to date");
}

enum err announcement_adopt(struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_announcement_left_row *rows;
    size_t count = 0;
    enum err e = sql_announcement_left(db, &arena, &rows, &count);
    arena_release(&arena);
    if (e != OK) return db_fault(db, e, fault, "look for announcements");
    return count ? db_transaction(db, adopt, NULL, fault) : OK;
}
