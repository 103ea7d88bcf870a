/* `plenum import FILE` */
#include "core/congress/event_file/event_file.h"
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

int command_import(int argc, char **argv)
{
    const char *data = NULL, *file = NULL;
    bool json = false;
    struct opt_list map = {0};
    struct import_options import = {.actor = "command line"};
    const struct opt options[] = {
        COMMAND_DATA(&data),
        {"event", 0, OPT_TEXT, &import.only_event, "SLUG", "only this event of the file", 0, 0},
        {"dry-run", 0, OPT_FLAG, &import.dry_run, NULL, "show as JSON what would change, field by field, and change nothing", 0, 0},
        {"prune", 0, OPT_FLAG, &import.prune, NULL, "remove what the file's lists do not name (never what has a history)", 0, 0},
        {"starts-on", 0, OPT_TEXT, &import.starts_on, "DATE", "move each event by whole days so that it begins on DATE, or `today`", 0, 0},
        {"map", 0, OPT_LIST, &map, "FIELD=COLUMN", "for lists: which column holds what", 0, 0},
        {"json", 0, OPT_FLAG, &json, NULL, "report as JSON", 0, 0},
    };
    const struct opt_command command = {"plenum import FILE [options]",
                                        "Takes in an event file (.json, format plenum-events/1): new rows are added, known ones updated by their "
                                            "codes, all or nothing. The data folder is "
                                        "made when there is none.",
                                        options, sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    int code;
    if (!command_parse(&command, argc, argv, &file, NULL, &code)) return code;
    if (ends_with(file, ".csv") || ends_with(file, ".xlsx"))
        return command_end("import", fault_set(&fault, ERR_INPUT,
            "%s: lists (.csv, .xlsx) cannot be read by this version yet; an event file (.json) can", file), &fault);
    if (map.count) return command_end("import", fault_set(&fault, ERR_USAGE, "--map is for lists (.csv, .xlsx), which this version cannot read yet"), &fault);
    import.file = file;
    import.folder = store_choose_folder(data);
    json_t *report = NULL;
    enum err e = event_file_import(&import, &report, &fault);
    if (e == OK && (json || import.dry_run)) e = command_print_json(report, true, &fault);
    else if (e == OK) print_counts(report, file);
    if (e == OK && !import.dry_run) read_papers(import.folder, json);
    json_decref(report);
    return command_end("import", e, &fault);
}
