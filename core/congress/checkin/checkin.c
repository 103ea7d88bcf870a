#include "core/congress/checkin/checkin.h"
#include "core/congress/checkin/history.h"
#include "core/congress/badges/badge_token.h"
#include "core/base/crypto.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <stdio.h>
#include <string.h>

/* All that one scan knows while it is worked on. */
struct work {
    struct db *db;
    struct arena *arena;
    struct programme_cache *programmes;
    struct write_tools *tools; /* NULL: nothing will be stored */
    const struct checkin_source *source;
    const struct checkin_scan *scan;
    const struct programme *programme;
    const struct programme_gate *gate;
    char token_id[BADGE_TOKEN_ID_SIZE];
    bool known;
    int64_t capacity, area_count; /* of the gate's room; capacity 0: no bound */
    struct sql_checkin_badge_row badge;
    int64_t true_ms;
    bool estimated;
    enum outcome ours;   /* what the rule says */
    bool is_in, was_given; /* in the gate's area at that moment; given here what is given once */
    bool told_otherwise; /* `old` is the record of this scan, and its answer was not what the person heard */
    struct sql_checkin_find_scan_row old;
};

static enum err answer_only(struct checkin_answer *ret, enum outcome outcome, enum reason reason)
{
    ret->outcome = outcome;
    ret->reason = reason;
    return OK;
}

static void set_true_time(struct work *w)
{
    const struct checkin_source *source = w->source;
    if (w->scan->age_ms != DB_NULL) {
        w->true_ms = source->received_ms - w->scan->age_ms;
        return;
    }
    w->true_ms = w->scan->server_ms ? w->scan->server_ms : w->scan->scanned_ms - source->clock_offset_ms;
    if (w->true_ms > source->received_ms) w->true_ms = source->received_ms; /* never in the future */
    w->estimated = true;
}

static void put_person(struct checkin_answer *ret, const struct programme *programme, const char *code, const char *number, const char *name,
                       const char *delegation, int64_t category_id, const char *seat, const char *badge_box)
{
    unsigned position = programme_category_position(programme, category_id);
    ret->person_code = code;
    ret->number = number;
    ret->name = name;
    ret->delegation = delegation;
    ret->seat = seat;
    ret->badge_box = badge_box;
    ret->category = position < 64 ? programme->categories[position].code : NULL;
}

static const char *gate_code(const struct programme *programme, int64_t id)
{
    const struct programme_gate *gate = id == DB_NULL ? NULL : programme_gate_by_id(programme, id);
    return gate ? gate->code : NULL;
}

/* The door asked, our answer came too late or never, and it told the person something else. Being in already is no other thing than being let in. */
static void take_told(struct work *w, const struct sql_checkin_find_scan_row *old, struct checkin_answer *ret)
{
    if (w->scan->asks || strcmp(old->decision, "ask") != 0 || w->scan->told == ret->outcome) return;
    w->told_otherwise = true;
    w->old = *old;
    ret->conflict = true;
    if (ret->outcome == OUTCOME_admitted && w->scan->told == OUTCOME_already_in) return;
    ret->outcome = w->scan->told;
    if (ret->outcome == OUTCOME_admitted) {
        ret->first_ms = old->true_ms;
        ret->first_gate = w->gate->code;
    } else if (ret->outcome == OUTCOME_refused) {
        ret->first_ms = DB_NULL;
        ret->first_gate = NULL;
    }
}

/* The same scan_id again: the same answer, nothing changes; other content is a mistake of the sender. */
static enum err replay(struct work *w, const struct sql_checkin_find_scan_row *old, struct checkin_answer *ret)
{
    bool same_badge = w->scan->on_paper ? old->delegate_id == w->scan->on_paper : strcmp(old->token_id, w->token_id) == 0;
    /* In a group nobody's badge was read, and one may be issued anew between two tries of the form: the number of the scan is made of group and person. */
    if (w->source->group_id) same_badge = old->group_id == w->source->group_id;
    bool same = old->event_id == w->programme->event_id && same_badge && old->gate_id == w->gate->id &&
                strcmp(old->direction, w->scan->going_out ? "out" : "in") == 0 && old->scanned_ms == w->scan->scanned_ms;
    if (!same) return answer_only(ret, OUTCOME_invalid, REASON_scan_id_reused);
    ret->replayed = true;
    ret->conflict = old->conflict != 0;
    ret->reason = reason_from_code(old->reason);
    if (!outcome_from_name(old->outcome, &ret->outcome)) return ERR_BUG;
    ret->first_ms = old->first_ms;
    ret->first_gate = gate_code(w->programme, old->first_gate_id);
    ret->delegate_id = old->delegate_id;
    take_told(w, old, ret);
    if (old->delegate_id == DB_NULL) return OK;
    struct sql_checkin_person_of_delegate_row person;
    enum err e = sql_checkin_person_of_delegate(w->db, w->arena, old->delegate_id, &person);
    if (e == ERR_NOT_FOUND) return OK;
    if (e == OK)
        put_person(ret, w->programme, person.person_code, person.number, person.name, person.delegation, person.category_id, person.seat, person.badge_box);
    return e;
}

