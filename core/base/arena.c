#include "core/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK 4096u
#define LARGEST_STEP (256u * 1024u)

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *arena, size_t limit)
{
    *arena = (struct arena){.limit = limit};
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena->blocks = NULL;
    arena->total = 0;
    arena->is_short = false;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *keep = arena->blocks;
    arena->is_short = false;
    if (!keep) return;
    struct arena_block *block = keep->next;
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    keep->next = NULL;
    keep->used = 0;
    arena->total = keep->size;
}

static struct arena_block *block_add(struct arena *arena, size_t least)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_STEP) size = LARGEST_STEP;
    if (size < least) size = least;
    if (arena->limit && (size > arena->limit || arena->total > arena->limit - size)) {
        size = least; /* the bound is on what is needed, not on our habit of rounding up */
        if (size > arena->limit || arena->total > arena->limit - size) return NULL;
    }
    if (size > SIZE_MAX - sizeof(struct arena_block)) return NULL;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block) return NULL;
    block->next = arena->blocks;
    block->used = 0;
    block->size = size;
    arena->blocks = block;
    arena->total += size;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align) return NULL;
    size = (size + align - 1) / align * align;
    if (size == 0) size = align;
    struct arena_block *block = arena->blocks;
    if (!block || block->size - block->used < size) block = block_add(arena, size);
    if (!block) {
        arena->is_short = true;
        return NULL;
    }
    void *result = block->data + block->used;
    block->used += size;
    memset(result, 0, size);
    return result;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) return NULL;
    return arena_alloc(arena, count * size);
}

void *arena_memdup(struct arena *arena, const void *data, size_t length)
{
    void *copy = arena_alloc(arena, length);
    if (copy && length) memcpy(copy, data, length);
    return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    if (!text || length == SIZE_MAX) return NULL;
    length = strnlen(text, length);
    char *copy = arena_alloc(arena, length + 1);
    if (copy && length) memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    char small[256]; /* most texts fit, and are then made once */
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    char *text = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (text && (size_t)n < sizeof small) memcpy(text, small, (size_t)n);
    else if (text) (void)vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

int arena_grow(struct arena *arena, void *items, size_t *capacity, size_t count, size_t item_size)
{
    if (count < *capacity) return 0;
    size_t wanted = *capacity ? *capacity * 2 : 16;
    void *fresh = arena_array(arena, wanted, item_size);
    if (!fresh) return -1;
    void *old;
    memcpy(&old, items, sizeof old);
    if (count) memcpy(fresh, old, count * item_size);
    memcpy(items, &fresh, sizeof fresh);
    *capacity = wanted;
    return 0;
}
