/* The fuzzers' targets for bundles without a fuzzer: kept inputs, and the same plain mutations at every run. */
#include "core/base/crypto.h"
#include "tests/fuzz/fuzz_manifest.c"
#include "tests/fuzz/fuzz_zip.c"
#include "tests/unit/mutate.h"

static int run_manifest(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_manifest(data, length);
}

static int run_zip(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_zip(data, length);
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
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/manifest", run_manifest, NULL, 300) > 3);
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/zip", run_zip, NULL, 300) > 3);
    test_every_bit(&c);
    return check_done(&c, "fuzz bundles");
}
