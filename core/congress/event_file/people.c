/* The organisation, its attribute types, units, people and their attributes. */
#include "catalogue.h"
#include "core/base/text.h"
#include "core/congress/event_file/plan.h"
#include "core/congress/person_facts.h"

#include <string.h>

#define DEEPEST_UNIT 32
#define OFTEN_LONGEST 24 /* bytes of a stored value that may stand in many people */
#define OFTEN_MOST 4096

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* --- attribute types --- */

static enum err check_value(struct plan *plan, const struct row *type, json_t *value, const struct json_place *place, struct fault *fault)
{
    const struct db_value *v = row_values(type);
    const char *kind = v[entity_column(ENTITY_ATTRIBUTE_TYPE, "type")].text, *text = json_string_value(value);
    if (strcmp(kind, "yes_no") == 0) return json_is_boolean(value) ? OK : json_fault(fault, place, "must be true or false");
    if (strcmp(kind, "number") == 0) return json_is_number(value) ? OK : json_fault(fault, place, "must be a number");
    if (!text) return json_fault(fault, place, "must be a text");
    if (strcmp(kind, "date") == 0) return person_date_is_good(text) ? OK : json_fault(fault, place, "\"%.100s\" is not a date like 2026-12-01", text);
    if (strcmp(kind, "text") == 0) {
        if (!*text || !text_is_printable(text)) return json_fault(fault, place, "must be a text without control characters, and not empty");
        return text_length(text) <= 4096 ? OK : json_fault(fault, place, "longer than 4096 characters");
    }
    json_t *choices = NULL;
    const char *stored = v[entity_column(ENTITY_ATTRIBUTE_TYPE, "values")].text;
    if (stored && json_read(stored, strlen(stored), &choices, NULL) != OK) return fault_set(fault, ERR_BUG,
        "attribute type %s: stored values cannot be read", type->key);
    bool offered = json_object_get(choices, text) != NULL;
    json_decref(choices);
    (void)plan;
    return offered ? OK : json_fault(fault, place, "\"%.100s\" is not one of the values of %s", text, type->key);
}

static enum err plan_attribute_type(struct plan *plan, struct row *row, const struct json_place *place, struct fault *fault)
{
    struct table *table = &plan->tables[ENTITY_ATTRIBUTE_TYPE];
    enum err e = row_merge(plan, table, row, place, fault);
    if (e != OK) return e;
    bool choice = strcmp(row->next[entity_column(ENTITY_ATTRIBUTE_TYPE, "type")].text, "choice") == 0;
    bool values = row->next[entity_column(ENTITY_ATTRIBUTE_TYPE, "values")].text != NULL;
    struct json_place here = {.up = place, .key = "values"};
    if (choice && !values) return field_fault(fault, json_fault(fault, &here, "is required for a choice"), "field_required", "values");
    if (!choice && values) return field_fault(fault, json_fault(fault, &here, "is for a choice only"), "field_values", "values");
    return row_settle(plan, table, row, NULL) == OK ? OK : no_memory(fault);
}

/* They stand in an object by code: made into rows whose code is part of the object, as elsewhere. */
static enum err plan_attribute_types(struct plan *plan, json_t *types, const struct json_place *place, struct fault *fault)
{
    if (!types) return OK;
    if (!json_is_object(types)) return json_fault(fault, place, "must be an object of attribute types by code");
    struct table *table = &plan->tables[ENTITY_ATTRIBUTE_TYPE];
    json_t *list = json_array(), *value;
    if (!list || json_array_append_new(plan->keep, list) != 0) return no_memory(fault);
    const char *code;
    json_object_foreach(types, code, value) {
        if (strncmp(code, "x-", 2) == 0) continue;
        struct json_place here = {.up = place, .key = code}, inner = {.up = &here, .key = "code"};
        if (!json_is_object(value)) return json_fault(fault, &here, "must be an object");
        if (json_object_get(value, "code")) return json_fault(fault, &inner, "unknown key");
        json_t *copy = json_copy(value);
        if (!copy || json_array_append_new(list, copy) != 0 || json_object_set_new(copy, "code", json_string(code)) != 0) return no_memory(fault);
    }
    enum err e = table_name_rows(plan, table, list, "code", place, fault);
    if (e == OK) table_prune(plan, table);
    for (size_t i = 0; e == OK && i < table->count; i++) {
        struct json_place here = {.up = place, .key = table->rows[i]->key};
        if (table->rows[i]->source) e = plan_attribute_type(plan, table->rows[i], &here, fault);
    }
    return e;
}

