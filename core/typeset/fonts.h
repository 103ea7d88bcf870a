/* The fonts of this machine: a fixed family for each script, then whatever fontconfig knows that has the letter.
 *
 * Only TrueType and CFF outlines that may be embedded are taken; nothing is ever read from a font that a user gave. A `struct fonts`
 * is for one thread at a time; it is dear to make (some milliseconds), so keep it for many documents. Fonts stay loaded until
 * fonts_free, and `index` names one for as long. */
#ifndef PLENUM_TYPESET_FONTS_H
#define PLENUM_TYPESET_FONTS_H

#include "core/base/err.h"

#include <harfbuzz/hb.h>
#include <stdbool.h>
#include <stdint.h>

#define FONTS_MOST 64
#define FONT_FAMILIES_MOST 16 /* asked for by name; further ones count as absent */
#define FONT_NAME_SIZE 64     /* bytes of a family's name, with its NUL */

struct font {
    hb_face_t *face;
    hb_font_t *shaper; /* scaled so that one em is `em` units */
    unsigned em;
    bool is_cff; /* outlines are in a CFF table, else in glyf */
    char *family;
    char *path;
    unsigned face_index; /* in a collection */
};

struct fonts;

/* ERR_NOT_FOUND when there is no usable font at all. */
enum err fonts_new(struct fonts **ret, struct fault *fault);
void fonts_free(struct fonts *fonts); /* accepts NULL */

/* The font for a character, in the manner of `language` (which decides between Chinese, Japanese and Korean shapes; may be NULL). `family` (a name that
 * fontconfig knows; NULL = none) goes before our own where this machine has it and it has the letter. ERR_NOT_FOUND when no font covers it; *ret_index is
 * then the first font, which draws its box for it. */
enum err fonts_find(struct fonts *fonts, const char *family, const char *language, bool bold, uint32_t character, unsigned *ret_index);

/* Whether this machine has that family in a form that we can embed. */
bool fonts_has_family(struct fonts *fonts, const char *family);
/* Whether the font is of that family: false tells that another one had to help. */
bool fonts_is_family(struct fonts *fonts, unsigned index, const char *family);

/* Borrowed; valid for indexes that fonts_find gave. */
const struct font *fonts_get(const struct fonts *fonts, unsigned index);

/* Whether the font has a glyph for the character by itself. */
bool font_covers(const struct font *font, uint32_t character);

/* The room for shaped lines that were made before (core/typeset/line.c owns the content). */
struct line_cache;
struct line_cache **fonts_line_cache(struct fonts *fonts);

#endif
