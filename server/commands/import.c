/* `plenum import FILE` */
#include "core/congress/checkin/scan_file.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/fallback/row_file.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"
#include "server/paper_job.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define READ_SECONDS 2

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n > k && strcasecmp(text + n - k, end) == 0;
}

static void tell_stopped(void *context, const char *event, const char *code, const char *stamp)
{
    (void)context;
    fprintf(stderr, "%s/%s bears the stamp %s: nobody sees it until the organiser decides (console, Papers)\n", event, code, stamp);
}

/* Small sets can be read and searched at once; the rest is looked into as soon as a server runs. What is imported is imported, whatever comes of this. */
static void read_papers(const char *folder, bool quiet)
{
    struct store store;
    struct fault fault = {0};
    size_t read = 0, left = 0;
    if (store_open(folder, STORE_WRITE, &store, &fault) != OK) return;
    enum err e = paper_job_run_once(&store, READ_SECONDS, &read, &left, tell_stopped, &fault);
    if (e != OK && !quiet) fprintf(stderr, "papers are imported, but were not looked into: %s\n", fault.text);
    else if (left && !quiet) printf("  %zu papers can be read in the page as soon as `plenum serve` has looked into them\n", left);
    store_close(&store);
}

static void print_counts(const json_t *report, const char *file)
{
    const char *entity;
    json_t *c;
    printf("%s is in:\n", file);
    json_object_foreach(json_object_get(report, "counts"), entity, c) {
        printf("  %-15s", entity);
        static const char *const kinds[] = {"new", "changed", "same", "removed"};
        for (size_t i = 0; i < 4; i++) {
            long long n = json_integer_value(json_object_get(c, kinds[i]));
            if (n) printf(" %lld %s", n, kinds[i]);
        }
        printf("\n");
    }
}

static void print_scans(const json_t *report, const char *file, bool dry_run)
{
    static const char *const kinds[][2] = {{"new", "new"}, {"known", "known already"}, {"conflicts", "where two doors told different things"},
                                           {"invalid", "not valid: not taken, look at them"}};
    const char *text[5] = {0};
    static const char *const names[] = {"device", "name", "event", "gate", "exported_at"};
    for (size_t i = 0; i < 5; i++) text[i] = json_string_value(json_object_get(report, names[i]));
    printf("%s: %lld scans of %s (%s), event %s, gate %s, exported %s%s\n", file, (long long)json_integer_value(json_object_get(report, "scans")), text[0],
           text[1], text[2], text[3], text[4], dry_run ? "; nothing is stored" : "");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        long long n = json_integer_value(json_object_get(report, kinds[i][0]));
        if (n || i == 0) printf("  %lld %s\n", n, kinds[i][1]);
    }
    size_t i;
    json_t *result;
    json_array_foreach(json_object_get(report, "results"), i, result) {
        const char *name = json_string_value(json_object_get(json_object_get(result, "person"), "name")),
                   *reason = json_string_value(json_object_get(result, "reason"));
        printf("  %s  %s%s%s%s%s\n", json_string_value(json_object_get(result, "scan_id")), json_string_value(json_object_get(result, "outcome")), reason ? " " : "",
               reason ? reason : "", name ? "  " : "", name ? name : "");
    }
}

/* What a gate wrote with `plenum-scanner queue export`. */
static int import_scans(const struct import_options *import, bool from_revoked, bool json)
{
    struct scan_file_options options = {.folder = import->folder, .file = import->file, .only_event = import->only_event, .from_revoked = from_revoked,
                                        .dry_run = import->dry_run};
    struct fault fault = {0};
    json_t *report = NULL;
    if (import->prune || import->starts_on) return command_end("import", fault_set(&fault, ERR_USAGE, "--prune and --starts-on are for event files"), &fault);
    enum err e = scan_file_import(&options, &report, &fault);
    if (e == OK && json) e = command_print_json(report, true, &fault);
    else if (e == OK) print_scans(report, import->file, import->dry_run);
    json_decref(report);
    return command_end("import", e, &fault);
}

static void print_row(const char *file, const json_t *row)
{
    const json_t *flaw = json_object_get(row, "flaw"), *person = json_object_get(row, "person");
    const char *name = json_string_value(json_object_get(person, "name")), *reason = json_string_value(json_object_get(flaw, "reason"));
    long long line = (long long)json_integer_value(json_object_get(row, "line"));
    for (unsigned i = 0; reason && i < ROW_FLAW_COUNT; i++)
        if (strcmp(reason, row_flaw_name((enum row_flaw)i)) == 0) {
            const char *about = json_string_value(json_object_get(flaw, "about"));
            fprintf(stderr, "%s:%lld: %s%s%s%s\n", file, line, row_flaw_sentence((enum row_flaw)i), about && *about ? ": \"" : "", about ? about : "",
                    about && *about ? "\"" : "");
            return;
        }
    const char *why = json_string_value(json_object_get(row, "reason"));
    printf("  %s:%lld  %s  %s  %s%s%s%s%s\n", file, line, json_string_value(json_object_get(row, "code")), json_string_value(json_object_get(row, "at")),
           json_string_value(json_object_get(row, "outcome")), json_is_true(json_object_get(row, "conflict")) ? " (conflict: " : "",
           json_is_true(json_object_get(row, "conflict")) ? (why ? why : "the rule says otherwise") : "", json_is_true(json_object_get(row, "conflict")) ? ")  " : "  ",
           name ? name : "");
}

