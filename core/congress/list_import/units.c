/* Units of a list: all are known by their codes before any is read, so that they can stand beneath one another. */
#include "core/congress/list_import/private.h"

#include <string.h>

#define CIRCLE_MOST 64 /* units of a circle that are named */

static const struct list_value *parent_of(const struct list_row *row)
{
    const struct list_value *value = list_record_value(row->record, "parent");
    return value ? value : list_record_value(row->record, "parent_name");
}

/* Whoever stands beneath a unit that is not taken is not taken either. */
static enum err check_above(struct list_import *m, bool *ret_again)
{
    const struct table *units = &m->plan.tables[ENTITY_UNIT];
    *ret_again = false;
    for (size_t i = 0; i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        if (row->kind != LIST_ROW_SAME || row->flaw_count) continue;
        const struct db_value *parent = &row->unit->next[entity_column(ENTITY_UNIT, "parent")];
        const struct row *above = parent->type == DB_TYPE_I64 ? table_find_id(units, parent->i64) : NULL;
        const struct list_row *of = above && !above->now && above->index ? &m->rows[above->index - 1] : NULL;
        if (!of || (of->kind == LIST_ROW_SAME && !of->flaw_count)) continue;
        if (import_add_flaw(m, row, "above_left", parent_of(row), above->key) != OK) return ERR_NOMEM;
        *ret_again = true;
    }
    return OK;
}

/* "A1, B2, A1", each beneath the next; NULL when it is in no circle. *ret_endless: there is no way out of what is above it. */
static enum err circle_of(struct list_import *m, const struct row *unit, const char **ret, bool *ret_endless)
{
    const struct table *units = &m->plan.tables[ENTITY_UNIT];
    const size_t parent = entity_column(ENTITY_UNIT, "parent");
    const struct row *at = unit;
    const char *all = unit->key;
    *ret = NULL;
    for (size_t i = 0; i < CIRCLE_MOST && row_values(at)[parent].type == DB_TYPE_I64; i++) {
        at = table_find_id(units, row_values(at)[parent].i64);
        all = at ? arena_printf(&m->arena, "%s, %s", all, at->key) : all;
        if (!all) return ERR_NOMEM;
        if (at == unit) *ret = all;
        if (!at || at == unit) return OK;
    }
    *ret_endless = row_values(at)[parent].type == DB_TYPE_I64;
    return OK;
}

/* A circle is told at each of its rows; who stands beneath one waits for it to be put right (check_above). */
static enum err check_circle(struct list_import *m, struct list_row *row)
{
    const char *circle;
    bool endless = false;
    struct fault why = {0};
    enum err e = plan_check_circle(&m->plan.tables[ENTITY_UNIT], row->unit, NULL, &why);
    if (e != ERR_INPUT) return e;
    e = circle_of(m, row->unit, &circle, &endless);
    if (e != OK || (!circle && endless)) return e;
    return import_add_flaw(m, row, circle ? "unit_circle" : "refused", parent_of(row), circle ? circle : why.text);
}

enum err import_units(struct list_import *m, struct fault *fault)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < m->count; i++) {
        if (m->rows[i].kind == LIST_ROW_SAME) e = import_merge_unit(m, &m->rows[i]);
        arena_clear(&m->scratch);
    }
    for (size_t i = 0; e == OK && i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        if (row->kind == LIST_ROW_SAME && !row->flaw_count) e = check_circle(m, row);
    }
    for (bool again = true; e == OK && again;) e = check_above(m, &again);
    return e == OK ? OK : fault_set(fault, e, "%s", e == ERR_NOMEM ? "not enough memory" : err_name(e));
}
