/* All units in the order of the tree, in memory. Private to core/congress/register. */
#ifndef PLENUM_CONGRESS_REGISTER_UNITS_H
#define PLENUM_CONGRESS_REGISTER_UNITS_H

#include "core/congress/register/register.h"

#define UNITS_DEEPEST 64 /* a chain that is longer is cut: none is, unless something is broken */
#define UNITS_NONE ((size_t)-1)

struct units_one {
    int64_t id;
    const char *code, *name, *level, *sector;
    int64_t members; /* as the unit says; DB_NULL: it does not */
    const char *closed_day; /* NULL: it goes on */
    size_t above;    /* index; UNITS_NONE */
    size_t after;    /* index behind the last one of its tree */
    int depth;
};
struct units {
    struct units_one *items; /* parents before their units, siblings in their order */
    size_t count;
    size_t *by_id;           /* indices, by id */
};

enum err units_load(struct db *db, struct arena *arena, struct units *ret);
size_t units_find(const struct units *units, int64_t id); /* UNITS_NONE: there is none */
/* Whether `index` is `top` or beneath it. */
static inline bool units_is_beneath(const struct units *units, size_t index, size_t top)
{
    return index != UNITS_NONE && index >= top && index < units->items[top].after;
}

#endif
