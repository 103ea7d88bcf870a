/* Entries of many who are new, in the order of lists: where the last one went the next one is near. */
#include "core/congress/delegates/find_index_private.h"
#include "core/db/words.h"

#define SHARE 64 /* so many of those who will follow are taken to belong between the same two */

struct adding {
    struct find_scope scope;
    struct arena *arena;
    int64_t before, next; /* the last place before the next entry, and the first one behind it; next DB_NULL: none */
    struct find_entry behind; /* who stands at `next` */
    bool is_placed;           /* the two above are known */
};

static enum err read_behind(struct adding *a)
{
    struct sql_find_entry_next_row row;
    if (a->next == DB_NULL) return OK;
    enum err e = sql_find_entry_next(a->scope.db, a->arena, a->next, a->scope.until, &row);
    if (e == OK) a->behind = (struct find_entry){.place = row.place, .subject_id = row.subject_id, .sort = row.sort};
    return e;
}

/* From the last place on in steps that double, then halved between the last two. */
static enum err gallop(struct adding *a, const struct find_entry *entry, int64_t low)
{
    const struct find_scope *s = &a->scope;
    int64_t step = 2 * FIND_GAP, high = s->until;
    a->next = DB_NULL;
    for (;;) {
        struct sql_find_entry_next_row row;
        int64_t probe = low + step < s->until ? low + step : s->until;
        enum err e = probe < s->until ? sql_find_entry_next(s->db, a->arena, probe, s->until, &row) : ERR_NOT_FOUND;
        if (e != OK && e != ERR_NOT_FOUND) return e;
        bool passed = e == ERR_NOT_FOUND || find_entry_by_sort(&(struct find_entry){.subject_id = row.subject_id, .sort = row.sort}, entry) > 0;
        if (passed) {
            high = probe;
            if (e == OK) a->next = row.place;
            break;
        }
        low = row.place + 1;
        step *= 2;
    }
    int64_t nearer;
    enum err e = find_entry_behind(s, a->arena, entry, low, high, &nearer);
    if (e == OK && nearer != DB_NULL) a->next = nearer;
    return e;
}

static enum err find_gap(struct adding *a, const struct find_entry *entry)
{
    const struct find_scope *s = &a->scope;
    struct sql_find_entry_before_row row;
    if (a->is_placed && (a->next == DB_NULL || find_entry_by_sort(&a->behind, entry) > 0)) return OK;
    enum err e = a->is_placed ? gallop(a, entry, a->next) : find_entry_behind(s, a->arena, entry, s->from, s->until, &a->next);
    if (e == OK) e = read_behind(a);
    if (e != OK) return e;
    e = sql_find_entry_before(s->db, NULL, s->from, a->next == DB_NULL ? s->until : a->next, &row);
    a->before = e == OK ? row.place : s->from;
    a->is_placed = true;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err add_one(struct adding *a, struct find_entry *entry, size_t more)
{
    const struct find_scope *s = &a->scope;
    enum err e = find_gap(a, entry);
    if (e != OK) return e;
    int64_t room = (a->next == DB_NULL ? s->until : a->next) - a->before, share = (int64_t)(more < SHARE ? more : SHARE) + 2;
    int64_t step = a->next == DB_NULL && room / (int64_t)(more + 2) > FIND_GAP ? FIND_GAP : room / share > FIND_GAP ? FIND_GAP : room / share;
    if (step == 0) { /* others have to move: then nothing is known of the places */
        a->is_placed = false;
        e = find_entry_place(s, a->arena, entry);
        return e == OK ? find_entry_put(s, entry) : e;
    }
    entry->place = a->before += step;
    return find_entry_put(s, entry);
}

static enum err add_all(struct adding *a, const int64_t *ids, size_t count, size_t more)
{
    for (size_t i = 0; i < count; i++) {
        struct sql_find_delegates_row *facts;
        struct sql_find_entry_of_row have;
        struct find_entry entry;
        size_t n = 0;
        enum err e = sql_find_entry_of(a->scope.db, a->arena, a->scope.number, ids[i], &have);
        if (e == OK) continue; /* somebody was faster */
        if (e == ERR_NOT_FOUND) e = find_facts_read(&a->scope, a->arena, ids[i], ids[i], &facts, &n);
        if (e == OK && n == 0) continue;
        if (e == OK) e = find_entry_make(a->arena, &facts[0], &entry);
        if (e == OK) e = add_one(a, &entry, more + count - i - 1);
        if (e != OK) return e;
    }
    return OK;
}

enum err find_index_add(struct db *db, struct arena *arena, int64_t event_id, const int64_t *subject_ids, size_t count, size_t more)
{
    struct adding adding = {.arena = arena};
    if (!db_has_words(db)) return OK;
    enum err e = find_scope_open(db, event_id, &adding.scope);
    if (e == ERR_NOT_FOUND) return OK;
    if (e == OK) e = add_all(&adding, subject_ids, count, more);
    if (e == ERR_LIMIT) return find_index_sync(db, event_id);
    return e == ERR_IO && db_in_transaction(db) ? find_index_forget(db) : e;
}
