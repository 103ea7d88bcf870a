/* Writing people, units and attributes: the row, which fields changed, and how the membership went on. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/register/known.h"
#include "core/congress/register/write_private.h"

#include <stdio.h>
#include <string.h>

bool register_differs(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) != 0 : a != b;
}

enum err register_today(struct db *db, struct arena *arena, int64_t at_ms, char ret[REGISTER_DAY_SIZE])
{
    struct sql_register_zone_row row;
    struct zone_time local;
    enum err e = sql_register_zone(db, arena, &row);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    e = zone_local(e == OK ? row.timezone : "UTC", at_ms, &local);
    if (e != OK) return e;
    (void)snprintf(ret, REGISTER_DAY_SIZE, "%04u-%02u-%02u", (unsigned)local.year % 10000u, (unsigned)local.month % 100u, (unsigned)local.day % 100u);
    return OK;
}

enum err register_begin(struct register_doing *doing)
{
    enum err e = register_today(doing->db, doing->arena, doing->at_ms, doing->today);
    if (e == OK && !doing->day) doing->day = doing->today;
    return e;
}

/* --- what is recorded --- */

enum err register_note(struct register_doing *doing, const struct note *n)
{
    const struct sql_register_note_in in = {id_next(doing->ids), n->person_id, n->unit_id, doing->at_ms, doing->day, n->field, n->old, n->value, n->sensitive,
                                            doing->actor, doing->source};
    return sql_register_note(doing->db, &in, NULL);
}

enum err register_note_field(struct register_doing *doing, int64_t person_id, int64_t unit_id, const char *field, const char *old, const char *value)
{
    if (!register_differs(old, value)) return OK;
    return register_note(doing, &(struct note){person_id, unit_id, field, old, value, false});
}

static enum err unit_code(struct register_doing *doing, int64_t id, const char **ret)
{
    struct sql_register_unit_of_id_row row;
    *ret = NULL;
    if (id == DB_NULL) return OK;
    enum err e = sql_register_unit_of_id(doing->db, doing->arena, id, &row);
    if (e == OK) *ret = row.code;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err note_units(struct register_doing *doing, int64_t person_id, int64_t of_unit, const char *field, int64_t old, int64_t value)
{
    const char *from, *to;
    if (old == value) return OK;
    enum err e = unit_code(doing, old, &from);
    if (e == OK) e = unit_code(doing, value, &to);
    return e == OK ? register_note(doing, &(struct note){person_id, of_unit, field, from, to, false}) : e;
}

static enum err note_number(struct register_doing *doing, int64_t unit_id, const char *field, int64_t old, int64_t value)
{
    if (old == value) return OK;
    const char *was = old == DB_NULL ? NULL : arena_printf(doing->arena, "%lld", (long long)old);
    const char *is = value == DB_NULL ? NULL : arena_printf(doing->arena, "%lld", (long long)value);
    if ((old != DB_NULL && !was) || (value != DB_NULL && !is)) return ERR_NOMEM;
    return register_note(doing, &(struct note){DB_NULL, unit_id, field, was, is, false});
}

/* --- attribute types --- */

/* Types that came after the migration get their marks here, before anybody has a value of them. */
static enum err mark_types(struct register_doing *doing)
{
    int64_t used = 0;
    enum err e = OK;
    for (size_t i = 0; i < doing->type_count; i++) used |= doing->types[i].mask;
    for (size_t i = 0; e == OK && i < doing->type_count; i++) {
        int64_t mask = KNOWN_FIELDS + 1;
        if (doing->types[i].mask) continue;
        for (int k = 0; k < KNOWN_TYPES_MOST && used & mask; k++) mask <<= 1;
        if (used & mask) return OK; /* as many as there is room for: the others are not counted */
        e = sql_register_type_mark(doing->db, doing->types[i].id, mask, NULL);
        doing->types[i].mask = mask;
        used |= mask;
    }
    return e;
}

enum err register_load_types(struct register_doing *doing)
{
    struct sql_register_types_row *rows;
    size_t count;
    enum err e = sql_register_types(doing->db, doing->arena, &rows, &count);
    if (e != OK) return e;
    doing->types = arena_array(doing->arena, count + 1, sizeof *doing->types);
    if (!doing->types) return ERR_NOMEM;
    doing->type_count = count;
    for (size_t i = 0; i < count; i++) doing->types[i] = (struct register_type){rows[i].id, rows[i].mask, rows[i].code, rows[i].sensitive != 0};
    return mark_types(doing);
}

enum err register_find_type(struct register_doing *doing, int64_t type_id, const struct register_type **ret)
{
    enum err e = doing->types ? OK : register_load_types(doing);
    for (size_t i = 0; e == OK && i < doing->type_count; i++) {
        if (doing->types[i].id != type_id) continue;
        *ret = &doing->types[i];
        return OK;
    }
    return e != OK ? e : fault_set(doing->fault, ERR_NOT_FOUND, "there is no such attribute type");
}

/* --- people --- */

static enum err note_person(struct register_doing *doing, const struct register_person *a, const struct register_person *b)
{
    const struct {
        const char *field, *old, *value;
    } fields[] = {{"code", a->code, b->code}, {"name", a->name, b->name}, {"sort_name", a->sort_name, b->sort_name}, {"honorific", a->honorific, b->honorific},
                  {"title", a->title, b->title}, {"gender", a->gender, b->gender}, {"born", a->born, b->born}, {"joined", a->joined, b->joined},
                  {"phone", a->phone, b->phone}, {"email", a->email, b->email}, {"photo", a->photo_blob, b->photo_blob}};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof fields / sizeof fields[0]; i++)
        e = register_note_field(doing, a->id, DB_NULL, fields[i].field, fields[i].old, fields[i].value);
    return e == OK ? note_units(doing, a->id, DB_NULL, "unit", a->unit_id, b->unit_id) : e;
}

