/* Private to badges: what each pixel of a page may look like by its layout, to be compared with what it does look like. */
#ifndef PLENUM_BADGES_INK_MAP_H
#define PLENUM_BADGES_INK_MAP_H

#include "badges/paint/plan.h"
#include "core/vision/picture.h"

/* Grey levels 0 to 255, or INK_ANY where a part may print what it likes. */
#define INK_ANY 256

struct ink_map {
    unsigned width, height;
    double dots; /* a millimetre */
    uint16_t *levels; /* in the arena */
};

/* White paper of the picture's size. ERR_NOMEM. */
enum err ink_map_start(struct arena *arena, const struct picture *picture, double dpi, struct ink_map *ret);
/* Lays one side of a badge on it. `scratch` is for its texts. */
void ink_map_add(struct ink_map *map, const struct badge_run *run, const struct badge_layout *layout, enum plan_kind kind, size_t at, const struct badge *badge,
                 struct arena *scratch);
/* Whether a pixel of the part of the page (millimetres) is not as it may be; *ret_x, *ret_y the first such, millimetres on the page. */
bool ink_map_strays(const struct ink_map *map, const struct picture *picture, const struct box *part, double *ret_x, double *ret_y);

#endif
