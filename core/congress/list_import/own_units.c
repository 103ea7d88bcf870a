/* A list of units names what stands above each of them, and that is most often another row of the same list, in any order. So the list is read twice: once for the
 * units that it has, which are then known like those that are stored (by code, by name, by usual abbreviations), and once for what it says of them. */
#include "core/base/text.h"
#include "core/congress/list_import/private.h"

#include <string.h>

/* How a unit of the list without a code is called until it gets one: where its name stands, "(B12)". It is no code, so it can be nobody else's. */
static const char *mark_of(const struct list_import *m, struct arena *arena, const struct list_record *record)
{
    const struct list_value *name = list_record_value(record, "name");
    char address[SHEET_ADDRESS_SIZE];
    if (!name) return "";
    (void)sheet_cell_address(name->row, name->column, address);
    if (m->mapping.place_count > 1) return arena_printf(arena, "(%s!%s)", m->mapping.places[record->place].name, address);
    return arena_printf(arena, "(%s)", address);
}

static bool is_named(const struct row *unit, const char *fold)
{
    const char *own = row_values(unit)[entity_column(ENTITY_UNIT, "<name_fold>")].text;
    return own && strcmp(own, fold) == 0;
}

static bool is_stored_name(const struct table *units, const char *fold)
{
    for (size_t i = 0; i < units->count; i++)
        if (is_named(units->rows[i], fold)) return true;
    return false;
}

/* What is not known yet by its code and name. The texts are the caller's to copy. */
static enum err add_term(struct list_import *m, const struct list_record *record, struct list_term *terms, size_t *count)
{
    const struct table *units = &m->plan.tables[ENTITY_UNIT];
    const struct list_value *code = list_record_value(record, "code"), *name = list_record_value(record, "name");
    const char *fold = name ? text_fold(&m->scratch, name->value) : "";
    if (!fold) return ERR_NOMEM;
    const struct row *stored = code ? table_find(units, code->value) : NULL;
    if ((!code && !name) || (stored && (!name || is_named(stored, fold))) || (!code && is_stored_name(units, fold))) return OK;
    struct list_term *term = &terms[*count];
    term->code = code ? arena_strdup(&m->arena, code->value) : mark_of(m, &m->arena, record);
    term->title = name ? arena_strdup(&m->arena, name->value) : "";
    if (!term->code || !term->title) return ERR_NOMEM;
    (*count)++;
    return OK;
}

static enum err learn(struct list_import *m, const struct list_table *table)
{
    size_t count = m->vocabulary.unit_count;
    struct list_term *terms = arena_array(&m->arena, count + table->count + 1, sizeof *terms);
    if (!terms) return ERR_NOMEM;
    if (count) memcpy(terms, m->vocabulary.units, count * sizeof *terms);
    for (size_t i = 0; i < table->count; i++) {
        if (add_term(m, &table->records[i], terms, &count) != OK) return ERR_NOMEM;
        arena_clear(&m->scratch);
    }
    m->vocabulary.units = terms;
    m->vocabulary.unit_count = count;
    return OK;
}

enum err own_units_learn(struct list_import *m, struct fault *fault)
{
    struct arena once = {0};
    struct list_table table;
    enum err e = list_read(m->known, &m->book, &m->mapping, &once, &table, fault);
    if (e == OK && learn(m, &table) != OK) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = list_prepare(&m->arena, m->options.target, &m->vocabulary, &m->known, fault);
    arena_release(&once);
    return e;
}

enum err own_units_name(struct list_import *m)
{
    for (size_t i = 0; i < m->count; i++) {
        if (list_record_value(m->rows[i].record, "code")) continue;
        const char *mark = mark_of(m, &m->arena, m->rows[i].record);
        if (!mark || (*mark && map_put(&m->own_units, mark, &m->rows[i]) != 0)) return ERR_NOMEM;
    }
    return OK;
}

/* --- what stands above ----------------------------------------------------------------------------------------------------------------------------------- */

enum err import_named_unit(struct list_import *m, struct list_row *row, const struct list_value *value, const char *fold, struct row **ret)
{
    const struct table *units = &m->plan.tables[ENTITY_UNIT];
    const char *all = NULL;
    size_t found = 0;
    *ret = NULL;
    for (size_t i = 0; i < units->count && found < 4; i++) {
        if (!is_named(units->rows[i], fold)) continue;
        all = found++ ? arena_printf(&m->arena, "%s, %s", all, units->rows[i]->key) : units->rows[i]->key;
        *ret = units->rows[i];
        if (!all) return ERR_NOMEM;
    }
    if (found < 2) return OK;
    *ret = NULL;
    return import_add_flaw(m, row, "unit_several", value, all);
}

/* Said by a name that several have by now, one of them new by this list. */
static enum err check_alone(struct list_import *m, struct list_row *row, const struct list_value *value, const struct row *above)
{
    const char *fold = text_fold(&m->scratch, value->written);
    struct row *one;
    if (!fold) return ERR_NOMEM;
    if (text_equal_ignoring_case(value->written, value->value) || !is_named(above, fold)) return OK;
    return import_named_unit(m, row, value, fold, &one);
}

enum err own_units_above(struct list_import *m, struct list_row *row, const struct list_value *value)
{
    const struct list_row *of = map_get(&m->own_units, value->value);
    const struct row *above = of ? of->unit : table_find(&m->plan.tables[ENTITY_UNIT], value->value);
    if (!above) return import_add_flaw(m, row, "above_left", value, value->value);
    row->unit->next[entity_column(ENTITY_UNIT, "parent")] = row_values(above)[0];
    return check_alone(m, row, value, above);
}
