/* Events and their lists, but for the delegates. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/zone.h"
#include "core/congress/event_file/plan.h"

#include <stdio.h>
#include <string.h>

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

static enum err check_order(const struct row *row, enum entity_kind kind, const struct json_place *place, struct fault *fault)
{
    struct json_place here = {.up = place, .key = "ends"};
    bool good = row->next[entity_column(kind, "ends")].i64 > row->next[entity_column(kind, "starts")].i64;
    return good ? OK : field_fault(fault, json_fault(fault, &here, "must be after \"starts\""), "field_order", "ends");
}

/* Days to move an event by, so that it begins on the day that was asked for. */
static enum err find_shift(struct plan *plan, struct event_plan *event, const struct json_place *place, struct fault *fault)
{
    const char *wanted = plan->options->starts_on, *text = json_string_value(json_object_get(event->source, "starts"));
    if (!wanted) return OK;
    struct json_place here = {.up = place, .key = "starts"};
    int64_t ms, today;
    struct zone_time from, to;
    if (!text) return json_fault(fault, &here, "is required when the event is to be moved");
    if (zone_parse(event->zone, text, &ms) != OK || zone_local(event->zone, ms, &from) != OK) return OK; /* the reader says it better */
    if (strcmp(wanted, "today") == 0) {
        today = plan->now_ms;
        if (zone_local(event->zone, today, &to) != OK) return json_fault(fault, &here, "cannot be moved to today");
    } else if (sscanf(wanted, "%4d-%2d-%2d", &to.year, &to.month, &to.day) != 3) {
        return fault_set(fault, ERR_USAGE, "\"%s\" is not a date", wanted);
    }
    event->shift_days = clock_days_from_civil(to.year, to.month, to.day) - clock_days_from_civil(from.year, from.month, from.day);
    return OK;
}

/* The zone comes first: without it no time can be read. */
static enum err find_zone(struct event_plan *event, const struct json_place *place, struct fault *fault)
{
    struct json_place here = {.up = place, .key = "timezone"};
    json_t *given = json_object_get(event->source, "timezone");
    if (given) {
        event->zone = json_string_value(given);
        if (!event->zone) return field_fault(fault, json_fault(fault, &here, "must be a text"), "field_required", "timezone");
        if (!zone_is_known(event->zone)) return field_fault(fault, json_fault(fault, &here, "no such time zone \"%.100s\"", event->zone), "field_zone", "timezone");
        return OK;
    }
    if (!event->row->now) return json_fault(fault, &here, "is required");
    event->zone = event->row->now[entity_column(ENTITY_EVENT, "timezone")].text;
    return OK;
}

static enum err load_lists(struct plan *plan, struct event_plan *event)
{
    struct db *db = plan->db;
    enum err e = OK;
    if (event->is_new) plan->db = NULL; /* nothing is stored of it */
    for (int kind = ENTITY_CATEGORY; e == OK && kind < ENTITY_COUNT; kind++) {
        if (plan->light && kind == ENTITY_DELEGATE) plan->db = NULL;
        e = table_load(plan, &event->tables[kind], (enum entity_kind)kind, row_values(event->row)[0].i64);
    }
    plan->db = db;
    return e;
}

enum err plan_take_event(struct plan *plan, const char *slug, struct fault *fault)
{
    struct row *row = table_find(&plan->tables[ENTITY_EVENT], slug);
    if (!row || !row->now) return fault_set(fault, ERR_NOT_FOUND, "no such event \"%s\"", slug);
    plan->events = arena_array(plan->arena, 1, sizeof *plan->events);
    if (!plan->events) return no_memory(fault);
    plan->here = plan->events;
    plan->event_count = 1;
    *plan->here = (struct event_plan){.row = row, .zone = row->now[entity_column(ENTITY_EVENT, "timezone")].text};
    enum err e = load_lists(plan, plan->here);
    return e == OK ? OK : db_fault(plan->db, e, fault, "read the event");
}

