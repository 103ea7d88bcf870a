/* `plenum printer add|list|remove|default|test`: the printers that desks may print to. */
#include "badges/printer/printer.h"
#include "core/base/clock.h"
#include "core/congress/badges/printers.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"

#include <stdio.h>
#include <string.h>

#define ACTOR "command line"
#define ASK_MS 8000

struct work {
    struct arena arena;
    struct printer_setting printer;
    const char *event, *name;
};

static enum err ask(const char *uri, const char *pin, struct printer_job *ret, struct fault *fault)
{
    const struct printer_order order = {.destination = uri, .pin = pin, .timeout_ms = ASK_MS};
    return printer_print(&order, ret, fault);
}

static void tell_job(const char *name, const struct printer_job *job)
{
    printf("%s: %s, prints PDF%s%s\n", name, job->printer, job->pin[0] ? ", certificate " : "", job->pin);
    if (job->warning[0]) fprintf(stderr, "plenum printer: %s\n", job->warning);
}

static enum err apply_add(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    return printers_add(db, &w->arena, &w->printer, ACTOR, clock_now_ms(), fault);
}

static int run_add(int argc, char **argv)
{
    const char *data = NULL, *words[2];
    bool untested = false;
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&data), {"untested", 0, OPT_FLAG, &untested, NULL, "store it without asking the printer first", 0, 0}};
    const struct opt_command command = {"plenum printer add NAME ADDRESS [--untested]",
        "A printer that desks may print to: ipp://HOST/ipp/print, ipps://HOST/ipp/print, or the name of a queue that CUPS knows here.\n"
        "It is asked first whether it prints PDF; the certificate of an ipps:// printer is kept and must stay.", options, 2, 2, 2};
    struct fault fault = {0};
    struct store store = {0};
    struct printer_job job = {0};
    int code;
    if (!command_parse(&command, argc, argv, words, NULL, &code)) return code;
    enum err e = store_open(store_choose_folder(data), STORE_WRITE, &store, &fault);
    if (e == OK && !untested) e = ask(words[1], NULL, &job, &fault);
    w.printer = (struct printer_setting){.name = words[0], .uri = words[1], .pin = job.pin[0] ? job.pin : NULL, .about = job.printer[0] ? job.printer : NULL};
    if (e == OK) e = db_transaction(store.db, apply_add, &w, &fault);
    if (e == OK && !untested) tell_job(words[0], &job);
    store_close(&store);
    arena_release(&w.arena);
    return command_end("printer", e, &fault);
}

static enum err print_list(const struct printer_settings *settings, bool json, struct fault *fault)
{
    json_t *list = json_array();
    bool failed = !list;
    for (size_t i = 0; i < settings->count; i++) {
        const struct printer_setting *p = &settings->items[i];
        json_t *item = json_pack("{s:s, s:s, s:s?, s:s?}", "name", p->name, "address", p->uri, "certificate", p->pin, "about", p->about);
        if (json_array_append_new(list, item) != 0) failed = true;
        if (!json) printf("%-16s %s%s%s\n", p->name, p->uri, p->about ? "  " : "", p->about ? p->about : "");
    }
    enum err e = failed ? fault_set(fault, ERR_NOMEM, "not enough memory") : json ? command_print_json(list, true, fault) : OK;
    json_decref(list);
    return e;
}

static int run_list(int argc, char **argv)
{
    const char *data = NULL;
    bool json = false;
    const struct opt options[] = {COMMAND_DATA(&data), {"json", 0, OPT_FLAG, &json, NULL, "as JSON", 0, 0}};
    const struct opt_command command = {"plenum printer list [--json]",
        "All printers that desks may print to; an event prints to the first one when it has no own.", options, 2, 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    struct arena arena = {0};
    struct printer_settings settings = {0};
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = store_open(store_choose_folder(data), STORE_READ, &store, &fault);
    if (e == OK) e = printers_load(store.db, &arena, &settings, &fault);
    if (e == OK) e = print_list(&settings, json, &fault);
    store_close(&store);
    arena_release(&arena);
    return command_end("printer", e, &fault);
}

static enum err apply_remove(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    return printers_remove(db, &w->arena, w->name, ACTOR, clock_now_ms(), fault);
}

static int run_remove(int argc, char **argv)
{
    const char *data = NULL;
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&data)};
    const struct opt_command command = {"plenum printer remove NAME", "Nobody prints to it any more.", options, 1, 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &w.name, NULL, &code)) return code;
    enum err e = command_apply(data, apply_remove, &w, &fault);
    arena_release(&w.arena);
    return command_end("printer", e, &fault);
}

static enum err apply_default(struct db *db, void *arg, struct fault *fault)
{
    struct work *w = arg;
    return printers_set_default(db, &w->arena, w->event, w->name, ACTOR, clock_now_ms(), fault);
}

static int run_default(int argc, char **argv)
{
    const char *data = NULL;
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&data), {"event", 0, OPT_TEXT, &w.event, "SLUG", "the event", 0, 0}};
    const struct opt_command command = {"plenum printer default --event SLUG NAME", "The printer that an event's desks print to when they name none.", options, 2, 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &w.name, NULL, &code)) return code;
    enum err e = w.event ? command_apply(data, apply_default, &w, &fault) : fault_set(&fault, ERR_USAGE, "--event SLUG is needed");
    arena_release(&w.arena);
    return command_end("printer", e, &fault);
}

static int run_test(int argc, char **argv)
{
    const char *data = NULL, *name = NULL;
    const struct opt options[] = {COMMAND_DATA(&data)};
    const struct opt_command command = {"plenum printer test NAME", "Asks a printer whether it is there, prints PDF and is ready; prints nothing.", options, 1, 1, 1};
    struct fault fault = {0};
    struct store store = {0};
    struct arena arena = {0};
    struct printer_job job = {0};
    const struct printer_setting *printer = NULL;
    int code;
    if (!command_parse(&command, argc, argv, &name, NULL, &code)) return code;
    enum err e = store_open(store_choose_folder(data), STORE_READ, &store, &fault);
    if (e == OK) e = printers_choose(store.db, &arena, NULL, name, &printer, &fault);
    if (e == OK) e = ask(printer->uri, printer->pin, &job, &fault);
    if (e == OK) tell_job(name, &job);
    store_close(&store);
    arena_release(&arena);
    return command_end("printer", e, &fault);
}

int command_printer(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        {"add", run_add, "a printer that desks may print to"},
        {"list", run_list, "all of them"},
        {"remove", run_remove, "nobody prints to it any more"},
        {"default", run_default, "the printer of an event"},
        {"test", run_test, "ask it whether it is ready"},
    };
    return command_verbs("printer", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
