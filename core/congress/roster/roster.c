#include "core/congress/roster/roster.h"
#include "core/congress/json_time.h"
#include "core/congress/badges/badge_token.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <string.h>

struct collect {
    json_t *entries;
    struct arena arena; /* for one entry at a time */
    const struct programme *programme;
    const struct programme_gate *gate;
};

static char *sealed_record(struct collect *c, const struct sql_roster_entries_row *row)
{
    char *delegation = title_pick(&c->arena, row->delegation, "vi");
    json_t *record = json_pack("{s:s?,s:s?,s:s,s:s?,s:s?,s:s?}", "name", row->name, "delegation", row->delegation ? delegation : NULL, "category", row->category,
                               "seat", row->seat, "badge_box", row->badge_box, "number", row->number);
    char *text = record ? json_text(&c->arena, record) : NULL;
    json_decref(record);
    return text ? badge_token_seal(&c->arena, row->token, text) : NULL;
}

static enum err add_entry(void *ctx, const struct sql_roster_entries_row *row)
{
    struct collect *c = ctx;
    bool in = row->area_id != DB_NULL && row->area_id == c->gate->area_id;
    const struct programme_gate *in_gate = in ? programme_gate_by_id(c->programme, row->in_gate_id) : NULL;
    char *record = sealed_record(c, row);
    json_t *entry = record ? json_pack("{s:s,s:s,s:s,s:s,s:b,s:o,s:o,s:s?,s:b,s:s}", "id", row->token_id, "category", row->category, "status", row->status,
                                       "credential", row->revoked_ms == DB_NULL ? "active" : "revoked", "named", (int)row->named, "in_since",
                                       json_time_or_null(in ? row->since_ms : DB_NULL), "in_until", json_time_or_null(in ? row->until_ms : DB_NULL), "in_gate",
                                       in_gate ? in_gate->code : NULL, "handed_out", row->given_ms != DB_NULL, "record", record)
                           : NULL;
    arena_clear(&c->arena);
    return entry && json_array_append_new(c->entries, entry) == 0 ? OK : ERR_NOMEM;
}

/* A set of categories as codes; NULL of JSON for everyone. */
static json_t *admits_json(const struct programme *p, category_set admits)
{
    if (admits == CATEGORY_EVERY) return json_null();
    json_t *list = json_array();
    for (size_t i = 0; list && i < p->category_count && i < 64; i++)
        if (admits >> i & 1) (void)json_array_append_new(list, json_string(p->categories[i].code));
    return list;
}

static json_t *stored_title(const char *title)
{
    json_t *value = NULL;
    return title && json_read(title, strlen(title), &value, NULL) == OK ? value : json_string(title ? title : "");
}

static json_t *gate_json(const struct programme *p, const struct programme_gate *gate)
{
    const struct programme_area *area = gate->area_id == DB_NULL ? NULL : programme_area_by_id(p, gate->area_id);
    json_t *capacity = area && area->capacity ? json_integer(area->capacity) : json_null();
    return json_pack("{s:s,s:o,s:s,s:s?,s:s,s:b,s:o,s:o}", "code", gate->code, "title", stored_title(gate->title), "kind",
                     gate->kind == GATE_HANDOUT ? "handout" : "entry", "area", area ? area->code : NULL, "direction", gate->direction, "reentry",
                     gate->reentry, "admits", admits_json(p, gate->admits), "capacity", capacity);
}

static json_t *categories_json(const struct programme *p)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < p->category_count; i++)
        (void)json_array_append_new(list, json_pack("{s:s,s:o,s:s?}", "code", p->categories[i].code, "title", stored_title(p->categories[i].title), "color",
                                                    p->categories[i].color));
    return list;
}

static json_t *sessions_json(const struct programme *p, const struct programme_gate *gate)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < p->session_count; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (gate->area_id == DB_NULL || s->area_id != gate->area_id) continue;
        const struct programme_area *area = programme_area_by_id(p, s->area_id);
        (void)json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:o,s:s?,s:o,s:b}", "code", s->code, "title", stored_title(s->title), "starts",
                                                    json_time_or_null(s->starts_ms), "ends", json_time_or_null(s->ends_ms), "area", area ? area->code : NULL,
                                                    "admits", admits_json(p, s->admits), "carry_over", s->carry_over));
    }
    return list;
}

static json_t *midnights_json(const struct programme *p)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < p->midnight_count; i++) (void)json_array_append_new(list, json_time_or_null(p->midnights[i]));
    return list;
}

static enum err read_view(struct db *db, struct arena *arena, const char *slug, int64_t gate_id, int64_t since, int64_t now_ms, json_t **ret)
{
    struct programme *p;
    struct sql_roster_base_row base;
    enum err e = programme_load(db, arena, slug, &p);
    if (e == OK) e = sql_roster_base(db, arena, p->event_id, &base);
    if (e != OK) return e;
    struct collect c = {.programme = p, .gate = programme_gate_by_id(p, gate_id), .entries = json_array()};
    if (!c.gate) e = ERR_NOT_FOUND;
    bool full = since <= 0 || since < base.roster_base || since > base.roster_seq;
    if (e == OK && !c.entries) e = ERR_NOMEM;
    if (e == OK) /* a whole roster has everybody: no need to look who was scanned */
        e = sql_roster_entries(db, &(struct sql_roster_entries_in){.event_id = p->event_id, .since = full ? 0 : since + 1, .gate_id = gate_id,
                               .scanned_since = full ? INT64_MAX : since + 1}, add_entry, &c);
    arena_release(&c.arena);
    if (e != OK) {
        json_decref(c.entries);
        return e;
    }
    json_t *event = json_pack("{s:s,s:o,s:s,s:o,s:o,s:o}", "slug", p->slug, "title", stored_title(p->title), "timezone", p->timezone, "opens_at",
                              json_time_or_null(p->opens_ms), "closes_at", json_time_or_null(programme_closes_ms(p, c.gate)), "midnights", midnights_json(p));
    json_t *roster = json_pack("{s:I,s:I,s:b,s:o,s:o,s:o,s:o,s:o,s:o,s:[]}", "version", (json_int_t)base.roster_seq, "since",
                               (json_int_t)(full ? 0 : since), "full", full, "server_time", json_time_or_null(now_ms), "event", event, "gate",
                               gate_json(p, c.gate), "categories", categories_json(p), "sessions", sessions_json(p, c.gate), "entries", c.entries,
                               "removed");
    if (!roster) return ERR_NOMEM;
    *ret = roster;
    return OK;
}

enum err roster_read(struct db *db, const char *slug, int64_t gate_id, int64_t since, int64_t now_ms, json_t **ret)
{
    struct arena arena = {0};
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = read_view(db, &arena, slug, gate_id, since, now_ms, ret);
    db_snapshot_end(db);
    arena_release(&arena);
    return e;
}