static void print_row_counts(const struct row_file_options *options, const json_t *report)
{
    static const char *const kinds[][2] = {{"lines", "lines"}, {"new", "new"}, {"known", "known already"}, {"conflicts", "in conflict"}};
    printf("%s, event %s:", options->file, options->event);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        printf("%s %lld %s", i ? "," : "", (long long)json_integer_value(json_object_get(report, kinds[i][0])), kinds[i][1]);
    printf("%s\n", options->dry_run ? "; nothing is stored" : "");
}

/* What was ticked on printed lists. */
static int import_rows(const struct row_file_options *options, bool json)
{
    struct fault fault = {0};
    json_t *report = NULL, *row;
    size_t i;
    enum err e = row_file_import(options, &report, &fault);
    if (report && json && command_print_json(report, true, &fault) != OK && e == OK) e = fault.code;
    if (report && !json) {
        if (e == OK) print_row_counts(options, report);
        json_array_foreach(json_object_get(report, "results"), i, row) print_row(options->file, row);
    }
    json_decref(report);
    return command_end("import", e, &fault);
}

int command_import(int argc, char **argv)
{
    const char *data = NULL, *file = NULL;
    bool json = false, from_revoked = false;
    struct opt_list map = {0};
    struct import_options import = {.actor = "command line"};
    struct row_setting rows = {0};
    const struct opt options[] = {
        COMMAND_DATA(&data),
        {"event", 0, OPT_TEXT, &import.only_event, "SLUG", "only this event of the file", 0, 0},
        {"dry-run", 0, OPT_FLAG, &import.dry_run, NULL, "show as JSON what would change, field by field, and change nothing", 0, 0},
        {"prune", 0, OPT_FLAG, &import.prune, NULL, "remove what the file's lists do not name (never what has a history)", 0, 0},
        {"starts-on", 0, OPT_TEXT, &import.starts_on, "DATE", "move each event by whole days so that it begins on DATE, or `today`", 0, 0},
        {"map", 0, OPT_LIST, &map, "FIELD=COLUMN", "for lists: which column holds what", 0, 0},
        {"gate", 0, OPT_TEXT, &rows.gate, "CODE", "for lists typed from paper: the gate, where no column says it", 0, 0},
        {"date", 0, OPT_TEXT, &rows.date, "DATE", "the same for the day, 2026-12-01", 0, 0},
        {"direction", 0, OPT_TEXT, &rows.direction, "in|out", "the same for the direction", 0, 0},
        {"from-revoked", 0, OPT_FLAG, &from_revoked, NULL, "what a gate or phone exported, although it was revoked: if you know who brought it", 0, 0},
        {"json", 0, OPT_FLAG, &json, NULL, "report as JSON", 0, 0},
    };
    const struct opt_command command = {"plenum import FILE [options]",
                                        "Takes in an event file (.json, format plenum-events/1): new rows are added, known ones updated by their "
                                            "codes, all or nothing. The data folder is "
                                        "made when there is none. Takes in what a gate exported (plenum-scanner queue export, or a phone's scan page), and what "
                                        "was typed from printed lists (.csv with the columns code and time), any number of times.",
                                        options, sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &file, NULL, &code)) return code;
    const struct row_file_options row_options = {.folder = store_choose_folder(data), .file = file, .event = import.only_event, .setting = rows,
                                                 .actor = import.actor, .dry_run = import.dry_run};
    if (ends_with(file, ".csv") && row_file_is_one(file)) return import_rows(&row_options, json);
    if (ends_with(file, ".csv") || ends_with(file, ".xlsx"))
        return command_end("import", fault_set(&fault, ERR_INPUT,
            "%s: lists (.csv, .xlsx) cannot be read by this version yet; an event file (.json) can", file), &fault);
    if (map.count) return command_end("import", fault_set(&fault, ERR_USAGE, "--map is for lists (.csv, .xlsx), which this version cannot read yet"), &fault);
    import.file = file;
    import.folder = store_choose_folder(data);
    if (scan_file_is_one(file)) return import_scans(&import, from_revoked, json);
    json_t *report = NULL;
    enum err e = event_file_import(&import, &report, &fault);
    if (e == OK && (json || import.dry_run)) e = command_print_json(report, true, &fault);
    else if (e == OK) print_counts(report, file);
    if (e == OK && !import.dry_run) read_papers(import.folder, json);
    json_decref(report);
    return command_end("import", e, &fault);
}
