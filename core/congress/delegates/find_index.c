#include "core/congress/delegates/find_index_private.h"
#include "core/db/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ALL_ANEW 4                   /* when more than one in so many entries has to change, all get new places */

static int by_subject(const void *a, const void *b)
{
    const struct find_entry *x = a, *y = b;
    return (x->subject_id > y->subject_id) - (x->subject_id < y->subject_id);
}

static struct find_entry stored(const struct sql_find_entries_row *r)
{
    return (struct find_entry){r->place, r->subject_id, r->sort, {r->name, r->whole, r->rest, r->tail}};
}

/* --- all ---------------------------------------------------------------------------------------------------------------------------------------- */

struct lists {
    struct find_entry *wanted, *have; /* by subject */
    size_t wanted_count, have_count;
};

static enum err read_lists(const struct find_scope *s, struct arena *arena, struct lists *ret)
{
    struct sql_find_delegates_row *facts;
    struct sql_find_entries_row *rows;
    struct lists l = {NULL, NULL, 0, 0};
    enum err e = find_facts_read(s, arena, INT64_MIN + 1, INT64_MAX, &facts, &l.wanted_count);
    if (e == OK) e = sql_find_entries(s->db, arena, s->from, s->until, &rows, &l.have_count);
    if (e != OK) return e;
    l.wanted = arena_array(arena, l.wanted_count + 1, sizeof *l.wanted);
    l.have = arena_array(arena, l.have_count + 1, sizeof *l.have);
    if (!l.wanted || !l.have) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < l.wanted_count; i++) e = find_entry_make(arena, &facts[i], &l.wanted[i]);
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
        if (at == l->have_count || l->have[at].subject_id != l->wanted[i].subject_id || !find_entry_same(&l->have[at], &l->wanted[i])) continue;
        l->wanted[i].place = l->have[at].place;
        same_count++;
    }
    return l->wanted_count + l->have_count - 2 * same_count;
}

static enum err write_all(const struct find_scope *s, struct lists *l)
{
    enum err e = OK;
    qsort(l->wanted, l->wanted_count, sizeof *l->wanted, find_entry_by_sort); /* the index is built fastest in the order of places */
    for (size_t i = 0; e == OK && i < l->have_count; i++) e = find_entry_drop(s, l->have[i].place);
    int64_t step = (s->until - s->from) / (int64_t)(l->wanted_count + 1);
    if (step > FIND_GAP) step = FIND_GAP;
    for (size_t i = 0; e == OK && i < l->wanted_count; i++) {
        l->wanted[i].place = s->from + step * (int64_t)(i + 1);
        e = find_entry_put(s, &l->wanted[i]);
    }
    return e;
}

/* ERR_LIMIT: somewhere there is no room. */
static enum err write_some(const struct find_scope *s, struct arena *arena, struct lists *l)
{
    enum err e = OK;
    size_t at = 0;
    for (size_t i = 0; e == OK && i < l->have_count; i++) {
        while (at < l->wanted_count && l->wanted[at].subject_id < l->have[i].subject_id) at++;
        bool stays = at < l->wanted_count && l->wanted[at].subject_id == l->have[i].subject_id && l->wanted[at].place;
        if (!stays) e = find_entry_drop(s, l->have[i].place);
    }
    for (size_t i = 0; e == OK && i < l->wanted_count; i++) {
        struct find_entry *entry = &l->wanted[i];
        if (entry->place) continue;
        e = find_entry_place(s, arena, entry);
        if (e == OK) e = find_entry_put(s, entry);
    }
    return e;
}

static enum err sync_in(const struct find_scope *s, struct arena *arena)
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
    struct find_scope s;
    if (!db_has_words(db)) return OK;
    enum err e = find_scope_open(db, event_id, &s);
    if (e == ERR_NOT_FOUND) {
        e = sql_find_scope_add(db, event_id, NULL);
        if (e == OK) e = find_scope_open(db, event_id, &s);
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
    enum err e = find_index_forget(db);
    return e == OK ? find_index_sync_all(db) : e;
}

static enum err complete(struct db *db, void *arg, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_find_scopes_missing_row *missing;
    struct sql_find_nobodies_row *nobodies;
    size_t n = 0, count = 0;
    (void)arg;
    enum err e = sql_find_scopes_missing(db, &arena, &missing, &n);
    for (size_t i = 0; e == OK && i < n; i++) e = find_index_sync(db, missing[i].event_id);
    if (e == OK) e = sql_find_nobodies(db, &arena, &nobodies, &count);
    for (size_t i = 0; e == OK && i < count; i++) e = find_index_touch_entry(db, &arena, nobodies[i].event_id, nobodies[i].id);
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "make the index of names");
}

enum err find_index_complete(struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_find_scopes_missing_row *missing;
    struct sql_find_nobodies_row *nobodies;
    size_t n = 0, count = 0;
    if (!db_has_words(db)) return OK;
    enum err e = sql_find_scopes_missing(db, &arena, &missing, &n);
    if (e == OK) e = sql_find_nobodies(db, &arena, &nobodies, &count);
    arena_release(&arena);
    if (e != OK) return db_fault(db, e, fault, "look for the index of names");
    return n || count ? db_transaction(db, complete, NULL, fault) : OK;
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
static enum err probe_entry(const struct find_scope *s, struct arena *arena, const struct find_entry *e, bool *ret_found)
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

static enum err check_scope(const struct find_scope *s, const char *what, int64_t *entries, struct fault *fault)
{
    struct arena arena = {0}, scratch = {0};
    struct lists l;
    enum err e = read_lists(s, &arena, &l);
    size_t differ = e == OK ? match(&l) : 0;
    if (differ) e = fault_set(fault, ERR_CONFLICT, "%s: %zu entries are not what the people are called: plenum doctor --mend-search", what, differ);
    for (size_t i = 0; e == OK && i < l.have_count; i++) {
        const struct find_entry *one = &l.have[i];
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
        struct find_scope s;
        e = find_scope_open(db, scopes[i].event_id, &s);
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
