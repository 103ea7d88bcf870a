/* The figures of an event (DESIGN.md §8): as of now from the counters, as of a moment of the past from the scans themselves. What a figure of the past
 * means, and what the record cannot tell, stands in docs/decisions/0043-past.md. */
#ifndef PLENUM_CONGRESS_FIGURES_H
#define PLENUM_CONGRESS_FIGURES_H

#include "core/base/json.h"
#include "core/congress/figures/tally.h"
#include "core/congress/programme/programme.h"
#include "core/db/db.h"

struct figures_count {
    int64_t expected, attended, present;
};

struct figures_part {
    int64_t id;
    const char *code, *name; /* name: text or stored title */
    struct figures_count count;
};

/* Who is eligible for the quorum at a moment: whom the list of that moment expects (summoned, with a name) in the category that the rule names. The list of a moment
 * is today's with what the desk changed since (walk-ins, names for blank badges, substitutes) taken back, the newest first. What a file changed leaves no trace of when:
 * it was always so. A stay counts for a quorum in as far as its person was eligible while it lasted, whatever they are now. */
struct figures_quorum {
    bool known; /* the event has a rule */
    const char *session; /* code of the session it is about; NULL: the day */
    const char *category;
    int64_t eligible, required, present; /* of the summoned only: an alternate in the hall is present, but no part of a quorum */
    int64_t by_group;  /* of the eligible who are in: checked in with a group, and their own badge not read since */
    bool group_counts; /* these are among `present`, as the organiser decided */
    bool reached;      /* was reached in this session; does not flip in a break */
    int64_t since_ms;  /* DB_NULL when not reached */
    int64_t lost_ms;   /* from when on it was missed, though reached before; DB_NULL: it is met, or was never reached */
};

/* A moment of the past, by two clocks: what was (`at_ms`, true time), and what the record knew of it (`known_ms`, our clock when it was told). */
struct figures_moment {
    int64_t at_ms, known_ms; /* DB_NULL in both: live, read from the counters */
};

/* Expected people (summoned, with a name) who have not come. Where alternates or blank badges came, this is more than expected - attended. */
struct figures_absent {
    int64_t total, excused, unexcused; /* excused: of whom an excused absence is known */
};

/* The first arrivals of people on the local day of the moment: everybody once, whether or not they came on a day before. */
struct figures_arrivals {
    int64_t per_minute; /* in the last full minute */
    int64_t first_ms, last_ms; /* DB_NULL: nobody yet today */
    int64_t from_ms;    /* the minute of the first; DB_NULL: nobody yet */
    int64_t step;       /* minutes in each of `minutes` */
    int64_t *minutes;   /* from `from_ms` on, up to the minute of the moment */
    size_t minute_count;
};
#define FIGURES_MOST_MINUTES 240

/* How the quorum was in one session of the first area. Its time begins with the end of the session before it that day, else at midnight. */
struct figures_period {
    int64_t from_ms, until_ms; /* until_ms DB_NULL: holds at the moment */
};
struct figures_session_quorum {
    const char *session; /* code */
    int64_t eligible, required, present; /* at the moment, or at the session's end */
    int64_t most;        /* most eligible people together */
    bool reached;        /* at any time of it */
    int64_t since_ms, lost_ms; /* the first time; from when on it was missed (DB_NULL: never reached, or it held until the end) */
    struct figures_period *periods; /* when it was met, in order */
    size_t period_count;
};

/* A figure that was fixed, in short (core/congress/figures/fixed.h): of the summoned, or those of one category. */
struct figures_fixed {
    int64_t number, at_ms, expected, attended, present;
    const char *label, *category; /* NULL: none */
};
#define FIGURES_MOST_FIXED 20

