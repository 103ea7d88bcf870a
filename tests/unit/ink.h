/* Black shapes cut out of grey pictures, and how alike two of them are. For the tests of typeset and badges. */
#ifndef PLENUM_TESTS_INK_H
#define PLENUM_TESTS_INK_H

#include "core/vision/picture.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ink {
    int width, height; /* of the ink; 0 = nothing is black */
    unsigned char *black, *near; /* near: black, or beside black */
    long count;
};

static inline bool ink_is_dark(const struct picture *p, int x, int y)
{
    return p->pixels[(size_t)y * p->width + (size_t)x] < 128;
}

/* The ink of the part [x0, x1) × [y0, y1). */
static inline struct ink ink_cut(const struct picture *p, int x0, int y0, int x1, int y1)
{
    int left = x1, right = x0 - 1, top = y1, bottom = y0 - 1;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            if (ink_is_dark(p, x, y)) {
                if (x < left) left = x;
                if (x > right) right = x;
                if (y < top) top = y;
                if (y > bottom) bottom = y;
            }
    struct ink ink = {0};
    if (right < left) return ink;
    ink.width = right - left + 1;
    ink.height = bottom - top + 1;
    ink.black = calloc((size_t)ink.width * (size_t)ink.height, 1);
    ink.near = calloc((size_t)ink.width * (size_t)ink.height, 1);
    if (!ink.black || !ink.near) abort();
    for (int y = 0; y < ink.height; y++)
        for (int x = 0; x < ink.width; x++) {
            if (!ink_is_dark(p, left + x, top + y)) continue;
            ink.black[y * ink.width + x] = 1;
            ink.count++;
            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++)
                    if (x + dx >= 0 && x + dx < ink.width && y + dy >= 0 && y + dy < ink.height) ink.near[(y + dy) * ink.width + x + dx] = 1;
        }
    return ink;
}

static inline void ink_free(struct ink *ink)
{
    free(ink->black);
    free(ink->near);
    *ink = (struct ink){0};
}

/* Black of a that is not even near black of b, when b is moved by (dx, dy). */
static inline long ink_strays(const struct ink *a, const struct ink *b, int dx, int dy)
{
    long strays = 0;
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            if (!a->black[y * a->width + x]) continue;
            int bx = x - dx, by = y - dy;
            if (bx < 0 || by < 0 || bx >= b->width || by >= b->height || !b->near[by * b->width + bx]) strays++;
        }
    return strays;
}

/* How much of the black of both has nothing like it in the other, in thousandths, at the best of 25 places. 0 = alike but for edges. */
static inline double ink_difference(const struct ink *a, const struct ink *b)
{
    if (!a->count || !b->count) return a->count == b->count ? 0 : 1000;
    if (abs(a->width - b->width) > 4 || abs(a->height - b->height) > 4) return 1000;
    double best = 1000;
    for (int dy = -2; dy <= 2; dy++)
        for (int dx = -2; dx <= 2; dx++) {
            double d = 1000.0 * (double)(ink_strays(a, b, dx, dy) + ink_strays(b, a, -dx, -dy)) / (double)(a->count + b->count);
            if (d < best) best = d;
        }
    return best;
}

/* What a shell command prints, in the arena; NULL when it fails. */
static inline char *command_output(struct arena *arena, const char *command)
{
    FILE *pipe = popen(command, "r");
    if (!pipe) return NULL;
    size_t length = 0, room = 1 << 20;
    char *text = arena_alloc(arena, room + 1);
    while (text && length < room) {
        size_t n = fread(text + length, 1, room - length, pipe);
        if (!n) break;
        length += n;
    }
    return pclose(pipe) == 0 ? text : NULL;
}

#endif
