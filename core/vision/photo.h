/* Photos of people and logos, made small and harmless for print.
 *
 * A file comes from strangers: its size is checked in its header before any pixel memory is taken, it is decoded in a child process with bounds on time
 * and memory that may open nothing, turned as its EXIF says, cut to the wished shape, brought to sRGB by the profile that it carries (none: sRGB is
 * assumed) and encoded anew as a baseline JPEG. What comes back is ours; the file itself never gets further. */
#ifndef PLENUM_VISION_PHOTO_H
#define PLENUM_VISION_PHOTO_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define PHOTO_FILE_MOST (32u * 1024u * 1024u)
#define PHOTO_PIXELS_MOST 60000000u
#define PHOTO_SIDE_MOST 3840u /* of what is made */

struct photo {
    const void *data; /* baseline JPEG */
    size_t length;
    unsigned width, height;
};

struct photo_wish {
    unsigned width, height; /* pixels, at most; a smaller picture is not blown up */
    bool crop;              /* to that shape: the middle across, the upper part down, where faces are; else the whole picture within */
    bool keep;              /* to be stored and made smaller again later: better quality, more bytes */
    bool wall;              /* for a wall's pixels: what takes longer and more memory than a face may (photo_make_apart: 8 s of CPU, 30 s in all) */
};

/* In this process: for the child, tests and fuzzers. ERR_INPUT for a broken or unknown file, ERR_LIMIT for one that is too large, ERR_NOMEM; the fault
 * says what is wrong. *ret lives in the arena. Thread-safe. */
enum err photo_make(struct arena *arena, const void *data, size_t length, const struct photo_wish *wish, struct photo *ret, struct fault *fault);

/* The same in a child process. A photo that ends or stalls it (2 s of CPU, 10 s in all) is ERR_INPUT too. Thread-safe. */
enum err photo_make_apart(struct arena *arena, const void *data, size_t length, const struct photo_wish *wish, struct photo *ret, struct fault *fault);

#endif
