/* The recount: presence and conflicts from scans, counters from presence, compared with what is stored. */
#include "core/base/clock.h"
#include "core/congress/checkin/history.h"
#include "core/congress/figures/figures.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdlib.h>

struct recount {
    struct db *db;
    struct arena arena, scratch;
    struct programme *programme;
    struct tally_key *keys; /* of all people, one after the other */
    size_t count, capacity;
    int64_t scans, stays; /* found along the chains */
};

static enum err add_key(struct recount *r, struct tally_key key)
{
    if (arena_grow(&r->arena, &r->keys, &r->capacity, r->count, sizeof *r->keys) != 0) return ERR_NOMEM;
    r->keys[r->count++] = key;
    return OK;
}

/* Of stays that begin at one moment at one gate a record of an older schema (migration 0014) names the first scan for all. */
static bool began_with(const struct history *want, const struct presence_interval *stay)
{
    for (size_t i = 0; i < want->stay_count; i++) {
        const struct presence_interval *s = &want->stays[i];
        if (s->scan == stay->scan) return s->from_ms == stay->from_ms && s->gate_id == stay->gate_id;
    }
    return false;
}

static enum err check_presence(struct recount *r, int64_t delegate_id, const struct history *want, struct fault *fault)
{
    struct presence_interval *have;
    size_t n;
    enum err e = history_stored_stays(r->db, &r->scratch, delegate_id, &have, &n);
    if (e != OK) return e;
    bool same = n == want->stay_count;
    for (size_t i = 0; same && i < n; i++) {
        const struct presence_interval *a = &have[i], *b = &want->stays[i];
        same = a->area_id == b->area_id && a->gate_id == b->gate_id && a->from_ms == b->from_ms && a->until_ms == b->until_ms && a->closed == b->closed &&
               a->personal_ms == b->personal_ms && (a->scan == b->scan || began_with(want, a));
    }
    r->stays += (int64_t)n;
    return same ? OK : fault_set(fault, ERR_CONFLICT, "presence of delegate %" PRId64 " is not what the scans say", delegate_id);
}

static enum err check_conflicts(struct recount *r, int64_t delegate_id, const struct history *want, struct fault *fault)
{
    struct sql_conflict_of_delegate_row *have;
    size_t n;
    enum err e = sql_conflict_of_delegate(r->db, &r->scratch, delegate_id, &have, &n);
    if (e != OK) return e;
    bool same = n == want->conflict_count;
    for (size_t i = 0; same && i < n; i++) same = have[i].scan == want->conflicts[i].scan && have[i].entry == want->conflicts[i].entry;
    return same ? OK : fault_set(fault, ERR_CONFLICT, "the conflicts of delegate %" PRId64 " are not what the scans say", delegate_id);
}

/* What no chain leads to would be counted by nobody. */
static enum err check_chains(struct recount *r, struct fault *fault)
{
    struct sql_figures_chained_row row;
    enum err e = sql_figures_chained(r->db, NULL, r->programme->event_id, &row);
    if (e != OK) return e;
    if (row.scans != r->scans)
        return fault_set(fault, ERR_CONFLICT, "%s: of %" PRId64 " scans %" PRId64 " are found by their people", r->programme->slug, row.scans, r->scans);
    if (row.stays != r->stays)
        return fault_set(fault, ERR_CONFLICT, "%s: of %" PRId64 " stays %" PRId64 " are found by their people", r->programme->slug, row.stays, r->stays);
    return OK;
}

static enum err recount_person(struct recount *r, const struct sql_figures_all_delegates_row *d, struct fault *fault)
{
    struct history h;
    struct tally_key *keys;
    struct sql_checkin_chain_length_row chain;
    size_t key_count;
    enum err e = history_read(r->db, &r->scratch, r->programme, d->id, &h);
    if (e == OK) e = sql_checkin_chain_length(r->db, NULL, d->id, &chain);
    if (e != OK) return e;
    r->scans += chain.total;
    e = check_presence(r, d->id, &h, fault);
    if (e == OK) e = check_conflicts(r, d->id, &h, fault);
    if (e == OK) e = tally_of_person(&r->scratch, r->programme, d->category_id, d->delegation_id, h.stays, h.stay_count, &keys, &key_count);
    for (size_t i = 0; e == OK && i < key_count; i++) e = add_key(r, keys[i]);
    return e;
}

