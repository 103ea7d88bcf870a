#include "badges/paint/qr.h"
#include "core/vision/qr_read.h"
#include "tests/unit/check.h"

#include <stdlib.h>

/* A white sheet. */
static uint8_t *make_sheet(unsigned width, unsigned height)
{
    uint8_t *sheet = malloc((size_t)width * height);
    if (sheet) memset(sheet, 255, (size_t)width * height);
    return sheet;
}

static void draw_code(uint8_t *sheet, unsigned width, unsigned left, unsigned top, unsigned module, const struct qr *code)
{
    for (unsigned y = 0; y < code->side * module; y++)
        for (unsigned x = 0; x < code->side * module; x++)
            if (code->cells[(y / module) * code->side + x / module] & 1) sheet[(top + y) * width + left + x] = 0;
}

static void test_places(struct check *c)
{
    static const char *const texts[] = {"http://10.0.0.1/D/0123456789ABCDEF", "M\xC3\xBCller", "third"};
    static const unsigned places[][2] = {{60, 20}, {300, 40}, {40, 300}};
    struct arena arena = {0};
    struct qr_reader *reader = qr_reader_new();
    uint8_t *sheet = make_sheet(500, 500);
    if (!CHECK(c, reader && sheet)) return;
    struct picture picture = {.width = 500, .height = 500, .pixels = sheet};
    struct qr_found_list list = {0};
    CHECK(c, qr_read(reader, &picture, &arena, &list) == OK && list.count == 0);
    for (int i = 0; i < 3; i++) {
        struct qr code = {0};
        CHECK(c, qr_make(texts[i], &arena, &code) == OK);
        draw_code(sheet, 500, places[i][0], places[i][1], 4, &code);
    }
    CHECK(c, qr_read(reader, &picture, &arena, &list) == OK);
    if (CHECK(c, list.count == 3))
        for (int i = 0; i < 3; i++) {
            CHECK_TEXT(c, list.items[i].text, texts[i]);
            CHECK(c, list.items[i].length == strlen(texts[i]));
            CHECK(c, list.items[i].x > places[i][0] && list.items[i].x < places[i][0] + 140);
            CHECK(c, list.items[i].y > places[i][1] && list.items[i].y < places[i][1] + 140);
        }
    struct qr_found_list all = {0};
    CHECK(c, qr_read_all(reader, &picture, &arena, &all) == OK && all.count == 3);
    for (size_t i = 0; i < all.count && i < list.count; i++) {
        CHECK_TEXT(c, all.items[i].text, list.items[i].text);
        CHECK(c, all.items[i].left >= places[i][0] - 8 && all.items[i].right <= places[i][0] + 140 && all.items[i].bottom > all.items[i].top + 80);
    }
    memset(sheet, 255, 500 * 500);
    CHECK(c, qr_read_all(reader, &picture, &arena, &all) == OK && all.count == 0);
    picture.width = 0;
    CHECK(c, qr_read(reader, &picture, &arena, &list) == ERR_INPUT);
    free(sheet);
    qr_reader_free(reader);
    qr_reader_free(NULL);
    arena_release(&arena);
}

static void test_pgm(struct check *c)
{
    struct arena arena = {0};
    struct picture picture = {0};
    struct fault fault = {0};
    size_t used = 0;
    static const char two[] = "P5\n# a comment\n2 2\n255\n\x01\x02\x03\xFFP5 1 1 15 \x0F";
    CHECK(c, picture_read_pgm(&arena, two, sizeof two - 1, &picture, &used, &fault) == OK);
    CHECK(c, picture.width == 2 && picture.height == 2 && picture.pixels[0] == 1 && picture.pixels[3] == 255);
    CHECK(c, picture_read_pgm(&arena, two + used, sizeof two - 1 - used, &picture, &used, &fault) == OK);
    CHECK(c, picture.width == 1 && picture.pixels[0] == 255 && used == 11);
    static const char *const broken[] = {"", "P6 1 1 255 abc", "P5 2 2 255 abc", "P5 2 2 255", "P5 0 2 255 ", "P5 2 2 65535 aaaaaaaa",
                                         "P52 2 255 aaaa", "P5 -2 2 255 aaaa", "P5 a"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        CHECK(c, picture_read_pgm(&arena, broken[i], strlen(broken[i]), &picture, NULL, &fault) == ERR_INPUT && fault.text[0]);
    CHECK(c, picture_read_pgm(&arena, "P5 99999 2 255 ", 15, &picture, NULL, &fault) == ERR_LIMIT);
    CHECK(c, picture.width == 1); /* untouched on failure */
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    test_places(&c);
    test_pgm(&c);
    return check_done(&c, "vision/qr_read");
}