static bool is_same(const struct register_person *a, const struct register_person *b)
{
    const char *const old[] = {a->code, a->name, a->name_fold, a->name_sort, a->sort_name, a->honorific, a->title, a->gender, a->born, a->joined, a->phone, a->email,
                               a->photo, a->photo_blob};
    const char *const value[] = {b->code, b->name, b->name_fold, b->name_sort, b->sort_name, b->honorific, b->title, b->gender, b->born, b->joined, b->phone, b->email,
                                 b->photo, b->photo_blob};
    for (size_t i = 0; i < sizeof old / sizeof old[0]; i++)
        if (register_differs(old[i], value[i])) return false;
    return a->unit_id == b->unit_id;
}

/* The bits that stay, and those that come. */
static enum err mark_attributes(struct register_doing *doing, const struct register_attribute *attributes, size_t count, int64_t *keep, int64_t *known)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct register_type *type = NULL;
        e = register_find_type(doing, attributes[i].type_id, &type);
        if (e != OK) return e;
        *keep &= ~type->mask;
        if (attributes[i].value) *known |= type->mask;
    }
    return e;
}

static enum err put_person(struct register_doing *doing, const struct register_person *p, int64_t known, int64_t keep)
{
    const struct sql_register_person_put_in in = {p->id, p->code, p->name, p->name_fold, p->name_sort, p->sort_name, p->honorific, p->unit_id, p->title, p->gender,
                                                  p->born, p->joined, p->phone, p->email, p->photo, p->photo_blob, known, keep};
    enum err e = sql_register_person_put(doing->db, &in, NULL);
    return e == ERR_CONFLICT ? fault_set(doing->fault, e, "the code \"%s\" is somebody else's, or there is no such unit", p->code) : e;
}

/* A new person's first values are their row and no changes. */
static enum err put_attributes(struct register_doing *doing, int64_t person_id, const struct register_attribute *attributes, size_t count, bool is_new)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct register_attribute *a = &attributes[i];
        const struct register_type *type = NULL;
        if (!register_differs(a->old, a->value)) continue;
        e = a->value ? sql_register_attribute_put(doing->db, person_id, a->type_id, a->value, NULL) : sql_register_attribute_drop(doing->db, person_id, a->type_id, NULL);
        if (e != OK || is_new) continue;
        e = register_find_type(doing, a->type_id, &type);
        const char *field = e == OK ? arena_printf(doing->arena, "attribute:%s", type->code) : NULL;
        if (e == OK) e = field ? register_note(doing, &(struct note){person_id, DB_NULL, field, a->old, a->value, type->sensitive}) : ERR_NOMEM;
    }
    return e;
}

static bool changes_any(const struct register_attribute *attributes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (register_differs(attributes[i].old, attributes[i].value)) return true;
    return false;
}

enum err register_write_person(struct register_doing *doing, const struct register_person *before, const struct register_person *after,
                               const struct register_attribute *attributes, size_t attribute_count, bool *ret_changed)
{
    int64_t keep = ~(int64_t)KNOWN_FIELDS, known = known_of_fields(after);
    if (before && is_same(before, after) && !changes_any(attributes, attribute_count)) {
        if (ret_changed) *ret_changed = false;
        return OK;
    }
    enum err e = mark_attributes(doing, attributes, attribute_count, &keep, &known);
    if (e == OK) e = put_person(doing, after, known, keep);
    if (e == OK) e = put_attributes(doing, after->id, attributes, attribute_count, !before);
    if (e == OK && !before && doing->of_event && after->unit_id == DB_NULL) e = sql_register_person_of_event(doing->db, after->id, doing->of_event, NULL);
    if (e == OK) e = before ? note_person(doing, before, after) : register_note(doing, &(struct note){after->id, DB_NULL, "created", NULL, after->code, false});
    const struct unit_change change = {after->id, before ? before->unit_id : DB_NULL, after->unit_id, after->joined, !before};
    if (e == OK) e = membership_change(doing, &change);
    if (e == OK && before && before->unit_id == after->unit_id && after->unit_id != DB_NULL && register_differs(before->joined, after->joined))
        e = membership_follow_joined(doing, after->id, after->joined);
    if (e == OK && ret_changed) *ret_changed = true;
    return e;
}

enum err register_claim_new(struct register_doing *doing)
{
    return sql_register_people_of_event(doing->db, id_least_at(doing->at_ms), NULL);
}

