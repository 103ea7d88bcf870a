#include "core/congress/register/sensitive.h"
#include "core/base/json.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <string.h>

static enum err read_values(struct db *db, struct arena *arena, int64_t person_id, bool with_sensitive, struct register_value **ret, size_t *ret_count)
{
    struct sql_register_values_row *rows;
    size_t count;
    enum err e = sql_register_values(db, arena, person_id, &rows, &count);
    struct register_value *list = e == OK ? arena_array(arena, count + 1, sizeof *list) : NULL;
    if (e != OK) return e;
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        bool hidden = rows[i].sensitive != 0 && !with_sensitive;
        list[i] = (struct register_value){rows[i].code, rows[i].title, rows[i].kind, rows[i].choices, hidden ? NULL : rows[i].value, rows[i].sensitive != 0,
                                          rows[i].value != NULL};
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err register_values_read(struct db *db, struct arena *arena, int64_t person_id, struct register_value **ret, size_t *ret_count)
{
    return read_values(db, arena, person_id, false, ret, ret_count);
}

/* `types` is taken. */
static enum err note(struct register_doing *doing, const char *subject, json_t *types, int64_t people)
{
    json_t *detail = json_pack("{s:o,s:s}", "attributes", types, "where", doing->source);
    if (detail && people >= 0) (void)json_object_set_new(detail, "people", json_integer(people));
    const char *text = detail ? json_text(doing->arena, detail) : NULL;
    json_decref(detail);
    return text ? audit_write(doing->db, doing->at_ms, doing->actor, "sensitive read", subject, text) : ERR_NOMEM;
}

enum err register_sensitive_values(struct register_doing *doing, int64_t person_id, struct register_value **ret, size_t *ret_count)
{
    struct register_person person;
    struct register_value *list;
    size_t count, shown = 0;
    enum err e = register_person_by_id(doing->db, doing->arena, person_id, &person);
    if (e == OK) e = read_values(doing->db, doing->arena, person_id, true, &list, &count);
    json_t *types = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        if (!list[i].sensitive || !list[i].value) continue;
        shown++;
        if (json_array_append_new(types, json_string(list[i].type)) != 0) e = ERR_NOMEM;
    }
    if (e == OK && shown) e = note(doing, person.code, types, -1);
    else json_decref(types);
    if (e != OK) return e;
    *ret = list;
    *ret_count = count;
    return OK;
}

static bool has_text(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0) return true;
    return false;
}

enum err register_sensitive_changes(struct register_doing *doing, int64_t person_id, int64_t before, int64_t most, struct register_change **ret, size_t *ret_count)
{
    struct sql_register_sensitive_changes_row *rows;
    struct register_person person;
    size_t count = 0;
    enum err e = register_person_by_id(doing->db, doing->arena, person_id, &person);
    if (e == OK) e = sql_register_sensitive_changes(doing->db, doing->arena, person_id, before, most, &rows, &count);
    struct register_change *list = e == OK ? arena_array(doing->arena, count + 1, sizeof *list) : NULL;
    if (e != OK) return e;
    json_t *types = json_array();
    if (!list || !types) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct sql_register_sensitive_changes_row *r = &rows[i];
        const char *type = strchr(r->field, ':') ? strchr(r->field, ':') + 1 : r->field;
        list[i] = (struct register_change){.id = r->id, .person_id = person_id, .unit_id = DB_NULL, .person_code = person.code, .at_ms = r->at_ms, .day = r->day,
                                           .field = r->field, .old = r->old, .value = r->value, .sensitive = true, .actor = r->actor, .source = r->source};
        if (!has_text(types, type) && json_array_append_new(types, json_string(type)) != 0) e = ERR_NOMEM;
    }
    if (e == OK && count) e = note(doing, person.code, types, -1);
    else json_decref(types);
    if (e != OK) return e;
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err register_sensitive_note(struct register_doing *doing, const char *subject, const char *const *types, size_t count, int64_t people)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(list, json_string(types[i])) != 0) {
            json_decref(list);
            return ERR_NOMEM;
        }
    return note(doing, subject, list, people);
}
