/* Units of a list: all are known by their codes before any is read, so that they can stand beneath one another. */
#include "core/congress/list_import/private.h"

#include <string.h>

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
        const struct list_value *value = list_record_value(row->record, "parent");
        if (import_add_flaw(m, row, "above_left", value ? value : list_record_value(row->record, "parent_name"), above->key) != OK) return ERR_NOMEM;
        *ret_again = true;
    }
    return OK;
}

enum err import_units(struct list_import *m, struct fault *fault)
{
    const struct table *units = &m->plan.tables[ENTITY_UNIT];
    enum err e = OK;
    for (size_t i = 0; e == OK && i < m->count; i++) {
        if (m->rows[i].kind == LIST_ROW_SAME) e = import_merge_unit(m, &m->rows[i]);
        arena_clear(&m->scratch);
    }
    for (size_t i = 0; e == OK && i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        struct fault why = {0};
        if (row->kind != LIST_ROW_SAME || row->flaw_count) continue;
        e = plan_check_circle(units, row->unit, NULL, &why);
        if (e == ERR_INPUT) e = import_add_flaw(m, row, "refused", list_record_value(row->record, "parent"), why.text);
    }
    for (bool again = true; e == OK && again;) e = check_above(m, &again);
    return e == OK ? OK : fault_set(fault, e, "%s", e == ERR_NOMEM ? "not enough memory" : err_name(e));
}
