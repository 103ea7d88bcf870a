#include "badges/paint/paint.h"

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
    if (left <= near) left -= bleed;
    if (top <= near) top -= bleed;
    if (right >= p->layout->width - near) right += bleed;
    if (bottom >= p->layout->height - near) bottom += bleed;
    return (struct box){.x = left, .y = top, .width = right - left, .height = bottom - top};
}

static void paint_fill(struct painter *p, const struct badge_part *part, const struct box *box, uint32_t color)
{
    const struct box whole = bleed_out(p, box);
    if (part->radius > 0) document_fill_round_box(p->document, &whole, part->radius, color);
    else document_fill_box(p->document, &whole, color);
}

static struct text_style make_style(const struct painter *p, const struct badge_part *part, uint32_t color)
{
    struct text_style style = {.fit = part->fit, .align = mirror_align(part->align, p->mirrored), .valign = part->valign, .color = color,
                               .allow_missing = p->facts.run->allow_missing};
    style.fit.language = p->facts.run->language;
    return style;
}

static enum err put_styled(struct painter *p, const struct text_style *style, const struct box *box, const char *text, struct text_report *report, struct fault *fault)
{
    struct text_report own;
    enum err e = document_put_text(p->document, box, text, style, &own, fault);
    if (e != OK) return e;
    if (own.cut) p->cut++;
    if (own.missing) p->missing++;
    if (own.helped) p->helped++;
    if (report) *report = own;
    return OK;
}

static enum err put_text(struct painter *p, const struct badge_part *part, const struct box *box, const char *text, uint32_t color, struct text_report *report,
                         struct fault *fault)
{
    const struct text_style style = make_style(p, part, color);
    return put_styled(p, &style, box, text, report, fault);
}

bool paint_names_person(const struct badge_part *part)
{
    return part->kind == PART_TEXT && part->choice_count && part->choices[0].count && strstr(part->choices[0].variants[0].template, "{name}");
}

static enum err paint_text(struct painter *p, const struct badge_part *part, const struct box *box, uint32_t color, struct fault *fault)
{
    const char *text = badge_part_text(&p->facts, part);
    struct text_report report;
    if (!text) return OK;
    enum err e = put_text(p, part, box, text, color, &report, fault);
    if (e == OK && paint_names_person(part) && (p->name_size <= 0 || report.size < p->name_size)) p->name_size = report.size;
    return e;
}

/* A list while it is laid out. */
struct listing {
    const struct badge_line *lines;
    size_t count;
    struct fit_style fit; /* of a row: at most ROW_LINES lines, all rows in one size */
    double second_width, gap; /* millimetres; gap: between rows */
};

#define LIST_LEADING 1.18
#define ROW_LINES 6      /* of one row, before all rows get smaller for it */
#define ROW_LINES_LESS 3 /* and when they had no room: a long row is cut rather than a late one lost */
#define LIST_RISE 0.1   /* em: what a row may take from the one above it, so that marks over capitals never move its baseline */
#define LIST_LETTERS 1.04 /* em: from a row's top, with its rise, to the baseline of both columns */

/* The size in which every row fits, and how many millimetres all of them take. */
static enum err measure_list(struct painter *p, struct listing *l, double room, double *ret_height, struct fault *fault)
{
    const struct box box = {.width = l->second_width, .height = room};
    double least = l->fit.size, lines = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct text_report report = {0};
        const char *text = l->lines[i].second;
        enum err e = text && text[0] ? document_measure_text(p->document, &box, text, &l->fit, &report, fault) : OK;
        if (e != OK) return e;
        if (report.size > 0 && report.size < least) least = report.size;
        lines += report.lines > 1 ? (double)report.lines : 1;
    }
    l->fit.size = least;
    *ret_height = lines * least * LIST_LEADING / POINTS_A_MM + ((double)(l->count - 1) * l->gap + LIST_RISE / POINTS_A_MM) * least;
    return OK;
}

