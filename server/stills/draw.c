#include "server/stills/draw.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include <stdlib.h>
#include <string.h>

#define MM 0.1 /* of a pixel on the page */
#define POINTS (MM * 72 / 25.4)
#define PICTURE_MOST (32u << 20)
#define LINES_MOST 200

const char *still_words(const struct still_run *run, const char *key)
{
    return i18n_text(run->wish->i18n, run->language, key);
}

static struct box place(const struct still *s, double x, double y, double width, double height)
{
    double left = s->run->mirrored ? s->run->width - x - width : x;
    return (struct box){.x = left * MM, .y = y * MM, .width = width * MM, .height = height * MM};
}

void still_fill(struct still *s, double x, double y, double width, double height, uint32_t color)
{
    const struct box box = place(s, x, y, width, height);
    document_fill_box(s->document, &box, color);
}

static enum align turned(const struct still *s, enum align align)
{
    if (!s->run->mirrored || align == ALIGN_CENTER) return align;
    return align == ALIGN_LEFT ? ALIGN_RIGHT : ALIGN_LEFT;
}

void still_put(struct still *s, double x, double y, double width, double height, const char *text, const struct still_look *look)
{
    if (s->result != OK || !text || !*text || width <= 0 || height <= 0) return;
    const struct box box = place(s, x, y, width, height);
    const double size = look->size * s->run->unit * POINTS;
    const struct text_style style = {.align = turned(s, look->align), .valign = look->valign, .color = look->color ? look->color : STILL_INK, .allow_missing = true,
                                     .fit = {.language = s->run->tag, .bold = look->bold, .size = size, .least = size * 0.3, .lines = look->lines ? look->lines : 1,
                                             .break_below = look->lines > 1 ? size * 0.8 : 0, .leading = s->run->mirrored ? 1.4 : 1.25}};
    struct fault why = {0};
    enum err e = document_put_text(s->document, &box, text, &style, NULL, &why);
    bool left_out = e == ERR_LIMIT || e == ERR_INPUT; /* a text that no box holds */
    if (e != OK && !left_out) s->result = fault_set(s->fault, e, "%s", why.text[0] ? why.text : err_name(e));
}

void still_picture(struct still *s, double x, double y, double width, double height, const char *sha256, int64_t pixels_wide, int64_t pixels_high)
{
    char *data = NULL;
    size_t length = 0;
    unsigned number;
    const char *path = blob_path(s->arena, s->run->wish->data_folder, sha256);
    if (s->result != OK || pixels_wide < 1 || pixels_high < 1) return;
    s->result = path ? file_read(s->arena, path, PICTURE_MOST, &data, &length, s->fault) : ERR_NOMEM;
    double scale = width / (double)pixels_wide, other = height / (double)pixels_high;
    if (other < scale) scale = other;
    const double w = (double)pixels_wide * scale, h = (double)pixels_high * scale;
    const struct box box = place(s, x + (width - w) / 2, y + (height - h) / 2, w, h);
    const struct document_picture picture = {.width = (unsigned)pixels_wide, .height = (unsigned)pixels_high, .data = data, .length = length};
    if (s->result == OK) s->result = document_add_picture(s->document, &picture, &number, s->fault);
    if (s->result == OK) s->result = document_put_picture(s->document, &box, number);
}

bool still_page(struct still *s, double x, double y, double width, double height, const struct our_work_page *page)
{
    if (!page || !page->width) return false;
    bool large = page->large && (width > 1920 || height > 1920 || width > (double)page->width);
    if (large) still_picture(s, x, y, width, height, page->large, page->large_width, page->large_height);
    else still_picture(s, x, y, width, height, page->sha256, page->width, page->height);
    return true;
}

/* --- texts: the fragment is of our own making (cmark), so its tags are few and well formed ------------------------------------------------ */

struct text_line {
    const char *text;
    double weight; /* of its letters */
    bool bold;
};

struct text_lines {
    struct text_line items[LINES_MOST];
    size_t count;
    struct buf now;
    double weight;
    bool in_row;
};

static void end_line(struct still *s, struct text_lines *lines)
{
    const char *text = buf_ok(&lines->now) ? text_tidy(s->arena, buf_text(&lines->now)) : NULL;
    if (text && *text && strcmp(text, "•") != 0 && lines->count < LINES_MOST)
        lines->items[lines->count++] = (struct text_line){text, lines->weight ? lines->weight : 1, lines->weight > 1};
    buf_release(&lines->now);
    buf_init(&lines->now, BUF_LIMIT_LINE);
}

