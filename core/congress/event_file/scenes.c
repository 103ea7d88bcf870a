/* What the programme shows on the walls (core/congress/scene/plan.h), as the file has it: one list of phases, sessions and stretches of time, each with its scene.
 * Rows of their own, not a column. A list replaces all that there was; a file without one leaves it. Always in one order, so that equal plans are equal texts. */
#include "core/congress/event_file/plan.h"
#include "core/congress/scene/scene.h"

#include "catalogue.h"

#include <string.h>

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* --- one order ------------------------------------------------------------------------------------------------------------------------------- */

static int64_t moment(const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);
    return json_is_integer(value) ? json_integer_value(value) : DB_NULL;
}

static int compare_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Phases as a day goes, then sessions by code, then stretches by their beginning. */
static int compare(const json_t *a, const json_t *b)
{
    const char *one = json_string_value(json_object_get(a, "session")), *other = json_string_value(json_object_get(b, "session"));
    enum scene_phase first, second;
    bool is_phase = scene_phase_from_word(json_string_value(json_object_get(a, "phase")), &first);
    bool was_phase = scene_phase_from_word(json_string_value(json_object_get(b, "phase")), &second);
    if (is_phase && was_phase) return (int)first - (int)second;
    if (is_phase != was_phase) return is_phase ? -1 : 1;
    if (one && other) return strcmp(one, other);
    if (one || other) return one ? -1 : 1;
    int by_begin = compare_i64(moment(a, "from"), moment(b, "from"));
    if (by_begin == 0) by_begin = compare_i64(moment(a, "until"), moment(b, "until"));
    return by_begin ? by_begin : strcmp(json_string_value(json_object_get(a, "scene")), json_string_value(json_object_get(b, "scene")));
}

/* A new list; items are shared. Some hundred at most. NULL: out of memory. */
static json_t *arrange(const json_t *list)
{
    json_t *sorted = json_array();
    for (size_t i = 0; sorted && i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        size_t at = json_array_size(sorted);
        while (at > 0 && compare(json_array_get(sorted, at - 1), item) > 0) at--;
        if (json_array_insert(sorted, at, item) == 0) continue;
        json_decref(sorted);
        return NULL;
    }
    return sorted;
}

/* --- from the file ----------------------------------------------------------------------------------------------------------------------------- */

static enum err check_item(const json_t *item, const struct json_place *place, struct fault *fault)
{
    bool phase = json_object_get(item, "phase"), session = json_object_get(item, "session"), from = json_object_get(item, "from"), until = json_object_get(item, "until");
    if (phase + session + (from || until) != 1 || from != until) return json_fault(fault, place, "has one of \"phase\", \"session\", or \"from\" with \"until\"");
    if (from && moment(item, "until") <= moment(item, "from")) return json_fault(fault, place, "\"until\" must come after \"from\"");
    return OK;
}

static enum err check_list(const json_t *list, const struct json_place *place, struct fault *fault)
{
    size_t spans = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct json_place here = {.up = place, .index = i};
        const json_t *item = json_array_get(list, i);
        enum err e = check_item(item, &here, fault);
        if (e != OK) return e;
        spans += json_object_get(item, "from") != NULL;
        if (spans > SCENE_SPANS_MOST) return json_fault(fault, &here, "more than %d stretches of time", SCENE_SPANS_MOST);
        for (size_t k = 0; k < i && !json_object_get(item, "from"); k++)
            if (!json_object_get(json_array_get(list, k), "from") && compare(item, json_array_get(list, k)) == 0) return json_fault(fault, &here, "stands twice");
    }
    return OK;
}

static enum err read_file_list(struct plan *plan, json_t *json, const struct json_place *place, json_t **ret, struct fault *fault)
{
    struct db_value value = value_text(NULL);
    struct reading reading = {plan, &scenes_field, json, place, &value, fault};
    enum err e = json_is_null(json) ? OK : read_objects(&reading);
    json_t *list = e == OK && !value.text ? json_array() : NULL;
    if (e == OK && value.text && json_read(value.text, strlen(value.text), &list, fault) != OK) e = no_memory(fault);
    if (e == OK) e = check_list(list, place, fault);
    json_t *sorted = e == OK ? arrange(list) : NULL;
    json_decref(list);
    if (e != OK) return e;
    if (!sorted || json_array_append_new(plan->keep, sorted) != 0) return no_memory(fault);
    *ret = sorted;
    return OK;
}