/* Smaller by steps until the list is not higher than the box. */
static enum err fit_list(struct painter *p, struct listing *l, const struct badge_part *part, const struct box *box, struct fault *fault)
{
    for (double size = part->fit.size;; size *= 0.95) {
        double height;
        if (size < part->fit.least) size = part->fit.least;
        l->fit.size = l->fit.break_below = size;
        l->fit.least = fmax(3, size * 0.85); /* a long word rather makes all rows a little smaller than be cut */
        enum err e = measure_list(p, l, box->height, &height, fault);
        bool fits = height <= box->height;
        if (e != OK || fits || (size <= part->fit.least && l->fit.lines == ROW_LINES_LESS)) return e;
        if (size > part->fit.least) continue;
        l->fit.lines = ROW_LINES_LESS;
        size = part->fit.size / 0.95;
    }
}

static enum err paint_row(struct painter *p, const struct badge_part *row, const struct box *box, const struct badge_line *line, double first_column, uint32_t color,
                          struct fault *fault)
{
    struct box first = *box, second = *box;
    enum err e = OK;
    first.width = first_column - 1;
    if (first_column > 1) second.width -= first_column;
    if (p->mirrored) first.x = box->x + box->width - first.width;
    else if (first_column > 1) second.x += first_column;
    struct text_style style = make_style(p, row, color);
    style.baseline = LIST_LETTERS * row->fit.size / POINTS_A_MM;
    if (first_column > 1 && line->first && line->first[0]) e = put_styled(p, &style, &first, line->first, NULL, fault);
    if (e == OK && line->second && line->second[0]) e = put_styled(p, &style, &second, line->second, NULL, fault);
    return e;
}

/* Rows of two columns, all in one size; what has no room is told by a last "…". */
static enum err paint_list(struct painter *p, const struct badge_part *part, const struct box *box, uint32_t color, struct fault *fault)
{
    struct listing l = {.second_width = box->width - (part->first_column > 1 ? part->first_column : 0),
                        .gap = fmax(0, part->fit.leading - LIST_LEADING) / POINTS_A_MM};
    l.count = badge_part_lines(&p->facts, part, &l.lines);
    if (part->fit.lines > 1 && l.count > part->fit.lines) l.count = part->fit.lines;
    if (!l.count) return OK;
    l.fit = (struct fit_style){.language = p->facts.run->language, .family = part->fit.family, .bold = part->fit.bold, .lines = ROW_LINES, .leading = LIST_LEADING};
    enum err e = fit_list(p, &l, part, box, fault);
    struct badge_part row = *part;
    row.fit = l.fit;
    row.fit.least = fmin(l.fit.least, l.fit.size);
    row.valign = ALIGN_TOP;
    double rise = LIST_RISE * l.fit.size / POINTS_A_MM, y = box->y + rise, line = l.fit.size * LIST_LEADING / POINTS_A_MM;
    for (size_t i = 0; e == OK && i < l.count; i++) {
        static const struct badge_line more = {.second = "…"};
        struct text_report report = {.lines = 1};
        const struct box column = {.width = l.second_width, .height = box->height};
        const char *text = l.lines[i].second;
        if (text && text[0]) e = document_measure_text(p->document, &column, text, &row.fit, &report, fault);
        double height = line * (double)(report.lines ? report.lines : 1), left = box->y + box->height - y;
        bool last = left < height - 0.01 || (i + 1 < l.count && left < height + line - 0.01);
        struct box place = {.x = box->x, .y = y - rise, .width = box->width, .height = fmin(height, left) + rise};
        if (last) p->cut++;
        if (e == OK && place.height > 0.6 * line) e = paint_row(p, &row, &place, last ? &more : &l.lines[i], part->first_column, color, fault);
        if (last) break;
        y += height + l.gap * l.fit.size;
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
    text.fit = (struct fit_style){.family = part->fit.family, .bold = true, .size = fmin(box->width, box->height) * 0.4 * POINTS_A_MM, .least = 4, .lines = 1};
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
        const struct box box = badge_box(p->layout, &part->box, p->mirrored, 0, 0);
        if (part->turned) document_begin_turn(p->document, &box);
        size_t cut = p->cut;
        enum err e = paint_part(p, part, &box, category, fault);
        if (part->turned) document_end_turn(p->document);
        if (e != OK) return e;
        if (p->cut > cut && p->on_cut) p->on_cut(p->cut_data, p, part);
    }
    return OK;
}
