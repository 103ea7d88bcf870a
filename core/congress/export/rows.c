/* The rows of a list, one after the other, as objects with the keys of its columns. */
#include "catalogue.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/export/private.h"
#include "core/congress/title.h"

#include <string.h>

struct reading {
    struct export *x;
    struct export_sink *sink;
    struct fault *fault;
    struct arena scratch;
    json_t *person;        /* of members: the one whose attributes are being gathered */
    int64_t person_id;
    json_t *all;           /* of delegates: code -> attributes */
};

static void put_text(json_t *object, const char *key, const char *text, bool *failed)
{
    if (json_object_set_new(object, key, text ? json_string(text) : json_null()) != 0) *failed = true;
}

static enum err put_attribute(const struct export *x, json_t *object, int64_t type_id, const char *value)
{
    for (size_t i = 0; i < x->count; i++) {
        json_t *parsed = NULL;
        if (x->columns[i].type_id != type_id) continue;
        enum err e = json_read(value, strlen(value), &parsed, NULL);
        if (e == OK && json_object_set_new(object, x->columns[i].key, parsed) != 0) e = ERR_NOMEM;
        return e;
    }
    return OK; /* sensitive, and nobody asked for it */
}

/* --- members --- */

static enum err flush(struct reading *r)
{
    enum err e = r->person ? r->sink->row(r->sink, r->person, r->fault) : OK;
    json_decref(r->person);
    r->person = NULL;
    return e;
}

static enum err begin_member(struct reading *r, const struct sql_export_people_row *row)
{
    bool failed = false;
    enum err e = flush(r);
    if (e != OK) return e;
    arena_clear(&r->scratch);
    const char *title = row->title ? title_pick(&r->scratch, row->title, "vi") : NULL;
    json_t *o = r->person = json_object();
    if (!o || (row->title && !title)) return ERR_NOMEM;
    r->person_id = row->id;
    put_text(o, "code", row->code, &failed);
    put_text(o, "name", row->name, &failed);
    put_text(o, "sort_name", row->sort_name, &failed);
    put_text(o, "honorific", row->honorific, &failed);
    put_text(o, "unit", row->unit, &failed);
    put_text(o, "title", title, &failed);
    put_text(o, "gender", row->gender, &failed);
    put_text(o, "born", row->born, &failed);
    put_text(o, "joined", row->joined, &failed);
    put_text(o, "phone", row->phone, &failed);
    put_text(o, "email", row->email, &failed);
    return failed ? ERR_NOMEM : OK;
}

static enum err take_member(void *ctx, const struct sql_export_people_row *row)
{
    struct reading *r = ctx;
    enum err e = r->person && r->person_id == row->id ? OK : begin_member(r, row);
    return e == OK && row->value ? put_attribute(r->x, r->person, row->type_id, row->value) : e;
}

/* The same row of another statement. */
static enum err take_member_of(void *ctx, const struct sql_export_people_of_row *r)
{
    const struct sql_export_people_row row = {r->id, r->code, r->name, r->sort_name, r->honorific, r->title, r->gender, r->born, r->joined, r->phone, r->email, r->unit,
                                              r->type_id, r->value};
    return take_member(ctx, &row);
}

/* --- delegates, check-ins --- */

static enum err take_attribute(void *ctx, const struct sql_export_attributes_of_delegates_row *row)
{
    struct reading *r = ctx;
    json_t *of = json_object_get(r->all, row->code);
    if (!of) {
        of = json_object();
        if (json_object_set_new(r->all, row->code, of) != 0) return ERR_NOMEM;
    }
    return put_attribute(r->x, of, row->type_id, row->value);
}

static enum err take_object(void *ctx, json_t *object)
{
    struct reading *r = ctx;
    const char *person = json_string_value(json_object_get(object, "person"));
    json_t *attributes = person && r->all ? json_object_get(r->all, person) : NULL;
    if (attributes && json_object_update(object, attributes) != 0) return ERR_NOMEM;
    return r->sink->row(r->sink, object, r->fault);
}

enum err rows_read(struct db *db, struct export *x, struct export_sink *sink, struct fault *fault)
{
    struct reading r = {.x = x, .sink = sink, .fault = fault};
    enum err e;
    if (x->wish->what == EXPORT_MEMBERS) {
        if (x->by_unit) e = sql_export_people_of(db, x->unit_id, x->unit_alone, take_member_of, &r);
        else e = sql_export_people(db, x->unit_id, take_member, &r);
        if (e == OK) e = flush(&r);
    } else if (x->wish->what == EXPORT_CHECKINS) {
        e = export_each_checkin(db, x->event_id, take_object, &r);
    } else {
        r.all = json_object();
        e = r.all ? sql_export_attributes_of_delegates(db, x->event_id, take_attribute, &r) : ERR_NOMEM;
        if (e == OK) e = export_each_delegate(db, x->event_id, take_object, &r);
    }
    json_decref(r.person);
    json_decref(r.all);
    arena_release(&r.scratch);
    return e == OK || !fault || fault->text[0] ? e : db_fault(db, e, fault, "read the list");
}
