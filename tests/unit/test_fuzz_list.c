/* The fuzzer's target for lists without a fuzzer: kept inputs, plain mutations of them, and a series of chance bytes, the same at every run. `test_fuzz_list
 * N` plays N of them. */
#include "tests/fuzz/fuzz_list.c"
#include "tests/unit/mutate.h"

static int run_list(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_list(data, length);
}

int main(int argc, char **argv)
{
    struct check c = {0};
    uint32_t state = 20261122;
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 400;
    uint8_t data[1500];
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/list", run_list, NULL, 100) > 0);
    for (long i = 0; i < count; i++) {
        size_t length = mutate_next(&state) % sizeof data;
        for (size_t k = 0; k < length; k++) data[k] = (uint8_t)mutate_next(&state);
        CHECK(&c, fuzz_list(data, length) == 0);
    }
    return check_done(&c, "fuzz/list");
}
