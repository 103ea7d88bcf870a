/* One scan becomes a record, a decision, a presence and counters: all in the caller's transaction (the writer's savepoint).
 *
 * The rules are DESIGN.md §6 and §8. checkin_apply is a pure function of its arguments and the database, so it may be run again. The caller frames transactions with
 * write_tools_begin and write_tools_flush. */
#ifndef PLENUM_CONGRESS_CHECKIN_H
#define PLENUM_CONGRESS_CHECKIN_H

#include "core/base/arena.h"
#include "core/base/id.h"
#include "core/congress/admission.h"
#include "core/congress/figures/tally.h"
#include "core/congress/write_tools.h"
#include "core/db/db.h"

#define CHECKIN_BATCH_LIMIT 1000                      /* scans in one request */
#define CHECKIN_PIECE 64                              /* scans of one device in one transaction: large work takes turns */
#define CHECKIN_OLDEST_MS (INT64_C(366) * 24 * 3600000) /* an older scan is not in the right form */
#define CHECKIN_UNDO_MS (INT64_C(15) * 60 * 1000)     /* so long a scan can be taken back; one from paper at any time */
#define CHECKIN_ON_PAPER "paper"                       /* scan.origin of what was ticked on a printed list */

/* A scan as it came, after its form was checked. Texts are borrowed. */
struct checkin_scan {
    const char *scan_id;
    const char *token;    /* as ID_TOKEN; NULL for a scan by delegate code */
    const char *delegate; /* desk only: person code, or number of a blank; else NULL */
    int64_t on_paper;     /* this delegate's row was ticked on a printed list (core/congress/fallback), and nothing above is given; 0: read or pressed */
    const char *gate;
    bool going_out;
    int64_t scanned_ms;
    int64_t age_ms;       /* DB_NULL: not known */
    int64_t server_ms;    /* our clock at the reading, as the device carried it on since our last answer; 0: not known */
    bool asks;            /* decision "ask"; else `told` is what the device already told the person */
    enum outcome told;
    int64_t roster;       /* DB_NULL: none */
    const char *override; /* desk only: why this person is let in although the rule says no; NULL */
};

/* Who sends it. */
struct checkin_source {
    const char *event; /* slug */
    int64_t gate_id;   /* a device's own gate; DB_NULL for the desk: any gate of the event */
    int64_t device_id, account_id; /* DB_NULL when not */
    int64_t clock_offset_ms;       /* the device's clock minus ours, last measured */
    int64_t received_ms;
    const char *actor; /* who, for the audit; NULL: the door */
    int64_t group_id;  /* of a group check-in (core/congress/delegation/group.h): nobody's own badge was read; 0: none */
};

struct checkin_answer {
    char scan_id[ID_UUID_SIZE];
    enum outcome outcome;
    enum reason reason;
    const char *person_code, *name, *delegation, *category, *seat, *badge_box, *number; /* arena; NULL when nobody is known */
    int64_t first_ms; /* DB_NULL: none */
    const char *first_gate;
    int64_t delegate_id, gate_id;
    bool conflict, replayed;
    bool is_nearly_full; /* of the gate's room, when this scan let somebody in or the room is full */
    int64_t places_left; /* then: with this scan counted, never below 0 */
};

/* Never fails for what is wrong in the scan itself: that is an answer. An error means that nothing of this scan was stored. */
enum err checkin_apply(struct db *db, struct arena *arena, struct write_tools *tools, const struct checkin_source *source, const struct checkin_scan *scan,
                       struct checkin_answer *ret);

/* The answer that checkin_apply would give now, without storing anything; on any connection. */
enum err checkin_preview(struct db *db, struct arena *arena, struct programme_cache *programmes, const struct checkin_source *source,
                         const struct checkin_scan *scan, struct checkin_answer *ret);

/* Takes a scan back: a correction is added, presence and counters follow. A device takes back its own scans, the desk any scan of its event.
 * ERR_NOT_FOUND no such scan of this event, ERR_DENIED of another device, ERR_TIMEOUT older than CHECKIN_UNDO_MS. Undoing twice is fine. */
enum err checkin_undo(struct db *db, struct arena *arena, struct write_tools *tools, const struct checkin_source *source, const char *scan_id,
                      const char *reason);

/* Makes one person's stays and conflicts anew from their scans and applies the difference to presence, state, conflicts and counters. Inside the caller's transaction. */
enum err presence_recompute(struct db *db, struct arena *arena, const struct programme *programme, struct write_tools *tools, int64_t delegate_id,
                            int64_t category_id, int64_t delegation_id);

/* The intervals that a person's effective scans make, in order, and the newest true time of a scan that counted (DB_NULL: none). Pure. */
struct presence_scan {
    int64_t id, gate_id, true_ms;
    bool is_out;
    bool by_group;      /* of a group check-in */
    bool only_confirms; /* "is in already": begins nothing, but somebody of a group was seen themselves */
};

/* What one more scan does to the stay that is going on (NULL: none is). */
struct presence_step {
    bool ends, begins;
    bool confirms; /* who was checked in with a group is seen now: the stay is personal from this scan on */
    struct presence_interval begun;
};
struct presence_step presence_next(const struct programme *programme, const struct presence_interval *open, const struct presence_scan *scan);
enum err presence_of_scans(struct arena *arena, const struct programme *programme, const struct presence_scan *scans, size_t count,
                           struct presence_interval **ret, size_t *ret_count, int64_t *ret_effective_ms);

#endif