static void take_tag(struct still *s, struct text_lines *lines, const char *tag, size_t n)
{
    bool ends = *tag == '/';
    const char *name = ends ? tag + 1 : tag;
    size_t length = n - (size_t)ends;
    if (length >= 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6') {
        end_line(s, lines);
        lines->weight = ends ? 1 : name[1] == '1' ? 2 : name[1] == '2' ? 1.6 : 1.3;
    } else if (strncmp(name, "li", 2) == 0 && !ends) {
        end_line(s, lines);
        buf_puts(&lines->now, "• ");
    } else if (strncmp(name, "tr", 2) == 0) {
        end_line(s, lines);
        lines->in_row = false;
    } else if (name[0] == 't' && (name[1] == 'd' || name[1] == 'h') && (name[2] == '>' || name[2] == ' ') && !ends) {
        if (lines->in_row) buf_puts(&lines->now, " · ");
        lines->in_row = true;
    } else if (length == 1 && name[0] == 'p') {
        if (ends) end_line(s, lines);
    } else if (strncmp(name, "br", 2) == 0 || strncmp(name, "pre", 3) == 0 || strncmp(name, "/li", 3) == 0 || (ends && strncmp(name, "li", 2) == 0)) {
        end_line(s, lines);
    }
}

static void take_words(struct text_lines *lines, const char *p, size_t n)
{
    static const char *const marks[][2] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
    while (n) {
        size_t plain = 0, i = 0;
        while (plain < n && p[plain] != '&') plain++;
        for (size_t k = 0; k < plain; k++) buf_putc(&lines->now, p[k] == '\n' ? ' ' : p[k]);
        p += plain;
        n -= plain;
        if (!n) return;
        while (i < sizeof marks / sizeof marks[0] && strncmp(p, marks[i][0], strlen(marks[i][0])) != 0) i++;
        size_t used = i < sizeof marks / sizeof marks[0] ? strlen(marks[i][0]) : 1;
        buf_puts(&lines->now, i < sizeof marks / sizeof marks[0] ? marks[i][1] : "&");
        p += used;
        n -= used < n ? used : n;
    }
}

static void read_lines(struct still *s, const char *html, struct text_lines *lines)
{
    buf_init(&lines->now, BUF_LIMIT_LINE);
    for (const char *p = html; *p;) {
        const char *open = strchr(p, '<'), *close = open ? strchr(open, '>') : NULL;
        if (!close) break;
        take_words(lines, p, (size_t)(open - p));
        take_tag(s, lines, open + 1, (size_t)(close - open - 1));
        p = close + 1;
    }
    end_line(s, lines);
    buf_release(&lines->now);
}

/* How high a line becomes at that size; 0: it does not fit at all. */
static double line_height(struct still *s, const struct text_line *line, double width, double size)
{
    const struct box box = {.width = width * MM, .height = s->run->height * MM};
    const double points = size * line->weight * POINTS;
    const struct fit_style style = {.language = s->run->tag, .bold = line->bold, .size = points, .least = points, .lines = 12, .leading = 1.3};
    struct text_report report = {0};
    struct fault why = {0};
    if (document_measure_text(s->document, &box, line->text, &style, &report, &why) != OK || report.cut) return 0;
    return (double)(report.lines ? report.lines : 1) * size * line->weight * 1.3 + size * 0.35;
}

/* Whether a text is written from the right: its first letter says so, whatever the language of the pictures. */
static bool begins_right(const char *text)
{
    for (const char *p = text; *p;) {
        int32_t c = text_next(&p);
        if (c >= 0x590 && c <= 0x8ff) return true;
        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0xc0) return false;
    }
    return false;
}

void still_text(struct still *s, double x, double y, double width, double height, const char *html)
{
    struct text_lines *lines = arena_alloc(s->arena, sizeof *lines);
    double heights[LINES_MOST], size = 64 * s->run->unit, sum;
    if (s->result != OK || !lines) return;
    memset(lines, 0, sizeof *lines);
    read_lines(s, html, lines);
    for (;; size *= 0.92) {
        sum = 0;
        bool fits = true;
        for (size_t i = 0; fits && i < lines->count; i++) {
            heights[i] = line_height(s, &lines->items[i], width, size);
            fits = heights[i] > 0;
            sum += heights[i];
        }
        if ((fits && sum <= height) || size < 12 * s->run->unit) break;
    }
    double top = y + (sum < height ? (height - sum) / 2 : 0);
    for (size_t i = 0; i < lines->count && top < y + height; i++) {
        const struct still_look look = {.size = size * lines->items[i].weight / s->run->unit, .lines = 12, .bold = lines->items[i].bold, .valign = ALIGN_TOP,
                                        .align = begins_right(lines->items[0].text) == s->run->mirrored ? ALIGN_LEFT : ALIGN_RIGHT,
                                        .color = lines->items[i].bold ? s->run->accent_text : STILL_INK};
        still_put(s, x, top, width, heights[i], lines->items[i].text, &look);
        top += heights[i];
    }
}
