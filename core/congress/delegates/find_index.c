#include "core/congress/delegates/find_index.h"
#include "core/congress/delegates/find_words.h"
#include "core/db/words.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SCOPE_BITS 40                /* of a place, below the scope's number: four million events */
#define GAP (INT64_C(1) << 18)       /* between neighbours at first: room for 18 who come in one after the other at the same point; less would be denser on disk */
#define CROWD 256                    /* so many are moved apart where there is no room left */
#define ALL_ANEW 4                   /* when more than one in so many entries has to change, all get new places */

struct entry {
    int64_t place, subject_id; /* place 0: none yet */
    const char *sort;
    struct find_words words;
};

struct scope {
    struct db *db;
    int64_t number, event_id, from, until;
};

static enum err scope_open(struct db *db, int64_t event_id, struct scope *ret)
{
    struct sql_find_scope_row row;
    if (!db_has_words(db)) return ERR_NOT_FOUND;
    enum err e = sql_find_scope(db, NULL, event_id, &row);
    if (e == OK) *ret = (struct scope){db, row.number, event_id, row.number << SCOPE_BITS, (row.number + 1) << SCOPE_BITS};
    return e;
}

enum err find_index_range(struct db *db, int64_t event_id, int64_t *ret_from, int64_t *ret_until)
{
    struct scope scope;
    enum err e = scope_open(db, event_id, &scope);
    if (e != OK) return e;
    *ret_from = scope.from;
    *ret_until = scope.until;
    return OK;
}

/* --- what entries should be ------------------------------------------------------------------------------------------------------------------ */

/* Blank badges stand behind all names ("~" is above the hex digits of sort keys), by their numbers. */
static enum err make_entry(struct arena *arena, const struct sql_find_delegates_row *r, struct entry *ret)
{
    const struct find_facts facts = {r->name, r->number, r->seat, r->code, r->phone, r->unit, r->unit_code};
    struct entry entry = {.subject_id = r->id, .sort = r->sort ? r->sort : arena_printf(arena, "~%s", r->number ? r->number : "")};
    enum err e = entry.sort ? find_words_make(arena, &facts, &entry.words) : ERR_NOMEM;
    if (e == OK) *ret = entry;
    return e;
}

_Static_assert(sizeof(struct sql_find_people_row) == sizeof(struct sql_find_delegates_row), "read_facts");

static enum err read_facts(const struct scope *s, struct arena *arena, int64_t from_id, int64_t until_id, struct sql_find_delegates_row **ret, size_t *ret_count)
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

static int by_sort(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->sort, y->sort);
    return order ? order : (x->subject_id > y->subject_id) - (x->subject_id < y->subject_id);
}

static int by_subject(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return (x->subject_id > y->subject_id) - (x->subject_id < y->subject_id);
}

static bool same(const struct entry *a, const struct entry *b)
{
    return strcmp(a->sort, b->sort) == 0 && strcmp(a->words.name, b->words.name) == 0 && strcmp(a->words.whole, b->words.whole) == 0 &&
           strcmp(a->words.rest, b->words.rest) == 0 && strcmp(a->words.tail, b->words.tail) == 0;
}

/* --- writing ---------------------------------------------------------------------------------------------------------------------------------- */

static enum err put(const struct scope *s, const struct entry *e)
{
    const struct sql_find_entry_add_in in = {e->place, s->number, e->subject_id, e->sort, e->words.name, e->words.whole, e->words.rest, e->words.tail};
    enum err result = sql_find_entry_add(s->db, &in, NULL);
    return result == OK ? db_records_add(s->db, e->place) : result;
}

static enum err drop(const struct scope *s, int64_t place)
{
    enum err e = db_records_remove(s->db, place);
    return e == OK ? sql_find_entry_remove(s->db, place, NULL) : e;
}

static struct entry stored(const struct sql_find_entries_row *r)
{
    return (struct entry){r->place, r->subject_id, r->sort, {r->name, r->whole, r->rest, r->tail}};
}

/* The first of the scope that stands behind `e`: places are halved, since nothing but the place is in order on disk. *ret DB_NULL: there is none. */
static enum err find_next(const struct scope *s, struct arena *arena, const struct entry *e, int64_t *ret)
{
    int64_t low = s->from, high = s->until; /* all before `low` stand before e; at `high` and behind it they do not */
    *ret = DB_NULL;
    while (low < high) {
        struct sql_find_entry_next_row row;
        int64_t middle = low + (high - low) / 2;
        enum err result = sql_find_entry_next(s->db, arena, middle, high, &row);
        if (result == ERR_NOT_FOUND) {
            high = middle;
            continue;
        }
        if (result != OK) return result;
        if (by_sort(&(struct entry){.subject_id = row.subject_id, .sort = row.sort}, e) < 0) {
            low = row.place + 1;
        } else {
            *ret = row.place;
            high = middle;
        }
    }
    return OK;
}

