/* What is fuzzed: by libFuzzer with FUZZ_MAIN, by tests/unit/test_fuzz.c over the kept inputs and plain mutations without. */
#ifndef PLENUM_TESTS_FUZZ_H
#define PLENUM_TESTS_FUZZ_H

#include "badges/badges.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What every target does with a broken promise. */
static inline void fuzz_expect(bool good)
{
    if (!good) abort();
}

/* They abort when a promise is broken. Return 0. */
int fuzz_layout(const uint8_t *data, size_t length, struct fonts *fonts);
int fuzz_photo(const uint8_t *data, size_t length);
int fuzz_manifest(const uint8_t *data, size_t length);
int fuzz_zip(const uint8_t *data, size_t length);
int fuzz_range(const uint8_t *data, size_t length);
int fuzz_picture(const uint8_t *data, size_t length);
int fuzz_frames(const uint8_t *data, size_t length);
int fuzz_keys(const uint8_t *data, size_t length);
int fuzz_list(const uint8_t *data, size_t length);
int fuzz_xlsx(const uint8_t *data, size_t length);
int fuzz_csv(const uint8_t *data, size_t length);
int fuzz_letters(const uint8_t *data, size_t length);

#endif
