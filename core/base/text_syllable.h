/* The syllables of Vietnamese. Private to core/base/text_vietnamese.c: letters stand here as ASCII, ă is A, â Q, ê E, ô O, ơ W, ư U, đ D.
 *
 * Source: the orthography that schools teach since 1980 (Quyết định 240/QĐ): onsets, rhymes, and that rhymes ending with a stop have only sắc and nặng. Both places
 * of the tone mark (hoà, hòa) are right here. Rare rhymes are in, those of loan words and of names of other peoples are not: this says how a whole column is written, not
 * whether a word is right. Thread-safe. */
#ifndef PLENUM_BASE_TEXT_SYLLABLE_H
#define PLENUM_BASE_TEXT_SYLLABLE_H

#include <stdbool.h>

#define SYLLABLE_MOST 8 /* "nghiêng" has 7 */

/* `plain` in small letters, tones 0 none, 1 huyền, 2 hỏi, 3 ngã, 4 sắc, 5 nặng. */
bool syllable_is_good(const char *plain, int tone);

#endif