static enum err place_of_last(const struct scope *s, int64_t before, int64_t *ret)
{
    struct sql_find_entry_before_row row;
    enum err e = sql_find_entry_before(s->db, NULL, s->from, before, &row);
    *ret = e == OK ? row.place : s->from;
    return e == ERR_NOT_FOUND ? OK : e;
}

/* Moves a crowd apart, from `from` on, over the room that it and the one behind it have. ERR_LIMIT: there is too little. */
static enum err spread(const struct scope *s, struct arena *arena, int64_t from)
{
    struct sql_find_entries_some_row *rows;
    size_t n;
    enum err e = sql_find_entries_some(s->db, arena, from, s->until, CROWD + 1, &rows, &n);
    if (e != OK) return e;
    size_t count = n > CROWD ? CROWD : n;
    int64_t until = n > CROWD ? rows[CROWD].place : s->until, step = (until - from) / (int64_t)(count + 1);
    if (step > GAP) step = GAP;
    if (step < 4) return ERR_LIMIT;
    for (size_t i = 0; e == OK && i < count; i++) e = drop(s, rows[i].place);
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct sql_find_entries_some_row *r = &rows[i];
        e = put(s, &(struct entry){from + step * (int64_t)(i + 1), r->subject_id, r->sort, {r->name, r->whole, r->rest, r->tail}});
    }
    return e;
}

/* A free place for an entry between its neighbours. ERR_LIMIT: not without moving more than a crowd. */
static enum err choose_place(const struct scope *s, struct arena *arena, struct entry *entry)
{
    for (int tries = 0; tries < 2; tries++) {
        int64_t next, before;
        enum err e = find_next(s, arena, entry, &next);
        if (e == OK) e = place_of_last(s, next == DB_NULL ? s->until : next, &before);
        if (e != OK) return e;
        int64_t room = (next == DB_NULL ? s->until : next) - before;
        entry->place = before + (next == DB_NULL && room > 2 * GAP ? GAP : room / 2);
        if (room >= 2) return OK;
        e = spread(s, arena, before);
        if (e != OK) return e;
    }
    return ERR_LIMIT;
}

/* --- one ---------------------------------------------------------------------------------------------------------------------------------------- */

static enum err touch_in(const struct scope *s, struct arena *arena, int64_t subject_id)
{
    struct sql_find_delegates_row *facts;
    struct sql_find_entry_of_row have;
    struct entry wanted;
    size_t n = 0;
    enum err e = read_facts(s, arena, subject_id, subject_id, &facts, &n);
    if (e == OK && n) e = make_entry(arena, &facts[0], &wanted);
    if (e != OK) return e;
    e = sql_find_entry_of(s->db, arena, s->number, subject_id, &have);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    if (e == OK) {
        const struct entry now = {have.place, have.subject_id, have.sort, {have.name, have.whole, have.rest, have.tail}};
        if (n && same(&now, &wanted)) return OK;
        e = drop(s, now.place);
        if (e != OK || !n) return e;
        if (strcmp(now.sort, wanted.sort) == 0) { /* the same place in the list */
            wanted.place = now.place;
            return put(s, &wanted);
        }
    }
    if (!n) return OK;
    e = choose_place(s, arena, &wanted);
    if (e == ERR_LIMIT) return find_index_sync(s->db, s->event_id);
    return e == OK ? put(s, &wanted) : e;
}

static enum err touch(struct db *db, struct arena *arena, int64_t event_id, int64_t subject_id)
{
    struct scope s;
    enum err e = scope_open(db, event_id, &s);
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

static enum err forget(struct db *db)
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
    return e == ERR_IO && db_in_transaction(db) ? forget(db) : e;
}

enum err find_index_touch_person(struct db *db, struct arena *arena, int64_t person_id)
{
    if (!db_has_words(db)) return OK;
    enum err e = touch_person(db, arena, person_id);
    return e == ERR_IO && db_in_transaction(db) ? forget(db) : e;
}

/* --- all ---------------------------------------------------------------------------------------------------------------------------------------- */

struct lists {
    struct entry *wanted, *have; /* by subject */
    size_t wanted_count, have_count;
};

