#include "scanner/decode/decode.h"
#include "core/base/id.h"
#include "core/vision/qr_ladder.h"
#include "scanner/decode/still.h"

#include <stdlib.h>
#include <string.h>

struct decoder {
    struct qr_ladder *ladder;
    struct still still;
    unsigned quiet;           /* frames since the picture changed */
    struct arena kept;        /* what was read since then */
    struct code_list seen;
    size_t seen_capacity;
    int64_t last_us, last_stream_ms;
};

/* A badge of ours or of another event: what a person shows at a door. All else may hang on a wall. */
static bool is_wanted(const char *text, size_t length)
{
    char token[ID_TOKEN_SIZE];
    if (strlen(text) != length) return false;
    if (id_token_from_scan(text, token)) return true;
    for (const char *at = text; (at = strchr(at, '/')); at++)
        if ((at[1] == 'd' || at[1] == 'D') && at[2] == '/' && strlen(at + 3) >= 10) return true;
    return false;
}

struct decoder *decoder_new(void)
{
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->ladder = qr_ladder_new(is_wanted);
    if (!decoder->ladder) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder) return;
    qr_ladder_free(decoder->ladder);
    still_release(&decoder->still);
    arena_release(&decoder->kept);
    free(decoder);
}

static bool has(const struct code_list *list, const char *text, size_t length)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].length == length && memcmp(list->items[i].text, text, length) == 0) return true;
    return false;
}

static enum err add_code(struct arena *arena, struct code_list *list, size_t *capacity, const char *text, size_t length)
{
    if (has(list, text, length)) return OK;
    if (arena_grow(arena, &list->items, capacity, list->count, sizeof *list->items) != 0) return ERR_NOMEM;
    char *copy = arena_alloc(arena, length + 1); /* zeroed: NUL behind it */
    if (!copy) return ERR_NOMEM;
    memcpy(copy, text, length);
    list->items[list->count++] = (struct code){copy, length};
    return OK;
}

static enum err add_found(struct arena *arena, struct code_list *list, size_t *capacity, const struct qr_found_list *found)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < found->count; i++)
        if (found->items[i].length) e = add_code(arena, list, capacity, found->items[i].text, found->items[i].length);
    return e;
}

/* While nothing moves, what was read is still there, and after each way to look has had its turn nothing more will be. */
static enum err read_live(struct decoder *d, const struct frame *frame, struct arena *arena, struct code_list *ret)
{
    struct qr_found_list found = {0};
    size_t capacity = 0;
    int64_t passed_us = frame->at_us - d->last_us, stream_us = (frame->stream_ms - d->last_stream_ms) * 1000;
    enum err e = OK;
    d->last_us = frame->at_us;
    d->last_stream_ms = frame->stream_ms;
    if (still_is_unchanged(&d->still, &frame->picture)) d->quiet++;
    else {
        d->quiet = 0;
        d->seen = (struct code_list){0};
        d->seen_capacity = 0;
        arena_clear(&d->kept);
    }
    if (d->quiet <= QR_LADDER_TURNS) {
        e = qr_ladder_glance(d->ladder, &frame->picture, passed_us > stream_us ? passed_us : stream_us, arena, &found);
        if (e == OK) e = add_found(&d->kept, &d->seen, &d->seen_capacity, &found);
    }
    for (size_t i = 0; e == OK && i < d->seen.count; i++) e = add_code(arena, ret, &capacity, d->seen.items[i].text, d->seen.items[i].length);
    return e;
}

enum err decoder_read(struct decoder *decoder, const struct frame *frame, struct arena *arena, struct code_list *ret)
{
    struct qr_found_list found = {0};
    struct code_list list = {0};
    size_t capacity = 0;
    enum err e;
    if (frame->text) e = add_code(arena, &list, &capacity, frame->text, frame->text_length);
    else if (!frame->name) e = read_live(decoder, frame, arena, &list);
    else {
        e = qr_ladder_climb(decoder->ladder, &frame->picture, arena, &found);
        if (e == OK) e = add_found(arena, &list, &capacity, &found);
    }
    if (e == OK) *ret = list;
    return e;
}
