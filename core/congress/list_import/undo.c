/* Taking an import back: from the last thing that it wrote to the first, in slices. The same steps take back what did not reach its end: each can be done twice. */
#include "core/base/clock.h"
#include "core/congress/list_import/undo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_ROWS 1000

/* --- slices ------------------------------------------------------------------------------------------------------------------------------------------------------ */

static enum err begin_slice(struct undoing *u, struct db *db, struct write_tools *tools, struct fault *fault)
{
    u->after = u->slice;
    u->after.fault = fault;
    return slice_begin(&u->after, db, tools);
}

static enum err end_slice(struct db *db, enum err e, struct fault *fault)
{
    if (e == OK || (fault && fault->code)) return e;
    return db_fault(db, e, fault, "take the list back");
}

static enum err run_slice(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct undoing *u = arg;
    struct sql_list_import_rows_down_row *rows = NULL;
    int64_t until = clock_steady_us() + u->slice.slice_us;
    size_t count = 0, i = 0;
    enum err e = begin_slice(u, db, tools, fault);
    u->next_below = u->below;
    u->next_removed = u->removed;
    if (e == OK) e = sql_list_import_rows_down(db, u->after.arena, u->number, u->below, SLICE_ROWS, &rows, &count);
    for (; e == OK && i < count && (i == 0 || (u->after.parked && i < TOGETHER_MOST) || clock_steady_us() < until); i++) {
        e = undo_item(&u->after, u, &rows[i]);
        u->next_below = rows[i].place;
    }
    u->next_done = i == count && count < SLICE_ROWS;
    return end_slice(db, e, fault);
}

static enum err begin_undo(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct undoing *u = arg;
    struct sql_list_import_one_row row;
    (void)tools;
    arena_clear(&u->kept);
    enum err e = sql_list_import_one(db, &u->kept, u->number, &row);
    if (e == ERR_NOT_FOUND) return fault_because(fault, e, "list_import_unknown", NULL, "there is no import %lld", (long long)u->number);
    if (e != OK) return db_fault(db, e, fault, "look for the import");
    bool whole = strcmp(row.state, "done") == 0;
    if (u->actor && !whole)
        return fault_because(fault, ERR_CONFLICT, "list_import_not_done", NULL, "import %lld was taken back already, or is on its way", (long long)u->number);
    u->slug = row.slug;
    u->event_id = row.event_id;
    u->resumed = strcmp(row.state, "taking_back") == 0;
    struct plan plan = {.arena = &u->kept, .db = db};
    e = table_load(&plan, &plan.tables[ENTITY_ORGANIZATION], ENTITY_ORGANIZATION, 0);
    if (e == OK) u->language = plan_first_language(&plan);
    if (e == OK && !u->resumed) e = sql_list_import_take_back(db, u->number, u->actor, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "take the import back");
}

/* Delegates who are gone stand on no list of what changed: gates fetch the whole of it. What a taking back that was cut off had told is not known any more. */
static enum err tell_end(struct db *db, const struct undoing *u)
{
    enum err e = u->resumed ? sql_list_import_bump_all(db, NULL) : tell_all(db, &u->slice.tell);
    bool whole = u->event_id != DB_NULL && (u->removed || u->resumed);
    return e == OK && whole ? sql_merge_event_bump(db, u->event_id, NULL) : e;
}

static enum err end_undo(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct undoing *u = arg;
    struct sql_list_import_left_count_row count;
    char result[96], subject[48];
    int64_t now = clock_now_ms();
    (void)tools;
    enum err e = sql_list_import_left_count(db, NULL, u->number, &count);
    if (e == OK) e = tell_end(db, u);
    (void)snprintf(result, sizeof result, "{\"back\":%lld,\"left\":%lld}", (long long)count.back, (long long)count.total);
    (void)snprintf(subject, sizeof subject, "import:%lld", (long long)u->number);
    if (e == OK) e = sql_list_import_taken_back(db, u->number, now, result, NULL);
    if (e == OK) e = audit_write(db, now, u->actor ? u->actor : "recovery", "import-undo", subject, result);
    u->back = (size_t)count.back;
    u->left = (size_t)count.total;
    return e == OK ? OK : db_fault(db, e, fault, "take the import back");
}

static enum err run_all(struct undoing *u, const struct list_import_door *door, struct fault *fault)
{
    u->slice.slice_us = slice_length(door);
    enum err e = door->run(door->context, begin_undo, u, fault);
    for (u->done = false; e == OK && !u->done; u->done = u->next_done) {
        e = door->run(door->context, run_slice, u, fault);
        if (e != OK) break;
        u->slice = u->after;
        u->below = u->next_below;
        u->removed = u->next_removed;
        if (door->progress) door->progress(door->progress_context, 0, 0);
    }
    if (e == OK && (u->slice.renamed_unit || u->resumed)) e = import_tell_renamed(door, u->number, fault);
    return e == OK ? door->run(door->context, end_undo, u, fault) : e;
}

/* `actor` NULL: what did not reach its end. */
static enum err undo(const struct list_import_door *door, int64_t number, const char *actor, struct list_import_undone *ret, struct fault *fault)
{
    struct undoing *u = calloc(1, sizeof *u);
    if (!u) return fault_set(fault, ERR_NOMEM, "not enough memory");
    u->number = number;
    u->actor = actor;
    u->below = INT64_MAX;
    (void)snprintf(u->source, sizeof u->source, "import-undo:%lld", (long long)number);
    (void)snprintf(u->made_by, sizeof u->made_by, "import:%lld", (long long)number);
    u->slice = (struct slice){.arena = &u->arena, .number = number, .at_ms = clock_now_ms(), .actor = actor ? actor : "recovery", .source = u->source};
    enum err e = run_all(u, door, fault);
    if (e == OK && ret) *ret = (struct list_import_undone){number, u->back, u->left};
    arena_release(&u->arena);
    arena_release(&u->kept);
    free(u);
    return e;
}

enum err list_import_undo(const struct list_import_door *door, int64_t number, const char *actor, struct list_import_undone *ret, struct fault *fault)
{
    return undo(door, number, actor, ret, fault);
}

struct unfinished {
    struct arena arena;
    struct sql_list_import_unfinished_row *rows;
    size_t count;
};

static enum err find_unfinished(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct unfinished *u = arg;
    (void)tools;
    arena_clear(&u->arena);
    enum err e = sql_list_import_unfinished(db, &u->arena, &u->rows, &u->count);
    return e == OK ? OK : db_fault(db, e, fault, "look for unfinished imports");
}

enum err list_import_recover(const struct list_import_door *door, size_t *ret_count, struct fault *fault)
{
    struct unfinished all = {0};
    *ret_count = 0;
    enum err e = door->run(door->context, find_unfinished, &all, fault);
    for (size_t i = all.count; e == OK && i-- > 0;) {
        e = undo(door, all.rows[i].number, NULL, NULL, fault);
        if (e == OK) (*ret_count)++;
    }
    arena_release(&all.arena);
    return e;
}
