#include "core/congress/checkin/history.h"

#include "catalogue.h"

#include <string.h>

bool history_is_against_rule(enum outcome outcome, enum reason reason, bool marked)
{
    if (!marked) return false;
    if (outcome == OUTCOME_admitted) return reason != REASON_none; /* being in already is for the order of true times to say */
    return outcome != OUTCOME_handed_out || reason != REASON_already_handed_out;
}

/* --- conflicts ------------------------------------------------------------------------------------------------------------------------------- */

struct reading {
    struct presence_scan scan;
    enum outcome outcome;
    enum reason reason;
    int64_t received_ms;
    bool marked, on_paper, by_group;
};

static bool began_stay(const struct history *h, const struct presence_scan *scan)
{
    for (size_t i = 0; i < h->stay_count; i++)
        if (h->stays[i].from_ms == scan->true_ms && h->stays[i].gate_id == scan->gate_id) return true; /* two devices of one gate at one moment are one */
    return false;
}

/* Somebody who was checked in with a group and whose badge is read afterwards is no conflict of two doors, and a group in which somebody is who came before is none. */
static bool goes_with_group(const struct history *h, const struct reading *r)
{
    if (r->by_group) return true;
    for (size_t i = 0; i < h->stay_count; i++)
        if (h->stays[i].personal_ms == r->scan.true_ms) return true;
    return false;
}

/* Of the newest stay in the area that began before, or then. */
static int64_t entry_before(const struct history *h, int64_t area_id, const struct presence_scan *scan)
{
    for (size_t i = h->stay_count; i-- > 0;) {
        const struct presence_interval *stay = &h->stays[i];
        if (stay->area_id == area_id && stay->from_ms <= scan->true_ms && stay->scan != scan->id) return stay->scan;
    }
    return DB_NULL;
}

static int64_t handed_before(const struct reading *readings, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (readings[i].outcome == OUTCOME_handed_out && readings[i].scan.gate_id == readings[at].scan.gate_id) return readings[i].scan.id;
    return DB_NULL;
}

/* A door and a list on paper cannot know of each other: who was let in by both came in once, and nobody did anything wrong. */
static bool is_from_paper(const struct reading *readings, size_t count, size_t at, int64_t entry)
{
    if (readings[at].on_paper) return true;
    for (size_t i = 0; i < count; i++)
        if (readings[i].scan.id == entry) return readings[i].on_paper;
    return false;
}

static void judge(struct history *h, const struct programme *programme, const struct reading *readings, size_t count, size_t at)
{
    const struct reading *r = &readings[at];
    const struct programme_gate *gate = programme_gate_by_id(programme, r->scan.gate_id);
    if (!gate) return;
    bool is = history_is_against_rule(r->outcome, r->reason, r->marked);
    int64_t entry = DB_NULL;
    if (r->outcome == OUTCOME_handed_out) {
        entry = handed_before(readings, at);
        is = is || entry != DB_NULL;
    } else if (r->outcome == OUTCOME_admitted) {
        bool again = gate->kind == GATE_ENTRY && gate->area_id != DB_NULL && !began_stay(h, &r->scan) && !goes_with_group(h, r);
        if ((is || again) && gate->area_id != DB_NULL) entry = entry_before(h, gate->area_id, &r->scan);
        is = is || (again && !is_from_paper(readings, count, at, entry));
    }
    if (is) h->conflicts[h->conflict_count++] = (struct history_conflict){r->scan.id, entry, r->received_ms};
}

