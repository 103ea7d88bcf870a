/* Numbers, dates and sentences as a language writes them, on ICU's data (CLDR): what is read out in a hall, or printed.
 *
 * Contract: as core/base/text.h. `locale` is a language tag ("vi", "pt-BR"). Digits are those of the tag; plain "ar" stands for Arabic with the digits 0 to 9, which all
 * our screens and badges have (docs/decisions/0044-fixed-figures.md); "ar-EG" gets its own. All functions are thread-safe. */
#ifndef PLENUM_BASE_TEXT_NUMBERS_H
#define PLENUM_BASE_TEXT_NUMBERS_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "1,234" · "1.234". */
char *text_number(struct arena *arena, const char *locale, int64_t number);
/* A number that is given in hundredths, always with both decimals: 9729 is "97.29" · "97,29". */
char *text_hundredths(struct arena *arena, const char *locale, int64_t hundredths);
/* A moment in the zone by a pattern of UTS #35 ("d MMMM y": "1 December 2026"). NULL also for an unknown zone or a pattern that is none. */
char *text_moment(struct arena *arena, const char *locale, const char *zone, int64_t ms, const char *pattern);

/* How many of a hundred, in hundredths, rounded half up; but never all for a part that is not the whole, and never nothing for one that is somebody. 0 of nothing. */
int64_t text_share(int64_t part, int64_t whole);

struct text_value {
    const char *name;
    const char *text; /* NULL: it is a number */
    int64_t number;
};

/* A sentence by its pattern, a small part of ICU's MessageFormat:
 *     {name}                                              the text, or the number as the language writes it
 *     {name, plural, =0 {…} one {…} few {…} other {…}}    by the number: exactly that one, else its plural form (zero one two few many other); # is the number
 * NULL when out of memory, or the pattern is malformed, names what is not there, has no form that fits, or nests deeper than 4. */
char *text_sentence(struct arena *arena, const char *locale, const char *pattern, const struct text_value *values, size_t count);

#endif
