/* The peer of `make bench` for badges: the same badges with cairo and Pango, as a program of a few dozen lines would print them.
 *     badges_cairo IN.tsv OUT.pdf      IN: name, delegation, URL a line */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MM (72.0 / 25.4)

static void put_text(cairo_t *cr, PangoLayout *layout, const char *font, double x, double y, double width, const char *text)
{
    PangoFontDescription *description = pango_font_description_from_string(font);
    int wide;
    pango_layout_set_font_description(layout, description);
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_size(layout, &wide, NULL);
    if (wide > width * PANGO_SCALE) {
        pango_font_description_set_size(description, (int)(pango_font_description_get_size(description) * width * PANGO_SCALE / wide));
        pango_layout_set_font_description(layout, description);
    }
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    pango_font_description_free(description);
}

static void put_code(cairo_t *cr, double x, double y, double side, const char *url)
{
    QRcode *code = QRcode_encodeString(url, 0, QR_ECLEVEL_Q, QR_MODE_8, 1);
    if (!code) abort();
    double cell = side / code->width;
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++) {
            int first = column;
            while (column < code->width && (code->data[row * code->width + column] & 1)) column++;
            if (column > first) cairo_rectangle(cr, x + first * cell, y + row * cell, (column - first) * cell, cell);
        }
    cairo_fill(cr);
    QRcode_free(code);
}

int main(int argc, char **argv)
{
    FILE *in = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (!in) return 2;
    cairo_surface_t *surface = cairo_pdf_surface_create(argv[2], 210 * MM, 297 * MM);
    cairo_t *cr = cairo_create(surface);
    PangoLayout *layout = pango_cairo_create_layout(cr);
    char line[1024];
    for (int i = 0; fgets(line, sizeof line, in); i++) {
        char *rest = line, *name = strsep(&rest, "\t"), *delegation = strsep(&rest, "\t"), *url = strsep(&rest, "\n");
        if (!url) return 1;
        if (i && i % 8 == 0) cairo_show_page(cr);
        double x = (7 + i % 2 * 101) * MM, y = (8.5 + i / 2 % 4 * 71) * MM;
        put_text(cr, layout, "Noto Sans Bold 27", x + 5 * MM, y + 16 * MM, 85 * MM, name);
        put_text(cr, layout, "Noto Sans 10", x + 5 * MM, y + 43 * MM, 54 * MM, delegation);
        put_code(cr, x + 64 * MM, y + 37 * MM, 26 * MM, url);
    }
    g_object_unref(layout);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return fclose(in);
}
