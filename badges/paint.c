#include "badges/paint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define INK 0x1A1A1Au
#define MUTED 0x595959u
#define WHITE 0xFFFFFFu
#define NO_CATEGORY 0x444444u
#define POINTS_A_MM (72.0 / 25.4)

bool paint_read_category(const struct badge *badge, uint32_t *ret)
{
    const char *text = badge->category_color;
    *ret = NO_CATEGORY;
    if (!text || !text[0]) return true;
    unsigned value;
    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6 || sscanf(text + 1, "%x", &value) != 1) return false;
    *ret = value;
    return true;
}

static double linear(uint32_t channel)
{
    double v = (double)(channel & 0xFF) / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* White or black, whichever stands out more (contrast ratio of WCAG 2.1: white wins below a luminance of 0.179). */
static uint32_t color_on(uint32_t ground)
{
    double luminance = 0.2126 * linear(ground >> 16) + 0.7152 * linear(ground >> 8) + 0.0722 * linear(ground);
    return luminance < 0.179 ? WHITE : 0x000000u;
}

uint32_t paint_color(struct badge_color color, uint32_t category)
{
    switch (color.paint) {
    case PAINT_MUTED: return MUTED;
    case PAINT_CATEGORY: return category;
    case PAINT_ON_CATEGORY: return color_on(category);
    case PAINT_WHITE: return WHITE;
    case PAINT_FIXED: return color.rgb;
    case PAINT_INK: break;
    }
    return INK;
}

static enum align mirror_align(enum align align, bool mirrored)
{
    if (!mirrored || align == ALIGN_CENTER) return align;
    return align == ALIGN_LEFT ? ALIGN_RIGHT : ALIGN_LEFT;
}

/* --- kinds of parts ------------------------------------------------------------------------------------------------------------------- */

/* Background that touches the badge's edge goes on into the bleed. */
static struct box bleed_out(const struct painter *p, const struct box *box)
{
    const double near = 0.01, bleed = p->layout->bleed;
    double left = box->x, top = box->y, right = box->x + box->width, bottom = box->y + box->height;
    if (left <= p->x + near) left -= bleed;
    if (top <= p->y + near) top -= bleed;
    if (right >= p->x + p->layout->width - near) right += bleed;
    if (bottom >= p->y + p->layout->height - near) bottom += bleed;
    return (struct box){.x = left, .y = top, .width = right - left, .height = bottom - top};
}

static void paint_fill(struct painter *p, const struct badge_part *part, const struct box *box, uint32_t color)
{
    const struct box whole = bleed_out(p, box);
    if (part->radius > 0) document_fill_round_box(p->document, &whole, part->radius, color);
    else document_fill_box(p->document, &whole, color);
}

static enum err put_text(struct painter *p, const struct badge_part *part, const struct box *box, const char *text, uint32_t color, struct text_report *report,
                         struct fault *fault)
{
    struct text_style style = {.fit = part->fit, .align = mirror_align(part->align, p->mirrored), .valign = part->valign, .color = color,
                               .allow_missing = p->facts.run->allow_missing};
    style.fit.language = p->facts.run->language;
    struct text_report own;
    enum err e = document_put_text(p->document, box, text, &style, &own, fault);
    if (e != OK) return e;
    if (own.cut) p->cut++;
    if (own.missing) p->missing++;
    if (report) *report = own;
    return OK;
}

static bool names_the_person(const struct badge_part *part)
{
    return part->choice_count && part->choices[0].count && strstr(part->choices[0].variants[0].template, "{name}");
}

static enum err paint_text(struct painter *p, const struct badge_part *part, const struct box *box, uint32_t color, struct fault *fault)
{
    const char *text = badge_part_text(&p->facts, part);
    struct text_report report;
    if (!text) return OK;
    enum err e = put_text(p, part, box, text, color, &report, fault);
    if (e == OK && names_the_person(part) && (p->name_size <= 0 || report.size < p->name_size)) p->name_size = report.size;
    return e;
}

/* Rows of two columns; smaller when there are many, and at last "…" for those that have no room. */
static enum err paint_list(struct painter *p, const struct badge_part *part, const struct box *box, uint32_t color, struct fault *fault)
{
    const struct badge_line *lines;
    size_t count = badge_part_lines(&p->facts, part, &lines);
    struct badge_part row_part = *part;
    if (part->fit.lines > 1 && count > part->fit.lines) count = part->fit.lines;
    if (!count) return OK;
    double leading = part->fit.leading / POINTS_A_MM, size = part->fit.size;
    if (size * leading * (double)count > box->height) size = fmax(part->fit.least, box->height / leading / (double)count);
    size_t room = (size_t)fmax(1, floor(box->height / (size * leading) + 0.001));
    row_part.fit.size = size;
    row_part.fit.lines = 1;
    row_part.valign = ALIGN_MIDDLE;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count && i < room; i++) {
        bool last = i + 1 == room && room < count;
        struct box row = {.x = box->x, .y = box->y + (double)i * size * leading, .width = box->width, .height = size * leading};
        struct box first = row, second = row;
        first.width = part->first_column - 1;
        second.width -= part->first_column;
        if (p->mirrored) first.x = box->x + box->width - first.width;
        else second.x += part->first_column;
        if (last) p->cut++;
        const char *one = last ? NULL : lines[i].first, *two = last ? "…" : lines[i].second;
        if (part->first_column <= 1) second = row;
        if (part->first_column > 1 && one && one[0]) e = put_text(p, &row_part, &first, one, color, NULL, fault);
        if (e == OK && two && two[0]) e = put_text(p, &row_part, &second, two, color, NULL, fault);
    }
    return e;
}

