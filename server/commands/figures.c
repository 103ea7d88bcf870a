/* `plenum figures`: the figures of an event, now or as of a moment of the past, beside a running server. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/figures/figures.h"
#include "server/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct options {
    const char *data, *event, *at, *known_at;
    bool json, units;
};

struct answer {
    struct arena arena;
    struct programme *programme;
    struct figures figures;
    struct figures_unit *units;
    size_t unit_count;
};

/* Without an offset a time is local to the event. */
static enum err with_offset(struct arena *arena, const struct programme *p, const char *text, const char **ret)
{
    char utc[CLOCK_TEXT_SIZE];
    int64_t ms;
    *ret = text;
    if (!text || zone_parse(p->timezone, text, &ms) != OK) return OK;
    *ret = arena_strdup(arena, clock_format(ms, utc));
    return *ret ? OK : ERR_NOMEM;
}

static enum err ask(struct db *db, const struct options *o, struct answer *a, struct fault *fault)
{
    const char *at, *known_at;
    struct figures_moment moment;
    int64_t now_ms = clock_now_ms();
    enum err e = programme_load(db, &a->arena, o->event, &a->programme);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.60s\"", o->event);
    if (e == OK) e = with_offset(&a->arena, a->programme, o->at, &at);
    if (e == OK) e = with_offset(&a->arena, a->programme, o->known_at, &known_at);
    if (e == OK && !at && !known_at) e = figures_read(db, &a->arena, a->programme, now_ms, &a->figures);
    else if (e == OK && (e = figures_moment_read(at, known_at, now_ms, &moment, fault)) == OK) e = figures_read_at(db, &a->arena, a->programme, moment, &a->figures);
    if (e == OK && o->units) e = figures_units_read(db, &a->arena, &a->figures, &a->units, &a->unit_count);
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "read the figures");
}

static enum err print_json(const struct options *o, const struct answer *a, struct fault *fault)
{
    json_t *all = figures_json(&a->figures);
    if (all && o->units && json_object_set_new(all, "units", figures_units_json(a->units, a->unit_count)) != 0) {
        json_decref(all);
        all = NULL;
    }
    enum err e = all ? command_print_json(all, true, fault) : ERR_NOMEM;
    json_decref(all);
    return e;
}

static const char *local(const struct answer *a, int64_t ms, char out[ZONE_TEXT_SIZE])
{
    return ms != DB_NULL && zone_format(a->programme->timezone, ms, out) == OK ? out : "-";
}

static void print_quorum(const struct answer *a, const struct figures_session_quorum *q)
{
    char from[ZONE_TEXT_SIZE], until[ZONE_TEXT_SIZE];
    printf("quorum of %s: %" PRId64 " of %" PRId64 ", %" PRId64 " needed: %s\n", q->session, q->present, q->eligible, q->required,
           q->reached ? "reached" : "not reached");
    for (size_t i = 0; i < q->period_count; i++)
        printf("  met from %s until %s\n", local(a, q->periods[i].from_ms, from), local(a, q->periods[i].until_ms, until));
}

static void print_text(const struct answer *a)
{
    const struct figures *f = &a->figures;
    char at[ZONE_TEXT_SIZE], known[ZONE_TEXT_SIZE];
    printf("%s as of %s (%s)", a->programme->slug, local(a, f->as_of_ms, at), a->programme->timezone);
    if (f->moment.known_ms != DB_NULL) printf(", as known at %s", local(a, f->moment.known_ms, known));
    printf("\nexpected %" PRId64 ", attended %" PRId64 ", present %" PRId64 "\n", f->event.expected, f->event.attended, f->event.present);
    printf("absent %" PRId64 ": %" PRId64 " excused, %" PRId64 " not\n", f->absent.total, f->absent.excused, f->absent.unexcused);
    printf("substitutes %" PRId64 ", present by a group check-in %" PRId64 ", put right by late scans %" PRId64 "\n", f->substitutes, f->by_group, f->corrected);
    for (size_t i = 0; i < f->category_count; i++)
        printf("category %s: expected %" PRId64 ", attended %" PRId64 ", present %" PRId64 "\n", f->categories[i].code, f->categories[i].count.expected,
               f->categories[i].count.attended, f->categories[i].count.present);
    for (size_t i = 0; i < f->quorum_count; i++) print_quorum(a, &f->quorums[i]);
    for (size_t i = 0; i < a->unit_count; i++) {
        const struct figures_unit *u = &a->units[i];
        printf("%*sunit %s: expected %" PRId64 ", attended %" PRId64 ", present %" PRId64 "\n", (int)(2 * u->depth), "", u->code, u->count.expected, u->count.attended,
               u->count.present);
    }
}

int command_figures(int argc, char **argv)
{
    struct options o = {0};
    const struct opt options[] = {
        COMMAND_DATA(&o.data),
        {"event", 0, OPT_TEXT, &o.event, "SLUG", "the event", 0, 0},
        {"at", 0, OPT_TEXT, &o.at, "TIME", "as of this moment: 2026-12-01T08:05 local to the event, or with an offset", 0, 0},
        {"known-at", 0, OPT_TEXT, &o.known_at, "TIME", "as the record knew them at this moment; alone: the figures of that moment as they were shown then", 0, 0},
        {"units", 0, OPT_FLAG, &o.units, NULL, "also every delegation and what is above it", 0, 0},
        {"json", 0, OPT_FLAG, &o.json, NULL, "as GET …/stats answers", 0, 0},
    };
    const struct opt_command command = {"plenum figures [fix|list|show] --event SLUG [--at TIME] [--known-at TIME] [options]",
                                        "The figures of an event: now from its counters, of the past from its scans. Names nobody. fix, list and show are of figures "
                                                "that are fixed: each has its --help.", options,
                                        sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    struct answer a = {0};
    int code;
    if (command_figures_fixed(argc, argv, &code) || !command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = o.event ? OK : fault_set(&fault, ERR_USAGE, "--event SLUG is needed");
    if (e == OK) e = store_open(store_choose_folder(o.data), STORE_READ, &store, &fault);
    if (e == OK) e = ask(store.db, &o, &a, &fault);
    if (e == OK && o.json) e = print_json(&o, &a, &fault);
    else if (e == OK) print_text(&a);
    arena_release(&a.arena);
    store_close(&store);
    return command_end("figures", e, &fault);
}
