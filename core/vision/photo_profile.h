/* The colour profile inside a picture file. Private to core/vision. */
#ifndef PLENUM_VISION_PHOTO_PROFILE_H
#define PLENUM_VISION_PHOTO_PROFILE_H

#include "core/base/arena.h"

#include <stddef.h>

struct photo_profile {
    const void *data; /* NULL: none, or none that can be read; in the arena */
    size_t length;
};

/* Of a PNG (chunk iCCP). A broken file gives none: whoever decodes it says so. */
struct photo_profile photo_profile_of_png(struct arena *arena, const void *data, size_t length);

#endif
