/* Texts of programs that do not write UTF-8: which encoding it is, and the text in UTF-8. For files of offices in the languages of the house (Vietnamese, Western
 * European, Arabic). The tables are Unicode's (MAPPINGS/VENDORS/MICSFT/WINDOWS, ISO8859). Thread-safe. */
#ifndef PLENUM_BASE_TEXT_ENCODING_H
#define PLENUM_BASE_TEXT_ENCODING_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stddef.h>

/* "utf-8", "utf-16le", "utf-16be", "windows-1258", "windows-1252", "windows-1256", "iso-8859-15", as static text; NULL: none of these. Names in any case, and
 * "iso-8859-1", which windows-1252 contains. */
const char *text_encoding_named(const char *name);

/* The encoding of a whole file, by its byte order mark, by being valid UTF-8, by where its NULs stand, else by its words: syllables of Vietnamese, runs of
 * Arabic letters, words of Western languages. Letters of TCVN3 and VNI are taken for windows-1252, out of which core/base/text_vietnamese.h converts them. Only
 * ASCII: "utf-8".
 * NULL: none of them makes sense of it. */
const char *text_encoding_find(const char *data, size_t length);

/* The text without its byte order mark, NUL-terminated; windows-1258 with its marks joined to their letters. UTF-8 is not copied: *ret points into `data`, which must
 * be NUL-terminated. `encoding` is a result of the two above. ERR_INPUT: a byte (*ret_wrong is its offset) that the encoding does not have, or a NUL. */
enum err text_encoding_read(struct arena *arena, const char *data, size_t length, const char *encoding, char **ret, size_t *ret_length, size_t *ret_wrong);

#endif
