/* A tick as JSON: the answer of the typing page's doors and of the import. */
#include "core/congress/fallback/row_tick.h"

#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/title.h"

#include <stdio.h>

static json_t *flaw_json(const struct row_tick *tick)
{
    if (tick->flaw == ROW_FLAW_NONE) return json_null();
    return json_pack("{s:s,s:s}", "reason", row_flaw_name(tick->flaw), "about", tick->about);
}

static json_t *person_json(struct arena *arena, const struct row_tick *tick, const char *language)
{
    if (!tick->delegate_id) return json_null();
    const char *delegation = tick->delegation ? title_pick(arena, tick->delegation, language) : NULL;
    const char *category = tick->category ? title_pick(arena, tick->category, language) : NULL;
    return json_pack("{s:s?,s:s?,s:s?,s:s?,s:s?,s:s?}", "name", tick->name, "number", tick->number, "born", tick->born, "delegation", delegation, "category",
                     category, "seat", tick->seat);
}

static json_t *again_json(const struct row_tick *tick)
{
    char at[CLOCK_TEXT_SIZE];
    if (!tick->again) return json_null();
    return json_pack("{s:s,s:s?}", "at", clock_format(tick->typed_ms, at), "by", tick->typed_by);
}

/* The local day and minute: what stands on the paper. */
static void put_moment(const struct programme *programme, const struct row_tick *tick, json_t *out)
{
    char at[CLOCK_TEXT_SIZE], minute[32];
    struct zone_time t;
    if (tick->flaw == ROW_FLAW_TIME || tick->flaw == ROW_FLAW_NO_TIME || tick->flaw == ROW_FLAW_DATE || zone_local(programme->timezone, tick->at_ms, &t) != OK) return;
    (void)snprintf(minute, sizeof minute, "%02d:%02d", t.hour, t.minute);
    (void)json_object_set_new(out, "at", json_string(clock_format(tick->at_ms, at)));
    (void)json_object_set_new(out, "time", json_string(minute));
}

json_t *row_tick_json(struct arena *arena, const struct programme *programme, const struct row_tick *tick, const char *language)
{
    const char *gate = tick->gate ? title_pick(arena, tick->gate->title, language) : NULL;
    json_t *out = json_pack("{s:I,s:s,s:s?,s:o,s:o,s:s?,s:s}", "line", (json_int_t)tick->line, "typed", tick->typed, "code", tick->code[0] ? tick->code : NULL, "flaw",
                            flaw_json(tick), "person", person_json(arena, tick, language), "gate", gate, "direction", tick->going_out ? "out" : "in");
    if (!out) return NULL;
    put_moment(programme, tick, out);
    if (!tick->taken) return out;
    char since[CLOCK_TEXT_SIZE];
    const struct checkin_answer *a = &tick->answer;
    bool was_in = a->outcome == OUTCOME_admitted && a->first_ms != DB_NULL && a->first_ms != tick->at_ms;
    json_t *more = json_pack("{s:s,s:s,s:s?,s:b,s:o,s:o}", "scan_id", tick->scan_id, "outcome", outcome_name(a->outcome), "reason", reason_code(a->reason), "conflict",
                             a->conflict, "since", was_in ? json_string(clock_format(a->first_ms, since)) : json_null(), "again", again_json(tick));
    if (!more || json_object_update(out, more) != 0) {
        json_decref(out);
        out = NULL;
    }
    json_decref(more);
    return out;
}