/* The code in the middle of its quiet zone, on white of its own. */
static void paint_code(struct painter *p, const struct box *box, const struct qr *code)
{
    double cell = box->width / (double)(code->side + 2 * BADGE_QUIET_CELLS), edge = BADGE_QUIET_CELLS * cell;
    document_fill_box(p->document, box, WHITE);
    if (p->small_codes) document_fill_cells_small(p->document, box->x + edge, box->y + edge, code->side * cell, code->cells, code->side);
    else document_fill_cells(p->document, box->x + edge, box->y + edge, code->side * cell, code->cells, code->side);
}

/* The whole picture in the middle of the box, not stretched. */
static enum err put_picture(struct painter *p, const struct box *box, const struct photo *photo, unsigned number)
{
    double scale = fmin(box->width / photo->width, box->height / photo->height);
    struct box inner = {.width = photo->width * scale, .height = photo->height * scale};
    inner.x = box->x + (box->width - inner.width) / 2;
    inner.y = box->y + (box->height - inner.height) / 2;
    return document_put_picture(p->document, &inner, number);
}

/* Instead of a photo: the person's initials on a pale ground. */
static enum err paint_initials(struct painter *p, const struct badge_part *part, const struct box *box, uint32_t color, struct fault *fault)
{
    const char *initials = badge_field_value(&p->facts, FIELD_INITIALS);
    document_fill_round_box(p->document, box, part->radius, 0xECECEC);
    if (!initials) return OK;
    struct badge_part text = {.align = ALIGN_CENTER, .valign = ALIGN_MIDDLE};
    text.fit = (struct fit_style){.bold = true, .size = fmin(box->width, box->height) * 0.4 * POINTS_A_MM, .least = 4, .lines = 1};
    const struct box inner = {.x = box->x + 1, .y = box->y + 1, .width = box->width - 2, .height = box->height - 2};
    return put_text(p, &text, &inner, initials, color, NULL, fault);
}

static enum err paint_part(struct painter *p, const struct badge_part *part, const struct box *box, uint32_t category, struct fault *fault)
{
    uint32_t color = paint_color(part->color, category);
    switch (part->kind) {
    case PART_FILL: return paint_fill(p, part, box, color), OK;
    case PART_LINE:
        document_draw_line(p->document, box->x, box->y, box->x + box->width, box->y + box->height, part->line, color);
        return OK;
    case PART_TEXT: return paint_text(p, part, box, color, fault);
    case PART_LIST: return paint_list(p, part, box, color, fault);
    case PART_QR: return paint_code(p, box, p->code), OK;
    case PART_WIFI:
        if (p->wifi) paint_code(p, box, p->wifi);
        return OK;
    case PART_PHOTO: return p->photo ? put_picture(p, box, p->facts.badge->photo, *p->photo) : paint_initials(p, part, box, color, fault);
    case PART_LOGO: return p->logo ? put_picture(p, box, p->facts.run->logo, *p->logo) : OK;
    }
    return OK;
}

enum err paint_side(struct painter *p, struct fault *fault)
{
    uint32_t category;
    p->name_size = 0;
    if (!paint_read_category(p->facts.badge, &category))
        return fault_set(fault, ERR_INPUT, "the colour \"%.20s\" is not of the form #rrggbb", p->facts.badge->category_color);
    for (size_t i = 0; i < p->side->count; i++) {
        const struct badge_part *part = &p->side->parts[i];
        if (!badge_part_is_shown(&p->facts, part)) continue;
        const struct box box = badge_box(p->layout, &part->box, p->mirrored, p->x, p->y);
        if (part->turned) document_begin_turn(p->document, &box);
        enum err e = paint_part(p, part, &box, category, fault);
        if (part->turned) document_end_turn(p->document);
        if (e != OK) return e;
    }
    return OK;
}
