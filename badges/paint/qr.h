/* QR codes on libqrencode. The only includer of qrencode.h. Thread-safe. */
#ifndef PLENUM_BADGES_QR_H
#define PLENUM_BADGES_QR_H

#include "core/base/arena.h"
#include "core/base/err.h"

struct qr {
    const unsigned char *cells; /* side × side, row by row, bit 0 = black; in the arena */
    unsigned side;
};

/* Level Q; upper case, digits and the signs of the alphanumeric alphabet take 5½ bits each (ISO/IEC 18004 §7.4.4). ERR_LIMIT when
 * no code can hold the text, ERR_INPUT for an empty one. */
enum err qr_make(const char *text, struct arena *arena, struct qr *ret);
/* The same at level M: fewer and larger cells, for long texts in a small place, where size does more for a camera than redundancy. */
enum err qr_make_sparse(const char *text, struct arena *arena, struct qr *ret);

#endif
