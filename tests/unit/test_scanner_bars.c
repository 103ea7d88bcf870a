/* Bar codes before a camera: found, said to be bar codes, looked for seldom, and never instead of a badge. Drawn here. */
#include "badges/paint/qr.h"
#include "core/vision/qr_read.h"
#include "scanner/decode/decode.h"
#include "tests/unit/check.h"

#include <stdlib.h>

#define WIDTH 1280u
#define HEIGHT 720u
#define PIXELS ((size_t)WIDTH * HEIGHT)
#define MODULE 4u
#define TALL 160u
#define PRODUCT "8934563138165"
#define TOKEN "0123456789ABCDEF" /* as a badge's, on a bar code of somebody's cloakroom */
#define BADGE "http://10.0.0.1/D/0123456789ABCDEF"

/* Widths of bars and gaps, a digit each. */
struct bars {
    char widths[400];
};

static void make_ean(const char *digits, struct bars *bars)
{
    static const char *const left[] = {"3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"};
    static const char *const parity[] = {"LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"};
    size_t at = 0;
    memcpy(bars->widths, "111", 3);
    at = 3;
    for (int i = 1; i < 13; i++) {
        const char *digit = left[digits[i] - '0'];
        bool mirrored = i < 7 && parity[digits[0] - '0'][i - 1] == 'G';
        if (i == 7) for (int k = 0; k < 5; k++) bars->widths[at++] = '1';
        for (int k = 0; k < 4; k++) bars->widths[at++] = digit[mirrored ? 3 - k : k];
    }
    memcpy(bars->widths + at, "111", 4);
}

/* Code 128, set B. */
static void make_128(const char *text, struct bars *bars)
{
    static const char patterns[] =
        "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131"
        "311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
        "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
        "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
        "114311411113411311113141114131311141411131211412211214211232";
    unsigned sum = 104, at = 6;
    memcpy(bars->widths, patterns + 104 * 6, 6);
    for (unsigned i = 0; text[i]; i++, at += 6) {
        unsigned value = (unsigned char)text[i] - 32u;
        sum += value * (i + 1);
        memcpy(bars->widths + at, patterns + value * 6, 6);
    }
    memcpy(bars->widths + at, patterns + sum % 103 * 6, 6);
    memcpy(bars->widths + at + 6, "2331112", 8);
}

/* On white, with the quiet zone; `lies`: turned by a quarter. */
static void draw_bars(uint8_t *pixels, const struct bars *bars, unsigned left, unsigned top, bool lies)
{
    unsigned at = 0, quiet = 12 * MODULE, length = 2 * quiet;
    for (const char *w = bars->widths; *w; w++) length += (unsigned)(*w - '0') * MODULE;
    for (unsigned y = 0; y < TALL; y++)
        for (unsigned x = 0; x < length; x++) pixels[lies ? (top + x) * WIDTH + left + y : (top + y) * WIDTH + left + x] = 230;
    at = quiet;
    for (const char *w = bars->widths; *w; w++) {
        unsigned wide = (unsigned)(*w - '0') * MODULE;
        for (unsigned x = at; (w - bars->widths) % 2 == 0 && x < at + wide; x++)
            for (unsigned y = 0; y < TALL; y++) pixels[lies ? (top + x) * WIDTH + left + y : (top + y) * WIDTH + left + x] = 30;
        at += wide;
    }
}

static void draw_badge(uint8_t *pixels, struct arena *arena)
{
    struct qr code = {0};
    if (qr_make(BADGE, arena, &code) != OK) return;
    for (unsigned y = 0; y < (code.side + 8) * 5; y++)
        for (unsigned x = 0; x < (code.side + 8) * 5; x++) {
            unsigned column = x / 5 - 4, row = y / 5 - 4; /* wraps within the quiet zone */
            bool dark = column < code.side && row < code.side && (code.cells[row * code.side + column] & 1);
            pixels[(size_t)(400 + y) * WIDTH + 100 + x] = dark ? 20 : 235;
        }
}