/* On paper nobody saw a badge: of a lost one and the new one the new one counts. */
static enum err find_newest_badge(struct work *w)
{
    struct sql_checkin_delegate_token_row row;
    enum err e = sql_checkin_delegate_token(w->db, w->arena, w->scan->on_paper, &row);
    if (e == OK) (void)snprintf(w->token_id, sizeof w->token_id, "%s", row.token_id);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err find_token(struct work *w)
{
    if (w->scan->token) {
        badge_token_id(w->scan->token, w->token_id);
        return OK;
    }
    w->token_id[0] = '\0';
    if (w->scan->on_paper) return find_newest_badge(w);
    struct sql_checkin_delegate_row row;
    enum err e = sql_checkin_delegate(w->db, w->arena, w->programme->event_id, w->scan->delegate, &row);
    if (e == OK && row.token_id) (void)snprintf(w->token_id, sizeof w->token_id, "%s", row.token_id);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err load_badge(struct work *w)
{
    enum err e = sql_checkin_badge(w->db, w->arena, w->token_id, w->programme->event_id, &w->badge);
    if (e == ERR_NOT_FOUND) return OK;
    w->known = e == OK;
    return e;
}

static bool is_in_area(const struct work *w)
{
    return w->badge.area_id != DB_NULL && w->badge.area_id == w->gate->area_id && w->badge.until_ms > w->true_ms && w->badge.since_ms <= w->true_ms;
}

static enum err fill_history(struct work *w, struct admission *a)
{
    enum err e = OK;
    if (w->gate->kind == GATE_HANDOUT) {
        struct sql_checkin_handout_row row;
        e = sql_checkin_handout(w->db, w->arena, w->badge.delegate_id, w->gate->id, &row);
        a->handed_out = e == OK;
        return e == ERR_NOT_FOUND ? OK : e;
    }
    if (!w->gate->reentry) e = presence_was_in(w->db, w->badge.last_presence, w->gate->area_id, &a->was_in);
    const struct programme_area *area = programme_area_by_id(w->programme, w->gate->area_id);
    if (e != OK || !area || area->capacity == 0) return e;
    a->capacity = w->capacity = area->capacity;
    e = tally_area_count(w->db, w->tools ? &w->tools->tally : NULL, w->programme->event_id, area->id, w->true_ms, &a->area_count);
    w->area_count = a->area_count;
    return e;
}

/* Told at the door before the room is full, so that somebody opens another one in time. */
static void put_room(const struct work *w, struct checkin_answer *ret)
{
    bool came = ret->outcome == OUTCOME_admitted;
    if (!came && ret->reason != REASON_full) return;
    int64_t left = w->capacity - w->area_count - came;
    ret->is_nearly_full = admission_is_nearly_full(w->capacity, w->area_count + came);
    ret->places_left = left < 0 ? 0 : left;
}

/* The sessions of the gate's area, as the admission rule wants them. */
static enum err fill_sessions(struct work *w, struct admission *a)
{
    const struct programme *p = w->programme;
    struct admission_session *list = arena_array(w->arena, p->session_count, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < p->session_count; i++)
        if (p->sessions[i].area_id == w->gate->area_id && w->gate->area_id != DB_NULL)
            list[a->session_count++] = (struct admission_session){p->sessions[i].starts_ms, p->sessions[i].ends_ms, p->sessions[i].admits};
    a->sessions = list;
    return OK;
}

/* A badge of this event, or the member card of somebody who takes part in it. */
static bool is_of_event(const struct work *w)
{
    return w->known && w->badge.delegate_id != DB_NULL && w->badge.delegate_event_id == w->programme->event_id;
}

static enum err decide(struct work *w, struct admission_answer *ret)
{
    const struct programme *p = w->programme;
    const struct programme_gate *g = w->gate;
    struct admission a = {.opens_ms = p->opens_ms, .closes_ms = programme_closes_ms(p, g), .kind = g->kind, .lets_in = g->lets_in, .lets_out = g->lets_out,
                          .reentry = g->reentry, .gate_admits = g->admits, .going_out = w->scan->going_out, .at_ms = w->true_ms, .known = w->known};
    if (w->known) {
        int status = w->badge.status ? delegate_status_from_name(w->badge.status) : STATUS_SUMMONED;
        a.revoked = w->badge.revoked_ms != DB_NULL;
        a.this_event = is_of_event(w);
        a.named = w->badge.person_id != DB_NULL;
        a.status = status < 0 ? STATUS_SUMMONED : (enum delegate_status)status;
        a.category = programme_category_position(p, w->badge.category_id);
    }
    if (a.this_event) {
        a.is_in = w->is_in = is_in_area(w);
        enum err e = fill_history(w, &a);
        if (e == OK) e = fill_sessions(w, &a);
        if (e != OK) return e;
        w->was_given = a.handed_out;
    }
    *ret = admission_decide(&a);
    return OK;
}

/* A list on paper cannot know who is in: its tick is no other story than ours. */
static bool was_in_on_paper(const struct work *w)
{
    return w->scan->on_paper && w->ours == OUTCOME_already_in;
}

/* When and where they came in: of the presence that is going on, or what this very scan makes. */
static void put_first(const struct work *w, struct checkin_answer *ret)
{
    ret->first_ms = DB_NULL;
    if (ret->outcome == OUTCOME_admitted && !was_in_on_paper(w)) {
        ret->first_ms = w->true_ms;
        ret->first_gate = w->gate->code;
    } else if (is_of_event(w) && w->badge.since_ms != DB_NULL && ret->outcome != OUTCOME_refused) {
        ret->first_ms = w->badge.since_ms;
        ret->first_gate = gate_code(w->programme, w->badge.gate_id);
    }
}

static enum err store_scan(struct work *w, const struct checkin_answer *answer, int64_t roster_seq, int64_t *ret_id)
{
    const struct checkin_scan *scan = w->scan;
    const struct programme_gate *first = answer->first_gate ? programme_gate_by_code(w->programme, answer->first_gate) : NULL;
    struct sql_checkin_insert_scan_in in = {
        .id = *ret_id = id_next(&w->tools->ids), .scan_id = answer->scan_id, .event_id = w->programme->event_id, .delegate_id = answer->delegate_id,
        .token_id = w->token_id, .gate_id = w->gate->id, .direction = scan->going_out ? "out" : "in", .outcome = outcome_name(answer->outcome),
        .reason = reason_code(answer->reason), .decision = scan->asks ? "ask" : outcome_name(scan->told), .roster = scan->roster,
        .scanned_ms = scan->scanned_ms, .age_ms = scan->age_ms, .true_ms = w->true_ms, .estimated = w->estimated,
        .received_ms = w->source->received_ms, .device_id = w->source->device_id, .account_id = w->source->account_id,
        .first_ms = answer->first_ms, .first_gate_id = first ? first->id : DB_NULL, .conflict = answer->conflict,
        .previous = answer->delegate_id == DB_NULL ? DB_NULL : w->badge.last_scan, .roster_seq = roster_seq,
        .origin = scan->on_paper ? CHECKIN_ON_PAPER : NULL, .group_id = w->source->group_id ? w->source->group_id : DB_NULL};
    return sql_checkin_insert_scan(w->db, &in, NULL);
}

/* Nobody of the event has no history: only what a door told such a badge is to be looked at. */
static enum err store_strange(struct work *w, const struct checkin_answer *answer, int64_t id)
{
    if (!history_is_against_rule(answer->outcome, answer->reason, answer->conflict)) return OK;
    return sql_conflict_add(w->db, &(struct sql_conflict_add_in){.scan = id, .event_id = w->programme->event_id, .delegate_id = DB_NULL, .entry = DB_NULL,
                            .received_ms = w->source->received_ms}, NULL);
}

/* What changes a person without a new scan is told to the doors by the person's own row. */
static enum err bump(struct db *db, struct write_tools *tools, int64_t event_id, int64_t delegate_id)
{
    int64_t roster_seq;
    enum err e = write_tools_grow(tools, db, event_id, &roster_seq);
    return e == OK ? sql_checkin_mark_delegate(db, delegate_id, roster_seq, NULL) : e;
}

/* A person's whole history is read for this, so it has memory of its own: an array of 1000 scans must not add up 1000 histories. */
static enum err recompute(struct db *db, const struct programme *programme, struct write_tools *tools, int64_t delegate_id, int64_t category_id,
                          int64_t delegation_id)
{
    struct arena scratch = {0};
    enum err e = presence_recompute(db, &scratch, programme, tools, delegate_id, category_id, delegation_id);
    arena_release(&scratch);
    return e;
}

static enum err move_forward(struct work *w, const struct checkin_answer *answer, int64_t id)
{
    const struct sql_checkin_badge_row *b = &w->badge;
    struct presence_person person = {b->delegate_id, b->category_id, b->delegation_id};
    struct presence_state state = {b->area_id, b->gate_id, b->since_ms, b->until_ms, b->attended_ms, b->attended_gate_id, b->last_presence, b->effective_ms,
                                    b->by_group == DB_NULL ? PRESENCE_GROUP_NEVER : b->by_group};
    struct presence_scan scan = {id, w->gate->id, w->true_ms, answer->outcome == OUTCOME_left, w->source->group_id != 0,
                                 answer->outcome == OUTCOME_already_in};
    return presence_forward(w->db, w->arena, w->programme, w->tools, &person, &state, &scan);
}

/* Whether other doors must hear of it, or screens: somebody of a group who is seen now may count for the quorum. */
static bool changes_roster(const struct work *w, const struct checkin_answer *answer)
{
    if (answer->delegate_id == DB_NULL) return false;
    if (answer->outcome == OUTCOME_already_in) return !w->source->group_id && w->badge.by_group != DB_NULL && w->badge.by_group != PRESENCE_GROUP_NEVER;
    return answer->outcome == OUTCOME_admitted || answer->outcome == OUTCOME_left || answer->outcome == OUTCOME_handed_out;
}

/* A badge that is read of somebody who was checked in with a group: the stay becomes personal, or it became so earlier than was known. */
static bool confirms(const struct work *w, const struct checkin_answer *answer, bool newest)
{
    if (answer->outcome != OUTCOME_already_in || w->source->group_id || w->badge.by_group == DB_NULL) return false;
    return newest ? w->badge.by_group == PRESENCE_GROUP_ONLY : w->badge.by_group != PRESENCE_GROUP_NEVER;
}

/* In the order of true time and by the rule: what a scan does follows from where the person is. Else their whole history says. */
static enum err store_effect(struct work *w, const struct checkin_answer *answer, int64_t id)
{
    bool moves = answer->outcome == OUTCOME_admitted || answer->outcome == OUTCOME_left;
    bool newest = w->badge.effective_ms == DB_NULL || w->true_ms > w->badge.effective_ms;
    moves = moves || confirms(w, answer, newest);
    enum err e = OK;
    if (answer->delegate_id == DB_NULL) return store_strange(w, answer, id);
    if (answer->outcome == OUTCOME_handed_out) e = sql_checkin_hand_out(w->db, answer->delegate_id, w->gate->id, w->true_ms, NULL);
    if (e == OK && moves && newest && !answer->conflict) {
        e = move_forward(w, answer, id);
    } else {
        if (e == OK) e = sql_checkin_follow(w->db, answer->delegate_id, w->programme->event_id, id, NULL);
        if (e == OK && (moves || answer->conflict))
            e = recompute(w->db, w->programme, w->tools, answer->delegate_id, w->badge.category_id, w->badge.delegation_id);
    }
    return e;
}

/* What a person at the desk decides against the rule. The hour is looked at before the person, so whoever it is about may be in already. */
static enum outcome overridden(const struct work *w)
{
    if (w->gate->kind == GATE_HANDOUT) return OUTCOME_handed_out;
    if (w->scan->going_out) return OUTCOME_left;
    return w->is_in ? OUTCOME_already_in : OUTCOME_admitted;
}

/* What a device told a person while it could not ask is a fact: recorded as told, and marked where we would have said otherwise. */
static void settle(struct work *w, struct admission_answer ours, struct checkin_answer *ret)
{
    ret->outcome = w->ours = ours.outcome;
    ret->reason = ours.reason;
    bool overrides = w->scan->override && ours.outcome == OUTCOME_refused && admission_may_override(ours.reason) && !w->was_given;
    if (overrides) ret->outcome = overridden(w);
    if (w->scan->asks) return;
    ret->outcome = w->scan->told;
    ret->conflict = w->scan->told != ours.outcome && !was_in_on_paper(w);
}

/* What a door of this kind can have told in that direction: nobody is admitted on the way out, and nothing handed out at an entrance. */
static bool told_fits(const struct work *w)
{
    if (w->scan->asks || w->scan->told == OUTCOME_refused) return true;
    if (w->gate->kind == GATE_HANDOUT) return w->scan->told == OUTCOME_handed_out && !w->scan->going_out;
    if (w->scan->going_out) return w->scan->told == OUTCOME_left;
    return w->scan->told == OUTCOME_admitted || w->scan->told == OUTCOME_already_in;
}

static enum err find_place(struct work *w, struct checkin_answer *ret, bool *ret_done)
{
    enum err e = programme_cached(w->programmes, w->db, w->source->event, &w->programme, NULL);
    if (e != OK) return e;
    w->gate = programme_gate_by_code(w->programme, w->scan->gate);
    bool ours = w->gate && (w->source->gate_id == DB_NULL || w->source->gate_id == w->gate->id);
    *ret_done = !ours;
    if (!ours) return answer_only(ret, OUTCOME_invalid, REASON_unknown_gate);
    *ret_done = !told_fits(w);
    return *ret_done ? answer_only(ret, OUTCOME_invalid, REASON_malformed) : OK;
}

/* Everything but the storing. *ret_new is false when the answer is there without a new record (a replay, a wrong gate). */
static enum err work_out(struct work *w, struct checkin_answer *ret, bool *ret_new)
{
    *ret = (struct checkin_answer){.first_ms = DB_NULL, .delegate_id = DB_NULL, .gate_id = DB_NULL};
    (void)snprintf(ret->scan_id, sizeof ret->scan_id, "%s", w->scan->scan_id);
    bool done;
    *ret_new = false;
    enum err e = find_place(w, ret, &done);
    if (e != OK || done) return e;
    ret->gate_id = w->gate->id;
    if ((e = find_token(w)) != OK) return e;
    struct sql_checkin_find_scan_row old;
    e = sql_checkin_find_scan(w->db, w->arena, w->scan->scan_id, &old);
    if (e == OK) return replay(w, &old, ret);
    if (e != ERR_NOT_FOUND) return e;
    set_true_time(w);
    if ((e = load_badge(w)) != OK) return e;
    struct admission_answer ours;
    if ((e = decide(w, &ours)) != OK) return e;
    settle(w, ours, ret);
    put_first(w, ret);
    put_room(w, ret);
    if (is_of_event(w)) {
        ret->delegate_id = w->badge.delegate_id;
        put_person(ret, w->programme, w->badge.person_code, w->badge.number, w->badge.name, w->badge.delegation, w->badge.category_id, w->badge.seat,
                   w->badge.badge_box);
    }
    *ret_new = true;
    return OK;
}

/* A hand-out gate gives once; taking the scan back gives it free again, unless another scan gave it too. */
static enum err undo_effect(struct db *db, struct arena *arena, const struct programme *programme, struct write_tools *tools,
                            const struct sql_checkin_find_scan_row *scan)
{
    if (scan->delegate_id == DB_NULL) return sql_conflict_remove(db, scan->id, NULL);
    struct sql_checkin_delegate_row_row row;
    enum err e = sql_checkin_delegate_row(db, arena, scan->delegate_id, &row);
    if (e == OK && strcmp(scan->outcome, "handed_out") == 0) e = sql_checkin_take_back(db, scan->delegate_id, scan->gate_id, NULL);
    if (e == OK) e = recompute(db, programme, tools, scan->delegate_id, row.category_id, row.delegation_id);
    return e == OK ? bump(db, tools, programme->event_id, scan->delegate_id) : e;
}

/* What the unheard answer did is taken back, what was told takes its place. */
static enum err store_told(struct work *w, const struct checkin_answer *answer)
{
    const struct programme_gate *first = answer->first_gate ? programme_gate_by_code(w->programme, answer->first_gate) : NULL;
    struct sql_checkin_tell_in in = {.id = w->old.id, .decision = outcome_name(w->scan->told), .outcome = outcome_name(answer->outcome),
                                     .roster = w->scan->roster, .first_ms = answer->first_ms, .first_gate_id = first ? first->id : DB_NULL};
    enum err e = sql_checkin_tell(w->db, &in, NULL);
    if (e == OK) e = audit_write(w->db, w->source->received_ms, "door", "checkin.told", answer->scan_id, w->old.outcome);
    if (e == OK) e = undo_effect(w->db, w->arena, w->programme, w->tools, &w->old);
    if (e == OK && answer->outcome == OUTCOME_handed_out && w->old.delegate_id != DB_NULL)
        e = sql_checkin_hand_out(w->db, w->old.delegate_id, w->gate->id, w->old.true_ms, NULL);
    return e == OK && w->old.delegate_id == DB_NULL ? store_strange(w, answer, w->old.id) : e;
}

/* Decided by a person, so nothing is to settle: the record has what was done and the rule, the audit who did it and why. The refusal before is a scan of its own. */
static enum err note_override(const struct work *w, const struct checkin_answer *answer)
{
    if (!w->scan->override || answer->outcome == OUTCOME_refused || !admission_may_override(answer->reason)) return OK;
    return audit_write(w->db, w->source->received_ms, w->source->actor ? w->source->actor : "door", "checkin.override", answer->scan_id, w->scan->override);
}

enum err checkin_apply(struct db *db, struct arena *arena, struct write_tools *tools, const struct checkin_source *source, const struct checkin_scan *scan,
                       struct checkin_answer *ret)
{
    struct work w = {.db = db, .arena = arena, .programmes = &tools->programmes, .tools = tools, .source = source, .scan = scan};
    bool is_new;
    enum err e = work_out(&w, ret, &is_new);
    if (e == OK && w.told_otherwise) return store_told(&w, ret);
    if (e != OK || !is_new) return e;
    if ((e = note_override(&w, ret)) != OK) return e;
    int64_t id, roster_seq = DB_NULL;
    if (changes_roster(&w, ret) && (e = write_tools_grow(tools, db, w.programme->event_id, &roster_seq)) != OK) return e;
    if ((e = store_scan(&w, ret, roster_seq, &id)) != OK) return e;
    return store_effect(&w, ret, id);
}

enum err checkin_preview(struct db *db, struct arena *arena, struct programme_cache *programmes, const struct checkin_source *source,
                         const struct checkin_scan *scan, struct checkin_answer *ret)
{
    struct work w = {.db = db, .arena = arena, .programmes = programmes, .source = source, .scan = scan};
    bool is_new;
    return work_out(&w, ret, &is_new);
}

enum err checkin_undo(struct db *db, struct arena *arena, struct write_tools *tools, const struct checkin_source *source, const char *scan_id,
                      const char *reason)
{
    const struct programme *programme;
    struct sql_checkin_find_scan_row scan;
    struct sql_checkin_is_undone_row undone;
    enum err e = programme_cached(&tools->programmes, db, source->event, &programme, NULL);
    if (e == OK) e = sql_checkin_find_scan(db, arena, scan_id, &scan);
    if (e != OK) return e;
    if (scan.event_id != programme->event_id) return ERR_NOT_FOUND;
    bool own = source->device_id != DB_NULL ? scan.device_id == source->device_id : source->account_id != DB_NULL;
    if (source->group_id) own = scan.group_id == source->group_id; /* also by a head who is in with badge and PIN */
    if (!own) return ERR_DENIED;
    e = sql_checkin_is_undone(db, arena, scan.id, &undone);
    if (e != ERR_NOT_FOUND) return e;
    /* The paper is still there to be looked at. */
    if (!scan.origin && source->received_ms - scan.received_ms > CHECKIN_UNDO_MS) return ERR_TIMEOUT;
    e = sql_checkin_add_correction(db, &(struct sql_checkin_add_correction_in){.id = id_next(&tools->ids), .event_id = programme->event_id, .scan = scan.id,
                                   .kind = "undo", .reason = reason, .made_ms = source->received_ms, .device_id = source->device_id,
                                   .account_id = source->account_id}, NULL);
    return e == OK ? undo_effect(db, arena, programme, tools, &scan) : e;
}
