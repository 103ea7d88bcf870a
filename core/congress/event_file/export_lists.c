/* Flat lists: delegates and check-ins, row after row as JSON objects with the same keys in the same order; and lists of such as CSV. */
#include "catalogue.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/json_time.h"
#include "core/congress/title.h"

#include <stdio.h>
#include <string.h>

struct listing {
    enum err (*take)(void *context, json_t *object); /* who takes each */
    void *context;
    struct arena arena;
};

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static enum err give(struct listing *listing, json_t *object)
{
    if (!object) return ERR_NOMEM;
    enum err e = listing->take(listing->context, object);
    json_decref(object);
    return e;
}

/* A stored list of texts, as a value. */
static json_t *list_or_null(const char *stored)
{
    json_t *list = NULL;
    return stored && json_read(stored, strlen(stored), &list, NULL) == OK ? list : json_null();
}

static void put_more(json_t *object, const struct sql_export_delegates_row *row)
{
    (void)json_object_set_new(object, "gender", text_or_null(row->gender));
    (void)json_object_set_new(object, "born", text_or_null(row->born));
    (void)json_object_set_new(object, "joined", text_or_null(row->joined));
    (void)json_object_set_new(object, "phone", text_or_null(row->phone));
    (void)json_object_set_new(object, "email", text_or_null(row->email));
    (void)json_object_set_new(object, "replaces", text_or_null(row->replaces));
    (void)json_object_set_new(object, "decision", text_or_null(row->decision));
    (void)json_object_set_new(object, "needs", list_or_null(row->needs));
    (void)json_object_set_new(object, "roles", list_or_null(row->roles));
    (void)json_object_set_new(object, "diet", text_or_null(row->diet));
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
    return give(ctx, object);
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
    if (object) put_more(object, row);
    return give(listing, object);
}

enum err export_each_checkin(struct db *db, int64_t event_id, enum err (*take)(void *context, json_t *object), void *context)
{
    return sql_export_checkins(db, event_id, add_checkin, &(struct listing){.take = take, .context = context});
}

enum err export_each_delegate(struct db *db, int64_t event_id, enum err (*take)(void *context, json_t *object), void *context)
{
    struct listing listing = {.take = take, .context = context};
    enum err e = sql_export_delegates(db, event_id, add_delegate, &listing);
    arena_release(&listing.arena);
    return e;
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
