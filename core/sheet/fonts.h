/* Private to core/sheet: columns that were typed in letters of TCVN3 or VNI. */
#ifndef PLENUM_SHEET_FONTS_H
#define PLENUM_SHEET_FONTS_H

#include "core/sheet/build.h"

/* Converts in place what has such letters, and forgets the fonts that build.h keeps in the cells. *ret_encoding: "tcvn3", "vni" or NULL. */
enum err fonts_convert(struct arena *arena, enum sheet_fonts wish, struct sheet *sheets, size_t count, const char **ret_encoding, struct fault *fault);

#endif
