#include "badges/command/deliver.h"

#include "badges/command/print_command.h"
#include "badges/command/volumes.h"
#include "core/base/clock.h"

#include <inttypes.h>
#include <stdio.h>

static struct print_run run_of(const struct session *s)
{
    const int64_t now_ms = clock_now_ms();
    return (struct print_run){.kind = badges_layout_kind(s->wish.layout), .layout = s->options->layout ? s->options->layout : badges_layout_name(0),
                              .base_url = s->base_url, .printer = s->printer.name, .actor = "command line", .now_ms = now_ms,
                              .unless_printed = s->wish.keep != 0, .claim_until_ms = now_ms + print_longest_ms(s) + PRINT_CLAIM_MARGIN_MS};
}

static enum err store_reopen(struct session *s, struct fault *fault)
{
    store_close(&s->store);
    s->store = (struct store){0};
    return store_open(store_choose_folder(s->options->data), STORE_WRITE, &s->store, fault);
}

/* What is printed is what must answer. */
static enum err keep_address(const struct session *s, struct db *db, struct fault *fault)
{
    if (!s->options->public_url) return OK;
    enum err e = setting_write(db, "public_url", s->base_url);
    return e == OK ? OK : db_fault(db, e, fault, "write the address down");
}

/* --- files -------------------------------------------------------------------------------------------------------------------------------- */

/* Everything that a run changes, in one transaction. */
static enum err record_run(struct db *db, void *arg, struct fault *fault)
{
    struct session *s = arg;
    const struct print_run run = run_of(s);
    enum err e = s->wish.reissue ? reissue_apply(db, s->wish.reissue, run.actor, run.now_ms, fault) : OK;
    if (e == OK && !s->logged) e = print_log_record(db, &s->ids, &s->ready.list, &run, &s->run_id, fault);
    return e == OK ? keep_address(s, db, fault) : e;
}

static enum err spoil_run(struct db *db, void *arg, struct fault *fault)
{
    const struct session *s = arg;
    return print_log_mark_spoiled(db, s->ready.list.event_id, s->run_id, true, "command line", clock_now_ms(), fault);
}

/* A run without its paper must not count. Who cannot even say that is told which run to mark. */
static void spoil(struct session *s, struct fault *fault)
{
    if (db_transaction(s->store.db, spoil_run, s, NULL) == OK) return;
    fault_prefix(fault, "run %" PRId64 " is in the log and did not come out: mark it with --spoiled; the reason", s->run_id);
}

/* The log goes first: a file that nobody knows of would be printed a second time. */
enum err deliver_file(struct session *s, struct fault *fault)
{
    const struct print_run run = run_of(s);
    enum err e = store_reopen(s, fault);
    bool in_turns = s->ready.list.count > PRINT_LOG_TURN; /* a server beside us goes on checking people in */
    if (e == OK && in_turns) {
        e = print_log_record_in_turns(s->store.db, &s->ids, &s->ready.list, &run, &s->run_id, fault);
        s->logged = e == OK;
    }
    if (e != OK) return e;
    e = db_transaction(s->store.db, record_run, s, fault);
    if (e == OK) {
        s->logged = true;
        e = volumes_commit(s, fault);
    }
    if (e != OK && s->logged) spoil(s, fault);
    if (e != OK && s->logged && s->wish.reissue)
        fault_prefix(fault, "the new badge of %s, issue %" PRId64 ", is good and the old one is dead, but it is not on paper: print it with --only",
                     s->reissue.code, s->reissue.issue);
    return e;
}

/* --- a printer ---------------------------------------------------------------------------------------------------------------------------- */

struct claiming {
    struct session *s;
    struct print_run run;
    struct print_claim claim;
    enum print_end end;
};

/* A lost badge dies when its new one is on paper; whether it may is asked before. */
static enum err claim_run(struct db *db, void *arg, struct fault *fault)
{
    struct claiming *c = arg;
    struct session *s = c->s;
    enum err e = s->wish.reissue ? reissue_check(db, s->wish.reissue, fault) : OK;
    return e == OK ? print_log_claim(db, &s->ids, &s->ready.list, &c->run, &c->claim, fault) : e;
}

static enum err settle_run(struct db *db, void *arg, struct fault *fault)
{
    struct claiming *c = arg;
    struct session *s = c->s;
    bool out = c->end == PRINT_CAME_OUT;
    enum err e = out && s->wish.reissue ? reissue_apply(db, s->wish.reissue, c->run.actor, clock_now_ms(), fault) : OK;
    if (e == OK) e = print_log_settle(db, c->claim.run_id, c->end, fault);
    return e == OK && out ? keep_address(s, db, fault) : e;
}

static void tell_broken(const struct print_claim *claim)
{
    if (!claim->broken) return;
    fprintf(stderr, "plenum-badges: %zu of these were on their way to a printer in a run that never ended (%" PRId64 ", SPOILED in --runs): ",
            claim->broken, claim->broken_run_id);
    fprintf(stderr, "look whether they came out\n");
}

/* Paper came out that the database does not know of: whose code is on it decides what is to be done with it. */
static enum err tell_unknown(struct claiming *c, enum err e, struct fault *fault)
{
    struct session *s = c->s;
    const char *name = s->printer.name, *badge = s->reissue.name ? s->reissue.name : s->reissue.code;
    c->end = PRINT_UNSURE; /* free again, and a run that does not count */
    (void)db_transaction(s->store.db, settle_run, c, NULL);
    if (s->wish.reissue)
        fault_prefix(fault, "%s printed a badge of %s that opens nothing, throw that paper away", name, badge);
    else
        fault_prefix(fault, "%s took the job, but run %" PRId64 " could not be written down as printed", name, c->claim.run_id);
    return e;
}

enum err deliver_to_printer(struct session *s, struct fault *fault)
{
    struct claiming c = {.s = s, .run = run_of(s)};
    bool in_turns = s->ready.list.count > PRINT_LOG_TURN && !s->wish.reissue;
    c.run.unless_printed = !s->options->again && !s->wish.reissue;
    enum err e = store_reopen(s, fault);
    if (e == OK) e = in_turns ? print_log_claim_in_turns(s->store.db, &s->ids, &s->ready.list, &c.run, &c.claim, fault)
                              : db_transaction(s->store.db, claim_run, &c, fault);
    store_close(&s->store); /* not held while the printer takes its time */
    s->store = (struct store){0};
    if (e != OK) return e;
    tell_broken(&c.claim);
    s->run_id = c.claim.run_id;
    e = print_send(s, fault);
    c.end = e == OK ? PRINT_CAME_OUT : e == ERR_TIMEOUT ? PRINT_UNSURE : PRINT_NOT_SENT;
    struct fault why = {0};
    enum err settled = store_reopen(s, &why);
    if (settled == OK) settled = db_transaction(s->store.db, settle_run, &c, &why);
    if (c.end == PRINT_UNSURE && s->wish.reissue)
        fault_prefix(fault, "a badge of %s that comes out now opens nothing, throw that paper away", s->reissue.name ? s->reissue.name : s->reissue.code);
    if (e != OK) return e; /* what could not be settled is free again in a few minutes */
    if (settled == OK) return volumes_commit(s, fault);
    if (fault) *fault = why;
    return tell_unknown(&c, settled, fault);
}