/* Finds all rows by their codes before any of them is read, so that they can refer to one another. */
static enum err name_lists(struct plan *plan, struct event_plan *event, const struct json_place *place, struct fault *fault)
{
    enum err e = OK;
    for (int kind = ENTITY_CATEGORY; e == OK && kind < ENTITY_DELEGATE; kind++) {
        struct json_place here = {.up = place, .key = entities[kind].list_key};
        e = table_name_rows(plan, &event->tables[kind], json_object_get(event->source, entities[kind].list_key), "code", &here, fault);
        if (e == OK) table_prune(plan, &event->tables[kind]);
    }
    struct json_place here = {.up = place, .key = "delegates"};
    return e == OK ? plan_name_delegates(plan, &event->tables[ENTITY_DELEGATE], json_object_get(event->source, "delegates"), &here, fault) : e;
}

static enum err plan_event_row(struct plan *plan, struct event_plan *event, const struct json_place *place, struct fault *fault)
{
    struct row *row = event->row;
    enum err e = row_merge(plan, &plan->tables[ENTITY_EVENT], row, place, fault);
    if (e == OK) e = check_order(row, ENTITY_EVENT, place, fault);
    if (e != OK) return e;
    int64_t opens, closes;
    e = zone_day(event->zone, row->next[entity_column(ENTITY_EVENT, "starts")].i64, &opens, &closes);
    if (e != OK) return fault_set(fault, e, "the first day of %s cannot be found", row->key);
    row->next[entity_column(ENTITY_EVENT, "<opens>")] = value_i64(opens);
    e = plan_announcements(plan, event, place, fault);
    if (e == OK) e = plan_scenes(plan, event, place, fault);
    if (e != OK) return e;
    return row_settle(plan, &plan->tables[ENTITY_EVENT], row, &event->changed) == OK ? OK : no_memory(fault);
}

/* Positions are bits of a set: a new category takes a free one when the next would be too far. */
static enum err place_category(struct table *table, struct row *row, const struct json_place *place, struct fault *fault)
{
    size_t column = entity_column(ENTITY_CATEGORY, "<sort_order>");
    if (row->next[column].i64 < EVENT_CATEGORIES_MOST) return OK;
    uint64_t taken = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct row *other = table->rows[i];
        int64_t position = row_values(other)[column].type == DB_TYPE_I64 ? row_values(other)[column].i64 : EVENT_CATEGORIES_MOST;
        if (other != row && position < EVENT_CATEGORIES_MOST) taken |= UINT64_C(1) << position; /* also of those that go: they go last */
    }
    for (int64_t position = 0; position < EVENT_CATEGORIES_MOST; position++) {
        if (taken & (UINT64_C(1) << position)) continue;
        row->next[column] = value_i64(position);
        return OK;
    }
    return field_fault(fault, json_fault(fault, place, "more than %d categories in an event", EVENT_CATEGORIES_MOST), "field_many", "title");
}

/* A paper whose bytes changed gets a new version. */
static enum err add_version(struct plan *plan, const struct row *row)
{
    size_t file = entity_column(ENTITY_DOCUMENT, "file");
    const char *path = row->next[file].text, *sha256 = row->next[file + 1].text;
    if (!path || !sha256 || (row->now && value_equal(&row->now[file + 1], &row->next[file + 1]))) return OK;
    int64_t version = 1;
    if (row->now) {
        struct sql_import_document_version_next_row next;
        enum err e = sql_import_document_version_next(plan->db, plan->arena, row->now[0].i64, &next);
        if (e != OK) return e;
        version = next.version;
    }
    struct db_value values[] = {value_i64(id_next(&plan->ids)), row->next[0], value_i64(version), value_text(sha256),
        value_text(file_base_name(path)), value_i64(plan->now_ms)};
    return plan_write(plan, WRITE_MAIN, SQL_IMPORT_DOCUMENT_VERSION_INSERT, values, 6);
}

/* What the organiser set on the console stays as it is (core/congress/papers/publish.h). */
static enum err keep_edited(struct plan *plan, struct event_plan *event, const struct row *row)
{
    struct sql_room_edited_row *edited;
    size_t count = 0;
    if (!row->now || event->is_new || !plan->db) return OK;
    enum err e = sql_room_edited(plan->db, plan->arena, row_values(event->row)[0].i64, &edited, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        if (edited[i].id != row->now[0].i64) continue;
        static const char *const keys[] = {"title", "language", "number", "issued", "issuer", "audience", "session", "restricted", "must_read"};
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            size_t column = entity_column(ENTITY_DOCUMENT, keys[k]);
            const char *word = arena_printf(plan->arena, " %s ", keys[k]);
            if (!word) return ERR_NOMEM;
            if (strstr(edited[i].edited, word)) row->next[column] = row->now[column];
        }
    }
    return e;
}

