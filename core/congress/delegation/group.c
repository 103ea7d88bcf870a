#include "core/congress/delegation/group.h"
#include "core/congress/checkin/history.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <inttypes.h>
#include <string.h>

/* --- checking in ---------------------------------------------------------------------------------------------------------------------------- */

struct ground {
    const struct programme *programme;
    const struct programme_gate *gate;
    struct sql_delegation_unit_row unit;
    int64_t scanned_ms;
};

static enum err find_ground(struct db *db, struct arena *arena, struct write_tools *tools, const struct group_wish *w, struct ground *ret, struct fault *fault)
{
    if (!id_uuid7_time(w->request, &ret->scanned_ms) || w->count == 0)
        return fault_because(fault, ERR_INPUT, "delegation_nobody", NULL, "nobody is named, or the form has no number");
    enum err e = programme_cached(&tools->programmes, db, w->event, &ret->programme, NULL);
    if (e == OK) e = sql_delegation_unit(db, arena, w->unit, &ret->unit);
    if (e == ERR_NOT_FOUND) return fault_because(fault, ERR_DENIED, "delegation_not_yours", NULL, "no such delegation");
    if (e != OK) return db_fault(db, e, fault, "find the delegation");
    if (!delegation_in_scope(w->scope, ret->unit.id)) return fault_because(fault, ERR_DENIED, "delegation_not_yours", NULL, "not your delegation");
    ret->gate = programme_gate_by_code(ret->programme, w->gate);
    bool leads_in = ret->gate && ret->gate->kind == GATE_ENTRY && ret->gate->lets_in;
    return leads_in ? OK : fault_because(fault, ERR_INPUT, "delegation_gate", NULL, "this gate lets nobody in");
}

/* The group of this form: found, or recorded now. */
static enum err find_group(struct db *db, struct arena *arena, struct write_tools *tools, const struct group_wish *w, const struct ground *g, int64_t *ret_id,
                           struct fault *fault)
{
    struct sql_group_find_row row;
    enum err e = sql_group_find(db, arena, w->request, &row);
    if (e == OK) {
        if (row.event_id != g->programme->event_id || row.unit_id != g->unit.id || row.gate_id != g->gate->id)
            return fault_because(fault, ERR_CONFLICT, "amend_request_used", NULL, "request: was used for something else");
        /* Its number stands on the page of everybody who sees the delegation: nobody adds to what another one answers for. */
        if (strcmp(row.actor, w->actor) != 0) return fault_because(fault, ERR_CONFLICT, "amend_request_used", NULL, "request: was used by somebody else");
        if (row.undone_ms != DB_NULL) return fault_because(fault, ERR_CONFLICT, "delegation_undone", NULL, "this check-in was taken back");
        *ret_id = row.id;
        return OK;
    }
    if (e != ERR_NOT_FOUND) return db_fault(db, e, fault, "look for the group");
    *ret_id = id_next(&tools->ids);
    e = sql_group_insert(db, &(struct sql_group_insert_in){.id = *ret_id, .request = w->request, .event_id = g->programme->event_id, .unit_id = g->unit.id,
                         .gate_id = g->gate->id, .made_ms = w->now_ms, .actor = w->actor}, NULL);
    if (e == OK) e = audit_write_of(db, g->programme->event_id, w->now_ms, w->actor, "group.checkin", w->request, arena_printf(arena, "%s: %zu", g->unit.code, w->count));
    return e == OK ? OK : db_fault(db, e, fault, "record the group");
}

enum err group_apply(struct db *db, struct arena *arena, struct write_tools *tools, const struct group_wish *w, size_t from, struct checkin_answer *answers,
                     struct fault *fault)
{
    struct ground g;
    size_t end = from + DELEGATION_PIECE < w->count ? from + DELEGATION_PIECE : w->count;
    struct checkin_source source = {.event = w->event, .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = w->account_id,
                                    .received_ms = w->now_ms, .actor = w->actor};
    enum err e = find_ground(db, arena, tools, w, &g, fault);
    if (e == OK) e = delegation_check_people(db, arena, g.programme->event_id, g.unit.id, w->people + from, from == 0 ? w->count : end - from, fault);
    if (e == OK) e = find_group(db, arena, tools, w, &g, &source.group_id, fault);
    for (size_t i = from; e == OK && i < end; i++) {
        char *scan_id = arena_alloc(arena, ID_UUID_SIZE); /* answers may be told to live screens after this call */
        if (!scan_id) return ERR_NOMEM;
        delegation_derive_id(w->request, w->people[i], scan_id);
        const struct checkin_scan scan = {.scan_id = scan_id, .delegate = w->people[i], .gate = g.gate->code, .scanned_ms = g.scanned_ms, .age_ms = 0, .asks = true,
                                          .roster = DB_NULL};
        e = checkin_apply(db, arena, tools, &source, &scan, &answers[i]);
        if (e != OK) return db_fault(db, e, fault, "check-in");
    }
    return e;
}

/* --- taking back ------------------------------------------------------------------------------------------------------------------------------ */

/* Whether the person is in by their own badge: it was read since in the stay that this scan began, or the scan began none, because a door was first. */
static enum err is_confirmed(struct db *db, struct arena *arena, const struct sql_group_scans_row *scan, bool *ret)
{
    struct presence_interval *stays;
    size_t n;
    enum err e = history_stored_stays(db, arena, scan->delegate_id, &stays, &n);
    *ret = true;
    for (size_t i = 0; e == OK && i < n; i++)
        if (stays[i].scan == scan->id) *ret = stays[i].personal_ms != DB_NULL;
    return e;
}

