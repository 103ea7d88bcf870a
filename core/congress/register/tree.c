/* The tree of units with what they count: one walk of the index person_by_unit, added up along the tree here. */
#include "core/congress/register/known.h"
#include "core/congress/register/people.h"
#include "core/congress/register/units.h"

#include "catalogue.h"

struct reading {
    const struct units *units;
    const struct register_fields *fields;
    struct register_tree *tree;
    size_t last; /* the unit of the row before: rows of one unit follow one another */
    int64_t last_id;
};

static void add_people(struct register_count *count, const struct register_fields *fields, int64_t known, int64_t people)
{
    count->people += people;
    if (known & KNOWN_WOMAN) count->women += people;
    if (known & KNOWN_MAN) count->men += people;
    if ((known & fields->wanted) == fields->wanted) count->complete += people;
    for (size_t i = 0; i < fields->count; i++) {
        const struct register_field *f = &fields->items[i];
        if (f->wanted) count->wanted += people;
        if (!(known & f->mask)) count->missing[i] += people;
        else if (f->wanted) count->have += people;
    }
}

static void add_count(struct register_count *to, const struct register_count *from, size_t fields)
{
    to->people += from->people;
    to->women += from->women;
    to->men += from->men;
    to->complete += from->complete;
    to->have += from->have;
    to->wanted += from->wanted;
    for (size_t i = 0; i < fields; i++) to->missing[i] += from->missing[i];
}

static enum err take(void *context, const struct sql_tree_counts_row *row)
{
    struct reading *r = context;
    if (row->unit_id != r->last_id) {
        r->last_id = row->unit_id;
        r->last = row->unit_id == DB_NULL ? UNITS_NONE : units_find(r->units, row->unit_id);
    }
    add_people(r->last == UNITS_NONE ? &r->tree->nowhere : &r->tree->units[r->last].own, r->fields, row->known, row->total);
    return OK;
}

/* Behind a unit stand all that are beneath it, so from the last to the first each is whole before it is added to its parent. */
static void add_up(struct register_tree *tree, size_t fields)
{
    for (size_t i = tree->count; i-- > 0;) {
        struct register_tree_unit *u = &tree->units[i];
        add_count(&u->below, &u->own, fields);
        add_count(u->above == UNITS_NONE ? &tree->all : &tree->units[u->above].below, &u->below, fields);
    }
    add_count(&tree->all, &tree->nowhere, fields);
}

enum err register_tree_read(struct db *db, struct arena *arena, const struct register_fields *fields, struct register_tree *ret)
{
    struct units units;
    enum err e = units_load(db, arena, &units);
    if (e != OK) return e;
    struct register_tree tree = {.units = arena_array(arena, units.count + 1, sizeof *tree.units), .count = units.count};
    struct reading reading = {&units, fields, &tree, UNITS_NONE, DB_NULL};
    if (!tree.units) return ERR_NOMEM;
    for (size_t i = 0; i < units.count; i++) {
        const struct units_one *u = &units.items[i];
        tree.units[i] = (struct register_tree_unit){.unit_id = u->id, .code = u->code, .name = u->name, .level = u->level, .sector = u->sector, .members = u->members,
                                                    .closed_day = u->closed_day, .above = u->above, .after = u->after, .depth = u->depth};
    }
    e = sql_tree_counts(db, take, &reading);
    add_up(&tree, fields->count);
    if (e == OK) *ret = tree;
    return e;
}

enum err register_units_read(struct db *db, struct arena *arena, struct register_unit_line **ret, size_t *ret_count)
{
    struct units units;
    enum err e = units_load(db, arena, &units);
    struct register_unit_line *list = e == OK ? arena_array(arena, units.count + 1, sizeof *list) : NULL;
    if (e != OK) return e;
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < units.count; i++) {
        const struct units_one *u = &units.items[i];
        list[i] = (struct register_unit_line){u->id, u->code, u->name, u->closed_day, u->above, u->after, u->depth};
    }
    *ret = list;
    *ret_count = units.count;
    return OK;
}
