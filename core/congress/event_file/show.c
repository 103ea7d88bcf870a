/* From columns back to the file, and to the JSON that is stored in a column. */
#include "core/base/zone.h"
#include "core/congress/event_file/plan.h"

#include <string.h>

static json_t *parse_stored(const char *text, bool *failed)
{
    json_t *json = NULL;
    if (json_read(text, strlen(text), &json, NULL) != OK) *failed = true;
    return json;
}

static json_t *show_time(struct plan *plan, int64_t ms, bool *failed)
{
    char text[ZONE_TEXT_SIZE];
    if (!plan->here || zone_format(plan->here->zone, ms, text) != OK) {
        *failed = true;
        return NULL;
    }
    return json_sure(json_string(text), failed);
}

static json_t *show_ref(struct plan *plan, const struct field *field, int64_t id, bool *failed)
{
    const struct row *row = table_find_id(plan_table(plan, field->target), id);
    return json_sure(row ? json_string(row->key) : NULL, failed);
}

/* The inverse of SHOW_STORED, for what this program itself wrote. */
static enum err load_nested(struct plan *plan, const struct shape *shape, const json_t *object, struct db_value *values)
{
    shape_defaults(shape, values);
    for (size_t i = 0, column = 0; i < shape->count; column += field_width(&shape->fields[i++])) {
        const struct field *field = &shape->fields[i];
        json_t *json = json_object_get(object, field->key);
        if (!json || json_is_null(json)) {
            values[column] = value_i64(DB_NULL);
            continue;
        }
        if (json_is_boolean(json)) values[column] = value_i64(json_is_true(json));
        else if (json_is_integer(json)) values[column] = value_i64(json_integer_value(json));
        else if (json_is_string(json) && field->kind != FIELD_TITLE) values[column] = value_text(arena_strdup(plan->arena, json_string_value(json)));
        else values[column] = value_text(json_text(plan->arena, json));
        const char *blob = json_string_value(json_object_get(object, "blob"));
        if (field_width(field) == 2) values[column + 1] = value_text(arena_strdup(plan->arena, blob));
    }
    return OK;
}

static json_t *show_nested(struct plan *plan, const struct field *field, const json_t *object, bool *failed)
{
    struct db_value *values = arena_array(plan->arena, shape_width(field->shape), sizeof *values);
    if (!values || load_nested(plan, field->shape, object, values) != OK) {
        *failed = true;
        return NULL;
    }
    return shape_show(plan, field->shape, values, SHOW_FILE, failed);
}

static json_t *show_objects(struct plan *plan, const struct field *field, const char *text, bool *failed)
{
    json_t *stored = parse_stored(text, failed);
    if (!stored) return NULL;
    json_t *shown;
    if (json_is_array(stored)) {
        size_t i;
        json_t *item;
        shown = json_sure(json_array(), failed);
        json_array_foreach(stored, i, item)
            if (json_array_append_new(shown, show_nested(plan, field, item, failed)) != 0) *failed = true;
    } else {
        shown = show_nested(plan, field, stored, failed);
    }
    json_decref(stored);
    return shown;
}

json_t *field_show(struct plan *plan, const struct field *field, const struct db_value *values, enum show_form form, bool *failed)
{
    const struct db_value *v = values;
    if (field->kind == FIELD_PUBLISH && values[1].i64 == 1) return json_sure(json_string("manual"), failed);
    if (v->type == DB_TYPE_NULL) return NULL;
    switch (field->kind) {
    case FIELD_BOOL: return json_sure(json_boolean(v->i64 != 0), failed);
    case FIELD_INT: return json_sure(json_integer(v->i64), failed);
    case FIELD_TIME:
    case FIELD_PUBLISH: return form == SHOW_FILE ? show_time(plan, v->i64, failed) : json_sure(json_integer(v->i64), failed);
    case FIELD_REF: return show_ref(plan, field, v->i64, failed);
    case FIELD_TITLE:
    case FIELD_CHOICES:
    case FIELD_ENUMS:
    case FIELD_REF_CODES:
    case FIELD_CODES:
    case FIELD_LANGUAGES:
    case FIELD_TEXTS: return parse_stored(v->text, failed);
    case FIELD_LABEL: return v->text[0] == '{' || v->text[0] == '"' ? parse_stored(v->text, failed) : json_sure(json_string(v->text), failed);
    case FIELD_OBJECT:
    case FIELD_OBJECTS: return form == SHOW_FILE ? show_objects(plan, field, v->text, failed) : parse_stored(v->text, failed);
    default: return json_sure(json_string(v->text), failed);
    }
}

json_t *shape_show(struct plan *plan, const struct shape *shape, const struct db_value *values, enum show_form form, bool *failed)
{
    json_t *object = json_sure(json_object(), failed);
    for (size_t i = 0, column = 0; i < shape->count; column += field_width(&shape->fields[i++])) {
        const struct field *field = &shape->fields[i];
        size_t width = field_width(field);
        if (width == 0 || field->kind == FIELD_DERIVED) continue;
        json_t *json = field_show(plan, field, values + column, form, failed);
        if (!json && form == SHOW_FILE && (field->flags & FIELD_KEEP_NULL)) json = json_null();
        if (!json) continue;
        if (json_object_set_new(object, field->key, json) != 0) *failed = true;
        bool file = field->kind == FIELD_FILE || field->kind == FIELD_PICTURE || field->kind == FIELD_WORK;
        if (file && form == SHOW_STORED && values[column + 1].text && json_object_set_new(object, "blob", json_string(values[column + 1].text)) != 0) *failed = true;
    }
    return object;
}
