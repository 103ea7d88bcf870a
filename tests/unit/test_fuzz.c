/* The fuzzers' targets without a fuzzer: kept inputs, and the same plain mutations at every run. */
#include "tests/fuzz/fuzz_layout.c"
#include "tests/fuzz/fuzz_photo.c"
#include "tests/unit/mutate.h"

static void test_layouts(struct check *c, struct fonts *fonts)
{
    static uint8_t room[32768];
    uint32_t state = 20261121;
    int runs = 0;
    for (size_t k = 0; badges_layout_name(k); k++) {
        size_t length = 0;
        const char *text = badges_layout_source(badges_layout_name(k), &length);
        if (!CHECK(c, text && length < sizeof room)) continue;
        CHECK(c, fuzz_layout((const uint8_t *)text, length, fonts) == 0);
        for (int i = 0; i < 150; i++, runs++) fuzz_layout(room, mutate_bytes(room, (const uint8_t *)text, length, &state), fonts);
    }
    CHECK(c, runs >= 150 * 13);
}

static void test_photos(struct check *c, const char *path, int count)
{
    struct arena arena = {0};
    char *data = NULL;
    size_t length = 0;
    uint32_t state = 7;
    if (CHECK(c, file_read(&arena, path, 1 << 20, &data, &length, NULL) == OK)) {
        uint8_t *room = arena_alloc(&arena, length);
        for (int i = 0; i < count && room; i++) fuzz_photo(room, mutate_bytes(room, (const uint8_t *)data, length, &state));
        CHECK(c, room && fuzz_photo((const uint8_t *)data, length) == 0);
    }
    arena_release(&arena);
}

static int run_layout(void *fonts, const uint8_t *data, size_t length)
{
    return fuzz_layout(data, length, fonts);
}

static int run_photo(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_photo(data, length);
}

int main(void)
{
    struct check c = {0};
    struct fonts *fonts = NULL;
    if (CHECK(&c, fonts_new(&fonts, NULL) == OK)) {
        test_layouts(&c, fonts);
        /* Inputs that once did harm, or nearly. */
        CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/layout", run_layout, fonts, 0) > 0);
        CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/photo", run_photo, NULL, 0) > 0);
    }
    test_photos(&c, "photos/P0001.jpg", 300);
    test_photos(&c, "art/logo.png", 300);
    fonts_free(fonts);
    return check_done(&c, "fuzz");
}
