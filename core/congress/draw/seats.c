#include "core/congress/draw/seats.h"

#include <stdlib.h>

static int by_id(const void *left, const void *right)
{
    int64_t a = ((const struct draw_seats_unit *)left)->unit_id, b = ((const struct draw_seats_unit *)right)->unit_id;
    return (a > b) - (a < b);
}

enum err draw_seats_read(struct db *db, struct arena *arena, const struct programme *programme, struct draw_seats *ret)
{
    struct register_fields fields;
    struct draw_seats s = {0};
    enum err e = register_fields_read(db, arena, &fields);
    if (e == OK) e = draw_quota_read(db, arena, programme->event_id, &s.quota);
    if (e == OK) e = register_tree_read(db, arena, &fields, &s.tree);
    if (e == OK) e = draw_quota_fill(db, arena, programme, &s.quota, &s.tree, &s.lines, &s.count);
    if (e != OK) return e;
    s.units = arena_array(arena, s.tree.count + 1, sizeof *s.units);
    s.left = arena_array(arena, s.count + 1, sizeof *s.left);
    if (!s.units || !s.left) return ERR_NOMEM;
    for (size_t i = 0; i < s.tree.count; i++) { /* parents before their units */
        size_t above = s.tree.units[i].above;
        s.units[i] = (struct draw_seats_unit){s.tree.units[i].unit_id, above == SIZE_MAX ? SIZE_MAX : s.units[above].line};
        for (size_t k = 0; k < s.count; k++)
            if (s.lines[k].unit == i) s.units[i].line = k;
    }
    for (size_t k = 0; k < s.count; k++) s.left[k] = s.lines[k].seats - s.lines[k].filled;
    if (s.tree.count) qsort(s.units, s.tree.count, sizeof *s.units, by_id);
    *ret = s;
    return OK;
}

size_t draw_seats_line(const struct draw_seats *seats, int64_t unit_id)
{
    const struct draw_seats_unit key = {unit_id, 0};
    const struct draw_seats_unit *unit = unit_id == DB_NULL || !seats->tree.count ? NULL
                                             : bsearch(&key, seats->units, seats->tree.count, sizeof key, by_id);
    return unit ? unit->line : SIZE_MAX;
}

/* Lines stand in the order of the tree: what is above a line's unit stands before it. */
static bool is_above(const struct draw_seats *seats, size_t line, size_t other)
{
    size_t top = seats->lines[other].unit, at = seats->lines[line].unit;
    return at >= top && at < seats->tree.units[top].after;
}

bool draw_seats_take(struct draw_seats *seats, int64_t unit_id)
{
    size_t line = draw_seats_line(seats, unit_id);
    if (line == SIZE_MAX) return false;
    for (size_t k = 0; k <= line; k++)
        if (is_above(seats, line, k) && seats->left[k] <= 0) return false;
    for (size_t k = 0; k <= line; k++)
        if (is_above(seats, line, k)) seats->left[k]--;
    return true;
}