static enum err take_back_one(struct db *db, struct arena *arena, struct write_tools *tools, const struct checkin_source *source, const struct sql_group_scans_row *scan,
                              struct group_undo *undo)
{
    bool confirmed = false;
    if (scan->undone || strcmp(scan->outcome, "admitted") != 0 || scan->delegate_id == DB_NULL) return OK;
    enum err e = is_confirmed(db, arena, scan, &confirmed);
    if (e != OK) return e;
    undo->kept += confirmed;
    undo->undone += !confirmed;
    return confirmed ? OK : checkin_undo(db, arena, tools, source, scan->scan_id, "group");
}

static enum err begin_undo(struct db *db, struct arena *arena, const struct programme *programme, struct group_undo *u, struct sql_group_find_row *ret,
                           struct fault *fault)
{
    struct sql_delegation_unit_by_id_row unit;
    enum err e = sql_group_find(db, arena, u->request, ret);
    if (e == OK && ret->event_id != programme->event_id) e = ERR_NOT_FOUND;
    if (e != OK) return e == ERR_NOT_FOUND ? e : db_fault(db, e, fault, "look for the group");
    if (!delegation_in_scope(u->scope, ret->unit_id)) return fault_because(fault, ERR_DENIED, "delegation_not_yours", NULL, "not your delegation");
    e = sql_delegation_unit_by_id(db, arena, ret->unit_id, &unit);
    if (e != OK) return db_fault(db, e, fault, "find the delegation");
    u->unit = unit.code;
    bool late = ret->undone_ms == DB_NULL && u->now_ms - ret->made_ms > CHECKIN_UNDO_MS;
    return late ? fault_because(fault, ERR_TIMEOUT, "delegation_undo_late", NULL, "this check-in is older than 15 minutes") : OK;
}

enum err group_take_back(struct db *db, struct arena *arena, struct write_tools *tools, struct group_undo *u, bool *ret_more, struct fault *fault)
{
    const struct programme *programme;
    struct sql_group_find_row group;
    struct sql_group_scans_row *scans;
    struct group_undo next = *u;
    size_t n = 0;
    enum err e = programme_cached(&tools->programmes, db, u->event, &programme, NULL);
    if (e == OK) e = begin_undo(db, arena, programme, &next, &group, fault);
    if (e != OK) return e;
    const struct checkin_source source = {.event = u->event, .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = DB_NULL, .received_ms = u->now_ms, .actor = u->actor,
                                          .group_id = group.id};
    e = sql_group_scans(db, arena, group.id, u->after, DELEGATION_PIECE, &scans, &n);
    for (size_t i = 0; e == OK && i < n; i++) e = take_back_one(db, arena, tools, &source, &scans[i], &next);
    if (e == OK && group.undone_ms == DB_NULL) {
        e = sql_group_undone(db, group.id, u->now_ms, u->actor, NULL);
        if (e == OK) e = audit_write_of(db, group.event_id, u->now_ms, u->actor, "group.undo", u->request, next.unit);
    }
    if (e != OK) return e == ERR_TIMEOUT ? e : db_fault(db, e, fault, "take the group back");
    if (n) next.after = scans[n - 1].id;
    *ret_more = n == DELEGATION_PIECE;
    *u = next;
    return OK;
}

/* --- showing ------------------------------------------------------------------------------------------------------------------------------------ */

enum err group_answers(struct db *db, struct arena *arena, int64_t event_id, int64_t unit_id, const char *request, struct group_answer **ret, size_t *ret_count)
{
    struct sql_group_find_row group;
    struct sql_group_scans_row *scans;
    size_t n;
    enum err e = sql_group_find(db, arena, request, &group);
    if (e == OK && (group.event_id != event_id || group.unit_id != unit_id)) e = ERR_NOT_FOUND;
    if (e == OK) e = sql_group_scans(db, arena, group.id, 0, DELEGATION_PEOPLE_MOST, &scans, &n);
    struct group_answer *list = e == OK ? arena_array(arena, n + 1, sizeof *list) : NULL;
    if (!list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        list[i] = (struct group_answer){.code = scans[i].code, .name = scans[i].name, .reason = reason_from_code(scans[i].reason), .undone = scans[i].undone != 0};
        if (!outcome_from_name(scans[i].outcome, &list[i].outcome)) return ERR_BUG;
    }
    *ret = list;
    *ret_count = n;
    return OK;
}

enum err group_lines(struct db *db, struct arena *arena, int64_t event_id, int64_t unit_id, int64_t since_ms, struct group_line **ret, size_t *ret_count)
{
    struct sql_group_list_row *rows;
    enum err e = sql_group_list(db, arena, event_id, unit_id, since_ms, &rows, ret_count);
    struct group_line *list = e == OK ? arena_array(arena, *ret_count + 1, sizeof *list) : NULL;
    if (!list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++)
        list[i] = (struct group_line){.request = rows[i].request, .actor = rows[i].actor, .made_ms = rows[i].made_ms, .undone_ms = rows[i].undone_ms,
                                      .admitted = rows[i].admitted};
    *ret = list;
    return OK;
}
