/* Reed-Solomon over GF(256) as QR codes use it (ISO/IEC 18004, primitive polynomial 0x11D, generator roots 2^0 …), with errors and erasures. */
#ifndef PLENUM_VISION_REED_SOLOMON_H
#define PLENUM_VISION_REED_SOLOMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REED_SOLOMON_PARITY_MOST 68

/* Logarithms of the field; made once, read by any thread afterwards. */
struct reed_solomon {
    uint8_t power[512], logarithm[256];
};

void reed_solomon_init(struct reed_solomon *field);

/* Repairs `word` of `length` (at most 255) bytes whose last `parity` are check bytes. `erased`: positions that are not to be trusted (`erased_count` <= parity).
 * No more is repaired than leaves `reserve` check bytes unused: 2 * errors + erasures <= parity - reserve; the reserve is what keeps a wrong word from being
 * taken for a right one. True: the word is whole, and *ret_errors is how many bytes were wrong that nobody had doubted. False: `word` is as it was. */
bool reed_solomon_repair(const struct reed_solomon *field, uint8_t *word, size_t length, size_t parity, const uint8_t *erased, size_t erased_count, size_t reserve,
                         size_t *ret_errors);

#endif
