/* Erasing the people of an event: who they were, what they did there by name; the event, its figures and its fixed figures stay (docs/decisions/0061-erasing.md).
 *
 * Each line of the event's list is given to nobody: a person without a name of its own. Of them stays the category, the delegation, and when nobody came and went, which
 * is what counters, figures of the past and `plenum doctor` reckon from: all totals are the same as before. Who came in for this event alone is deleted, with photos and
 * history; who is of the register, has or had a unit, is in another event or holds a member card stays there, and this event no longer knows them. Badges, PINs,
 * questions, readings, handovers go; the audit log keeps what was done, without codes and names; lists of fixed figures keep their rows without names, with a hash of
 * what is left beside the figure's own.
 *
 * It goes in slices of the writer, PURGE_SLICE_US each, beside the check-ins of other events. One that is cut off (a power cut) leaves the event marked (`purging_ms`):
 * the next one goes on with it.
 *
 * Functions with a `struct db *` belong to that connection's thread. */
#ifndef PLENUM_CONGRESS_PURGE_H
#define PLENUM_CONGRESS_PURGE_H

#include "core/congress/list_import/list_import.h"
#include "core/congress/store/store.h"

#define PURGE_SLICE_US 5000 /* of work in one transaction, and the one thing that was begun */

struct purge_view {
    int64_t event_id;
    const char *slug, *kind;
    int64_t ends_ms;
    int64_t due_ms;     /* when these people are to be erased */
    bool due_by_kind;   /* nobody has chosen another day */
    int64_t purged_ms;  /* DB_NULL: never */
    int64_t purging_ms; /* began, and did not come to its end; DB_NULL: no */
    int64_t erased, stay;                      /* people who go altogether; who stay in the register or elsewhere */
    int64_t photos;                            /* of who goes: those that are shown now */
    int64_t badges, scans, readings, questions, pins, changes, handovers, lines;
    int64_t fixed, fixed_names;                /* fixed figures, which stay; names in their lists, which go */
};

/* Years after an event's end, by its kind: congress 5 (the term until the next one), training 2, meeting 1. */
int purge_years(const char *kind);

/* When the people of an event are due; the counts are 0. ERR_NOT_FOUND: no such event. */
enum err purge_look_due(struct db *db, struct arena *arena, const char *slug, struct purge_view *ret);
/* What would go and what stays, too; a quarter of a second for 70 000 people: for the job pool. */
enum err purge_look(struct db *db, struct arena *arena, const char *slug, struct purge_view *ret);
/* In a transaction, audited: another day; DB_NULL: by the kind again. */
enum err purge_set_due(struct db *db, struct arena *arena, const char *slug, int64_t due_ms, const char *actor, int64_t now_ms);

/* Erases, audited; may be done again when people came in since. `db` reads, `door` writes; not on the writer's thread. Photos nobody shows any more lose their files
 * in `folder` behind each slice; lists that were given and not yet taken in go. What is left of all that in free pages is purge_clear's.
 * ERR_NOT_FOUND: no such event. ERR_BUSY: a list is just being taken in, or another purge is on its way. */
enum err purge_run(struct db *db, const struct list_import_door *door, const char *folder, const char *slug, const char *actor, struct fault *fault);

/* --- traces: what was deleted stands in free pages of the database, its log and its index of names until they are made anew --- */

/* *ret_owed: a purge has left some. *ret_open: an event is open just now, or opens within the hour: they have to wait. */
enum err purge_look_traces(struct db *db, struct arena *arena, int64_t now_ms, bool *ret_owed, bool *ret_open);
/* Makes the index of names and the file anew, and removes photos that are nobody's (files without a row only when they are older than an hour: they may be on
 * their way in). `db` writes, outside of a transaction; others wait for as long as a copy takes. Does nothing while an event is open (`anyway`: even then), or when
 * none are owed: *ret_done false. */
enum err purge_clear(struct db *db, const char *folder, bool anyway, bool *ret_done, struct fault *fault);

#endif
