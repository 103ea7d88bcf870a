#include "core/vision/shade.h"

#include <string.h>

static uint8_t clamp_grey(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

struct window {
    unsigned *columns;    /* the sum of each column over the rows of the window */
    unsigned *reciprocal; /* 2^24 / pixels of the window around each column: times a sum of them, below 2^32 */
    unsigned rows;
};

/* Rows come in at the bottom of the window and go out at its top. */
static void add_row(struct window *w, const uint8_t *row, unsigned width)
{
    for (unsigned x = 0; x < width; x++) w->columns[x] += row[x];
}

static void drop_row(struct window *w, const uint8_t *row, unsigned width)
{
    for (unsigned x = 0; x < width; x++) w->columns[x] -= row[x];
}

static void change_rows(struct window *w, const uint8_t *in, const uint8_t *out, unsigned width)
{
    for (unsigned x = 0; x < width; x++) w->columns[x] += (unsigned)in[x] - out[x];
}

static void find_reciprocals(struct window *w, unsigned rows, unsigned width, unsigned radius)
{
    if (rows == w->rows) return;
    w->rows = rows;
    for (unsigned x = 0; x < width; x++) {
        unsigned first = x > radius ? x - radius : 0, last = x + radius < width ? x + radius : width - 1;
        w->reciprocal[x] = (1u << 24) / (rows * (last - first + 1));
    }
}

static void shade_row(const struct window *w, const uint8_t *row, unsigned width, unsigned radius, int8_t *out)
{
    unsigned sum = 0;
    for (unsigned x = 0; x < radius && x < width; x++) sum += w->columns[x];
    for (unsigned x = 0; x < width; x++) {
        if (x + radius < width) sum += w->columns[x + radius];
        if (x > radius) sum -= w->columns[x - radius - 1];
        int value = row[x] - (int)(sum * w->reciprocal[x] >> 24);
        out[x] = (int8_t)(value > 127 ? 127 : value < -127 ? -127 : value);
    }
}

enum err shade_make(struct arena *arena, const struct picture *picture, unsigned radius, struct shade *ret)
{
    unsigned width = picture->width, height = picture->height;
    struct window window = {.columns = arena_array(arena, width, sizeof *window.columns), .reciprocal = arena_array(arena, width, sizeof *window.reciprocal)};
    int8_t *values = arena_alloc(arena, (size_t)width * height);
    if (!window.columns || !window.reciprocal || !values) return ERR_NOMEM;
    for (unsigned y = 0; y < radius && y < height; y++) add_row(&window, picture->pixels + (size_t)y * width, width);
    for (unsigned y = 0; y < height; y++) {
        unsigned first = y > radius ? y - radius : 0, last = y + radius < height ? y + radius : height - 1;
        const uint8_t *in = y + radius < height ? picture->pixels + (size_t)(y + radius) * width : NULL;
        const uint8_t *out = y > radius ? picture->pixels + (size_t)(y - radius - 1) * width : NULL;
        if (in && out) change_rows(&window, in, out, width);
        else if (in) add_row(&window, in, width);
        else if (out) drop_row(&window, out, width);
        find_reciprocals(&window, last - first + 1, width, radius);
        shade_row(&window, picture->pixels + (size_t)y * width, width, radius, values + (size_t)y * width);
    }
    *ret = (struct shade){.width = width, .height = height, .values = values};
    return OK;
}

enum err shade_halve(struct arena *arena, const struct picture *picture, struct picture *ret)
{
    unsigned width = picture->width > 1 ? picture->width / 2 : 1, height = picture->height > 1 ? picture->height / 2 : 1;
    unsigned right = picture->width > 1, below = picture->height > 1;
    uint8_t *pixels = arena_alloc(arena, (size_t)width * height);
    if (!pixels) return ERR_NOMEM;
    for (unsigned y = 0; y < height; y++) {
        const uint8_t *top = picture->pixels + (size_t)(y * (1 + below)) * picture->width, *bottom = top + (size_t)below * picture->width;
        uint8_t *out = pixels + (size_t)y * width;
        for (unsigned x = 0; x < width; x++, top += 1 + right, bottom += 1 + right) out[x] = (uint8_t)((top[0] + top[right] + bottom[0] + bottom[right] + 2) / 4);
    }
    *ret = (struct picture){.width = width, .height = height, .pixels = pixels};
    return OK;
}

enum err shade_sharpen(struct arena *arena, const struct picture *picture, int tenths, struct picture *ret)
{
    unsigned width = picture->width, height = picture->height;
    uint8_t *pixels = arena_memdup(arena, picture->pixels, (size_t)width * height);
    if (!pixels) return ERR_NOMEM;
    for (unsigned y = 1; y + 1 < height; y++) {
        const uint8_t *row = picture->pixels + (size_t)y * width, *above = row - width, *below = row + width;
        uint8_t *out = pixels + (size_t)y * width;
        for (unsigned x = 1; x + 1 < width; x++) {
            int mean = (above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1] + 2 * (above[x] + below[x] + row[x - 1] + row[x + 1]) + 4 * row[x]) / 16;
            out[x] = clamp_grey(row[x] + (row[x] - mean) * tenths / 10);
        }
    }
    *ret = (struct picture){.width = width, .height = height, .pixels = pixels};
    return OK;
}

enum err shade_invert(struct arena *arena, const struct picture *picture, struct picture *ret)
{
    size_t count = (size_t)picture->width * picture->height;
    uint8_t *pixels = arena_alloc(arena, count);
    if (!pixels) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) pixels[i] = (uint8_t)(255 - picture->pixels[i]);
    *ret = (struct picture){.width = picture->width, .height = picture->height, .pixels = pixels};
    return OK;
}

enum err shade_threshold(struct arena *arena, const struct shade *shade, int margin, struct picture *ret)
{
    size_t count = (size_t)shade->width * shade->height;
    uint8_t *pixels = arena_alloc(arena, count);
    if (!pixels) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) pixels[i] = shade->values[i] < -margin ? 0 : 255;
    *ret = (struct picture){.width = shade->width, .height = shade->height, .pixels = pixels};
    return OK;
}
