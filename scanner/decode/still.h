/* Whether a frame shows what the one before showed: most frames of a camera at a door do, and need no reading. One owner, one thread. */
#ifndef PLENUM_SCANNER_STILL_H
#define PLENUM_SCANNER_STILL_H

#include "core/vision/picture.h"

#include <stdbool.h>

struct still {
    unsigned width, height;
    uint8_t *means; /* of squares of 8 × 8 pixels, of the frame that all since are compared with: what changes slowly is noticed, too */
};

/* True when no square differs by more than a camera's noise. False also for the first frame, another size, or without memory. */
bool still_is_unchanged(struct still *still, const struct picture *picture);
void still_release(struct still *still);

#endif
