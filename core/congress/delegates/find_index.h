/* The index by which people are found while somebody types (find.h): one entry for each person of the register and one for each delegate, with folded words, kept
 * in the transaction that changes what it is made of. Entries stand in the order of lists, so that the first of a thousand who begin with "n" are found
 * without looking at the others (docs/decisions/0035-search.md).
 *
 * On an engine without an index of words (core/db/words.h) all of this does nothing, and find.h looks at every row. */
#ifndef PLENUM_CONGRESS_FIND_INDEX_H
#define PLENUM_CONGRESS_FIND_INDEX_H

#include "core/db/db.h"

/* Within a transaction, behind what was changed of a delegate (number, seat, person, delegation, or that there is one), and of their person (name, phone):
 * puts right the delegate's entry, the person's, and the person's at other events. A few milliseconds. Where the engine finds its index damaged, all of it is
 * thrown away and OK. */
enum err find_index_touch(struct db *db, struct arena *arena, int64_t delegate_id);

/* The same for a person of the register, and for the delegates that they are: after a change of the person, or when they are gone. */
enum err find_index_touch_person(struct db *db, struct arena *arena, int64_t person_id);

/* Within a transaction: entries for many who are new to the register (event_id 0) or an event, in the order of lists (person.name_sort, then id; blank badges
 * behind, by
 * number): some microseconds each. `more`: how many will come behind them in later transactions, so that there is room. Does nothing where there is no index yet. */
enum err find_index_add(struct db *db, struct arena *arena, int64_t event_id, const int64_t *subject_ids, size_t count, size_t more);
/* The same for one who is gone from an event, or of whom only the entry there changes. */
enum err find_index_touch_entry(struct db *db, struct arena *arena, int64_t event_id, int64_t subject_id);

/* Within a transaction: compares all entries of an event (0: of the register) with what they should be, and puts right what differs. One second or less for
 * 70 000 that agree, some seconds for so many new ones. */
enum err find_index_sync(struct db *db, int64_t event_id);
/* The same for the register and every event. */
enum err find_index_sync_all(struct db *db);
/* Within a transaction: throws all of it away and makes it anew. */
enum err find_index_rebuild(struct db *db);

/* Makes, in a transaction of its own, what is not there yet: after a migration from a schema without it. Quick when there is nothing to do. */
enum err find_index_complete(struct db *db, struct fault *fault);

/* Reads only, in a view of its own: ERR_CONFLICT with a sentence when an entry is not what it should be, or cannot be found by its code. *ret_entries:
 * how many were looked at. */
enum err find_index_check(struct db *db, int64_t *ret_entries, struct fault *fault);

/* --- for find.c --- */

/* The places of an event's entries (0: of the register): from *ret_from up to *ret_until. ERR_NOT_FOUND: they are not all there, or the engine has no index. */
enum err find_index_range(struct db *db, int64_t event_id, int64_t *ret_from, int64_t *ret_until);

#endif
