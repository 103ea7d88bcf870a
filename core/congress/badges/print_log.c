#include "core/congress/badges/print_log.h"
#include "core/base/buf.h"
#include "core/congress/badges/print_facts.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>

static int64_t event_or_null(int64_t event_id)
{
    return event_id ? event_id : DB_NULL;
}

/* --- writing down ----------------------------------------------------------------------------------------------------------------------- */

enum err print_log_begin(struct db *db, int64_t run_id, const struct badge_list *list, const struct print_run *run, struct fault *fault)
{
    struct buf facts;
    buf_init(&facts, BUF_LIMIT_BODY);
    print_facts_write_run(list, &facts);
    enum err e = !buf_ok(&facts) ? ERR_NOMEM
                 : sql_print_log_begin(db, &(struct sql_print_log_begin_in){.id = run_id, .event_id = event_or_null(list->event_id), .kind = run->kind,
                                       .layout = run->layout, .host = print_facts_host(run->base_url), .badges = (int64_t)list->count, .printer = run->printer,
                                       .facts = buf_text(&facts), .printed_ms = run->now_ms, .actor = run->actor}, NULL);
    buf_release(&facts);
    return e == OK ? OK : db_fault(db, e, fault, "write the print run down");
}

enum err print_log_add(struct db *db, int64_t run_id, const struct badge_list *list, size_t first, size_t count, struct fault *fault)
{
    struct buf facts;
    enum err e = OK;
    buf_init(&facts, BUF_LIMIT_LINE);
    for (size_t i = first; e == OK && i < first + count && i < list->count; i++) {
        print_facts_write(&list->rows[i], &facts);
        e = !buf_ok(&facts) ? ERR_NOMEM
            : sql_print_log_add(db, &(struct sql_print_log_add_in){.run_id = run_id, .credential_id = list->rows[i].credential_id, .issue = list->rows[i].issue,
                                .facts = buf_text(&facts)}, NULL);
    }
    buf_release(&facts);
    return e == OK ? OK : db_fault(db, e, fault, "write the print run down");
}

enum err print_log_finish(struct db *db, int64_t run_id, struct fault *fault)
{
    enum err e = sql_print_log_finish(db, run_id, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "write the print run down");
}

/* The run in which this badge was printed last now; 0: none. */
static enum err last_run(struct db *db, struct arena *arena, const struct badge_list *list, const struct badge_list_row *row, const char *kind, int64_t *ret)
{
    struct sql_print_log_last_of_delegate_row badge = {0};
    struct sql_print_log_last_of_card_row card = {0};
    enum err e = list->event_id ? sql_print_log_last_of_delegate(db, arena, row->delegate_id, kind, &badge)
                                : sql_print_log_last_of_card(db, arena, row->person_id, kind, &card);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    *ret = e == ERR_NOT_FOUND ? 0 : list->event_id ? badge.run_id : card.run_id;
    return OK;
}

static const char *who(const struct badge_list_row *row)
{
    const char *name = row->name && row->name[0] ? row->name : row->number;
    return name ? name : "one of these";
}

/* --- badges on their way to a printer ----------------------------------------------------------------------------------------------------- */

static int64_t is_card(const struct badge_list *list)
{
    return list->event_id == 0;
}

static int64_t holder_of(const struct badge_list *list, const struct badge_list_row *row)
{
    return list->event_id ? row->delegate_id : row->person_id;
}

/* ERR_CONFLICT when another run has this badge now; *ret: the claim that is there, alive or not, ERR_NOT_FOUND without one. */
static enum err look_at_claim(struct db *db, struct arena *arena, const struct badge_list *list, const struct badge_list_row *row, const struct print_run *run,
                              struct sql_print_claim_find_row *ret, struct fault *fault)
{
    enum err e = sql_print_claim_find(db, arena, run->kind, is_card(list), holder_of(list, row), ret);
    if (e == ERR_NOT_FOUND) return e;
    if (e != OK) return db_fault(db, e, fault, "look at the print log");
    if (ret->until_ms <= run->now_ms) return OK;
    const char *until = print_log_when(arena, list->timezone, ret->until_ms);
    return fault_set(fault, ERR_CONFLICT, "%s is being printed at this moment%s%s by %s; if that was broken off, it is free again after %s", who(row),
                     ret->printer ? " on " : "", ret->printer ? ret->printer : "", ret->actor, until ? until : "");
}

static enum err check_claims(struct db *db, const struct badge_list *list, const struct print_run *run, struct fault *fault)
{
    struct sql_print_claim_any_row any;
    struct sql_print_claim_find_row claim;
    struct arena arena = {0};
    enum err e = sql_print_claim_any(db, NULL, run->kind, is_card(list), run->now_ms, &any);
    if (e != OK) return db_fault(db, e, fault, "look at the print log");
    for (size_t i = 0; e == OK && any.some && i < list->count; i++) {
        arena_clear(&arena);
        e = look_at_claim(db, &arena, list, &list->rows[i], run, &claim, fault);
        if (e == ERR_NOT_FOUND) e = OK;
    }
    arena_release(&arena);
    return e;
}

