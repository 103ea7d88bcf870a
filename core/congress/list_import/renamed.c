/* Units that have another name now: whoever belongs to them is found by it, and gates and pages show it. Everybody of a large unit at once would hold the writer for
 * seconds, so it is done in slices. Which units they are the journal says, so that nothing is lost by a kill, and doing it twice does no harm. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/congress/list_import/apply.h"

#include <stdlib.h>

struct one {
    int64_t id, event_id; /* of a delegate; event_id 0: somebody of the register */
};

struct renamed {
    struct arena arena; /* those of the unit */
    struct arena scratch;
    int64_t number, place, found; /* the last unit's; the one that was looked for */
    struct one *list;
    int64_t slice_us;
    size_t count, done, next; /* next: `done` after COMMIT */
    bool ended;
};

static enum err list_members(struct db *db, struct renamed *r, int64_t unit_id)
{
    struct sql_list_import_unit_people_row *people = NULL;
    struct sql_list_import_unit_delegates_row *delegates = NULL;
    size_t people_count = 0, delegate_count = 0;
    enum err e = sql_list_import_unit_people(db, &r->scratch, unit_id, &people, &people_count);
    if (e == OK) e = sql_list_import_unit_delegates(db, &r->scratch, unit_id, &delegates, &delegate_count);
    r->list = e == OK ? arena_array(&r->arena, people_count + delegate_count + 1, sizeof *r->list) : NULL;
    if (!r->list) return e == OK ? ERR_NOMEM : e;
    for (size_t i = 0; i < people_count; i++) r->list[r->count++] = (struct one){people[i].id, 0};
    for (size_t i = 0; i < delegate_count; i++) r->list[r->count++] = (struct one){delegates[i].id, delegates[i].event_id};
    return OK;
}

/* The next unit; a slice of its own. */
static enum err find_unit(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct renamed *r = arg;
    struct sql_list_import_renamed_row row;
    (void)tools;
    arena_clear(&r->arena);
    arena_clear(&r->scratch);
    r->list = NULL;
    r->count = r->done = r->next = 0;
    enum err e = sql_list_import_renamed(db, &r->scratch, r->number, r->place, "%\"name\":[%", &row);
    r->ended = e == ERR_NOT_FOUND;
    if (r->ended) return OK;
    if (e == OK) e = list_members(db, r, row.subject_id);
    if (e == OK) r->found = row.place;
    return e == OK ? OK : db_fault(db, e, fault, "look for those of a unit");
}

static enum err touch_some(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct renamed *r = arg;
    int64_t until = clock_steady_us() + r->slice_us / 2;
    enum err e = OK;
    (void)tools;
    arena_clear(&r->scratch);
    for (r->next = r->done; e == OK && r->next < r->count && (r->next == r->done || clock_steady_us() < until); r->next++) {
        const struct one *one = &r->list[r->next];
        e = find_index_touch_entry(db, &r->scratch, one->event_id, one->id);
        if (e == OK && one->event_id) e = sql_list_import_delegate_touch(db, one->id, NULL);
    }
    return e == OK ? OK : db_fault(db, e, fault, "index the names of units");
}

enum err import_tell_renamed(const struct list_import_door *door, int64_t number, struct fault *fault)
{
    struct renamed *r = calloc(1, sizeof *r);
    if (!r) return fault_set(fault, ERR_NOMEM, "not enough memory");
    r->number = number;
    r->slice_us = slice_length(door);
    enum err e = door->run(door->context, find_unit, r, fault);
    while (e == OK && !r->ended) {
        r->place = r->found;
        if (r->done < r->count) e = door->run(door->context, touch_some, r, fault);
        if (e != OK) break;
        r->done = r->next;
        if (r->done >= r->count) e = door->run(door->context, find_unit, r, fault);
    }
    arena_release(&r->arena);
    arena_release(&r->scratch);
    free(r);
    return e;
}
