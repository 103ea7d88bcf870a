/* Text in any script: validity, Unicode forms, folding for search, collation. The only place of ICU's string functions.
 *
 * Contract: input and output are NUL-terminated UTF-8; results live in the given arena; NULL means out of memory (or invalid
 * UTF-8 where said). All functions are thread-safe. */
#ifndef PLENUM_BASE_TEXT_H
#define PLENUM_BASE_TEXT_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL inside the first `length` bytes. */
bool text_is_utf8(const char *text, size_t length);

/* Only well-formed UTF-8 without control characters other than tab and line feed. */
bool text_is_printable(const char *text);

/* Unicode Normalization Form C. NULL for invalid UTF-8. */
char *text_nfc(struct arena *arena, const char *text);

/* NFC, white space runs to one space, none at the ends: how names and titles are stored. Also a no-break space becomes a plain one: office programs leave
 * them where nobody meant any, and a name has to be equal to itself. Stray marks of direction and characters of no width are dropped; "" when nothing is left
 * that can be seen. NULL for invalid UTF-8. */
char *text_tidy(struct arena *arena, const char *text);
/* The same for a text that is about to be set: a lone no-break space (U+00A0, also U+202F) stays, as U+00A0, since a line must not end there. */
char *text_tidy_to_set(struct arena *arena, const char *text);

/* The search form: compatibility decomposition without marks, case folded, đ → d, ł → l, æ → ae, punctuation to spaces, one space between
 * words. "Nguyễn  Đức" → "nguyen duc". Letters of other scripts stay. NULL for invalid UTF-8. */
char *text_fold(struct arena *arena, const char *text);
/* The same words in the same order, but each with its marks behind it, sorted: "hoà" and "hòa" are equal, "hoa" is not; đ differs from d. */
char *text_fold_marks(struct arena *arena, const char *text);

/* NFC with the case folded and nothing else changed: equal for names that some file systems do not tell apart. NULL for invalid UTF-8. */
char *text_caseless(struct arena *arena, const char *text);

/* NFC with every word's first letter large and all others small, also behind a hyphen or an apostrophe: "NGUYỄN VĂN AN" → "Nguyễn Văn An". Scripts without cases
 * stay. NULL for invalid UTF-8. */
char *text_capitalize(struct arena *arena, const char *text);

/* A collation key for `locale` ("vi") as lower-case hex text, so that plain byte order in any SQL engine is the right order. At
 * most the first 120 bytes of the key are kept. */
char *text_sort_key(struct arena *arena, const char *locale, const char *text);

/* The sort key of a person's name: Vietnamese lists sort by given name (the last word), then family and middle names. A
 * `sort_name` given by the organiser decides alone. Names not in the Latin script sort as they are written. */
char *text_person_sort_key(struct arena *arena, const char *locale, const char *name, const char *sort_name);

/* Number of code points. */
size_t text_length(const char *text);

/* Decodes one code point and moves the cursor; -1 at the end or at an invalid byte (the cursor then moves one byte). */
int32_t text_next(const char **cursor);

/* 0 to 9 for a decimal digit of any script ("7", "٧", "７"); -1 for any other character. */
int text_digit(int32_t character);

/* Offsets (bytes, ascending, ending with strlen) at which a line may be broken, by the rules of the script (UAX #14). Returns the
 * number of offsets, 0 when out of memory. */
size_t text_line_breaks(struct arena *arena, const char *locale, const char *text, size_t **ret_offsets);

/* The same for where a text may be cut: between what readers see as letters (extended grapheme clusters, UAX #29). */
size_t text_letter_breaks(struct arena *arena, const char *text, size_t **ret_offsets);

/* ASCII only, for codes and header names. */
bool text_equal_ignoring_case(const char *a, const char *b);

/* A code: 1 to 64 of A-Z a-z 0-9 . _ - */
bool text_is_code(const char *text);
/* A slug: a-z 0-9 -, 1 to 63, beginning with a letter or digit. */
bool text_is_slug(const char *text);
/* A BCP 47-like language tag: letters, then parts of letters or digits ("vi", "pt-BR"). */
bool text_is_language(const char *text);
/* Whether a tag names this language, itself or with further parts: "pt-BR" is of "pt". Letters' case does not count (RFC 5646, 2.1.1). NULL is of none. */
bool text_is_of_language(const char *tag, const char *language);
/* Whether a tag's language, in the script that it names or is usually written in, is read from right to left (CLDR). NULL and what is no tag are not. */
bool text_is_right_to_left(const char *tag);

#endif
