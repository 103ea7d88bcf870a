/* The quorum of an event's sessions, from who was in when and who was on the list when (private to figures). Pure but for quorum_read. */
#ifndef PLENUM_CONGRESS_QUORUM_H
#define PLENUM_CONGRESS_QUORUM_H

#include "core/congress/figures/figures.h"

/* A stay of somebody who is eligible, in the first area. */
struct quorum_stay {
    int64_t from_ms, until_ms;
    int64_t personal_ms; /* as struct presence_interval has it */
    int64_t eligible_ms; /* from when on they are eligible; 0: from the beginning */
};

/* How many more were in, or eligible, from a moment on. */
struct quorum_turn {
    int64_t at_ms, by;
};

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
 * before they were eligible. INT64_MAX: never. */
int64_t quorum_counts_from(const struct programme *programme, const struct quorum_stay *stay);
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

/* --- what is stored, for quorum_read and for what is kept of it between readings (keep.c) --- */

struct quorum_listed {
    int64_t delegate_id, made_ms; /* came onto the list of the eligible then */
};
struct quorum_list {
    struct quorum_listed *listed; /* by delegate */
    size_t count;
    struct quorum_turn *changes; /* by time, one of each moment */
    size_t change_count;
};
enum err quorum_read_list(struct db *db, struct arena *arena, const struct programme *programme, const struct quorum_rule *rule, struct quorum_list *ret);
/* 0: was on it from the beginning. */
int64_t quorum_eligible_ms(const struct quorum_list *list, int64_t delegate_id);

#endif
