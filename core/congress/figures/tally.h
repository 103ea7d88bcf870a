/* Counters: the table `tally`. Distinct people, never rows, never sums of gates.
 *
 * A counter has a measure (what is counted), a dimension with a key (of whom), and `until_ms`: people whose presence the programme will
 * end at that moment are counted in a row of their own, so that "present now" is the sum of the rows with until_ms > now, and nobody
 * must run anything when a session ends.
 *
 * What one person adds is a set of counters, derived from their presence intervals alone (tally_of_person); a scan applies the difference
 * between the set before and after. A recount (figures_verify) makes the same sets from nothing and compares. */
#ifndef PLENUM_CONGRESS_TALLY_H
#define PLENUM_CONGRESS_TALLY_H

#include "core/congress/programme/programme.h"
#include "core/db/db.h"

enum tally_measure {
    TALLY_EXPECTED = 1, /* summoned, with a name (blank badges are nobody yet; alternates and who lost the mandate are not expected) */
    TALLY_ATTENDED = 2, /* ever in */
    TALLY_PRESENT = 3   /* in, until until_ms */
};

enum tally_dimension {
    TALLY_EVENT = 0,      /* key 0; the event's first area */
    TALLY_CATEGORY = 1,   /* category.id; the first area */
    TALLY_DELEGATION = 2, /* unit.id, 0 = none; the first area */
    TALLY_AREA = 3,       /* area.id */
    TALLY_GATE = 4,       /* gate.id: who came in there */
    TALLY_SESSION = 5,    /* session.id: was in its area while it was on */
    TALLY_MINUTE = 6      /* minutes since 1970 of each local day's first arrival in the first area: once for each day on which they came */
};

struct tally_key {
    int64_t measure, dimension, key_id, until_ms;
};

/* The order of counters, for qsort. */
int tally_compare_keys(const void *a, const void *b);

struct presence_interval {
    int64_t area_id, gate_id, from_ms, until_ms;
    bool closed; /* ended by a scan; else the programme ends it */
    int64_t scan; /* that began it; DB_NULL: of a record that did not say */
    int64_t id;   /* of its row; 0: not stored */
    int64_t personal_ms; /* from when on they were seen themselves; 0: from the beginning; DB_NULL: they were checked in with a group, and not seen since */
};

/* Which local day a moment belongs to, as a number to compare: all that was before the event's first day is a day of its own. */
int64_t tally_day(const struct programme *programme, int64_t at_ms);

/* The set of counters that one person adds, sorted, without doubles, in the arena. The intervals are in the order of their beginnings. */
enum err tally_of_person(struct arena *arena, const struct programme *programme, int64_t category_id, int64_t delegation_id,
                         const struct presence_interval *intervals, size_t interval_count, struct tally_key **ret_keys, size_t *ret_count);

/* Changes of counters on their way: gathered in memory, added up, written at once. Zero-initialise. */
struct tally_sink {
    struct tally_change {
        int64_t event_id;
        struct tally_key key;
        int64_t by;
    } *changes;
    size_t count, capacity;
};

/* Adds 1 for what is in `after` and not in `before`, takes 1 for the contrary. ERR_NOMEM. */
enum err tally_add_difference(struct tally_sink *sink, int64_t event_id, const struct tally_key *before, size_t before_count,
                              const struct tally_key *after, size_t after_count);
/* Writes the sums and empties the sink. */
enum err tally_sink_flush(struct tally_sink *sink, struct db *db);
void tally_sink_release(struct tally_sink *sink);
/* Who is in an area now by what is stored and by what is on its way. */
enum err tally_area_count(struct db *db, const struct tally_sink *sink, int64_t event_id, int64_t area_id, int64_t now_ms, int64_t *ret_count);

/* Counts the expected anew, after an import or a change of status, category or delegation. Inside the caller's transaction. */
enum err tally_rebuild_expected(struct db *db, int64_t event_id);

/* Counts everything anew for one event, from presence and delegate rows, after such a change where people are already in. */
enum err tally_rebuild(struct db *db, int64_t event_id);

/* Counts all events anew, once, where a migration asked for it (the setting TALLY_REBUILD_SETTING): what a counter means was changed, and SQL alone cannot make it, for
 * it knows no time zones. Does nothing where nothing is asked for. */
#define TALLY_REBUILD_SETTING "tally.rebuild"
enum err tally_complete(struct db *db, struct fault *fault);

#endif
