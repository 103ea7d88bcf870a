/* The sentence to read out of a fixed figure, in the languages of the screens, with the numbers of each language. Thread-safe. */
#ifndef PLENUM_SERVER_FIXED_WORDS_H
#define PLENUM_SERVER_FIXED_WORDS_H

#include "core/congress/figures/fixed.h"
#include "server/i18n/i18n.h"

/* The organisation's languages, "pt-BR" among them: numbers are written as its own kind of a language does. */
#define FIXED_WORDS_TAGS 8
struct fixed_words {
    const struct i18n *i18n;
    const char *tags[FIXED_WORDS_TAGS]; /* in the organisation's order; only languages that we have */
    size_t count;                       /* at least 1 */
};
enum err fixed_words_load(struct db *db, struct arena *arena, const struct i18n *i18n, struct fixed_words *ret);

/* fixed_say of core/congress/figures/fixed.h: in all four languages; the context is a struct fixed_words. */
char *fixed_words_say(void *context, struct arena *arena, const struct fixed_figure *figure);

/* One language. NULL when out of memory. */
char *fixed_words_sentence(struct arena *arena, const struct fixed_words *words, enum i18n_language language, const struct fixed_figure *figure);

#endif
