#include "core/base/map.h"

#include <stdint.h>
#include <string.h>

/* FNV-1a with a final mix, so that codes that differ in their last digit spread over the table. */
static uint64_t hash_of(const char *key)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *key; key++) h = (h ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
    h ^= h >> 33;
    return h * UINT64_C(0xff51afd7ed558ccd) >> 7;
}

static struct map_slot *find(struct map_slot *slots, size_t capacity, const char *key)
{
    size_t i = (size_t)hash_of(key) & (capacity - 1);
    while (slots[i].key && strcmp(slots[i].key, key) != 0) i = (i + 1) & (capacity - 1);
    return &slots[i];
}

void *map_get(const struct map *map, const char *key)
{
    return map->capacity && key ? find(map->slots, map->capacity, key)->value : NULL;
}

static int grow(struct map *map)
{
    size_t capacity = map->capacity ? 2 * map->capacity : 64;
    struct map_slot *slots = arena_array(map->arena, capacity, sizeof *slots);
    if (!slots) return -1;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].key) *find(slots, capacity, map->slots[i].key) = map->slots[i];
    map->slots = slots;
    map->capacity = capacity;
    return 0;
}

int map_put(struct map *map, const char *key, void *value)
{
    if (2 * (map->count + 1) > map->capacity && grow(map) != 0) return -1;
    struct map_slot *slot = find(map->slots, map->capacity, key);
    if (!slot->key) map->count++;
    *slot = (struct map_slot){key, value};
    return 0;
}
