#include "core/congress/delegates/card.h"
#include "core/congress/delegates/amend_private.h"
#include "core/congress/json_time.h"
#include "core/congress/title.h"

#include <string.h>

static json_t *read_or(const char *text, json_t *otherwise)
{
    json_t *value = NULL;
    if (!text || json_read(text, strlen(text), &value, NULL) != OK) return otherwise;
    json_decref(otherwise);
    return value;
}

static const char *title_or_null(struct arena *arena, const char *stored, const char *language)
{
    return stored ? title_pick(arena, stored, language) : NULL;
}

static enum err put(json_t *object, const char *key, json_t *value)
{
    return value && json_object_set_new(object, key, value) == 0 ? OK : ERR_NOMEM;
}

/* Whether any screen at a door greets: elsewhere nobody is asked about it. */
static bool greets(const struct programme *p)
{
    for (size_t i = 0; i < p->gate_count; i++)
        if (p->gates[i].greets) return true;
    return false;
}

/* What the row itself says. */
static json_t *facts_json(struct arena *arena, const struct programme *p, const amend_row *d, const struct sql_card_row *r, const char *language, int64_t now_ms)
{
    bool in = r->area_id != DB_NULL && r->until_ms > now_ms;
    const struct programme_gate *gate = in ? programme_gate_by_id(p, r->gate_id) : NULL;
    const char *photo = r->photo_blob && d->code ? arena_printf(arena, "/api/v1/events/%s/delegates/%s/photo?%.8s", p->slug, d->code, r->photo_blob) : NULL;
    json_t *card = json_pack("{s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s,s:s?}", "code", d->code ? d->code : d->number,
                             "number", d->number, "name", d->name, "honorific", r->honorific, "title", title_or_null(arena, r->title, language), "born", r->born,
                             "delegation", title_or_null(arena, r->delegation, language), "category", r->category, "category_color", r->category_color, "seat",
                             d->seat, "group", d->group_name, "badge_box", d->badge_box, "room", d->room, "transport", d->transport, "diet", d->diet, "decision",
                             d->decision, "status", d->status, "note", d->note);
    if (!card) return NULL;
    enum err e = put(card, "state", json_string(in ? "in" : r->since_ms != DB_NULL ? "out" : "never"));
    if (e == OK) e = put(card, "since", json_time_or_null(in ? r->since_ms : DB_NULL));
    if (e == OK) e = put(card, "gate", gate ? json_string(gate->code) : json_null());
    if (e == OK) e = put(card, "gate_title", gate ? json_string(title_pick(arena, gate->title, language)) : json_null());
    if (e == OK) e = put(card, "needs", read_or(d->needs, json_array()));
    if (e == OK) e = put(card, "absence", read_or(d->absence, json_null()));
    if (e == OK) e = put(card, "replaces", d->replaces ? json_string(d->replaces) : json_null());
    if (e == OK) e = put(card, "greet", greets(p) ? json_boolean(d->greet != 0) : json_null());
    if (e == OK) e = put(card, "photo", photo ? json_string(photo) : json_null());
    if (e == OK) return card;
    json_decref(card);
    return NULL;
}

static enum err last_scan(struct db *db, struct arena *arena, const struct programme *p, int64_t delegate_id, const char *language, json_t *card)
{
    struct sql_amend_scans_row *rows;
    size_t count;
    enum err e = sql_amend_scans(db, arena, delegate_id, 1, &rows, &count);
    if (e != OK || count == 0) return e != OK ? e : put(card, "last", json_null());
    const struct programme_gate *gate = programme_gate_by_id(p, rows[0].gate_id);
    return put(card, "last", json_pack("{s:s,s:o,s:s,s:s,s:s?,s:s?,s:b}", "scan_id", rows[0].scan_id, "at", json_time_or_null(rows[0].true_ms), "direction",
                                       rows[0].direction, "outcome", rows[0].outcome, "gate", gate ? title_pick(arena, gate->title, language) : NULL, "by",
                                       rows[0].by, "undone", rows[0].undone != 0));
}

/* Who stands for whom: the list may say it without any desk, then nobody is named. */
static json_t *other_json(const char *code, const char *name, const struct sql_amend_history_row *by)
{
    if (!code) return json_null();
    return json_pack("{s:s,s:s?,s:o,s:s?}", "code", code, "name", name, "at", json_time_or_null(by ? by->made_ms : DB_NULL), "by", by ? by->actor : NULL);
}

static enum err changes(struct db *db, struct arena *arena, const amend_row *d, const struct sql_card_row *r, json_t *card)
{
    struct sql_amend_history_row *rows;
    const struct sql_amend_history_row *took = NULL, *gave = NULL;
    size_t count;
    enum err e = sql_amend_history(db, arena, d->id, &rows, &count);
    if (e != OK) return e;
    for (size_t i = count; i-- > 0;) { /* the newest counts */
        if (strcmp(rows[i].kind, "substitute") != 0) continue;
        if (rows[i].is_other) gave = &rows[i];
        else took = &rows[i];
    }
    e = put(card, "stands_for", other_json(d->replaces, r->replaced_name, took));
    if (e == OK) e = put(card, "replaced_by", other_json(r->substitute_code, r->substitute_name, gave));
    if (e != OK || count == 0) return e != OK ? e : put(card, "changed", json_null());
    return put(card, "changed", json_pack("{s:s,s:o,s:s,s:s}", "kind", rows[0].kind, "at", json_time_or_null(rows[0].made_ms), "by", rows[0].actor, "request",
                                          rows[0].request));
}

enum err delegate_card(struct db *db, struct arena *arena, const struct programme *programme, const char *code, const char *language, int64_t now_ms,
                       json_t **ret, struct fault *fault)
{
    amend_row d;
    struct sql_card_row r;
    const char *version;
    const struct amend a = {.db = db, .arena = arena, .programme = programme, .fault = fault};
    enum err e = amend_find(&a, code, &d);
    if (e != OK) return e;
    e = amend_version(&a, &d, &version);
    if (e == OK) e = sql_card(db, arena, d.id, &r);
    if (e != OK) return db_fault(db, e, fault, "read the card");
    json_t *card = facts_json(arena, programme, &d, &r, language, now_ms);
    if (!card) return ERR_NOMEM;
    e = put(card, "version", json_string(version));
    if (e == OK) e = last_scan(db, arena, programme, d.id, language, card);
    if (e == OK) e = changes(db, arena, &d, &r, card);
    if (e == OK) *ret = card;
    else json_decref(card);
    return e;
}

enum err delegate_by_code(struct db *db, struct arena *arena, const struct programme *programme, const char *code, int64_t *ret_id, struct fault *fault)
{
    amend_row row;
    enum err e = amend_find(&(struct amend){.db = db, .arena = arena, .programme = programme, .fault = fault}, code, &row);
    if (e == OK) *ret_id = row.id;
    return e;
}
