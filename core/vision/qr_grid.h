/* The grid of a QR code that lies somewhere in space: four points fix it, and it is moved until the patterns that every code has (squares in the corners, timing
 * lines, alignment) stand where the picture has them. Grey values are compared, never black and white: a grid is found in pictures too poor for a threshold. */
#ifndef PLENUM_VISION_QR_GRID_H
#define PLENUM_VISION_QR_GRID_H

#include "core/vision/qr_symbol.h"
#include "core/vision/shade.h"

#include <stdbool.h>

struct qr_point {
    float x, y;
};

/* Pixels of the middles of three finder patterns, and of the place where a fourth would be. */
struct qr_grid {
    unsigned side;            /* modules */
    struct qr_point spots[4]; /* top left, top right, bottom left, bottom right */
    bool inverted;            /* light on dark */
};

/* Where the module position (x, y) is; whole numbers are corners of modules, 0.5 is the middle of the first. */
struct qr_point qr_grid_place(const struct qr_grid *grid, float x, float y);

/* Looks for the fourth spot by the alignment pattern around its present place, then moves all four. Returns how well the patterns fit: 1 perfectly, 0 not at
 * all; below QR_GRID_POOR there is no code, or the side is another. */
float qr_grid_fit(struct qr_grid *grid, const struct shade *shade);
#define QR_GRID_POOR 0.35f

/* Moves the fourth spot to where the modules stand out most: for codes without an alignment pattern, or with a thumb on it. */
void qr_grid_fit_contrast(struct qr_grid *grid, const struct shade *shade);

/* The brightness of each module, 0 to 255 times 16, dark as dark also when inverted; by row, side × side. `spread`: how far around the middle is averaged, as a
 * part of a module; 0 = only the middle. `scale`: pixels of this picture for one of the grid's. */
void qr_grid_sample(const struct qr_grid *grid, const struct picture *picture, float scale, float spread, int16_t *out);

#endif
