/* Small fuzzing without a fuzzer: the same plain mutations at every run, and the inputs kept in tests/fuzz/corpus. */
#ifndef PLENUM_TESTS_MUTATE_H
#define PLENUM_TESTS_MUTATE_H

#include "core/base/file.h"
#include "tests/unit/check.h"

#include <dirent.h>
#include <stdint.h>

/* Xorshift: the next number of a series that `state`, not 0, begins. */
static inline uint32_t mutate_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* `data` into `room`, which holds `length`, with some bytes changed, a piece cut out or the end cut off. Returns the new length, never more than `length`. */
static inline size_t mutate_bytes(uint8_t *room, const uint8_t *data, size_t length, uint32_t *state)
{
    memcpy(room, data, length);
    for (uint32_t n = 1 + mutate_next(state) % 4; n && length > 8; n--) {
        size_t at = mutate_next(state) % length, size = 1 + mutate_next(state) % 16;
        if (at + size > length) size = length - at;
        switch (mutate_next(state) % 5) {
        case 0: room[at] = (uint8_t)mutate_next(state); break;
        case 1: room[at] ^= (uint8_t)(1u << (mutate_next(state) % 8)); break;
        case 2:
            memmove(room + at, room + at + size, length - at - size);
            length -= size;
            break;
        case 3: room[at] = (uint8_t)"0919-{}[]\",x"[mutate_next(state) % 12]; break;
        default: length = at > 8 ? at : length; break;
        }
    }
    return length;
}

typedef int mutate_target(void *context, const uint8_t *data, size_t length);

/* Each file of `folder` as it is, which the target has to return 0 for, then `mutations` of it. Returns how many files there were. */
static inline int mutate_kept(struct check *c, const char *folder, mutate_target *target, void *context, int mutations)
{
    struct arena arena = {0};
    DIR *dir = opendir(folder);
    uint32_t state = 20261122;
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        char *data = NULL;
        size_t length = 0;
        if (entry->d_name[0] == '.') continue;
        if (!CHECK(c, file_read(&arena, file_join(&arena, folder, entry->d_name), 1 << 20, &data, &length, NULL) == OK)) continue;
        uint8_t *room = arena_alloc(&arena, length + 1);
        if (!CHECK(c, room && target(context, (const uint8_t *)data, length) == 0)) continue;
        for (int i = 0; i < mutations; i++) target(context, room, mutate_bytes(room, (const uint8_t *)data, length, &state));
        count++;
    }
    if (dir) closedir(dir);
    arena_release(&arena);
    return count;
}

#endif
