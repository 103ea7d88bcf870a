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

/* How many more were eligible from a moment on. */
struct quorum_change {
    int64_t at_ms, by;
};

struct quorum_input {
    int64_t eligible; /* at the moment */
    struct quorum_stay *stays; /* one person's do not overlap */
    size_t stay_count;
    struct quorum_change *changes; /* in any order */
    size_t change_count;
};

/* The event's rule. *ret_category is NULL where it has none. */
struct quorum_rule {
    const struct programme_category *category;
    const char *kind, *fraction; /* arena */
};
enum err quorum_rule_read(struct arena *arena, const struct programme *programme, struct quorum_rule *ret);

/* Puts `quorum` and `quorums` into the figures, for their moment. */
enum err quorum_put(struct arena *arena, const struct programme *programme, const struct quorum_rule *rule, const struct quorum_input *input, struct figures *f);

/* The same as of now, from the stored stays. `f` has its categories counted. */
enum err quorum_read(struct db *db, struct arena *arena, const struct programme *programme, struct figures *f);

#endif
