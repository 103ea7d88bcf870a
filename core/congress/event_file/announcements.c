/* The list of announcements: rows of their own (core/congress/messages), not a column. The file's list replaces what came from a file before; what was written
 * on the console stays, and what was changed or ended there stays so. */
#include "core/base/text.h"
#include "core/congress/event_file/plan.h"
#include "core/congress/messages/announcements.h"

#include <string.h>

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* What a screen can bear, which the tables do not say. */
static enum err check_item(const json_t *item, const struct json_place *place, struct fault *fault)
{
    struct json_place here = {.up = place, .key = "text"}, audience = {.up = place, .key = "audience"};
    const json_t *title = json_object_get(item, "text");
    const char *language;
    json_t *value;
    if (json_object_size(title) > ANNOUNCEMENT_LANGUAGES) return json_fault(fault, &here, "more than %d languages", ANNOUNCEMENT_LANGUAGES);
    if (json_is_string(title) && text_length(json_string_value(title)) > ANNOUNCEMENT_LETTERS)
        return json_fault(fault, &here, "longer than %d letters", ANNOUNCEMENT_LETTERS);
    json_object_foreach((json_t *)(uintptr_t)title, language, value)
        if (text_length(json_string_value(value)) > ANNOUNCEMENT_LETTERS)
            return json_fault(fault, &here, "longer than %d letters in \"%s\"", ANNOUNCEMENT_LETTERS, language);
    if (!json_object_get(item, "audience")) return OK;
    json_t *to = json_object_get(item, "to");
    for (size_t i = 0; i < json_array_size(to); i++)
        if (strcmp(json_string_value(json_array_get(to, i)), "wall") == 0)
            return json_fault(fault, &audience, "everybody sees a wall: with an audience, \"to\" is [\"phone\"]");
    return OK;
}

static enum err read_file_list(struct plan *plan, json_t *json, const struct json_place *place, json_t **ret, struct fault *fault)
{
    struct db_value value = value_text(NULL);
    struct reading reading = {plan, &announcements_field, json, place, &value, fault};
    enum err e = json_is_null(json) ? OK : read_objects(&reading);
    if (e != OK) return e;
    json_t *list = json_array();
    if (value.text) {
        json_decref(list);
        if (json_read(value.text, strlen(value.text), &list, fault) != OK) return no_memory(fault);
    }
    if (!list || json_array_append_new(plan->keep, list) != 0) return no_memory(fault);
    for (size_t i = 0; e == OK && i < json_array_size(list); i++) {
        struct json_place here = {.up = place, .index = i};
        e = check_item(json_array_get(list, i), &here, fault);
    }
    *ret = list;
    return e;
}

static const char *list_text(struct plan *plan, const json_t *list)
{
    return json_array_size(list) ? json_text(plan->arena, list) : NULL;
}

/* NULL in the row: none. */
enum err plan_announcements(struct plan *plan, struct event_plan *event, const struct json_place *place, struct fault *fault)
{
    struct row *row = event->row;
    struct json_place here = {.up = place, .key = "announcements"};
    struct db *db = event->is_new ? NULL : plan->db;
    struct announcement_merge merge;
    json_t *now = NULL, *given = json_object_get(event->source, "announcements");
    enum err e = OK;
    if (!given) {
        e = db ? announcement_list(db, plan->arena, row_values(row)[0].i64, &now) : OK;
        if (e != OK) return db_fault(db, e, fault, "read the announcements");
        row->announcements_now = row->announcements_next = list_text(plan, now);
        json_decref(now);
        return OK;
    }
    e = read_file_list(plan, given, &here, &event->announcements, fault);
    if (e != OK) return e;
    e = announcement_merge(db, plan->arena, row_values(row)[0].i64, event->announcements, &merge, &now);
    if (e != OK) return db ? db_fault(db, e, fault, "read the announcements") : no_memory(fault);
    row->announcements_now = list_text(plan, now);
    row->announcements_next = list_text(plan, merge.after);
    json_decref(now);
    json_decref(merge.after);
    return OK;
}

enum err plan_recheck_announcements(struct plan *plan, struct fault *fault)
{
    const struct row *row = plan->here->row;
    bool failed = false;
    json_t *list = NULL, *shown = plan_show_announcements(plan, row->announcements_next, &failed);
    enum err e = failed ? no_memory(fault) : OK;
    if (e == OK && shown) e = read_file_list(plan, shown, NULL, &list, fault);
    if (e == ERR_INPUT) fault_prefix(fault, "--prune: an announcement of \"%s\" needs what would go: ", row->key);
    json_decref(shown);
    return e == ERR_INPUT ? ERR_CONFLICT : e;
}

json_t *plan_show_announcements(struct plan *plan, const char *stored, bool *failed)
{
    const struct db_value value = value_text(stored);
    return stored ? field_show(plan, &announcements_field, &value, SHOW_FILE, failed) : NULL;
}

enum err plan_write_announcements(struct plan *plan, struct db *db)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < plan->event_count; i++) {
        const struct event_plan *event = &plan->events[i];
        if (event->announcements)
            e = announcement_take_file(db, &plan->ids, row_values(event->row)[0].i64, event->announcements, plan->options->actor, plan->now_ms);
    }
    return e;
}
