#include "badges/sheets/poster.h"

#include "badges/layout/field.h"
#include "badges/layout/layout.h"
#include "badges/sheets/poster_words.h"
#include "badges/sheets/sheet_code.h"
#include "core/base/text.h"
#include "core/typeset/document.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Millimetres on A4; A3 is the same, larger by the root of two. */
#define PAGE_WIDTH 210.0
#define PAGE_HEIGHT 297.0
#define EDGE 13.0
#define WIDTH (PAGE_WIDTH - 2 * EDGE)
#define GAP 10.0
#define PANEL_TOP 62.0
#define PANEL_HEIGHT 154.0
#define STEP_TOP 223.0
#define STEP_HEIGHT 61.0

#define INK 0x111111u
#define MUTED 0x4A4A4Au
#define PAPER 0xFFFFFFu
#define BAND 0x12395Bu  /* dark enough for black and white printers */
#define SHADE 0xEEF3F7u

struct sheet {
    const struct poster *poster;
    const struct poster_words *words[2];
    struct document *document;
    struct arena *arena;
    struct fault *fault;
    double scale;
    bool mirrored;
    enum err result; /* the first error; nothing is drawn after it */
};

struct look {
    double size, least;
    unsigned lines;
    bool bold, center;
    uint32_t color;
    size_t language; /* of the poster's */
};

/* --- pieces: places are millimetres on an A4 that is read from the left ---------------------------------------------------------------------- */

static struct box place(const struct sheet *s, double x, double y, double width, double height)
{
    const double left = s->mirrored ? PAGE_WIDTH - x - width : x;
    return (struct box){.x = left * s->scale, .y = y * s->scale, .width = width * s->scale, .height = height * s->scale};
}

static void put(struct sheet *s, double x, double y, double width, double height, const char *text, const struct look *look)
{
    if (s->result != OK || !text || !text[0]) return;
    const struct box box = place(s, x, y, width, height);
    const char *language = s->poster->languages[look->language];
    const bool right = text_is_right_to_left(language);
    if (right) text = arena_printf(s->arena, "\u200F%s", text); /* a line that begins with "iPhone" is still written from the right */
    const struct text_style style = {
        .align = look->center ? ALIGN_CENTER : right ? ALIGN_RIGHT : ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = look->color ? look->color : INK,
        .allow_missing = s->poster->allow_missing,
        .fit = {.language = language, .bold = look->bold, .size = look->size * s->scale, .least = look->least * s->scale, .lines = look->lines,
                .break_below = look->lines > 1 ? look->size * s->scale * 0.92 : 0, .leading = 1.15}};
    struct fault why = {0};
    s->result = text ? document_put_text(s->document, &box, text, &style, NULL, &why) : ERR_NOMEM;
    if (s->result != OK) (void)fault_set(s->fault, s->result, "poster: %s", why.text);
}

static void fill(struct sheet *s, double x, double y, double width, double height, double radius, uint32_t color)
{
    const struct box box = place(s, x, y, width, height);
    document_fill_round_box(s->document, &box, radius * s->scale, color);
}

static void stroke(struct sheet *s, double x, double y, double width, double height, double radius, double line, uint32_t color)
{
    const struct box box = place(s, x, y, width, height);
    document_stroke_round_box(s->document, &box, radius * s->scale, line * s->scale, color);
}

static void line(struct sheet *s, double x1, double y1, double x2, double y2, double width, uint32_t color)
{
    const struct box from = place(s, x1, y1, 0, 0), to = place(s, x2, y2, 0, 0);
    document_draw_line(s->document, from.x, from.y, to.x, to.y, width * s->scale, color);
}

static void code(struct sheet *s, double x, double y, double width, const char *text)
{
    struct qr qr;
    if (s->result != OK) return;
    s->result = text ? qr_make_sparse(text, s->arena, &qr) : ERR_NOMEM; /* a large code: big cells read from afar */
    if (s->result != OK) {
        (void)fault_set(s->fault, s->result, "poster: no code holds this address or network");
        return;
    }
    const struct box ground = place(s, x, y, width, width);
    sheet_draw_code(s->document, &ground, &qr, PAPER);
}

/* --- icons ---------------------------------------------------------------------------------------------------------------------------------- */

static void disk(struct sheet *s, double x, double y, double radius, uint32_t color)
{
    fill(s, x - radius, y - radius, 2 * radius, 2 * radius, radius, color);
}

