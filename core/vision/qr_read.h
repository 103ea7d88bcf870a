/* QR codes out of a grey picture, on zbar. The only includer of zbar.h.
 *
 * Returns raw texts and decides nothing: what counts as a badge is for the caller (core/base/id.h). Only QR codes are looked for
 * (or, by a reader made for that, only bar codes), and bytes are passed on as they are (zbar would otherwise guess a charset). One reader serves one thread
 * at a time; different threads need readers of their own. */
#ifndef PLENUM_VISION_QR_READ_H
#define PLENUM_VISION_QR_READ_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/vision/picture.h"

#include <stddef.h>

/* At most this many codes of one picture are returned. */
#define QR_READ_MOST 256

struct qr_found {
    const char *text; /* in the arena; NUL-terminated behind its last byte */
    size_t length;    /* bytes, for payloads with NUL inside */
    unsigned x, y;    /* the middle of the code, pixels from the left and the top */
    unsigned left, top, right, bottom; /* around its corners */
};

struct qr_found_list {
    struct qr_found *items; /* in the arena, from top to bottom, then from left to right */
    size_t count;
};

struct qr_reader;

/* NULL when out of memory. The caller owns it. */
struct qr_reader *qr_reader_new(void);
/* One that qr_read looks for bar codes with instead: EAN, UPC, Code 128, 93 and 39, interleaved 2 of 5; upright or lying, which three lines agree on. What it
 * returns is never a badge, whatever it says. Not for qr_read_all. */
struct qr_reader *qr_reader_new_for_bars(void);
void qr_reader_free(struct qr_reader *reader); /* accepts NULL */

/* All codes of the picture; a picture without any gives OK and count 0. The pixels are only read. ERR_INPUT for an empty picture or
 * one above PICTURE_SIDE_MOST, ERR_NOMEM. *ret is untouched on failure. */
enum err qr_read(struct qr_reader *reader, const struct picture *picture, struct arena *arena, struct qr_found_list *ret);

/* As qr_read, for pictures with many codes, such as a sheet of badges: what was found is painted over and the rest looked at again until nothing
 * more is found, since zbar passes some codes over where their corners stand in line with a neighbour's (about 2 in 100 on a sheet of eight).
 * Costs one more look and a copy of the picture when there is any code. */
enum err qr_read_all(struct qr_reader *reader, const struct picture *picture, struct arena *arena, struct qr_found_list *ret);

#endif
