/* Presence: from scans in true-time order to intervals, and from there to the state row and the counters. */
#include "core/congress/checkin/checkin.h"

#include "catalogue.h"

#include <string.h>

static void close_at(struct presence_interval *open, int64_t at_ms)
{
    if (open->until_ms <= at_ms) return; /* the programme had ended it before */
    open->until_ms = at_ms;
    open->closed = true;
}

enum err presence_of_scans(struct arena *arena, const struct programme *programme, const struct presence_scan *scans, size_t count,
                           struct presence_interval **ret, size_t *ret_count)
{
    struct presence_interval *list = arena_array(arena, count, sizeof *list);
    if (!list) return ERR_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct programme_gate *gate = programme_gate_by_id(programme, scans[i].gate_id);
        if (!gate || gate->kind != GATE_ENTRY || gate->area_id == DB_NULL) continue;
        struct presence_interval *open = n && list[n - 1].until_ms > scans[i].true_ms ? &list[n - 1] : NULL;
        if (scans[i].is_out) {
            if (open && open->area_id == gate->area_id) close_at(open, scans[i].true_ms);
            continue;
        }
        if (open && open->area_id == gate->area_id) continue; /* is in already */
        if (open) close_at(open, scans[i].true_ms);           /* entering area B leaves area A */
        list[n++] = (struct presence_interval){.area_id = gate->area_id, .gate_id = gate->id, .from_ms = scans[i].true_ms,
                                               .until_ms = programme_block_end(programme, gate->area_id, scans[i].true_ms)};
    }
    *ret = list;
    *ret_count = n;
    return OK;
}

static enum err read_intervals(struct db *db, struct arena *arena, int64_t delegate_id, struct presence_interval **ret, size_t *ret_count)
{
    struct sql_checkin_presence_row *rows;
    size_t n;
    enum err e = sql_checkin_presence(db, arena, delegate_id, &rows, &n);
    if (e != OK) return e;
    struct presence_interval *list = arena_array(arena, n, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        list[i] = (struct presence_interval){rows[i].area_id, rows[i].gate_id, rows[i].from_ms, rows[i].until_ms, rows[i].closed != 0};
    *ret = list;
    *ret_count = n;
    return OK;
}

static enum err read_scans(struct db *db, struct arena *arena, int64_t delegate_id, struct presence_scan **ret, size_t *ret_count)
{
    struct sql_checkin_effective_scans_row *rows;
    size_t n;
    enum err e = sql_checkin_effective_scans(db, arena, delegate_id, &rows, &n);
    if (e != OK) return e;
    struct presence_scan *list = arena_array(arena, n, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) list[i] = (struct presence_scan){rows[i].gate_id, rows[i].true_ms, strcmp(rows[i].outcome, "left") == 0};
    *ret = list;
    *ret_count = n;
    return OK;
}

static bool same_interval(const struct presence_interval *a, const struct presence_interval *b)
{
    return a->area_id == b->area_id && a->gate_id == b->gate_id && a->from_ms == b->from_ms && a->until_ms == b->until_ms && a->closed == b->closed;
}

/* Rows that begin the same stay; the rest is written anew. Almost always that is one added row. */
static enum err write_intervals(struct db *db, struct id_source *ids, int64_t event_id, int64_t delegate_id, const struct presence_interval *before,
                                size_t before_count, const struct presence_interval *after, size_t after_count)
{
    size_t keep = 0;
    while (keep < before_count && keep < after_count && same_interval(&before[keep], &after[keep])) keep++;
    if (keep < before_count) {
        enum err e = sql_checkin_clear_presence(db, delegate_id, NULL);
        if (e != OK) return e;
        keep = 0;
    }
    for (size_t i = keep; i < after_count; i++) {
        enum err e = sql_checkin_add_presence(db, &(struct sql_checkin_add_presence_in){.id = id_next(ids), .event_id = event_id, .delegate_id = delegate_id,
                                              .area_id = after[i].area_id, .gate_id = after[i].gate_id, .from_ms = after[i].from_ms,
                                              .until_ms = after[i].until_ms, .closed = after[i].closed}, NULL);
        if (e != OK) return e;
    }
    return OK;
}

static enum err write_state(struct db *db, const struct programme *programme, int64_t delegate_id, const struct presence_interval *list, size_t n)
{
    struct sql_checkin_set_state_in in = {.delegate_id = delegate_id, .event_id = programme->event_id, .area_id = DB_NULL, .gate_id = DB_NULL,
                                          .since_ms = DB_NULL, .until_ms = DB_NULL, .attended_ms = DB_NULL, .attended_gate_id = DB_NULL};
    if (n) {
        const struct presence_interval *last = &list[n - 1];
        in.gate_id = last->gate_id;
        in.since_ms = last->from_ms;
        in.until_ms = last->until_ms;
        if (!last->closed) in.area_id = last->area_id;
    }
    for (size_t i = 0; i < n && programme->area_count; i++) {
        if (list[i].area_id != programme->areas[0].id) continue;
        in.attended_ms = list[i].from_ms;
        in.attended_gate_id = list[i].gate_id;
        break;
    }
    return sql_checkin_set_state(db, &in, NULL);
}

enum err presence_recompute(struct db *db, struct arena *arena, const struct programme *programme, struct write_tools *tools, int64_t delegate_id,
                            int64_t category_id, int64_t delegation_id)
{
    struct presence_scan *scans;
    struct presence_interval *before, *after;
    struct tally_key *keys_before, *keys_after;
    size_t scan_count, before_count, after_count, keys_before_count, keys_after_count;
    enum err e = read_scans(db, arena, delegate_id, &scans, &scan_count);
    if (e == OK) e = read_intervals(db, arena, delegate_id, &before, &before_count);
    if (e == OK) e = presence_of_scans(arena, programme, scans, scan_count, &after, &after_count);
    if (e == OK) e = tally_of_person(arena, programme, category_id, delegation_id, before, before_count, &keys_before, &keys_before_count);
    if (e == OK) e = tally_of_person(arena, programme, category_id, delegation_id, after, after_count, &keys_after, &keys_after_count);
    if (e == OK) e = write_intervals(db, &tools->ids, programme->event_id, delegate_id, before, before_count, after, after_count);
    if (e == OK) e = write_state(db, programme, delegate_id, after, after_count);
    if (e == OK) e = tally_add_difference(&tools->tally, programme->event_id, keys_before, keys_before_count, keys_after, keys_after_count);
    return e;
}
