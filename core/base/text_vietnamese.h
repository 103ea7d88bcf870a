/* Vietnamese as it was written before Unicode: letters of TCVN3 ("ABC", fonts .VnTime, .VnArial, …) and of VNI (fonts VNI-Times, …) that stand in a text as the
 * Latin-1 characters of the same bytes: "NguyÔn V¨n" and "Nguyeãn Vaên" for "Nguyễn Văn".
 *
 * Sources: TCVN 5712:1993, table of VN3 (74 letters: capitals only without tone marks, fonts whose name ends with H show all letters as capitals); VNI's table for
 * Windows (a vowel, then a letter that stands for its marks). Input is valid UTF-8. Thread-safe. */
#ifndef PLENUM_BASE_TEXT_VIETNAMESE_H
#define PLENUM_BASE_TEXT_VIETNAMESE_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vietnamese_code {
    VIETNAMESE_TCVN3,
    VIETNAMESE_VNI,
};

/* What the words of a text say about how it is written; the function below adds to it. */
struct vietnamese_look {
    size_t words;         /* with characters from U+00A1 to U+00FF and none above: what the following count is among these */
    size_t plain;         /* Vietnamese syllables as they are: "Hà" */
    size_t good[2];       /* by enum vietnamese_code: all is of that code, and converted it is a Vietnamese syllable */
    size_t strong[2];     /* of those: they are no word of any language as they are ("NguyÔn", "Vaên"); "Tó" may be Tú in TCVN3, or a name as it is */
    size_t signs;         /* words with signs between letters, or capitals behind small ones, syllables or not: "BC§" */
    uint64_t strong_seen[2]; /* one of 64 bits for each different strong word: how many are set says whether it is always the same one */
    size_t unicode;       /* other words: with letters that only Unicode Vietnamese has, such as ễ, or marks that combine */
    size_t unicode_good;  /* of those: Vietnamese syllables */
    size_t other;         /* other words with anything above U+00FF */
};

/* Adds what the words of `text` say. */
void vietnamese_look_at(const char *text, struct vietnamese_look *look);

/* Whether nothing in the text stands outside of that code: ASCII, its letters, and the quotes, dashes and spaces of Windows-1252. */
bool vietnamese_is_within(enum vietnamese_code code, const char *text);

/* The text in Unicode (NFC, in its letters). Characters that the code does not have stay as they are. `capitals`: a font that shows capitals only.
 * NULL: out of memory. */
char *vietnamese_convert(struct arena *arena, enum vietnamese_code code, bool capitals, const char *text);

/* Whether a word is a syllable as Vietnamese writes them: onset, rhyme, and a tone that the rhyme can have. "Nguyễn", "hoà", "hòa"; not "Huỳnhh", "José". Letters'
 * case does not count. */
bool vietnamese_is_syllable(const char *word);

/* What a vowel becomes with the tone mark that stands behind it (U+0300, 0301, 0303, 0309, 0323), as windows-1258 writes; 0: no such letter. */
int32_t vietnamese_with_tone(int32_t letter, int32_t mark);

#endif
