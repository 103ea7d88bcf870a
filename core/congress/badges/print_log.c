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

/* Only when another run than `own` of ours came since the list was compared with the log: row by row. */
static enum err check_others(struct db *db, const struct badge_list *list, const struct print_run *run, int64_t own, struct fault *fault)
{
    struct sql_print_log_run_total_row total;
    struct arena arena = {0};
    enum err e = sql_print_log_run_total(db, NULL, event_or_null(list->event_id), run->kind, &total);
    if (e != OK) return db_fault(db, e, fault, "look at the print log");
    if (total.total == list->runs_seen + own) return OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        const struct badge_list_row *row = &list->rows[i];
        int64_t run_id;
        arena_clear(&arena);
        e = last_run(db, &arena, list, row, run->kind, &run_id);
        if (e != OK) (void)db_fault(db, e, fault, "look at the print log");
        else if (run_id && run_id != (row->printed ? row->printed->run_id : 0))
            e = fault_set(fault, ERR_CONFLICT, "%s was printed by somebody else in this moment; nothing was printed here, look again",
                          row->name && row->name[0] ? row->name : row->number ? row->number : "one of these");
    }
    arena_release(&arena);
    return e;
}

enum err print_log_record(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, int64_t *ret_run_id,
                          struct fault *fault)
{
    int64_t run_id = id_next(ids);
    enum err e = run->unless_printed ? check_others(db, list, run, 0, fault) : OK;
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
    enum err e = t->run->unless_printed ? check_others(db, t->list, t->run, 0, fault) : OK;
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
    enum err e = t->run->unless_printed ? check_others(db, t->list, t->run, 1, fault) : OK;
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
