#include "scanner/decode/decode.h"
#include "core/base/id.h"
#include "core/vision/qr_ladder.h"

#include <stdlib.h>
#include <string.h>

struct decoder {
    struct qr_ladder *ladder;
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
    free(decoder);
}

static bool has(const struct code_list *list, const char *text, size_t length)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].length == length && memcmp(list->items[i].text, text, length) == 0) return true;
    return false;
}

enum err decoder_read(struct decoder *decoder, const struct frame *frame, struct arena *arena, struct code_list *ret)
{
    struct code_list list = {0};
    struct qr_found_list found = {0};
    if (!frame->text) {
        enum err e = qr_ladder_climb(decoder->ladder, &frame->picture, arena, &found);
        if (e != OK) return e;
    }
    list.items = arena_array(arena, found.count + 1, sizeof *list.items);
    if (!list.items) return ERR_NOMEM;
    if (frame->text) list.items[list.count++] = (struct code){frame->text, frame->text_length};
    for (size_t i = 0; i < found.count; i++)
        if (!has(&list, found.items[i].text, found.items[i].length)) list.items[list.count++] = (struct code){found.items[i].text, found.items[i].length};
    *ret = list;
    return OK;
}
