/* Row codes: every single wrong symbol, every two that changed places and every pair taken for another pair is found; and what people type as time and day. */
#include "core/base/csv.h"
#include "core/congress/fallback/row_code.h"
#include "core/congress/fallback/row_words.h"
#include "tests/unit/check.h"

#include <stdlib.h>

static const char symbols[] = ROW_CODE_SYMBOLS;

static bool reads(const char *typed)
{
    char out[ROW_CODE_SIZE];
    return row_code_read(typed, out) == ROW_CODE_GOOD;
}

/* Of one code: how many mistakes of each kind are not found. */
static size_t missed_of(const char *code)
{
    size_t missed = 0;
    char other[ROW_CODE_SIZE];
    for (int i = 0; i < ROW_CODE_LENGTH; i++) {
        memcpy(other, code, ROW_CODE_SIZE);
        for (const char *s = symbols; *s; s++) {
            other[i] = *s;
            missed += *s != code[i] && reads(other);
        }
        for (int k = i + 1; k < ROW_CODE_LENGTH; k++) {
            memcpy(other, code, ROW_CODE_SIZE);
            other[i] = code[k];
            other[k] = code[i];
            missed += code[i] != code[k] && reads(other);
        }
        if (i == 0 || code[i] != code[i - 1]) continue;
        for (const char *s = symbols; *s; s++) {
            memcpy(other, code, ROW_CODE_SIZE);
            other[i] = other[i - 1] = *s;
            missed += *s != code[i] && reads(other);
        }
    }
    return missed;
}

static void check_mistakes(struct check *c)
{
    size_t missed = 0, twice = 0, digits = 0;
    static unsigned char seen[ROW_CODE_COUNT];
    char code[ROW_CODE_SIZE], again[ROW_CODE_SIZE];
    for (uint32_t i = 0; i < ROW_CODE_COUNT; i++) {
        row_code_make(i, code);
        if (row_code_read(code, again) != ROW_CODE_GOOD || strcmp(code, again) != 0 || row_code_index(code) != i) missed++;
        else twice += seen[row_code_index(code)]++;
        digits += code[0] <= '9';
        if (i % 7 == 0) missed += missed_of(code);
    }
    CHECK(c, missed == 0);
    CHECK(c, twice == 0 && digits == 0);
    printf("# of %u codes every seventh was mistyped in every way: %zu mistakes were not found\n", ROW_CODE_COUNT, missed);
}

static void check_typed(struct check *c)
{
    char code[ROW_CODE_SIZE], out[ROW_CODE_SIZE], like[16];
    row_code_make(0, code);
    CHECK_TEXT(c, code, "C000V");
    (void)snprintf(like, sizeof like, " c-oD q%c ", code[4] + ('a' - 'A'));
    CHECK(c, row_code_read(like, out) == ROW_CODE_GOOD && strcmp(out, code) == 0);
    CHECK(c, row_code_read("C٠٠０V", out) == ROW_CODE_GOOD && strcmp(out, code) == 0);
    CHECK(c, row_code_read("C000", out) == ROW_CODE_SHORT && row_code_read("", out) == ROW_CODE_SHORT);
    CHECK(c, row_code_read("C000V0", out) == ROW_CODE_LONG);
    CHECK(c, row_code_read("C00AV", out) == ROW_CODE_STRANGE && row_code_read("C00ĐV", out) == ROW_CODE_STRANGE && row_code_read("C00\xff" "V", out) == ROW_CODE_STRANGE);
    CHECK(c, row_code_read("C000J", out) == ROW_CODE_WRONG && row_code_read("00000", out) == ROW_CODE_WRONG);
}

static bool is_time(const char *text, int hour, int want_hour, int want_minute, int want_second)
{
    struct zone_time t = {0};
    return row_words_time(text, hour, &t) && t.hour == want_hour && t.minute == want_minute && t.second == want_second;
}

