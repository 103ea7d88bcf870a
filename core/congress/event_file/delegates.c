/* Delegates: a person in an event, or a numbered blank badge that waits for one. */
#include "catalogue.h"
#include "core/congress/badges/credential.h"
#include "core/congress/event_file/plan.h"

#include <string.h>

enum { PERSON = 2, NUMBER = 3 }; /* columns, after id and event_id */

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

static const char *number_key(struct plan *plan, const char *number)
{
    return arena_printf(plan->arena, "#%s", number);
}

const char *delegate_key(struct plan *plan, const struct db_value *values)
{
    if (values[PERSON].type == DB_TYPE_NULL) return number_key(plan, values[NUMBER].text ? values[NUMBER].text : "");
    const struct row *person = table_find_id(&plan->tables[ENTITY_PERSON], values[PERSON].i64);
    return person ? person->key : NULL;
}

struct row *plan_find_number(const struct table *table, const char *number)
{
    return map_get(&table->by_number, number);
}

enum err plan_add_delegate(struct plan *plan, struct table *table, const char *key, json_t *object, size_t index, struct fault *fault)
{
    struct row *row = arena_alloc(plan->arena, sizeof *row);
    struct db_value *values = arena_array(plan->arena, entity_width(&entities[ENTITY_DELEGATE]), sizeof *values);
    if (!row || !values || !key) return no_memory(fault);
    values[0] = value_i64(id_next(&plan->ids));
    values[1] = value_i64(table->event_id);
    shape_defaults(entities[ENTITY_DELEGATE].shape, values + 2);
    *row = (struct row){.key = key, .next = values, .source = object, .index = index};
    return table_add(plan, table, row) == OK ? OK : no_memory(fault);
}

static enum err read_number(struct plan *plan, json_t *json, const struct json_place *place, const char **ret, struct fault *fault)
{
    static const struct field field = {.kind = FIELD_TEXT, .most = 64};
    struct db_value value;
    struct reading reading = {plan, &field, json, place, &value, fault};
    enum err e = field_text_reader(FIELD_TEXT)(&reading);
    if (e == OK) *ret = value.text;
    return e;
}

static enum err name_person(struct plan *plan, struct table *table, json_t *object, size_t index, const struct json_place *place, struct fault *fault)
{
    struct json_place here = {.up = place, .key = "person"}, at_number = {.up = place, .key = "number"};
    json_t *code = json_object_get(object, "person"), *number = json_object_get(object, "number");
    if (!json_is_string(code)) return json_fault(fault, &here, "must be a text");
    const struct row *person = table_find(&plan->tables[ENTITY_PERSON], json_string_value(code));
    if (!person) return json_fault(fault, &here, "no such person \"%.100s\"", json_string_value(code));
    struct row *row = table_find(table, person->key);
    bool merged = strcmp(person->key, json_string_value(code)) != 0; /* an older list has two entries that are one person by now: the one who stayed speaks */
    if (row && row->source && merged) return OK;
    if (row && row->source && strcmp(json_string_value(json_object_get(row->source, "person")), person->key) == 0)
        return json_fault(fault, &here, "\"%.100s\" stands twice", person->key);
    if (!row && json_is_string(number)) { /* a blank badge that gets its name */
        const char *text;
        enum err e = read_number(plan, number, &at_number, &text, fault);
        if (e != OK) return e;
        row = plan_find_number(table, text);
        if (row && row->now[PERSON].type != DB_TYPE_NULL) row = NULL;
        if (row && row->source) return json_fault(fault, &at_number, "\"%.60s\" stands twice", text);
        if (row) row->key = person->key;
        if (row && map_put(&table->by_key, row->key, row) != 0) return no_memory(fault);
    }
    if (!row) return plan_add_delegate(plan, table, person->key, object, index, fault);
    row->source = object;
    row->index = index;
    return OK;
}

