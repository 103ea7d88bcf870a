/* Private to core/typeset: which glyphs of a font a document uses and what they stand for, and the cut font made of them. */
#ifndef PLENUM_TYPESET_SUBSET_H
#define PLENUM_TYPESET_SUBSET_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/typeset/fonts.h"
#include "core/typeset/pdf.h"

#include <stddef.h>

struct subset {
    const struct font *font; /* NULL = not used in this document */
    const char **texts;      /* by glyph: what it is copied as, "" for nothing, NULL for a glyph that is not used; in the arena */
    size_t glyph_count;
    unsigned number; /* the content streams call it /F<number>: by first use, so that equal documents are equal */
};

enum err subset_start(struct subset *subset, const struct font *font, struct arena *arena);

/* The glyph is used and stands for `length` bytes of text. Returns false when it already stands for something else: then the page has to
 * say at this place what it means. */
bool subset_use(struct subset *subset, struct arena *arena, uint32_t glyph, const char *text, size_t length);

/* Fills everything of `ret` but the number. *ret_blob owns ret->data and is to be destroyed after use. */
enum err subset_make(const struct subset *subset, bool bold, struct arena *arena, struct pdf_font *ret, hb_blob_t **ret_blob, struct fault *fault);

#endif
