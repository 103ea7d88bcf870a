#include "core/typeset/content.h"

#include <math.h>

#define POINTS_A_MM (72.0 / 25.4)

/* A number with at most `decimals` decimals, without useless zeros: printf is a tenth of a run's time otherwise. */
void content_put_number(struct buf *out, double value, int decimals)
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
void content_put_numbers(struct buf *out, size_t count, const double *values)
{
    for (size_t i = 0; i < count; i++) {
        content_put_number(out, values[i], 2);
        buf_putc(out, ' ');
    }
}

void content_put_color(struct buf *out, uint32_t color, const char *operator)
{
    for (int shift = 16; shift >= 0; shift -= 8) {
        content_put_number(out, (double)((color >> shift) & 0xFF) / 255.0, 3);
        buf_putc(out, ' ');
    }
    buf_puts(out, operator);
}

void content_fill_with(struct document *document, uint32_t color)
{
    if (document->color_known && document->color == color) return;
    content_put_color(&document->content, color, "rg\n");
    document->color = color;
    document->color_known = true;
}

double content_across(double mm)
{
    return mm * POINTS_A_MM;
}

double content_up(const struct document *document, double mm)
{
    return document->page_height - mm * POINTS_A_MM;
}
