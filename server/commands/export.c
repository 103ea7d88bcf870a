/* `plenum export delegates|checkins|members|event|archive|forms` */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/archive.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/export/export.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"
#include "server/fixed_pdf.h"
#include "server/commands/export_forms.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SENSITIVE_MOST 64

struct options {
    const char *what, *data, *event, *unit, *format, *output, *language, *sensitive, *span;
    bool with_sensitive;
    long rows;
    struct forms_wish forms;
    struct export_wish wish;
    const char *codes[SENSITIVE_MOST];
    struct arena arena;
};

static bool is_event(const struct options *o)
{
    return strcmp(o->what, "event") == 0;
}

/* --- an event --- */

static enum err make_event(const struct options *o, const struct store *store, json_t **ret, struct fault *fault)
{
    enum err e = event_file_export(store->db, o->event, o->with_sensitive, ret, fault);
    if (e == OK && o->output) { /* what the event file names lies beside it */
        struct arena arena = {0};
        const char *folder = file_folder(&arena, o->output);
        e = folder ? event_file_export_files(store->db, store->folder, o->event, folder, fault) : ERR_NOMEM;
        arena_release(&arena);
    }
    return e;
}

static enum err put_event(const struct options *o, const json_t *value, struct fault *fault)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_FILE);
    enum err e = json_write(value, true, &out);
    buf_putc(&out, '\n');
    if (e != OK || !buf_ok(&out)) e = fault_set(fault, ERR_NOMEM, "the event is too large");
    else if (o->output) e = file_write_atomic(o->output, out.data, out.length, 0600, fault); /* names and phone numbers: not for everybody */
    else if (fwrite(out.data, 1, out.length, stdout) != out.length || fflush(stdout) != 0) e = fault_set(fault, ERR_IO, "standard output cannot be written");
    buf_release(&out);
    return e;
}

/* --- lists --- */

static enum err put_list(const struct options *o, struct db *db, struct export *list, struct fault *fault)
{
    struct file_new file;
    int64_t rows = 0;
    if (o->wish.format == EXPORT_XLSX) return export_write(db, list, -1, o->output, &rows, fault);
    if (!o->output) return export_write(db, list, STDOUT_FILENO, NULL, &rows, fault);
    enum err e = file_new_open(&file, o->output, 0600, fault);
    if (e != OK) return e;
    e = export_write(db, list, file.fd, NULL, &rows, fault);
    if (e == OK) e = file_new_commit(&file, fault);
    else file_new_abandon(&file);
    return e;
}

static bool is_archive(const struct options *o)
{
    return strcmp(o->what, "archive") == 0;
}

static bool is_forms(const struct options *o)
{
    return strcmp(o->what, "forms") == 0;
}

static enum err put_archive(const struct options *o, const struct store *store, struct fault *fault)
{
    struct file_new file;
    int64_t size;
    enum err e = file_new_open(&file, o->output, 0600, fault);
    if (e != OK) return e;
    struct i18n *i18n = NULL;
    struct fonts *fonts = NULL;
    e = i18n_load(&i18n, fault);
    if (e == OK) e = fonts_new(&fonts, fault);
    struct fixed_pdf_all pdf = {i18n, fonts};
    const struct archive_options options = {.slug = o->event, .data_folder = store->folder, .more = fixed_pdf_add_all, .more_context = &pdf};
    if (e == OK) e = archive_write(store->db, &options, file.fd, &size, fault);
    fonts_free(fonts);
    i18n_free(i18n);
    if (e == OK) return file_new_commit(&file, fault);
    file_new_abandon(&file);
    return e;
}

static enum err make(struct options *o, const struct store *store, json_t **ret, struct fault *fault)
{
    struct export *list = NULL;
    if (is_archive(o)) return put_archive(o, store, fault);
    enum err e = db_snapshot_begin(store->db);
    if (e != OK) return db_fault(store->db, e, fault, "read");
    if (is_event(o)) {
        e = make_event(o, store, ret, fault);
    } else if (is_forms(o)) {
        e = export_forms(store->db, &o->arena, &o->forms, store->folder, o->output, fault);
    } else {
        e = export_open(store->db, &o->arena, &o->wish, &list, fault);
        if (e == OK) e = put_list(o, store->db, list, fault);
    }
    db_snapshot_end(store->db);
    return e;
}

/* Who takes sensitive attributes along stands in the audit log before the file is there. */
static enum err note(struct db *db, void *arg, struct fault *fault)
{
    struct options *o = arg;
    struct export *list = NULL;
    struct register_doing doing = {.db = db, .arena = &o->arena, .at_ms = clock_now_ms(), .actor = "command line", .source = "export", .fault = fault};
    if (is_forms(o)) return forms_note(&doing, &o->forms);
    if (is_event(o)) return export_note_event(&doing, o->event);
    enum err e = export_open(db, &o->arena, &o->wish, &list, fault);
    return e == OK ? export_note(&doing, &o->wish) : e;
}

static enum err read_sensitive(struct options *o, struct fault *fault)
{
    for (const char *p = o->sensitive; p && *p;) {
        size_t n = strcspn(p, ",");
        if (o->wish.sensitive_count == SENSITIVE_MOST) return fault_set(fault, ERR_USAGE, "--sensitive: at most %d codes", SENSITIVE_MOST);
        if (n && !(o->codes[o->wish.sensitive_count++] = arena_strndup(&o->arena, p, n))) return fault_set(fault, ERR_NOMEM, "not enough memory");
        p += n + (p[n] == ',');
    }
    o->wish.sensitive = o->codes;
    return OK;
}

