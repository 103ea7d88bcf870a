#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/base/clock.h"
#include "tests/unit/check.h"

static void check_fold(struct check *c, struct arena *a)
{
    CHECK_TEXT(c, text_fold(a, "Nguyễn  Đức"), "nguyen duc");
    CHECK_TEXT(c, text_fold(a, "Nguye\xCC\x82\xCC\x83n \xC4\x90\xC6\xB0\xCC\x81\x63"), "nguyen duc");
    CHECK_TEXT(c, text_fold(a, "João-Pedro d’Ávila"), "joao pedro d avila");
    CHECK_TEXT(c, text_fold(a, "Straße ﬁ"), "strasse fi");
    CHECK_TEXT(c, text_fold(a, "Łukasz Żółć-Ægir Þórður Sørensen Æ Œ"), "lukasz zolc aegir thordur sorensen ae oe");
    CHECK_TEXT(c, text_fold(a, "Iğdır İzmir"), "igdir izmir");
    CHECK_TEXT(c, text_fold(a, "محمد"), "محمد");
    CHECK_TEXT(c, text_fold(a, "  "), "");
    CHECK(c, text_fold(a, "\xff") == NULL);
    CHECK_TEXT(c, text_tidy(a, "  Tra\xCC\x82\xCC\x80n \t Thị\xC2\xA0Hoà "), "Trần Thị Hoà");
    CHECK_TEXT(c, text_tidy(a, "Trần\u202EThị\u202C B\u200B\u00AD"), "TrầnThị B");
    CHECK_TEXT(c, text_tidy(a, " \u200B\u202E \u200D\u3164"), "");
    CHECK_TEXT(c, text_tidy(a, "می\u200Cخواهم \u2067x\u2069"), "می\u200Cخواهم x");
    CHECK_TEXT(c, text_tidy(a, "क\u094D\u200Dष 葛\U000E0100"), "क\u094D\u200Dष 葛\U000E0100");
    CHECK_TEXT(c, text_tidy_to_set(a, "\u2068 A\u2069"), "\u2068 A\u2069");
    CHECK_TEXT(c, text_tidy_to_set(a, "\u00A0 A\u00A0B\u202FC \u00A0D\u00A0 E\u3000F\u00A0"), "A\u00A0B\u00A0C D E F");
    CHECK_TEXT(c, text_nfc(a, "Đư\xCC\x81" "c"), "Đứ" "c");
}

static void check_sort(struct check *c, struct arena *a)
{
    static const char *const order[] = {"Trần Văn An", "Lê Thị Ân", "Đỗ Bình", "Nguyễn Văn Bình", "Phạm Cường", "Bùi Dũng", "Vũ Đạt", "Hồ Yến"};
    for (size_t i = 1; i < sizeof order / sizeof order[0]; i++) {
        char *x = text_person_sort_key(a, "vi", order[i - 1], NULL), *y = text_person_sort_key(a, "vi", order[i], NULL);
        CHECK(c, x && y && strcmp(x, y) < 0);
    }
    CHECK(c, strcmp(text_person_sort_key(a, "vi", "An Z", NULL), text_person_sort_key(a, "vi", "Z An", NULL)) > 0);
}

