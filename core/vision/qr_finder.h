/* Where the three squares in the corners of QR codes may be: places that show 1:1:3:1:1 both ways (ISO/IEC 18004, 6.3.3). */
#ifndef PLENUM_VISION_QR_FINDER_H
#define PLENUM_VISION_QR_FINDER_H

#include "core/base/arena.h"
#include "core/vision/shade.h"

#include <stdbool.h>
#include <stddef.h>

struct qr_finder {
    float x, y;           /* middle, pixels */
    float across, down;   /* pixels a module along the row and along the column */
    unsigned seen;        /* in how many rows */
    bool inverted;        /* light on dark */
};

struct qr_finder_list {
    struct qr_finder *items; /* in the arena; the most often seen first */
    size_t count;
};

#define QR_FINDERS_MOST 72

/* `step`: every so manieth row is looked at. `margin`: how much darker than around counts as dark. ERR_NOMEM is the only error. */
enum err qr_finder_scan(struct arena *arena, const struct shade *shade, int margin, unsigned step, struct qr_finder_list *ret);

#endif
