/* A PDF document: pages with shapes and fitted text, for badges, reports and posters.
 *
 * Places and sizes are millimetres from the top left corner of the page, type sizes and line widths points, colours 0xRRGGBB. Drawing
 * functions only append to the page in hand; what goes wrong there (memory) is told by the next document_add_page or document_save.
 * One thread at a time; a crew may help with deflating pages. Equal calls give equal bytes when no date is given, with any crew. */
#ifndef PLENUM_TYPESET_DOCUMENT_H
#define PLENUM_TYPESET_DOCUMENT_H

#include "core/base/buf.h"
#include "core/base/crew.h"
#include "core/base/err.h"
#include "core/typeset/fit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct document;

struct document_info {
    const char *title;    /* texts may be NULL */
    const char *author;
    const char *language; /* of the document, BCP 47 */
    int64_t created_ms;   /* 0 = no date */
};

struct document_picture {
    unsigned width, height; /* pixels */
    bool grey;
    const void *data;
    size_t length;
};

struct box {
    double x, y, width, height; /* millimetres */
};

enum align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };
enum valign { ALIGN_TOP, ALIGN_MIDDLE, ALIGN_BOTTOM };

struct text_style {
    struct fit_style fit;
    enum align align;
    enum valign valign;
    double baseline; /* of the first line, millimetres below the box's top; 0 = by valign. Ink stays inside in any case */
    uint32_t color;
    bool allow_missing; /* draw a box for a character that no font has, instead of refusing the text */
};

/* What document_put_text made of a text. */
struct text_report {
    double size;      /* points; 0 for an empty text */
    size_t lines;
    double baseline;  /* of the first line, millimetres below the box's top; not measured without drawing */
    bool cut;         /* an ellipsis stands for the rest */
    uint32_t missing; /* a character that no font has (only with allow_missing), 0 = none */
    bool helped;      /* another family than the style's had to help */
};

/* `fonts` is borrowed until document_free. The caller owns *ret. */
enum err document_new(struct fonts *fonts, const struct document_info *info, struct document **ret, struct fault *fault);
void document_free(struct document *document); /* accepts NULL */

/* Other threads deflate pages from here on. The crew is borrowed until document_free. */
void document_set_crew(struct document *document, struct crew *crew);
/* Viewers call the first page "<prefix><first>" and count on; `prefix` may be NULL. Once. */
enum err document_label_pages(struct document *document, unsigned first, const char *prefix, struct fault *fault);

/* Ends the page in hand and begins another. */
enum err document_add_page(struct document *document, double width, double height, struct fault *fault);
/* Of the page in hand. The title is copied. */
enum err document_add_bookmark(struct document *document, const char *title);
void document_set_trim(struct document *document, const struct box *trim);
void document_set_bleed(struct document *document, const struct box *bleed);

void document_fill_box(struct document *document, const struct box *box, uint32_t color);
void document_fill_round_box(struct document *document, const struct box *box, double radius, uint32_t color);
void document_stroke_round_box(struct document *document, const struct box *box, double radius, double line, uint32_t color);
void document_draw_line(struct document *document, double x1, double y1, double x2, double y2, double line, uint32_t color);

/* A square pattern (a QR code) of `side` × `side` cells, black where bit 0 is set, filling the square at (x, y): one path, one fill. */
void document_fill_cells(struct document *document, double x, double y, double width, const unsigned char *cells, size_t side);

/* The same as a picture of one bit a cell: a third of the bytes, for large runs; print shops rather want the path. */
void document_fill_cells_small(struct document *document, double x, double y, double width, const unsigned char *cells, size_t side);

/* A picture that pages may show: `data` is a baseline JPEG that core/vision has made, copied. */
enum err document_add_picture(struct document *document, const struct document_picture *picture, unsigned *ret_number, struct fault *fault);
/* Shows it in the box, filling it. ERR_NOMEM. */
enum err document_put_picture(struct document *document, const struct box *box, unsigned number);

/* What is drawn between these two is moved by (x, y): things that are drawn again and again in the same place then take few bytes. */
void document_begin_shift(struct document *document, double x, double y);
void document_end_shift(struct document *document);

/* What is drawn between these two is turned by 180° about the middle of the box. */
void document_begin_turn(struct document *document, const struct box *box);
void document_end_turn(struct document *document);

/* Fits the text into the box and draws it there; not a point of ink is outside. ERR_INPUT naming text and character (U+XXXX) when no font has
 * it, else as fit_text. `report` may be NULL. */
enum err document_put_text(struct document *document, const struct box *box, const char *text, const struct text_style *style,
                           struct text_report *report, struct fault *fault);

/* What document_put_text would make of it; nothing is drawn. */
enum err document_measure_text(struct document *document, const struct box *box, const char *text, const struct fit_style *style, struct text_report *report,
                               struct fault *fault);

size_t document_page_count(const struct document *document);

/* Ends the last page and appends the file to `out`. Nothing may be added afterwards. */
enum err document_save(struct document *document, struct buf *out, struct fault *fault);

#endif
