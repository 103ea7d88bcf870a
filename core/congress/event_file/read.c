/* From the file to columns: numbers, times, references, lists, nested objects; texts are in read_text.c. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/event_file/plan.h"

#include <stdio.h>
#include <string.h>

#define LIST_MOST 1000

static enum err no_memory(const struct reading *r)
{
    return fault_set(r->fault, ERR_NOMEM, "not enough memory");
}

static enum err put_json(const struct reading *r, const json_t *json)
{
    *r->out = value_text(json_text(r->plan->arena, json));
    return r->out->text ? OK : no_memory(r);
}

static enum err read_bool(const struct reading *r)
{
    if (!json_is_boolean(r->json)) return json_fault(r->fault, r->place, "must be true or false");
    *r->out = value_i64(json_is_true(r->json));
    return OK;
}

static enum err read_int(const struct reading *r)
{
    if (!json_is_integer(r->json)) return json_fault(r->fault, r->place, "must be a whole number");
    int64_t number = json_integer_value(r->json);
    if (number < r->field->least || number > r->field->most)
        return json_fault(r->fault, r->place, "%lld is not between %lld and %lld", (long long)number, (long long)r->field->least, (long long)r->field->most);
    *r->out = value_i64(number);
    return OK;
}

static enum err one_of(const struct reading *r, json_t *json, const struct json_place *place)
{
    const char *text = json_string_value(json);
    if (!text) return json_fault(r->fault, place, "must be a text");
    char choices[200] = "";
    for (size_t i = 0; r->field->names[i]; i++) {
        if (strcmp(text, r->field->names[i]) == 0) return OK;
        if (i) strncat(choices, ", ", sizeof choices - strlen(choices) - 1);
        strncat(choices, r->field->names[i], sizeof choices - strlen(choices) - 1);
    }
    return json_fault(r->fault, place, "\"%.100s\" is not one of %s", text, choices);
}

static enum err read_enum(const struct reading *r)
{
    enum err e = one_of(r, r->json, r->place);
    if (e == OK) *r->out = value_text(json_string_value(r->json));
    return e;
}

/* "2026-12-01T07:30" by the clocks of the event, moved by whole days when the whole event is. */
static enum err read_time(const struct reading *r)
{
    const char *text = json_string_value(r->json);
    const struct event_plan *event = r->plan->here;
    if (!text) return json_fault(r->fault, r->place, "must be a text");
    int64_t ms = 0;
    struct zone_time local;
    enum err e = zone_parse(event->zone, text, &ms);
    if (e != OK) return json_fault(r->fault, r->place, "\"%.60s\" is not a local time like 2026-12-01T07:30", text);
    if (event->shift_days) {
        e = zone_local(event->zone, ms, &local);
        if (e == OK) {
            clock_civil_from_days(clock_days_from_civil(local.year, local.month, local.day) + event->shift_days, &local.year, &local.month, &local.day);
            e = zone_instant(event->zone, &local, &ms);
        }
        if (e != OK) return json_fault(r->fault, r->place, "cannot be moved by %lld days", (long long)event->shift_days);
    }
    *r->out = value_i64(ms);
    return OK;
}

static enum err read_publish(const struct reading *r)
{
    const char *text = json_string_value(r->json);
    bool manual = text && strcmp(text, "manual") == 0;
    r->out[0] = value_i64(DB_NULL);
    r->out[1] = value_i64(manual);
    return manual ? OK : read_time(r);
}

static enum err find_target(const struct reading *r, json_t *json, const struct json_place *place, struct row **ret)
{
    const char *code = json_string_value(json);
    if (!code) return json_fault(r->fault, place, "must be a text");
    struct row *row = table_find(plan_table(r->plan, r->field->target), code);
    const struct row *person = !row && r->field->target == ENTITY_DELEGATE ? table_find(&r->plan->tables[ENTITY_PERSON], code) : NULL;
    if (person) row = table_find(plan_table(r->plan, r->field->target), person->key); /* by a code that went over in a merge */
    if (!row) return json_fault(r->fault, place, "no such %s \"%.100s\"", entities[r->field->target].noun, code);
    *ret = row;
    return OK;
}

static enum err read_ref(const struct reading *r)
{
    struct row *row = NULL;
    enum err e = find_target(r, r->json, r->place, &row);
    if (e != OK) return e;
    if (r->field->kind == FIELD_REF_CODE) *r->out = value_text(row->key);
    else *r->out = row_values(row)[0];
    return OK;
}

