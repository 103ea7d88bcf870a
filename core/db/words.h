/* Words in texts: an engine's own index of words, where it has one. Search is a capability of the driver, not of the catalogue: there is no statement
 * that means the same on all engines, so the few that are needed stand beside each driver, behind this header.
 *
 * Texts come in twice, as words with one space between each: `plain` (folded) and `marked` (folded, with the marks that were written; core/base/text_words.h).
 * The index holds words and the caller's number of the text, not the texts. It is made by the line "-- words index NAME" of a migration, which other
 * engines read as a comment.
 *
 * Same contract of threads and errors as core/db/db.h. */
#ifndef PLENUM_DB_WORDS_H
#define PLENUM_DB_WORDS_H

#include "core/db/db.h"

struct db_phrase {
    const char *words; /* letters, digits and marks, one space between each */
    bool marked;       /* compare with the `marked` words */
    bool begins;       /* the last word may go on */
};

/* False: this engine has no index; the caller looks with LIKE. */
bool db_has_words(const struct db *db);
/* `number` is above 0 and new. Within a transaction. */
enum err db_words_add(struct db *db, int64_t number, const char *plain, const char *marked);
/* Hands out the numbers of the texts that have all of the phrases, ascending. */
enum err db_words_find(struct db *db, const struct db_phrase *phrases, size_t count, enum err (*take)(void *context, int64_t number), void *context);

#endif
