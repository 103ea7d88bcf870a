/* Practice copies: a data folder's scratch copy for `plenum rehearse`, marked so that it can never be taken for the record.
 *
 *     DIR/practice.json   the first thing in the folder: "this is a practice copy", of what, since when; 0600
 *     DIR/plenum.db       has the mark inside too (setting "practice") before it gets this name
 *     DIR/blobs/…         the papers and pictures, by hard links where the file system has them: they never change
 *     DIR/rehearsal       held (flock) while a rehearsal runs; a copy with this file that nobody holds was left by one that was killed
 *
 * Either mark is enough: store_open refuses such a folder in every mode but STORE_PRACTICE, and refuses every other folder in that mode. So of all commands only
 * `serve --practice` opens it, which hears loopback alone. Scanners of the real event have no key here, and it holds badge tokens: keep it like a key. */
#ifndef PLENUM_CONGRESS_PRACTICE_H
#define PLENUM_CONGRESS_PRACTICE_H

#include "core/congress/store/store.h"

#define PRACTICE_NOTE "practice.json"
#define PRACTICE_SETTING "practice"

/* How the event's times move, so that its doors are open now. Wall times stay near those of the programme, so that midnight is where it belongs. */
struct practice_move {
    const char *event;    /* slug */
    const char *timezone; /* of the copy */
    int64_t by_ms;
};

/* `at_ms` (when `zone` shows some time of day) is to be at `now_ms`: the zone of whole hours in which that moment shows nearly the same time of day. ERR_INPUT:
 * unknown zone. */
enum err practice_zone(struct arena *arena, const char *zone, int64_t at_ms, int64_t now_ms, const char **ret_zone);

struct practice_copy {
    struct arena arena;
    const char *folder;  /* where it is */
    int hold;            /* its lock */
    int64_t blobs, missing; /* papers and pictures; those that are not in the data folder */
};

/* Bytes that a copy and some thousand scans need beside `store`. */
int64_t practice_size(const struct store *store);
/* ERR_FULL with a sentence when the disk of `beside` (a folder) has no room for so many bytes, or this process may not write so large a file. */
enum err practice_check_room(const char *beside, int64_t bytes, struct fault *fault);

/* Makes a new folder in `beside` (NULL: where the data folder lies) and the copy in it, while others read and write: nothing of `store` is written to. Its
 * event begins with an empty record. On failure nothing is left. */
enum err practice_make(const struct store *store, const char *beside, struct practice_copy *ret, struct fault *fault);
/* The copy's event begins: empty record, moved times, a title that says PRACTICE. On an open copy, in a transaction of its own. */
enum err practice_begin(struct db *db, const struct practice_move *move, struct fault *fault);
/* Removes the folder, or leaves it (`keep`) as a copy that `serve --practice` opens. Accepts one that was not made. */
enum err practice_end(struct practice_copy *copy, bool keep, struct fault *fault);

/* Removes what rehearsals of this data folder left when they were killed; *ret_count of them. */
enum err practice_sweep(const struct store *store, const char *beside, size_t *ret_count, struct fault *fault);

/* Whether the folder has the outer mark. */
bool practice_is_marked(const char *folder);

#endif
