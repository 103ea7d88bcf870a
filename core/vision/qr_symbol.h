/* From the modules of a QR code (ISO/IEC 18004, model 2, versions 1 to 10) to its text. Knows no pixels.
 *
 * Modules come with how sure each is: codewords that are least sure can be given up (erasures), which repairs twice as many as guessing them would. */
#ifndef PLENUM_VISION_QR_SYMBOL_H
#define PLENUM_VISION_QR_SYMBOL_H

#include "core/vision/reed_solomon.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QR_SYMBOL_VERSIONS 10
#define QR_SYMBOL_SIDE_MOST (17 + 4 * QR_SYMBOL_VERSIONS)
#define QR_SYMBOL_TEXT_MOST 700 /* numeric, version 10-L: 652 digits */

struct qr_symbol {
    unsigned side;                                               /* 21, 25, … QR_SYMBOL_SIDE_MOST */
    int16_t cells[QR_SYMBOL_SIDE_MOST * QR_SYMBOL_SIDE_MOST];    /* by row: above 0 dark, below light; the distance from 0 is how sure it is */
};

/* The pattern that a module has in every code of this size: 1 dark, -1 light, 0 differs from code to code. `x`, `y` may lie outside: the quiet zone is light. */
int qr_symbol_pattern(unsigned side, int x, int y);

/* True: `text` has the payload, NUL behind it. False: it cannot be read without guessing; kanji and linked codes are not read at all. */
bool qr_symbol_read(const struct reed_solomon *field, const struct qr_symbol *symbol, char text[QR_SYMBOL_TEXT_MOST + 1], size_t *ret_length);

#endif
