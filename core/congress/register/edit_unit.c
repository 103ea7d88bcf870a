/* How somebody moves, goes and returns; and what an organiser changes of a unit. */
#include "core/base/text.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/edit.h"
#include "core/congress/register/edit_private.h"

#include <string.h>

#define DEEPEST_UNIT 32

static enum err refuse_day(struct register_doing *doing, const char *why)
{
    return fault_because(doing->fault, ERR_INPUT, "register_day", doing->day, "%.20s: %s", doing->day, why);
}

enum err edit_check_day(struct register_doing *doing)
{
    if (!person_date_is_good(doing->day)) return refuse_day(doing, "is no day");
    return strcmp(doing->day, doing->today) > 0 ? refuse_day(doing, "lies in the future") : OK;
}

/* Nothing happens before what is recorded of that person already: who means the past corrects it (history.h). */
static enum err check_order(struct register_doing *doing, int64_t person_id)
{
    struct sql_membership_of_person_row *periods;
    size_t count;
    enum err e = sql_membership_of_person(doing->db, doing->arena, person_id, &periods, &count);
    if (e != OK || !count) return e;
    const struct sql_membership_of_person_row *last = &periods[count - 1];
    const char *after = last->ended ? last->until_day : last->from_day;
    return strcmp(doing->day, after) < 0 ? refuse_day(doing, "is before what is recorded already") : OK;
}

static enum err change_unit(struct register_doing *doing, const struct register_person *person, int64_t unit_id, const char *action, json_t *detail)
{
    struct register_person after = *person;
    after.unit_id = unit_id;
    enum err e = register_write_person(doing, person, &after, NULL, 0, NULL);
    if (e == OK) e = edit_audit(doing, action, person->code, detail);
    else json_decref(detail);
    return e == OK ? register_tell(doing, person->id) : e;
}

static enum err begin(struct register_doing *doing, const char *code, struct register_person *person, bool is_member)
{
    enum err e = edit_check_day(doing);
    if (e == OK) e = edit_find_person(doing, code, person);
    if (e == OK) e = check_order(doing, person->id);
    if (e != OK || (person->unit_id != DB_NULL) == is_member) return e;
    return is_member ? fault_because(doing->fault, ERR_CONFLICT, "register_no_member", person->code, "%s is in no unit", person->code)
                     : fault_because(doing->fault, ERR_CONFLICT, "register_member", person->code, "%s is in a unit", person->code);
}

enum err register_move(struct register_doing *doing, const char *code, const char *unit)
{
    struct register_person person;
    int64_t unit_id = DB_NULL;
    enum err e = begin(doing, code, &person, true);
    if (e == OK) e = edit_find_unit(doing, unit, &unit_id);
    if (e != OK || unit_id == person.unit_id) return e;
    return change_unit(doing, &person, unit_id, "register move", json_pack("{s:s,s:s}", "unit", unit, "day", doing->day));
}

enum err register_end(struct register_doing *doing, const char *code, enum register_ended how)
{
    struct register_person person;
    enum register_ended was = doing->ends_as;
    enum err e = begin(doing, code, &person, true);
    if (e != OK) return e;
    doing->ends_as = how == REGISTER_MOVED_OUT ? REGISTER_REMOVED : how;
    e = change_unit(doing, &person, DB_NULL, "register end", json_pack("{s:s,s:s}", "how", register_ended_name(doing->ends_as), "day", doing->day));
    doing->ends_as = was;
    return e;
}

enum err register_return(struct register_doing *doing, const char *code, const char *unit)
{
    struct register_person person;
    int64_t unit_id = DB_NULL;
    bool was = doing->is_joining;
    enum err e = begin(doing, code, &person, false);
    if (e == OK) e = edit_find_unit(doing, unit, &unit_id);
    if (e != OK) return e;
    doing->is_joining = true;
    e = change_unit(doing, &person, unit_id, "register return", json_pack("{s:s,s:s}", "unit", unit, "day", doing->day));
    doing->is_joining = was;
    return e;
}

/* --- units --- */

static enum err check_circle(struct register_doing *doing, const struct register_unit *unit)
{
    int64_t at = unit->parent_id;
    for (int depth = 0; at != DB_NULL; depth++) {
        struct register_unit above;
        enum err e = at == unit->id || depth == DEEPEST_UNIT ? ERR_CONFLICT : register_unit_by_id(doing->db, doing->arena, at, &above);
        if (e == ERR_CONFLICT)
            return fault_because(doing->fault, ERR_INPUT, "register_unit_circle", unit->code, "%s would be beneath itself, or too deep in the tree", unit->code);
        if (e != OK) return e;
        at = above.parent_id;
    }
    return OK;
}

static enum err check_number(struct register_doing *doing, const char *field, int64_t value)
{
    if (value == DB_NULL || (value >= 0 && value <= 1000000000)) return OK;
    return fault_because(doing->fault, ERR_INPUT, "register_value", field, "%s: must be 0 to 1 000 000 000", field);
}

