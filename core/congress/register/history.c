/* Members of a day, the history of one person, what changed; and whether the history is sound. */
#include "core/congress/person_facts.h"
#include "core/congress/register/history.h"

#include "catalogue.h"

#include <string.h>

enum err register_members_read(struct db *db, struct arena *arena, int64_t unit_id, const char *day, int64_t known_ms, const struct register_page *page,
                               struct register_member **ret, size_t *ret_count)
{
    const struct sql_history_members_in in = {unit_id, day, known_ms, page->after_sort ? page->after_sort : "", page->after_sort ? page->after_id : INT64_MIN + 1,
                                              page->most};
    struct sql_history_members_row *rows;
    size_t count;
    if (!person_date_is_good(day)) return ERR_INPUT;
    enum err e = sql_history_members(db, arena, &in, &rows, &count);
    if (e != OK) return e;
    struct register_member *list = arena_array(arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct register_member){rows[i].person_id, rows[i].code, rows[i].name, rows[i].unit_id, rows[i].from_day, REGISTER_LISTED, rows[i].sort,
                                           rows[i].period_id};
        (void)register_began_from_name(rows[i].began, &list[i].began);
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err register_periods_read(struct db *db, struct arena *arena, int64_t person_id, bool with_void, struct register_period **ret, size_t *ret_count)
{
    struct sql_history_of_person_row *rows;
    size_t count, kept = 0;
    enum err e = sql_history_of_person(db, arena, person_id, &rows, &count);
    if (e != OK) return e;
    struct register_period *list = arena_array(arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct sql_history_of_person_row *r = &rows[i];
        if (!with_void && r->void_ms != INT64_MAX) continue;
        struct register_period p = {r->id, r->unit_id, r->unit_code, r->unit_name, r->from_day, r->until_day, REGISTER_LISTED, !r->ended, REGISTER_REMOVED,
                                    r->from_code, r->to_code, r->known_ms, r->ended_ms, r->actor, r->source, r->ended_actor, r->ended_source, r->void_ms,
                                    r->void_actor, r->void_source};
        (void)register_began_from_name(r->began, &p.began);
        (void)register_ended_from_name(r->ended, &p.ended);
        list[kept++] = p;
    }
    *ret = list;
    *ret_count = kept;
    return OK;
}

/* --- what changed --- */

static struct register_change change_of(const struct sql_history_changes_all_row *r)
{
    bool hidden = r->sensitive != 0;
    return (struct register_change){r->id, r->person_id, r->unit_id, r->person_code, r->person_name, r->unit_code, r->at_ms, r->day, r->field,
                                    hidden ? NULL : r->old, hidden ? NULL : r->value, hidden, r->actor, r->source};
}

_Static_assert(sizeof(struct sql_history_changes_of_person_row) == sizeof(struct sql_history_changes_of_unit_row), "give_changes");

static enum err give_changes(struct arena *arena, const struct sql_history_changes_of_person_row *rows, size_t count, struct register_change **ret, size_t *ret_count)
{
    struct register_change *list = arena_array(arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct sql_history_changes_of_person_row *r = &rows[i];
        const struct sql_history_changes_all_row whole = {r->id, DB_NULL, DB_NULL, NULL, NULL, NULL, r->at_ms, r->day, r->field, r->old, r->value, r->sensitive,
                                                          r->actor, r->source};
        list[i] = change_of(&whole);
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err register_changes_of_person(struct db *db, struct arena *arena, int64_t person_id, int64_t before, int64_t most, struct register_change **ret, size_t *ret_count)
{
    struct sql_history_changes_of_person_row *rows;
    size_t count;
    enum err e = sql_history_changes_of_person(db, arena, person_id, before, most, &rows, &count);
    return e == OK ? give_changes(arena, rows, count, ret, ret_count) : e;
}

enum err register_changes_of_unit(struct db *db, struct arena *arena, int64_t unit_id, int64_t before, int64_t most, struct register_change **ret, size_t *ret_count)
{
    struct sql_history_changes_of_unit_row *rows;
    size_t count;
    enum err e = sql_history_changes_of_unit(db, arena, unit_id, before, most, &rows, &count);
    if (e != OK) return e;
    struct sql_history_changes_of_person_row *same = arena_array(arena, count + 1, sizeof *same);
    if (!same) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct sql_history_changes_of_unit_row *r = &rows[i];
        same[i] = (struct sql_history_changes_of_person_row){r->id, r->at_ms, r->day, r->field, r->old, r->value, r->sensitive, r->actor, r->source};
    }
    return give_changes(arena, same, count, ret, ret_count);
}

enum err register_changes_read(struct db *db, struct arena *arena, int64_t since_ms, int64_t until_ms, int64_t before, int64_t most, struct register_change **ret,
                               size_t *ret_count)
{
    const struct sql_history_changes_all_in in = {before, since_ms, until_ms, most};
    struct sql_history_changes_all_row *rows;
    size_t count;
    enum err e = sql_history_changes_all(db, arena, &in, &rows, &count);
    if (e != OK) return e;
    struct register_change *list = arena_array(arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) list[i] = change_of(&rows[i]);
    *ret = list;
    *ret_count = count;
    return OK;
}

/* --- for the doctor --- */

static enum err check_open(struct db *db, struct arena *arena, struct fault *fault)
{
    struct sql_register_check_open_row row;
    enum err e = sql_register_check_open(db, arena, &row);
    if (e != OK || !row.total) return e;
    return fault_set(fault, ERR_CONFLICT, "%lld people are in another unit than their membership says, the first is %s", (long long)row.total, row.code);
}

static enum err check_overlap(struct db *db, struct arena *arena, struct fault *fault)
{
    struct sql_register_check_overlap_row row;
    enum err e = sql_register_check_overlap(db, arena, &row);
    if (e != OK || !row.total) return e;
    return fault_set(fault, ERR_CONFLICT, "%lld memberships begin before the one before them ended, the first is of %s", (long long)row.total, row.code ? row.code : "-");
}

static enum err check_days(struct db *db, struct arena *arena, struct fault *fault)
{
    struct sql_register_check_days_row row;
    enum err e = sql_register_check_days(db, arena, &row);
    if (e != OK || !row.total) return e;
    return fault_set(fault, ERR_CONFLICT, "%lld memberships end before they begin, or say that they ended and go on", (long long)row.total);
}

static enum err check_known(struct db *db, struct arena *arena, struct fault *fault)
{
    struct sql_register_check_known_row row;
    enum err e = sql_register_check_known(db, arena, &row);
    if (e != OK || !row.total) return e;
    return fault_set(fault, ERR_CONFLICT, "of %lld people it is not marked rightly what is known, the first is %s", (long long)row.total, row.code);
}

enum err register_check(struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = check_open(db, &arena, fault);
    if (e == OK) e = check_overlap(db, &arena, fault);
    if (e == OK) e = check_days(db, &arena, fault);
    if (e == OK) e = check_known(db, &arena, fault);
    if (e != OK && e != ERR_CONFLICT) (void)db_fault(db, e, fault, "look through the register");
    db_snapshot_end(db);
    arena_release(&arena);
    return e;
}
