#include "badges/sheets/sheet_page.h"

struct box sheet_place(const struct sheet_page *page, double x, double y, double width, double height)
{
    return (struct box){.x = page->x + (page->mirrored ? page->width - x - width : x), .y = page->y + y, .width = width, .height = height};
}

void sheet_put(struct sheet_page *page, double x, double y, double width, double height, const char *text, const struct look *look)
{
    if (page->result != OK || !text || !text[0] || width <= 0) return;
    const struct box box = sheet_place(page, x, y, width, height);
    enum align align = look->align;
    if (page->mirrored && align != ALIGN_CENTER) align = align == ALIGN_LEFT ? ALIGN_RIGHT : ALIGN_LEFT;
    const struct text_style style = {.align = align, .valign = ALIGN_MIDDLE, .color = look->color ? look->color : SHEET_INK, .allow_missing = page->allow_missing,
                                     .fit = {.language = page->language, .bold = look->bold, .size = look->size,
                                             .break_below = look->lines > 1 ? look->size * 0.8 : 0, .least = look->least, .lines = look->lines, .leading = 1.12}};
    struct fault why = {0};
    page->result = document_put_text(page->document, &box, text, &style, NULL, &why);
    if (page->result != OK) (void)fault_set(page->fault, page->result, "%s of %s: %s", page->kind, page->whose, why.text);
}