/* Part of a circle as short lines, each a little too long so that no gap shows; degrees, 0 to the right, 90 up. */
static void arc(struct sheet *s, double x, double y, double radius, double from, double until, double width, uint32_t color)
{
    const int steps = 24;
    const double turn = (until - from) / steps, over = turn * 0.1;
    for (int i = 0; i < steps; i++) {
        const double a = (from + i * turn - over) * M_PI / 180, b = (from + (i + 1) * turn + over) * M_PI / 180;
        line(s, x + radius * cos(a), y - radius * sin(a), x + radius * cos(b), y - radius * sin(b), width, color);
    }
}

static void icon_wifi(struct sheet *s, double x, double y, uint32_t color)
{
    disk(s, x, y + 4.2, 1.3, color);
    for (int i = 1; i <= 3; i++) arc(s, x, y + 4.2, 3.1 * i, 45, 135, 4.2, color);
}

static void icon_phone(struct sheet *s, double x, double y, uint32_t color)
{
    stroke(s, x - 3.4, y - 6, 6.8, 12, 1.4, 2.6, color);
    fill(s, x - 1.5, y + 3.9, 3, 0.8, 0.4, color);
    line(s, x - 1.6, y - 1.6, x + 1.6, y - 1.6, 1.8, color);
    line(s, x - 1.6, y + 0.4, x + 1.6, y + 0.4, 1.8, color);
}

/* The waves with a bar across: no internet. */
static void icon_without(struct sheet *s, double x, double y, uint32_t color)
{
    icon_wifi(s, x, y, color);
    line(s, x - 6, y + 6, x + 6, y - 6, 7.5, BAND);
    line(s, x - 6, y + 6, x + 6, y - 6, 3.2, color);
}

static void number(struct sheet *s, double x, double y, const char *text)
{
    const struct look look = {.size = 27, .least = 20, .bold = true, .center = true, .color = BAND};
    disk(s, x, y, 6.3, PAPER);
    put(s, x - 6, y - 6, 12, 12, text, &look);
}

/* --- parts ------------------------------------------------------------------------------------------------------------------------------------ */

static void draw_head(struct sheet *s)
{
    const struct poster *p = s->poster;
    const bool two = p->language_count == 2 && strcmp(p->titles[0], p->titles[1]) != 0;
    const struct look over = {.size = 13, .least = 8, .center = true, .color = MUTED}, under = {.size = 14, .least = 8, .center = true, .color = MUTED};
    const struct look title = {.size = 27, .least = 13, .lines = 2, .bold = true, .center = true};
    const struct look second = {.size = 15, .least = 9, .lines = 2, .center = true, .language = 1};
    const char *when = p->dates ? arena_printf(s->arena, "\u2066%s\u2069%s\u2068%s\u2069", p->dates, p->venue ? " · " : "", p->venue ? p->venue : "")
                                 : p->venue;
    put(s, EDGE, 8, WIDTH, 6, p->organization, &over);
    put(s, EDGE, 14.5, WIDTH, two ? 22 : 34, p->titles[0], &title);
    if (two) put(s, EDGE, 37, WIDTH, 13, p->titles[1], &second);
    put(s, EDGE, 51, WIDTH, 7, when, &under);
}

/* A panel's dark head: number, icon, the words in both languages. */
static void draw_panel(struct sheet *s, double x, double width, const char *which, void (*icon)(struct sheet *s, double x, double y, uint32_t color),
                       const char *const *texts)
{
    const size_t count = s->poster->language_count;
    const double height = 33;
    fill(s, x, PANEL_TOP, width, PANEL_HEIGHT, 5, SHADE);
    fill(s, x, PANEL_TOP, width, height, 5, BAND);
    const struct box square = place(s, x, PANEL_TOP + height / 2, width, height / 2);
    document_fill_box(s->document, &square, BAND);
    number(s, x + 11, PANEL_TOP + 9, which);
    icon(s, x + 11, PANEL_TOP + 24.5, PAPER);
    for (size_t i = 0; i < count; i++) {
        const struct look look = {.size = i ? 15 : 21, .least = 9, .lines = 2, .bold = i == 0, .color = PAPER, .language = i};
        const double top = count == 1 ? 3 : i ? 20.5 : 2.5;
        put(s, x + 21, PANEL_TOP + top, width - 24, count == 1 ? 25 : i ? 11 : 16.5, texts[i], &look);
    }
}

/* "Tên mạng · Network" above what is to be typed. */
static void draw_known(struct sheet *s, double x, double y, double width, const char *const *labels, const char *value, double size)
{
    const struct look small = {.size = 12, .least = 7, .center = true, .color = MUTED}, large = {.size = size, .least = 9, .bold = true, .center = true};
    const char *label = s->poster->language_count == 2 ? arena_printf(s->arena, "%s · \u2068%s\u2069", labels[0], labels[1]) : labels[0];
    put(s, x + 3, y, width - 6, 5.5, label, &small);
    put(s, x + 3, y + 5.5, width - 6, 12, value ? arena_printf(s->arena, "\u2066%s\u2069", value) : NULL, &large);
}