/* By scan, as they are stored. Few. */
static void sort_conflicts(struct history *h)
{
    for (size_t i = 1; i < h->conflict_count; i++) {
        struct history_conflict one = h->conflicts[i];
        size_t k = i;
        for (; k > 0 && h->conflicts[k - 1].scan > one.scan; k--) h->conflicts[k] = h->conflicts[k - 1];
        h->conflicts[k] = one;
    }
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------------------- */

static enum err read_scans(struct db *db, struct arena *arena, int64_t delegate_id, struct reading **ret, size_t *ret_count)
{
    struct sql_checkin_history_row *rows;
    size_t n;
    enum err e = sql_checkin_history(db, arena, delegate_id, &rows, &n);
    if (e != OK) return e;
    struct reading *list = arena_array(arena, n, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        list[i] = (struct reading){.scan = {.id = rows[i].id, .gate_id = rows[i].gate_id, .true_ms = rows[i].true_ms},
                                   .reason = reason_from_code(rows[i].reason), .received_ms = rows[i].received_ms, .marked = rows[i].conflict != 0,
                                   .on_paper = rows[i].origin != NULL, .by_group = rows[i].group_id != DB_NULL};
        if (!outcome_from_name(rows[i].outcome, &list[i].outcome)) return ERR_BUG;
        list[i].scan.is_out = list[i].outcome == OUTCOME_left;
        list[i].scan.by_group = list[i].by_group;
        list[i].scan.only_confirms = list[i].outcome == OUTCOME_already_in;
    }
    *ret = list;
    *ret_count = n;
    return OK;
}

enum err history_read(struct db *db, struct arena *arena, const struct programme *programme, int64_t delegate_id, struct history *ret)
{
    struct reading *readings;
    size_t n, effective = 0;
    *ret = (struct history){.effective_ms = DB_NULL};
    enum err e = read_scans(db, arena, delegate_id, &readings, &n);
    if (e != OK) return e;
    struct presence_scan *scans = arena_array(arena, n, sizeof *scans);
    ret->conflicts = arena_array(arena, n, sizeof *ret->conflicts);
    if (!scans || !ret->conflicts) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        if (readings[i].outcome == OUTCOME_admitted || readings[i].outcome == OUTCOME_left || readings[i].outcome == OUTCOME_already_in)
            scans[effective++] = readings[i].scan;
    e = presence_of_scans(arena, programme, scans, effective, &ret->stays, &ret->stay_count, &ret->effective_ms);
    if (e != OK) return e;
    for (size_t i = 0; i < n; i++) judge(ret, programme, readings, n, i);
    sort_conflicts(ret);
    return OK;
}

enum err history_stored_stays(struct db *db, struct arena *arena, int64_t delegate_id, struct presence_interval **ret, size_t *ret_count)
{
    struct sql_checkin_presence_row *rows;
    enum err e = sql_checkin_presence(db, arena, delegate_id, &rows, ret_count);
    struct presence_interval *list = e == OK ? arena_array(arena, *ret_count, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++)
        list[i] = (struct presence_interval){rows[i].area_id, rows[i].gate_id, rows[i].from_ms, rows[i].until_ms, rows[i].closed != 0, rows[i].scan,
                                             rows[i].id, rows[i].personal_ms};
    *ret = list;
    return OK;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------------------ */

static bool same_beginning(const struct presence_interval *a, const struct presence_interval *b)
{
    return a->area_id == b->area_id && a->gate_id == b->gate_id && a->from_ms == b->from_ms && a->scan == b->scan;
}

/* Stays that begin alike are kept; from the first other one on all are written anew. Gives `after` the ids of its rows. */
static enum err write_stays(struct db *db, struct id_source *ids, int64_t event_id, int64_t delegate_id, const struct presence_interval *before,
                            size_t before_count, struct presence_interval *after, size_t after_count)
{
    size_t keep = 0;
    enum err e = OK;
    for (; e == OK && keep < before_count && keep < after_count && same_beginning(&before[keep], &after[keep]); keep++) {
        after[keep].id = before[keep].id;
        if (before[keep].until_ms != after[keep].until_ms || before[keep].closed != after[keep].closed)
            e = sql_checkin_end_stay(db, after[keep].id, after[keep].until_ms, after[keep].closed, NULL);
        if (e == OK && before[keep].personal_ms != after[keep].personal_ms) e = sql_checkin_confirm_stay(db, after[keep].id, after[keep].personal_ms, NULL);
    }
    for (size_t i = keep; e == OK && i < before_count; i++) e = sql_checkin_remove_stay(db, before[i].id, NULL);
    for (size_t i = keep; e == OK && i < after_count; i++) {
        after[i].id = id_next(ids);
        e = sql_checkin_add_stay(db, &(struct sql_checkin_add_stay_in){.id = after[i].id, .event_id = event_id, .delegate_id = delegate_id,
                                 .area_id = after[i].area_id, .gate_id = after[i].gate_id, .from_ms = after[i].from_ms, .until_ms = after[i].until_ms,
                                 .closed = after[i].closed, .scan = after[i].scan, .previous = i ? after[i - 1].id : DB_NULL,
                                 .personal_ms = after[i].personal_ms}, NULL);
    }
    return e;
}

static enum err write_state(struct db *db, const struct programme *programme, int64_t delegate_id, const struct history *h)
{
    struct sql_checkin_set_state_in in = {.delegate_id = delegate_id, .event_id = programme->event_id, .area_id = DB_NULL, .gate_id = DB_NULL,
                                          .since_ms = DB_NULL, .until_ms = DB_NULL, .attended_ms = DB_NULL, .attended_gate_id = DB_NULL,
                                          .last_scan = DB_NULL /* as it is */, .last_presence = DB_NULL, .effective_ms = h->effective_ms};
    if (h->stay_count) {
        const struct presence_interval *last = &h->stays[h->stay_count - 1];
        in.gate_id = last->gate_id;
        in.since_ms = last->from_ms;
        in.until_ms = last->until_ms;
        in.last_presence = last->id;
        if (!last->closed) in.area_id = last->area_id;
        for (size_t i = 0; i < h->stay_count; i++)
            if (h->stays[i].personal_ms != 0) in.by_group = PRESENCE_GROUP_ONCE;
        if (!last->closed && last->personal_ms == DB_NULL) in.by_group = PRESENCE_GROUP_ONLY;
    }
    for (size_t i = 0; i < h->stay_count && programme->area_count; i++) {
        if (h->stays[i].area_id != programme->areas[0].id) continue;
        in.attended_ms = h->stays[i].from_ms;
        in.attended_gate_id = h->stays[i].gate_id;
        break;
    }
    return sql_checkin_set_state(db, &in, NULL);
}

static enum err write_conflicts(struct db *db, struct arena *arena, int64_t event_id, int64_t delegate_id, const struct history *h)
{
    struct sql_conflict_of_delegate_row *rows;
    size_t n;
    enum err e = sql_conflict_of_delegate(db, arena, delegate_id, &rows, &n);
    if (e != OK) return e;
    bool same = n == h->conflict_count;
    for (size_t i = 0; same && i < n; i++) same = rows[i].scan == h->conflicts[i].scan && rows[i].entry == h->conflicts[i].entry;
    if (same) return OK;
    if (n) e = sql_conflict_clear(db, delegate_id, NULL);
    for (size_t i = 0; e == OK && i < h->conflict_count; i++)
        e = sql_conflict_add(db, &(struct sql_conflict_add_in){.scan = h->conflicts[i].scan, .event_id = event_id, .delegate_id = delegate_id,
                             .entry = h->conflicts[i].entry, .received_ms = h->conflicts[i].received_ms}, NULL);
    return e;
}

enum err presence_recompute(struct db *db, struct arena *arena, const struct programme *programme, struct write_tools *tools, int64_t delegate_id,
                            int64_t category_id, int64_t delegation_id)
{
    struct history h;
    struct presence_interval *before;
    struct tally_key *keys_before, *keys_after;
    size_t before_count, keys_before_count, keys_after_count;
    enum err e = history_read(db, arena, programme, delegate_id, &h);
    if (e == OK) e = history_stored_stays(db, arena, delegate_id, &before, &before_count);
    if (e == OK) e = tally_of_person(arena, programme, category_id, delegation_id, before, before_count, &keys_before, &keys_before_count);
    if (e == OK) e = tally_of_person(arena, programme, category_id, delegation_id, h.stays, h.stay_count, &keys_after, &keys_after_count);
    if (e == OK) e = write_stays(db, &tools->ids, programme->event_id, delegate_id, before, before_count, h.stays, h.stay_count);
    if (e == OK) e = write_state(db, programme, delegate_id, &h);
    if (e == OK) e = write_conflicts(db, arena, programme->event_id, delegate_id, &h);
    if (e == OK) e = tally_add_difference(&tools->tally, programme->event_id, keys_before, keys_before_count, keys_after, keys_after_count);
    return e;
}