static enum err read_lists(const struct scope *s, struct arena *arena, struct lists *ret)
{
    struct sql_find_delegates_row *facts;
    struct sql_find_entries_row *rows;
    struct lists l = {NULL, NULL, 0, 0};
    enum err e = read_facts(s, arena, INT64_MIN + 1, INT64_MAX, &facts, &l.wanted_count);
    if (e == OK) e = sql_find_entries(s->db, arena, s->from, s->until, &rows, &l.have_count);
    if (e != OK) return e;
    l.wanted = arena_array(arena, l.wanted_count + 1, sizeof *l.wanted);
    l.have = arena_array(arena, l.have_count + 1, sizeof *l.have);
    if (!l.wanted || !l.have) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < l.wanted_count; i++) e = make_entry(arena, &facts[i], &l.wanted[i]);
    for (size_t i = 0; i < l.have_count; i++) l.have[i] = stored(&rows[i]);
    qsort(l.wanted, l.wanted_count, sizeof *l.wanted, by_subject);
    qsort(l.have, l.have_count, sizeof *l.have, by_subject);
    if (e == OK) *ret = l;
    return e;
}

/* Gives each wanted entry that is there as it should be its place. Returns how many are missing, too many, or different (these count twice). */
static size_t match(struct lists *l)
{
    size_t at = 0, same_count = 0;
    for (size_t i = 0; i < l->wanted_count; i++) {
        while (at < l->have_count && l->have[at].subject_id < l->wanted[i].subject_id) at++;
        if (at == l->have_count || l->have[at].subject_id != l->wanted[i].subject_id || !same(&l->have[at], &l->wanted[i])) continue;
        l->wanted[i].place = l->have[at].place;
        same_count++;
    }
    return l->wanted_count + l->have_count - 2 * same_count;
}

static enum err write_all(const struct scope *s, struct lists *l)
{
    enum err e = OK;
    qsort(l->wanted, l->wanted_count, sizeof *l->wanted, by_sort); /* the index is built fastest in the order of places */
    for (size_t i = 0; e == OK && i < l->have_count; i++) e = drop(s, l->have[i].place);
    int64_t step = (s->until - s->from) / (int64_t)(l->wanted_count + 1);
    if (step > GAP) step = GAP;
    for (size_t i = 0; e == OK && i < l->wanted_count; i++) {
        l->wanted[i].place = s->from + step * (int64_t)(i + 1);
        e = put(s, &l->wanted[i]);
    }
    return e;
}

/* ERR_LIMIT: somewhere there is no room. */
static enum err write_some(const struct scope *s, struct arena *arena, struct lists *l)
{
    enum err e = OK;
    size_t at = 0;
    for (size_t i = 0; e == OK && i < l->have_count; i++) {
        while (at < l->wanted_count && l->wanted[at].subject_id < l->have[i].subject_id) at++;
        bool stays = at < l->wanted_count && l->wanted[at].subject_id == l->have[i].subject_id && l->wanted[at].place;
        if (!stays) e = drop(s, l->have[i].place);
    }
    for (size_t i = 0; e == OK && i < l->wanted_count; i++) {
        struct entry *entry = &l->wanted[i];
        if (entry->place) continue;
        e = choose_place(s, arena, entry);
        if (e == OK) e = put(s, entry);
    }
    return e;
}

static enum err sync_in(const struct scope *s, struct arena *arena)
{
    struct lists l;
    enum err e = read_lists(s, arena, &l);
    if (e != OK) return e;
    size_t differ = match(&l);
    if (!differ) return OK;
    if (differ > (l.wanted_count + l.have_count) / ALL_ANEW) return write_all(s, &l);
    e = write_some(s, arena, &l);
    if (e != ERR_LIMIT) return e;
    arena_clear(arena);
    e = read_lists(s, arena, &l);
    return e == OK ? write_all(s, &l) : e;
}

enum err find_index_sync(struct db *db, int64_t event_id)
{
    struct arena arena = {0};
    struct scope s;
    if (!db_has_words(db)) return OK;
    enum err e = scope_open(db, event_id, &s);
    if (e == ERR_NOT_FOUND) {
        e = sql_find_scope_add(db, event_id, NULL);
        if (e == OK) e = scope_open(db, event_id, &s);
    }
    if (e == OK) e = sync_in(&s, &arena);
    arena_release(&arena);
    return e;
}

enum err find_index_sync_all(struct db *db)
{
    struct arena arena = {0};
    struct sql_find_scope_list_row *scopes;
    struct sql_find_scopes_missing_row *missing;
    size_t n, more;
    enum err e = sql_find_scope_list(db, &arena, &scopes, &n);
    if (e == OK) e = sql_find_scopes_missing(db, &arena, &missing, &more);
    for (size_t i = 0; e == OK && i < n; i++) e = find_index_sync(db, scopes[i].event_id);
    for (size_t i = 0; e == OK && i < more; i++) e = find_index_sync(db, missing[i].event_id);
    arena_release(&arena);
    return e;
}

enum err find_index_rebuild(struct db *db)
{
    if (!db_has_words(db)) return OK;
    enum err e = forget(db);
    return e == OK ? find_index_sync_all(db) : e;
}

