/* A scan in the order of true time: what it changes follows from the row of state, not from all scans before. The recount (figures_verify) works
 * everything out the long way and must agree. */
#include "core/base/clock.h"
#include "core/congress/checkin/history.h"

#include "catalogue.h"

#include <string.h>

enum err presence_was_in(struct db *db, int64_t last_presence, int64_t area_id, bool *ret)
{
    *ret = false;
    for (int64_t at = last_presence; at != DB_NULL && !*ret;) {
        struct sql_checkin_stay_row stay;
        enum err e = sql_checkin_stay(db, NULL, at, &stay);
        if (e != OK) return e == ERR_NOT_FOUND ? ERR_BUG : e;
        *ret = stay.area_id == area_id;
        at = stay.previous;
    }
    return OK;
}

/* The local day of an arrival's counter. */
static int64_t day_of_arrival(const struct tally_key *key, const struct programme *programme)
{
    return tally_day(programme, key->key_id * CLOCK_MINUTE);
}

static bool is_in_stay(const struct tally_key *key, const struct programme *programme, const struct sql_checkin_stay_row *stay)
{
    if (key->dimension == TALLY_AREA) return key->key_id == stay->area_id;
    if (key->dimension == TALLY_GATE) return key->key_id == stay->gate_id;
    if (key->dimension == TALLY_MINUTE)
        return programme->area_count && stay->area_id == programme->areas[0].id && tally_day(programme, stay->from_ms) == day_of_arrival(key, programme);
    for (size_t i = 0; i < programme->session_count; i++) {
        const struct programme_session *s = &programme->sessions[i];
        if (s->id == key->key_id) return s->area_id == stay->area_id && stay->from_ms < s->ends_ms && stay->until_ms > s->starts_ms;
    }
    return false;
}

/* No earlier stay can have counted for a session that began after all of them had ended, nor be an arrival of a day that had not begun. */
static bool is_too_early(const struct tally_key *key, const struct programme *programme, const struct sql_checkin_stay_row *stay)
{
    if (key->dimension == TALLY_MINUTE) return tally_day(programme, stay->from_ms) < day_of_arrival(key, programme);
    if (key->dimension != TALLY_SESSION) return false;
    for (size_t i = 0; i < programme->session_count; i++)
        if (programme->sessions[i].id == key->key_id) return stay->until_ms <= programme->sessions[i].starts_ms;
    return false;
}

/* Of who attended, areas, gates, sessions and the day's arrival are looked for along the stays; the rest follows from the first entry. */
static bool needs_look(const struct tally_key *key)
{
    return key->measure == TALLY_ATTENDED &&
           (key->dimension == TALLY_AREA || key->dimension == TALLY_GATE || key->dimension == TALLY_SESSION || key->dimension == TALLY_MINUTE);
}

/* Drops from `keys` what the stay counts for. How many are still to be looked for. */
static size_t drop_of_stay(const struct programme *programme, const struct sql_checkin_stay_row *stay, struct tally_key *keys, size_t *count)
{
    size_t n = 0, looks = 0;
    for (size_t i = 0; i < *count; i++) {
        bool look = needs_look(&keys[i]);
        if (look && is_in_stay(&keys[i], programme, stay)) continue;
        looks += look && !is_too_early(&keys[i], programme, stay);
        keys[n++] = keys[i];
    }
    *count = n;
    return looks;
}

/* Of the first entry and the last stay the row of state knows enough. */
static size_t drop_of_state(const struct programme *programme, const struct presence_state *state, struct tally_key *keys, size_t *count)
{
    const struct programme_gate *gate = programme_gate_by_id(programme, state->gate_id);
    struct sql_checkin_stay_row first = {.area_id = programme->area_count ? programme->areas[0].id : DB_NULL, .gate_id = state->attended_gate_id,
                                         .from_ms = state->attended_ms};
    struct sql_checkin_stay_row last = {.area_id = gate ? gate->area_id : DB_NULL, .gate_id = state->gate_id, .from_ms = state->since_ms, .until_ms = state->until_ms};
    size_t n = 0;
    for (size_t i = 0; i < *count; i++) {
        const struct tally_key *k = &keys[i];
        bool of_first = k->dimension != TALLY_SESSION && is_in_stay(k, programme, &first);
        if (k->measure == TALLY_ATTENDED && state->attended_ms != DB_NULL && (of_first || !needs_look(k))) continue;
        keys[n++] = *k;
    }
    *count = n;
    return state->last_presence == DB_NULL ? 0 : drop_of_stay(programme, &last, keys, count);
}

/* Drops from `keys` what this person counts for already by an earlier stay: nobody is counted twice. */
static enum err drop_counted(struct db *db, const struct programme *programme, const struct presence_state *state, struct tally_key *keys, size_t *count)
{
    size_t looks = drop_of_state(programme, state, keys, count);
    for (int64_t at = state->last_presence; at != DB_NULL && looks;) {
        struct sql_checkin_stay_row stay;
        enum err e = sql_checkin_stay(db, NULL, at, &stay);
        if (e != OK) return e == ERR_NOT_FOUND ? ERR_BUG : e;
        looks = drop_of_stay(programme, &stay, keys, count);
        at = stay.previous;
    }
    return OK;
}

