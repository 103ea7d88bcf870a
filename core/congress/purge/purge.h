/* Erasing the people of an event: who they were, what they did there by name; the event, its figures and its fixed figures stay (docs/decisions/0057-console.md).
 *
 * Each line of the event's list is given to nobody: a person without a name of its own. Of them stays the category, the delegation, and when nobody came and went, which
 * is what counters, figures of the past and `plenum doctor` reckon from: all totals are the same as before. People who are also of the register (a unit), of another
 * event, or hold a member card stay there; this event no longer knows them. Everybody else is deleted, with photo and history. Badges, PINs, questions, readings,
 * handovers go; the audit log keeps what was done, without codes and names; lists of fixed figures keep their rows without names, with a hash of what is left beside the
 * figure's own.
 *
 * Functions with a `struct db *` belong to that connection's thread. */
#ifndef PLENUM_CONGRESS_PURGE_H
#define PLENUM_CONGRESS_PURGE_H

#include "core/congress/store/store.h"

struct purge_view {
    int64_t event_id;
    const char *slug, *kind;
    int64_t ends_ms;
    int64_t due_ms;    /* when these people are to be erased */
    bool due_by_kind;  /* nobody has chosen another day */
    int64_t purged_ms; /* DB_NULL: never */
    int64_t erased, stay;                      /* people who go altogether; who stay in the register or elsewhere */
    int64_t photos;                            /* of who goes */
    int64_t badges, scans, readings, questions, pins, changes, handovers, lines;
    int64_t fixed, fixed_names;                /* fixed figures, which stay; names in their lists, which go */
};

/* Years after an event's end, by its kind: congress 5 (the term until the next one), training 2, meeting 1. */
int purge_years(const char *kind);

/* What would go and what stays. ERR_NOT_FOUND: no such event. */
enum err purge_look(struct db *db, struct arena *arena, const char *slug, struct purge_view *ret);
/* In a transaction, audited: another day; DB_NULL: by the kind again. */
enum err purge_set_due(struct db *db, struct arena *arena, const char *slug, int64_t due_ms, const char *actor, int64_t now_ms);

/* Blobs that nobody needs any more: their files are removed after COMMIT (purge_remove_files). */
struct purge_files {
    const char **sha256; /* arena */
    size_t count;
};

/* In a transaction, audited; may be done again when people came in since. A piece of work for the writer; for 10 000 people some seconds. */
enum err purge_apply(struct db *db, struct arena *arena, const char *slug, const char *actor, int64_t now_ms, struct purge_files *ret_files, struct fault *fault);

/* After COMMIT: the photos' files of a data folder, or of a mirror's (the same places); missing ones are no fault. ERR_IO when one stays. */
enum err purge_remove_files(const char *folder, const struct purge_files *files, struct fault *fault);

#endif
