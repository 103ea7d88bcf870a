#include "core/vision/qr_finder.h"

#include <math.h>
#include <stdlib.h>

#define KEPT_MOST 400 /* while scanning: noise shows some, too */

struct scan {
    const struct shade *shade;
    int margin;
    struct qr_finder *items;
    size_t count;
    unsigned *edges; /* of one row: where dark begins or ends */
};

static bool is_dark(const struct scan *s, long x, long y)
{
    return s->shade->values[(size_t)y * s->shade->width + (size_t)x] < -s->margin;
}

/* 1:1:3:1:1 with half a module of play on each, and half a pixel for the raster. */
static bool has_ratio(const float runs[5])
{
    float total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4], module = total / 7, play = module * 0.55f + 0.6f;
    if (total < 7) return false;
    return fabsf(runs[0] - module) < play && fabsf(runs[1] - module) < play && fabsf(runs[2] - 3 * module) < 2.0f * play &&
           fabsf(runs[3] - module) < play && fabsf(runs[4] - module) < play;
}

/* Walks from (x, y) one way over the middle and two rings; the lengths of what it met. False: it left the picture or a ring has no end. */
static bool walk(const struct scan *s, long x, long y, long dx, long dy, bool dark, long most, float lengths[3])
{
    for (int ring = 0; ring < 3; ring++) {
        long n = 0;
        bool wanted = ring % 2 == 0 ? dark : !dark;
        while (x >= 0 && y >= 0 && x < (long)s->shade->width && y < (long)s->shade->height && is_dark(s, x, y) == wanted) {
            if (++n > most) return false;
            x += dx;
            y += dy;
        }
        if (n == 0) return false;
        lengths[ring] = (float)n;
    }
    return true;
}

/* The pattern along a line through (x, y): its middle as a way from there, and the length of its seven modules. */
static bool cross(const struct scan *s, long x, long y, bool vertical, bool dark, long most, float *ret_shift, float *ret_total)
{
    float before[3], after[3];
    long dx = vertical ? 0 : 1, dy = vertical ? 1 : 0;
    if (!walk(s, x, y, -dx, -dy, dark, most, before) || !walk(s, x + dx, y + dy, dx, dy, dark, most, after)) return false;
    const float runs[5] = {before[2], before[1], before[0] + after[0], after[1], after[2]};
    if (!has_ratio(runs)) return false;
    *ret_shift = (after[0] - before[0]) / 2 + 0.5f;
    *ret_total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
    return true;
}

static void keep(struct scan *s, const struct qr_finder *fresh)
{
    for (size_t i = 0; i < s->count; i++) {
        struct qr_finder *f = &s->items[i];
        float play = (f->across + f->down) * 1.2f;
        if (f->inverted != fresh->inverted || fabsf(f->x - fresh->x) > play || fabsf(f->y - fresh->y) > play) continue;
        float n = (float)f->seen;
        f->x = (f->x * n + fresh->x) / (n + 1);
        f->y = (f->y * n + fresh->y) / (n + 1);
        f->across = (f->across * n + fresh->across) / (n + 1);
        f->down = (f->down * n + fresh->down) / (n + 1);
        f->seen++;
        return;
    }
    if (s->count < KEPT_MOST) s->items[s->count++] = *fresh;
}

/* Five runs of a row have the ratio: is it so down the column, and again along the row through the middle found there? */
static void look_closer(struct scan *s, float middle, long y, float total, bool dark)
{
    float shift_down, down, shift_across, across;
    long x = (long)middle, most = (long)total * 2 + 4;
    if (is_dark(s, x, y) != dark || !cross(s, x, y, true, dark, most, &shift_down, &down)) return;
    if (down > 3.5f * total || total > 3.5f * down) return;
    long y2 = (long)((float)y + shift_down);
    if (is_dark(s, x, y2) != dark || !cross(s, x, y2, false, dark, most, &shift_across, &across)) return;
    keep(s, &(struct qr_finder){.x = (float)x + shift_across + 0.5f,
                                .y = (float)y + shift_down + 0.5f, .across = across / 7, .down = down / 7, .seen = 1, .inverted = !dark});
}

static void scan_row(struct scan *s, long y)
{
    unsigned width = s->shade->width, count = 0;
    const int8_t *row = s->shade->values + (size_t)y * width;
    const int margin = -s->margin;
    bool first_dark = row[0] < margin, dark = first_dark;
    for (unsigned x = 1; x < width; x++)
        if ((row[x] < margin) != dark) {
            dark = !dark;
            s->edges[count++] = x;
        }
    for (unsigned i = 0; i + 5 < count; i++) {
        const unsigned *e = s->edges + i;
        unsigned middle = 7 * (e[3] - e[2]), all = e[5] - e[0];
        if (middle < 2 * all || middle > 4 * all + 14) continue; /* most end here */
        const float runs[5] = {(float)(e[1] - e[0]), (float)(e[2] - e[1]), (float)(e[3] - e[2]), (float)(e[4] - e[3]), (float)(e[5] - e[4])};
        if (!has_ratio(runs)) continue;
        /* After edge i the colour is that of the first run, turned i + 1 times. */
        look_closer(s, (float)(e[2] + e[3]) / 2, y, (float)(e[5] - e[0]), first_dark != (i % 2 == 0));
    }
}

static int compare_seen(const void *a, const void *b)
{
    const struct qr_finder *left = a, *right = b;
    return (left->seen < right->seen) - (left->seen > right->seen);
}

enum err qr_finder_scan(struct arena *arena, const struct shade *shade, int margin, unsigned step, struct qr_finder_list *ret)
{
    struct scan s = {.shade = shade, .margin = margin, .items = arena_array(arena, KEPT_MOST, sizeof *s.items)};
    s.edges = arena_array(arena, (size_t)shade->width + 1, sizeof *s.edges);
    if (!s.items || !s.edges) return ERR_NOMEM;
    for (unsigned y = step / 2; y < shade->height; y += step) scan_row(&s, (long)y);
    qsort(s.items, s.count, sizeof *s.items, compare_seen);
    *ret = (struct qr_finder_list){.items = s.items, .count = s.count < QR_FINDERS_MOST ? s.count : QR_FINDERS_MOST};
    return OK;
}
