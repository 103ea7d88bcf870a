/* A grey picture in memory, and the plainest file format that carries one (PGM).
 *
 * Rows are packed: pixel (x, y) is pixels[y * width + x], 0 black to 255 white. */
#ifndef PLENUM_VISION_PICTURE_H
#define PLENUM_VISION_PICTURE_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* No side may be longer: 300 MB of grey would pass as a "picture" otherwise. */
#define PICTURE_SIDE_MOST 16384u

struct picture {
    unsigned width, height;
    const uint8_t *pixels; /* borrowed */
};

/* Reads binary PGM (P5) with 8 bits a pixel, as pdftoppm and ffmpeg write it; `pixels` points into `data` when the file's white is
 * 255, else into the arena. Several pictures may follow each other in one stream: *ret_used (may be NULL) is where the next begins.
 * ERR_INPUT for anything else, with a sentence; ERR_LIMIT above PICTURE_SIDE_MOST. */
enum err picture_read_pgm(struct arena *arena, const void *data, size_t length, struct picture *ret, size_t *ret_used, struct fault *fault);

/* How many bytes the PGM picture at the start of `data` takes, for reading from a pipe; *ret 0 = the header is not whole yet. ERR_INPUT and
 * ERR_LIMIT as above. */
enum err picture_measure_pgm(const void *data, size_t length, size_t *ret, struct fault *fault);

#endif
