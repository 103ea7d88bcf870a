#include "badges/command/log_command.h"

#include "core/base/clock.h"

#include "catalogue.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNS_MOST 10000

struct spoil {
    int64_t event_id, run_id;
};

static enum err apply_spoil(struct db *db, void *arg, struct fault *fault)
{
    const struct spoil *spoil = arg;
    return print_log_mark_spoiled(db, spoil->event_id, spoil->run_id, true, "command line", clock_now_ms(), fault);
}

static enum err mark_spoiled(struct session *s, int64_t event_id, struct fault *fault)
{
    char *end;
    errno = 0;
    struct spoil spoil = {.event_id = event_id, .run_id = strtoll(s->options->spoiled, &end, 10)};
    if (errno || *end || spoil.run_id <= 0) return fault_set(fault, ERR_USAGE, "--spoiled: \"%.40s\" is no run; --runs lists them", s->options->spoiled);
    enum err e = db_transaction(s->store.db, apply_spoil, &spoil, fault);
    if (e == OK && !s->options->runs && !s->options->json) printf("run %" PRId64 " did not come out: its badges count as not printed\n", spoil.run_id);
    if (e == OK && !s->options->runs && s->options->json) printf("{\"run\":\"%" PRId64 "\",\"spoiled\":true}\n", spoil.run_id);
    return e;
}

static void put_text(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, ",\"%s\":", key);
    if (value) buf_put_json(out, value);
    else buf_puts(out, "null");
}

static void tell_json(const struct print_log_entry *runs, size_t count)
{
    struct buf out;
    char text[CLOCK_TEXT_SIZE];
    buf_init(&out, BUF_LIMIT_BODY);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&out, "%s{\"run\":\"%" PRId64 "\",\"badges\":%" PRId64, i ? ",\n" : "", runs[i].id, runs[i].badges);
        put_text(&out, "printed", clock_format(runs[i].printed_ms, text));
        put_text(&out, "by", runs[i].actor);
        put_text(&out, "kind", runs[i].kind);
        put_text(&out, "layout", runs[i].layout);
        put_text(&out, "host", runs[i].host);
        put_text(&out, "printer", runs[i].printer);
        put_text(&out, "spoiled", runs[i].spoiled_ms == DB_NULL ? NULL : clock_format(runs[i].spoiled_ms, text));
        buf_putc(&out, '}');
    }
    printf("[%s]\n", buf_text(&out));
    buf_release(&out);
}

static void tell_text(struct session *s, const char *timezone, const struct print_log_entry *runs, size_t count)
{
    if (!count) printf("nothing was printed yet\n");
    for (size_t i = 0; i < count; i++) {
        const char *when = print_log_when(&s->arena, timezone, runs[i].printed_ms);
        printf("%" PRId64 "  %s  %6" PRId64 "  %-11s %-12s %s  by %s%s%s%s\n", runs[i].id, when ? when : "", runs[i].badges, runs[i].kind, runs[i].layout, runs[i].host,
               runs[i].actor, runs[i].printer ? " on " : "", runs[i].printer ? runs[i].printer : "", runs[i].spoiled_ms == DB_NULL ? "" : "  SPOILED");
    }
}

enum err log_command(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct sql_delegates_event_head_row head = {0}; /* id 0: member cards */
    struct print_log_entry *runs;
    size_t count;
    enum err e = store_open(store_choose_folder(o->data), STORE_WRITE, &s->store, fault);
    if (e != OK) return e;
    if (o->event) e = sql_delegates_event_head(s->store.db, &s->arena, o->event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.60s\"", o->event);
    if (e != OK) return db_fault(s->store.db, e, fault, "read the event");
    e = o->spoiled ? mark_spoiled(s, head.id, fault) : OK;
    if (e != OK || !o->runs) return e;
    e = print_log_runs(s->store.db, &s->arena, head.id, RUNS_MOST, &runs, &count);
    if (e != OK) return db_fault(s->store.db, e, fault, "read the print log");
    if (o->json) tell_json(runs, count);
    else tell_text(s, head.timezone, runs, count);
    return OK;
}
