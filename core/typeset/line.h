/* One line of text, shaped: NFC text → directions (FriBidi) → runs of one script, level and font → HarfBuzz → glyphs from left to right.
 *
 * All measures are in em (multiply by the size). A shaped line lives in the caller's arena and is immutable. */
#ifndef PLENUM_TYPESET_LINE_H
#define PLENUM_TYPESET_LINE_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/typeset/fonts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_glyph {
    uint32_t glyph;
    unsigned font;      /* fonts_get */
    uint32_t start, end; /* the bytes of the text that it stands for; empty for the further glyphs of one character */
    float advance;
    float x, y; /* where it is drawn, beside the pen and above the baseline */
};

struct line {
    const char *text;
    struct line_glyph *glyphs; /* in the order of drawing, left to right */
    size_t count;
    double width;                    /* the sum of advances */
    double left, right, top, bottom; /* the ink: right of the start, above the baseline (bottom is negative below it) */
    bool right_to_left;              /* the paragraph's direction */
    uint32_t missing;                /* the first character that no font covers, 0 = none */
    bool helped;                     /* another family than the wished one had to help */
};

/* Of the paragraph. By its first letter, unless the line is only a part of one. */
enum line_direction { LINE_BY_LETTER, LINE_LEFT_TO_RIGHT, LINE_RIGHT_TO_LEFT };

struct line_style {
    const char *language; /* BCP 47; may be NULL */
    const char *family;   /* wished; NULL = ours */
    bool bold;
    enum line_direction direction;
};

/* `text` is NFC without line ends and is copied. Uncovered characters are drawn as the font's box and told by `missing`; it is for the
 * caller to refuse them. ERR_NOMEM, ERR_LIMIT above 64 KB. */
enum err line_shape(struct fonts *fonts, struct arena *arena, const char *text, const struct line_style *style, struct line *ret);

/* Lines shaped lately are kept beside the fonts; badges repeat most of theirs. */
void line_cache_free(struct line_cache *cache); /* accepts NULL */

#endif
