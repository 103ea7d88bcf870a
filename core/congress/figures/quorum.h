/* The quorum of an event's sessions, from who was in when and who was on the list when (private to figures). Pure but for quorum_read. */
#ifndef PLENUM_CONGRESS_QUORUM_H
#define PLENUM_CONGRESS_QUORUM_H

#include "core/congress/figures/figures.h"

/* How many more were in, or eligible, from a moment on. */
struct quorum_turn {
    int64_t at_ms, by;
};

/* A stay of somebody who is eligible, in the first area. */
struct quorum_stay {
    int64_t from_ms, until_ms;
    int64_t personal_ms; /* as struct presence_interval has it */
    int64_t eligible_ms, lapsed_ms; /* from when to when they are eligible; of more such times the stay is told once for each */
};

/* When somebody is eligible: from 0 is from the beginning, until INT64_MAX as far as is known. */
struct quorum_span {
    int64_t from_ms, until_ms;
};

/* When those were eligible whom the desk put onto the list, named or replaced: the rule is in figures.h. */
struct quorum_changed {
    int64_t delegate_id;
    size_t first, count; /* of spans, in order */
};
struct quorum_list {
    struct quorum_changed *people; /* by delegate */
    size_t count;
    struct quorum_span *spans;
    struct quorum_turn *changes; /* how many more are eligible from a moment on: by time, one of each moment */
    size_t change_count;
};
/* How many times (each in order, at *ret); whom the list does not name is eligible always, or never: `is_eligible`. */
size_t quorum_spans_of(const struct quorum_list *list, int64_t delegate_id, bool is_eligible, const struct quorum_span **ret);

struct quorum_input {
    int64_t eligible; /* at the moment */
    int64_t by_group; /* of the eligible who are in at the moment: by a group check-in alone */
    const struct quorum_turn *turns; /* by time, one of each moment */
    size_t turn_count;
    const struct quorum_turn *changes; /* of the eligible; likewise */
    size_t change_count;
    const struct quorum_known *known; /* of each session of the programme; NULL: none */
};

/* What was worked out before of a session that was over. */
struct quorum_known {
    bool is_good;
    struct figures_session_quorum quorum; /* but for its code */
};

/* From when on a stay counts: who was checked in with a group only from when they were seen themselves, unless the organiser decided otherwise; and nobody
 * while they are not eligible. INT64_MAX: never. */
int64_t quorum_counts_from(const struct programme *programme, const struct quorum_stay *stay);
int64_t quorum_counts_until(const struct quorum_stay *stay);
bool quorum_is_by_group(const struct quorum_stay *stay, int64_t at_ms);

/* Puts turns and by_group of these stays into `input`; one person's do not overlap. */
enum err quorum_take_stays(struct arena *arena, const struct programme *programme, const struct quorum_stay *stays, size_t count, int64_t at_ms,
                           struct quorum_input *input);
/* Sorts turns and adds up those of one moment. How many are left. */
size_t quorum_sort_turns(struct quorum_turn *turns, size_t count);

/* The event's rule. *ret_category is NULL where it has none. */
struct quorum_rule {
    const struct programme_category *category;
    const char *kind, *fraction; /* arena */
};
enum err quorum_rule_read(struct arena *arena, const struct programme *programme, struct quorum_rule *ret);

/* How many are eligible by the counters. */
int64_t quorum_expected(const struct figures *f, const struct quorum_rule *rule);

/* Puts `quorum` and `quorums` into the figures, for their moment. */
enum err quorum_put(struct arena *arena, const struct programme *programme, const struct quorum_rule *rule, const struct quorum_input *input, struct figures *f);

/* The same as of now, from the stored stays. `f` has its categories counted. */
enum err quorum_read(struct db *db, struct arena *arena, const struct programme *programme, struct figures *f);

/* Who was eligible when, by what is stored as of now: for quorum_read and for what is kept of it between readings (keep.c). */
enum err quorum_read_list(struct db *db, struct arena *arena, const struct programme *programme, const struct quorum_rule *rule, struct quorum_list *ret);

#endif
