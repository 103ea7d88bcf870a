/* The pure parts of cameras and hand scanners: brightness out of what cameras send, which size and rate is chosen, and what keys mean. */
#include "scanner/frames/camera_pick.h"
#include "scanner/frames/grey.h"
#include "scanner/frames/keys.h"
#include "tests/unit/check.h"

#include <linux/input-event-codes.h>
#include <stdlib.h>

/* --- brightness ------------------------------------------------------------------------------------------------------------------ */

static uint8_t level(unsigned x, unsigned y) { return (uint8_t)(x * 7 + y * 31 + 1); }

/* A picture of each layout in memory of exactly the bytes that it needs, so that a sanitizer sees one too many. */
static void test_grey(struct check *c)
{
    static const enum grey_layout layouts[] = {GREY_PLANE, GREY_FIRST_OF_TWO, GREY_SECOND_OF_TWO};
    static const unsigned sizes[][2] = {{1, 1}, {2, 1}, {7, 3}, {16, 5}, {33, 2}};
    static const size_t extra[] = {0, 1, 13, 64};
    for (size_t l = 0; l < 3; l++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (size_t k = 0; k < sizeof extra / sizeof *extra; k++) {
                unsigned width = sizes[s][0], height = sizes[s][1], step = layouts[l] == GREY_PLANE ? 1 : 2, first = layouts[l] == GREY_SECOND_OF_TWO;
                size_t stride = (size_t)width * step + extra[k], bytes = grey_bytes(layouts[l], width, height, stride);
                uint8_t *data = malloc(bytes), *room = malloc((size_t)width * height);
                struct picture picture;
                bool same = data && room;
                CHECK(c, bytes == stride * (height - 1) + (size_t)width * step);
                for (size_t i = 0; same && i < bytes; i++) data[i] = 0xee;
                for (unsigned y = 0; same && y < height; y++)
                    for (unsigned x = 0; x < width; x++) data[y * stride + x * step + first] = level(x, y);
                if (same) grey_take(layouts[l], width, height, stride, data, room, &picture);
                for (unsigned y = 0; same && y < height; y++)
                    for (unsigned x = 0; x < width; x++) same = same && picture.pixels[(size_t)y * width + x] == level(x, y);
                CHECK(c, same && picture.width == width && picture.height == height);
                CHECK(c, (picture.pixels == data) == (layouts[l] == GREY_PLANE && extra[k] == 0));
                free(data);
                free(room);
            }
    CHECK(c, grey_bytes(GREY_FIRST_OF_TWO, 640, 480, 0) == 640 * 480 * 2); /* a driver that says no stride */
    CHECK(c, grey_bytes(GREY_PLANE, 640, 480, 100) == 640 * 480);          /* or one that cannot be */
    CHECK(c, grey_bytes(GREY_PLANE, 0, 480, 0) == 0);
}

/* --- what is chosen -------------------------------------------------------------------------------------------------------------- */

static const struct camera_offer webcam[] = {
    {.width = 640, .height = 480, .rate = 30, .rank = 3},     {.width = 1280, .height = 720, .rate = 10, .rank = 3},
    {.width = 1920, .height = 1080, .rate = 5, .rank = 3},    {.width = 640, .height = 480, .rate = 30, .rank = 11},
    {.width = 1280, .height = 720, .rate = 30, .rank = 11},   {.width = 1920, .height = 1080, .rate = 30, .rank = 11},
    {.width = 1280, .height = 720, .rate = 60, .rank = 11},
};

static void test_pick(struct check *c)
{
    struct camera_offer offers[8];
    memcpy(offers, webcam, sizeof webcam);
    CHECK(c, camera_pick(webcam, 7) == 4);  /* 1280 × 720 at 30, compressed, before 10 a second raw, and before 60 */
    CHECK(c, camera_pick(webcam, 3) == 1);  /* without compression: rather 10 a second than small */
    offers[4].is_refused = true;
    CHECK(c, camera_pick(offers, 7) == 6);
    offers[1].rate = 5;
    CHECK(c, camera_pick(offers, 3) == 0);  /* but 5 are too few */
    CHECK(c, camera_pick(offers, 1) == 0 && camera_pick(NULL, 0) == 0);
    offers[0].is_refused = true;
    CHECK(c, camera_pick(offers, 1) == 1);
    offers[0] = (struct camera_offer){.width = 1280, .height = 720, .rank = 11};
    offers[1] = (struct camera_offer){.width = 1280, .height = 720, .rank = 3};
    CHECK(c, camera_pick(offers, 2) == 1); /* rates not said: the one that costs less */
    offers[0] = (struct camera_offer){.width = 0, .height = 720, .rate = 30};
    CHECK(c, camera_pick(offers, 1) == 1); /* nonsense is nothing */
}

/* --- keys ------------------------------------------------------------------------------------------------------------------------ */

struct typist {
    struct keys *keys;
    int64_t now;
    char line[FRAMES_TEXT_MOST + 1];
};

static enum keys_word event(struct typist *t, unsigned type, unsigned code, int value)
{
    return keys_take(t->keys, type, code, value, t->now, t->line);
}

static enum keys_word tap(struct typist *t, unsigned code, bool shift)
{
    enum keys_word found = KEYS_NOTHING, word;
    t->now += 5;
    if (shift && (word = event(t, EV_KEY, KEY_LEFTSHIFT, 1)) != KEYS_NOTHING) found = word;
    if ((word = event(t, EV_KEY, code, 1)) != KEYS_NOTHING) found = word;
    if ((word = event(t, EV_KEY, code, 2)) != KEYS_NOTHING) found = word; /* a repeat: never counts */
    if ((word = event(t, EV_KEY, code, 0)) != KEYS_NOTHING) found = word;
    if (shift && (word = event(t, EV_KEY, KEY_LEFTSHIFT, 0)) != KEYS_NOTHING) found = word;
    (void)event(t, EV_SYN, SYN_REPORT, 0);
    return found;
}

/* Presses what writes this text in a layout; false when none does. */
static bool type_text(struct typist *t, enum keymap map, const char *text)
{
    for (; *text; text++) {
        bool found = false;
        for (unsigned code = 1; code < KEY_KPASTERISK && !found; code++)
            for (unsigned shift = 0; shift < 2 && !found; shift++) {
                if (code == KEY_LEFTSHIFT || code == KEY_RIGHTSHIFT || keymap_read(map, (stroke)(code | (shift ? STROKE_SHIFT : 0))) != *text) continue;
                (void)tap(t, code, shift);
                found = true;
            }
        if (!found && *text == '/' && map == KEYMAP_BRAZIL) {
            (void)tap(t, KEY_RO, false);
            found = true;
        }
        if (!found) return false;
    }
    return true;
}

static const char badge[] = "http://10.0.0.5:8080/D/0QAZWM7ST4VXB2H9";
static const char badge_yz[] = "http://10.0.0.5:8080/D/0QAYZM7ST4VXB2H9";

static void test_layouts(struct check *c, struct typist *t)
{
    static const enum keymap sure[] = {KEYMAP_US, KEYMAP_FRENCH, KEYMAP_BRAZIL, KEYMAP_CZECH};
    for (size_t i = 0; i < sizeof sure / sizeof *sure; i++) {
        keys_init(t->keys);
        CHECK(c, type_text(t, sure[i], badge_yz) && tap(t, KEY_ENTER, false) == KEYS_LINE);
        CHECK_TEXT(c, t->line, badge_yz);
        CHECK(c, type_text(t, sure[i], "0QAYZM7ST4VXB2H9") && tap(t, KEY_TAB, false) == KEYS_LINE); /* known by now */
        CHECK_TEXT(c, t->line, "0QAYZM7ST4VXB2H9");
    }
    keys_init(t->keys);
    CHECK(c, type_text(t, KEYMAP_FRENCH, "0QAYZM7ST4VXB2H9") && tap(t, KEY_ENTER, false) == KEYS_LINE); /* by its shifted numbers alone */
    CHECK_TEXT(c, t->line, "0QAYZM7ST4VXB2H9");
    for (enum keymap map = KEYMAP_GERMAN; map <= KEYMAP_LATIN; map++) {
        keys_init(t->keys);
        CHECK(c, type_text(t, map, badge_yz) && tap(t, KEY_ENTER, false) == KEYS_UNSURE);
        CHECK(c, type_text(t, map, "http://10.0.0.5:8080/D/0QAM7ST4VXB2H9WW") && tap(t, KEY_ENTER, false) == KEYS_LINE); /* nothing in it that differs */
        CHECK_TEXT(c, t->line, "http://10.0.0.5:8080/D/0QAM7ST4VXB2H9WW");
        CHECK(c, type_text(t, map, "http://10.0.0.5/zy") && tap(t, KEY_ENTER, false) == KEYS_LINE); /* no badge in either */
    }
    CHECK(c, keymap_read(KEYMAP_US, KEY_F1) == '\0' && keymap_read(KEYMAP_US, STROKE_LITERAL | 0x7f) == '?' && keymap_read(KEYMAP_US, STROKE_LITERAL | 'x') == 'x');
}

static void test_shift_and_caps(struct check *c, struct typist *t)
{
    keys_init(t->keys);
    (void)tap(t, KEY_CAPSLOCK, false);
    (void)tap(t, KEY_A, false);
    (void)tap(t, KEY_A, true);
    (void)tap(t, KEY_1, false);
    (void)tap(t, KEY_CAPSLOCK, false);
    (void)tap(t, KEY_A, false);
    (void)event(t, EV_KEY, KEY_RIGHTSHIFT, 1);
    (void)event(t, EV_KEY, KEY_LEFTSHIFT, 1);
    (void)event(t, EV_KEY, KEY_LEFTSHIFT, 0); /* the other one is still down */
    (void)event(t, EV_KEY, KEY_B, 1);
    (void)event(t, EV_KEY, KEY_RIGHTSHIFT, 0);
    (void)tap(t, KEY_ESC, false);
    (void)event(t, EV_MSC, MSC_SCAN, 7);
    (void)event(t, EV_KEY, BTN_LEFT, 1);
    (void)event(t, EV_KEY, KEY_LEFTCTRL, 1);
    CHECK(c, tap(t, KEY_C, false) == KEYS_NOTHING);
    CHECK(c, tap(t, KEY_M, false) == KEYS_LINE); /* Ctrl+M */
    (void)event(t, EV_KEY, KEY_LEFTCTRL, 0);
    CHECK_TEXT(c, t->line, "Aa1aB");
    CHECK(c, tap(t, KEY_ENTER, false) == KEYS_NOTHING && tap(t, KEY_KPENTER, false) == KEYS_NOTHING); /* CR LF, and empty lines */
}

static void test_broken_lines(struct check *c, struct typist *t)
{
    static const uint8_t up[96] = {0};
    keys_init(t->keys);
    CHECK(c, type_text(t, KEYMAP_US, "http://10.0.0.5/D/0QA") && keys_are_waiting(t->keys));
    CHECK(c, keys_take_pause(t->keys, t->line) == KEYS_HALF && !keys_are_waiting(t->keys));
    CHECK(c, type_text(t, KEYMAP_US, badge) && keys_take_pause(t->keys, t->line) == KEYS_LINE); /* whole, and no Enter */
    CHECK_TEXT(c, t->line, badge);
    CHECK(c, type_text(t, KEYMAP_US, "http://10.0.0.5/D/0QA"));
    t->now += KEYS_PAUSE_MS + 1;
    CHECK(c, tap(t, KEY_B, false) == KEYS_HALF); /* by the events' own times, when we were late */
    CHECK(c, tap(t, KEY_ENTER, false) == KEYS_LINE);
    CHECK_TEXT(c, t->line, "b");
    /* Lost events: the line goes with its rest; the next is whole. */
    CHECK(c, type_text(t, KEYMAP_US, "http://10.0.0.5/D/0QA"));
    (void)event(t, EV_KEY, KEY_LEFTSHIFT, 1);
    CHECK(c, event(t, EV_SYN, SYN_DROPPED, 0) == KEYS_NOTHING);
    CHECK(c, event(t, EV_KEY, KEY_ENTER, 1) == KEYS_NOTHING); /* what comes until the report may be anything */
    CHECK(c, event(t, EV_SYN, SYN_REPORT, 0) == KEYS_LOST);
    keys_set_down(t->keys, up, sizeof up);
    CHECK(c, type_text(t, KEYMAP_US, "ZWM7") && tap(t, KEY_ENTER, false) == KEYS_NOTHING);
    CHECK(c, type_text(t, KEYMAP_US, "x1") && tap(t, KEY_ENTER, false) == KEYS_LINE);
    CHECK_TEXT(c, t->line, "x1"); /* and shift is up */
    /* The lost ones had the Enter: a pause ends the rest, too. */
    (void)event(t, EV_SYN, SYN_DROPPED, 0);
    CHECK(c, event(t, EV_SYN, SYN_REPORT, 0) == KEYS_LOST);
    t->now += 400;
    CHECK(c, type_text(t, KEYMAP_US, "x2") && tap(t, KEY_ENTER, false) == KEYS_LINE);
    CHECK_TEXT(c, t->line, "x2");
    for (int i = 0; i < FRAMES_TEXT_MOST; i++) (void)tap(t, KEY_A, false);
    CHECK(c, tap(t, KEY_ENTER, false) == KEYS_LINE && strlen(t->line) == FRAMES_TEXT_MOST);
    for (int i = 0; i < FRAMES_TEXT_MOST + 1; i++) (void)tap(t, KEY_A, false);
    CHECK(c, tap(t, KEY_ENTER, false) == KEYS_TOO_LONG);
    CHECK(c, tap(t, KEY_A, false) == KEYS_NOTHING && tap(t, KEY_ENTER, false) == KEYS_LINE);
}

static void test_alt_numbers(struct check *c, struct typist *t)
{
    static const unsigned pad[] = {KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4, KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9};
    enum keys_word word = KEYS_NOTHING;
    keys_init(t->keys);
    for (const char *at = "Ab/\r"; *at; at++) {
        char number[8];
        (void)snprintf(number, sizeof number, "%03d", *at);
        (void)event(t, EV_KEY, KEY_LEFTALT, 1);
        for (const char *digit = number; *digit; digit++) (void)tap(t, pad[*digit - '0'], false);
        word = event(t, EV_KEY, KEY_LEFTALT, 0);
    }
    CHECK(c, word == KEYS_LINE);
    CHECK_TEXT(c, t->line, "Ab/");
}

int main(void)
{
    struct check c = {0};
    struct typist *typist = calloc(1, sizeof *typist);
    struct keys *keys = calloc(1, sizeof *keys);
    if (CHECK(&c, typist && keys)) {
        typist->keys = keys;
        typist->now = 1000;
        test_layouts(&c, typist);
        test_shift_and_caps(&c, typist);
        test_broken_lines(&c, typist);
        test_alt_numbers(&c, typist);
    }
    test_grey(&c);
    test_pick(&c);
    free(keys);
    free(typist);
    return check_done(&c, "scanner_devices");
}