/* Whether the row, as this file leaves it, still has that number. */
static bool keeps_number(const struct row *row, const char *number)
{
    json_t *given = row->source ? json_object_get(row->source, "number") : NULL;
    return !given || (json_is_string(given) && strcmp(json_string_value(given), number) == 0);
}

static enum err name_blank(struct plan *plan, struct table *table, json_t *object, size_t index, const struct json_place *place, struct fault *fault)
{
    struct json_place here = {.up = place, .key = "number"};
    json_t *given = json_object_get(object, "number");
    if (!given || json_is_null(given)) return json_fault(fault, place, "has neither a person nor a number");
    const char *number;
    enum err e = read_number(plan, given, &here, &number, fault);
    if (e != OK) return e;
    const char *key = number_key(plan, number);
    if (!key) return no_memory(fault);
    struct row *row = table_find(table, key);
    if (row && row->source && json_is_null(json_object_get(row->source, "person"))) return json_fault(fault, &here, "\"%.60s\" stands twice", number);
    struct row *named = plan_find_number(table, number);
    if (named && named->now[PERSON].type != DB_TYPE_NULL && keeps_number(named, number)) {
        if (named->source) return json_fault(fault, &here, "number \"%.60s\" is that of \"%s\" too", number, named->key);
        named->kept = true; /* it got its name at the desk, which knows better than this file */
        plan->counts[ENTITY_DELEGATE].same++;
        return OK;
    }
    if (!row || row->source) return plan_add_delegate(plan, table, key, object, index, fault);
    row->source = object;
    row->index = index;
    return OK;
}

/* Somebody for whom the desk found a substitute that this file does not know: the desk knows better, and nobody is summoned twice. */
static enum err keep_replaced(struct plan *plan, struct table *table)
{
    const size_t status = entity_column(ENTITY_DELEGATE, "status"), replaces = entity_column(ENTITY_DELEGATE, "replaces");
    struct map substitutes = {.arena = plan->arena};
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = table->rows[i];
        const char *whom = row->now && !row->source ? row->now[replaces].text : NULL;
        if (whom && map_put(&substitutes, whom, (void *)row) != 0) return ERR_NOMEM;
    }
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = table->rows[i];
        bool replaced = row->now && row->source && row->now[status].text && strcmp(row->now[status].text, "replaced") == 0;
        if (!replaced || !map_get(&substitutes, row->key)) continue;
        row->source = NULL;
        row->kept = true;
        plan->counts[ENTITY_DELEGATE].same++;
    }
    return OK;
}

/* People first, so that a blank that gets its name here is known as such. */
enum err plan_name_delegates(struct plan *plan, struct table *table, json_t *list, const struct json_place *place, struct fault *fault)
{
    if (!list) return OK;
    if (!json_is_array(list)) return json_fault(fault, place, "must be a list");
    for (int blanks = 0; blanks < 2; blanks++) {
        size_t i;
        json_t *object;
        json_array_foreach(list, i, object) {
            struct json_place here = {.up = place, .index = i};
            if (!json_is_object(object)) return json_fault(fault, &here, "must be an object");
            json_t *person = json_object_get(object, "person");
            bool blank = !person || json_is_null(person);
            enum err e = OK;
            if (blank == (blanks == 1)) e = (blank ? name_blank : name_person)(plan, table, object, i, &here, fault);
            if (e != OK) return e;
        }
    }
    if (keep_replaced(plan, table) != OK) return no_memory(fault);
    table->named = true;
    table_prune(plan, table);
    return OK;
}

static enum err credential_for(struct plan *plan, const struct row *row)
{
    struct credential_new credential;
    credential_make(&plan->ids, &credential);
    struct db_value values[] = {value_i64(credential.id), value_text(arena_strdup(plan->arena, credential.token)),
                                value_text(arena_strdup(plan->arena, credential.token_id)), row->next[PERSON], row->next[1], row->next[0],
                                value_i64(plan->now_ms)};
    return values[1].text && values[2].text ? plan_write(plan, WRITE_MAIN, SQL_IMPORT_CREDENTIAL_INSERT, values, 7) : ERR_NOMEM;
}

