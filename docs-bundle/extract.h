/* Private to docs-bundle: the pieces of docs_extract. */
#ifndef PLENUM_DOCS_EXTRACT_H
#define PLENUM_DOCS_EXTRACT_H

#include "docs-bundle/docs.h"

struct extraction {
    struct arena *arena;
    const struct docs_wishes *wishes;
    struct docs_reading *reading;
    struct fault *fault;
    size_t warning_capacity;
    unsigned ended;     /* how many of poppler's programs were ended at their bounds */
    bool *lacks;        /* of each page of a PDF: something is on it, but no text */
    char languages[32]; /* what Tesseract can read here, "vie+eng"; "" when it is not installed */
};

/* One more sentence for the organiser. */
void extraction_warn(struct extraction *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text as it is kept: UTF-8, composed, without control characters, bounded. NULL: out of memory. */
const char *extraction_clean(struct arena *arena, const char *text, size_t length);
/* Letters and digits: what tells a page of text from a picture of one. */
size_t extraction_count_letters(const char *text);

#define EXTRACTION_LETTERS_LEAST 12 /* a page with fewer has a page number at most */

/* poppler.c: pages, text and pictures of a PDF. */
enum err poppler_read(struct extraction *x, const char *pdf);
/* One page as grey PGM for reading, in the work folder; the path. */
enum err poppler_draw_for_reading(struct extraction *x, const char *pdf, size_t page, const char **ret_path);

/* ocr.c: Tesseract, where it is installed. */
void ocr_find(struct extraction *x);
/* Text of a picture; "" when nothing was recognised. */
enum err ocr_read(struct extraction *x, const char *picture, const char **ret);
/* Reads every page without text. */
enum err ocr_read_pages(struct extraction *x, const char *pdf);

/* office.c: a PDF of an office file by LibreOffice, in the work folder. ERR_NOT_FOUND: it is not installed. */
enum err office_convert(struct extraction *x, const char *path, const char **ret_pdf);

#endif
