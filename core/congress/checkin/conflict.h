/* Conflicts between doors, for a person to settle (docs/decisions/0029-conflicts.md): a door that was alone told somebody what the rule, or another door at an earlier
 * true time, had not. They follow from what is recorded (history.c) and are kept with presence: both orders of arrival end alike, and figures do not depend on them.
 * One connection. */
#ifndef PLENUM_CONGRESS_CHECKIN_CONFLICT_H
#define PLENUM_CONGRESS_CHECKIN_CONFLICT_H

#include "core/base/arena.h"
#include "core/db/db.h"

/* One reading of a badge at a door. */
struct conflict_reading {
    int64_t gate_id;
    int64_t true_ms;    /* DB_NULL: there is none */
    int64_t scanned_ms; /* what the device's own clock said */
    bool estimated;     /* the true time */
    const char *by;     /* the device, else the account; NULL: unknown */
    bool on_paper;      /* typed from a printed list */
};

struct conflict {
    const char *scan_id, *outcome, *reason; /* outcome as told; reason: why the rule would have said otherwise, or NULL */
    const char *name, *number, *unit;       /* NULL: nobody of this event; `unit` is a stored title */
    struct conflict_reading later, entry;   /* entry: the reading that counts, where another one does */
};

/* Those that nobody has settled yet, newest arrival first. */
enum err conflict_list(struct db *db, struct arena *arena, int64_t event_id, int64_t most, struct conflict **ret, size_t *ret_count);

/* Somebody has looked at it: it is listed no more, the record stands as it is; audited. Twice is once. ERR_NOT_FOUND: no such conflict of this event. In a
 * transaction. */
enum err conflict_settle(struct db *db, struct arena *arena, int64_t event_id, const char *scan_id, const char *actor, int64_t now_ms, struct fault *fault);

/* How many of an event nobody has looked at yet. */
enum err conflict_count(struct db *db, struct arena *arena, int64_t event_id, int64_t *ret);

#endif
