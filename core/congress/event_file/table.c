/* Rows of one entity: loading, finding, merging what the file says into what is stored, and noting what changes. */
#include "core/congress/event_file/plan.h"

#include <stdio.h>
#include <string.h>

struct db_value value_i64(int64_t value)
{
    return value == DB_NULL ? (struct db_value){.type = DB_TYPE_NULL} : (struct db_value){.type = DB_TYPE_I64, .i64 = value};
}

struct db_value value_text(const char *text)
{
    return text ? (struct db_value){.type = DB_TYPE_TEXT, .text = text} : (struct db_value){.type = DB_TYPE_NULL};
}

bool value_equal(const struct db_value *a, const struct db_value *b)
{
    if (a->type != b->type) return false;
    if (a->type == DB_TYPE_I64) return a->i64 == b->i64;
    return a->type == DB_TYPE_NULL || strcmp(a->text, b->text) == 0;
}

struct table *plan_table(struct plan *plan, enum entity_kind kind)
{
    return entities[kind].in_event ? &plan->here->tables[kind] : &plan->tables[kind];
}

struct db_value *row_values(const struct row *row)
{
    return row->next ? row->next : row->now;
}

static const char *id_key(struct plan *plan, int64_t id)
{
    return arena_printf(plan->arena, "%lld", (long long)id);
}

/* Entities whose rows have a place of their own in the event. */
static bool is_ordered(enum entity_kind kind)
{
    return kind >= ENTITY_CATEGORY && kind <= ENTITY_DOCUMENT;
}

enum err table_add(struct plan *plan, struct table *table, struct row *row)
{
    if (arena_grow(plan->arena, &table->rows, &table->capacity, table->count, sizeof *table->rows) != 0) return ERR_NOMEM;
    table->rows[table->count++] = row;
    const char *id = id_key(plan, row_values(row)[0].i64);
    if (!id || !row->key || map_put(&table->by_key, row->key, row) != 0 || map_put(&table->by_id, id, row) != 0) return ERR_NOMEM;
    const char *number = table->kind == ENTITY_DELEGATE && row->now ? row->now[entity_column(ENTITY_DELEGATE, "number")].text : NULL;
    if (number && map_put(&table->by_number, number, row) != 0) return ERR_NOMEM;
    if (is_ordered(table->kind) && row->now) {
        int64_t order = row->now[entity_column(table->kind, "<sort_order>")].i64;
        if (order > table->last_order) table->last_order = order;
    }
    return OK;
}

static const char *stored_key(struct plan *plan, enum entity_kind kind, const struct db_value *values)
{
    if (kind == ENTITY_DELEGATE) return delegate_key(plan, values);
    return kind == ENTITY_ORGANIZATION ? "organization" : values[entity_first_column(&entities[kind])].text;
}

enum err table_load(struct plan *plan, struct table *table, enum entity_kind kind, int64_t event_id)
{
    return table_load_by(plan, table, kind, event_id, entities[kind].list);
}

enum err table_load_by(struct plan *plan, struct table *table, enum entity_kind kind, int64_t event_id, size_t statement)
{
    const struct entity *entity = &entities[kind];
    *table = (struct table){.kind = kind, .event_id = event_id, .by_key = {.arena = plan->arena}, .by_id = {.arena = plan->arena},
        .by_number = {.arena = plan->arena}, .last_order = -1};
    if (!plan->db) return OK;
    struct db_value *values = NULL, parameter = value_i64(event_id);
    size_t count = 0, width = entity_width(entity);
    enum err e = db_fetch(plan->db, plan->arena, statement, &parameter, entity->in_event || statement != entity->list ? 1 : 0, &values, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        struct row *row = arena_alloc(plan->arena, sizeof *row);
        if (!row) return ERR_NOMEM;
        row->now = values + i * width;
        row->key = stored_key(plan, kind, row->now);
        e = table_add(plan, table, row);
    }
    return e;
}

