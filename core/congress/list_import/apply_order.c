/* In which order the plan is written: units from above, people, delegates so that a number is free before somebody gets it. */
#include "core/congress/list_import/apply.h"

static bool is_written(const struct list_row *row)
{
    return row->kind == LIST_ROW_NEW || row->kind == LIST_ROW_CHANGED || row->kind == LIST_ROW_REMOVED;
}

static enum err add_item(struct applying *a, enum item_kind kind, struct list_row *row, struct row *subject)
{
    if (arena_grow(&a->arena, &a->items, &a->capacity, a->count, sizeof *a->items) != 0) return ERR_NOMEM;
    a->items[a->count++] = (struct item){.kind = kind, .row = row, .subject = subject};
    return OK;
}

/* A unit goes behind the one above it, so that no step on the way makes a circle of the tree. */
static enum err add_unit(struct applying *a, struct list_row *row, struct row *unit)
{
    const struct table *units = &a->m->plan.tables[ENTITY_UNIT];
    const struct db_value *parent = &unit->next[entity_column(ENTITY_UNIT, "parent")];
    if (unit->kept || !import_row_differs(ENTITY_UNIT, unit)) return OK;
    unit->kept = true; /* listed */
    struct row *above = parent->type == DB_TYPE_I64 ? table_find_id(units, parent->i64) : NULL;
    struct list_row *of = above && above->index && above->index <= a->m->count ? &a->m->rows[above->index - 1] : NULL;
    if (of && of->unit != above) of = NULL;
    bool first = above && above->next && (!above->now || (of && is_written(of)));
    enum err e = first ? add_unit(a, of ? of : row, above) : OK;
    return e == OK ? add_item(a, ITEM_UNIT, row, unit) : e;
}

/* A unit that no list named but by its name, and that somebody is now in. */
static enum err add_named_unit(struct applying *a, struct list_row *row, const struct db_value *id)
{
    struct row *unit = id->type == DB_TYPE_I64 ? table_find_id(&a->m->plan.tables[ENTITY_UNIT], id->i64) : NULL;
    return unit && !unit->now && unit->next ? add_unit(a, row, unit) : OK;
}

static enum err list_units(struct applying *a)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < a->m->count; i++) {
        struct list_row *row = &a->m->rows[i];
        if (!is_written(row)) continue;
        if (row->unit) e = add_unit(a, row, row->unit);
        if (e == OK && row->person && row->person->next) e = add_named_unit(a, row, &row->person->next[entity_column(ENTITY_PERSON, "unit")]);
        if (e == OK && row->delegate && row->delegate->next) e = add_named_unit(a, row, &row->delegate->next[entity_column(ENTITY_DELEGATE, "delegation")]);
    }
    return e;
}

/* --- delegates: numbers change hands within one list -------------------------------------------------------------------------------------------------- */

struct place {
    struct list_row *row;
    bool on_path, done;
};

struct places {
    struct place *items;
    size_t count, *path, length;
    struct map holders; /* number -> struct place *: who gives it up */
};

static bool writes_delegate(const struct list_row *row)
{
    return is_written(row) && row->delegate && !row->delegate->kept && import_row_differs(ENTITY_DELEGATE, row->delegate);
}

static const char *number_in(const struct db_value *values)
{
    return values ? values[entity_column(ENTITY_DELEGATE, "number")].text : NULL;
}

static bool changes_number(const struct row *delegate)
{
    const size_t number = entity_column(ENTITY_DELEGATE, "number");
    return !delegate->now || !value_equal(&delegate->now[number], &delegate->next[number]);
}

static enum err find_places(struct applying *a, struct places *p)
{
    struct list_import *m = a->m;
    p->holders.arena = &a->arena;
    p->items = arena_array(&a->arena, m->count + 1, sizeof *p->items);
    p->path = arena_array(&a->arena, m->count + 1, sizeof *p->path);
    if (!p->items || !p->path) return ERR_NOMEM;
    for (size_t i = 0; i < m->count; i++) {
        const struct row *delegate = m->rows[i].delegate;
        if (!writes_delegate(&m->rows[i])) continue;
        struct place *place = &p->items[p->count++];
        place->row = &m->rows[i];
        const char *gives = changes_number(delegate) ? number_in(delegate->now) : NULL;
        if (gives && map_put(&p->holders, gives, place) != 0) return ERR_NOMEM;
    }
    return OK;
}

/* From somebody to who has the number that they get, and so on, until a number is free, or it goes round: *ret_round, where on the path it does. */
static void follow(struct places *p, size_t from, size_t *ret_round)
{
    struct place *place = &p->items[from];
    p->length = 0;
    *ret_round = SIZE_MAX;
    while (place && !place->done && !place->on_path) {
        place->on_path = true;
        p->path[p->length++] = (size_t)(place - p->items);
        const struct row *delegate = place->row->delegate;
        const char *gets = changes_number(delegate) ? number_in(delegate->next) : NULL;
        place = gets ? map_get(&p->holders, gets) : NULL;
    }
    if (!place || place->done) return;
    for (size_t i = 0; i < p->length; i++)
        if (&p->items[p->path[i]] == place) *ret_round = i;
}

/* The path from its end, where a number is free. Of those in a round one gives theirs up first, and is the last of the round. */
static enum err add_path(struct applying *a, struct places *p, size_t round)
{
    struct place *first = round == SIZE_MAX ? NULL : &p->items[p->path[round]];
    bool together = first && p->length - round <= TOGETHER_MOST;
    enum err e = first ? add_item(a, ITEM_NUMBER, first->row, first->row->delegate) : OK;
    for (size_t i = p->length; e == OK && i-- > 0;) {
        struct place *place = &p->items[p->path[i]];
        place->done = true;
        e = add_item(a, ITEM_DELEGATE, place->row, place->row->delegate);
        if (e != OK || !first || i < round) continue;
        a->items[a->count - 1].joined = together;
        a->items[a->count - 1].gave = i == round;
    }
    return e;
}

static enum err list_delegates(struct applying *a)
{
    struct places places = {0};
    enum err e = find_places(a, &places);
    for (size_t i = 0; e == OK && i < places.count; i++) {
        size_t round;
        if (places.items[i].done) continue;
        follow(&places, i, &round);
        e = add_path(a, &places, round);
    }
    return e;
}

enum err apply_order(struct applying *a)
{
    struct list_import *m = a->m;
    enum err e = list_units(a);
    for (size_t i = 0; e == OK && i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        if (is_written(row) && row->person_first && import_writes_person(m, row)) e = add_item(a, ITEM_PERSON, row, row->person);
    }
    return e == OK ? list_delegates(a) : e;
}
