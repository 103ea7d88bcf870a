#include "badges/sheets/trust_guide.h"

#include "badges/sheets/sheet_code.h"
#include "core/base/text.h"
#include "core/typeset/document.h"

#include <string.h>

/* Millimetres. */
#define PAGE_WIDTH 210.0
#define PAGE_HEIGHT 297.0
#define EDGE 14.0
#define WIDTH (PAGE_WIDTH - 2 * EDGE)
#define GAP 6.0
#define CODE_SIDE 62.0
#define TOP 42.0
#define STEPS_TOP 113.0
#define STEPS_HEIGHT 92.0
#define PRINT_TOP 211.0
#define PRINT_HEIGHT 27.0
#define FOOT_TOP 243.0

#define INK 0x111111u
#define MUTED 0x4A4A4Au
#define PAPER 0xFFFFFFu
#define BAND 0x12395Bu
#define SHADE 0xEEF3F7u

struct sheet {
    const struct trust_guide *guide;
    struct document *document;
    struct arena *arena;
    struct fault *fault;
    bool mirrored;
    enum err result; /* the first error; nothing is drawn after it */
};

struct look {
    double size, least;
    unsigned lines;
    bool bold, center, top, left_to_right;
    uint32_t color;
};

static struct box place(const struct sheet *s, double x, double y, double width, double height)
{
    return (struct box){.x = s->mirrored ? PAGE_WIDTH - x - width : x, .y = y, .width = width, .height = height};
}

static void put(struct sheet *s, double x, double y, double width, double height, const char *text, const struct look *look)
{
    if (s->result != OK || !text || !text[0]) return;
    const struct box box = place(s, x, y, width, height);
    text = arena_printf(s->arena, look->left_to_right ? "\u2066%s\u2069" : s->mirrored ? "\u200F%s" : "%s", text); /* a line that begins with "iPhone" too */
    const struct text_style style = {
        .align = look->center ? ALIGN_CENTER : s->mirrored ? ALIGN_RIGHT : ALIGN_LEFT, .valign = look->top ? ALIGN_TOP : ALIGN_MIDDLE,
        .color = look->color ? look->color : INK, .allow_missing = true, /* a page with a box in it is better than none */
        .fit = {.language = s->guide->language, .bold = look->bold, .size = look->size, .least = look->least, .lines = look->lines,
                .break_below = look->lines > 1 ? look->size * 0.999 : 0, .leading = 1.22}};
    struct fault why = {0};
    s->result = text ? document_put_text(s->document, &box, text, &style, NULL, &why) : ERR_NOMEM;
    if (s->result != OK) (void)fault_set(s->fault, s->result, "guide: %s", why.text);
}

static void fill(struct sheet *s, double x, double y, double width, double height, double radius, uint32_t color)
{
    const struct box box = place(s, x, y, width, height);
    document_fill_round_box(s->document, &box, radius, color);
}

static void code(struct sheet *s, double x, double y, const char *text)
{
    struct qr qr;
    if (s->result != OK) return;
    s->result = qr_make(text, s->arena, &qr);
    if (s->result != OK) {
        (void)fault_set(s->fault, s->result, "guide: no code holds this address");
        return;
    }
    const struct box ground = place(s, x, y, CODE_SIDE, CODE_SIDE);
    sheet_draw_code(s->document, &ground, &qr, PAPER);
}

static void number(struct sheet *s, double x, double y, unsigned which)
{
    const struct look look = {.size = 15, .least = 12, .bold = true, .center = true, .color = PAPER};
    fill(s, x, y, 8.4, 8.4, 4.2, BAND);
    put(s, x, y, 8.4, 8.4, arena_printf(s->arena, "%u", which), &look);
}

static void draw_head(struct sheet *s)
{
    const struct trust_guide *g = s->guide;
    const struct look title = {.size = 24, .least = 14, .lines = 2, .bold = true}, who = {.size = 13, .least = 9, .lines = 2, .color = MUTED};
    put(s, EDGE, 9, WIDTH, 19, g->title, &title);
    put(s, EDGE, 28, WIDTH, 12, g->who, &who);
}

static void draw_code(struct sheet *s)
{
    const struct trust_guide *g = s->guide;
    const double x = EDGE + CODE_SIDE + 8, width = WIDTH - CODE_SIDE - 12;
    const struct look scan = {.size = 17, .least = 11, .lines = 4, .bold = true}, small = {.size = 11.5, .least = 8, .lines = 2, .color = MUTED};
    const struct look large = {.size = 17, .least = 8, .bold = true, .left_to_right = true}, value = {.size = 14, .least = 8, .bold = true, .left_to_right = true};
    fill(s, EDGE, TOP, WIDTH, CODE_SIDE + 4, 4, SHADE);
    code(s, EDGE + 2, TOP + 2, g->download);
    put(s, x, TOP + 3, width, 24, g->scan, &scan);
    put(s, x, TOP + 28, width, 6, g->on_phone, &small);
    put(s, x, TOP + 34, width, 9, g->page, &large);
    put(s, x, TOP + 45, width, 6, g->called, &small);
    put(s, x, TOP + 50.5, width, 8, g->name, &value);
    put(s, x, TOP + 58.5, width, 6, arena_printf(s->arena, "%s \u2066%s\u2069", g->until, g->good_until), &small);
}