enum err plan_organization(struct plan *plan, json_t *root, struct fault *fault)
{
    json_t *object = json_object_get(root, "organization");
    if (!object) return OK;
    struct json_place place = {.key = "organization"}, types = {.up = &place, .key = "attribute_types"}, units = {.up = &place, .key = "units"};
    if (!json_is_object(object)) return json_fault(fault, &place, "must be an object");
    struct table *table = &plan->tables[ENTITY_ORGANIZATION];
    json_t *named = json_copy(object); /* with the key that the table finds it by */
    if (!named || json_array_append_new(plan->keep, named) != 0) return no_memory(fault);
    struct row *row = table_find(table, "organization");
    if (!row) {
        struct db_value *values = arena_array(plan->arena, entity_width(&entities[ENTITY_ORGANIZATION]), sizeof *values);
        row = arena_alloc(plan->arena, sizeof *row);
        if (!row || !values) return no_memory(fault);
        values[0] = value_i64(1);
        shape_defaults(entities[ENTITY_ORGANIZATION].shape, values + 1);
        *row = (struct row){.key = "organization", .next = values};
        if (table_add(plan, table, row) != OK) return no_memory(fault);
    }
    row->source = named;
    enum err e = row_merge(plan, table, row, &place, fault);
    bool changed = false;
    if (e == OK && row_settle(plan, table, row, &changed) != OK) e = no_memory(fault);
    if (e == OK && changed && row->now && plan_write(plan, WRITE_LAST, SQL_IMPORT_EVENT_BUMP_ALL, NULL, 0) != OK) e = no_memory(fault);
    if (e == OK) e = plan_attribute_types(plan, json_object_get(object, "attribute_types"), &types, fault);
    if (e == OK) e = plan_units(plan, json_object_get(object, "units"), &units, fault);
    return e;
}

/* --- units --- */

enum err plan_check_circle(const struct table *table, const struct row *row, const struct json_place *place, struct fault *fault)
{
    size_t parent = entity_column(ENTITY_UNIT, "parent"), depth = 0;
    for (const struct row *at = row; row_values(at)[parent].type == DB_TYPE_I64; depth++) {
        at = table_find_id(table, row_values(at)[parent].i64);
        if (!at) return OK;
        if (at == row) return json_fault(fault, place, "unit \"%s\" would be beneath itself", row->key);
        if (depth == DEEPEST_UNIT) return json_fault(fault, place, "more than %d units above one another, or in a circle above \"%s\"", DEEPEST_UNIT, row->key);
    }
    return OK;
}

static enum err settle_unit(struct plan *plan, struct table *table, struct row *row)
{
    size_t name = entity_column(ENTITY_UNIT, "name");
    bool changed = false;
    enum err e = row_settle(plan, table, row, &changed);
    if (e != OK || !changed) return e;
    if (!row->now) return plan_write_row(plan, WRITE_FIRST, WRITE_ROW_BARE, ENTITY_UNIT, row); /* its parent may be written after it */
    if (value_equal(&row->now[name], &row->next[name])) return OK;
    e = plan_write(plan, WRITE_LAST, SQL_IMPORT_EVENT_BUMP_OF_UNIT, row->next, 1);
    return e == OK ? plan_write(plan, WRITE_LAST, SQL_IMPORT_DELEGATE_TOUCH_UNIT, row->next, 1) : e;
}

enum err plan_units(struct plan *plan, json_t *list, const struct json_place *place, struct fault *fault)
{
    struct table *table = &plan->tables[ENTITY_UNIT];
    enum err e = table_name_rows(plan, table, list, "code", place, fault);
    if (e == OK) table_prune(plan, table);
    for (size_t i = 0; e == OK && i < table->count; i++) {
        struct row *row = table->rows[i];
        struct json_place here = {.up = place, .index = row->index};
        if (!row->source) continue;
        e = row_merge(plan, table, row, &here, fault);
        const char *fold = e == OK ? label_fold(plan->arena, row->next[entity_column(ENTITY_UNIT, "name")].text) : "";
        if (!fold) return no_memory(fault);
        if (e == OK) row->next[entity_column(ENTITY_UNIT, "<name_fold>")] = value_text(fold);
    }
    for (size_t i = 0; e == OK && i < table->count; i++) {
        struct row *row = table->rows[i];
        struct json_place item = {.up = place, .index = row->index}, here = {.up = &item, .key = "parent"};
        if (!row->source) continue;
        e = plan_check_circle(table, row, &here, fault);
        if (e == OK && settle_unit(plan, table, row) != OK) e = no_memory(fault);
    }
    return e;
}

