#include "scanner/decode/decode.h"
#include "core/base/id.h"
#include "core/vision/qr_ladder.h"
#include "core/vision/shade.h"
#include "scanner/decode/still.h"

#include <stdlib.h>
#include <string.h>

#define BARS_EVERY_US 1000000
#define BARS_HALVED_FROM 800u /* pixels across: larger pictures lose noise by halving, smaller ones lose bars */

struct decoder {
    struct qr_ladder *ladder;
    struct still still;
    unsigned quiet;           /* frames since the picture changed */
    struct arena kept;        /* what was read since then */
    struct code_list seen;
    size_t seen_capacity;
    int64_t last_us, last_stream_ms;
    bool wants_bars, owes_bars; /* owes: the picture changed since they were looked for */
    int64_t bars_us;            /* since they were */
    struct qr_reader *bars;     /* NULL until they are looked for the first time */
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
    qr_reader_free(decoder->bars);
    still_release(&decoder->still);
    arena_release(&decoder->kept);
    free(decoder);
}

void decoder_set_bars(struct decoder *decoder, bool wanted)
{
    decoder->wants_bars = wanted;
}

static bool has(const struct code_list *list, const struct code *code)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].length == code->length && list->items[i].is_bar == code->is_bar && memcmp(list->items[i].text, code->text, code->length) == 0) return true;
    return false;
}

static enum err add_code(struct arena *arena, struct code_list *list, size_t *capacity, const struct code *code)
{
    if (has(list, code)) return OK;
    if (arena_grow(arena, &list->items, capacity, list->count, sizeof *list->items) != 0) return ERR_NOMEM;
    char *copy = arena_alloc(arena, code->length + 1); /* zeroed: NUL behind it */
    if (!copy) return ERR_NOMEM;
    memcpy(copy, code->text, code->length);
    list->items[list->count++] = (struct code){copy, code->length, code->is_bar};
    return OK;
}

static enum err add_found(struct arena *arena, struct code_list *list, size_t *capacity, const struct qr_found_list *found, bool are_bars)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < found->count; i++)
        if (found->items[i].length) e = add_code(arena, list, capacity, &(struct code){found->items[i].text, found->items[i].length, are_bars});
    return e;
}

static enum err look_for_bars(struct decoder *d, const struct picture *picture, struct arena *arena, struct qr_found_list *ret)
{
    struct picture half = *picture;
    enum err e = OK;
    if (!d->bars) d->bars = qr_reader_new_for_bars();
    if (!d->bars) return ERR_NOMEM;
    if (picture->width > BARS_HALVED_FROM || picture->height > BARS_HALVED_FROM) e = shade_halve(arena, picture, &half);
    return e == OK ? qr_read(d->bars, &half, arena, ret) : e;
}

/* Seldom and last: a badge is never kept waiting for what is none. */
static enum err read_live_bars(struct decoder *d, const struct picture *picture, struct arena *arena)
{
    struct qr_found_list found = {0};
    if (!d->wants_bars || !d->owes_bars || d->seen.count || d->bars_us < BARS_EVERY_US) return OK;
    d->owes_bars = false;
    d->bars_us = 0;
    enum err e = look_for_bars(d, picture, arena, &found);
    return e == OK ? add_found(&d->kept, &d->seen, &d->seen_capacity, &found, true) : e;
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
    if (passed_us < stream_us) passed_us = stream_us;
    d->bars_us += passed_us;
    if (still_is_unchanged(&d->still, &frame->picture)) d->quiet++;
    else {
        d->quiet = 0;
        d->owes_bars = true;
        d->seen = (struct code_list){0};
        d->seen_capacity = 0;
        arena_clear(&d->kept);
    }
    if (d->quiet <= QR_LADDER_TURNS) {
        e = qr_ladder_glance(d->ladder, &frame->picture, passed_us, arena, &found);
        if (e == OK) e = add_found(&d->kept, &d->seen, &d->seen_capacity, &found, false);
    }
    if (e == OK) e = read_live_bars(d, &frame->picture, arena);
    for (size_t i = 0; e == OK && i < d->seen.count; i++) e = add_code(arena, ret, &capacity, &d->seen.items[i]);
    return e;
}

enum err decoder_read(struct decoder *decoder, const struct frame *frame, struct arena *arena, struct code_list *ret)
{
    struct qr_found_list found = {0};
    struct code_list list = {0};
    size_t capacity = 0;
    enum err e;
    if (frame->text) e = add_code(arena, &list, &capacity, &(struct code){.text = frame->text, .length = frame->text_length});
    else if (!frame->name) e = read_live(decoder, frame, arena, &list);
    else {
        e = qr_ladder_climb(decoder->ladder, &frame->picture, arena, &found);
        if (e == OK) e = add_found(arena, &list, &capacity, &found, false);
        if (e == OK && decoder->wants_bars && !list.count) {
            e = look_for_bars(decoder, &frame->picture, arena, &found);
            if (e == OK) e = add_found(arena, &list, &capacity, &found, true);
        }
    }
    if (e == OK) *ret = list;
    return e;
}
