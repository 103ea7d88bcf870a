/* Private to docs-bundle: the pieces of docs_extract. */
#ifndef PLENUM_DOCS_EXTRACT_H
#define PLENUM_DOCS_EXTRACT_H

#include "docs-bundle/extraction.h"

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
