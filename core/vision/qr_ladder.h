/* QR codes out of hard pictures: a ladder of ways to look, the cheap ones first (docs/decisions/0026-reading.md has what each is worth).
 *
 * First our own sampling of located codes (qr_search.h) on the picture at half size, at full size, at a quarter, and sharpened; dark on light and light on dark
 * at once. Then zbar (qr_read.h), which knows larger and rarer codes, on what a local threshold leaves, on the picture itself and on its negative.
 * One ladder serves one thread at a time. */
#ifndef PLENUM_VISION_QR_LADDER_H
#define PLENUM_VISION_QR_LADDER_H

#include "core/vision/qr_read.h"

#include <stdbool.h>
#include <stdint.h>

struct qr_ladder;

/* `is_wanted`: whether this is a code for whose sake somebody looks; as long as none is found, other codes do not end the climb. NULL: any is. */
struct qr_ladder *qr_ladder_new(bool (*is_wanted)(const char *text, size_t length)); /* NULL when out of memory */
void qr_ladder_free(struct qr_ladder *ladder);                                        /* accepts NULL */

/* For a still picture: as far up as it takes. *ret: each text once, from top to bottom, in the arena, which is also used for scratch (up to six times the
 * picture). ERR_INPUT and ERR_NOMEM as qr_read. */
enum err qr_ladder_climb(struct qr_ladder *ladder, const struct picture *picture, struct arena *arena, struct qr_found_list *ret);

/* For a frame of a camera: the cheapest look at each frame, others in turn, as many as keep within half a core. `passed_us`: since the frame before
 * (by the stream's own time, when that is longer). */
enum err qr_ladder_glance(struct qr_ladder *ladder, const struct picture *picture, int64_t passed_us, struct arena *arena, struct qr_found_list *ret);

/* How many glances it takes until each way to look has had its turn. */
#define QR_LADDER_TURNS 8

#endif