/* --- others, between looking and writing --------------------------------------------------------------------------------------------------- */

/* Only when the runs that count are others than those that the list was compared with: row by row. A run of ours that is not finished does not count yet. */
static enum err check_log(struct db *db, const struct badge_list *list, const struct print_run *run, struct fault *fault)
{
    struct sql_print_log_mark_row mark;
    struct arena arena = {0};
    enum err e = sql_print_log_mark(db, NULL, event_or_null(list->event_id), run->kind, &mark);
    if (e != OK) return db_fault(db, e, fault, "look at the print log");
    if (mark.mark == list->runs_seen) return OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        const struct badge_list_row *row = &list->rows[i];
        int64_t run_id;
        arena_clear(&arena);
        e = last_run(db, &arena, list, row, run->kind, &run_id);
        if (e != OK) (void)db_fault(db, e, fault, "look at the print log");
        else if (run_id && run_id != (row->printed ? row->printed->run_id : 0))
            e = fault_set(fault, ERR_CONFLICT, "%s was printed by somebody else in this moment; nothing was printed here, look again", who(row));
    }
    arena_release(&arena);
    return e;
}

static enum err check_others(struct db *db, const struct badge_list *list, const struct print_run *run, struct fault *fault)
{
    if (!run->unless_printed) return OK;
    enum err e = check_claims(db, list, run, fault);
    return e == OK ? check_log(db, list, run, fault) : e;
}

enum err print_log_record(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, int64_t *ret_run_id,
                          struct fault *fault)
{
    int64_t run_id = id_next(ids);
    enum err e = check_others(db, list, run, fault);
    if (e == OK) e = print_log_begin(db, run_id, list, run, fault);
    if (e == OK) e = print_log_add(db, run_id, list, 0, list->count, fault);
    if (e == OK) e = print_log_finish(db, run_id, fault);
    if (e == OK) *ret_run_id = run_id;
    return e;
}

struct turn {
    const struct badge_list *list;
    const struct print_run *run;
    int64_t run_id;
    size_t first;
};

static enum err begin_turns(struct db *db, void *arg, struct fault *fault)
{
    const struct turn *t = arg;
    enum err e = check_others(db, t->list, t->run, fault);
    return e == OK ? print_log_begin(db, t->run_id, t->list, t->run, fault) : e;
}

static enum err add_turn(struct db *db, void *arg, struct fault *fault)
{
    const struct turn *t = arg;
    return print_log_add(db, t->run_id, t->list, t->first, PRINT_LOG_TURN, fault);
}

static enum err finish_turns(struct db *db, void *arg, struct fault *fault)
{
    const struct turn *t = arg;
    enum err e = check_others(db, t->list, t->run, fault);
    return e == OK ? print_log_finish(db, t->run_id, fault) : e;
}

enum err print_log_record_in_turns(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, int64_t *ret_run_id,
                                   struct fault *fault)
{
    struct turn t = {.list = list, .run = run, .run_id = id_next(ids)};
    enum err e = db_transaction(db, begin_turns, &t, fault);
    for (; e == OK && t.first < list->count; t.first += PRINT_LOG_TURN) e = db_transaction(db, add_turn, &t, fault);
    if (e == OK) e = db_transaction(db, finish_turns, &t, fault);
    if (e == OK) *ret_run_id = t.run_id;
    return e;
}

/* --- printers: claim, send, settle --------------------------------------------------------------------------------------------------------- */

/* Who died while printing left a claim that is over; it is told and replaced. */
static enum err claim_badge(struct db *db, struct arena *arena, const struct badge_list *list, size_t at, const struct print_run *run, struct print_claim *claim,
                            struct fault *fault)
{
    const struct badge_list_row *row = &list->rows[at];
    const int64_t card = is_card(list), holder = holder_of(list, row);
    struct sql_print_claim_find_row old;
    enum err e = look_at_claim(db, arena, list, row, run, &old, fault);
    if (e == OK) {
        claim->broken++;
        claim->broken_run_id = old.run_id;
        e = sql_print_claim_drop(db, run->kind, card, holder, NULL);
    } else if (e == ERR_NOT_FOUND) e = OK;
    else return e;
    if (e == OK) e = sql_print_claim_add(db, &(struct sql_print_claim_add_in){.kind = run->kind, .card = card, .holder_id = holder, .run_id = claim->run_id,
                                         .until_ms = run->claim_until_ms}, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "write the print run down");
}

static enum err claim_rows(struct db *db, const struct badge_list *list, size_t first, size_t count, const struct print_run *run, struct print_claim *claim,
                           struct fault *fault)
{
    struct arena arena = {0};
    enum err e = OK;
    for (size_t i = first; e == OK && i < first + count && i < list->count; i++) {
        arena_clear(&arena);
        e = claim_badge(db, &arena, list, i, run, claim, fault);
    }
    arena_release(&arena);
    return e == OK ? print_log_add(db, claim->run_id, list, first, count, fault) : e;
}

