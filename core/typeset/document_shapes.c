#include "core/typeset/content.h"

void document_fill_box(struct document *document, const struct box *box, uint32_t color)
{
    content_fill_with(document, color);
    PUT(&document->content, content_across(box->x), content_up(document, box->y + box->height), content_across(box->width), content_across(box->height));
    buf_puts(&document->content, "re f\n");
}

/* The outline of a box with round corners, as quarter circles of one cubic each. */
static void put_round_path(struct document *document, const struct box *box, double radius_mm)
{
    double l = content_across(box->x), r = content_across(box->x + box->width), t = content_up(document, box->y), b = content_up(document, box->y + box->height);
    double radius = content_across(radius_mm);
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
    content_fill_with(document, color);
    put_round_path(document, box, radius);
    buf_puts(&document->content, "f\n");
}

void document_stroke_round_box(struct document *document, const struct box *box, double radius, double line, uint32_t color)
{
    content_put_color(&document->content, color, "RG ");
    PUT(&document->content, line);
    buf_puts(&document->content, "w ");
    put_round_path(document, box, radius);
    buf_puts(&document->content, "S\n");
}

void document_draw_line(struct document *document, double x1, double y1, double x2, double y2, double line, uint32_t color)
{
    struct buf *out = &document->content;
    content_put_color(out, color, "RG ");
    PUT(out, line);
    buf_puts(out, "w ");
    PUT(out, content_across(x1), content_up(document, y1));
    buf_puts(out, "m ");
    PUT(out, content_across(x2), content_up(document, y2));
    buf_puts(out, "l S\n");
}

void document_fill_cells(struct document *document, double x, double y, double width, const unsigned char *cells, size_t side)
{
    struct buf *out = &document->content;
    content_fill_with(document, 0x000000);
    buf_puts(out, "q ");
    double cell = content_across(width) / (double)side;
    content_put_number(out, cell, 4);
    buf_puts(out, " 0 0 ");
    content_put_number(out, cell, 4);
    buf_putc(out, ' ');
    PUT(out, content_across(x), content_up(document, y + width));
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

/* Whether a reader that looks for the end of an inline picture could see it too early. */
static bool has_end_mark(const unsigned char *data, size_t length)
{
    for (size_t i = 0; i + 1 < length; i++)
        if (data[i] == 'E' && data[i + 1] == 'I') return true;
    return false;
}

void document_fill_cells_small(struct document *document, double x, double y, double width, const unsigned char *cells, size_t side)
{
    unsigned char bits[177 * 23] = {0};
    size_t stride = (side + 7) / 8;
    bool fits = side <= 177; /* the largest QR code */
    for (size_t row = 0; fits && row < side; row++)
        for (size_t column = 0; column < side; column++)
            if (cells[row * side + column] & 1) bits[row * stride + column / 8] |= (unsigned char)(0x80 >> (column % 8));
    if (!fits || has_end_mark(bits, stride * side)) {
        document_fill_cells(document, x, y, width, cells, side);
        return;
    }
    struct buf *out = &document->content;
    content_fill_with(document, 0x000000);
    buf_puts(out, "q ");
    PUT(out, content_across(width), 0, 0, content_across(width), content_across(x), content_up(document, y + width));
    buf_printf(out, "cm BI /W %zu/H %zu/IM true/BPC 1/D[1 0] ID ", side, side);
    buf_add(out, bits, stride * side);
    buf_puts(out, "\nEI Q\n");
}

void document_begin_turn(struct document *document, const struct box *box)
{
    struct buf *out = &document->content;
    buf_puts(out, "q -1 0 0 -1 ");
    PUT(out, content_across(2 * box->x + box->width), content_up(document, box->y) + content_up(document, box->y + box->height));
    buf_puts(out, "cm\n");
    document->color_known = false;
}

void document_end_turn(struct document *document)
{
    buf_puts(&document->content, "Q\n");
    document->color_known = false;
}

void document_begin_shift(struct document *document, double x, double y)
{
    struct buf *out = &document->content;
    buf_puts(out, "q 1 0 0 1 ");
    PUT(out, content_across(x), -content_across(y));
    buf_puts(out, "cm\n");
    document->color_known = false;
}

void document_end_shift(struct document *document)
{
    buf_puts(&document->content, "Q\n");
    document->color_known = false;
}