/* --- people --- */

/* Codes of entries that were merged into others: who is named so in an older list is who stayed. */
static enum err load_aliases(struct plan *plan)
{
    struct table *people = &plan->tables[ENTITY_PERSON];
    struct sql_import_aliases_row *rows;
    size_t count;
    enum err e = sql_import_aliases(plan->db, plan->arena, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        struct row *row = table_find_id(people, rows[i].person_id);
        if (!row || map_get(&people->by_key, rows[i].code)) continue;
        if (map_put(&people->by_key, rows[i].code, row) != 0) e = ERR_NOMEM;
    }
    return e;
}

/* A stored value. Few different ones stand in most people: a yes, a code of a choice; each of those is read once. */
static enum err stored_value(struct plan *plan, struct map *often, const char *text, json_t **ret)
{
    json_t *value = map_get(often, text);
    if (value) {
        *ret = json_incref(value);
        return OK;
    }
    if (json_read(text, strlen(text), &value, NULL) != OK) return ERR_BUG;
    if (strlen(text) <= OFTEN_LONGEST && often->count < OFTEN_MOST) {
        const char *key = arena_strdup(often->arena, text);
        if (!key || json_array_append(plan->keep, value) != 0 || map_put(often, key, value) != 0) {
            json_decref(value);
            return ERR_NOMEM;
        }
    }
    *ret = value;
    return OK;
}

static enum err load_attribute(struct plan *plan, struct map *often, const struct sql_import_person_attributes_row *stored)
{
    struct row *person = table_find_id(&plan->tables[ENTITY_PERSON], stored->person_id);
    json_t *value = NULL;
    if (!person) return ERR_BUG;
    if (!person->attributes_now) {
        person->attributes_now = json_object();
        if (!person->attributes_now || json_array_append_new(plan->keep, person->attributes_now) != 0) return ERR_NOMEM;
    }
    enum err e = stored_value(plan, often, stored->value, &value);
    if (e == OK && json_object_set_new(person->attributes_now, stored->code, value) != 0) e = ERR_NOMEM;
    return e;
}

static enum err load_person_attributes(struct plan *plan, struct arena *once)
{
    struct sql_import_person_attributes_row *rows = NULL;
    struct sql_import_person_attributes_of_event_row *some = NULL;
    struct map often = {.arena = once};
    size_t count = 0;
    bool of_event = plan->people_of > 0;
    enum err e = of_event ? sql_import_person_attributes_of_event(plan->db, once, plan->people_of, &some, &count)
                          : sql_import_person_attributes(plan->db, once, &rows, &count);
    if (of_event) rows = (void *)some; /* the same columns */
    for (size_t i = 0; e == OK && i < count; i++) e = load_attribute(plan, &often, &rows[i]);
    return e;
}

enum err plan_load_people(struct plan *plan)
{
    bool of_event = plan->people_of > 0;
    struct arena once = {0};
    size_t statement = of_event ? SQL_IMPORT_PERSON_LIST_OF_EVENT : plan->people_of ? SQL_IMPORT_PERSON_LIST_OF_REGISTER : SQL_IMPORT_PERSON_LIST;
    enum err e = table_load_by(plan, &plan->tables[ENTITY_PERSON], ENTITY_PERSON, plan->people_of, statement);
    if (e != OK || !plan->db) return e;
    e = load_aliases(plan);
    if (e == OK) e = load_person_attributes(plan, &once);
    arena_release(&once);
    return e;
}

/* NFC, so that the same text is the same bytes. */
static json_t *tidy_value(struct plan *plan, json_t *value)
{
    if (!json_is_string(value)) return json_incref(value);
    const char *text = text_tidy(plan->arena, json_string_value(value));
    return text ? json_string(text) : NULL;
}

