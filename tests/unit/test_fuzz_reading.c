/* The fuzzers' targets for pictures, frames and keys without a fuzzer: kept inputs, and the same plain mutations at every run. */
#include "tests/fuzz/fuzz_frames.c"
#include "tests/fuzz/fuzz_keys.c"
#include "tests/fuzz/fuzz_picture.c"
#include "tests/unit/mutate.h"

static int run_picture(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_picture(data, length);
}

static int run_frames(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_frames(data, length);
}

static int run_keys(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_keys(data, length);
}

int main(void)
{
    struct check c = {0};
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/picture", run_picture, NULL, 60) > 0);
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/frames", run_frames, NULL, 150) > 0);
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/keys", run_keys, NULL, 2000) > 0);
    return check_done(&c, "fuzz/reading");
}
