#include "core/congress/register/units.h"

#include "catalogue.h"

#include <stdlib.h>

struct raw {
    const struct sql_register_units_row *row;
    size_t parent, first, last, next; /* among the rows: first and last unit beneath it, the next of the same parent */
};

static int by_id(const void *a, const void *b)
{
    const struct sql_register_units_row *const *x = a, *const *y = b;
    return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static size_t row_of(const struct sql_register_units_row *const *sorted, size_t count, const struct sql_register_units_row *rows, int64_t id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sorted[middle]->id < id) low = middle + 1;
        else high = middle;
    }
    return low < count && sorted[low]->id == id ? (size_t)(sorted[low] - rows) : UNITS_NONE;
}

static void hang(struct raw *raw, size_t *first, size_t *last, size_t i)
{
    raw[i].next = UNITS_NONE;
    if (*first == UNITS_NONE) *first = i;
    else raw[*last].next = i;
    *last = i;
}

/* Depth first; a unit that is beneath itself is reached by no way and is left out. */
static void walk(const struct raw *raw, size_t first, struct units *units)
{
    size_t stack[UNITS_DEEPEST + 1], index[UNITS_DEEPEST + 1];
    int depth = 0;
    stack[0] = first;
    while (depth >= 0) {
        size_t i = stack[depth];
        if (i == UNITS_NONE) {
            depth--;
            if (depth >= 0) units->items[index[depth]].after = units->count;
            continue;
        }
        const struct sql_register_units_row *r = raw[i].row;
        index[depth] = units->count;
        stack[depth] = raw[i].next;
        units->items[units->count++] = (struct units_one){r->id, r->code, r->name, r->level, r->sector, r->members, r->closed_day, depth ? index[depth - 1] : UNITS_NONE,
                                                          index[depth] + 1, depth};
        if (depth < UNITS_DEEPEST) stack[++depth] = raw[i].first;
    }
}

static const struct units_one *sorting_of(const void *a, const void *items)
{
    return (const struct units_one *)items + *(const size_t *)a;
}

static int index_by_id(const void *a, const void *b, void *items)
{
    int64_t x = sorting_of(a, items)->id, y = sorting_of(b, items)->id;
    return (x > y) - (x < y);
}

enum err units_load(struct db *db, struct arena *arena, struct units *ret)
{
    struct sql_register_units_row *rows = NULL;
    size_t count = 0, first = UNITS_NONE, last = UNITS_NONE;
    enum err e = sql_register_units(db, arena, &rows, &count);
    if (e != OK) return e;
    const struct sql_register_units_row **sorted = arena_array(arena, count + 1, sizeof *sorted);
    struct raw *raw = arena_array(arena, count + 1, sizeof *raw);
    struct units units = {arena_array(arena, count + 1, sizeof *units.items), 0, arena_array(arena, count + 1, sizeof *units.by_id)};
    if (!sorted || !raw || !units.items || !units.by_id) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &rows[i];
        raw[i] = (struct raw){&rows[i], UNITS_NONE, UNITS_NONE, UNITS_NONE, UNITS_NONE};
    }
    qsort(sorted, count, sizeof *sorted, by_id);
    for (size_t i = 0; i < count; i++) {
        size_t parent = rows[i].parent_id == DB_NULL ? UNITS_NONE : row_of(sorted, count, rows, rows[i].parent_id);
        if (parent == UNITS_NONE) hang(raw, &first, &last, i);
        else hang(raw, &raw[parent].first, &raw[parent].last, i);
    }
    walk(raw, first, &units);
    for (size_t i = 0; i < units.count; i++) units.by_id[i] = i;
    qsort_r(units.by_id, units.count, sizeof *units.by_id, index_by_id, units.items);
    *ret = units;
    return OK;
}

size_t units_find(const struct units *units, int64_t id)
{
    size_t low = 0, high = units->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (units->items[units->by_id[middle]].id < id) low = middle + 1;
        else high = middle;
    }
    return low < units->count && units->items[units->by_id[low]].id == id ? units->by_id[low] : UNITS_NONE;
}
