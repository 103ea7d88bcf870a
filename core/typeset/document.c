#include "core/typeset/document.h"

#include "core/base/text.h"
#include "core/typeset/pdf.h"
#include "core/typeset/subset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_A_MM (72.0 / 25.4)
#define PAGE_CONTENT_MOST (64u * 1024u * 1024u)

struct document {
    struct fonts *fonts;
    struct pdf *pdf;
    struct arena arena;   /* lives as long as the document */
    struct arena scratch; /* one text */
    struct subset subsets[FONTS_MOST];
    unsigned font_count;
    struct buf content; /* of the page in hand */
    double page_width, page_height; /* points */
    struct pdf_box trim;
    bool has_trim;
    char **bookmarks; /* each on the heap */
    size_t bookmark_count, bookmark_capacity;
    bool page_open;
    size_t pages;
    uint32_t color; /* the fill colour of the content stream, so that it is not said again */
    bool color_known;
};

/* --- small writers of the content stream -------------------------------------------------------------------------------------- */

/* A number with at most `decimals` decimals, without useless zeros: printf is a tenth of a run's time otherwise. */
static void put_number(struct buf *out, double value, int decimals)
{
    static const long scales[] = {1, 10, 100, 1000, 10000};
    long scaled = lround(value * (double)scales[decimals]);
    char digits[32];
    size_t at = sizeof digits;
    bool negative = scaled < 0;
    unsigned long rest = (unsigned long)(negative ? -scaled : scaled);
    bool any = false;
    for (int i = 0; i < decimals; i++, rest /= 10) {
        if (!any && rest % 10 == 0) continue;
        digits[--at] = (char)('0' + rest % 10);
        any = true;
    }
    if (any) digits[--at] = '.';
    if (rest || !any) {
        do {
            digits[--at] = (char)('0' + rest % 10);
            rest /= 10;
        } while (rest);
    }
    if (negative && scaled) digits[--at] = '-';
    buf_add(out, digits + at, sizeof digits - at);
}

/* Numbers, each followed by a space. */
static void put_numbers(struct buf *out, size_t count, const double *values)
{
    for (size_t i = 0; i < count; i++) {
        put_number(out, values[i], 2);
        buf_putc(out, ' ');
    }
}

#define PUT(out, ...) put_numbers((out), sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

static void put_color(struct buf *out, uint32_t color, const char *operator)
{
    for (int shift = 16; shift >= 0; shift -= 8) {
        put_number(out, (double)((color >> shift) & 0xFF) / 255.0, 3);
        buf_putc(out, ' ');
    }
    buf_puts(out, operator);
}

static void fill_with(struct document *document, uint32_t color)
{
    if (document->color_known && document->color == color) return;
    put_color(&document->content, color, "rg\n");
    document->color = color;
    document->color_known = true;
}

static double across(double mm)
{
    return mm * POINTS_A_MM;
}

static double up(const struct document *document, double mm)
{
    return document->page_height - mm * POINTS_A_MM;
}

/* --- documents and pages ------------------------------------------------------------------------------------------------------ */

enum err document_new(struct fonts *fonts, const struct document_info *info, struct document **ret, struct fault *fault)
{
    struct document *document = calloc(1, sizeof *document);
    if (!document) return fault_set(fault, ERR_NOMEM, "no memory for a document");
    document->fonts = fonts;
    buf_init(&document->content, PAGE_CONTENT_MOST);
    enum err e = pdf_new(&document->pdf, fault);
    if (e == OK) e = pdf_set_info(document->pdf, info->title, info->author, info->language, info->created_ms, fault);
    if (e != OK) {
        document_free(document);
        return e;
    }
    *ret = document;
    return OK;
}

static void forget_bookmarks(struct document *document)
{
    while (document->bookmark_count) free(document->bookmarks[--document->bookmark_count]);
}

void document_free(struct document *document)
{
    if (!document) return;
    pdf_free(document->pdf);
    buf_release(&document->content);
    arena_release(&document->arena);
    arena_release(&document->scratch);
    forget_bookmarks(document);
    free(document->bookmarks);
    free(document);
}