static enum err check_forms(struct options *o, struct fault *fault)
{
    o->forms = (struct forms_wish){.event = o->event, .unit = o->unit, .empty_rows = (unsigned)o->rows, .language = o->language};
    if (!o->output) return fault_set(fault, ERR_USAGE, "forms need --output FILE: a ZIP, with --for one a workbook");
    if (!list_form_span_parse(o->span, &o->forms.span)) return fault_set(fault, ERR_USAGE, "--for: \"%.40s\" is none of each, beneath, one", o->span);
    if (o->forms.span == LIST_FORM_ONE && !o->unit) return fault_set(fault, ERR_USAGE, "--for one needs --unit CODE");
    enum err e = read_sensitive(o, fault);
    o->forms.sensitive = o->wish.sensitive;
    o->forms.sensitive_count = o->wish.sensitive_count;
    return e;
}

static enum err check(struct options *o, struct fault *fault)
{
    if (is_forms(o)) return check_forms(o, fault);
    o->wish = (struct export_wish){.event = o->event, .unit = o->unit, .language = o->language};
    if (is_archive(o)) return o->event && o->output ? OK : fault_set(fault, ERR_USAGE, "an archive needs --event SLUG and --output FILE");
    if (!is_event(o) && !export_what_parse(o->what, &o->wish.what))
        return fault_set(fault, ERR_USAGE, "\"%s\" is none of delegates, checkins, members, forms, event, archive", o->what);
    bool members = !is_event(o) && o->wish.what == EXPORT_MEMBERS;
    if (!members && !o->event) return fault_set(fault, ERR_USAGE, "--event SLUG is needed");
    if (members && o->event) return fault_set(fault, ERR_USAGE, "members are of the register, not of an event");
    if (o->unit && !members) return fault_set(fault, ERR_USAGE, "--unit is for members");
    if (!export_format_parse(o->format, &o->wish.format)) return fault_set(fault, ERR_USAGE, "--format: \"%s\" is none of csv, xlsx, json", o->format);
    if (is_event(o) && o->wish.format != EXPORT_JSON) return fault_set(fault, ERR_USAGE, "--format: an event goes out as json");
    if (o->with_sensitive && !is_event(o)) return fault_set(fault, ERR_USAGE, "--with-sensitive is for an event; lists take --sensitive CODE,CODE");
    if (o->sensitive && (is_event(o) || o->wish.what == EXPORT_CHECKINS)) return fault_set(fault, ERR_USAGE, "--sensitive is for delegates and members");
    if (o->wish.format == EXPORT_XLSX && !o->output) return fault_set(fault, ERR_USAGE, "a workbook needs --output FILE");
    return read_sensitive(o, fault);
}

int command_export(int argc, char **argv)
{
    struct options o = {.format = "json", .span = "each", .rows = FORMS_ROWS_USUAL};
    const struct opt options[] = {
        COMMAND_DATA(&o.data),
        {"event", 0, OPT_TEXT, &o.event, "SLUG", "the event", 0, 0},
        {"unit", 0, OPT_TEXT, &o.unit, "CODE", "members, forms: only of this unit and of all beneath it", 0, 0},
        {"for", 0, OPT_TEXT, &o.span, "each|beneath|one", "forms: one for each unit (the default), for each directly beneath --unit, or for --unit alone", 0, 0},
        {"rows", 0, OPT_NUMBER, &o.rows, "NUMBER", "forms: empty rows for new people (default: 20)", 0, FORMS_ROWS_MOST},
        {"format", 0, OPT_TEXT, &o.format, "FORMAT", "json (the default), csv or xlsx; an event goes out as json", 0, 0},
        {"language", 0, OPT_TEXT, &o.language, "LANG", "headings and words in vi, en, pt or ar (xlsx: the organisation's first; csv: codes, for programs)", 0, 0},
        {"sensitive", 0, OPT_TEXT, &o.sensitive, "CODE,CODE", "delegates, members, forms: these sensitive attributes too; noted in the audit log", 0, 0},
        {"output", 'o', OPT_TEXT, &o.output, "FILE", "write to FILE; an event's papers and pictures go beside it", 0, 0},
        {"with-sensitive", 0, OPT_FLAG, &o.with_sensitive, NULL, "an event: also the attributes that are marked sensitive", 0, 0},
    };
    const struct opt_command command = {"plenum export delegates|checkins|event|archive --event SLUG [options]\n       plenum export members [--unit CODE] [options]\n"
                                        "       plenum export forms [--event SLUG] [--unit CODE] [--for each|beneath|one] -o FILE [options]",
                                        "Gives out the delegates, the check-ins in the order of receipt, the members of the register, the whole event "
                                        "as an event file, or all of it as a ZIP. Never tokens. "
                                        "Forms are workbooks for units to fill in, with their members, or the delegates of an event; filled in, they are taken in by "
                                        "plenum import.", options,
                                        sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    struct store store = {0};
    json_t *value = NULL;
    int code;
    if (!command_parse(&command, argc, argv, &o.what, NULL, &code)) return code;
    enum err e = check(&o, &fault);
    if (e == OK) e = store_open(store_choose_folder(o.data), o.sensitive || o.with_sensitive ? STORE_WRITE : STORE_READ, &store, &fault);
    if (e == OK && (o.sensitive || o.with_sensitive)) e = db_transaction(store.db, note, &o, &fault);
    if (e == OK) e = make(&o, &store, &value, &fault);
    if (e == OK && value) e = put_event(&o, value, &fault);
    json_decref(value);
    arena_release(&o.arena);
    store_close(&store);
    return command_end("export", e, &fault);
}
