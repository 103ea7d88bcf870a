/* Delegates of a list: whose row of the event it is, what the desk decided meanwhile, numbers that only one may have, who is not on the list. */
#include "core/congress/list_import/private.h"

#include <string.h>

enum { PERSON = 2, NUMBER = 3 }; /* columns, after id and event_id */

static struct table *delegates_of(struct list_import *m)
{
    return &m->plan.here->tables[ENTITY_DELEGATE];
}

static bool is_open(const struct list_row *row)
{
    return row->kind == LIST_ROW_SAME && row->record;
}

static enum err wrong(struct list_import *m, struct list_row *row, const char *reason, const char *field, const char *proposal)
{
    row->kind = LIST_ROW_WRONG;
    return import_add_flaw(m, row, reason, row->record ? list_record_value(row->record, field) : NULL, proposal);
}

static struct row *blank_of(struct list_import *m, const struct list_value *number)
{
    struct row *row = number ? plan_find_number(delegates_of(m), number->value) : NULL;
    return row && row->now[PERSON].type == DB_TYPE_NULL ? row : NULL;
}

/* A delegate by the person, a blank badge that gets its name, or somebody new. */
static enum err name_person(struct list_import *m, struct list_row *row, size_t at)
{
    struct table *table = delegates_of(m);
    struct row *found = table_find(table, row->person->key);
    if (!found) {
        found = blank_of(m, list_record_value(row->record, "number"));
        if (found && found->source) found = NULL;
        if (found) {
            found->key = row->person->key;
            if (map_put(&table->by_key, found->key, found) != 0) return ERR_NOMEM;
        }
    }
    if (!found) {
        enum err e = plan_add_delegate(&m->plan, table, row->person->key, NULL, at, NULL);
        if (e != OK) return e;
        found = table_find(table, row->person->key);
    }
    if (!found) return ERR_BUG;
    if (found->source) return wrong(m, row, "delegate_twice", "name", found->key);
    found->source = m->passing; /* named by a row */
    row->delegate = found;
    return OK;
}

/* A row that has only a number: the delegate who has it, or a blank badge. */
static enum err name_number(struct list_import *m, struct list_row *row, size_t at)
{
    struct table *table = delegates_of(m);
    const struct list_value *number = list_record_value(row->record, "number");
    const char *key = arena_printf(&m->arena, "#%s", number->value);
    if (!key) return ERR_NOMEM;
    struct row *found = plan_find_number(table, number->value);
    if (!found) found = table_find(table, key);
    if (!found) {
        enum err e = plan_add_delegate(&m->plan, table, key, NULL, at, NULL);
        if (e != OK) return e;
        found = table_find(table, key);
    }
    if (!found) return ERR_BUG;
    if (found->source) return wrong(m, row, "number_twice", "number", number->value);
    found->source = m->passing;
    row->delegate = found;
    return OK;
}

/* Somebody for whom the desk found a substitute whom this list does not name: the desk knows better (docs/decisions/0033-desk-changes.md). */
static enum err keep_replaced(struct list_import *m)
{
    const struct table *table = delegates_of(m);
    const size_t status = entity_column(ENTITY_DELEGATE, "status"), replaces = entity_column(ENTITY_DELEGATE, "replaces");
    struct map substitutes = {.arena = &m->arena};
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = table->rows[i];
        const char *whom = row->now && !row->source ? row->now[replaces].text : NULL;
        if (whom && map_put(&substitutes, whom, row) != 0) return ERR_NOMEM;
    }
    for (size_t i = 0; i < m->count; i++) {
        struct row *row = is_open(&m->rows[i]) ? m->rows[i].delegate : NULL;
        bool replaced = row && row->now && row->now[status].text && strcmp(row->now[status].text, "replaced") == 0;
        if (!replaced || !map_get(&substitutes, row->key)) continue;
        row->kept = ((struct row *)map_get(&substitutes, row->key))->kept = true; /* both: who stands there now is not withdrawn either */
        m->rows[i].note = "replaced_at_desk";
    }
    return OK;
}

/* People first, so that a blank that gets its name here is known as such. */
enum err import_name_delegates(struct list_import *m)
{
    enum err e = OK;
    for (int numbers = 0; numbers < 2; numbers++) {
        for (size_t i = 0; e == OK && i < m->count; i++) {
            struct list_row *row = &m->rows[i];
            if (!is_open(row) || (row->person == NULL) != (numbers == 1)) continue;
            e = (row->person ? name_person : name_number)(m, row, i);
        }
    }
    return e == OK ? keep_replaced(m) : e;
}

static enum err merge_category(struct list_import *m, struct list_row *row)
{
    const struct table *categories = &m->plan.here->tables[ENTITY_CATEGORY];
    size_t column = entity_column(ENTITY_DELEGATE, "category");
    struct row *delegate = row->delegate;
    if (delegate->next[column].type == DB_TYPE_I64) return OK;
    const struct row *category = m->options.category ? table_find(categories, m->options.category) : categories->count == 1 ? categories->rows[0] : NULL;
    if (!category) return wrong(m, row, "no_category", "category", NULL);
    delegate->next[column] = row_values(category)[0];
    return OK;
}