static enum err check_item(const struct reading *r, json_t *item, const struct json_place *place)
{
    struct row *row;
    const char *text = json_string_value(item);
    switch (r->field->kind) {
    case FIELD_REF_CODES: return find_target(r, item, place, &row);
    case FIELD_ENUMS: return one_of(r, item, place);
    case FIELD_CODES: return text && text_is_code(text) ? OK : json_fault(r->fault, place, "is not a code (1 to 64 of A-Z a-z 0-9 . _ -)");
    case FIELD_LANGUAGES: return text && text_is_language(text) ? OK : json_fault(r->fault, place, "is not a language tag like vi, en, pt-BR");
    default: return text ? OK : json_fault(r->fault, place, "must be a text");
    }
}

static bool stands_before(const json_t *list, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (json_equal(json_array_get(list, i), json_array_get(list, index))) return true;
    return false;
}

static enum err read_list(const struct reading *r)
{
    if (!json_is_array(r->json)) return json_fault(r->fault, r->place, "must be a list");
    if (json_array_size(r->json) > LIST_MOST) return json_fault(r->fault, r->place, "more than %d items", LIST_MOST);
    if (r->field->kind == FIELD_LANGUAGES && json_array_size(r->json) == 0) return json_fault(r->fault, r->place, "is empty");
    json_t *list = json_array();
    if (!list || json_array_append_new(r->plan->keep, list) != 0) return no_memory(r);
    size_t i;
    json_t *item;
    json_array_foreach(r->json, i, item) {
        struct json_place here = {.up = r->place, .index = i};
        enum err e = check_item(r, item, &here);
        if (e != OK) return e;
        if (r->field->kind != FIELD_TEXTS) {
            if (stands_before(r->json, i)) return json_fault(r->fault, &here, "\"%.100s\" stands twice", json_string_value(item));
            if (json_array_append(list, item) != 0) return no_memory(r);
            continue;
        }
        struct db_value text;
        static const struct field line = {.kind = FIELD_TEXT};
        struct reading inner = {r->plan, &line, item, &here, &text, r->fault};
        e = field_text_reader(FIELD_TEXT)(&inner);
        if (e != OK) return e;
        if (json_array_append_new(list, json_string(text.text)) != 0) return no_memory(r);
    }
    return put_json(r, list);
}

static enum err read_choices(const struct reading *r)
{
    if (!json_is_object(r->json)) return json_fault(r->fault, r->place, "must be an object of titles by code");
    if (json_object_size(r->json) == 0) return json_fault(r->fault, r->place, "is empty");
    json_t *choices = json_object();
    if (!choices || json_array_append_new(r->plan->keep, choices) != 0) return no_memory(r);
    const char *code;
    json_t *value, *title = NULL;
    json_object_foreach(r->json, code, value) {
        struct json_place here = {.up = r->place, .key = code};
        if (strncmp(code, "x-", 2) == 0) continue;
        if (!text_is_code(code)) return json_fault(r->fault, r->place, "\"%.60s\" is not a code (1 to 64 of A-Z a-z 0-9 . _ -)", code);
        struct reading inner = {r->plan, r->field, value, &here, NULL, r->fault};
        enum err e = read_title(&inner, &title);
        if (e != OK) return e;
        if (json_object_set(choices, code, title) != 0) return no_memory(r);
    }
    return put_json(r, choices);
}

/* A nested object in its stored form; NULL in *ret when it says nothing at all. */
static enum err read_nested(const struct reading *r, json_t *json, const struct json_place *place, json_t **ret)
{
    struct db_value *values = arena_array(r->plan->arena, shape_width(r->field->shape), sizeof *values);
    if (!values) return no_memory(r);
    shape_defaults(r->field->shape, values);
    enum err e = shape_read(r->plan, r->field->shape, json, true, values, place, r->fault);
    if (e != OK) return e;
    bool failed = false;
    json_t *object = shape_show(r->plan, r->field->shape, values, SHOW_STORED, &failed);
    if (failed || json_array_append_new(r->plan->keep, object) != 0) return no_memory(r);
    *ret = json_object_size(object) ? object : NULL;
    return OK;
}

static enum err read_object(const struct reading *r)
{
    json_t *object = NULL;
    enum err e = read_nested(r, r->json, r->place, &object);
    return e == OK && object ? put_json(r, object) : e;
}

enum err read_objects(const struct reading *r)
{
    if (!json_is_array(r->json)) return json_fault(r->fault, r->place, "must be a list");
    if (json_array_size(r->json) > LIST_MOST) return json_fault(r->fault, r->place, "more than %d items", LIST_MOST);
    if (json_array_size(r->json) == 0) return OK;
    json_t *list = json_array();
    if (!list || json_array_append_new(r->plan->keep, list) != 0) return no_memory(r);
    size_t i;
    json_t *item, *object = NULL;
    json_array_foreach(r->json, i, item) {
        struct json_place here = {.up = r->place, .index = i};
        enum err e = read_nested(r, item, &here, &object);
        if (e != OK) return e;
        if (object && json_array_append(list, object) != 0) return no_memory(r);
    }
    return put_json(r, list);
}

