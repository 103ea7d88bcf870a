/* Private to core/congress/register: what its writers share. */
#ifndef PLENUM_CONGRESS_REGISTER_WRITE_PRIVATE_H
#define PLENUM_CONGRESS_REGISTER_WRITE_PRIVATE_H

#include "core/congress/register/register.h"

#include "catalogue.h"

/* Whose row: a person's, or (person_id DB_NULL) a unit's. */
struct note {
    int64_t person_id, unit_id;
    const char *field, *old, *value;
    bool sensitive;
};
/* One line of register_change. */
enum err register_note(struct register_doing *doing, const struct note *note);
/* The same when the two texts differ. */
enum err register_note_field(struct register_doing *doing, int64_t person_id, int64_t unit_id, const char *field, const char *old, const char *value);

/* membership.c: the unit of a person is another one from doing->day on. old_unit and new_unit DB_NULL: none; is_new: the person was not there before. */
struct unit_change {
    int64_t person_id, old_unit, new_unit;
    const char *joined; /* since when the organisation has them, as far as that is known */
    bool is_new;
};
enum err membership_change(struct register_doing *doing, const struct unit_change *change);
/* Somebody's one period, which a list named, begins with the day on which they joined: that day is another now. */
enum err membership_follow_joined(struct register_doing *doing, int64_t person_id, const char *joined);
/* The open period ends; OK when there is none. */
enum err membership_end(struct register_doing *doing, int64_t person_id, enum register_ended how);
/* None of the person's periods ever was. */
enum err membership_void_all(struct register_doing *doing, int64_t person_id);

/* correct.c: from now on these are the person's periods, as history.h's register_correct takes them, without looking at the unit of the person. */
struct register_period;
enum err membership_replace(struct register_doing *doing, int64_t person_id, const struct register_period *periods, size_t count);
/* Writes a person whose periods are right already. */
enum err register_put_unit(struct register_doing *doing, const struct register_person *before, const struct register_person *after);

bool register_differs(const char *a, const char *b); /* texts that may be NULL */
enum err register_load_types(struct register_doing *doing);
/* The type with this id. ERR_NOT_FOUND. */
enum err register_find_type(struct register_doing *doing, int64_t type_id, const struct register_type **ret);

#endif