static enum err read_unit(struct register_doing *doing, const struct register_unit_edit *edit, struct register_unit *u)
{
    enum err e = edit_label(doing, "name", edit->name, edit->labels_as_stored, &u->name);
    if (e == OK && !u->name) e = fault_because(doing->fault, ERR_INPUT, "register_value", "name", "a name is needed");
    if (e == OK) e = edit_text(doing, "level", edit->level, 64, &u->level);
    if (e == OK) e = edit_text(doing, "sector", edit->sector, 64, &u->sector);
    if (edit->parent && !*edit->parent) u->parent_id = DB_NULL;
    if (e == OK && edit->parent && *edit->parent) e = edit_find_unit(doing, edit->parent, &u->parent_id);
    if (edit->says_order) u->sort_order = edit->order;
    if (edit->says_members) u->members = edit->members;
    if (e == OK) e = check_number(doing, "order", u->sort_order);
    if (e == OK) e = check_number(doing, "members", u->members);
    if (e == OK) e = check_circle(doing, u);
    if (e != OK) return e;
    u->name_fold = label_fold(doing->arena, u->name);
    return u->name_fold ? OK : ERR_NOMEM;
}

/* A new name is one on every page, badge and list of an event where the unit sends delegates, and finds its people. */
static enum err tell_unit(struct register_doing *doing, const struct register_unit *before, const struct register_unit *after)
{
    struct sql_register_people_of_unit_row *people = NULL;
    size_t count = 0;
    enum err e = OK;
    if (before && strcmp(before->name, after->name) == 0 && strcmp(before->code, after->code) == 0) return OK;
    e = sql_import_event_bump_of_unit(doing->db, after->id, NULL);
    if (e == OK) e = sql_import_delegate_touch_unit(doing->db, after->id, NULL);
    if (e == OK) e = sql_register_people_of_unit(doing->db, doing->arena, after->id, &people, &count);
    for (size_t i = 0; e == OK && i < count; i++) e = register_tell(doing, people[i].person_id);
    return e;
}

enum err register_unit_version(struct db *db, int64_t unit_id, int64_t *ret)
{
    struct sql_register_unit_version_row row;
    enum err e = sql_register_unit_version(db, NULL, unit_id, &row);
    if (e == OK) *ret = row.version;
    return e;
}

enum err register_edit_unit(struct register_doing *doing, const char *code, const struct register_unit_edit *edit)
{
    struct register_unit before, after, other;
    bool changed = false;
    int64_t version = 0;
    enum err e = register_unit_by_code(doing->db, doing->arena, code, &before);
    if (e == ERR_NOT_FOUND) return fault_because(doing->fault, e, "register_unit", code, "there is no unit \"%.64s\"", code);
    if (e == OK && edit->seen) e = register_unit_version(doing->db, before.id, &version);
    if (e == OK && version != edit->seen)
        return fault_because(doing->fault, ERR_CONFLICT, "register_changed", before.code, "somebody changed %s meanwhile: look again", before.code);
    if (e != OK) return e;
    after = before;
    if (edit->code && strcmp(edit->code, before.code) != 0) {
        if (!text_is_code(edit->code)) return fault_because(doing->fault, ERR_INPUT, "register_value", "code", "\"%.64s\" is no code", edit->code);
        e = register_unit_by_code(doing->db, doing->arena, edit->code, &other);
        if (e == OK) return fault_because(doing->fault, ERR_CONFLICT, "register_code_taken", edit->code, "there is a unit \"%.64s\"", edit->code);
        if (e != ERR_NOT_FOUND) return e;
        after.code = edit->code;
    }
    e = read_unit(doing, edit, &after);
    if (e == OK) e = register_write_unit(doing, &before, &after, &changed);
    if (e != OK || !changed) return e;
    e = tell_unit(doing, &before, &after);
    return e == OK ? edit_audit(doing, "register unit", after.code, json_pack("{s:s}", "name", after.name)) : e;
}

enum err register_add_unit(struct register_doing *doing, const struct register_unit_edit *facts)
{
    struct register_unit unit = {.id = id_next(doing->ids), .code = facts->code, .parent_id = DB_NULL, .sort_order = DB_NULL, .members = DB_NULL}, other;
    if (!facts->code || !text_is_code(facts->code)) return fault_because(doing->fault, ERR_INPUT, "register_value", "code", "a code is needed");
    enum err e = register_unit_by_code(doing->db, doing->arena, facts->code, &other);
    if (e == OK) return fault_because(doing->fault, ERR_CONFLICT, "register_code_taken", facts->code, "there is a unit \"%.64s\"", facts->code);
    if (e != ERR_NOT_FOUND) return e;
    e = read_unit(doing, facts, &unit);
    if (e == OK) e = register_write_unit(doing, NULL, &unit, NULL);
    return e == OK ? edit_audit(doing, "register unit", unit.code, json_pack("{s:s}", "name", unit.name)) : e;
}
