/* How the membership of a person goes on: one period ends, another begins; and what is recorded of that. */
#include "core/congress/register/write_private.h"

#include <string.h>

#define NEVER INT64_MAX

typedef struct sql_membership_of_person_row period;

static enum err read_periods(struct register_doing *doing, int64_t person_id, period **ret, size_t *ret_count)
{
    return sql_membership_of_person(doing->db, doing->arena, person_id, ret, ret_count);
}

static const char *later(const char *a, const char *b)
{
    return strcmp(a, b) > 0 ? a : b;
}

static enum err begin(struct register_doing *doing, int64_t person_id, int64_t unit_id, const char *from_day, enum register_began began, int64_t from_unit)
{
    const struct sql_membership_add_in in = {.id = id_next(doing->ids), .person_id = person_id, .unit_id = unit_id, .from_day = from_day, .until_day = REGISTER_OPEN,
                                             .began = register_began_name(began), .from_unit_id = from_unit, .to_unit_id = DB_NULL, .known_ms = doing->at_ms,
                                             .actor = doing->actor, .source = doing->source, .ended_ms = NEVER};
    return sql_membership_add(doing->db, &in, NULL);
}

static enum err end(struct register_doing *doing, const period *p, const char *day, enum register_ended how, int64_t to_unit)
{
    const struct sql_membership_end_in in = {.id = p->id, .until_day = day, .ended = register_ended_name(how), .to_unit_id = to_unit, .ended_ms = doing->at_ms,
                                             .actor = doing->actor, .source = doing->source};
    return sql_membership_end(doing->db, &in, NULL);
}

static const period *open_period(const period *periods, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!periods[i].ended) return &periods[i];
    return NULL;
}

/* Since when somebody belongs to a unit whom a list named. */
static const char *listed_since(struct register_doing *doing, const char *joined)
{
    if (!joined) return REGISTER_ALWAYS;
    const char *day = strlen(joined) == 4 ? arena_printf(doing->arena, "%s-01-01", joined) : joined;
    return day && strcmp(day, doing->day) > 0 ? doing->day : day;
}

static enum err begin_first(struct register_doing *doing, const struct unit_change *c)
{
    const char *since = doing->is_joining ? doing->day : listed_since(doing, c->joined);
    if (!since) return ERR_NOMEM;
    return begin(doing, c->person_id, c->new_unit, since, doing->is_joining ? REGISTER_JOINED : REGISTER_LISTED, DB_NULL);
}

/* The day of what happens is not before what the periods say already: a list that was exported yesterday moves nobody out before they came. */
enum err membership_change(struct register_doing *doing, const struct unit_change *c)
{
    period *periods = NULL;
    size_t count = 0;
    if (c->old_unit == c->new_unit) return OK;
    if (c->is_new) return begin_first(doing, c);
    enum err e = read_periods(doing, c->person_id, &periods, &count);
    if (e != OK) return e;
    const period *open = open_period(periods, count);
    const char *day = open ? later(doing->day, open->from_day) : doing->day;
    bool moves = c->old_unit != DB_NULL && c->new_unit != DB_NULL;
    if (open) e = end(doing, open, day, moves ? REGISTER_MOVED_OUT : doing->ends_as, moves ? c->new_unit : DB_NULL);
    if (e != OK || c->new_unit == DB_NULL) return e;
    if (moves) return begin(doing, c->person_id, c->new_unit, day, REGISTER_MOVED_IN, c->old_unit);
    if (!count) return begin_first(doing, c);
    return begin(doing, c->person_id, c->new_unit, later(day, periods[count - 1].until_day), REGISTER_RETURNED, DB_NULL);
}

enum err membership_end(struct register_doing *doing, int64_t person_id, enum register_ended how)
{
    period *periods = NULL;
    size_t count = 0;
    enum err e = read_periods(doing, person_id, &periods, &count);
    const period *open = e == OK ? open_period(periods, count) : NULL;
    return open ? end(doing, open, later(doing->day, open->from_day), how, DB_NULL) : e;
}

static enum err make_void(struct register_doing *doing, int64_t id)
{
    return sql_membership_void(doing->db, &(struct sql_membership_void_in){id, doing->at_ms, doing->actor, doing->source}, NULL);
}

enum err membership_void_all(struct register_doing *doing, int64_t person_id)
{
    period *periods = NULL;
    size_t count = 0;
    enum err e = read_periods(doing, person_id, &periods, &count);
    for (size_t i = 0; e == OK && i < count; i++) e = make_void(doing, periods[i].id);
    return e;
}

enum err membership_follow_joined(struct register_doing *doing, int64_t person_id, const char *joined)
{
    period *periods = NULL;
    size_t count = 0;
    enum err e = read_periods(doing, person_id, &periods, &count);
    if (e != OK || count != 1 || periods[0].ended || strcmp(periods[0].began, "listed") != 0) return e;
    const char *since = listed_since(doing, joined);
    if (!since) return ERR_NOMEM;
    if (strcmp(since, periods[0].from_day) == 0) return OK;
    e = make_void(doing, periods[0].id);
    return e == OK ? begin(doing, person_id, periods[0].unit_id, since, REGISTER_LISTED, DB_NULL) : e;
}