static enum err end_page(struct document *document, struct fault *fault)
{
    if (!document->page_open) return OK;
    if (!buf_ok(&document->content)) return fault_set(fault, ERR_NOMEM, "no memory for page %zu", document->pages);
    struct pdf_page page = {.width = document->page_width, .height = document->page_height};
    page.bookmarks = document->bookmarks;
    page.bookmark_count = document->bookmark_count;
    page.trim = document->has_trim ? &document->trim : NULL;
    page.content = buf_text(&document->content);
    page.content_length = document->content.length;
    enum err e = pdf_add_page(document->pdf, &page, fault);
    buf_clear(&document->content);
    forget_bookmarks(document);
    document->page_open = document->has_trim = document->color_known = false;
    return e;
}

enum err document_add_page(struct document *document, double width, double height, struct fault *fault)
{
    enum err e = end_page(document, fault);
    if (e != OK) return e;
    document->page_width = across(width);
    document->page_height = across(height);
    if (!(document->page_width >= 3 && document->page_width <= 14400 && document->page_height >= 3 && document->page_height <= 14400))
        return fault_set(fault, ERR_INPUT, "no page can be %.1f × %.1f mm", width, height);
    document->page_open = true;
    document->pages++;
    return OK;
}

enum err document_add_bookmark(struct document *document, const char *title)
{
    if (document->bookmark_count == document->bookmark_capacity) {
        size_t capacity = document->bookmark_capacity ? document->bookmark_capacity * 2 : 8;
        char **more = realloc(document->bookmarks, capacity * sizeof *more);
        if (!more) return ERR_NOMEM;
        document->bookmarks = more;
        document->bookmark_capacity = capacity;
    }
    char *copy = strdup(title);
    if (!copy) return ERR_NOMEM;
    document->bookmarks[document->bookmark_count++] = copy;
    return OK;
}

void document_set_trim(struct document *document, const struct box *trim)
{
    document->trim = (struct pdf_box){.left = across(trim->x), .right = across(trim->x + trim->width),
                                     .top = up(document, trim->y), .bottom = up(document, trim->y + trim->height)};
    document->has_trim = true;
}

size_t document_page_count(const struct document *document)
{
    return document->pages;
}

/* --- shapes -------------------------------------------------------------------------------------------------------------------- */

void document_fill_box(struct document *document, const struct box *box, uint32_t color)
{
    fill_with(document, color);
    PUT(&document->content, across(box->x), up(document, box->y + box->height), across(box->width), across(box->height));
    buf_puts(&document->content, "re f\n");
}

/* The outline of a box with round corners, as quarter circles of one cubic each. */
static void put_round_path(struct document *document, const struct box *box, double radius_mm)
{
    double l = across(box->x), r = across(box->x + box->width), t = up(document, box->y), b = up(document, box->y + box->height);
    double radius = across(radius_mm);
    if (radius > (r - l) / 2) radius = (r - l) / 2;
    if (radius > (t - b) / 2) radius = (t - b) / 2;
    double k = radius * 0.4477; /* 1 - 4/3 (√2 - 1) */
    struct buf *out = &document->content;
    PUT(out, l + radius, b);
    buf_puts(out, "m ");
    PUT(out, r - radius, b);
    buf_puts(out, "l ");
    PUT(out, r - k, b, r, b + k, r, b + radius);
    buf_puts(out, "c ");
    PUT(out, r, t - radius);
    buf_puts(out, "l ");
    PUT(out, r, t - k, r - k, t, r - radius, t);
    buf_puts(out, "c ");
    PUT(out, l + radius, t);
    buf_puts(out, "l ");
    PUT(out, l + k, t, l, t - k, l, t - radius);
    buf_puts(out, "c ");
    PUT(out, l, b + radius);
    buf_puts(out, "l ");
    PUT(out, l, b + k, l + k, b, l + radius, b);
    buf_puts(out, "c h ");
}

void document_fill_round_box(struct document *document, const struct box *box, double radius, uint32_t color)
{
    fill_with(document, color);
    put_round_path(document, box, radius);
    buf_puts(&document->content, "f\n");
}

void document_stroke_round_box(struct document *document, const struct box *box, double radius, double line, uint32_t color)
{
    put_color(&document->content, color, "RG ");
    PUT(&document->content, line);
    buf_puts(&document->content, "w ");
    put_round_path(document, box, radius);
    buf_puts(&document->content, "S\n");
}

void document_draw_line(struct document *document, double x1, double y1, double x2, double y2, double line, uint32_t color)
{
    struct buf *out = &document->content;
    put_color(out, color, "RG ");
    PUT(out, line);
    buf_puts(out, "w ");
    PUT(out, across(x1), up(document, y1));
    buf_puts(out, "m ");
    PUT(out, across(x2), up(document, y2));
    buf_puts(out, "l S\n");
}

