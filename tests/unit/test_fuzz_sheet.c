/* The fuzzers' targets for lists without a fuzzer: kept inputs, and the same plain mutations at every run. */
#include "tests/fuzz/fuzz_csv.c"
#include "tests/fuzz/fuzz_letters.c"
#include "tests/fuzz/fuzz_xlsx.c"
#include "tests/unit/mutate.h"

static int run_xlsx(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_xlsx(data, length);
}

static int run_csv(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_csv(data, length);
}

static int run_letters(void *context, const uint8_t *data, size_t length)
{
    (void)context;
    return fuzz_letters(data, length);
}

int main(void)
{
    struct check c = {0};
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/xlsx", run_xlsx, NULL, 40) > 0);
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/csv", run_csv, NULL, 60) > 0);
    CHECK(&c, mutate_kept(&c, "tests/fuzz/corpus/letters", run_letters, NULL, 300) > 0);
    return check_done(&c, "fuzz/sheet");
}
