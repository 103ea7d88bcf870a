/* What an organiser does with people and units of the register, with all checks. Each runs in the caller's transaction behind register_begin, records what it
 * does, writes one line of the audit log (which fields, never values), and tells the index of names and the doors.
 *
 * doing->day is the day on which it happened: not in the future, and not before the membership that it ends began. ERR_INPUT, ERR_NOT_FOUND and ERR_CONFLICT have a
 * sentence and a reason: "register_day" (detail: the day), "register_value" (the field), "register_person", "register_unit", "register_code_taken", "register_changed"
 * (somebody was faster), "register_member" and "register_no_member" (they are in a unit already, or in none), "register_unit_circle", "register_unit_closed" (nobody
 * comes into the unit any more), "register_unit_where" (its people and the units beneath it need a place), "register_unit_later" (somebody whose membership began behind
 * the day). */
#ifndef PLENUM_CONGRESS_REGISTER_EDIT_H
#define PLENUM_CONGRESS_REGISTER_EDIT_H

#include "core/congress/register/register.h"

/* What is known of a person, as somebody typed it. NULL: unchanged; "": cleared (never code and name). */
struct register_edit {
    const char *code, *name, *sort_name, *honorific, *title, *gender, *born, *joined, *phone, *email;
    int64_t seen; /* register_person_version as the page had it; 0: it does not say */
    bool labels_as_stored; /* the title is a text, or a language map as JSON; else it is a text whatever it looks like */
};
/* A number that is another one whenever something about the person, or the unit, was recorded. */
enum err register_person_version(struct db *db, int64_t person_id, int64_t *ret);
enum err register_unit_version(struct db *db, int64_t unit_id, int64_t *ret);
/* ERR_CONFLICT "register_changed" unless the person's version is that one; 0 is every version. */
enum err register_check_seen(struct register_doing *doing, const char *code, int64_t seen);

enum err register_edit_person(struct register_doing *doing, const char *code, const struct register_edit *edit);
/* Somebody new, who joins the unit on doing->day (unit NULL: none). A code is made when none is given: "M-" and six letters. */
enum err register_add_person(struct register_doing *doing, const struct register_edit *facts, const char *unit, const char **ret_code);
/* Canonical JSON, NULL: has none any more. ERR_INPUT: no such type, or not of its kind. */
enum err register_edit_attribute(struct register_doing *doing, const char *code, const char *type, const char *value);

enum err register_move(struct register_doing *doing, const char *code, const char *unit);
/* The membership ended: left, retired, died, removed. The person stays in the register, in no unit. */
enum err register_end(struct register_doing *doing, const char *code, enum register_ended how);
/* Somebody who is in no unit comes into one: returned, or (never was in any) joined. */
enum err register_return(struct register_doing *doing, const char *code, const char *unit);

struct register_unit_edit {
    const char *code, *name, *parent, *level, *sector; /* parent: a code; NULL: unchanged; "": cleared */
    bool says_order, says_members, labels_as_stored;
    int64_t order, members; /* DB_NULL: cleared */
    int64_t seen;           /* register_unit_version as the page had it; 0: it does not say */
};
enum err register_edit_unit(struct register_doing *doing, const char *code, const struct register_unit_edit *edit);
enum err register_add_unit(struct register_doing *doing, const struct register_unit_edit *facts);

/* Closing a unit on doing->day, or putting it into another: its people move to the unit `to` on that day, the units beneath it come beneath `to`, and it is closed. It
 * stays in the tree, so that the past of what is above it stays what it was, and where it sends delegates it does so still. Three steps, so that a large unit
 * takes turns with whoever else writes: register_close_check; then register_close_people (`most` people, or 20 ms of them) until *ret_left is 0; then
 * register_close_unit, which checks all of it again.
 * Whoever is stopped between them begins anew and goes on. `to` may be NULL where the unit has neither people nor units. */
enum err register_close_check(struct register_doing *doing, const char *code, const char *to, int64_t *ret_people);
enum err register_close_people(struct register_doing *doing, const char *code, const char *to, int64_t most, int64_t *ret_left);
enum err register_close_unit(struct register_doing *doing, const char *code, const char *to);
/* It goes on: closing it was wrong. Who moved stays where they are. */
enum err register_reopen_unit(struct register_doing *doing, const char *code);

#endif