enum err print_log_claim(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, struct print_claim *ret,
                         struct fault *fault)
{
    struct print_claim claim = {.run_id = id_next(ids)};
    enum err e = run->unless_printed ? check_log(db, list, run, fault) : OK;
    if (e == OK) e = print_log_begin(db, claim.run_id, list, run, fault);
    if (e == OK) e = claim_rows(db, list, 0, list->count, run, &claim, fault);
    if (e == OK) *ret = claim;
    return e;
}

struct claiming {
    struct turn turn;
    struct print_claim claim, before; /* before: a turn may be run again */
    bool last;
};

static enum err begin_claim(struct db *db, void *arg, struct fault *fault)
{
    const struct claiming *c = arg;
    return print_log_begin(db, c->claim.run_id, c->turn.list, c->turn.run, fault);
}

/* The look at the log goes with the last turn: from then on all are claimed, and nobody prints one of them any more. */
static enum err claim_turn(struct db *db, void *arg, struct fault *fault)
{
    struct claiming *c = arg;
    c->claim = c->before;
    enum err e = claim_rows(db, c->turn.list, c->turn.first, PRINT_LOG_TURN, c->turn.run, &c->claim, fault);
    return e == OK && c->last && c->turn.run->unless_printed ? check_log(db, c->turn.list, c->turn.run, fault) : e;
}

static enum err drop_claim(struct db *db, void *arg, struct fault *fault)
{
    const struct claiming *c = arg;
    return print_log_settle(db, c->claim.run_id, PRINT_NOT_SENT, fault);
}

enum err print_log_claim_in_turns(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, struct print_claim *ret,
                                  struct fault *fault)
{
    struct claiming c = {.turn = {.list = list, .run = run}, .claim = {.run_id = id_next(ids)}};
    enum err e = db_transaction(db, begin_claim, &c, fault);
    for (; e == OK && c.turn.first < list->count; c.turn.first += PRINT_LOG_TURN) {
        c.before = c.claim;
        c.last = c.turn.first + PRINT_LOG_TURN >= list->count;
        e = db_transaction(db, claim_turn, &c, fault);
    }
    if (e == OK) *ret = c.claim;
    else (void)db_transaction(db, drop_claim, &c, NULL); /* when that fails too, time ends the claims */
    return e;
}

enum err print_log_settle(struct db *db, int64_t run_id, enum print_end end, struct fault *fault)
{
    enum err e = sql_print_claim_drop_run(db, run_id, NULL);
    if (e == OK && end == PRINT_CAME_OUT) e = sql_print_log_finish(db, run_id, NULL);
    if (e == OK && end == PRINT_NOT_SENT) e = sql_print_log_remove_badges(db, run_id, NULL);
    if (e == OK && end == PRINT_NOT_SENT) e = sql_print_log_remove(db, run_id, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "write the print run down");
}

/* --- the runs --------------------------------------------------------------------------------------------------------------------------- */

enum err print_log_runs(struct db *db, struct arena *arena, int64_t event_id, size_t most, struct print_log_entry **ret, size_t *ret_count)
{
    struct sql_print_log_runs_row *rows;
    size_t count;
    enum err e = sql_print_log_runs(db, arena, event_or_null(event_id), (int64_t)most, &rows, &count);
    if (e != OK) return e;
    struct print_log_entry *entries = arena_array(arena, count + 1, sizeof *entries);
    if (!entries) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct print_log_entry){.id = rows[i].id, .kind = rows[i].kind, .layout = rows[i].layout, .host = rows[i].host, .printer = rows[i].printer,
                                              .actor = rows[i].actor, .badges = rows[i].badges, .printed_ms = rows[i].printed_ms, .spoiled_ms = rows[i].spoiled_ms};
    *ret = entries;
    *ret_count = count;
    return OK;
}

enum err print_log_mark_spoiled(struct db *db, int64_t event_id, int64_t run_id, bool spoiled, const char *actor, int64_t now_ms, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_print_log_run_row row;
    char detail[64];
    enum err e = sql_print_log_run(db, &arena, run_id, event_or_null(event_id), &row);
    if (e == ERR_NOT_FOUND) (void)fault_set(fault, e, "there is no print run %" PRId64, run_id);
    else if (e == OK && (row.spoiled_ms != DB_NULL) != spoiled) {
        e = sql_print_log_set_spoiled(db, run_id, spoiled ? now_ms : DB_NULL, NULL);
        (void)snprintf(detail, sizeof detail, "{\"run\":\"%" PRId64 "\"}", run_id);
        if (e == OK) e = audit_write(db, now_ms, actor, spoiled ? "print_spoiled" : "print_counts", row.event ? row.event : "member cards", detail);
    }
    arena_release(&arena);
    if (e != OK && e != ERR_NOT_FOUND) (void)db_fault(db, e, fault, "mark the print run");
    return e;
}
