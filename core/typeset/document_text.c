#include "core/base/text.h"
#include "core/typeset/content.h"

#include <math.h>
#include <stdlib.h>

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

/* The bytes behind a glyph without the direction controls at their ends: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. Nobody types
 * them into a search, and they have done their work when the glyphs are in order. */
static const char *without_controls(const char *text, size_t *length)
{
    const char *end = text + *length, *kept = NULL, *kept_end = text;
    for (const char *cursor = text; cursor < end;) {
        const char *start = cursor;
        int32_t c = text_next(&cursor);
        if (c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) continue;
        if (!kept) kept = start;
        kept_end = cursor;
    }
    *length = kept ? (size_t)(kept_end - kept) : 0;
    return kept ? kept : text;
}

static void put_glyph(struct document *document, const struct line *line, const struct line_glyph *glyph, double place, double size, struct pen *pen)
{
    struct buf *out = &document->content;
    struct subset *subset = &document->subsets[glyph->font];
    size_t length = glyph->end - glyph->start;
    const char *text = without_controls(line->text + glyph->start, &length);
    bool same = subset_use(subset, &document->arena, glyph->glyph, text, length);
    if (!pen->font_set || pen->font != glyph->font) {
        close_array(out, pen);
        buf_printf(out, "/F%u ", subset->number);
        content_put_number(out, size, 2);
        buf_puts(out, " Tf ");
        pen->font = glyph->font;
        pen->font_set = true;
    }
    if (fabs(pen->rise - (double)glyph->y) > 0.0005) {
        close_array(out, pen);
        content_put_number(out, (double)glyph->y * size, 2);
        buf_puts(out, " Ts ");
        pen->rise = (double)glyph->y;
    }
    if (!same) {
        close_array(out, pen);
        put_actual_text(out, text, length);
    }
    if (!pen->array_open) buf_putc(out, '[');
    pen->array_open = true;
    double shift = place + (double)glyph->x - pen->at;
    if (fabs(shift) >= 0.0005) {
        if (pen->string_open) buf_putc(out, '>');
        pen->string_open = false;
        content_put_number(out, -shift * 1000.0, 0);
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
    double top = content_up(document, box->y), bottom = content_up(document, box->y + box->height);
    double capital = 0.72 * fit->size, below = (double)(fit->count - 1) * fit->leading;
    double baseline = top - capital;
    if (style->valign == ALIGN_MIDDLE) baseline = (top + bottom) / 2 + (capital + below) / 2 - capital + 0.02 * fit->size;
    if (style->valign == ALIGN_BOTTOM) baseline = bottom + 0.22 * fit->size + below;
    if (style->baseline > 0) baseline = top - content_across(style->baseline);
    if (baseline + fit->top > top) baseline = top - fit->top;
    if (baseline + fit->top - fit->height < bottom) baseline = bottom + fit->height - fit->top;
    return baseline;
}

static double place_across(const struct box *box, enum align align, const struct line *line, double size)
{
    double left = line->left < 0 ? line->left : 0, right = line->right > line->width ? line->right : line->width;
    double from = content_across(box->x), room = content_across(box->width);
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
    enum err e = fit_text(document->fonts, &document->scratch, text, &style->fit, content_across(box->width), content_across(box->height), &fit, fault);
    if (e != OK) return e;
    if (fit.missing && !style->allow_missing) return fault_set(fault, ERR_INPUT, "no font has the character U+%04X in \"%.200s\"", (unsigned)fit.missing, text);
    if (fit.count) content_fill_with(document, style->color);
    double baseline = place_baseline(document, box, style, &fit);
    for (size_t i = 0; e == OK && i < fit.count; i++)
        e = put_line(document, &fit.lines[i], place_across(box, style->align, &fit.lines[i], fit.size), baseline - (double)i * fit.leading, fit.size);
    if (e != OK) return fault_set(fault, e, "cannot draw \"%.60s\": %s", text, err_name(e));
    if (report) *report = (struct text_report){.size = fit.size, .lines = fit.count, .cut = fit.cut, .missing = fit.missing, .helped = fit.helped,
                                                .baseline = (content_up(document, box->y) - baseline) * 25.4 / 72};
    return OK;
}

enum err document_measure_text(struct document *document, const struct box *box, const char *text, const struct fit_style *style, struct text_report *report,
                               struct fault *fault)
{
    struct fit fit;
    arena_clear(&document->scratch);
    enum err e = fit_text(document->fonts, &document->scratch, text, style, content_across(box->width), content_across(box->height), &fit, fault);
    if (e == OK) *report = (struct text_report){.size = fit.size, .lines = fit.count, .cut = fit.cut, .missing = fit.missing, .helped = fit.helped};
    return e;
}