static enum err complete(struct db *db, void *arg, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_find_scopes_missing_row *missing;
    size_t n = 0;
    (void)arg;
    enum err e = sql_find_scopes_missing(db, &arena, &missing, &n);
    for (size_t i = 0; e == OK && i < n; i++) e = find_index_sync(db, missing[i].event_id);
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "make the index of names");
}

enum err find_index_complete(struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_find_scopes_missing_row *missing;
    size_t n = 0;
    if (!db_has_words(db)) return OK;
    enum err e = sql_find_scopes_missing(db, &arena, &missing, &n);
    arena_release(&arena);
    if (e != OK) return db_fault(db, e, fault, "look for the index of names");
    return n ? db_transaction(db, complete, NULL, fault) : OK;
}

/* --- for the doctor ------------------------------------------------------------------------------------------------------------------------------ */

struct probe {
    int64_t place;
    bool found;
};

static enum err take_probe(void *context, const struct db_record *record)
{
    struct probe *probe = context;
    probe->found = probe->found || record->place == probe->place;
    return OK;
}

/* Whether the entry's rarest word finds it: the code, which stands last, else a part of the name. The engine indexes a row with all its words or not at all; looking
 * for each of them would take a minute for 70 000 people. */
static enum err probe_entry(const struct scope *s, struct arena *arena, const struct entry *e, bool *ret_found)
{
    bool by_code = *e->words.whole != '\0';
    char *words = arena_strdup(arena, by_code ? e->words.whole : e->words.name);
    struct probe probe = {e->place, false};
    if (!words) return ERR_NOMEM;
    const char *space = strrchr(words, ' ');
    const struct db_term term = {.word = space ? space + 1 : words, .columns = by_code ? DB_RECORD_WHOLE : DB_RECORD_NAME};
    const struct db_record_range here = {e->place, e->place + 1, 1};
    *ret_found = !*words; /* somebody whose name has no letter at all */
    if (*ret_found) return OK;
    enum err result = db_records_find(s->db, &term, 1, &here, take_probe, &probe);
    *ret_found = probe.found;
    return result;
}

static enum err check_scope(const struct scope *s, const char *what, int64_t *entries, struct fault *fault)
{
    struct arena arena = {0}, scratch = {0};
    struct lists l;
    enum err e = read_lists(s, &arena, &l);
    size_t differ = e == OK ? match(&l) : 0;
    if (differ) e = fault_set(fault, ERR_CONFLICT, "%s: %zu entries are not what the people are called: plenum doctor --mend-search", what, differ);
    for (size_t i = 0; e == OK && i < l.have_count; i++) {
        const struct entry *one = &l.have[i];
        bool found = true;
        e = probe_entry(s, &scratch, one, &found);
        if (e == OK && !found) e = fault_set(fault, ERR_CONFLICT, "%s: \"%s\" is not found by its code: plenum doctor --mend-search", what, one->words.name);
        arena_clear(&scratch);
    }
    *entries += (int64_t)l.have_count;
    arena_release(&scratch);
    arena_release(&arena);
    return e;
}

static enum err check_all(struct db *db, struct arena *arena, int64_t *entries, struct fault *fault)
{
    struct sql_find_scope_list_row *scopes;
    struct sql_find_scopes_missing_row *missing;
    struct sql_find_entry_total_row total;
    size_t n, more = 0;
    int64_t known = 0;
    enum err e = sql_find_scope_list(db, arena, &scopes, &n);
    if (e == OK) e = sql_find_scopes_missing(db, arena, &missing, &more);
    if (e == OK && more) return fault_set(fault, ERR_CONFLICT, "%zu events are not in it: plenum doctor --mend-search", more);
    for (size_t i = 0; e == OK && i < n; i++) {
        struct scope s;
        e = scope_open(db, scopes[i].event_id, &s);
        if (e == OK) e = check_scope(&s, scopes[i].event_id ? scopes[i].slug : "register", entries, fault);
    }
    if (e == OK) e = sql_find_entry_total(db, arena, &total);
    if (e == OK) e = db_records_count(db, &known);
    if (e == OK && known != total.total)
        e = fault_set(fault, ERR_CONFLICT, "it knows %" PRId64 " entries, there are %" PRId64 ": plenum doctor --mend-search", known, total.total);
    return e;
}

enum err find_index_check(struct db *db, int64_t *ret_entries, struct fault *fault)
{
    struct arena arena = {0};
    *ret_entries = 0;
    if (!db_has_words(db)) return OK;
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = check_all(db, &arena, ret_entries, fault);
    if (e != OK && e != ERR_CONFLICT) db_fault(db, e, fault, "look through the index of names");
    db_snapshot_end(db);
    arena_release(&arena);
    return e;
}
