/* Find things by name: a hash map from text to pointer, in an arena. Keys and values are borrowed; nothing is ever taken out.
 *
 * Not thread-safe. The hash is fast and not keyed: it is for lists that an organiser makes, not for names that strangers choose. */
#ifndef PLENUM_BASE_MAP_H
#define PLENUM_BASE_MAP_H

#include "core/base/arena.h"

#include <stddef.h>

struct map_slot {
    const char *key; /* NULL: free */
    void *value;
};

/* A zeroed one with its arena set is an empty map. */
struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

/* NULL when there is none. A NULL key is never found. */
void *map_get(const struct map *map, const char *key);
/* Adds or replaces. 0, or -1 when out of memory (nothing changed). `value` must not be NULL. */
int map_put(struct map *map, const char *key, void *value);

#endif