struct row *table_find(const struct table *table, const char *key)
{
    struct row *row = map_get(&table->by_key, key);
    return row && !row->removed ? row : NULL;
}

struct row *table_find_id(const struct table *table, int64_t id)
{
    char key[24];
    (void)snprintf(key, sizeof key, "%lld", (long long)id);
    return map_get(&table->by_id, key);
}

struct row *table_new_row(struct plan *plan, struct table *table, const char *key)
{
    const struct entity *entity = &entities[table->kind];
    struct row *row = arena_alloc(plan->arena, sizeof *row);
    struct db_value *values = arena_array(plan->arena, entity_width(entity), sizeof *values);
    if (!row || !values) return NULL;
    values[0] = value_i64(table->kind == ENTITY_ORGANIZATION ? 1 : id_next(&plan->ids));
    if (entity->in_event) values[1] = value_i64(table->event_id);
    shape_defaults(entity->shape, values + entity_first_column(entity));
    row->key = key;
    row->next = values;
    return row;
}

static enum err name_row(struct plan *plan, struct table *table, json_t *object, size_t index, const char *key, const struct json_place *place, struct fault *fault)
{
    if (!json_is_object(object)) return json_fault(fault, place, "must be an object");
    struct json_place here = {.up = place, .key = key};
    json_t *code = json_object_get(object, key);
    if (!code) return json_fault(fault, &here, "is required");
    struct db_value value;
    static const struct field code_field = {.kind = FIELD_CODE}, slug_field = {.kind = FIELD_SLUG};
    const struct field *field = table->kind == ENTITY_EVENT ? &slug_field : &code_field;
    struct reading reading = {plan, field, code, &here, &value, fault};
    enum err e = field_text_reader(field->kind)(&reading);
    if (e != OK) return field_fault(fault, e, field_reason(field->kind), key);
    struct row *row = table_find(table, value.text);
    if (row && table->kind == ENTITY_PERSON && strcmp(row->key, value.text) != 0) { /* the file still has an entry that was merged into this one: what stayed stays */
        row->kept = true;
        return OK;
    }
    if (row && row->source) return json_fault(fault, &here, "\"%.100s\" stands twice", value.text);
    if (!row) {
        row = table_new_row(plan, table, value.text);
        if (!row || table_add(plan, table, row) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    row->source = object;
    row->index = index;
    return OK;
}

enum err table_name_rows(struct plan *plan, struct table *table, json_t *list, const char *key, const struct json_place *place, struct fault *fault)
{
    if (!list) return OK;
    if (!json_is_array(list)) return json_fault(fault, place, "must be a list");
    size_t i;
    json_t *object;
    json_array_foreach(list, i, object) {
        struct json_place here = {.up = place, .index = i};
        enum err e = name_row(plan, table, object, i, key, &here, fault);
        if (e != OK) return e;
    }
    table->named = true;
    return OK;
}

void table_prune(const struct plan *plan, struct table *table)
{
    for (size_t i = 0; plan->options->prune && table->named && i < table->count; i++)
        if (!table->rows[i]->source && !table->rows[i]->kept) table->rows[i]->removed = true;
}

enum err row_merge(struct plan *plan, struct table *table, struct row *row, const struct json_place *place, struct fault *fault)
{
    const struct entity *entity = &entities[table->kind];
    if (!row->next) {
        row->next = arena_memdup(plan->arena, row->now, entity_width(entity) * sizeof *row->now);
        if (!row->next) return fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    enum err e = shape_read(plan, entity->shape, row->source, !row->now, row->next + entity_first_column(entity), place, fault);
    if (e == OK && !row->now && is_ordered(table->kind)) row->next[entity_column(table->kind, "<sort_order>")] = value_i64(++table->last_order);
    return e;
}

static const char *place_text(struct plan *plan, const struct table *table, const struct row *row)
{
    const char *list = entities[table->kind].list_key;
    switch (table->kind) {
    case ENTITY_ORGANIZATION: return list;
    case ENTITY_ATTRIBUTE_TYPE: return arena_printf(plan->arena, "organization.%s.%s", list, row->key);
    case ENTITY_UNIT: return arena_printf(plan->arena, "organization.%s[%zu]", list, row->index);
    case ENTITY_PERSON:
    case ENTITY_EVENT: return arena_printf(plan->arena, "%s[%zu]", list, row->index);
    default: return arena_printf(plan->arena, "events[%zu].%s[%zu]", plan->here->index, list, row->index);
    }
}

/* The value as the file would say it; of a file also which bytes, so that a new version under the old name is seen. */
static json_t *show_for_report(struct plan *plan, const struct field *field, const struct db_value *values, bool *failed)
{
    if (!values) return json_null();
    json_t *json = field_show(plan, field, values, SHOW_FILE, failed);
    bool file = field->kind == FIELD_FILE || field->kind == FIELD_PICTURE || field->kind == FIELD_WORK;
    if (file && json && values[1].text) {
        json_t *longer = json_sprintf("%s (%.12s)", json_string_value(json), values[1].text);
        json_decref(json);
        json = json_sure(longer, failed);
    }
    return json ? json : json_null();
}

static json_t *changed_fields(struct plan *plan, const struct entity *entity, const struct row *row, bool *failed)
{
    json_t *fields = json_sure(json_array(), failed);
    size_t column = entity_first_column(entity);
    for (size_t i = 0; i < entity->shape->count; column += field_width(&entity->shape->fields[i++])) {
        const struct field *field = &entity->shape->fields[i];
        if (field->kind == FIELD_DERIVED) continue;
        bool differs = false;
        for (size_t k = 0; k < field_width(field); k++)
            differs = differs || (row->now ? !value_equal(&row->now[column + k], &row->next[column + k]) : row->next[column + k].type != DB_TYPE_NULL);
        if (!differs) continue;
        json_t *was = show_for_report(plan, field, row->now ? row->now + column : NULL, failed), *is = show_for_report(plan, field, row->next + column, failed);
        json_t *item = json_pack("{s:s, s:o, s:o}", "field", field->key, "old", was, "new", is);
        if (!item || json_array_append_new(fields, item) != 0) *failed = true;
    }
    return fields;
}

enum err plan_note(struct plan *plan, enum entity_kind kind, const char *code, const struct row *row, const char *what, json_t *fields)
{
    const struct event_plan *event = entities[kind].in_event || kind == ENTITY_EVENT ? plan->here : NULL;
    struct table table = {.kind = kind};
    json_t *change = json_pack("{s:s, s:s, s:s?, s:s?, s:s, s:o*}", "entity", entities[kind].name, "code", code, "event", event ? event->row->key : NULL, "place",
                               row->source ? place_text(plan, &table, row) : NULL, "kind", what, "fields", fields);
    return change && json_array_append_new(plan->changes, change) == 0 ? OK : ERR_NOMEM;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same(const struct entity *entity, const struct row *row)
{
    if (!row->now) return false;
    for (size_t i = 0; i < entity_width(entity); i++)
        if (!value_equal(&row->now[i], &row->next[i])) return false;
    if (!same_text(row->announcements_now, row->announcements_next) || !same_text(row->scenes_now, row->scenes_next)) return false;
    return json_equal(row->attributes_now, row->attributes_next) || (!row->attributes_now && !row->attributes_next);
}

static json_t *hide(struct plan *plan, const char *code, json_t *value)
{
    const struct row *type = map_get(&plan->tables[ENTITY_ATTRIBUTE_TYPE].by_key, code);
    size_t sensitive = entity_column(ENTITY_ATTRIBUTE_TYPE, "sensitive");
    if (!value || json_is_null(value)) return json_null();
    bool open = type && row_values(type)[sensitive].i64 == 0 && (!type->now || type->now[sensitive].i64 == 0); /* a file that says otherwise shows nothing by that */
    return open ? json_incref(value) : json_string("•••");
}

/* Such a list has rows of its own; in the report it looks like a field. */
static void changed_list(struct plan *plan, const char *key, const char *a, const char *b, json_t *show(struct plan *, const char *, bool *), json_t *fields,
                         bool *failed)
{
    if (same_text(a, b)) return;
    json_t *was = show(plan, a, failed), *is = show(plan, b, failed);
    json_t *item = json_pack("{s:s, s:o, s:o}", "field", key, "old", was ? was : json_null(), "new", is ? is : json_null());
    if (!item || json_array_append_new(fields, item) != 0) *failed = true;
}

/* Attributes have rows of their own; in the report they look like fields. */
static void changed_attributes(struct plan *plan, const struct row *row, json_t *fields, bool *failed)
{
    json_t *all = json_sure(json_object(), failed), *value;
    if (row->attributes_now) (void)json_object_update(all, row->attributes_now);
    if (row->attributes_next) (void)json_object_update(all, row->attributes_next);
    const char *code;
    json_object_foreach(all, code, value) {
        json_t *was = json_object_get(row->attributes_now, code), *is = json_object_get(row->attributes_next, code);
        if (was && is && json_equal(was, is)) continue;
        json_t *item = json_pack("{s:s+, s:o, s:o}", "field", "attributes.", code, "old", hide(plan, code, was), "new", hide(plan, code, is));
        if (!item || json_array_append_new(fields, item) != 0) *failed = true;
    }
    json_decref(all);
}

enum err row_settle(struct plan *plan, struct table *table, struct row *row, bool *ret_changed)
{
    const struct entity *entity = &entities[table->kind];
    struct counts *counts = &plan->counts[table->kind];
    if (is_same(entity, row)) {
        counts->same++;
        return OK;
    }
    if (row->now) counts->changed++;
    else counts->fresh++;
    if (ret_changed) *ret_changed = true;
    if (plan->options->dry_run || plan->light) {
        bool failed = false;
        json_t *fields = changed_fields(plan, entity, row, &failed);
        changed_attributes(plan, row, fields, &failed);
        changed_list(plan, announcements_field.key, row->announcements_now, row->announcements_next, plan_show_announcements, fields, &failed);
        changed_list(plan, scenes_field.key, row->scenes_now, row->scenes_next, plan_show_scenes, fields, &failed);
        if (failed) json_decref(fields);
        if (failed) return ERR_NOMEM;
        enum err e = plan_note(plan, table->kind, row->key, row, row->now ? "changed" : "new", fields);
        if (e != OK) return e;
    }
    if (table->kind == ENTITY_PERSON || table->kind == ENTITY_UNIT) return plan_write_row(plan, WRITE_MAIN, WRITE_ROW, table->kind, row);
    return plan_write(plan, WRITE_MAIN, entity->write, row->next, entity_width(entity));
}

static enum err add_write(struct plan *plan, enum write_phase phase, const struct write *write)
{
    struct write_list *list = &plan->writes[phase];
    if (arena_grow(plan->arena, &list->items, &list->capacity, list->count, sizeof *list->items) != 0) return ERR_NOMEM;
    list->items[list->count++] = *write;
    return OK;
}

enum err plan_write(struct plan *plan, enum write_phase phase, size_t statement, const struct db_value *values, size_t count)
{
    struct db_value *copy = arena_memdup(plan->arena, values, count * sizeof *values);
    return copy ? add_write(plan, phase, &(struct write){.statement = statement, .values = copy, .count = count}) : ERR_NOMEM;
}

enum err plan_write_row(struct plan *plan, enum write_phase phase, enum write_what what, enum entity_kind kind, const struct row *row)
{
    return add_write(plan, phase, &(struct write){.what = what, .kind = kind, .row = row});
}

enum err plan_write_id(struct plan *plan, enum write_phase phase, size_t statement, int64_t id)
{
    struct db_value value = value_i64(id);
    return plan_write(plan, phase, statement, &value, 1);
}
