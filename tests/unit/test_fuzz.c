/* The fuzzers' targets without a fuzzer: kept inputs, and the same plain mutations at every run. */
#include "core/base/file.h"
#include "tests/fuzz/fuzz_layout.c"
#include "tests/fuzz/fuzz_photo.c"
#include "tests/unit/check.h"

#include <dirent.h>

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Some bytes changed, a piece cut out or doubled. `room` holds twice the length. */
static size_t mutate(uint8_t *room, const uint8_t *data, size_t length, uint32_t *state)
{
    memcpy(room, data, length);
    for (uint32_t n = 1 + next_random(state) % 4; n && length > 8; n--) {
        size_t at = next_random(state) % length, size = 1 + next_random(state) % 16;
        if (at + size > length) size = length - at;
        switch (next_random(state) % 5) {
        case 0: room[at] = (uint8_t)next_random(state); break;
        case 1: room[at] ^= (uint8_t)(1u << (next_random(state) % 8)); break;
        case 2:
            memmove(room + at, room + at + size, length - at - size);
            length -= size;
            break;
        case 3: room[at] = (uint8_t)"0919-{}[]\",x"[next_random(state) % 12]; break;
        default: length = at > 8 ? at : length; break;
        }
    }
    return length;
}

static void test_layouts(struct check *c, struct fonts *fonts)
{
    static uint8_t room[65536];
    uint32_t state = 20261121;
    int runs = 0;
    for (size_t k = 0; badges_layout_name(k); k++) {
        size_t length = 0;
        const char *text = badges_layout_source(badges_layout_name(k), &length);
        if (!CHECK(c, text && length < sizeof room / 2)) continue;
        CHECK(c, fuzz_layout((const uint8_t *)text, length, fonts) == 0);
        for (int i = 0; i < 150; i++, runs++) fuzz_layout(room, mutate(room, (const uint8_t *)text, length, &state), fonts);
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
        uint8_t *room = arena_alloc(&arena, length * 2);
        for (int i = 0; i < count && room; i++) fuzz_photo(room, mutate(room, (const uint8_t *)data, length, &state));
        CHECK(c, room && fuzz_photo((const uint8_t *)data, length) == 0);
    }
    arena_release(&arena);
}

/* Inputs that once did harm, or nearly. */
static void test_kept(struct check *c, const char *folder, struct fonts *fonts)
{
    struct arena arena = {0};
    DIR *dir = opendir(folder);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        char *data = NULL;
        size_t length = 0;
        if (entry->d_name[0] == '.') continue;
        if (!CHECK(c, file_read(&arena, file_join(&arena, folder, entry->d_name), 1 << 20, &data, &length, NULL) == OK)) continue;
        count++;
        if (strstr(folder, "layout")) fuzz_layout((const uint8_t *)data, length, fonts);
        else fuzz_photo((const uint8_t *)data, length);
    }
    if (dir) closedir(dir);
    CHECK(c, count > 0);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct fonts *fonts = NULL;
    if (CHECK(&c, fonts_new(&fonts, NULL) == OK)) {
        test_layouts(&c, fonts);
        test_kept(&c, "tests/fuzz/corpus/layout", fonts);
        test_kept(&c, "tests/fuzz/corpus/photo", fonts);
    }
    test_photos(&c, "photos/P0001.jpg", 300);
    test_photos(&c, "art/logo.png", 300);
    fonts_free(fonts);
    return check_done(&c, "fuzz");
}