static enum err recount_expected(struct recount *r)
{
    struct sql_tally_expected_rows_row *rows;
    size_t n;
    enum err e = sql_tally_expected_rows(r->db, &r->arena, r->programme->event_id, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++)
        for (int64_t k = 0; e == OK && k < rows[i].total; k++) {
            e = add_key(r, (struct tally_key){TALLY_EXPECTED, TALLY_EVENT, 0, 0});
            if (e == OK) e = add_key(r, (struct tally_key){TALLY_EXPECTED, TALLY_CATEGORY, rows[i].category_id, 0});
            if (e == OK) e = add_key(r, (struct tally_key){TALLY_EXPECTED, TALLY_DELEGATION, rows[i].delegation_id, 0});
        }
    return e;
}

static enum err compare_stored(struct recount *r, struct fault *fault)
{
    struct sql_tally_read_row *rows;
    size_t n, at = 0;
    enum err e = sql_tally_read(r->db, &r->arena, r->programme->event_id, &rows, &n);
    if (e != OK) return e;
    if (r->count) qsort(r->keys, r->count, sizeof *r->keys, tally_compare_keys);
    for (size_t i = 0; i < n; i++) {
        struct tally_key stored = {rows[i].measure, rows[i].dimension, rows[i].key_id, rows[i].until_ms};
        int64_t total = 0;
        while (at < r->count && tally_compare_keys(&r->keys[at], &stored) == 0) {
            total++;
            at++;
        }
        if (total != rows[i].total)
            return fault_set(fault, ERR_CONFLICT, "counter %" PRId64 "/%" PRId64 "/%" PRId64 " of %s says %" PRId64 ", the recount %" PRId64, stored.measure,
                             stored.dimension, stored.key_id, r->programme->slug, rows[i].total, total);
    }
    if (at < r->count) return fault_set(fault, ERR_CONFLICT, "a counter of %s is missing", r->programme->slug);
    return OK;
}

/* The moment that has seen everything. */
static enum err newest_moment(struct recount *r, int64_t *ret)
{
    struct sql_figures_newest_row row;
    enum err e = sql_figures_newest(r->db, NULL, r->programme->event_id, &row);
    int64_t all[] = {clock_now_ms(), row.true_ms, row.received_ms, row.made_ms, row.amended_ms};
    *ret = all[0];
    for (size_t i = 1; e == OK && i < sizeof all / sizeof *all; i++)
        if (all[i] > *ret) *ret = all[i]; /* DB_NULL is the smallest */
    return e;
}

static const char *told(struct recount *r, const char *key, const json_t *all)
{
    json_t *one = json_pack("{s:O}", key, json_object_get(all, key));
    const char *text = one ? json_text(&r->arena, one) : NULL;
    json_decref(one);
    return text ? text : "-";
}

static enum err compare_json(struct recount *r, json_t *live, const json_t *past, struct fault *fault)
{
    const char *key;
    json_t *value;
    if (!live || !past) return ERR_NOMEM;
    json_object_foreach(live, key, value)
        if (!json_equal(value, json_object_get(past, key)))
            return fault_set(fault, ERR_CONFLICT, "%s: live %.200s, by the scans %.200s", r->programme->slug, told(r, key, live), told(r, key, past));
    return OK;
}

/* Live and past are two ways to the same figures: what is live rests on counters, indexes and rows of state, the past on the scans and the list alone. */
static enum err compare_ways(struct recount *r, struct fault *fault)
{
    struct figures live, past;
    int64_t now_ms;
    enum err e = newest_moment(r, &now_ms);
    if (e == OK) e = figures_read(r->db, &r->arena, r->programme, now_ms, &live);
    if (e == OK) e = figures_read_at(r->db, &r->arena, r->programme, (struct figures_moment){now_ms, now_ms}, &past);
    if (e != OK) return e;
    past.moment = live.moment;
    json_t *a = figures_json(&live), *b = figures_json(&past);
    e = compare_json(r, a, b, fault);
    json_decref(a);
    json_decref(b);
    return e;
}

enum err figures_verify(struct db *db, const char *slug, struct fault *fault)
{
    struct recount r = {.db = db};
    struct sql_figures_all_delegates_row *people;
    size_t n = 0;
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = programme_load(db, &r.arena, slug, &r.programme);
    if (e == OK) e = recount_expected(&r);
    if (e == OK) e = sql_figures_all_delegates(db, &r.arena, r.programme->event_id, &people, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        e = recount_person(&r, &people[i], fault);
        arena_clear(&r.scratch);
    }
    if (e == OK) e = check_chains(&r, fault);
    if (e == OK) e = compare_stored(&r, fault);
    if (e == OK) e = compare_ways(&r, fault);
    if (e != OK && e != ERR_CONFLICT) db_fault(db, e, fault, "recount");
    db_snapshot_end(db);
    arena_release(&r.scratch);
    arena_release(&r.arena);
    return e;
}
