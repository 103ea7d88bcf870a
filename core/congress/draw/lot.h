/* Drawing by lot, so that everybody can repeat it: whoever knows the seed and the list of codes gets the same people, with sha256sum and sort alone. Pure.
 *
 * **Method "sha256-lot/1"**: a person's lot is the SHA-256 of the seed, a line feed and the person's code, in UTF-8, as 64 hexadecimal digits in lower case. The lots in
 * ascending order are the order of drawing. With quotas the order is gone through once, and whoever's unit has a place left is drawn. The seed is something that nobody
 * can choose to their liking (numbers of a public lottery on a day that was named before); the list's fingerprint, the SHA-256 of all codes in the order of their
 * bytes, each with a line feed behind it, is published beside it. */
#ifndef PLENUM_CONGRESS_DRAW_LOT_H
#define PLENUM_CONGRESS_DRAW_LOT_H

#include "core/base/arena.h"
#include "core/base/crypto.h"
#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define DRAW_LOT_METHOD "sha256-lot/1"
#define DRAW_SEED_MOST 200 /* bytes */

struct draw_lot {
    const char *code;           /* borrowed */
    size_t at;                  /* the caller's own */
    char lot[CRYPTO_HASH_HEX];
};

/* Fills in the lots and puts them in order. crypto_init must have been called. */
void draw_lots(const char *seed, struct draw_lot *lots, size_t count);
/* The fingerprint of the list; the array is put in the order of codes. */
void draw_lot_fingerprint(struct draw_lot *lots, size_t count, char ret[CRYPTO_HASH_HEX]);

#endif
