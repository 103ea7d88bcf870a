/* Private to core/sheet: why a file is no list that can be read, and what to do. One sentence each; the words of screens are web/i18n's refusal.sheet_…. */
#ifndef PLENUM_SHEET_REFUSAL_H
#define PLENUM_SHEET_REFUSAL_H

#include "core/base/err.h"

#include <stdint.h>

enum refusal {
    REFUSAL_EMPTY,
    REFUSAL_XLS,       /* before 2007 */
    REFUSAL_XLSB,
    REFUSAL_ENCRYPTED,
    REFUSAL_ODS,
    REFUSAL_HTML,      /* a web page with the name of a workbook */
    REFUSAL_XML,       /* Excel 2003's XML, or any other */
    REFUSAL_PDF,
    REFUSAL_OTHER,     /* a picture, a text document, an archive; the detail says which */
    REFUSAL_BINARY,    /* NULs or control characters: no text */
    REFUSAL_ENCODING,  /* no encoding makes sense of it */
    REFUSAL_DOCTYPE,
    REFUSAL_BOUNDS,    /* the child's time or memory is up */
};

/* `detail` (NULL: none) as the words need it. Returns the code. */
enum err refuse(struct fault *fault, enum refusal why, const char *detail);

/* Damaged: the sentence says how, `part` is what a screen names. ERR_INPUT. */
enum err refuse_damaged(struct fault *fault, const char *part, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* More than `most` of `what` ("rows", "MB", …). ERR_LIMIT. */
enum err refuse_large(struct fault *fault, const char *what, uint64_t most);

/* The line of a CSV whose quote is never closed. ERR_INPUT. */
enum err refuse_quote(struct fault *fault, uint64_t line);

#endif
