#include "badges/sheets/sheet_code.h"

void sheet_draw_code(struct document *document, const struct box *ground, const struct qr *qr, uint32_t color)
{
    const double quiet = ground->width * 4 / (qr->side + 8.0);
    document_fill_box(document, ground, color);
    document_fill_cells(document, ground->x + quiet, ground->y + quiet, ground->width - 2 * quiet, qr->cells, qr->side);
}