#define WORDS(s, field) (const char *const[2]){(s)->words[0]->field, (s)->words[1] ? (s)->words[1]->field : NULL}

static void draw_wifi(struct sheet *s, double x, double width)
{
    const struct poster *p = s->poster;
    const struct badge_run run = {.wifi_name = p->wifi_name, .wifi_password = p->wifi_password, .wifi_security = p->wifi_security};
    const bool open = !p->wifi_password || !p->wifi_password[0];
    const double side = 76;
    draw_panel(s, x, width, "1", icon_wifi, WORDS(s, wifi));
    code(s, x + (width - side) / 2, PANEL_TOP + 36.5, side, badge_wifi_payload(s->arena, &run));
    draw_known(s, x, PANEL_TOP + 114, width, WORDS(s, network), p->wifi_name, 26);
    if (open) draw_known(s, x, PANEL_TOP + 134, width, WORDS(s, open), NULL, 26);
    else draw_known(s, x, PANEL_TOP + 134, width, WORDS(s, password), p->wifi_password, 26);
}

static void draw_page(struct sheet *s, double x, double width, const char *which, double side)
{
    draw_panel(s, x, width, which, icon_phone, WORDS(s, page));
    code(s, x + (width - side) / 2, PANEL_TOP + 36.5, side, s->poster->url);
    const double y = PANEL_TOP + 36.5 + side + 3;
    draw_known(s, x, y + (PANEL_TOP + PANEL_HEIGHT - y - 26) / 2, width, WORDS(s, type), s->poster->address, 25);
}

static void draw_steps(struct sheet *s, const char *which)
{
    const size_t count = s->poster->language_count;
    const double side = 22, column = (WIDTH - side - (count == 2 ? 5 : 0) - 3) / (double)count;
    fill(s, EDGE, STEP_TOP, WIDTH, STEP_HEIGHT, 5, BAND);
    number(s, EDGE + 11, STEP_TOP + 13, which);
    icon_without(s, EDGE + 11, STEP_TOP + 36, PAPER);
    for (size_t i = 0; i < count; i++) {
        const struct poster_words *w = s->words[i];
        const double x = EDGE + side + (column + 5) * (double)i;
        const struct look head = {.size = 18, .least = 10, .lines = 2, .bold = true, .color = PAPER, .language = i};
        const struct look text = {.size = 14.5, .least = 8, .lines = 2, .color = PAPER, .language = i};
        put(s, x, STEP_TOP + 3, column, 16, w->trouble, &head);
        put(s, x, STEP_TOP + 20, column, 12.5, w->iphone, &text);
        put(s, x, STEP_TOP + 33, column, 12.5, w->android, &text);
        put(s, x, STEP_TOP + 46, column, 12.5, w->data, &text);
    }
    if (count == 2) line(s, EDGE + side + column + 2.5, STEP_TOP + 5, EDGE + side + column + 2.5, STEP_TOP + STEP_HEIGHT - 5, 0.8, PAPER);
}

static enum err draw(struct sheet *s)
{
    const bool wifi = s->poster->wifi_name && s->poster->wifi_name[0];
    const double half = (WIDTH - GAP) / 2;
    draw_head(s);
    if (wifi) {
        draw_wifi(s, EDGE, half);
        draw_page(s, EDGE + half + GAP, half, "2", 76);
    } else draw_page(s, EDGE, WIDTH, "1", 90);
    draw_steps(s, wifi ? "3" : "2");
    return s->result;
}

enum err poster_write(const struct poster *poster, struct fonts *fonts, struct buf *out, struct fault *fault)
{
    struct arena arena = {0};
    struct document *document = NULL;
    const double scale = poster->a3 ? sqrt(2) : 1;
    const struct document_info info = {.title = poster->titles[0], .author = poster->organization, .language = poster->languages[0]};
    struct sheet s = {.poster = poster, .arena = &arena, .fault = fault, .scale = scale, .mirrored = text_is_right_to_left(poster->languages[0])};
    for (size_t i = 0; i < poster->language_count; i++) s.words[i] = poster_words_find(poster->languages[i]);
    if (poster->language_count < 1 || !s.words[0] || (poster->language_count > 1 && !s.words[1])) return fault_set(fault, ERR_INPUT, "poster: no words in that language");
    enum err e = document_new(fonts, &info, &document, fault);
    if (e == OK) e = document_add_page(document, PAGE_WIDTH * scale, PAGE_HEIGHT * scale, fault);
    s.document = document;
    if (e == OK) e = draw(&s);
    if (e == OK) e = document_save(document, out, fault);
    document_free(document);
    arena_release(&arena);
    return e;
}