struct figures {
    int64_t as_of_ms;
    struct figures_moment moment; /* DB_NULL, DB_NULL: live */
    struct figures_absent absent;
    int64_t substitutes; /* of those who stand for somebody: who came */
    int64_t unsummoned;  /* of the present: alternates and blank badges, who are not among the expected */
    int64_t by_group;    /* of the present: checked in with a group, and their own badge not read since */
    struct figures_arrivals arrivals;
    struct figures_session_quorum *quorums; /* of every session so far, and of the one that is on or comes next */
    size_t quorum_count;
    int64_t corrected;   /* late scans of today that changed a figure of a moment that was past (figures_late_read lists them) */
    struct figures_count event;
    struct figures_part *categories;
    size_t category_count;
    struct figures_part *delegations; /* protocol order: sort_order, then code; with expected or attended people only */
    size_t delegation_count;
    struct figures_part *gates;
    size_t gate_count;
    struct figures_part *sessions;
    size_t session_count;
    struct figures_quorum quorum;
    struct figures_fixed *fixed; /* known by the moment, the newest first */
    size_t fixed_count;
    int64_t next_change_ms; /* when a figure changes by itself (a block ends); INT64_MAX: never */
};

/* Everything lives in the arena or the programme. */
enum err figures_read(struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct figures *ret);

/* The figures as of a moment, as known at a moment: made anew from the scans, so the work grows with all that the event ever had (never on a thread that
 * answers others). With both moments now they are what figures_read says. Not for live: ERR_INPUT when a moment is DB_NULL. */
enum err figures_read_at(struct db *db, struct arena *arena, const struct programme *programme, struct figures_moment moment, struct figures *ret);

enum figures_state { FIGURES_ABSENT, FIGURES_ATTENDED /* came, and is not in */, FIGURES_PRESENT };

/* Somebody of the list, at a moment: in the event's first area. */
struct figures_person {
    int64_t id, category_id, delegation_id; /* delegation_id: unit.id, or 0 */
    const char *code, *name, *number;       /* NULL: has none (a blank badge has a number only) */
    enum figures_state state;
    bool expected;       /* summoned, with a name */
    bool has_absence, excused; /* an absence is known */
    int64_t first_ms, last_ms; /* the first arrival; when they were last in (DB_NULL: are in, or never came) */
    const char *substitute_of; /* code of the person whose mandate it is; NULL */
    bool by_group;       /* present by a group check-in only */
};

/* Everybody who was on the list at that moment, in its order; as dear as figures_read_at. */
enum err figures_people_at(struct db *db, struct arena *arena, const struct programme *programme, struct figures_moment moment, struct figures_person **ret,
                           size_t *ret_count);

/* The delegations of `figures` and the units above them, each with all that is beneath it: people are counted once, since everybody is of one delegation. Parents
 * before their children, in protocol order; who has no delegation is in none. */
struct figures_unit {
    const char *code, *name, *level, *parent; /* level and parent (a code) may be NULL */
    size_t depth; /* 0: uppermost */
    struct figures_count count;
};
enum err figures_units_read(struct db *db, struct arena *arena, const struct figures *figures, struct figures_unit **ret, size_t *ret_count);
/* A list, or NULL when out of memory. */
json_t *figures_units_json(const struct figures_unit *units, size_t count);

/* Late scans: those that came more than a minute after they were made, by gate, by who sent them and by the minute in which they came; the newest first, at most `most`.
 * Figures of moments from first_ms on are others since known_ms. */
struct figures_late {
    int64_t gate_id, known_ms, first_ms, last_ms;
    const char *by; /* device or account; NULL */
    bool on_paper;  /* ticked on a printed list */
    int64_t entered, left, given, undone; /* undone: of all these, taken back since */
};
enum err figures_late_read(struct db *db, struct arena *arena, int64_t event_id, int64_t most, struct figures_late **ret, size_t *ret_count);

/* RFC 3339 texts of a request (NULL: not given) to a moment: `at` alone is as known now, `known_at` alone is the figures of that moment as they were known then.
 * ERR_INPUT with the reason "figures_moment" (no such time) or "figures_future". */
enum err figures_moment_read(const char *at, const char *known_at, int64_t now_ms, struct figures_moment *ret, struct fault *fault);

/* The JSON of DESIGN.md §5 (`GET …/stats`), as docs/api.md describes it. NULL when out of memory. */
json_t *figures_json(const struct figures *figures);

/* How many must be there. `rule` is "at_least" or "more_than", `fraction` "2/3". -1 when either is not in the right form. */
int64_t quorum_required(const char *rule, const char *fraction, int64_t eligible);

/* Makes presence and counters anew from the scans and compares with what is stored. OK; ERR_CONFLICT with what differs first. */
enum err figures_verify(struct db *db, const char *slug, struct fault *fault);

#endif
