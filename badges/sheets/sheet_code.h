/* Private to badges/sheets: a QR code on a sheet for the wall or for a hand. */
#ifndef PLENUM_BADGES_SHEET_CODE_H
#define PLENUM_BADGES_SHEET_CODE_H

#include "badges/paint/qr.h"
#include "core/typeset/document.h"

/* The code on a ground of that colour, with the quiet zone of four cells around it that ISO/IEC 18004 §9.1 asks for; `ground` is a square, the zone lies within it. */
void sheet_draw_code(struct document *document, const struct box *ground, const struct qr *qr, uint32_t color);

#endif
