/* One entry of the index of names: what it is made of, where it stands, putting it right. */
#include "core/congress/delegates/find_index_private.h"
#include "core/db/words.h"

#include <string.h>

#define SCOPE_BITS 40                /* of a place, below the scope's number: four million events */
#define CROWD 256                    /* so many are moved apart where there is no room left */

enum err find_scope_open(struct db *db, int64_t event_id, struct find_scope *ret)
{
    struct sql_find_scope_row row;
    if (!db_has_words(db)) return ERR_NOT_FOUND;
    enum err e = sql_find_scope(db, NULL, event_id, &row);
    if (e == OK) *ret = (struct find_scope){db, row.number, event_id, row.number << SCOPE_BITS, (row.number + 1) << SCOPE_BITS};
    return e;
}

enum err find_index_range(struct db *db, int64_t event_id, int64_t *ret_from, int64_t *ret_until)
{
    struct find_scope scope;
    enum err e = find_scope_open(db, event_id, &scope);
    if (e != OK) return e;
    *ret_from = scope.from;
    *ret_until = scope.until;
    return OK;
}

/* --- what entries should be ------------------------------------------------------------------------------------------------------------------ */

/* Blank badges stand behind all names ("~" is above the hex digits of sort keys), by their numbers. */
enum err find_entry_make(struct arena *arena, const struct sql_find_delegates_row *r, struct find_entry *ret)
{
    const struct find_facts facts = {r->name, r->number, r->seat, r->code, r->phone, r->unit, r->unit_code};
    struct find_entry entry = {.subject_id = r->id, .sort = r->sort ? r->sort : arena_printf(arena, "~%s", r->number ? r->number : "")};
    enum err e = entry.sort ? find_words_make(arena, &facts, &entry.words) : ERR_NOMEM;
    if (e == OK) *ret = entry;
    return e;
}

_Static_assert(sizeof(struct sql_find_people_row) == sizeof(struct sql_find_delegates_row), "find_facts_read");

enum err find_facts_read(const struct find_scope *s, struct arena *arena, int64_t from_id, int64_t until_id, struct sql_find_delegates_row **ret, size_t *ret_count)
{
    struct sql_find_people_row *people;
    if (s->event_id) return sql_find_delegates(s->db, arena, s->event_id, from_id, until_id, ret, ret_count);
    enum err e = sql_find_people(s->db, arena, from_id, until_id, &people, ret_count);
    if (e != OK) return e;
    struct sql_find_delegates_row *rows = arena_array(arena, *ret_count + 1, sizeof *rows);
    if (!rows) return ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++) {
        const struct sql_find_people_row *p = &people[i];
        rows[i] = (struct sql_find_delegates_row){p->id, p->sort, p->name, p->number, p->seat, p->code, p->phone, p->unit, p->unit_code};
    }
    *ret = rows;
    return OK;
}

int find_entry_by_sort(const void *a, const void *b)
{
    const struct find_entry *x = a, *y = b;
    int order = strcmp(x->sort, y->sort);
    return order ? order : (x->subject_id > y->subject_id) - (x->subject_id < y->subject_id);
}

bool find_entry_same(const struct find_entry *a, const struct find_entry *b)
{
    return strcmp(a->sort, b->sort) == 0 && strcmp(a->words.name, b->words.name) == 0 && strcmp(a->words.whole, b->words.whole) == 0 &&
           strcmp(a->words.rest, b->words.rest) == 0 && strcmp(a->words.tail, b->words.tail) == 0;
}

/* --- writing ---------------------------------------------------------------------------------------------------------------------------------- */

enum err find_entry_put(const struct find_scope *s, const struct find_entry *e)
{
    const struct sql_find_entry_add_in in = {e->place, s->number, e->subject_id, e->sort, e->words.name, e->words.whole, e->words.rest, e->words.tail};
    enum err result = sql_find_entry_add(s->db, &in, NULL);
    return result == OK ? db_records_add(s->db, e->place) : result;
}

enum err find_entry_drop(const struct find_scope *s, int64_t place)
{
    enum err e = db_records_remove(s->db, place);
    return e == OK ? sql_find_entry_remove(s->db, place, NULL) : e;
}

/* Places are halved, since nothing but the place is in order on disk. */
enum err find_entry_behind(const struct find_scope *s, struct arena *arena, const struct find_entry *e, int64_t low, int64_t high, int64_t *ret)
{
    *ret = DB_NULL; /* all before `low` stand before e; at `high` and behind it they do not */
    while (low < high) {
        struct sql_find_entry_next_row row;
        int64_t middle = low + (high - low) / 2;
        enum err result = sql_find_entry_next(s->db, arena, middle, high, &row);
        if (result == ERR_NOT_FOUND) {
            high = middle;
            continue;
        }
        if (result != OK) return result;
        if (find_entry_by_sort(&(struct find_entry){.subject_id = row.subject_id, .sort = row.sort}, e) < 0) {
            low = row.place + 1;
        } else {
            *ret = row.place;
            high = middle;
        }
    }
    return OK;
}

static enum err place_of_last(const struct find_scope *s, int64_t before, int64_t *ret)
{
    struct sql_find_entry_before_row row;
    enum err e = sql_find_entry_before(s->db, NULL, s->from, before, &row);
    *ret = e == OK ? row.place : s->from;
    return e == ERR_NOT_FOUND ? OK : e;
}

