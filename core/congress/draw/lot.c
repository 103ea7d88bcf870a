#include "core/congress/draw/lot.h"

#include <stdlib.h>
#include <string.h>

static int by_lot(const void *left, const void *right)
{
    const struct draw_lot *a = left, *b = right;
    int order = strcmp(a->lot, b->lot);
    return order ? order : strcmp(a->code, b->code);
}

static int by_code(const void *left, const void *right)
{
    return strcmp(((const struct draw_lot *)left)->code, ((const struct draw_lot *)right)->code);
}

void draw_lots(const char *seed, struct draw_lot *lots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct crypto_sha256_state state;
        crypto_sha256_start(&state);
        crypto_sha256_add(&state, seed, strlen(seed));
        crypto_sha256_add(&state, "\n", 1);
        crypto_sha256_add(&state, lots[i].code, strlen(lots[i].code));
        crypto_sha256_end(&state, lots[i].lot);
    }
    qsort(lots, count, sizeof *lots, by_lot);
}

void draw_lot_fingerprint(struct draw_lot *lots, size_t count, char ret[CRYPTO_HASH_HEX])
{
    struct crypto_sha256_state state;
    qsort(lots, count, sizeof *lots, by_code);
    crypto_sha256_start(&state);
    for (size_t i = 0; i < count; i++) {
        crypto_sha256_add(&state, lots[i].code, strlen(lots[i].code));
        crypto_sha256_add(&state, "\n", 1);
    }
    crypto_sha256_end(&state, ret);
}
