/* The fuzzers' targets for bundles without a fuzzer: kept inputs, and the same plain mutations at every run. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "tests/fuzz/fuzz_manifest.c"
#include "tests/fuzz/fuzz_zip.c"
#include "tests/unit/check.h"

#include <dirent.h>

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static size_t mutate(uint8_t *room, const uint8_t *data, size_t length, uint32_t *state)
{
    memcpy(room, data, length);
    for (uint32_t n = 1 + next_random(state) % 4; n && length > 8; n--) {
        size_t at = next_random(state) % length, size = 1 + next_random(state) % 16;
        if (at + size > length) size = length - at;
        switch (next_random(state) % 4) {
        case 0: room[at] = (uint8_t)next_random(state); break;
        case 1: room[at] ^= (uint8_t)(1u << (next_random(state) % 8)); break;
        case 2: room[at] = (uint8_t)"0919-{}[]\",x"[next_random(state) % 12]; break;
        default:
            memmove(room + at, room + at + size, length - at - size);
            length -= size;
            break;
        }
    }
    return length;
}

static void run_kept(struct check *c, const char *folder, int (*target)(const uint8_t *, size_t), int mutations)
{
    struct arena arena = {0};
    DIR *dir = opendir(folder);
    uint32_t state = 20261122;
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        char *data = NULL;
        size_t length = 0;
        if (entry->d_name[0] == '.') continue;
        if (!CHECK(c, file_read(&arena, file_join(&arena, folder, entry->d_name), 1 << 20, &data, &length, NULL) == OK)) continue;
        uint8_t *room = arena_alloc(&arena, length + 1);
        if (!CHECK(c, room && target((const uint8_t *)data, length) == 0)) continue;
        for (int i = 0; i < mutations; i++) target(room, mutate(room, (const uint8_t *)data, length, &state));
        count++;
    }
    if (dir) closedir(dir);
    CHECK(c, count > 3);
    arena_release(&arena);
}

/* Whether the bytes are an intact bundle, as `verify` understands it. */
static bool is_intact(const char *data, size_t length, struct arena *arena)
{
    const struct zip_caps caps = {.each = EACH, .total = TOTAL};
    struct zip_reader zip;
    struct bundle_check check;
    int fd = memfd_create("bundle", MFD_CLOEXEC);
    if (fd < 0 || file_write_all(fd, data, length) != OK) abort();
    if (zip_open_fd(arena, fd, &caps, &zip, NULL) != OK) return false;
    bool intact = bundle_check(arena, &zip, NULL, NULL, &check, NULL) == OK && bundle_check_is_intact(&check) && !check.packed_anew;
    zip_close(&zip);
    return intact;
}

/* A flipped bit anywhere in a bundle is found: in content, names, sizes, times, flags, offsets. */
static void test_every_bit(struct check *c)
{
    struct arena arena = {0}, scratch = {0};
    char *data = NULL;
    size_t length = 0, missed = 0;
    if (!CHECK(c, file_read(&arena, "tests/fuzz/corpus/zip/bundle.zip", 1 << 20, &data, &length, NULL) == OK)) return;
    CHECK(c, length > 2000 && is_intact(data, length, &scratch));
    for (size_t at = 0; at < length; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            data[at] ^= (char)(1u << bit);
            arena_clear(&scratch);
            if (is_intact(data, length, &scratch) && ++missed < 5) printf("# byte %zu, bit %u\n", at, bit);
            data[at] ^= (char)(1u << bit);
        }
    }
    CHECK(c, missed == 0);
    arena_release(&scratch);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    CHECK(&c, crypto_init() == OK);
    run_kept(&c, "tests/fuzz/corpus/manifest", fuzz_manifest, 300);
    run_kept(&c, "tests/fuzz/corpus/zip", fuzz_zip, 300);
    test_every_bit(&c);
    return check_done(&c, "fuzz bundles");
}