static enum err field_read(const struct reading *r)
{
    field_reader *reader = field_text_reader(r->field->kind);
    if (reader) return reader(r);
    switch (r->field->kind) {
    case FIELD_BOOL: return read_bool(r);
    case FIELD_INT: return read_int(r);
    case FIELD_ENUM: return read_enum(r);
    case FIELD_TIME: return read_time(r);
    case FIELD_PUBLISH: return read_publish(r);
    case FIELD_REF:
    case FIELD_REF_CODE: return read_ref(r);
    case FIELD_ENUMS:
    case FIELD_REF_CODES:
    case FIELD_CODES:
    case FIELD_LANGUAGES:
    case FIELD_TEXTS: return read_list(r);
    case FIELD_CHOICES: return read_choices(r);
    case FIELD_OBJECT: return read_object(r);
    case FIELD_OBJECTS: return read_objects(r);
    default: return OK; /* lists and attributes have readers of their own; derived columns no key */
    }
}

static void field_default(const struct field *field, struct db_value *out)
{
    out[0] = field->text_default ? value_text(field->text_default) : value_i64(field->kind == FIELD_BOOL || field->i64_default ? field->i64_default : DB_NULL);
    if (field_width(field) == 2) out[1] = value_i64(field->kind == FIELD_PUBLISH ? 0 : DB_NULL);
}

void shape_defaults(const struct shape *shape, struct db_value *values)
{
    for (size_t i = 0, column = 0; i < shape->count; column += field_width(&shape->fields[i++]))
        if (field_width(&shape->fields[i])) field_default(&shape->fields[i], values + column);
}

const char *field_reason(enum field_kind kind)
{
    switch (kind) {
    case FIELD_CODE: return "field_code";
    case FIELD_SLUG: return "field_slug";
    case FIELD_INT: return "field_number";
    case FIELD_ZONE: return "field_zone";
    case FIELD_TIME:
    case FIELD_PUBLISH: return "field_time";
    case FIELD_REF:
    case FIELD_REF_CODE:
    case FIELD_REF_CODES: return "field_gone";
    case FIELD_LANGUAGE:
    case FIELD_LANGUAGES: return "field_language";
    case FIELD_COLOR: return "field_color";
    case FIELD_URL: return "field_url";
    case FIELD_PHONE: return "field_phone";
    case FIELD_FRACTION: return "field_fraction";
    default: return "field_text";
    }
}

enum err field_fault(struct fault *fault, enum err e, const char *reason, const char *key)
{
    if (!fault || e != ERR_INPUT || fault->reason) return e;
    fault->reason = reason;
    (void)snprintf(fault->detail, sizeof fault->detail, "%s", key);
    return e;
}

static const struct field *find_field(const struct shape *shape, const char *key, size_t *ret_column)
{
    size_t column = 0;
    for (size_t i = 0; i < shape->count; column += field_width(&shape->fields[i++])) {
        if (strcmp(shape->fields[i].key, key) != 0 || shape->fields[i].kind == FIELD_DERIVED) continue;
        *ret_column = column;
        return &shape->fields[i];
    }
    return NULL;
}

enum err shape_read(struct plan *plan, const struct shape *shape, json_t *object, bool is_new, struct db_value *values,
    const struct json_place *place, struct fault *fault)
{
    if (!json_is_object(object)) return json_fault(fault, place, "must be an object");
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        struct json_place here = {.up = place, .key = key};
        size_t column = 0;
        const struct field *field = find_field(shape, key, &column);
        if (!field && strncmp(key, "x-", 2) == 0) continue;
        if (!field) return json_fault(fault, &here, "unknown key");
        if (field_width(field) == 0) continue;
        if (json_is_null(value)) {
            if (field->flags & FIELD_REQUIRED) return field_fault(fault, json_fault(fault, &here, "is required, so it cannot be null"), "field_required", key);
            field_default(field, values + column);
            continue;
        }
        struct reading reading = {plan, field, value, &here, values + column, fault};
        if (field->kind == FIELD_OBJECT || field->kind == FIELD_OBJECTS) values[column] = value_text(NULL);
        enum err e = field_read(&reading);
        if (e != OK) return field_fault(fault, e, field_reason(field->kind), key);
    }
    for (size_t i = 0; is_new && i < shape->count; i++) {
        struct json_place here = {.up = place, .key = shape->fields[i].key};
        if ((shape->fields[i].flags & FIELD_REQUIRED) && !json_object_get(object, here.key))
            return field_fault(fault, json_fault(fault, &here, "is required"), "field_required", here.key);
    }
    return OK;
}