void document_fill_cells(struct document *document, double x, double y, double width, const unsigned char *cells, size_t side)
{
    struct buf *out = &document->content;
    fill_with(document, 0x000000);
    buf_puts(out, "q ");
    double cell = across(width) / (double)side;
    put_number(out, cell, 4);
    buf_puts(out, " 0 0 ");
    put_number(out, cell, 4);
    buf_putc(out, ' ');
    PUT(out, across(x), up(document, y + width));
    buf_puts(out, "cm\n");
    for (size_t row = 0; row < side; row++)
        for (size_t column = 0; column < side; column++) {
            size_t first = column;
            while (column < side && (cells[row * side + column] & 1)) column++;
            if (column > first) {
                PUT(out, (double)first, (double)(side - 1 - row), (double)(column - first), 1);
                buf_puts(out, "re\n");
            }
        }
    buf_puts(out, "f Q\n");
}

/* --- text ---------------------------------------------------------------------------------------------------------------------- */

static void put_actual_text(struct buf *out, const char *text, size_t length)
{
    buf_puts(out, "/Span<</ActualText<FEFF");
    for (const char *cursor = text; cursor < text + length;) {
        int32_t c = text_next(&cursor);
        if (c > 0xFFFF) buf_printf(out, "%04X%04X", 0xD800u + (((unsigned)c - 0x10000u) >> 10), 0xDC00u + (((unsigned)c - 0x10000u) & 0x3FFu));
        else if (c > 0) buf_printf(out, "%04X", (unsigned)c);
    }
    buf_puts(out, ">>>BDC ");
}

static void put_glyph_number(struct buf *out, uint32_t glyph)
{
    static const char hex[] = "0123456789ABCDEF";
    char digits[4] = {hex[(glyph >> 12) & 15], hex[(glyph >> 8) & 15], hex[(glyph >> 4) & 15], hex[glyph & 15]};
    buf_add(out, digits, 4);
}

/* The pen of a line while its glyphs are written: what the viewer thinks its place is, in em, and which brackets are open. */
struct pen {
    double at;      /* where the viewer's pen is, in em from the line's start */
    double rise;
    unsigned font;
    bool font_set, array_open, string_open;
};

static void close_array(struct buf *out, struct pen *pen)
{
    if (pen->string_open) buf_putc(out, '>');
    if (pen->array_open) buf_puts(out, "]TJ\n");
    pen->string_open = pen->array_open = false;
}

static void put_glyph(struct document *document, const struct line *line, const struct line_glyph *glyph, double place, double size, struct pen *pen)
{
    struct buf *out = &document->content;
    struct subset *subset = &document->subsets[glyph->font];
    bool same = subset_use(subset, &document->arena, glyph->glyph, line->text + glyph->start, glyph->end - glyph->start);
    if (!pen->font_set || pen->font != glyph->font) {
        close_array(out, pen);
        buf_printf(out, "/F%u ", subset->number);
        put_number(out, size, 2);
        buf_puts(out, " Tf ");
        pen->font = glyph->font;
        pen->font_set = true;
    }
    if (fabs(pen->rise - (double)glyph->y) > 0.0005) {
        close_array(out, pen);
        put_number(out, (double)glyph->y * size, 2);
        buf_puts(out, " Ts ");
        pen->rise = (double)glyph->y;
    }
    if (!same) {
        close_array(out, pen);
        put_actual_text(out, line->text + glyph->start, glyph->end - glyph->start);
    }
    if (!pen->array_open) buf_putc(out, '[');
    pen->array_open = true;
    double shift = place + (double)glyph->x - pen->at;
    if (fabs(shift) >= 0.0005) {
        if (pen->string_open) buf_putc(out, '>');
        pen->string_open = false;
        put_number(out, -shift * 1000.0, 0);
        pen->at += shift;
    }
    if (!pen->string_open) buf_putc(out, '<');
    pen->string_open = true;
    put_glyph_number(out, glyph->glyph);
    const struct font *font = fonts_get(document->fonts, glyph->font);
    pen->at += (double)hb_font_get_glyph_h_advance(font->shaper, glyph->glyph) / font->em;
    if (!same) {
        close_array(out, pen);
        buf_puts(out, "EMC ");
    }
}

