/* QR codes (versions 1 to 10) out of a grey picture, by our own sampling: finder patterns → grids → modules → text. Five to ten times cheaper than zbar's walk
 * over every pixel, and it reads pictures that a threshold spoils. zbar (qr_read.h) stays for what this does not know. */
#ifndef PLENUM_VISION_QR_SEARCH_H
#define PLENUM_VISION_QR_SEARCH_H

#include "core/base/arena.h"
#include "core/vision/qr_finder.h"
#include "core/vision/qr_read.h"
#include "core/vision/reed_solomon.h"

struct qr_search {
    const struct reed_solomon *field;
    const struct picture *picture; /* whose modules are read */
    const struct shade *shade;     /* in which patterns are looked for; may be smaller */
    struct arena *arena;           /* for texts and scratch */
    unsigned step;                 /* every so manieth row is looked at */
    int margin;                    /* darker than around by this is dark */
    struct qr_found_list *found;   /* what is found is added, each text once; room for QR_READ_MOST */
    size_t suspects;               /* out: grids that look like a code and could not be read */
    size_t left_over;              /* out: finder patterns that belong to no code that was read */
};

/* ERR_NOMEM is the only error. */
enum err qr_search_run(struct qr_search *search);

#endif