enum err plan_merge_attributes(struct plan *plan, struct row *row, const struct json_place *place, struct fault *fault)
{
    row->attributes_next = row->attributes_now;
    json_t *given = json_object_get(row->source, "attributes"), *value;
    if (!given) return OK;
    struct json_place here = {.up = place, .key = "attributes"};
    if (!json_is_object(given) && !json_is_null(given)) return json_fault(fault, &here, "must be an object");
    json_t *next = json_is_null(given) || !row->attributes_now ? json_object() : json_copy(row->attributes_now);
    if (!next || json_array_append_new(plan->keep, next) != 0) return no_memory(fault);
    row->attributes_next = next;
    const char *code;
    json_object_foreach(given, code, value) {
        struct json_place inner = {.up = &here, .key = code};
        if (strncmp(code, "x-", 2) == 0) continue;
        const struct row *type = table_find(&plan->tables[ENTITY_ATTRIBUTE_TYPE], code);
        if (!type) return json_fault(fault, &inner, "no such attribute type \"%.100s\"", code);
        if (json_is_null(value)) {
            (void)json_object_del(next, code);
            continue;
        }
        enum err e = check_value(plan, type, value, &inner, fault);
        if (e != OK) return e;
        if (json_object_set_new(next, code, tidy_value(plan, value)) != 0) return no_memory(fault);
    }
    if (json_object_size(next) == 0) row->attributes_next = NULL;
    return OK;
}

static enum err settle_person(struct plan *plan, struct table *table, struct row *row)
{
    bool changed = false;
    enum err e = row_settle(plan, table, row, &changed);
    if (e != OK || !changed) return e;
    if (row->now) e = plan_write(plan, WRITE_LAST, SQL_IMPORT_EVENT_BUMP_OF_PERSON, row->next, 1);
    if (e == OK && row->now) e = plan_write(plan, WRITE_LAST, SQL_IMPORT_DELEGATE_TOUCH_PERSON, row->next, 1);
    return e;
}

const char *plan_first_language(struct plan *plan)
{
    const struct row *row = table_find(&plan->tables[ENTITY_ORGANIZATION], "organization");
    json_t *list = NULL;
    const char *stored = row ? row_values(row)[entity_column(ENTITY_ORGANIZATION, "languages")].text : NULL;
    const char *language = stored && json_read(stored, strlen(stored), &list, NULL) == OK ? arena_strdup(plan->arena,
        json_string_value(json_array_get(list, 0))) : NULL;
    json_decref(list);
    return language ? language : "vi";
}

enum err plan_derive_person(struct plan *plan, struct row *row, const char *language)
{
    const char *name = row->next[entity_column(ENTITY_PERSON, "name")].text, *sort_name = row->next[entity_column(ENTITY_PERSON, "sort_name")].text;
    const char *fold, *sort;
    enum err e = person_derive(plan->arena, language, name, sort_name, &fold, &sort);
    if (e != OK) return e;
    row->next[entity_column(ENTITY_PERSON, "<name_fold>")] = value_text(fold);
    row->next[entity_column(ENTITY_PERSON, "<name_sort>")] = value_text(sort);
    return OK;
}

/* An attribute type that changed must still fit what is stored of people whom the file does not name. */
static enum err recheck_attributes(struct plan *plan, struct fault *fault)
{
    const struct table *types = &plan->tables[ENTITY_ATTRIBUTE_TYPE], *people = &plan->tables[ENTITY_PERSON];
    if (!plan->counts[ENTITY_ATTRIBUTE_TYPE].changed) return OK;
    for (size_t i = 0; i < people->count; i++) {
        const struct row *person = people->rows[i];
        const char *code;
        json_t *value;
        json_object_foreach(person->next ? person->attributes_next : person->attributes_now, code, value) {
            const struct row *type = table_find(types, code);
            struct json_place organization = {.key = "organization"}, list = {.up = &organization, .key = "attribute_types"}, here = {.up = &list, .key = code};
            if (type && !person->removed && check_value(plan, type, value, &here, NULL) != OK)
                return json_fault(fault, &here, "does not fit the value that %s has", person->key);
        }
    }
    return OK;
}

enum err plan_people(struct plan *plan, json_t *list, const struct json_place *place, struct fault *fault)
{
    struct table *table = &plan->tables[ENTITY_PERSON];
    enum err e = table_name_rows(plan, table, list, "code", place, fault);
    if (e == OK) table_prune(plan, table);
    if (e == OK && table->count > EVENT_PEOPLE_MOST) return json_fault(fault, place, "more than %d people", EVENT_PEOPLE_MOST);
    const char *language = plan_first_language(plan);
    for (size_t i = 0; e == OK && i < table->count; i++) {
        struct row *row = table->rows[i];
        struct json_place here = {.up = place, .index = row->index};
        if (!row->source) continue;
        e = row_merge(plan, table, row, &here, fault);
        if (e == OK) e = plan_merge_attributes(plan, row, &here, fault);
        if (e == OK && (plan_derive_person(plan, row, language) != OK || settle_person(plan, table, row) != OK)) e = no_memory(fault);
    }
    return e == OK ? recheck_attributes(plan, fault) : e;
}
