/* `plenum import FILE` */
#include "core/congress/checkin/scan_file.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/fallback/row_file.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"
#include "server/commands/import_list.h"
#include "server/paper_job.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define READ_SECONDS 2
#define FILES_MOST 3000 /* of one list: the forms of all units */

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
           json_is_true(json_object_get(row, "conflict")) ? (why ? why : "the rule says otherwise") : "", json_is_true(json_object_get(row,
                   "conflict")) ? ")  " : "  ",
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

struct import_command {
    struct import_options event_file;
    struct import_list_command list;
    struct row_setting rows;
    const char *data, *file;
    const char *const *files;
    size_t file_count;
    bool from_revoked, history;
    long undo;
};

static bool is_list(const char *file)
{
    return ends_with(file, ".csv") || ends_with(file, ".xlsx") || ends_with(file, ".tsv") || ends_with(file, ".txt") ||
           ends_with(file, ".zip");
}

static int import_event_file(const struct import_command *c)
{
    struct fault fault = {0};
    json_t *report = NULL;
    enum err e = event_file_import(&c->event_file, &report, &fault);
    if (e == OK && (c->list.json || c->event_file.dry_run)) e = command_print_json(report, true, &fault);
    else if (e == OK) print_counts(report, c->file);
    if (e == OK && !c->event_file.dry_run) read_papers(c->event_file.folder, c->list.json);
    json_decref(report);
    return command_end("import", e, &fault);
}

static int import_file(struct import_command *c)
{
    struct fault fault = {0};
    c->event_file.folder = store_choose_folder(c->data);
    c->event_file.file = c->file;
    c->list.files = c->files;
    c->list.file_count = c->file_count;
    c->event_file.only_event = c->list.event;
    c->event_file.dry_run = c->list.dry_run;
    c->event_file.prune = c->list.prune;
    c->list.data = c->data;
    const struct row_file_options row_options = {.folder = c->event_file.folder, .file = c->file, .event = c->list.event, .setting = c->rows,
                                                 .actor = c->event_file.actor,
                                                 .dry_run = c->list.dry_run};
    for (size_t i = 0; c->file_count > 1 && i < c->file_count; i++)
        if (!is_list(c->files[i])) return command_end("import", fault_set(&fault, ERR_USAGE, "several files at once are lists: %.100s is none", c->files[i]), &fault);
    if (c->file_count == 1 && ends_with(c->file, ".csv") && row_file_is_one(c->file)) return import_rows(&row_options, c->list.json);
    if (is_list(c->file) && c->event_file.starts_on) return command_end("import", fault_set(&fault, ERR_USAGE, "--starts-on is for event files"), &fault);
    if (is_list(c->file)) return import_list(&c->list);
    if (c->list.map.count || c->list.units || c->list.decide.count)
        return command_end("import", fault_set(&fault, ERR_USAGE, "--map, --units and --decide are for lists (.csv, .xlsx)"), &fault);
    return scan_file_is_one(c->file) ? import_scans(&c->event_file, c->from_revoked, c->list.json) : import_event_file(c);
}