static void check_breaks(struct check *c, struct arena *a)
{
    size_t *offsets;
    CHECK(c, text_line_breaks(a, "vi", "Liên đoàn Lao động", &offsets) == 4);
    CHECK(c, text_line_breaks(a, "zh", "中华全国", &offsets) == 4);
    CHECK(c, text_line_breaks(a, "vi", "Liên\u00A0đoàn Lao\u00A0động", &offsets) == 2 && offsets[0] == strlen("Liên\u00A0đoàn "));
    static const char letters[] = "q\u0301\u0323a 👩\u200D🔧नि";
    CHECK(c, text_letter_breaks(a, letters, &offsets) == 5 && offsets[0] == 5 && offsets[1] == 6 && offsets[4] == sizeof letters - 1);
    CHECK(c, text_letter_breaks(a, "", &offsets) == 0);
    CHECK(c, text_is_code("HT-01") && !text_is_code("") && !text_is_code("a b") && !text_is_code("é"));
    CHECK(c, text_is_slug("dai-hoi-19") && !text_is_slug("-a") && !text_is_slug("A"));
    CHECK(c, text_is_language("vi") && text_is_language("pt-BR") && !text_is_language("v") && !text_is_language("vi-") && !text_is_language("1i"));
    CHECK(c, text_is_of_language("pt", "pt") && text_is_of_language("pt-BR", "pt") && text_is_of_language("AR-eg", "ar"));
    CHECK(c, text_is_right_to_left("ar") && text_is_right_to_left("AR-eg") && text_is_right_to_left("ckb") && text_is_right_to_left("pa-Arab"));
    CHECK(c, !text_is_right_to_left("vi") && !text_is_right_to_left("pa") && !text_is_right_to_left("") && !text_is_right_to_left("x y") && !text_is_right_to_left(NULL));
    CHECK(c, !text_is_of_language("ckb", "ck") && !text_is_of_language("p", "pt") && !text_is_of_language("", "vi") && !text_is_of_language(NULL, "vi"));
    CHECK(c, !text_is_utf8("\xED\xA0\x80", 3) && !text_is_utf8("\xC0\xAF", 2) && !text_is_utf8("a\0b", 3));
}

static void check_time(struct check *c)
{
    int64_t ms, end;
    char text[ZONE_TEXT_SIZE], utc[CLOCK_TEXT_SIZE];
    CHECK(c, zone_parse("Asia/Ho_Chi_Minh", "2026-12-01T07:30", &ms) == OK);
    CHECK_TEXT(c, clock_format(ms, utc), "2026-12-01T00:30:00.000Z");
    CHECK(c, zone_format("Asia/Ho_Chi_Minh", ms, text) == OK);
    CHECK_TEXT(c, text, "2026-12-01T07:30");
    CHECK(c, zone_parse("Europe/Lisbon", "2026-03-29T01:30", &ms) == OK); /* skipped: the clock goes 01:00 → 02:00 */
    CHECK_TEXT(c, clock_format(ms, utc), "2026-03-29T01:00:00.000Z");
    CHECK(c, zone_parse("Europe/Lisbon", "2026-10-25T01:30", &ms) == OK); /* twice: the first, still summer time */
    CHECK_TEXT(c, clock_format(ms, utc), "2026-10-25T00:30:00.000Z");
    CHECK(c, zone_day("Europe/Lisbon", ms, &ms, &end) == OK && end - ms == 25 * CLOCK_HOUR);
    CHECK(c, zone_parse("Mars/Olympus", "2026-12-01T07:30", &ms) == ERR_INPUT);
    CHECK(c, zone_parse("UTC", "2026-02-30T07:30", &ms) == ERR_INPUT);
    CHECK(c, zone_parse("UTC", "2026-02-28T24:30", &ms) == ERR_INPUT);
    CHECK(c, zone_parse("UTC", "2026-02-28 07:30", &ms) == ERR_INPUT);
    CHECK(c, clock_parse("2026-12-01T07:30:00.5+07:00", &ms) == OK);
    CHECK_TEXT(c, clock_format(ms, utc), "2026-12-01T00:30:00.500Z");
    CHECK(c, clock_parse("2026-12-01T07:30:00", &ms) == ERR_INPUT);
    CHECK(c, clock_parse("2026-12-01T07:30:00Zx", &ms) == ERR_INPUT);
    CHECK(c, clock_parse("2026-02-29T07:30:00Z", &ms) == ERR_INPUT);
}

int main(void)
{
    struct check c = {0};
    struct arena a = {0};
    check_fold(&c, &a);
    check_sort(&c, &a);
    check_breaks(&c, &a);
    check_time(&c);
    arena_release(&a);
    return check_done(&c, "base/text");
}
