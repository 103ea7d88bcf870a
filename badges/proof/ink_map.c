#include "badges/proof/ink_map.h"

#include "badges/paint/paint.h"
#include "core/base/text.h"

#include <math.h>
#include <stdlib.h>

#define EDGE 0.3     /* millimetres: under two pixels at 150 dpi, where an edge is neither this nor that */
#define MARKS 3.2    /* crop marks and their distance, beyond the bleed */
#define LEVEL_NEAR 8 /* grey levels: rounding of colours */

enum err ink_map_start(struct arena *arena, const struct picture *picture, double dpi, struct ink_map *ret)
{
    size_t count = (size_t)picture->width * picture->height;
    struct ink_map map = {.width = picture->width, .height = picture->height, .dots = dpi / 25.4, .levels = arena_array(arena, count, sizeof *map.levels)};
    if (!map.levels) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) map.levels[i] = 255;
    *ret = map;
    return OK;
}

static unsigned pixel(double mm, double dots, unsigned most)
{
    double at = floor(mm * dots + 0.5);
    return at <= 0 ? 0 : at >= most ? most : (unsigned)at;
}

static void set_box(struct ink_map *map, double left, double top, double right, double bottom, unsigned level)
{
    unsigned x0 = pixel(left, map->dots, map->width), x1 = pixel(right, map->dots, map->width);
    unsigned y0 = pixel(top, map->dots, map->height), y1 = pixel(bottom, map->dots, map->height);
    for (unsigned y = y0; y < y1; y++)
        for (unsigned x = x0; x < x1; x++) map->levels[(size_t)y * map->width + x] = (uint16_t)level;
}

/* The box grown by `more` on all sides. */
static void set_grown(struct ink_map *map, const struct box *box, double more, unsigned level)
{
    set_box(map, box->x - more, box->y - more, box->x + box->width + more, box->y + box->height + more, level);
}

/* As pdftoppm mixes grey (poppler's GfxDeviceRGBColorSpace). */
static unsigned grey_of(uint32_t color)
{
    return (unsigned)lround(0.3 * ((color >> 16) & 0xFF) + 0.59 * ((color >> 8) & 0xFF) + 0.11 * (color & 0xFF));
}

/* A fill is of one colour but for its edges and round corners. */
static void add_fill(struct ink_map *map, const struct badge_part *part, const struct box *box, double bleed, uint32_t color)
{
    double round = part->radius > 0 ? part->radius * 0.3 : 0;
    set_grown(map, box, bleed + EDGE, INK_ANY);
    if (box->width > 2 * (EDGE + round) && box->height > 2 * (EDGE + round)) set_grown(map, box, -EDGE - round, grey_of(color));
}

void ink_map_add(struct ink_map *map, const struct badge_run *run, const struct badge_layout *l, enum plan_kind kind, size_t at, const struct badge *badge,
                 struct arena *scratch)
{
    const struct badge_side *side = kind == PLAN_BACK ? &l->back : &l->front;
    const struct badge_facts facts = {.run = run, .badge = badge, .arena = scratch};
    double x, y;
    bool turned;
    uint32_t category = 0;
    badge_plan_place(l, kind, at, &x, &y, &turned);
    (void)paint_read_category(badge, &category);
    for (size_t i = 0; i < side->count; i++) {
        const struct badge_part *part = &side->parts[i];
        if (!badge_part_is_shown(&facts, part)) continue;
        struct box box = badge_box(l, &part->box, text_is_right_to_left(run->language), x, y);
        if (turned) box.x = 2 * x + l->width - box.x - box.width, box.y = 2 * y + l->height - box.y - box.height;
        if (part->kind == PART_FILL) add_fill(map, part, &box, l->bleed, paint_color(part->color, category));
        else set_grown(map, &box, part->kind == PART_LINE ? EDGE + part->line * 25.4 / 72 / 2 : EDGE, INK_ANY);
    }
    if (!l->crop_marks) return;
    double far = l->bleed + MARKS, right = x + l->width, bottom = y + l->height;
    const double columns[] = {x, right}, rows[] = {y, bottom};
    for (int i = 0; i < 2; i++) {
        set_box(map, columns[i] - EDGE, y - far, columns[i] + EDGE, y, INK_ANY);
        set_box(map, columns[i] - EDGE, bottom, columns[i] + EDGE, bottom + far, INK_ANY);
        set_box(map, x - far, rows[i] - EDGE, x, rows[i] + EDGE, INK_ANY);
        set_box(map, right, rows[i] - EDGE, right + far, rows[i] + EDGE, INK_ANY);
    }
}

bool ink_map_strays(const struct ink_map *map, const struct picture *picture, const struct box *part, double *ret_x, double *ret_y)
{
    unsigned x0 = pixel(part->x, map->dots, map->width), x1 = pixel(part->x + part->width, map->dots, map->width);
    unsigned y0 = pixel(part->y, map->dots, map->height), y1 = pixel(part->y + part->height, map->dots, map->height);
    /* The last column and row are only partly page. */
    if (x1 == map->width) x1--;
    if (y1 == map->height) y1--;
    for (unsigned y = y0; y < y1; y++)
        for (unsigned x = x0; x < x1; x++) {
            int level = map->levels[(size_t)y * map->width + x];
            if (level == INK_ANY || abs(level - (int)picture->pixels[(size_t)y * picture->width + x]) <= LEVEL_NEAR) continue;
            *ret_x = (x + 0.5) / map->dots;
            *ret_y = (y + 0.5) / map->dots;
            return true;
        }
    return false;
}
