/* A photo from anybody, decoded here without its child process so that a sanitizer sees everything.
 *     make CC=clang SAN=address,undefined,fuzzer-no-link B=build/fuzz build/fuzz/fuzz/fuzz_photo && build/fuzz/fuzz/fuzz_photo tests/fuzz/corpus/photo */
#include "tests/fuzz/fuzz.h"

#include "core/vision/photo.h"

#include <stdlib.h>

int fuzz_photo(const uint8_t *data, size_t length)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct photo photo = {0};
    const struct photo_wish wish = {.width = 60, .height = 80, .crop = length % 2 == 0};
    enum err e = photo_make(&arena, data, length, &wish, &photo, &fault);
    const uint8_t *made = photo.data;
    if (e == OK) {
        fuzz_expect(photo.width >= 1 && photo.width <= 60 && photo.height >= 1 && photo.height <= 80);
        fuzz_expect(photo.length > 100 && made[0] == 0xFF && made[1] == 0xD8);
    } else fuzz_expect(fault.text[0] && (e == ERR_INPUT || e == ERR_LIMIT || e == ERR_NOMEM));
    arena_release(&arena);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_photo(data, length);
}
#endif
