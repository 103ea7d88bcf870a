/* Private to core/typeset: a document from inside, and the writers of its content stream. */
#ifndef PLENUM_TYPESET_CONTENT_H
#define PLENUM_TYPESET_CONTENT_H

#include "core/base/crew.h"
#include "core/typeset/document.h"
#include "core/typeset/pdf.h"
#include "core/typeset/subset.h"

#define PACKINGS 24 /* pages that are being deflated at a time */

/* A page that has ended, on its way into the PDF. */
struct packing {
    struct crew_piece piece;
    struct buf content;
    struct pdf_packed packed;
    struct pdf_stream *stream; /* where it goes; NULL = nothing waits here */
};

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
    unsigned *pictures; /* numbers of those on the page in hand, on the heap */
    size_t picture_count, picture_capacity;
    struct pdf_box bleed;
    bool has_bleed;
    struct crew *crew;
    struct packing packings[PACKINGS];
    size_t packing_next;
    uint32_t color; /* the fill colour of the content stream, so that it is not said again */
    bool color_known;
};

/* A number with at most `decimals` (0 to 4) decimals, without useless zeros. */
void content_put_number(struct buf *out, double value, int decimals);
/* Numbers, each followed by a space. */
void content_put_numbers(struct buf *out, size_t count, const double *values);
#define PUT(out, ...) content_put_numbers((out), sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

void content_put_color(struct buf *out, uint32_t color, const char *operator);
/* The fill colour from here on; says nothing when it is so already. */
void content_fill_with(struct document *document, uint32_t color);

/* Millimetres across, and down from the page's top, as points of the page. */
double content_across(double mm);
double content_up(const struct document *document, double mm);

#endif
