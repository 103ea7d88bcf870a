/* Cheaper or clearer pictures of a picture, for reading codes: half the size, less blur, and how each pixel stands against its surroundings. */
#ifndef PLENUM_VISION_SHADE_H
#define PLENUM_VISION_SHADE_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/vision/picture.h"

/* Each pixel against the mean of the square around it, -127 to 127: above 0 lighter. What a shadow or a weak lamp does to a whole corner is gone. */
struct shade {
    unsigned width, height;
    const int8_t *values; /* by row */
};

/* All results live in the arena. ERR_NOMEM is the only error; sides of the source are 1 to PICTURE_SIDE_MOST. */
enum err shade_make(struct arena *arena, const struct picture *picture, unsigned radius, struct shade *ret); /* radius at most 100 */
/* The mean of four; an odd last row or column is dropped, a side of 1 stays. */
enum err shade_halve(struct arena *arena, const struct picture *picture, struct picture *ret);
/* Blur of 3 × 3 taken `tenths` / 10 times from the picture. */
enum err shade_sharpen(struct arena *arena, const struct picture *picture, int tenths, struct picture *ret);
enum err shade_invert(struct arena *arena, const struct picture *picture, struct picture *ret);
/* Black where a pixel is darker than its surroundings by more than `margin`, else white. */
enum err shade_threshold(struct arena *arena, const struct shade *shade, int margin, struct picture *ret);

#endif