static enum err check_row(struct table *table, struct row *row, const struct json_place *place, struct fault *fault)
{
    struct json_place area = {.up = place, .key = "area"};
    if (table->kind == ENTITY_CATEGORY) return place_category(table, row, place, fault);
    if (table->kind == ENTITY_SESSION) return check_order(row, ENTITY_SESSION, place, fault);
    if (table->kind != ENTITY_GATE) return OK;
    bool entry = strcmp(row->next[entity_column(ENTITY_GATE, "kind")].text, "entry") == 0;
    bool leads = row->next[entity_column(ENTITY_GATE, "area")].type == DB_TYPE_I64;
    if (!entry || leads) return OK;
    return field_fault(fault, json_fault(fault, &area, "is required: an entry gate leads into an area"), "field_area", "area");
}

static enum err plan_list(struct plan *plan, struct event_plan *event, enum entity_kind kind, const struct json_place *place, struct fault *fault)
{
    struct table *table = &event->tables[kind];
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = table->rows[i];
        struct json_place here = {.up = place, .index = row->index};
        if (!row->source) continue;
        enum err e = row_merge(plan, table, row, &here, fault);
        if (e == OK) e = check_row(table, row, &here, fault);
        if (e != OK) return e;
        if (kind == ENTITY_DOCUMENT) e = keep_edited(plan, event, row);
        if (e == OK) e = row_settle(plan, table, row, &event->changed);
        if (e == OK && kind == ENTITY_DOCUMENT) e = add_version(plan, row);
        if (e != OK) return fault_set(fault, e, "%s %s: %s", entities[kind].noun, row->key, err_name(e));
    }
    return OK;
}

static enum err plan_event(struct plan *plan, struct event_plan *event, const struct json_place *place, struct fault *fault)
{
    plan->here = event;
    enum err e = find_zone(event, place, fault);
    if (e == OK) e = find_shift(plan, event, place, fault);
    if (e == OK && (e = load_lists(plan, event)) != OK) return fault_set(fault, e, "read the event %s: %s", event->row->key, err_name(e));
    if (e == OK) e = name_lists(plan, event, place, fault);
    if (e == OK) e = plan_event_row(plan, event, place, fault);
    for (int kind = ENTITY_CATEGORY; e == OK && kind < ENTITY_DELEGATE; kind++) {
        struct json_place here = {.up = place, .key = entities[kind].list_key};
        e = plan_list(plan, event, (enum entity_kind)kind, &here, fault);
    }
    struct json_place here = {.up = place, .key = "delegates"};
    return e == OK ? plan_delegates(plan, &here, fault) : e;
}

enum err plan_events(struct plan *plan, json_t *list, const struct json_place *place, struct fault *fault)
{
    struct table *table = &plan->tables[ENTITY_EVENT];
    enum err e = table_name_rows(plan, table, list, "slug", place, fault); /* none is pruned: an event goes by `plenum purge` only */
    plan->events = arena_array(plan->arena, table->count + 1, sizeof *plan->events);
    if (!plan->events) return no_memory(fault);
    const char *only = plan->options->only_event;
    for (size_t i = 0; e == OK && i < table->count; i++) {
        struct row *row = table->rows[i];
        struct json_place here = {.up = place, .index = row->index};
        if (!row->source || (only && strcmp(only, row->key) != 0)) continue;
        struct event_plan *event = &plan->events[plan->event_count++];
        *event = (struct event_plan){.row = row, .source = row->source, .index = row->index, .is_new = !row->now};
        e = plan_event(plan, event, &here, fault);
    }
    if (e == OK && only && plan->event_count == 0) return fault_set(fault, ERR_INPUT, "the file has no event \"%s\"", only);
    plan->here = NULL;
    return e;
}
