/* Everybody of an event as of a moment, as known at a moment: who was on the list, and where they were (private to figures).
 *
 * Made from nothing but the list, its amendments and the scans: the work grows with all that the event ever had. */
#ifndef PLENUM_CONGRESS_PAST_H
#define PLENUM_CONGRESS_PAST_H

#include "core/congress/figures/figures.h"

struct past_person {
    int64_t id, category_id, delegation_id; /* delegation_id: 0 = none */
    const char *replaces;    /* NULL: stands for nobody; its text is in the arena */
    bool listed;             /* was on the list by then */
    bool named, summoned;
    bool has_absence, excused;
    bool came_by_substitution; /* onto the list of the summoned */
    int64_t eligible_ms;     /* from when on they are among the summoned; 0: from the beginning */
    size_t first_stay, stay_count; /* of past.stays: in order; open ones end as the programme will end them */
};

struct past {
    struct past_person *people; /* by id */
    size_t count, capacity;
    struct presence_interval *stays;
    size_t stay_count;
    int64_t corrected; /* late scans, as struct figures says */
    int64_t *handouts; /* of each gate of the programme: people who were given something */
};

/* `moment` has no DB_NULL. All in the arena. */
enum err past_read(struct db *db, struct arena *arena, const struct programme *programme, struct figures_moment moment, struct past *ret);

/* figures_people_at, and the quorum of the same moment, from one reading of the scans; within the caller's view. */
enum err past_people_and_quorum(struct db *db, struct arena *arena, const struct programme *programme, struct figures_moment moment, struct figures_person **ret,
                               size_t *ret_count, struct figures_quorum *ret_quorum);

struct past_person *past_find(const struct past *past, int64_t delegate_id);
static inline bool past_is_expected(const struct past_person *person)
{
    return person->listed && person->named && person->summoned;
}

/* The list of people, and its changes: past_list.c. */
enum err past_read_list(struct db *db, struct arena *arena, const struct programme *programme, struct figures_moment moment, struct past *ret);

#endif
