/* The register as of any day: who belonged to a unit, how large units were, who came and went between two days, how one person's membership went; and all of that as
 * it was known at a moment. Reads only.
 *
 * `known_ms` is a moment: what was recorded later does not count; REGISTER_NOW is what is known now. A unit counts with all units beneath it as the tree is today:
 * units that are put elsewhere take their past with them, so that figures of two days can be compared. Days are those of register.h; a day counts whole: who joins on
 * it belongs, who leaves on it does not. Texts live in the arena. */
#ifndef PLENUM_CONGRESS_REGISTER_HISTORY_H
#define PLENUM_CONGRESS_REGISTER_HISTORY_H

#include "core/congress/register/register.h"

#define REGISTER_NOW (INT64_MAX - 1)

/* --- units --- */

/* Who came and went; in each, who moved within the unit's own tree is counted neither as in nor as out. opening + all that began - all that ended = closing. */
struct register_flow {
    int64_t opening, closing;
    int64_t began[REGISTER_BEGAN_COUNT], ended[REGISTER_ENDED_COUNT];
};

/* One of all units, parents before their units, siblings in their order. `above`: its index, SIZE_MAX: none. */
struct register_flow_unit {
    int64_t unit_id;
    const char *code, *name; /* name: text or language map, as stored */
    size_t above;
    int depth;
    struct register_flow own, below; /* below: with its tree */
};
struct register_flow_list {
    struct register_flow_unit *units;
    size_t count;
    struct register_flow all; /* the whole organisation, with units that are gone: moves between units are no change of it */
};

/* From the first day to the last, both counted. The same day twice: what happened on it. ERR_INPUT: no such days, or the wrong way round. */
enum err register_flow_read(struct db *db, struct arena *arena, const char *first_day, const char *last_day, int64_t known_ms, struct register_flow_list *ret);
/* How many belonged to each unit on that day: only `closing` of each is filled. */
enum err register_sizes_read(struct db *db, struct arena *arena, const char *day, int64_t known_ms, struct register_flow_list *ret);

/* --- members of a unit, with its tree, on a day; by name --- */

struct register_member {
    int64_t person_id;             /* DB_NULL: erased */
    const char *code, *name;       /* NULL: erased, or not in the register any more */
    int64_t unit_id;
    const char *from_day;
    enum register_began began;
    const char *sort; int64_t id;  /* where the next page begins: hand both in as `after` */
};
struct register_page {
    const char *after_sort; /* NULL: from the beginning */
    int64_t after_id;
    int64_t most;           /* at most so many */
};
enum err register_members_read(struct db *db, struct arena *arena, int64_t unit_id, const char *day, int64_t known_ms, const struct register_page *page,
                               struct register_member **ret, size_t *ret_count);

/* --- one person --- */

struct register_period {
    int64_t id, unit_id;
    const char *unit_code, *unit_name; /* NULL: the unit is gone */
    const char *from_day, *until_day;
    enum register_began began;
    bool is_open;                      /* then `ended` says nothing */
    enum register_ended ended;
    const char *from_code, *to_code;   /* moved in from, out to; NULL */
    int64_t known_ms, ended_ms;        /* when it was recorded; ended_ms INT64_MAX: not ended */
    const char *actor, *source, *ended_actor, *ended_source;
    int64_t void_ms;                   /* INT64_MAX: it holds; else since when it is known to have been otherwise, and from whom */
    const char *void_actor, *void_source;
};
/* In the order of days; with_void: also what was believed once. */
enum err register_periods_read(struct db *db, struct arena *arena, int64_t person_id, bool with_void, struct register_period **ret, size_t *ret_count);

/* A correction: the person's periods were these (days, began, ended, unit_id, is_open are read; moves are filled from their neighbours). What was believed stays in the
 * history. In the caller's transaction. The last one is open exactly when the person has a unit, and is then that unit: where the correction says otherwise, the
 * person's unit follows. ERR_INPUT with a sentence: they overlap, are in no order, lie in the future, or a unit does not exist. */
enum err register_correct(struct register_doing *doing, int64_t person_id, const struct register_period *periods, size_t count);

/* A move that `source` ("import:12") made, and nothing else since, never was: the period before it goes on, and no flow counts it. `person` as they are stored;
 * unit_id: where they were, DB_NULL: nowhere. *ret_unit becomes unit_id when it was so; else nothing is done, and the way back is a move of its own. */
enum err register_unmove(struct register_doing *doing, const struct register_person *person, int64_t unit_id, const char *source, int64_t *ret_unit);

/* --- what changed, the newest first --- */

struct register_change {
    int64_t id;                        /* where the next page begins: `before` of the next call */
    int64_t person_id, unit_id;        /* of what is not asked for by name: DB_NULL, NULL */
    const char *person_code, *person_name, *unit_code;
    int64_t at_ms;
    const char *day, *field, *old, *value;
    bool sensitive;                    /* old and value are hidden (NULL): sensitive.h shows them */
    const char *actor, *source;
};
/* before: INT64_MAX for the first page. */
enum err register_changes_of_person(struct db *db, struct arena *arena, int64_t person_id, int64_t before, int64_t most, struct register_change **ret, size_t *ret_count);
enum err register_changes_of_unit(struct db *db, struct arena *arena, int64_t unit_id, int64_t before, int64_t most, struct register_change **ret, size_t *ret_count);
/* Of all, recorded from since_ms up to until_ms. */
enum err register_changes_read(struct db *db, struct arena *arena, int64_t since_ms, int64_t until_ms, int64_t before, int64_t most, struct register_change **ret,
                               size_t *ret_count);

/* For `plenum doctor`: ERR_CONFLICT with a sentence where periods, units of people and what is known of them do not agree. */
enum err register_check(struct db *db, struct fault *fault);

#endif
