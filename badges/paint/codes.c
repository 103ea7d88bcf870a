#include "badges/paint/codes.h"

#include <stdlib.h>

#define BLOCK 32 /* badges */
#define AHEAD 12 /* blocks */

struct block {
    struct crew_piece piece;
    const struct badge_run *run;
    size_t number; /* SIZE_MAX = none */
    struct arena arena;
    struct qr codes[BLOCK];
    enum err results[BLOCK];
};

struct codes {
    const struct badge_run *run;
    struct crew *crew;
    size_t begun; /* blocks given out in order so far */
    struct block blocks[AHEAD];
};

static void make_block(void *data)
{
    struct block *block = data;
    arena_clear(&block->arena);
    for (size_t i = 0; i < BLOCK && block->number * BLOCK + i < block->run->count; i++) {
        const char *url = block->run->badges[block->number * BLOCK + i].url;
        block->results[i] = url && url[0] ? qr_make(url, &block->arena, &block->codes[i]) : ERR_INPUT;
    }
}

enum err codes_new(const struct badge_run *run, struct crew *crew, struct codes **ret)
{
    struct codes *codes = calloc(1, sizeof *codes);
    if (!codes) return ERR_NOMEM;
    codes->run = run;
    codes->crew = crew;
    for (size_t i = 0; i < AHEAD; i++) codes->blocks[i].number = SIZE_MAX;
    *ret = codes;
    return OK;
}

void codes_free(struct codes *codes)
{
    if (!codes) return;
    for (size_t i = 0; i < AHEAD; i++) {
        crew_finish(codes->crew, &codes->blocks[i].piece);
        arena_release(&codes->blocks[i].arena);
    }
    free(codes);
}

static void begin_block(struct codes *codes, size_t number)
{
    struct block *block = &codes->blocks[number % AHEAD];
    crew_finish(codes->crew, &block->piece);
    block->run = codes->run;
    block->number = number;
    block->piece = (struct crew_piece){.run = make_block, .data = block};
    crew_give(codes->crew, &block->piece);
}

enum err codes_get(struct codes *codes, size_t index, struct qr *ret)
{
    size_t number = index / BLOCK, blocks = (codes->run->count + BLOCK - 1) / BLOCK;
    struct block *block = &codes->blocks[number % AHEAD];
    /* As far ahead as there are places, but for the block before this one: the back of a page may still ask for it. */
    for (size_t end = number + AHEAD - 1; codes->begun < end && codes->begun < blocks; codes->begun++) begin_block(codes, codes->begun);
    if (block->number != number) begin_block(codes, number);
    crew_finish(codes->crew, &block->piece);
    if (block->results[index % BLOCK] == OK) *ret = block->codes[index % BLOCK];
    return block->results[index % BLOCK];
}
