/* Rows of two people as JSON, for the trail of a merge, and back. */
#include "core/congress/register/merge_private.h"

#include <string.h>

const char *const merge_fields[] = {"name", "sort_name", "honorific", "title", "gender", "born", "joined", "phone", "email", "photo", NULL};

const char **merge_column(struct register_person *p, const char *field)
{
    const struct {
        const char *field, **column;
    } columns[] = {{"name", &p->name}, {"sort_name", &p->sort_name}, {"honorific", &p->honorific}, {"title", &p->title}, {"gender", &p->gender}, {"born", &p->born},
                   {"joined", &p->joined}, {"phone", &p->phone}, {"email", &p->email}, {"photo", &p->photo_blob}};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strcmp(columns[i].field, field) == 0) return columns[i].column;
    return NULL;
}

static json_t *id_json(int64_t id)
{
    return id == DB_NULL ? json_null() : json_integer(id);
}

static int64_t id_back(const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);
    return json_is_integer(value) ? json_integer_value(value) : DB_NULL;
}

static const char *text_back(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

json_t *merge_person_json(const struct register_person *p)
{
    return json_pack("{s:I,s:s,s:s,s:s,s:s,s:s?,s:s?,s:o,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?}", "id", (json_int_t)p->id, "code", p->code, "name", p->name,
                     "name_fold", p->name_fold, "name_sort", p->name_sort, "sort_name", p->sort_name, "honorific", p->honorific, "unit", id_json(p->unit_id),
                     "title", p->title, "gender", p->gender, "born", p->born, "joined", p->joined, "phone", p->phone, "email", p->email, "photo", p->photo,
                     "photo_blob", p->photo_blob);
}

void merge_person_back(const json_t *j, struct register_person *ret)
{
    *ret = (struct register_person){id_back(j, "id"), text_back(j, "code"), text_back(j, "name"), text_back(j, "name_fold"), text_back(j, "name_sort"),
                                    text_back(j, "sort_name"), text_back(j, "honorific"), id_back(j, "unit"), text_back(j, "title"), text_back(j, "gender"),
                                    text_back(j, "born"), text_back(j, "joined"), text_back(j, "phone"), text_back(j, "email"), text_back(j, "photo"),
                                    text_back(j, "photo_blob")};
}

json_t *merge_periods_json(const struct register_period *periods, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        const struct register_period *p = &periods[i];
        json_t *one = json_pack("[I,s,s,s,s?]", (json_int_t)p->unit_id, p->from_day, p->until_day, register_began_name(p->began),
                                p->is_open ? NULL : register_ended_name(p->ended));
        if (json_array_append_new(list, one) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

enum err merge_periods_back(struct arena *arena, const json_t *json, struct register_period **ret, size_t *ret_count)
{
    size_t count = json_array_size(json);
    struct register_period *list = arena_array(arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(json, i);
        const char *ended = json_string_value(json_array_get(one, 4));
        list[i] = (struct register_period){.unit_id = json_integer_value(json_array_get(one, 0)), .from_day = json_string_value(json_array_get(one, 1)),
                                           .until_day = json_string_value(json_array_get(one, 2)), .is_open = !ended};
        (void)register_began_from_name(json_string_value(json_array_get(one, 3)), &list[i].began);
        (void)register_ended_from_name(ended, &list[i].ended);
    }
    *ret = list;
    *ret_count = count;
    return OK;
}

json_t *merge_delegate_json(const struct sql_merge_delegate_row_row *r)
{
    json_t *row = json_pack("{s:I,s:I,s:o,s:s?,s:I,s:o,s:s?,s:s,s:s?,s:s?,s:s?}", "id", (json_int_t)r->id, "event", (json_int_t)r->event_id, "person",
                            id_json(r->person_id), "number", r->number, "category", (json_int_t)r->category_id, "delegation", id_json(r->delegation_id), "mandate",
                            r->mandate, "status", r->status, "replaces", r->replaces, "decision", r->decision, "absence", r->absence);
    json_t *more = json_pack("{s:s?,s:s?,s:o,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:I}", "roles", r->roles, "group", r->group_name, "order", id_json(r->sort_order), "seat",
                             r->seat, "badge_box", r->badge_box, "needs", r->needs, "room", r->room, "transport", r->transport, "diet", r->diet, "greet",
                             (json_int_t)r->greet);
    bool good = row && more && json_object_update(row, more) == 0;
    json_decref(more);
    if (good) return row;
    json_decref(row);
    return NULL;
}

struct sql_import_delegate_write_in merge_delegate_back(const json_t *j)
{
    return (struct sql_import_delegate_write_in){.id = id_back(j, "id"), .event_id = id_back(j, "event"), .person_id = id_back(j, "person"),
        .number = text_back(j, "number"), .category_id = id_back(j, "category"), .delegation_id = id_back(j, "delegation"), .mandate = text_back(j, "mandate"),
        .status = text_back(j, "status"), .replaces = text_back(j, "replaces"), .decision = text_back(j, "decision"), .absence = text_back(j, "absence"),
        .roles = text_back(j, "roles"), .group_name = text_back(j, "group"), .sort_order = id_back(j, "order"), .seat = text_back(j, "seat"),
        .badge_box = text_back(j, "badge_box"), .needs = text_back(j, "needs"), .room = text_back(j, "room"), .transport = text_back(j, "transport"),
        .diet = text_back(j, "diet"), .greet = id_back(j, "greet")};
}