enum err register_put_unit(struct register_doing *doing, const struct register_person *before, const struct register_person *after)
{
    enum err e = put_person(doing, after, known_of_fields(after), ~(int64_t)KNOWN_FIELDS);
    return e == OK ? note_person(doing, before, after) : e;
}

enum err register_remove_person(struct register_doing *doing, int64_t person_id, bool was_mistake)
{
    struct register_person person;
    enum err e = register_person_by_id(doing->db, doing->arena, person_id, &person);
    if (e == ERR_NOT_FOUND) return fault_set(doing->fault, e, "this person is not in the register");
    if (e == OK) e = was_mistake ? membership_void_all(doing, person_id) : membership_end(doing, person_id, REGISTER_REMOVED);
    if (e == OK) e = register_note(doing, &(struct note){person_id, DB_NULL, "removed", person.code, NULL, false});
    if (e == OK) e = sql_register_person_drop(doing->db, person_id, NULL);
    return e == ERR_CONFLICT ? fault_because(doing->fault, e, "register_needed", person.code, "%s is a delegate, or has a card: that must go first", person.code) : e;
}

enum err register_tell(struct register_doing *doing, int64_t person_id)
{
    enum err e = find_index_touch_person(doing->db, doing->arena, person_id);
    if (e == OK) e = sql_import_event_bump_of_person(doing->db, person_id, NULL);
    return e == OK ? sql_import_delegate_touch_person(doing->db, person_id, NULL) : e;
}

enum err register_forget(struct register_doing *doing, int64_t person_id)
{
    struct register_person person;
    enum err e = register_person_by_id(doing->db, doing->arena, person_id, &person);
    if (e == OK) e = register_remove_person(doing, person_id, false);
    if (e == ERR_NOT_FOUND) e = OK; /* they are gone already: what is left of them goes */
    if (e == OK) e = find_index_touch_person(doing->db, doing->arena, person_id);
    if (e == OK) e = sql_membership_forget(doing->db, person_id, NULL);
    if (e == OK) e = sql_register_change_forget(doing->db, person_id, NULL);
    if (e == OK) e = sql_register_merge_forget(doing->db, person_id, NULL);
    if (e == OK) e = sql_register_alias_forget(doing->db, person_id, NULL);
    return e == OK ? sql_register_distinct_forget(doing->db, person_id, NULL) : e;
}

/* --- units --- */

enum err register_write_unit(struct register_doing *doing, const struct register_unit *before, const struct register_unit *after, bool *ret_changed)
{
    const struct sql_register_unit_put_in in = {after->id, after->code, after->name, after->name_fold, after->parent_id, after->level, after->sector,
                                                after->sort_order, after->members};
    const struct register_unit *a = before, *b = after;
    bool same = a && !register_differs(a->code, b->code) && !register_differs(a->name, b->name) && !register_differs(a->name_fold, b->name_fold) &&
                a->parent_id == b->parent_id && !register_differs(a->level, b->level) && !register_differs(a->sector, b->sector) && a->sort_order == b->sort_order &&
                a->members == b->members;
    if (ret_changed) *ret_changed = !same;
    if (same) return OK;
    enum err e = sql_register_unit_put(doing->db, &in, NULL);
    if (e == ERR_CONFLICT) return fault_set(doing->fault, e, "the code \"%s\" is another unit's, or there is no such unit above it", after->code);
    if (e == OK && !a) return register_note(doing, &(struct note){DB_NULL, b->id, "created", NULL, b->code, false});
    if (e == OK) e = register_note_field(doing, DB_NULL, b->id, "code", a->code, b->code);
    if (e == OK) e = register_note_field(doing, DB_NULL, b->id, "name", a->name, b->name);
    if (e == OK) e = note_units(doing, DB_NULL, b->id, "parent", a->parent_id, b->parent_id);
    if (e == OK) e = register_note_field(doing, DB_NULL, b->id, "level", a->level, b->level);
    if (e == OK) e = register_note_field(doing, DB_NULL, b->id, "sector", a->sector, b->sector);
    if (e == OK) e = note_number(doing, b->id, "order", a->sort_order, b->sort_order);
    return e == OK ? note_number(doing, b->id, "members", a->members, b->members) : e;
}

enum err register_remove_unit(struct register_doing *doing, int64_t unit_id)
{
    struct sql_register_unit_needed_row needed;
    struct register_unit unit;
    enum err e = register_unit_by_id(doing->db, doing->arena, unit_id, &unit);
    if (e == ERR_NOT_FOUND) return fault_set(doing->fault, e, "there is no such unit");
    if (e == OK) e = sql_register_unit_needed(doing->db, NULL, unit_id, &needed);
    if (e == OK && (needed.people || needed.units || needed.delegates))
        return fault_because(doing->fault, ERR_CONFLICT, "register_unit_needed", unit.code, "%s has people, units beneath it or delegates", unit.code);
    if (e == OK) e = register_note(doing, &(struct note){DB_NULL, unit_id, "removed", unit.code, unit.name, false});
    return e == OK ? sql_register_unit_drop(doing->db, unit_id, NULL) : e;
}
