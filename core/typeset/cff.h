/* Private to core/typeset: one question to a CFF table (Adobe technical note 5176). */
#ifndef PLENUM_TYPESET_CFF_H
#define PLENUM_TYPESET_CFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether glyph number n is drawn when a PDF says CID n. So it is for fonts without CIDs, and for those whose CIDs are their glyph numbers (Noto
 * CJK). For others our PDF would show another character's shape, silently: they must not be used. False for a damaged table. */
bool cff_glyphs_are_cids(const uint8_t *data, size_t length, size_t glyph_count);

#endif
