/* What all scans of one person make: stays and conflicts. Private to check-in and the recount.
 *
 * A person's scans and stays are chains (migration 0014): each names the one before, the row of state names the last. To read a chain costs by its length, so a
 * scan that comes in the order of true time is taken by presence_forward from the row of state alone; everything else (late scans, conflicts, undo, a changed
 * programme) reads all. */
#ifndef PLENUM_CONGRESS_CHECKIN_HISTORY_H
#define PLENUM_CONGRESS_CHECKIN_HISTORY_H

#include "core/congress/checkin/checkin.h"

struct history_conflict {
    int64_t scan, entry, received_ms; /* entry: the scan that counts; DB_NULL where there is none */
};

struct history {
    struct presence_interval *stays; /* in order */
    size_t stay_count;
    struct history_conflict *conflicts; /* by scan */
    size_t conflict_count;
    int64_t effective_ms; /* newest true time of a scan that counts for presence; DB_NULL: none */
};

/* All in the arena. What is a conflict stands in docs/decisions/0029-conflicts.md. */
enum err history_read(struct db *db, struct arena *arena, const struct programme *programme, int64_t delegate_id, struct history *ret);

/* The stored stays, in order. */
enum err history_stored_stays(struct db *db, struct arena *arena, int64_t delegate_id, struct presence_interval **ret, size_t *ret_count);

/* A scan that is not of anybody of the event is a conflict when a door let it in against the rule: there is no history to look at. */
bool history_is_against_rule(enum outcome outcome, enum reason reason, bool marked);

/* delegate_state.by_group: whether a reading of the own badge can change a stay that a group check-in began. */
enum presence_group { PRESENCE_GROUP_NEVER, PRESENCE_GROUP_ONLY /* the last stay, which no scan has ended */, PRESENCE_GROUP_ONCE };

/* What the row of state says of a person before a scan. */
struct presence_state {
    int64_t area_id, gate_id, since_ms, until_ms, attended_ms, attended_gate_id, last_presence, effective_ms; /* DB_NULL: none */
    int64_t by_group;
};

/* Who it is and how they are counted. */
struct presence_person {
    int64_t delegate_id, category_id, delegation_id;
};

/* Applies a scan that is newer, by true time, than all of this person's that count: at most one stay ends and one begins. Costs the same however long the
 * history is, but for a look back along the stays until the same gate was used before. In the caller's transaction, the scan stored already. */
enum err presence_forward(struct db *db, struct arena *arena, const struct programme *programme, struct write_tools *tools,
                          const struct presence_person *person, const struct presence_state *state, const struct presence_scan *scan);

/* Whether they were ever in the area: along the stays from `last_presence` on. */
enum err presence_was_in(struct db *db, int64_t last_presence, int64_t area_id, bool *ret);

#endif