/* --- as it is stored --------------------------------------------------------------------------------------------------------------------------- */

static json_t *item_of_row(struct plan *plan, const struct sql_scene_rules_row *row, bool *failed)
{
    const struct row *session = row->session_id != DB_NULL ? table_find_id(plan_table(plan, ENTITY_SESSION), row->session_id) : NULL;
    json_t *item = json_sure(json_object(), failed);
    if (row->phase) (void)json_object_set_new(item, "phase", json_string(row->phase));
    if (session) (void)json_object_set_new(item, "session", json_string(session->key));
    if (row->from_ms != DB_NULL) (void)json_object_set_new(item, "from", json_integer(row->from_ms));
    if (row->until_ms != DB_NULL) (void)json_object_set_new(item, "until", json_integer(row->until_ms));
    if (json_object_set_new(item, "scene", json_string(row->scene)) != 0) *failed = true;
    return item;
}

enum err plan_scenes_stored(struct plan *plan, struct row *row)
{
    struct sql_scene_rules_row *rows;
    size_t count;
    bool failed = false;
    enum err e = sql_scene_rules(plan->db, plan->arena, row->now[0].i64, &rows, &count);
    if (e != OK) return e;
    json_t *list = json_sure(json_array(), &failed);
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(list, item_of_row(plan, &rows[i], &failed)) != 0) failed = true;
    json_t *sorted = failed ? NULL : arrange(list);
    row->scenes_now = count && sorted ? json_text(plan->arena, sorted) : NULL;
    if (!sorted || (count && !row->scenes_now)) failed = true;
    json_decref(list);
    json_decref(sorted);
    return failed ? ERR_NOMEM : OK;
}

enum err plan_scenes(struct plan *plan, struct event_plan *event, const struct json_place *place, struct fault *fault)
{
    struct row *row = event->row;
    struct json_place here = {.up = place, .key = scenes_field.key};
    json_t *given = json_object_get(event->source, scenes_field.key);
    enum err e = event->is_new ? OK : plan_scenes_stored(plan, row);
    if (e != OK) return db_fault(plan->db, e, fault, "read what the programme shows");
    row->scenes_next = row->scenes_now;
    if (!given) return OK;
    e = read_file_list(plan, given, &here, &event->scenes, fault);
    if (e != OK) return e;
    row->scenes_next = json_array_size(event->scenes) ? json_text(plan->arena, event->scenes) : NULL;
    return json_array_size(event->scenes) && !row->scenes_next ? no_memory(fault) : OK;
}

json_t *plan_show_scenes(struct plan *plan, const char *stored, bool *failed)
{
    const struct db_value value = value_text(stored);
    return stored ? field_show(plan, &scenes_field, &value, SHOW_FILE, failed) : NULL;
}

static enum err write_list(struct plan *plan, struct db *db, const struct event_plan *event)
{
    int64_t event_id = row_values(event->row)[0].i64;
    enum err e = sql_scene_rules_clear(db, event_id, NULL);
    for (size_t i = 0; e == OK && i < json_array_size(event->scenes); i++) {
        const json_t *item = json_array_get(event->scenes, i);
        const char *code = json_string_value(json_object_get(item, "session"));
        const struct row *session = code ? table_find(&event->tables[ENTITY_SESSION], code) : NULL;
        if (code && !session) return ERR_BUG;
        const struct sql_scene_rule_insert_in in = {id_next(&plan->ids), event_id, json_string_value(json_object_get(item, "phase")),
                                                    session ? row_values(session)[0].i64 : DB_NULL, moment(item, "from"), moment(item, "until"),
                                                    json_string_value(json_object_get(item, "scene"))};
        e = sql_scene_rule_insert(db, &in, NULL);
    }
    return e;
}

enum err plan_write_scenes(struct plan *plan, struct db *db)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < plan->event_count; i++)
        if (plan->events[i].scenes) e = write_list(plan, db, &plan->events[i]);
    return e;
}