static void test_reader(struct check *c, uint8_t *pixels)
{
    struct arena arena = {0};
    struct picture picture = {WIDTH, HEIGHT, pixels};
    struct qr_reader *reader = qr_reader_new_for_bars();
    struct qr_found_list found = {0};
    struct bars bars;
    if (!CHECK(c, reader != NULL)) return;
    for (int lies = 0; lies < 2; lies++) {
        memset(pixels, 150, PIXELS);
        make_ean(PRODUCT, &bars);
        draw_bars(pixels, &bars, 60, 40, lies);
        if (CHECK(c, qr_read(reader, &picture, &arena, &found) == OK && found.count == 1)) CHECK_TEXT(c, found.items[0].text, PRODUCT);
        memset(pixels, 150, PIXELS);
        make_128("COAT 17", &bars);
        draw_bars(pixels, &bars, 60, 40, lies);
        if (CHECK(c, qr_read(reader, &picture, &arena, &found) == OK && found.count == 1)) CHECK_TEXT(c, found.items[0].text, "COAT 17");
    }
    memset(pixels, 150, PIXELS);
    draw_badge(pixels, &arena);
    CHECK(c, qr_read(reader, &picture, &arena, &found) == OK && found.count == 0);
    /* Scratched to less than three lines that agree: chance may do that. */
    memset(pixels, 150, PIXELS);
    make_ean(PRODUCT, &bars);
    draw_bars(pixels, &bars, 60, 40, false);
    for (unsigned y = 0; y < HEIGHT; y++)
        if (y < 100 || y > 102) memset(pixels + (size_t)y * WIDTH, 150, WIDTH);
    CHECK(c, qr_read(reader, &picture, &arena, &found) == OK && found.count == 0);
    qr_reader_free(reader);
    arena_release(&arena);
}

/* The codes of the next frame of a camera; *ret_bars how many of them are bar codes. */
static size_t show(struct decoder *decoder, const uint8_t *pixels, int64_t at_ms, size_t *ret_bars, const char *name)
{
    struct arena arena = {0};
    struct code_list codes = {0};
    struct frame frame = {.picture = {WIDTH, HEIGHT, pixels}, .at_us = 1000000000 + at_ms * 1000, .stream_ms = -1, .name = name};
    *ret_bars = 0;
    if (decoder_read(decoder, &frame, &arena, &codes) != OK) codes.count = 99;
    for (size_t i = 0; codes.count != 99 && i < codes.count; i++) *ret_bars += codes.items[i].is_bar;
    size_t count = codes.count;
    arena_release(&arena);
    return count;
}

static void test_camera(struct check *c, uint8_t *pixels)
{
    struct arena arena = {0};
    struct decoder *decoder = decoder_new();
    struct bars bars;
    size_t n;
    if (!CHECK(c, decoder != NULL)) return;
    memset(pixels, 150, PIXELS);
    make_128(TOKEN, &bars);
    draw_bars(pixels, &bars, 60, 40, false);
    CHECK(c, show(decoder, pixels, 0, &n, NULL) == 0); /* not asked for */
    decoder_set_bars(decoder, true);
    CHECK(c, show(decoder, pixels, 66, &n, NULL) == 1 && n == 1);  /* however much it looks like a badge's token */
    CHECK(c, show(decoder, pixels, 133, &n, NULL) == 1 && n == 1); /* held still: it is still there */
    pixels[PIXELS - 1] = 0;
    memset(pixels + PIXELS - (size_t)20 * WIDTH, 20, (size_t)20 * WIDTH); /* something moves */
    CHECK(c, show(decoder, pixels, 200, &n, NULL) == 0); /* too early for another look, */
    for (int k = 0; k < 12; k++) CHECK(c, show(decoder, pixels, 266 + k * 66, &n, NULL) == 0);
    CHECK(c, show(decoder, pixels, 1200, &n, NULL) == 1 && n == 1); /* which is owed all the same */
    draw_badge(pixels, &arena);
    CHECK(c, show(decoder, pixels, 2400, &n, NULL) == 1 && n == 0); /* a badge comes first, and alone */
    memset(pixels, 150, PIXELS);
    CHECK(c, show(decoder, pixels, 3600, &n, NULL) == 0);
    make_ean(PRODUCT, &bars);
    draw_bars(pixels, &bars, 60, 40, false);
    CHECK(c, show(decoder, pixels, 3700, &n, "a.pgm") == 1 && n == 1); /* pictures of files at once */
    decoder_set_bars(decoder, false);
    CHECK(c, show(decoder, pixels, 3700, &n, "a.pgm") == 0);
    decoder_free(decoder);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    uint8_t *pixels = malloc(PIXELS);
    if (CHECK(&c, pixels != NULL)) {
        test_reader(&c, pixels);
        test_camera(&c, pixels);
    }
    free(pixels);
    return check_done(&c, "scanner/bars");
}
