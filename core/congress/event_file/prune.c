/* Rows that --prune takes away: never one with a history, never one that another row still needs. */
#include "catalogue.h"
#include "core/congress/event_file/plan.h"

#include <string.h>

static enum err count_of(struct plan *plan, size_t statement, int64_t id, int64_t *ret)
{
    struct db_value parameter = value_i64(id), *rows = NULL;
    size_t count = 0;
    enum err e = db_fetch(plan->db, plan->arena, statement, &parameter, 1, &rows, &count);
    if (e == OK) *ret = count ? rows[0].i64 : 0;
    return e;
}

struct history {
    enum entity_kind kind;
    size_t statement;
    const char *what;
};

static const struct history histories[] = {
    {ENTITY_DELEGATE, SQL_IMPORT_DELEGATE_SCANS, "scans"}, {ENTITY_GATE, SQL_IMPORT_GATE_SCANS, "scans"},         {ENTITY_GATE, SQL_IMPORT_GATE_DEVICES, "devices"},
    {ENTITY_AREA, SQL_IMPORT_AREA_PRESENCE, "stays"},      {ENTITY_PERSON, SQL_IMPORT_PERSON_CARDS, "member cards"}, {ENTITY_UNIT,
        SQL_IMPORT_UNIT_ACCOUNTS, "accounts"},
    {ENTITY_PERSON, SQL_IMPORT_PERSON_HANDOVERS, "handovers"}, {ENTITY_UNIT, SQL_IMPORT_UNIT_HANDOVERS, "handovers"},
    {ENTITY_UNIT, SQL_IMPORT_UNIT_GROUPS, "group check-ins and reports"},
};

static enum err check_history(struct plan *plan, const struct table *table, const struct row *row, struct fault *fault)
{
    for (size_t i = 0; i < sizeof histories / sizeof histories[0]; i++) {
        int64_t total = 0;
        if (histories[i].kind != table->kind) continue;
        enum err e = count_of(plan, histories[i].statement, row->now[0].i64, &total);
        if (e != OK) return db_fault(plan->db, e, fault, "read the history");
        if (total) return fault_because(fault, ERR_CONFLICT, "setup_used", NULL, "--prune: %s \"%s\" has %lld %s and cannot be removed",
            entities[table->kind].noun, row->key, (long long)total, histories[i].what);
    }
    return OK;
}

/* Whether this plan removes that delegate, or leaves it without what is to go. */
static bool is_freed(const struct plan *plan, int64_t delegate_id, size_t column, int64_t id)
{
    for (size_t i = 0; i < plan->event_count; i++) {
        const struct row *row = table_find_id(&plan->events[i].tables[ENTITY_DELEGATE], delegate_id);
        if (row) return row->removed || (row->next && row->next[column].type == DB_TYPE_I64 ? row->next[column].i64 != id : row->next != NULL);
    }
    return false;
}

/* People and units may be needed by events that this file does not speak of. */
static enum err check_delegates(struct plan *plan, const struct table *table, const struct row *row, struct fault *fault)
{
    bool person = table->kind == ENTITY_PERSON;
    if (!person && table->kind != ENTITY_UNIT) return OK;
    size_t column = entity_column(ENTITY_DELEGATE, person ? "person" : "delegation"), count = 0;
    struct db_value parameter = row->now[0], *rows = NULL;
    enum err e = db_fetch(plan->db, plan->arena, person ? SQL_IMPORT_PERSON_DELEGATES : SQL_IMPORT_UNIT_DELEGATES, &parameter, 1, &rows, &count);
    if (e != OK) return db_fault(plan->db, e, fault, "read the delegates");
    for (size_t i = 0; i < count; i++)
        if (!is_freed(plan, rows[i].i64, column, row->now[0].i64))
            return fault_set(fault, ERR_CONFLICT, "--prune: %s \"%s\" has a delegate in an event and cannot be removed", entities[table->kind].noun, row->key);
    return OK;
}

static enum err list_removal(struct plan *plan, const struct table *table, const struct row *row)
{
    static const size_t removal[ENTITY_COUNT] = {
        [ENTITY_ATTRIBUTE_TYPE] = SQL_IMPORT_ATTRIBUTE_TYPE_REMOVE,
        [ENTITY_CATEGORY] = SQL_IMPORT_CATEGORY_REMOVE,             [ENTITY_AREA] = SQL_IMPORT_AREA_REMOVE,     [ENTITY_GATE] = SQL_IMPORT_GATE_REMOVE,
        [ENTITY_SESSION] = SQL_IMPORT_SESSION_REMOVE,               [ENTITY_DOCUMENT] = SQL_IMPORT_DOCUMENT_REMOVE, [ENTITY_DELEGATE] = SQL_IMPORT_DELEGATE_REMOVE,
    };
    int64_t id = row->now[0].i64;
    enum write_phase phase = table->kind == ENTITY_DELEGATE ? WRITE_FIRST : WRITE_LAST;
    enum err e = OK;
    if (table->kind == ENTITY_DELEGATE) {
        e = plan_write_id(plan, phase, SQL_IMPORT_DELEGATE_REMOVE_CREDENTIAL, id);
        if (e == OK) e = plan_write_id(plan, phase, SQL_IMPORT_DELEGATE_REMOVE_STATE, id);
    }
    if (table->kind == ENTITY_GATE) e = plan_write_id(plan, phase, SQL_IMPORT_GATE_PAIRINGS, id);
    bool recorded = table->kind == ENTITY_PERSON || table->kind == ENTITY_UNIT;
    if (e == OK) e = recorded ? plan_write_row(plan, phase, REMOVE_ROW, table->kind, row) : plan_write_id(plan, phase, removal[table->kind], id);
    plan->counts[table->kind].removed++;
    if (e == OK && (plan->options->dry_run || plan->light)) e = plan_note(plan, table->kind, row->key, row, "removed", NULL);
    return e;
}