static enum err put_line(struct document *document, const struct line *line, double x, double y, double size)
{
    for (size_t i = 0; i < line->count; i++) {
        struct subset *subset = &document->subsets[line->glyphs[i].font];
        if (subset->font) continue;
        enum err e = subset_start(subset, fonts_get(document->fonts, line->glyphs[i].font), &document->arena);
        if (e != OK) return e;
        subset->number = document->font_count++;
    }
    struct buf *out = &document->content;
    struct pen pen = {0};
    double place = 0;
    buf_puts(out, "BT 1 0 0 1 ");
    PUT(out, x, y);
    buf_puts(out, "Tm ");
    for (size_t i = 0; i < line->count; i++) {
        put_glyph(document, line, &line->glyphs[i], place, size, &pen);
        place += (double)line->glyphs[i].advance;
    }
    close_array(out, &pen);
    if (fabs(pen.rise) > 0) buf_puts(out, "0 Ts ");
    buf_puts(out, "ET\n");
    return OK;
}

/* The first baseline: lines stand by their letters, not by their marks, so that neighbours agree; but all ink stays inside. */
static double place_baseline(const struct document *document, const struct box *box, const struct text_style *style, const struct fit *fit)
{
    double top = up(document, box->y), bottom = up(document, box->y + box->height);
    double capital = 0.72 * fit->size, below = (double)(fit->count - 1) * fit->leading;
    double baseline = top - capital;
    if (style->valign == ALIGN_MIDDLE) baseline = (top + bottom) / 2 + (capital + below) / 2 - capital + 0.02 * fit->size;
    if (style->valign == ALIGN_BOTTOM) baseline = bottom + 0.22 * fit->size + below;
    if (baseline + fit->top > top) baseline = top - fit->top;
    if (baseline + fit->top - fit->height < bottom) baseline = bottom + fit->height - fit->top;
    return baseline;
}

static double place_across(const struct box *box, enum align align, const struct line *line, double size)
{
    double left = line->left < 0 ? line->left : 0, right = line->right > line->width ? line->right : line->width;
    double from = across(box->x), room = across(box->width);
    double x = from - left * size;
    if (align == ALIGN_CENTER) x = from + (room - line->width * size) / 2;
    if (align == ALIGN_RIGHT) x = from + room - right * size;
    if (x + right * size > from + room) x = from + room - right * size;
    if (x + left * size < from) x = from - left * size;
    return x;
}

enum err document_put_text(struct document *document, const struct box *box, const char *text, const struct text_style *style,
                           struct text_report *report, struct fault *fault)
{
    struct fit fit;
    arena_clear(&document->scratch);
    enum err e = fit_text(document->fonts, &document->scratch, text, &style->fit, across(box->width), across(box->height), &fit, fault);
    if (e != OK) return e;
    if (fit.missing && !style->allow_missing) return fault_set(fault, ERR_INPUT, "no font has the character U+%04X in \"%.200s\"", (unsigned)fit.missing, text);
    if (fit.count) fill_with(document, style->color);
    double baseline = place_baseline(document, box, style, &fit);
    for (size_t i = 0; e == OK && i < fit.count; i++)
        e = put_line(document, &fit.lines[i], place_across(box, style->align, &fit.lines[i], fit.size), baseline - (double)i * fit.leading, fit.size);
    if (e != OK) return fault_set(fault, e, "cannot draw \"%.60s\": %s", text, err_name(e));
    if (report) *report = (struct text_report){.size = fit.size, .lines = fit.count, .cut = fit.cut, .missing = fit.missing};
    return OK;
}

/* --- the end -------------------------------------------------------------------------------------------------------------------- */

static enum err add_fonts(struct document *document, struct fault *fault)
{
    for (unsigned i = 0; i < FONTS_MOST; i++) {
        const struct subset *subset = &document->subsets[i];
        if (!subset->font) continue;
        struct pdf_font font;
        hb_blob_t *blob = NULL;
        enum err e = subset_make(subset, strstr(subset->font->path, "Bold") != NULL, &document->arena, &font, &blob, fault);
        if (e != OK) return e;
        font.number = subset->number;
        e = pdf_add_font(document->pdf, &font, fault);
        hb_blob_destroy(blob);
        if (e != OK) return e;
    }
    return OK;
}

enum err document_save(struct document *document, struct buf *out, struct fault *fault)
{
    enum err e = end_page(document, fault);
    if (e == OK && document->pages == 0) e = fault_set(fault, ERR_INPUT, "a document without pages");
    if (e == OK) e = add_fonts(document, fault);
    if (e == OK) e = pdf_save(document->pdf, out, fault);
    return e;
}
