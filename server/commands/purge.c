/* `plenum purge --event SLUG` */
#include "core/congress/purge/purge.h"
#include "core/base/ask.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "server/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct work {
    struct arena arena;
    const char *event;
};

static json_t *view_json(const struct purge_view *v, bool done)
{
    char due[CLOCK_TEXT_SIZE], purged[CLOCK_TEXT_SIZE];
    json_t *goes = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "people", (json_int_t)v->erased, "photos", (json_int_t)v->photos, "badges",
                             (json_int_t)v->badges, "scans", (json_int_t)v->scans, "readings", (json_int_t)v->readings, "questions", (json_int_t)v->questions, "pins",
                             (json_int_t)v->pins, "changes", (json_int_t)v->changes, "handovers", (json_int_t)v->handovers, "names_in_fixed_lists",
                             (json_int_t)v->fixed_names);
    return json_pack("{s:s, s:b, s:o, s:I, s:I, s:s, s:s?}", "event", v->slug, "done", done, "goes", goes, "people_who_stay", (json_int_t)v->stay, "fixed_figures",
                     (json_int_t)v->fixed, "due", clock_format(v->due_ms, due), "purged", v->purged_ms == DB_NULL ? NULL : clock_format(v->purged_ms, purged));
}

static void print_view(const struct purge_view *v, int64_t now_ms)
{
    char due[CLOCK_TEXT_SIZE];
    printf("%s: these go for good:\n", v->slug);
    const struct {
        int64_t count;
        const char *what;
    } goes[] = {{v->erased, "people who are of this event alone, with all that is known of them"}, {v->photos, "photos of theirs"},
                {v->badges, "badges (their codes open nothing any more)"},
                {v->scans, "scans: whose badge it was (the moments stay, nobody's, for the figures)"}, {v->readings, "notes of who opened which paper"},
                {v->questions, "questions and answers"}, {v->pins, "PINs"}, {v->changes, "changes at the desk: their words"}, {v->handovers, "handovers of badges"},
                {v->lines, "lines of the audit log: of whom they tell"}, {v->fixed_names, "names in the lists of fixed figures"}};
    for (size_t i = 0; i < sizeof goes / sizeof *goes; i++) printf("  %8" PRId64 "  %s\n", goes[i].count, goes[i].what);
    printf("These stay: the event, its papers, news and figures; %" PRId64 " fixed figures with their counts; ", v->fixed);
    printf("%" PRId64 " people who are of the register or another event.\n", v->stay);
    printf("Backups and exports that were made before still hold the people: delete them too. So does a mirror's folder until a server has mirrored into it again.\n");
    if (v->purging_ms != DB_NULL) printf("It was begun and cut off: this goes on with it.\n");
    if (v->due_ms > now_ms) printf("It is not due before %s.\n", clock_format(v->due_ms, due));
    if (v->ends_ms > now_ms) printf("THE EVENT IS NOT OVER.\n");
}

static enum err confirm(const struct work *w, struct fault *fault)
{
    char typed[128], prompt[160];
    if (!ask_is_possible()) return OK; /* a script has named the event already */
    (void)snprintf(prompt, sizeof prompt, "To erase them for good, type the event's name, %.64s: ", w->event);
    enum err e = ask_line(prompt, false, typed, sizeof typed, fault);
    return e != OK ? e : strcmp(typed, w->event) == 0 ? OK : fault_set(fault, ERR_DENIED, "that is not its name: nothing was erased");
}

/* No server runs here: nobody waits for the file to be made anew. */
static enum err erase(struct store *store, struct work *w, struct fault *fault)
{
    struct list_import_own own;
    struct db *reader = NULL;
    int lock = -1;
    bool cleared;
    enum err e = store_lock(store, &lock, fault);
    if (e == ERR_BUSY) return fault_set(fault, e, "a server runs on %s: purge on its console, or stop it first", store->folder);
    if (e == OK) e = store_connect(store, DB_READ, &reader, fault);
    list_import_own_open(&own, store->db);
    if (e == OK) e = purge_run(reader, &own.door, store->folder, w->event, "command line", fault);
    list_import_own_close(&own);
    db_close(reader);
    if (e == OK) e = purge_clear(store->db, store->folder, true, &cleared, fault);
    file_unlock(lock);
    return e;
}

int command_purge(int argc, char **argv)
{
    const char *data = NULL;
    bool dry = false, json = false;
    struct work w = {0};
    const struct opt options[] = {COMMAND_DATA(&data),
                                  {"event", 0, OPT_TEXT, &w.event, "SLUG", "the event whose people are erased", 0, 0},
                                  {"dry-run", 0, OPT_FLAG, &dry, NULL, "only says what would go and what stays", 0, 0},
                                  {"json", 0, OPT_FLAG, &json, NULL, "as JSON", 0, 0}};
    const struct opt_command command = {"plenum purge --event SLUG [--dry-run] [--json] [--data DIR]",
        "Erases the people of an event for good: names, photos, badges, who read and asked what. Figures, fixed figures and the event itself stay. At a terminal the "
        "event's name has to be typed once more. No server may run.", options, sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    struct store store = {0};
    struct purge_view view = {0};
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    enum err e = w.event ? OK : fault_set(&fault, ERR_USAGE, "--event SLUG is needed");
    if (e == OK) e = store_open(store_choose_folder(data), dry ? STORE_READ : STORE_WRITE, &store, &fault);
    if (e == OK && (e = purge_look(store.db, &w.arena, w.event, &view)) == ERR_NOT_FOUND) (void)fault_set(&fault, e, "there is no event \"%s\"", w.event);
    else if (e != OK && !fault.text[0]) e = db_fault(store.db, e, &fault, "look at the event");
    if (e == OK && !json) print_view(&view, clock_now_ms());
    if (e == OK && !dry) e = confirm(&w, &fault);
    if (e == OK && !dry) e = erase(&store, &w, &fault);
    if (e == OK && !dry && !json) printf("Done.\n");
    json_t *report = e == OK && json ? view_json(&view, !dry) : NULL;
    if (report) e = command_print_json(report, true, &fault);
    json_decref(report);
    store_close(&store);
    arena_release(&w.arena);
    return command_end("purge", e, &fault);
}