/* Moves a crowd apart, from `from` on, over the room that it and the one behind it have. ERR_LIMIT: there is too little. */
static enum err spread(const struct find_scope *s, struct arena *arena, int64_t from)
{
    struct sql_find_entries_some_row *rows;
    size_t n;
    enum err e = sql_find_entries_some(s->db, arena, from, s->until, CROWD + 1, &rows, &n);
    if (e != OK) return e;
    size_t count = n > CROWD ? CROWD : n;
    int64_t until = n > CROWD ? rows[CROWD].place : s->until, step = (until - from) / (int64_t)(count + 1);
    if (step > FIND_GAP) step = FIND_GAP;
    if (step < 4) return ERR_LIMIT;
    for (size_t i = 0; e == OK && i < count; i++) e = find_entry_drop(s, rows[i].place);
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct sql_find_entries_some_row *r = &rows[i];
        e = find_entry_put(s, &(struct find_entry){from + step * (int64_t)(i + 1), r->subject_id, r->sort, {r->name, r->whole, r->rest, r->tail}});
    }
    return e;
}

/* A free place for an entry between its neighbours. ERR_LIMIT: not without moving more than a crowd. */
enum err find_entry_place(const struct find_scope *s, struct arena *arena, struct find_entry *entry)
{
    for (int tries = 0; tries < 2; tries++) {
        int64_t next, before;
        enum err e = find_entry_behind(s, arena, entry, s->from, s->until, &next);
        if (e == OK) e = place_of_last(s, next == DB_NULL ? s->until : next, &before);
        if (e != OK) return e;
        int64_t room = (next == DB_NULL ? s->until : next) - before;
        entry->place = before + (next == DB_NULL && room > 2 * FIND_GAP ? FIND_GAP : room / 2);
        if (room >= 2) return OK;
        e = spread(s, arena, before);
        if (e != OK) return e;
    }
    return ERR_LIMIT;
}

/* --- one ---------------------------------------------------------------------------------------------------------------------------------------- */

static enum err touch_in(const struct find_scope *s, struct arena *arena, int64_t subject_id)
{
    struct sql_find_delegates_row *facts;
    struct sql_find_entry_of_row have;
    struct find_entry wanted;
    size_t n = 0;
    enum err e = find_facts_read(s, arena, subject_id, subject_id, &facts, &n);
    if (e == OK && n) e = find_entry_make(arena, &facts[0], &wanted);
    if (e != OK) return e;
    e = sql_find_entry_of(s->db, arena, s->number, subject_id, &have);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    if (e == OK) {
        const struct find_entry now = {have.place, have.subject_id, have.sort, {have.name, have.whole, have.rest, have.tail}};
        if (n && find_entry_same(&now, &wanted)) return OK;
        e = find_entry_drop(s, now.place);
        if (e != OK || !n) return e;
        if (strcmp(now.sort, wanted.sort) == 0) { /* the same place in the list */
            wanted.place = now.place;
            return find_entry_put(s, &wanted);
        }
    }
    if (!n) return OK;
    e = find_entry_place(s, arena, &wanted);
    if (e == ERR_LIMIT) return find_index_sync(s->db, s->event_id);
    return e == OK ? find_entry_put(s, &wanted) : e;
}

static enum err touch(struct db *db, struct arena *arena, int64_t event_id, int64_t subject_id)
{
    struct find_scope s;
    enum err e = find_scope_open(db, event_id, &s);
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    return touch_in(&s, arena, subject_id);
}

static enum err touch_all(struct db *db, struct arena *arena, int64_t delegate_id)
{
    struct sql_find_delegate_person_row who;
    struct sql_find_delegates_of_person_row *elsewhere = NULL;
    size_t n = 0;
    enum err e = sql_find_delegate_person(db, arena, delegate_id, &who);
    if (e != OK) return e;
    e = touch(db, arena, who.event_id, delegate_id);
    if (e != OK || who.person_id == DB_NULL) return e;
    e = touch(db, arena, 0, who.person_id);
    if (e == OK) e = sql_find_delegates_of_person(db, arena, who.person_id, &elsewhere, &n);
    for (size_t i = 0; e == OK && i < n; i++)
        if (elsewhere[i].id != delegate_id) e = touch(db, arena, elsewhere[i].event_id, elsewhere[i].id);
    return e;
}

static enum err touch_person(struct db *db, struct arena *arena, int64_t person_id)
{
    struct sql_find_delegates_of_person_row *rows = NULL;
    size_t n = 0;
    enum err e = touch(db, arena, 0, person_id);
    if (e == OK) e = sql_find_delegates_of_person(db, arena, person_id, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) e = touch(db, arena, rows[i].event_id, rows[i].id);
    return e;
}

enum err find_index_forget(struct db *db)
{
    enum err e = db_records_forget(db);
    if (e == OK) e = sql_find_entry_clear(db, NULL);
    return e == OK ? sql_find_scope_clear(db, NULL) : e;
}

/* The engine says that its index is damaged: nobody is sent away from the desk for that. Without it every row is looked at, until it is made anew. */
enum err find_index_touch(struct db *db, struct arena *arena, int64_t delegate_id)
{
    if (!db_has_words(db)) return OK;
    enum err e = touch_all(db, arena, delegate_id);
    return e == ERR_IO && db_in_transaction(db) ? find_index_forget(db) : e;
}

enum err find_index_touch_person(struct db *db, struct arena *arena, int64_t person_id)
{
    if (!db_has_words(db)) return OK;
    enum err e = touch_person(db, arena, person_id);
    return e == ERR_IO && db_in_transaction(db) ? find_index_forget(db) : e;
}

enum err find_index_touch_entry(struct db *db, struct arena *arena, int64_t event_id, int64_t subject_id)
{
    if (!db_has_words(db)) return OK;
    enum err e = touch(db, arena, event_id, subject_id);
    return e == ERR_IO && db_in_transaction(db) ? find_index_forget(db) : e;
}
