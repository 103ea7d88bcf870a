/* Which of the things that a camera offers is best at a door. Pure; thread-safe. */
#ifndef PLENUM_SCANNER_CAMERA_PICK_H
#define PLENUM_SCANNER_CAMERA_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAMERA_WIDTH 1280
#define CAMERA_HEIGHT 720
#define CAMERA_RATE 30

struct camera_offer {
    uint32_t format; /* the driver's word; not looked at */
    unsigned width, height;
    double rate;     /* pictures a second; 0 = not said */
    unsigned rank;   /* of the format: 0 is the one that costs least */
    bool is_refused; /* the driver offered it and then did not want it */
};

/* The best that was not refused, or `count`. Size near 1280 × 720 counts most (smaller loses badges that are held far away, larger costs time), then 15 to 30 pictures a
 * second (a webcam that sends 1280 × 720 raw at 10 has it compressed at 30), then the rank. */
size_t camera_pick(const struct camera_offer *offers, size_t count);

#endif
