#include "badges/paint/overlay.h"

#include <math.h>
#include <stdio.h>

#define GRID 0xC6DDEFu
#define EDGE 0x2C6FA8u
#define CHIP 0xFFF6C2u
#define WORDS 0x202020u
#define METRES_A_POINT (0.71 * 25.4 / 72 * 300 / 1000) /* capitals are 0.71 of the size */

static uint32_t outline(enum badge_part_kind kind)
{
    switch (kind) {
    case PART_TEXT:
    case PART_LIST: return 0xB0006Au;
    case PART_QR:
    case PART_WIFI: return 0x007A33u;
    case PART_PHOTO:
    case PART_LOGO: return 0xB35A00u;
    default: return 0x5A5A5Au;
    }
}

static void paint_grid(struct document *document, double width, double height)
{
    for (int x = 10; x < width; x += 10) document_draw_line(document, x, 0, x, height, 0.1, GRID);
    for (int y = 10; y < height; y += 10) document_draw_line(document, 0, y, width, y, 0.1, GRID);
    for (int x = 1; x < width; x++) document_draw_line(document, x, 0, x, x % 10 ? x % 5 ? 0.7 : 1.2 : 2, 0.2, EDGE);
    for (int y = 1; y < height; y++) document_draw_line(document, 0, y, y % 10 ? y % 5 ? 0.7 : 1.2 : 2, y, 0.2, EDGE);
}

/* "3", of a text "3 · 26 pt · 2 m". */
static enum err write_label(struct painter *p, const struct badge_part *part, const struct box *box, char *out, size_t size, struct fault *fault)
{
    struct text_report report = {0};
    const char *text = part->kind == PART_TEXT ? badge_part_text(&p->facts, part) : NULL;
    struct fit_style fit = part->fit;
    fit.language = p->facts.run->language;
    enum err e = text ? document_measure_text(p->document, box, text, &fit, &report, fault) : OK;
    if (report.size > 0) (void)snprintf(out, size, "%zu · %.3g pt · %.1f m", part->place, report.size, report.size * METRES_A_POINT);
    else (void)snprintf(out, size, "%zu", part->place);
    return e;
}

static enum err paint_box(struct painter *p, const struct badge_part *part, double high, struct fault *fault)
{
    const struct box box = badge_box(p->layout, &part->box, p->mirrored, 0, 0);
    uint32_t color = outline(part->kind);
    char words[64];
    const double corners[5][2] = {{box.x, box.y}, {box.x + box.width, box.y}, {box.x + box.width, box.y + box.height}, {box.x, box.y + box.height}, {box.x, box.y}};
    for (int i = 0; i < 4; i++) document_draw_line(p->document, corners[i][0], corners[i][1], corners[i + 1][0], corners[i + 1][1], 0.5, color);
    enum err e = write_label(p, part, &box, words, sizeof words, fault);
    if (e != OK) return e;
    struct text_style style = {.align = ALIGN_RIGHT, .valign = ALIGN_MIDDLE, .color = WORDS, .allow_missing = true};
    style.fit = (struct fit_style){.size = high * 0.8 * 72 / 25.4, .least = 1, .lines = 1};
    struct text_report report = {0};
    /* In the upper right corner of the box; a narrow one lets it stand out to the left. */
    double right = fmax(box.x + box.width, high * 2), wide = fmin(right, high * 0.4 * 22);
    struct box chip = {.x = right - wide, .y = fmin(box.y, p->layout->height - high), .width = wide, .height = high};
    e = document_measure_text(p->document, &chip, words, &style.fit, &report, fault);
    if (e != OK) return e;
    double letters = 0;
    for (const char *c = words; *c; c++) letters += ((unsigned char)*c & 0xC0) != 0x80;
    double need = fmin(wide, (letters * 0.4 + 0.4) * high);
    chip.x = right - need;
    chip.width = need;
    document_fill_box(p->document, &chip, CHIP);
    chip.width -= high * 0.15;
    return document_put_text(p->document, &chip, words, &style, NULL, fault);
}

enum err overlay_paint(struct painter *p, struct fault *fault)
{
    double high = fmin(fmax(fmax(p->layout->width, p->layout->height) * 0.0165, 1.2), 5);
    enum err e = OK;
    paint_grid(p->document, p->layout->width, p->layout->height);
    for (size_t i = 0; e == OK && i < p->side->count; i++)
        if (badge_part_is_shown(&p->facts, &p->side->parts[i]) && p->side->parts[i].kind != PART_LINE) e = paint_box(p, &p->side->parts[i], high, fault);
    return e;
}
