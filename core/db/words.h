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

/* False: this engine has no index, of texts or of records; the caller looks with LIKE. */
bool db_has_words(const struct db *db);
/* `number` is above 0 and new. Within a transaction. */
enum err db_words_add(struct db *db, int64_t number, const char *plain, const char *marked);
/* Hands out the numbers of the texts that have all of the phrases, ascending. */
enum err db_words_find(struct db *db, const struct db_phrase *phrases, size_t count, enum err (*take)(void *context, int64_t number), void *context);

/* --- records: names and numbers, found by the beginnings of their words while somebody types ---
 *
 * They stand in the table find_entry, whose columns are words too; an index follows a row when it is told so. Results come in the order of `place`, the first
 * `most` of them: with the engine's index the time does not grow with how many there are, but with how many words have to be looked at to find so many. */

enum { DB_RECORD_NAME = 1, DB_RECORD_WHOLE = 2, DB_RECORD_REST = 4, DB_RECORD_TAIL = 8 }; /* columns of find_entry */

struct db_term {
    const char *word;       /* letters and digits */
    unsigned columns;       /* in any of these */
    bool begins;            /* the word may go on */
    const char *other;      /* NULL, or what may stand there instead, in other_columns */
    unsigned other_columns;
};

/* Within a transaction. The row at `place` was just written. */
enum err db_records_add(struct db *db, int64_t place);
/* The row at `place` is about to be changed or deleted. */
enum err db_records_remove(struct db *db, int64_t place);
/* Rows that have all terms, from <= place < until. Stops where `take` gives anything but OK, with that. */
struct db_record_range {
    int64_t from, until, most;
};
struct db_record {
    int64_t place, subject_id;
    const char *name, *whole, *rest; /* borrowed until the next */
};
enum err db_records_find(struct db *db, const struct db_term *terms, size_t count, const struct db_record_range *range,
                         enum err (*take)(void *context, const struct db_record *record), void *context);
/* Within a transaction: the index knows no row any more, whatever it knew. */
enum err db_records_forget(struct db *db);
/* How many rows the index knows. */
enum err db_records_count(struct db *db, int64_t *ret);

#endif
