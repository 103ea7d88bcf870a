/* The only way to sensitive attributes (attribute_type.sensitive) for anything that a person sees: each reading is in the audit log (who, when, whose, which), in the
 * same transaction that reads. Desk, badge, wall, roster, logs and default exports have no business here.
 *
 * Changes of sensitive attributes stand in register_change with their values; register_changes_* hide those, and only register_sensitive_changes gives them. */
#ifndef PLENUM_CONGRESS_REGISTER_SENSITIVE_H
#define PLENUM_CONGRESS_REGISTER_SENSITIVE_H

#include "core/congress/register/history.h"

struct register_value {
    const char *type, *title, *kind, *choices; /* title, choices: JSON as stored */
    const char *value;                         /* canonical JSON; NULL: hidden, or (is_known false) not known */
    bool sensitive, is_known;
};

/* Attributes of a person, each type once, by code; sensitive ones hidden. Reads only, and nothing is noted. */
enum err register_values_read(struct db *db, struct arena *arena, int64_t person_id, struct register_value **ret, size_t *ret_count);

/* The same with the values of sensitive ones: in the caller's transaction (the writer's), with one line of the audit log: "sensitive read", subject the person's code,
 * detail {"attributes": [codes of those that were shown], "where": source}. No line when nothing sensitive is known of the person. */
enum err register_sensitive_values(struct register_doing *doing, int64_t person_id, struct register_value **ret, size_t *ret_count);

/* The person's changes of sensitive attributes with their values, the newest first; noted as above. */
enum err register_sensitive_changes(struct register_doing *doing, int64_t person_id, int64_t before, int64_t most, struct register_change **ret, size_t *ret_count);

/* For lists and exports that name sensitive attribute types: one line of the audit log for all of them. `subject`: whose ("register", a unit's or event's code). Call it
 * in the transaction before the file goes out. */
enum err register_sensitive_note(struct register_doing *doing, const char *subject, const char *const *types, size_t count, int64_t people);

#endif
