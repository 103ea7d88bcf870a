/* A WebP picture as colours (libwebp). Private to core/vision, and for its child process: it is a stranger's file. The only includer of webp/. */
#ifndef PLENUM_VISION_PHOTO_WEBP_H
#define PLENUM_VISION_PHOTO_WEBP_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct photo_webp {
    unsigned width, height;
    uint8_t *pixels;           /* RGB, rows packed, white where the picture lets through; in the arena */
    const uint8_t *exif, *icc; /* chunks of the file, which must stay; NULL: none */
    size_t exif_length, icc_length;
};

/* ERR_INPUT for a broken or a moving one, ERR_LIMIT for more than `pixels_most`, ERR_NOMEM. */
enum err photo_webp_read(struct arena *arena, const void *data, size_t length, unsigned pixels_most, struct photo_webp *ret, struct fault *fault);

#endif
