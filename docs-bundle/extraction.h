/* Private to docs-bundle: what the pieces of docs_extract work on together. */
#ifndef PLENUM_DOCS_EXTRACTION_H
#define PLENUM_DOCS_EXTRACTION_H

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

#endif
