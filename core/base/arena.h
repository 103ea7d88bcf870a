/* Memory that dies together: everything of one request, one import, one page.
 *
 * Contract: not thread-safe; one owner. A failed allocation returns NULL and leaves the arena usable. Pointers stay valid until
 * arena_clear or arena_release. */
#ifndef PLENUM_BASE_ARENA_H
#define PLENUM_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t total;               /* bytes handed out by malloc for this arena */
    size_t limit;               /* no more than this is ever taken; 0 = no bound */
    bool is_short;              /* something was asked for since the last clearing that there was no memory for: what looks malformed may only be incomplete */
};

/* An arena that never takes more than `limit` bytes (0 = unbounded). `struct arena a = {0};` is an unbounded one. */
void arena_init(struct arena *arena, size_t limit);

/* Frees all memory; the arena may be used again. Accepts a zeroed arena. */
void arena_release(struct arena *arena);

/* Forgets everything but keeps one block for the next use. */
void arena_clear(struct arena *arena);

/* `size` zeroed bytes, aligned for any type; NULL when out of memory or over the limit. */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` zeroed items of `size` bytes, with the multiplication checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies. Return NULL on failure, or when `text` is NULL. The second copies at most `length` bytes and never reads beyond the end of the text. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
void *arena_memdup(struct arena *arena, const void *data, size_t length);

/* A formatted string; NULL on failure. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* An array that grows by doubling inside an arena: call before writing item number `count`. `items` points to the array pointer,
 * `capacity` to its capacity. Returns 0, or -1 when out of memory (the old array stays valid). */
int arena_grow(struct arena *arena, void *items, size_t *capacity, size_t count, size_t item_size);

#endif