/* Reads what stays once more, as if the file said it: what points at something that goes is found so. */
static enum err recheck_row(struct plan *plan, const struct table *table, const struct row *row, struct fault *fault)
{
    const struct entity *entity = &entities[table->kind];
    bool failed = false;
    struct db_value *values = arena_array(plan->arena, entity_width(entity), sizeof *values);
    json_t *shown = shape_show(plan, entity->shape, row_values(row) + entity_first_column(entity), SHOW_FILE, &failed);
    enum err e = failed || !values || json_array_append(plan->keep, shown) != 0 ? fault_set(fault, ERR_NOMEM, "not enough memory") : OK;
    if (e == OK) e = shape_read(plan, entity->shape, shown, false, values, NULL, fault);
    if (e == ERR_INPUT) fault_prefix(fault, "--prune: %s \"%s\" needs what would go: ", entity->noun, row->key);
    json_decref(shown);
    return e == ERR_INPUT ? ERR_CONFLICT : e;
}

static enum err recheck_attributes(const struct plan *plan, const struct row *row, struct fault *fault)
{
    const char *code;
    json_t *value;
    json_object_foreach(row->next ? row->attributes_next : row->attributes_now, code, value)
        if (!table_find(&plan->tables[ENTITY_ATTRIBUTE_TYPE], code))
            return fault_set(fault, ERR_CONFLICT, "--prune: person \"%s\" has a value of the attribute type \"%s\"", row->key, code);
    return OK;
}

static enum err each_table(struct plan *plan, enum err (*visit)(struct plan *plan, const struct table *table, struct fault *fault), struct fault *fault)
{
    /* what refers goes before what is referred to */
    static const enum entity_kind order[] = {ENTITY_DELEGATE, ENTITY_DOCUMENT, ENTITY_SESSION, ENTITY_GATE, ENTITY_AREA, ENTITY_CATEGORY};
    static const enum entity_kind common[] = {ENTITY_PERSON, ENTITY_UNIT, ENTITY_ATTRIBUTE_TYPE};
    enum err e = OK;
    for (size_t i = 0; i < plan->event_count; i++) {
        plan->here = &plan->events[i];
        for (size_t k = 0; e == OK && k < sizeof order / sizeof order[0]; k++) e = visit(plan, &plan->here->tables[order[k]], fault);
    }
    plan->here = NULL;
    for (size_t k = 0; e == OK && k < sizeof common / sizeof common[0]; k++) e = visit(plan, &plan->tables[common[k]], fault);
    return e;
}

static enum err remove_rows(struct plan *plan, const struct table *table, struct fault *fault)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = table->rows[i];
        if (!row->removed) continue;
        if (plan->here) plan->here->changed = true;
        enum err e = check_history(plan, table, row, fault);
        if (e == OK) e = check_delegates(plan, table, row, fault);
        if (e == OK && list_removal(plan, table, row) != OK) e = fault_set(fault, ERR_NOMEM, "not enough memory");
        if (e != OK) return e;
    }
    return OK;
}

static enum err recheck_rows(struct plan *plan, const struct table *table, struct fault *fault)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < table->count; i++) {
        const struct row *row = table->rows[i];
        if (row->removed) continue;
        e = recheck_row(plan, table, row, fault);
        if (e == OK && table->kind == ENTITY_PERSON) e = recheck_attributes(plan, row, fault);
    }
    return e;
}

enum err plan_removals(struct plan *plan, struct fault *fault)
{
    if (!plan->options->prune && !plan->goes) return OK;
    enum err e = each_table(plan, remove_rows, fault);
    plan->rechecking = true;
    if (e == OK) e = each_table(plan, recheck_rows, fault);
    for (size_t i = 0; e == OK && i < plan->event_count; i++) {
        plan->here = &plan->events[i];
        e = recheck_row(plan, &plan->tables[ENTITY_EVENT], plan->here->row, fault);
        if (e == OK) e = plan_recheck_announcements(plan, fault);
    }
    plan->here = NULL;
    plan->rechecking = false;
    return e;
}