static enum err merge_delegation(struct list_import *m, struct list_row *row)
{
    struct row *delegate = row->delegate, *unit;
    size_t column = entity_column(ENTITY_DELEGATE, "delegation");
    bool fresh = !delegate->now || (delegate->now[PERSON].type == DB_TYPE_NULL && delegate->now[column].type == DB_TYPE_NULL);
    size_t flaws = row->flaw_count;
    enum err e = import_find_unit(m, row, "delegation", "delegation_name", &unit);
    if (e != OK || row->flaw_count > flaws) return e;
    if (!unit) unit = import_form_delegation(m, row);
    if (unit) delegate->next[column] = row_values(unit)[0];
    else if (fresh && row->person) delegate->next[column] = row_values(row->person)[entity_column(ENTITY_PERSON, "unit")];
    return OK;
}

static enum err merge_delegate(struct list_import *m, struct list_row *row)
{
    static const char *const keys[] = {"number", "category", "mandate", "status", "replaces", "decision", "absence", "roles", "group", "order", "seat", "badge_box",
                                       "needs", "room", "transport", "diet"};
    struct row *delegate = row->delegate;
    enum err e = import_begin_row(m, ENTITY_DELEGATE, delegate);
    if (e == OK && row->person) delegate->next[PERSON] = row_values(row->person)[0];
    for (size_t i = 0; e == OK && i < sizeof keys / sizeof keys[0]; i++) {
        const struct list_value *value = list_record_value(row->record, keys[i]);
        if (value) e = import_merge_value(m, row, ENTITY_DELEGATE, delegate, keys[i], value);
    }
    if (e == OK) e = merge_delegation(m, row);
    if (e == OK) e = merge_category(m, row);
    const char *whom = e == OK ? delegate->next[entity_column(ENTITY_DELEGATE, "replaces")].text : NULL;
    if (whom && strcmp(whom, delegate->key) == 0) return wrong(m, row, "replaces_self", "replaces", whom);
    return e;
}

static const char *number_of(const struct row *delegate)
{
    return delegate->kept ? delegate->now[NUMBER].text : row_values(delegate)[NUMBER].text;
}

/* A number that somebody else has, who is not given another by this list. */
static enum err check_numbers(struct list_import *m)
{
    const struct table *table = delegates_of(m);
    struct map seen = {.arena = &m->arena};
    for (size_t i = 0; i < table->count; i++) { /* those whom no row names, or who stay */
        struct row *row = table->rows[i];
        bool stays = row->now && (!row->source || row->kept);
        if (stays && number_of(row) && map_put(&seen, number_of(row), row) != 0) return ERR_NOMEM;
    }
    for (size_t i = 0; i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        const char *number = is_open(row) && row->delegate && !row->delegate->kept ? number_of(row->delegate) : NULL;
        const struct row *other = number ? map_get(&seen, number) : NULL;
        if (!number) continue;
        if (other && wrong(m, row, "number_taken", "number", other->key) != OK) return ERR_NOMEM;
        if (!other && map_put(&seen, number, row->delegate) != 0) return ERR_NOMEM;
    }
    return OK;
}

enum err import_delegates(struct list_import *m)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        if (is_open(row) && row->delegate && !row->delegate->kept) e = merge_delegate(m, row);
    }
    return e == OK ? check_numbers(m) : e;
}

/* Whom the list does not name is withdrawn, not erased: badges, scans and what was written about them stay, and one step takes it back. */
enum err import_prune(struct list_import *m)
{
    struct table *table = delegates_of(m);
    const size_t status = entity_column(ENTITY_DELEGATE, "status");
    struct map present = {.arena = &m->matching};
    if (import_present(m, &present) != OK) return ERR_NOMEM;
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = table->rows[i], *person = NULL;
        bool stays = false;
        if (!row->now || !import_form_covers(m, row) || row->source || row->kept || row->now[PERSON].type == DB_TYPE_NULL) continue;
        if (strcmp(row->now[status].text, "summoned") != 0 && strcmp(row->now[status].text, "alternate") != 0) continue;
        person = table_find_id(&m->plan.tables[ENTITY_PERSON], row->now[PERSON].i64);
        if (person && import_is_present(m, &present, person, row->now[NUMBER].text, &stays) != OK) return ERR_NOMEM;
        m->present += stays;
        if (stays) continue;
        enum err e = import_begin_row(m, ENTITY_DELEGATE, row);
        if (e != OK || arena_grow(&m->arena, &m->rows, &m->capacity, m->count, sizeof *m->rows) != 0) return ERR_NOMEM;
        row->next[status] = value_text("withdrawn");
        m->rows[m->count++] = (struct list_row){.kind = LIST_ROW_REMOVED, .delegate = row, .person = person};
    }
    arena_release(&m->matching);
    return OK;
}
