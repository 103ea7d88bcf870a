/* Flat lists: delegates and check-ins, as JSON objects with the same keys in the same order, and those as CSV. */
#include "catalogue.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/json_time.h"
#include "core/congress/title.h"

#include <stdio.h>

struct listing {
    json_t *list;
    struct arena arena;
};

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static enum err append(struct listing *listing, json_t *object)
{
    return object && json_array_append_new(listing->list, object) == 0 ? OK : ERR_NOMEM;
}

static enum err add_checkin(void *ctx, const struct sql_export_checkins_row *row)
{
    json_t *object = json_pack("{s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:b, s:o}", "scan_id", row->scan_id, "person",
        text_or_null(row->person), "number",
                               text_or_null(row->number), "gate", text_or_null(row->gate), "direction", row->direction, "outcome", row->outcome, "reason",
                               text_or_null(row->reason), "scanned_at", json_time_or_null(row->scanned_ms), "received_at", json_time_or_null(row->received_ms),
                               "happened_at",
                               json_time_or_null(row->true_ms), "estimated", row->estimated != 0, "device", text_or_null(row->device), "account",
                                   text_or_null(row->account), "conflict",
                               row->conflict != 0, "group", text_or_null(row->group_request));
    if (object && row->undone_ms != DB_NULL && json_object_set_new(object, "undone_at", json_time_or_null(row->undone_ms)) != 0) return ERR_NOMEM;
    if (object && row->origin && json_object_set_new(object, "origin", json_string(row->origin)) != 0) return ERR_NOMEM;
    return append(ctx, object);
}

static enum err add_delegate(void *ctx, const struct sql_export_delegates_row *row)
{
    struct listing *listing = ctx;
    const char *title = row->title ? title_pick(&listing->arena, row->title, "vi") : NULL;
    json_t *object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "number",
        text_or_null(row->number), "person",
                               text_or_null(row->person), "name", text_or_null(row->name), "sort_name", text_or_null(row->sort_name), "honorific",
                                   text_or_null(row->honorific),
                               "title", text_or_null(title), "unit", text_or_null(row->unit), "category", row->category, "delegation",
                                   text_or_null(row->delegation), "mandate",
                               text_or_null(row->mandate), "status", row->status, "group", text_or_null(row->group_name), "order",
                               row->sort_order == DB_NULL ? json_null() : json_integer(row->sort_order), "seat", text_or_null(row->seat), "badge_box",
                               text_or_null(row->badge_box), "room", text_or_null(row->room), "transport", text_or_null(row->transport), "attended_at",
                               json_time_or_null(row->attended_ms));
    return append(listing, object);
}

static enum err find_event(struct db *db, struct arena *arena, const char *slug, int64_t *ret, struct fault *fault)
{
    struct sql_export_event_find_row event;
    enum err e = sql_export_event_find(db, arena, slug, &event);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", slug);
    if (e != OK) return db_fault(db, e, fault, "find the event");
    *ret = event.id;
    return OK;
}

static enum err finish(struct db *db, struct listing *listing, enum err e, json_t **ret, struct fault *fault)
{
    arena_release(&listing->arena);
    if (e == OK) *ret = listing->list;
    else json_decref(listing->list);
    return e == OK || fault == NULL || fault->text[0] ? e : db_fault(db, e, fault, "read the list");
}

enum err export_checkins(struct db *db, const char *slug, json_t **ret, struct fault *fault)
{
    struct listing listing = {.list = json_array()};
    int64_t event_id = 0;
    enum err e = find_event(db, &listing.arena, slug, &event_id, fault);
    if (e == OK) e = sql_export_checkins(db, event_id, add_checkin, &listing);
    return finish(db, &listing, e, ret, fault);
}

enum err export_delegates(struct db *db, const char *slug, json_t **ret, struct fault *fault)
{
    struct listing listing = {.list = json_array()};
    int64_t event_id = 0;
    enum err e = find_event(db, &listing.arena, slug, &event_id, fault);
    if (e == OK) e = sql_export_delegates(db, event_id, add_delegate, &listing);
    return finish(db, &listing, e, ret, fault);
}

static void put_cell(struct buf *out, const json_t *value)
{
    char number[32];
    if (json_is_string(value)) buf_put_csv(out, json_string_value(value));
    else if (json_is_boolean(value)) buf_puts(out, json_is_true(value) ? "1" : "0");
    else if (json_is_integer(value)) {
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        buf_puts(out, number);
    }
}

const char *const export_checkin_columns[] = {"scan_id", "person", "number", "gate", "direction", "outcome", "reason", "scanned_at", "received_at", "happened_at",
                                              "estimated", "device", "account", "conflict", "undone_at", "origin", "group", NULL};
const char *const export_delegate_columns[] = {"number", "person", "name", "sort_name", "honorific", "title", "unit", "category", "delegation", "mandate",
                                               "status", "group", "order", "seat", "badge_box", "room", "transport", "attended_at", NULL};

enum err export_csv(const json_t *list, const char *const *columns, struct buf *out)
{
    size_t i;
    json_t *object;
    buf_puts(out, "\xef\xbb\xbf");
    for (size_t k = 0; columns[k]; k++) {
        buf_puts(out, k ? "," : "");
        buf_put_csv(out, columns[k]);
    }
    buf_puts(out, "\r\n");
    json_array_foreach(list, i, object) {
        for (size_t k = 0; columns[k]; k++) {
            buf_puts(out, k ? "," : "");
            put_cell(out, json_object_get(object, columns[k]));
        }
        buf_puts(out, "\r\n");
    }
    return buf_ok(out) ? OK : ERR_NOMEM;
}
