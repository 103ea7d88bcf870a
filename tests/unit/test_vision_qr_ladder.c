/* Reading codes by our own sampling, and the ladder above it. Pictures are drawn here: turned, bent, blurred, noisy, dark and inverted. */
#include "badges/paint/qr.h"
#include "core/vision/qr_ladder.h"
#include "core/vision/qr_search.h"
#include "core/vision/qr_symbol.h"
#include "tests/unit/check.h"

#include <math.h>
#include <stdlib.h>

#define WIDTH 640
#define HEIGHT 480
#define PIXELS ((size_t)WIDTH * HEIGHT)

/* How a code lies in the picture. */
struct pose {
    double x, y, size, turn, bend; /* middle, side in pixels, radians, perspective */
    int dark, light, noise;
};

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13, *state ^= *state >> 17, *state ^= *state << 5;
    return *state;
}

/* Each pixel is the mean of nine looks at the flat code behind it. */
static void draw(uint8_t *pixels, const struct qr *code, const struct pose *pose)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            int sum = 0, inside = 0;
            for (int k = 0; k < 9; k++) {
                double px = x + (k % 3) / 3.0 + 0.17 - pose->x, py = y + (k / 3) / 3.0 + 0.17 - pose->y;
                double u = (px * cos(pose->turn) + py * sin(pose->turn)) / pose->size, v = (py * cos(pose->turn) - px * sin(pose->turn)) / pose->size;
                double far = 1 + pose->bend * u;
                u = (u / far + 0.5) * code->side, v = (v / far + 0.5) * code->side;
                bool quiet = u < 0 || v < 0 || u >= code->side || v >= code->side;
                if (u < -4 || v < -4 || u >= code->side + 4 || v >= code->side + 4) continue;
                inside++;
                sum += quiet || !(code->cells[(unsigned)v * code->side + (unsigned)u] & 1) ? pose->light : pose->dark;
            }
            if (inside) pixels[(size_t)y * WIDTH + (size_t)x] = (uint8_t)((sum + pixels[(size_t)y * WIDTH + (size_t)x] * (9 - inside)) / 9);
        }
}

