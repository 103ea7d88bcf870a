/* Texts in letters of TCVN3 or VNI: what comes out is UTF-8, no longer than three bytes for two, and what was ASCII stays. */
#include "tests/fuzz/fuzz.h"

#include "core/base/text.h"
#include "core/base/text_vietnamese.h"

#include <string.h>

int fuzz_letters(const uint8_t *data, size_t length)
{
    struct arena arena = {0};
    char *text = arena_strndup(&arena, (const char *)data, length);
    fuzz_expect(text != NULL);
    if (!text_is_utf8(text, strlen(text))) { /* any bytes stand for the characters of Latin-1 */
        char *latin = arena_alloc(&arena, strlen(text) * 2 + 1);
        size_t n = 0;
        fuzz_expect(latin != NULL);
        for (const uint8_t *p = (const uint8_t *)text; *p; p++) {
            if (*p >= 0x80) latin[n++] = (char)(0xC0 | *p >> 6);
            latin[n++] = (char)(*p < 0x80 ? *p : 0x80 | (*p & 0x3F));
        }
        text = latin;
    }
    struct vietnamese_look look = {0};
    vietnamese_look_at(text, &look);
    for (int code = 0; code < 2; code++) {
        char *made = vietnamese_convert(&arena, (enum vietnamese_code)code, false, text), *capitals = vietnamese_convert(&arena, (enum vietnamese_code)code,
            true, text);
        fuzz_expect(made && capitals && text_is_utf8(made, strlen(made)) && text_is_utf8(capitals, strlen(capitals)) && strlen(made) <= strlen(text) * 2);
        fuzz_expect(look.good[code] <= look.words && look.strong[code] <= look.good[code] && look.plain <= look.words);
        (void)vietnamese_is_within((enum vietnamese_code)code, text);
    }
    (void)vietnamese_is_syllable(text);
    arena_release(&arena);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_letters(data, length);
}
#endif
