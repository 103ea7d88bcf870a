/* Closing a unit: whether it can be, its people in slices, the units beneath it, and opening it again. */
#include "core/base/clock.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/edit.h"
#include "core/congress/register/edit_private.h"

#include <string.h>

#define SLICE_US 20000 /* others who write wait for one slice at most */

struct closing {
    struct register_unit unit, to;
    bool has_to;
    int64_t people, units;
};

static enum err find(struct register_doing *doing, const char *code, struct register_unit *ret)
{
    enum err e = register_unit_by_code(doing->db, doing->arena, code, ret);
    return e == ERR_NOT_FOUND ? fault_because(doing->fault, e, "register_unit", code, "there is no unit \"%.64s\"", code) : e;
}

static enum err check_open(struct register_doing *doing, const struct register_unit *unit)
{
    struct sql_register_unit_closed_row row;
    enum err e = sql_register_unit_closed(doing->db, doing->arena, unit->id, &row);
    if (e != OK || !row.closed_day) return e;
    return fault_because(doing->fault, ERR_CONFLICT, "register_unit_closed", unit->code, "the unit %s is closed", unit->code);
}

/* What is beneath the unit cannot take it in. */
static enum err check_place(struct register_doing *doing, const struct closing *c)
{
    int64_t at = c->to.id;
    while (at != DB_NULL) {
        struct register_unit above;
        if (at == c->unit.id)
            return fault_because(doing->fault, ERR_INPUT, "register_unit_circle", c->unit.code, "%s would be beneath itself", c->unit.code);
        enum err e = register_unit_by_id(doing->db, doing->arena, at, &above);
        if (e != OK) return e;
        at = above.parent_id;
    }
    return OK;
}

static enum err check_later(struct register_doing *doing, const struct closing *c)
{
    struct sql_register_unit_later_row row;
    enum err e = sql_register_unit_later(doing->db, doing->arena, c->unit.id, doing->day, &row);
    if (e == ERR_NOT_FOUND) return OK;
    return e == OK ? fault_because(doing->fault, ERR_CONFLICT, "register_unit_later", row.code, "the membership of %s began behind that day", row.code) : e;
}

static enum err check(struct register_doing *doing, const char *code, const char *to, struct closing *c)
{
    struct sql_register_unit_counts_row counts;
    *c = (struct closing){.has_to = to && *to};
    enum err e = edit_check_day(doing);
    if (e == OK) e = find(doing, code, &c->unit);
    if (e == OK) e = check_open(doing, &c->unit);
    if (e == OK) e = sql_register_unit_counts(doing->db, NULL, c->unit.id, &counts);
    if (e != OK) return e;
    c->people = counts.people;
    c->units = counts.units;
    if (!c->has_to && (c->people || c->units))
        return fault_because(doing->fault, ERR_INPUT, "register_unit_where", c->unit.code, "%s has people or units: they need another unit", c->unit.code);
    if (c->has_to) e = find(doing, to, &c->to);
    if (e == OK && c->has_to) e = check_open(doing, &c->to);
    if (e == OK && c->has_to) e = check_place(doing, c);
    return e == OK ? check_later(doing, c) : e;
}

enum err register_close_check(struct register_doing *doing, const char *code, const char *to, int64_t *ret_people)
{
    struct closing c;
    enum err e = check(doing, code, to, &c);
    if (e == OK) *ret_people = c.people;
    return e;
}

enum err register_close_people(struct register_doing *doing, const char *code, const char *to, int64_t most, int64_t *ret_left)
{
    struct closing c;
    struct sql_register_unit_people_row *people = NULL;
    size_t count = 0;
    int64_t until = clock_steady_us() + SLICE_US, moved = 0;
    enum err e = check(doing, code, to, &c);
    if (e == OK) e = sql_register_unit_people(doing->db, doing->arena, c.unit.id, most, &people, &count);
    for (size_t i = 0; e == OK && i < count && (i == 0 || clock_steady_us() < until); i++, moved++) e = register_move(doing, people[i].code, c.to.code);
    if (e == OK) *ret_left = c.people - moved;
    return e;
}

static enum err set_closed(struct register_doing *doing, const struct register_unit *unit, const char *day)
{
    struct sql_register_unit_closed_row row;
    enum err e = sql_register_unit_closed(doing->db, doing->arena, unit->id, &row);
    if (e == OK) e = sql_register_unit_close(doing->db, unit->id, day, NULL);
    return e == OK ? register_note_field(doing, DB_NULL, unit->id, "closed", row.closed_day, day) : e;
}

enum err register_close_unit(struct register_doing *doing, const char *code, const char *to)
{
    struct closing c;
    struct sql_register_unit_children_row *beneath = NULL;
    size_t count = 0;
    enum err e = check(doing, code, to, &c);
    if (e == OK && c.people) return fault_because(doing->fault, ERR_CONFLICT, "register_unit_needed", c.unit.code, "%s has people still", c.unit.code);
    if (e == OK) e = sql_register_unit_children(doing->db, doing->arena, c.unit.id, &beneath, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct register_unit_edit edit = {.parent = c.to.code};
        e = register_edit_unit(doing, beneath[i].code, &edit);
    }
    if (e == OK) e = set_closed(doing, &c.unit, doing->day);
    return e == OK ? edit_audit(doing, "register close", c.unit.code, json_pack("{s:s?,s:s}", "to", c.has_to ? c.to.code : NULL, "day", doing->day)) : e;
}

enum err register_reopen_unit(struct register_doing *doing, const char *code)
{
    struct register_unit unit;
    struct sql_register_unit_closed_row row;
    enum err e = find(doing, code, &unit);
    if (e == OK) e = sql_register_unit_closed(doing->db, doing->arena, unit.id, &row);
    if (e != OK || !row.closed_day) return e;
    e = set_closed(doing, &unit, NULL);
    return e == OK ? edit_audit(doing, "register reopen", unit.code, json_object()) : e;
}
