/* The grey picture inside of what cameras deliver raw. Pure functions over bytes; thread-safe.
 *
 * Layouts are those of the kernel's "YUV formats" pages: brightness is a plane of its own at the start (GREY, NV12, NV21, YU12, YV12, NV16, 422P), or every other
 * byte of a row (YUYV and YVYU: the first, UYVY and VYUY: the second). Colours are not looked at. */
#ifndef PLENUM_SCANNER_GREY_H
#define PLENUM_SCANNER_GREY_H

#include "core/vision/picture.h"

#include <stdbool.h>

enum grey_layout { GREY_PLANE, GREY_FIRST_OF_TWO, GREY_SECOND_OF_TWO };

/* Bytes from one row to the next: `stride` as the driver says it, or, when that cannot be (some say 0), rows that lie close together. */
size_t grey_stride(enum grey_layout layout, unsigned width, size_t stride);
/* How many bytes there must be, to the last pixel's. */
size_t grey_bytes(enum grey_layout layout, unsigned width, unsigned height, size_t stride);
/* `data` has grey_bytes, `room` width × height. *ret points into `data` where that is a picture as it is, else into `room`. */
void grey_take(enum grey_layout layout, unsigned width, unsigned height, size_t stride, const uint8_t *data, uint8_t *room, struct picture *ret);

#endif
