/* Everybody of an event as of a moment, as known at a moment: who was on the list, and where they were (private to figures).
 *
 * Made from nothing but the list, its amendments and the scans: the work grows with all that the event ever had. */
#ifndef PLENUM_CONGRESS_PAST_H
#define PLENUM_CONGRESS_PAST_H

#include "core/congress/figures/figures.h"
#include "core/congress/figures/quorum.h"

struct past_person {
    int64_t id, category_id, delegation_id; /* delegation_id: 0 = none */
    const char *replaces;    /* NULL: stands for nobody; its text is in the arena */
    bool listed;             /* was on the list by then */
    bool named, summoned;
    bool has_absence, excused;
    size_t first_stay, stay_count; /* of past.stays: in order; open ones end as the programme will end them */
};

struct past {
    struct past_person *people; /* by id */
    size_t count, capacity;
    struct presence_interval *stays;
    size_t stay_count;
    int64_t corrected; /* late scans, as struct figures says */
    int64_t *handouts; /* of each gate of the programme: people who were given something */
    struct quorum_list eligible; /* who was eligible for the quorum when, until the moment */
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

static inline bool past_is_eligible(const struct past_person *person, const struct quorum_rule *rule)
{
    return past_is_expected(person) && rule->category && person->category_id == rule->category->id;
}

/* --- the list of people, and its changes: past_list.c, eligible.c --- */

struct sql_figures_amendments_row;

enum err past_read_list(struct db *db, struct arena *arena, const struct programme *programme, struct figures_moment moment, struct past *ret);
/* Of these only whom the desk put onto the list, named or replaced; as of now. */
enum err past_read_changed(struct db *db, struct arena *arena, const struct programme *programme, struct past *ret);
/* By their ids, each once. */
void past_sort_people(struct past *past);
/* The list of `past` as it was before this change. `db` NULL: but for delegations. */
enum err past_take_back(struct db *db, struct arena *arena, const struct programme *programme, const struct past *past, const struct sql_figures_amendments_row *row);

/* Who was eligible when, from the list as it is after these changes (the newest first; those of absences are none) and from what each of them changed. */
enum err eligible_read(struct arena *arena, const struct programme *programme, const struct quorum_rule *rule, const struct past *past,
                       const struct sql_figures_amendments_row *rows, size_t count, struct quorum_list *ret);

#endif