static enum err settle_delegate(struct plan *plan, struct table *table, struct row *row)
{
    bool changed = false;
    enum err e = row_settle(plan, table, row, &changed);
    if (e != OK || !changed) return e;
    plan->here->changed = true;
    if (!row->now) {
        e = plan_write(plan, WRITE_MAIN, SQL_IMPORT_DELEGATE_STATE_INSERT, row->next, 2);
        return e == OK ? credential_for(plan, row) : e;
    }
    if (row->now[NUMBER].text && !value_equal(&row->now[NUMBER], &row->next[NUMBER])) /* numbers may change hands within one import */
        e = plan_write(plan, WRITE_FIRST, SQL_IMPORT_DELEGATE_CLEAR_NUMBER, row->next, 1);
    if (e == OK && row->now[PERSON].type == DB_TYPE_NULL && row->next[PERSON].type == DB_TYPE_I64) {
        struct db_value values[] = {row->next[0], row->next[PERSON]};
        e = plan_write(plan, WRITE_MAIN, SQL_IMPORT_CREDENTIAL_SET_PERSON, values, 2);
    }
    return e;
}

static enum err merge_delegate(struct plan *plan, struct table *table, struct row *row, const struct json_place *place, struct fault *fault)
{
    struct json_place replaces = {.up = place, .key = "replaces"};
    size_t delegation = entity_column(ENTITY_DELEGATE, "delegation");
    bool fresh = !row->now || (row->now[PERSON].type == DB_TYPE_NULL && row->now[delegation].type == DB_TYPE_NULL);
    enum err e = row_merge(plan, table, row, place, fault);
    if (e != OK) return e;
    if (row->next[PERSON].type == DB_TYPE_I64 && fresh && !json_object_get(row->source, "delegation")) {
        const struct row *person = table_find_id(&plan->tables[ENTITY_PERSON], row->next[PERSON].i64);
        row->next[delegation] = row_values(person)[entity_column(ENTITY_PERSON, "unit")];
    }
    const char *whom = row->next[entity_column(ENTITY_DELEGATE, "replaces")].text;
    if (whom && strcmp(whom, row->key) == 0) return json_fault(fault, &replaces, "\"%s\" cannot replace themselves", whom);
    return OK;
}

/* Two delegates with one number: the place is that of the later one that the file names. */
static enum err check_numbers(struct plan *plan, const struct table *table, const struct json_place *place, struct fault *fault)
{
    struct map seen = {.arena = plan->arena};
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = table->rows[i];
        const char *number = row_values(row)[NUMBER].text;
        if (row->removed || !number) continue;
        struct row *other = map_get(&seen, number);
        if (other) {
            bool later = row->source && (!other->source || row->index > other->index);
            struct json_place item = {.up = place, .index = later ? row->index : other->index}, here = {.up = &item, .key = "number"};
            return json_fault(fault, &here, "number \"%.60s\" is that of \"%s\" too", number, later ? other->key : row->key);
        }
        if (map_put(&seen, number, row) != 0) return no_memory(fault);
    }
    return OK;
}

enum err plan_delegates(struct plan *plan, const struct json_place *place, struct fault *fault)
{
    struct table *table = &plan->here->tables[ENTITY_DELEGATE];
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = table->rows[i];
        struct json_place here = {.up = place, .index = row->index};
        enum err e = row->source ? merge_delegate(plan, table, row, &here, fault) : OK;
        if (e != OK) return e;
    }
    enum err e = check_numbers(plan, table, place, fault);
    for (size_t i = 0; e == OK && i < table->count; i++)
        if (table->rows[i]->source && settle_delegate(plan, table, table->rows[i]) != OK) e = no_memory(fault);
    return e;
}