static void add_noise(uint8_t *pixels, int most, uint32_t seed)
{
    for (size_t i = 0; most && i < PIXELS; i++) {
        int value = pixels[i] + (int)(next_random(&seed) % (unsigned)(2 * most + 1)) - most;
        pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

static size_t search(const uint8_t *pixels, struct arena *arena, struct qr_found_list *found)
{
    struct reed_solomon field;
    struct picture picture = {.width = WIDTH, .height = HEIGHT, .pixels = pixels};
    struct shade shade;
    *found = (struct qr_found_list){.items = arena_array(arena, QR_READ_MOST, sizeof *found->items)};
    struct qr_search s = {.field = &field, .picture = &picture, .shade = &shade, .arena = arena, .step = 1, .margin = 8, .found = found};
    reed_solomon_init(&field);
    if (!found->items || shade_make(arena, &picture, 30, &shade) != OK || qr_search_run(&s) != OK) return SIZE_MAX;
    return found->count;
}

static const struct pose poses[] = {
    {320, 240, 300, 0, 0, 20, 235, 0}, {300, 250, 280, 0.4, 0, 60, 180, 10}, {320, 240, 290, 1.9, 0.25, 30, 200, 0},
    {330, 235, 300, 3.3, -0.2, 10, 120, 8}, {320, 240, 260, -0.8, 0.15, 230, 40, 0}, /* the last is light on dark */
};

/* All sizes and ways of writing that we read by ourselves, in every pose, with nothing of zbar's. */
static void test_own(struct check *c)
{
    static const char *const texts[] = {
        "7", "0123456789", "HTTP://10.0.0.5:8080/D/0123456789ABCDEF", "https://checkin.conf.example/d/0123456789abcdef",
        "WIFI:T:WPA;S:Hall 2;P:see the desk;;", "M\xC3\xBCller \xE2\x80\x93 \xD8\xB9\xD9\x84\xD9\x8A",
        "BEGIN:VCARD\nVERSION:3.0\nFN:A Person\nORG:Some Place\nTEL:+1 555 0100\nEMAIL:a.person@example.org\nEND:VCARD\n",
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789ABCabc",
    };
    uint8_t *pixels = malloc(PIXELS);
    if (!CHECK(c, pixels != NULL)) return;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (size_t p = 0; p < sizeof poses / sizeof *poses; p++) {
            struct arena arena = {0};
            struct qr code = {0};
            struct qr_found_list found;
            memset(pixels, 128, PIXELS);
            if (!CHECK(c, qr_make(texts[t], &arena, &code) == OK && code.side <= QR_SYMBOL_SIDE_MOST)) return;
            draw(pixels, &code, &poses[p]);
            add_noise(pixels, poses[p].noise, 7);
            if (!CHECK(c, search(pixels, &arena, &found) == 1)) printf("# text %zu, pose %zu, side %u\n", t, p, code.side);
            else {
                CHECK_TEXT(c, found.items[0].text, texts[t]);
                CHECK(c, found.items[0].length == strlen(texts[t]));
                CHECK(c, fabs(found.items[0].x - poses[p].x) < 40 && fabs(found.items[0].y - poses[p].y) < 40 && found.items[0].right > found.items[0].left);
            }
            arena_release(&arena);
        }
    free(pixels);
}

/* A part is hidden, as by a finger: up to what the level repairs, the text or nothing; never another text. */
static void test_hidden(struct check *c)
{
    static const char text[] = "HTTP://10.0.0.5:8080/D/0123456789ABCDEF";
    uint8_t *pixels = malloc(PIXELS);
    unsigned read = 0;
    if (!CHECK(c, pixels != NULL)) return;
    for (int part = 0; part < 12; part++) {
        struct arena arena = {0};
        struct qr code = {0};
        struct qr_found_list found;
        memset(pixels, 200, PIXELS);
        if (!CHECK(c, qr_make(text, &arena, &code) == OK)) return;
        draw(pixels, &code, &(struct pose){320, 240, 290, 0.2, 0, 20, 220, 0});
        for (int y = 250; y < 250 + part * 10; y++) memset(pixels + (size_t)y * WIDTH + 280, 110, (size_t)(20 + part * 10));
        size_t count = search(pixels, &arena, &found);
        CHECK(c, count <= 1);
        read += count == 1;
        if (count == 1) CHECK_TEXT(c, found.items[0].text, text);
        arena_release(&arena);
    }
    CHECK(c, read >= 6 && read < 12);
    free(pixels);
}

static void test_ladder(struct check *c)
{
    struct qr_ladder *ladder = qr_ladder_new(NULL);
    struct arena arena = {0};
    uint8_t *pixels = malloc(PIXELS);
    struct qr one = {0}, two = {0};
    struct qr_found_list found = {0};
    struct picture picture = {.width = WIDTH, .height = HEIGHT, .pixels = pixels};
    if (!CHECK(c, ladder && pixels && qr_make("HTTP://10.0.0.5:8080/D/0123456789ABCDEF", &arena, &one) == OK && qr_make("two", &arena, &two) == OK)) return;
    memset(pixels, 220, PIXELS);
    CHECK(c, qr_ladder_climb(ladder, &picture, &arena, &found) == OK && found.count == 0);
    draw(pixels, &one, &(struct pose){180, 200, 200, 0.3, 0, 30, 220, 0});
    draw(pixels, &two, &(struct pose){470, 260, 90, -0.2, 0, 30, 220, 0});
    for (int i = 0; i < 3; i++) {
        CHECK(c, qr_ladder_climb(ladder, &picture, &arena, &found) == OK);
        if (!CHECK(c, found.count == 2)) continue;
        CHECK_TEXT(c, found.items[0].text, "HTTP://10.0.0.5:8080/D/0123456789ABCDEF");
        CHECK_TEXT(c, found.items[1].text, "two");
        CHECK(c, abs((int)found.items[1].x - 470) < 12 && abs((int)found.items[1].y - 260) < 12);
    }
    CHECK(c, qr_ladder_glance(ladder, &picture, 66000, &arena, &found) == OK && found.count == 2);
    picture.height = 0;
    CHECK(c, qr_ladder_climb(ladder, &picture, &arena, &found) == ERR_INPUT && qr_ladder_glance(ladder, &picture, 0, &arena, &found) == ERR_INPUT);
    qr_ladder_free(ladder);
    qr_ladder_free(NULL);
    arena_release(&arena);
    free(pixels);
}

/* Nothing is read out of noise, stripes and tiny pictures. */
static void test_nothing(struct check *c)
{
    struct qr_ladder *ladder = qr_ladder_new(NULL);
    uint8_t *pixels = malloc(PIXELS);
    uint32_t seed = 99;
    if (!CHECK(c, ladder && pixels)) return;
    for (int kind = 0; kind < 6; kind++) {
        struct arena arena = {0};
        struct qr_found_list found = {0};
        for (size_t i = 0; i < PIXELS; i++) {
            size_t x = i % WIDTH, y = i / WIDTH;
            bool ring = (x / 6 % 7 == 0 || x / 6 % 7 == 6 || y / 6 % 7 == 0 || y / 6 % 7 == 6) || (x / 6 % 7 > 1 && x / 6 % 7 < 5 && y / 6 % 7 > 1 && y / 6 % 7 < 5);
            pixels[i] = (uint8_t)(kind == 0 ? next_random(&seed) : kind == 1 ? (x / 4 % 2) * 255 : kind == 2 ? (x / 3 + y / 3) % 2 * 255 :
                                  kind == 3 ? ring * 255 : kind == 4 ? !ring * 255 : next_random(&seed) % 2 * 255);
        }
        struct picture picture = {.width = WIDTH, .height = HEIGHT, .pixels = pixels};
        CHECK(c, qr_ladder_climb(ladder, &picture, &arena, &found) == OK && found.count == 0);
        arena_release(&arena);
    }
    for (unsigned side = 1; side < 12; side++) {
        struct arena arena = {0};
        struct qr_found_list found = {0};
        CHECK(c, qr_ladder_climb(ladder, &(struct picture){.width = side, .height = 1, .pixels = pixels}, &arena, &found) == OK);
        CHECK(c, qr_ladder_climb(ladder, &(struct picture){.width = 1, .height = side * 40, .pixels = pixels}, &arena, &found) == OK);
        CHECK(c, qr_ladder_climb(ladder, &(struct picture){.width = side * side, .height = side, .pixels = pixels}, &arena, &found) == OK && found.count == 0);
        arena_release(&arena);
    }
    qr_ladder_free(ladder);
    free(pixels);
}

/* Zeros are a word of every code, so whatever is repaired must be zeros again. */
static void test_repair(struct check *c)
{
    struct reed_solomon field;
    uint32_t seed = 5;
    reed_solomon_init(&field);
    for (size_t parity = 7; parity <= 30; parity++)
        for (size_t erasures = 0; erasures <= parity; erasures++)
            for (size_t errors = 0; 2 * errors + erasures <= parity + 4; errors++) {
                uint8_t word[100] = {0}, before[100], erased[68], clean[100] = {0};
                size_t told;
                for (size_t i = 0; i < errors + erasures; i++) word[(i * 3) % 100] = (uint8_t)(1 + next_random(&seed) % 255);
                for (size_t i = 0; i < erasures; i++) erased[i] = (uint8_t)((errors + i) * 3 % 100);
                memcpy(before, word, sizeof word);
                bool good = reed_solomon_repair(&field, word, sizeof word, parity, erased, erasures, 0, &told);
                if (2 * errors + erasures <= parity) CHECK(c, good && memcmp(word, clean, sizeof word) == 0 && (errors + erasures == 0 || told == errors));
                else if (!good) CHECK(c, memcmp(word, before, sizeof word) == 0);
                memcpy(word, before, sizeof word);
                bool beyond = errors + erasures > 0 && 2 * errors + erasures + 2 > parity;
                if (beyond) CHECK(c, !reed_solomon_repair(&field, word, sizeof word, parity, erased, erasures, 2, &told) ||
                                     memcmp(word, clean, sizeof word) != 0);
            }
}

int main(void)
{
    struct check c = {0};
    test_repair(&c);
    test_own(&c);
    test_hidden(&c);
    test_ladder(&c);
    test_nothing(&c);
    return check_done(&c, "vision/qr_ladder");
}
