/* `plenum export delegates|checkins|event` */
#include "core/base/file.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"

#include <stdio.h>
#include <string.h>

struct options {
    const char *what, *data, *event, *format, *output;
    bool with_sensitive;
};

static enum err render(const struct options *o, const json_t *value, struct buf *out, struct fault *fault)
{
    bool csv = strcmp(o->format, "csv") == 0;
    const char *const *columns = strcmp(o->what, "delegates") == 0 ? export_delegate_columns : export_checkin_columns;
    enum err e = csv ? export_csv(value, columns, out) : json_write(value, true, out);
    if (!csv) buf_putc(out, '\n');
    return e == OK && buf_ok(out) ? OK : fault_set(fault, ERR_NOMEM, "the list is too large");
}

static enum err put(const struct options *o, const struct buf *out, struct fault *fault)
{
    if (o->output) return file_write_atomic(o->output, out->data, out->length, 0600, fault); /* names and phone numbers: not for everybody */
    bool good = fwrite(out->data, 1, out->length, stdout) == out->length && fflush(stdout) == 0;
    return good ? OK : fault_set(fault, ERR_IO, "standard output cannot be written");
}

static enum err make(const struct options *o, const struct store *store, json_t **ret, struct fault *fault)
{
    enum err e = db_snapshot_begin(store->db);
    if (e != OK) return db_fault(store->db, e, fault, "read");
    if (strcmp(o->what, "delegates") == 0) e = export_delegates(store->db, o->event, ret, fault);
    else if (strcmp(o->what, "checkins") == 0) e = export_checkins(store->db, o->event, ret, fault);
    else e = event_file_export(store->db, o->event, o->with_sensitive, ret, fault);
    if (e == OK && o->output && strcmp(o->what, "event") == 0) { /* what the event file names lies beside it */
        struct arena arena = {0};
        const char *folder = file_folder(&arena, o->output);
        e = folder ? event_file_export_files(store->db, store->folder, o->event, folder, fault) : ERR_NOMEM;
        arena_release(&arena);
    }
    db_snapshot_end(store->db);
    return e;
}

static enum err check(const struct options *o, struct fault *fault)
{
    bool event = strcmp(o->what, "event") == 0;
    if (!event && strcmp(o->what, "delegates") != 0 && strcmp(o->what, "checkins") != 0)
        return fault_set(fault, ERR_USAGE, "\"%s\" is none of delegates, checkins, event", o->what);
    if (!o->event) return fault_set(fault, ERR_USAGE, "--event SLUG is needed");
    if (strcmp(o->format, "xlsx") == 0) return fault_set(fault, ERR_INPUT, "xlsx cannot be written by this version yet; csv opens in the same programs");
    if (strcmp(o->format, "json") != 0 && (event || strcmp(o->format, "csv") != 0))
        return fault_set(fault, ERR_USAGE, event ? "--format: an event goes out as json" : "--format: \"%s\" is neither csv nor json", o->format);
    return OK;
}

int command_export(int argc, char **argv)
{
    struct options o = {.format = "json"};
    const struct opt options[] = {
        COMMAND_DATA(&o.data),
        {"event", 0, OPT_TEXT, &o.event, "SLUG", "the event", 0, 0},
        {"format", 0, OPT_TEXT, &o.format, "FORMAT", "json (the default) or csv; an event goes out as json", 0, 0},
        {"output", 'o', OPT_TEXT, &o.output, "FILE", "write to FILE; an event's papers and pictures go beside it", 0, 0},
        {"with-sensitive", 0, OPT_FLAG, &o.with_sensitive, NULL, "an event: also the attributes that are marked sensitive", 0, 0},
    };
    const struct opt_command command = {"plenum export delegates|checkins|event --event SLUG [options]",
                                        "Gives out the delegates, the check-ins in the order of receipt, or the whole event as an event file. Never tokens.", options,
                                        sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    struct store store = {0};
    struct buf out;
    json_t *value = NULL;
    int code;
    if (!command_parse(&command, argc, argv, &o.what, NULL, &code)) return code;
    buf_init(&out, BUF_LIMIT_FILE);
    enum err e = check(&o, &fault);
    if (e == OK) e = store_open(store_choose_folder(o.data), STORE_READ, &store, &fault);
    if (e == OK) e = make(&o, &store, &value, &fault);
    if (e == OK) e = render(&o, value, &out, &fault);
    if (e == OK) e = put(&o, &out, &fault);
    json_decref(value);
    buf_release(&out);
    store_close(&store);
    return command_end("export", e, &fault);
}
