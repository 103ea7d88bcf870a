/* The words of a text, each with its place and its search forms: for an index of words, and for finding and marking words where they stand.
 *
 * A word is a run of letters, digits and the marks on them. In scripts that are written without spaces (Han, Kana, Thai, …) every letter is a word of its
 * own, so that any part of a sentence is found as a phrase. Thread-safe as long as each caller has its own struct text_words. */
#ifndef PLENUM_BASE_TEXT_WORDS_H
#define PLENUM_BASE_TEXT_WORDS_H

#include "core/base/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_word {
    size_t at, length;  /* bytes in the text */
    const char *plain;  /* text_fold of it, without spaces: "dang"; arena */
    const char *marked; /* text_fold_marks of it; the same pointer as `plain` when it has no marks */
};

/* `{.arena = a, .memo = {.arena = a}}` is ready for use. Forms of words are made once and kept in the arena. */
struct text_words {
    struct arena *arena;
    struct map memo; /* the word as written -> its forms */
    bool failed;     /* out of memory: what text_words_next gave since is not all */
};

/* The next word at or behind *at, which moves behind it. False at the end, or when out of memory (`failed`). `text` is valid UTF-8. */
bool text_words_next(struct text_words *words, const char *text, size_t *at, struct text_word *ret);

/* A small letter of any script that has two cases. */
bool text_is_small_letter(int32_t c);
/* A letter of a script that is written without spaces between words. */
bool text_is_dense_letter(int32_t c);
bool text_is_letter_or_digit(int32_t c);

#endif
