/* What is left of each quota while people are taken. Private to core/congress/draw. */
#ifndef PLENUM_CONGRESS_DRAW_SEATS_H
#define PLENUM_CONGRESS_DRAW_SEATS_H

#include "core/congress/draw/draw.h"

struct draw_seats {
    struct register_tree tree;
    struct draw_quota quota;
    struct draw_seats_unit {
        int64_t unit_id;
        size_t line; /* of the nearest quota at the unit or above it; SIZE_MAX: none */
    } *units;        /* by id */
    struct draw_quota_line *lines;
    int64_t *left;   /* by line; may go below 0 */
    size_t count;
};
enum err draw_seats_read(struct db *db, struct arena *arena, const struct programme *programme, struct draw_seats *ret);
/* The quota of people of this unit (DB_NULL: of none); SIZE_MAX: there is none. */
size_t draw_seats_line(const struct draw_seats *seats, int64_t unit_id);
/* One place of the unit, and of the quotas above it; false when any of these has none left. Nothing is taken then. */
bool draw_seats_take(struct draw_seats *seats, int64_t unit_id);

#endif