static void check_times(struct check *c)
{
    static const char *const good[] = {"07:52", "7:52", "7h52", "7H52", "7.52", "7g52", "0752", "752", "٠٧:٥٢", "07:52:00"};
    static const char *const bad[] = {"", "7", "52", "7:5", "7:60", "24:00", "7:52:60", "7-52", "7:52x", "x7:52", "07:052", "12345", "7:52:1", "7::52", ":52", "7 52",
                                      "7:"};
    struct zone_time t;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!CHECK(c, is_time(good[i], -1, 7, 52, 0))) printf("# %s\n", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!CHECK(c, !row_words_time(bad[i], -1, &t))) printf("# %s\n", bad[i]);
    CHECK(c, is_time("7h", -1, 7, 0, 0) && is_time("07:52:09", -1, 7, 52, 9) && is_time("00:00", -1, 0, 0, 0));
    CHECK(c, is_time("52", 7, 7, 52, 0) && !row_words_time("60", 7, &t) && !row_words_time("5", 7, &t));
}

static bool is_day(const char *text)
{
    struct zone_time t = {0};
    return row_words_date(text, &t) && t.year == 2026 && t.month == 12 && t.day == 1;
}

static void check_days(struct check *c)
{
    struct zone_time t;
    struct arena arena = {0};
    bool out = false;
    CHECK(c, is_day("2026-12-01") && is_day("1/12/2026") && is_day("01.12.2026") && is_day("01-12-2026"));
    CHECK(c, !row_words_date("2026-02-30", &t) && !row_words_date("1/12", &t) && !row_words_date("1/12-2026", &t));
    CHECK(c, !row_words_date("1/12/26", &t) && !row_words_date("", &t));
    CHECK(c, row_words_direction(&arena, "Vào", &out) && !out && row_words_direction(&arena, "RA", &out) && out && row_words_direction(&arena, "خروج", &out) && out);
    CHECK(c, row_words_direction(&arena, "saída", &out) && out && row_words_direction(&arena, "in", &out) && !out && !row_words_direction(&arena, "up", &out));
    arena_release(&arena);
}

static void check_csv(struct check *c)
{
    static const char text[] = "\xef\xbb\xbf" "a;b;c\r\n1; \"x \"\"y\"\";\n2\" ;3\r\n\r\n;;\nlast;row";
    struct arena arena = {0};
    struct csv_row *rows = NULL;
    size_t n = 0;
    struct fault fault = {0};
    CHECK(c, csv_read(&arena, text, sizeof text - 1, &rows, &n, &fault) == OK && n == 3);
    CHECK(c, rows[0].count == 3 && rows[1].count == 3 && rows[2].count == 2);
    CHECK_TEXT(c, rows[0].cells[0], "a");
    CHECK_TEXT(c, rows[1].cells[1], "x \"y\";\n2");
    CHECK(c, rows[1].line == 2 && rows[2].line == 6);
    CHECK_TEXT(c, rows[2].cells[1], "row");
    CHECK(c, csv_read(&arena, "a,b\n\"c", 6, &rows, &n, &fault) == ERR_INPUT && strstr(fault.text, "line 2"));
    CHECK(c, csv_read(&arena, "a\xff", 2, &rows, &n, &fault) == ERR_INPUT);
    CHECK(c, csv_read(&arena, "", 0, &rows, &n, &fault) == OK && n == 0);
    CHECK(c, csv_read(&arena, "a\t\"b,c\"\td", 9, &rows, &n, &fault) == OK && n == 1 && rows[0].count == 3);
    arena_release(&arena);
}

/* Programs quote every cell of a long list: each takes what it is long, and not what could stand behind it. */
static void check_long_csv(struct check *c)
{
    static const char line[] = "\"K7M2P\",\"07:52\",\"Nguyễn \"\"An\"\"\"\n";
    enum { LINES = 4000 };
    struct arena arena, texts = {0};
    struct csv_row *rows = NULL;
    size_t n = 0, length = sizeof line - 1;
    char *text = arena_alloc(&texts, LINES * length);
    arena_init(&arena, 4u * 1024u * 1024u);
    CHECK(c, text != NULL);
    if (!text) return;
    for (size_t i = 0; i < LINES; i++) memcpy(text + i * length, line, length);
    CHECK(c, csv_read(&arena, text, LINES * length, &rows, &n, NULL) == OK && n == LINES);
    if (n == LINES) CHECK_TEXT(c, rows[LINES - 1].cells[2], "Nguyễn \"An\"");
    arena_release(&arena);
    arena_release(&texts);
}

int main(void)
{
    struct check c = {0};
    check_mistakes(&c);
    check_typed(&c);
    check_times(&c);
    check_days(&c);
    check_csv(&c);
    check_long_csv(&c);
    return check_done(&c, "row codes");
}
