/* Headers of conditions and ranges from anybody: the first byte of the input chooses the size of the file, then Range, If-Range, If-None-Match and a date, a line
 * each. What is promised for a part is a part of the file; nothing is read behind a header's end.
 *     make CC=clang SAN=address,undefined,fuzzer-no-link B=build/fuzz build/fuzz/fuzz/fuzz_range && build/fuzz/fuzz/fuzz_range tests/fuzz/corpus/range */
#include "tests/fuzz/fuzz.h"

#include "server/http/validators.h"

#include <stdlib.h>
#include <string.h>

static void range_check(const char *range, int64_t size)
{
    int64_t first = -1, last = -1;
    enum range_result result = range_read(range, size, &first, &last);
    if (result == RANGE_PART) fuzz_expect(first >= 0 && first <= last && last < size);
    else fuzz_expect(first == -1 && last == -1 && (result == RANGE_WHOLE || result == RANGE_UNSATISFIABLE));
    if (result == RANGE_UNSATISFIABLE) fuzz_expect(strncasecmp(range, "bytes=", 6) == 0);
}

static void range_check_date(const char *text)
{
    char written[HTTP_DATE_SIZE];
    int64_t seconds = http_date_read(text);
    if (seconds < 0) return;
    fuzz_expect(http_date_write(seconds, written) && strlen(written) == HTTP_DATE_SIZE - 1 && http_date_read(written) == seconds);
    fuzz_expect(if_range_holds(text, "tag", seconds) == (*text != '"'));
    fuzz_expect(!if_range_holds(text, NULL, seconds + 1));
}

int fuzz_range(const uint8_t *data, size_t length)
{
    static const int64_t sizes[] = {0, 1, 10, 4096, INT64_C(5000000000), INT64_MAX / 2};
    const char *lines[4] = {"", "", "", ""};
    char *text = malloc(length + 1), *rest = text;
    if (!text) return 0;
    memcpy(text, data, length);
    text[length] = '\0';
    int64_t size = length ? sizes[data[0] % (sizeof sizes / sizeof *sizes)] : 0;
    if (length) rest++;
    for (size_t i = 0; i < 4 && rest; i++) lines[i] = strsep(&rest, "\n");
    range_check(lines[0], size);
    (void)if_range_holds(lines[1], "tag", 784111777);
    const struct http_conditions conditions = {lines[2], lines[3], lines[1], lines[3]};
    const struct http_conditions cached = {NULL, NULL, lines[2], lines[3]};
    int judged = http_conditions_judge(&conditions, "tag", 784111777);
    fuzz_expect(judged == 0 || judged == 304 || judged == 412);
    judged = http_conditions_judge(&cached, "tag", 784111777);
    fuzz_expect(judged == (etag_listed(lines[2], "tag") ? 304 : 0)); /* If-None-Match goes before the date */
    range_check_date(lines[3]);
    free(text);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_range(data, length);
}
#endif