static void draw_steps(struct sheet *s)
{
    const double width = (WIDTH - GAP) / 2;
    for (unsigned side = 0; side < 2; side++) {
        const double x = EDGE + side * (width + GAP);
        const struct look head = {.size = 17, .least = 12, .bold = true, .color = PAPER}, step = {.size = 12.5, .least = 8, .lines = 7, .top = true};
        static const double tops[TRUST_STEPS] = {15, 32.5, 64}, heights[TRUST_STEPS] = {16.5, 30, 27};
        fill(s, x, STEPS_TOP, width, STEPS_HEIGHT, 4, SHADE);
        fill(s, x, STEPS_TOP, width, 12, 4, BAND);
        const struct box square = place(s, x, STEPS_TOP + 6, width, 6);
        document_fill_box(s->document, &square, BAND);
        put(s, x + 5, STEPS_TOP, width - 10, 12, s->guide->platform[side], &head);
        for (unsigned i = 0; i < TRUST_STEPS; i++) {
            number(s, x + 3.5, STEPS_TOP + tops[i], i + 1);
            put(s, x + 14.5, STEPS_TOP + tops[i] + 0.8, width - 18, heights[i], s->guide->steps[side][i], &step);
        }
    }
}

bool trust_guide_group(const char *fingerprint, unsigned group, char out[TRUST_GROUP_SIZE])
{
    if (!fingerprint || strlen(fingerprint) != 95 || group >= TRUST_GROUPS) return false;
    memcpy(out, fingerprint + 12 * (size_t)group, TRUST_GROUP_SIZE - 1);
    out[TRUST_GROUP_SIZE - 1] = '\0';
    for (unsigned i = 2; i < TRUST_GROUP_SIZE - 1; i += 3) {
        if (out[i] != ':') return false;
        out[i] = ' ';
    }
    return true;
}

/* Read from the left in every language, as phones show it. */
static void draw_fingerprint(struct sheet *s)
{
    const struct look head = {.size = 12, .least = 8, .bold = true}, look = {.size = 16, .least = 12, .bold = true, .center = true, .left_to_right = true};
    const double width = (WIDTH - 8) / 4;
    const bool mirrored = s->mirrored;
    char group[TRUST_GROUP_SIZE];
    put(s, EDGE, PRINT_TOP, WIDTH, 7, s->guide->compare, &head);
    fill(s, EDGE, PRINT_TOP + 7.5, WIDTH, 20, 3, SHADE);
    s->mirrored = false;
    for (unsigned i = 0; s->result == OK && i < TRUST_GROUPS; i++) {
        if (trust_guide_group(s->guide->fingerprint, i, group)) put(s, EDGE + 4 + (i % 4) * width, PRINT_TOP + 8 + (i / 4) * 9.5, width, 9.5, group, &look);
        else s->result = fault_set(s->fault, ERR_INPUT, "guide: no fingerprint");
    }
    s->mirrored = mirrored;
}

static void draw_foot(struct sheet *s)
{
    const struct trust_guide *g = s->guide;
    const double width = (WIDTH - GAP) / 2;
    const struct look then = {.size = 12, .least = 8, .lines = 3, .bold = true}, url = {.size = 17, .least = 9, .bold = true, .left_to_right = true, .color = BAND};
    const struct look small = {.size = 10.5, .least = 7, .lines = 7, .top = true};
    put(s, EDGE, FOOT_TOP, width, 13, g->then, &then);
    put(s, EDGE + width + GAP, FOOT_TOP, width, 13, g->secure, &url);
    const struct box rule = place(s, EDGE, FOOT_TOP + 14.5, WIDTH, 0.4);
    document_fill_box(s->document, &rule, MUTED);
    put(s, EDGE, FOOT_TOP + 17, width, 30, arena_printf(s->arena, "\u26A0 %s", g->warning), &small);
    put(s, EDGE + width + GAP, FOOT_TOP + 17, width, 30, g->removal, &small);
}

enum err trust_guide_write(const struct trust_guide *guide, struct fonts *fonts, struct buf *out, struct fault *fault)
{
    struct arena arena = {0};
    struct document *document = NULL;
    const struct document_info info = {.title = guide->title, .author = guide->name, .language = guide->language};
    struct sheet s = {.guide = guide, .arena = &arena, .fault = fault, .mirrored = text_is_right_to_left(guide->language)};
    enum err e = document_new(fonts, &info, &document, fault);
    if (e == OK) e = document_add_page(document, PAGE_WIDTH, PAGE_HEIGHT, fault);
    s.document = document;
    if (e == OK) {
        draw_head(&s);
        draw_code(&s);
        draw_steps(&s);
        draw_fingerprint(&s);
        draw_foot(&s);
        e = s.result;
    }
    if (e == OK) e = document_save(document, out, fault);
    document_free(document);
    arena_release(&arena);
    return e;
}
