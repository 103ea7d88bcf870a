/* What the operator's screen takes for a photo: a whole JPEG of sensible size, by its markers; every prefix and every damaged byte ends within the data. */
#include "scanner/status/portraits.h"
#include "tests/unit/check.h"

#include <stdlib.h>

/* SOI, APP0, quantisation table, frame of 64 x 48 in three components, scan, its data with a stuffed and a restart byte, EOI. */
static const uint8_t good[] = {0xff, 0xd8, 0xff, 0xe0, 0, 6, 'J', 'F', 'I', 'F', 0xff, 0xff, 0xdb, 0, 5, 0, 1, 2, 0xff, 0xc0, 0, 17, 8, 0, 48, 0, 64, 3,
                               1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0, 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4,
                               0xff, 0xd9};
#define FRAME 18 /* where its marker stands */
#define SCAN 37

/* From memory of exactly that size, so that a sanitizer sees a step beyond. */
static bool is_sound(const uint8_t *data, size_t length)
{
    uint8_t *copy = malloc(length + 1);
    if (!copy) return false;
    memcpy(copy + 1, data, length);
    bool sound = portrait_is_sound(copy + 1, length);
    free(copy);
    return sound;
}

static bool with(size_t at, uint8_t byte)
{
    uint8_t copy[sizeof good];
    memcpy(copy, good, sizeof good);
    copy[at] = byte;
    return is_sound(copy, sizeof copy);
}

static void test_sound(struct check *c)
{
    CHECK(c, good[FRAME] == 0xff && good[FRAME + 1] == 0xc0 && good[SCAN] == 0xff && good[SCAN + 1] == 0xda);
    CHECK(c, is_sound(good, sizeof good));
    CHECK(c, with(FRAME + 1, 0xc2));  /* progressive */
    CHECK(c, !with(FRAME + 1, 0xc3)); /* lossless: browsers read none; and then there is no frame */
    CHECK(c, with(FRAME + 9, 1) && !with(FRAME + 9, 4) && !with(FRAME + 9, 0));
    CHECK(c, !with(FRAME + 6, 0) && !with(FRAME + 8, 0)); /* no pixels */
    CHECK(c, with(FRAME + 5, 4) && !with(FRAME + 5, 5) && !with(FRAME + 7, 0xff)); /* 1072, 1328, 65344 */
    CHECK(c, !with(FRAME + 3, 200) && !with(FRAME + 3, 1) && !with(FRAME + 3, 8)); /* beyond the end, shorter than itself, no room for a size */
    CHECK(c, !with(SCAN + 1, 0xd9) && !with(SCAN + 1, 0xe1));
    uint8_t twice[sizeof good + 19];
    memcpy(twice, good, SCAN);
    memcpy(twice + SCAN, good + FRAME, 19);
    memcpy(twice + SCAN + 19, good + SCAN, sizeof good - SCAN);
    CHECK(c, !is_sound(twice, sizeof twice)); /* the second frame might be any size */
    static const char html[] = "<!doctype html><title>Wi-Fi</title>";
    CHECK(c, !is_sound((const uint8_t *)html, sizeof html) && !is_sound(good, 0) && !is_sound((const uint8_t *)"\xff\xd8\xff\xd9", 4));
}

static void test_damage(struct check *c)
{
    size_t taken = 0;
    for (size_t length = 0; length < sizeof good; length++) taken += is_sound(good, length);
    CHECK(c, taken == 0);
    for (size_t at = 0; at < sizeof good; at++)
        for (unsigned byte = 0; byte < 256; byte++) taken += with(at, (uint8_t)byte);
    CHECK(c, taken > sizeof good && taken < sizeof good * 256);
}

static void test_size(struct check *c)
{
    uint8_t *large = calloc(1, PORTRAIT_BYTES_MOST + 1);
    CHECK(c, large != NULL);
    if (!large) return;
    memcpy(large, good, sizeof good);
    for (size_t length = PORTRAIT_BYTES_MOST; length <= PORTRAIT_BYTES_MOST + 1; length++) {
        large[length - 2] = 0xff;
        large[length - 1] = 0xd9;
        CHECK(c, portrait_is_sound(large, length) == (length == PORTRAIT_BYTES_MOST));
    }
    free(large);
}

int main(void)
{
    struct check c = {0};
    test_sound(&c);
    test_damage(&c);
    test_size(&c);
    return check_done(&c, "scanner_portraits");
}
