/* The figures of an event as of now (DESIGN.md §8): read from the counters, never by counting rows. */
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

struct figures_quorum {
    bool known; /* the event has a rule */
    const char *session; /* code of the session it is about; NULL: the day */
    const char *category;
    int64_t eligible, required, present; /* of the summoned only: an alternate in the hall is present, but no part of a quorum */
    int64_t by_group;  /* of the eligible who are in: checked in with a group, and their own badge not read since */
    bool group_counts; /* these are among `present`, as the organiser decided */
    bool reached;      /* was reached in this session; does not flip in a break */
    int64_t since_ms;  /* DB_NULL when not reached */
};

struct figures {
    int64_t as_of_ms;
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
    int64_t next_change_ms; /* when a figure changes by itself (a block ends); INT64_MAX: never */
};

/* Everything lives in the arena or the programme. */
enum err figures_read(struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct figures *ret);

/* The JSON of DESIGN.md §5 (`GET …/stats`), plus `by_session`. NULL when out of memory. */
json_t *figures_json(const struct figures *figures);

/* How many must be there. `rule` is "at_least" or "more_than", `fraction` "2/3". -1 when either is not in the right form. */
int64_t quorum_required(const char *rule, const char *fraction, int64_t eligible);

/* Makes presence and counters anew from the scans and compares with what is stored. OK; ERR_CONFLICT with what differs first. */
enum err figures_verify(struct db *db, const char *slug, struct fault *fault);

#endif
