/* The object layer of a PDF file, on libharu. The only includer of libharu's headers.
 *
 * libharu keeps the document, the page tree, outlines, the cross-reference table and writes the file. Text does not go through its
 * fonts: its own path cannot take glyph numbers, drops nested composite glyphs without a word and knows no CFF. So a font is made here
 * from its objects (Type0, Identity-H) and pages are content streams made by core/typeset/document.c. Private to core/typeset. */
#ifndef PLENUM_TYPESET_PDF_H
#define PLENUM_TYPESET_PDF_H

#include "core/base/buf.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct pdf;

struct pdf_box {
    double left, bottom, right, top; /* points */
};

struct pdf_page {
    double width, height;              /* points, 3 to 14400 */
    const struct pdf_box *trim, *bleed; /* may be NULL */
    char *const *bookmarks; /* UTF-8 titles that lead here */
    size_t bookmark_count;
    const unsigned *pictures; /* the numbers of those that the page shows; the content streams call them /P<number> */
    size_t picture_count;
};

/* A deflated content stream. */
struct pdf_packed {
    void *data; /* on the heap; NULL = no memory */
    size_t length;
};

struct pdf_stream;

struct pdf_picture {
    unsigned width, height; /* pixels */
    bool grey;              /* one component, else three */
    const void *data;       /* baseline JPEG, made by ourselves */
    size_t length;
};

struct pdf_font {
    unsigned number;  /* the content streams call it /F<number> */
    const char *name; /* PostScript name with its subset tag */
    bool is_cff;      /* `data` is a bare CFF table, else a TrueType file */
    const void *data;
    size_t length;
    int box[4], ascent, descent, cap_height; /* thousandths of an em */
    bool bold;
    const uint16_t *widths; /* thousandths of an em by glyph; PDF_NO_WIDTH = not used */
    size_t width_count;
    const char *to_unicode; /* a CMap */
    size_t to_unicode_length;
};
#define PDF_NO_WIDTH UINT16_MAX

/* ERR_BUG when the library that is installed is not the version this was compiled for. */
enum err pdf_new(struct pdf **ret, struct fault *fault);
void pdf_free(struct pdf *pdf); /* accepts NULL */

/* Texts are UTF-8; NULL leaves an entry out. `created_ms` 0 = no dates, so that equal input gives equal bytes. */
enum err pdf_set_info(struct pdf *pdf, const char *title, const char *author, const char *language, int64_t created_ms, struct fault *fault);
/* The page is made at once, what stands on it may come later: pdf_fill_page, before pdf_save. */
enum err pdf_add_page(struct pdf *pdf, const struct pdf_page *page, struct pdf_stream **ret, struct fault *fault);
/* Deflates; needs no document, so any thread may do it. The caller frees ret->data. */
void pdf_pack(const void *content, size_t length, struct pdf_packed *ret);
enum err pdf_fill_page(struct pdf_stream *stream, const struct pdf_packed *packed, struct fault *fault);
/* One object, however many pages show it. Numbers count from 0. */
enum err pdf_add_picture(struct pdf *pdf, const struct pdf_picture *picture, unsigned *ret_number, struct fault *fault);
/* Viewers call the first page "<prefix><first>" and count on. `prefix` may be NULL. */
enum err pdf_label_pages(struct pdf *pdf, unsigned first, const char *prefix, struct fault *fault);
enum err pdf_add_font(struct pdf *pdf, const struct pdf_font *font, struct fault *fault);
/* The whole file appended to `out`; once, at the end. */
enum err pdf_save(struct pdf *pdf, struct buf *out, struct fault *fault);

#endif
