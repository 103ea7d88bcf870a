#include "scanner/decode/still.h"

#include <stdlib.h>

#define SQUARE 8u
#define NOISE 8 /* levels of 255: the mean of 16 pixels of a poor camera moves by a third of that */

/* Every other pixel of every other row is enough. */
static uint8_t mean_at(const struct picture *picture, unsigned left, unsigned top)
{
    unsigned sum = 0;
    for (unsigned y = 0; y < SQUARE; y += 2) {
        const uint8_t *row = picture->pixels + (size_t)(top + y) * picture->width + left;
        for (unsigned x = 0; x < SQUARE; x += 2) sum += row[x];
    }
    return (uint8_t)(sum / (SQUARE / 2 * SQUARE / 2));
}

bool still_is_unchanged(struct still *still, const struct picture *picture)
{
    unsigned across = picture->width / SQUARE, down = picture->height / SQUARE;
    bool same = still->means && still->width == picture->width && still->height == picture->height;
    if (!same) {
        free(still->means);
        still->means = across && down ? malloc((size_t)across * down) : NULL;
        still->width = picture->width;
        still->height = picture->height;
    }
    if (!still->means) return false;
    for (unsigned y = 0; y < down && same; y++)
        for (unsigned x = 0; x < across && same; x++) same = abs(still->means[(size_t)y * across + x] - mean_at(picture, x * SQUARE, y * SQUARE)) <= NOISE;
    if (same) return true;
    for (unsigned y = 0; y < down; y++)
        for (unsigned x = 0; x < across; x++) still->means[(size_t)y * across + x] = mean_at(picture, x * SQUARE, y * SQUARE);
    return false;
}

void still_release(struct still *still)
{
    free(still->means);
    *still = (struct still){0};
}