int command_import(int argc, char **argv)
{
    struct import_command c = {.event_file = {.actor = "command line"}};
    struct import_list_command *l = &c.list;
    const struct opt options[] = {
        COMMAND_DATA(&c.data),
        {"event", 0, OPT_TEXT, &l->event, "SLUG", "only this event of the file; of a list: its delegates", 0, 0},
        {"dry-run", 0, OPT_FLAG, &l->dry_run, NULL, "show what would change, field by field, and change nothing (an event file: as JSON)", 0, 0},
        {"prune", 0, OPT_FLAG, &l->prune, NULL, "remove what the file's lists do not name (never what has a history); of a list: withdraw delegates", 0, 0},
        {"starts-on", 0, OPT_TEXT, &c.event_file.starts_on, "DATE", "move each event by whole days so that it begins on DATE, or `today`", 0, 0},
        {"map", 0, OPT_LIST, &l->map, "FIELD=COLUMN", "for lists: which column holds what (born=E, phone=Điện thoại, -=F)", 0, 0},
        {"units", 0, OPT_FLAG, &l->units, NULL, "for lists: it is one of units", 0, 0},
        {"sheet", 0, OPT_TEXT, &l->sheet, "NAME", "for lists: only this sheet, by name or number", 0, 0},
        {"header", 0, OPT_TEXT, &l->header, "ROW[-ROW]", "for lists: where the headings stand", 0, 0},
        {"category", 0, OPT_TEXT, &l->category, "CODE", "for lists of delegates: the category of rows that say none", 0, 0},
        {"new-units", 0, OPT_FLAG, &l->new_units, NULL, "for lists: make the units that nobody knows", 0, 0},
        {"capitals", 0, OPT_FLAG, &l->capitals, NULL, "for lists: put names right that stand in capitals", 0, 0},
        {"take-good", 0, OPT_FLAG, &l->take_good, NULL, "for lists: although rows are wrong, take the others", 0, 0},
        {"doubtful", 0, OPT_TEXT, &l->doubtful, "ask|new|same|leave", "for lists: what becomes of rows that may mean somebody known (default: ask)", 0, 0},
        {"decide", 0, OPT_LIST, &l->decide, "ROW=CODE|new|leave", "for lists: the same for one row", 0, 0},
        {"guess", 0, OPT_FLAG, &l->forget_mapping, NULL, "for lists: guess the columns, whatever was agreed for an earlier list", 0, 0},
        {"list", 0, OPT_FLAG, &c.history, NULL, "show the lists that were taken in", 0, 0},
        {"undo", 0, OPT_NUMBER, &c.undo, "NUMBER", "take a list back", 1, 1000000000},
        {"gate", 0, OPT_TEXT, &c.rows.gate, "CODE", "for lists typed from paper: the gate, where no column says it", 0, 0},
        {"date", 0, OPT_TEXT, &c.rows.date, "DATE", "the same for the day, 2026-12-01", 0, 0},
        {"direction", 0, OPT_TEXT, &c.rows.direction, "in|out", "the same for the direction", 0, 0},
        {"from-revoked", 0, OPT_FLAG, &c.from_revoked, NULL, "what a gate or phone exported, although it was revoked: if you know who brought it", 0, 0},
        {"json", 0, OPT_FLAG, &l->json, NULL, "report as JSON", 0, 0},
    };
    const struct opt_command command = {"plenum import FILE… [options] | --list | --undo NUMBER",
                                        "Takes in an event file (.json, format plenum-events/1): new rows are added, known ones updated by their "
                                            "codes, all or nothing. The data folder is made when there is none. Takes in lists of offices (.xlsx, .csv): "
                                            "people of the register, with --event delegates, with --units units; columns are guessed, --dry-run shows "
                                            "them and each row, --undo takes a list back. Several files, or a .zip of "
                                            "them, are one list: the forms of plenum export forms that units sent back. "
                                            "Takes in what a gate exported (plenum-scanner queue export, or a phone's scan page), and what "
                                            "was typed from printed lists (.csv with the columns code and time), any number of times.",
                                        options, sizeof options / sizeof options[0], 0, FILES_MOST};
    struct fault fault = {0};
    const char *files[FILES_MOST] = {NULL};
    size_t words = 0;
    int code;
    if (!command_parse(&command, argc, argv, files, &words, &code)) return code;
    bool asks = c.history || c.undo;
    c.files = files;
    c.file = files[0];
    c.file_count = words;
    if ((words > 0) == asks)
        return command_end("import", fault_set(&fault, ERR_USAGE, asks ? "--list and --undo take no file"
                                               : "something is missing: FILE, --list or --undo NUMBER"), &fault);
    if (c.history) return import_list_history(c.data, l->event, l->json);
    if (c.undo) return import_list_undo(c.data, c.undo, l->json);
    return import_file(&c);
}