static enum err count_change(struct db *db, struct arena *arena, const struct programme *programme, struct tally_sink *sink, const struct presence_person *person,
                             const struct presence_state *state, const struct presence_interval *open, const struct presence_interval *after, size_t after_count)
{
    struct tally_key *old, *new;
    size_t old_count, new_count, n = 0, i = 0;
    enum err e = tally_of_person(arena, programme, person->category_id, person->delegation_id, open, open ? 1 : 0, &old, &old_count);
    if (e == OK) e = tally_of_person(arena, programme, person->category_id, person->delegation_id, after, after_count, &new, &new_count);
    if (e != OK) return e;
    /* What both have is no change, and only what is new needs a look back. Both are sorted. */
    size_t gone = 0;
    while (i < old_count || n < new_count) {
        int order = i == old_count ? 1 : n == new_count ? -1 : tally_compare_keys(&old[i], &new[n]);
        if (order == 0) {
            i++;
            memmove(&new[n], &new[n + 1], (--new_count - n) * sizeof *new);
        } else if (order < 0) {
            old[gone++] = old[i++];
        } else {
            n++;
        }
    }
    e = drop_counted(db, programme, state, new, &new_count);
    return e == OK ? tally_add_difference(sink, programme->event_id, old, gone, new, new_count) : e;
}

static enum err write_step(struct db *db, struct write_tools *tools, int64_t event_id, const struct presence_person *person, const struct presence_state *state,
                           const struct presence_scan *scan, struct presence_step *step)
{
    enum err e = OK;
    if (step->ends) e = sql_checkin_end_stay(db, state->last_presence, scan->true_ms, 1, NULL);
    if (step->confirms) e = sql_checkin_confirm_stay(db, state->last_presence, scan->true_ms, NULL);
    if (e != OK || !step->begins) return e;
    step->begun.id = id_next(&tools->ids);
    return sql_checkin_add_stay(db, &(struct sql_checkin_add_stay_in){.id = step->begun.id, .event_id = event_id, .delegate_id = person->delegate_id,
                                .area_id = step->begun.area_id, .gate_id = step->begun.gate_id, .from_ms = step->begun.from_ms,
                                .until_ms = step->begun.until_ms, .closed = 0, .scan = scan->id, .previous = state->last_presence,
                                .personal_ms = step->begun.personal_ms}, NULL);
}

static enum err write_state(struct db *db, const struct programme *programme, const struct presence_person *person, const struct presence_state *state,
                            const struct presence_scan *scan, const struct presence_step *step)
{
    struct sql_checkin_set_state_in in = {.delegate_id = person->delegate_id, .event_id = programme->event_id, .area_id = state->area_id,
                                          .gate_id = state->gate_id, .since_ms = state->since_ms, .until_ms = state->until_ms,
                                          .attended_ms = state->attended_ms, .attended_gate_id = state->attended_gate_id, .last_scan = scan->id,
                                          .last_presence = state->last_presence,
                                          .effective_ms = scan->only_confirms && !step->confirms ? state->effective_ms : scan->true_ms,
                                          .by_group = state->by_group};
    if (in.by_group == PRESENCE_GROUP_ONLY && (step->ends || step->begins || step->confirms)) in.by_group = PRESENCE_GROUP_ONCE;
    if (step->ends) {
        in.area_id = DB_NULL;
        in.until_ms = scan->true_ms;
    }
    if (step->begins) {
        in.area_id = step->begun.area_id;
        in.gate_id = step->begun.gate_id;
        in.since_ms = step->begun.from_ms;
        in.until_ms = step->begun.until_ms;
        in.last_presence = step->begun.id;
        if (scan->by_group) in.by_group = PRESENCE_GROUP_ONLY;
        if (in.attended_ms == DB_NULL && step->begun.area_id == programme->areas[0].id) {
            in.attended_ms = step->begun.from_ms;
            in.attended_gate_id = step->begun.gate_id;
        }
    }
    return sql_checkin_set_state(db, &in, NULL);
}

enum err presence_forward(struct db *db, struct arena *arena, const struct programme *programme, struct write_tools *tools,
                          const struct presence_person *person, const struct presence_state *state, const struct presence_scan *scan)
{
    /* A stay that a scan ended has no area in the row of state. */
    bool goes_on = state->area_id != DB_NULL && state->last_presence != DB_NULL && state->until_ms > scan->true_ms;
    struct presence_interval open = {.area_id = state->area_id, .gate_id = state->gate_id, .from_ms = state->since_ms, .until_ms = state->until_ms,
                                     .personal_ms = state->by_group == PRESENCE_GROUP_ONLY ? DB_NULL : 0};
    struct presence_step step = presence_next(programme, goes_on ? &open : NULL, scan);
    struct presence_interval after[2];
    size_t count = 0;
    if (goes_on) after[count++] = open;
    if (step.ends) {
        after[0].until_ms = scan->true_ms;
        after[0].closed = true;
    }
    enum err e = step.ends || step.begins || step.confirms ? write_step(db, tools, programme->event_id, person, state, scan, &step) : OK;
    if (step.begins) after[count++] = step.begun;
    if (e == OK && (step.ends || step.begins))
        e = count_change(db, arena, programme, &tools->tally, person, state, goes_on ? &open : NULL, after, count);
    return e == OK ? write_state(db, programme, person, state, scan, &step) : e;
}
