/* An export from its wish to its file. */
#include "core/congress/export/export.h"
#include "catalogue.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/export/private.h"
#include "core/congress/register/sensitive.h"

#include <string.h>

static const char *const whats[] = {"delegates", "checkins", "members"};
static const char *const formats[] = {"csv", "xlsx", "json"};

static int index_of(const char *const *names, const char *name)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], name) == 0) return i;
    return -1;
}

bool export_what_parse(const char *name, enum export_what *ret)
{
    int i = index_of(whats, name);
    if (i >= 0) *ret = (enum export_what)i;
    return i >= 0;
}

bool export_format_parse(const char *name, enum export_format *ret)
{
    int i = index_of(formats, name);
    if (i >= 0) *ret = (enum export_format)i;
    return i >= 0;
}

bool export_is_our_language(const char *language)
{
    static const char *const ours[] = {"vi", "en", "pt", "ar"};
    for (size_t i = 0; i < 4; i++)
        if (text_is_of_language(language, ours[i])) return true;
    return false;
}

enum err export_first_language(struct db *db, struct export *x)
{
    struct sql_export_organization_row row;
    json_t *list = NULL;
    enum err e = sql_export_organization(db, x->arena, &row);
    x->language = "vi";
    if (e == ERR_NOT_FOUND) return OK;
    if (e == OK) e = json_read(row.languages, strlen(row.languages), &list, NULL);
    const char *first = json_string_value(json_array_get(list, 0));
    if (e == OK && first && export_is_our_language(first) && !(x->language = arena_strdup(x->arena, first))) e = ERR_NOMEM;
    json_decref(list);
    return e;
}

static enum err find_place(struct db *db, struct export *x, struct fault *fault)
{
    const struct export_wish *wish = x->wish;
    struct sql_export_event_find_row event;
    struct register_unit unit;
    enum err e = OK;
    if (wish->what != EXPORT_MEMBERS) {
        e = sql_export_event_find(db, x->arena, wish->event, &event);
        if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", wish->event);
        if (e == OK) x->event_id = event.id, x->zone = event.timezone;
    } else if (wish->unit) {
        e = register_unit_by_code(db, x->arena, wish->unit, &unit);
        if (e == ERR_NOT_FOUND) return fault_because(fault, e, "export_no_unit", wish->unit, "there is no unit \"%.60s\"", wish->unit);
        if (e == OK) x->unit_id = unit.id;
    }
    return e;
}

enum err export_open(struct db *db, struct arena *arena, const struct export_wish *wish, struct export **ret, struct fault *fault)
{
    struct export *x = arena_alloc(arena, sizeof *x);
    if (!x) return fault_set(fault, ERR_NOMEM, "not enough memory");
    *x = (struct export){.wish = wish, .arena = arena, .language = wish->language, .zone = "UTC"};
    if (wish->language && !export_is_our_language(wish->language))
        return fault_set(fault, ERR_INPUT, "\"%.20s\" is none of vi, en, pt, ar", wish->language);
    enum err e = find_place(db, x, fault);
    if (e == OK && !x->language && wish->format == EXPORT_XLSX) e = export_first_language(db, x);
    if (e != OK) return fault && fault->text[0] ? e : db_fault(db, e, fault, "find what is exported");
    e = columns_make(db, x, fault);
    if (e == OK) *ret = x;
    return e;
}

enum err export_note(struct register_doing *doing, const struct export_wish *wish)
{
    struct export x = {.wish = wish, .arena = doing->arena};
    int64_t people = 0;
    if (!wish->sensitive_count || wish->what == EXPORT_CHECKINS) return OK;
    enum err e = find_place(doing->db, &x, doing->fault);
    if (e == OK && wish->what == EXPORT_DELEGATES) {
        struct sql_export_delegate_count_row row;
        e = sql_export_delegate_count(doing->db, doing->arena, x.event_id, &row);
        people = row.total;
    } else if (e == OK && x.unit_id) {
        struct sql_people_count_row row;
        e = sql_people_count(doing->db, doing->arena, x.unit_id, 0, &row);
        people = row.total;
    } else if (e == OK) {
        struct sql_people_count_all_row row;
        e = sql_people_count_all(doing->db, doing->arena, 0, &row);
        people = row.total;
    }
    const char *subject = wish->what == EXPORT_DELEGATES ? wish->event : wish->unit ? wish->unit : "register";
    if (e == OK) e = register_sensitive_note(doing, subject, wish->sensitive, wish->sensitive_count, people);
    return e == OK || (doing->fault && doing->fault->text[0]) ? e : db_fault(doing->db, e, doing->fault, "the audit log");
}

enum err export_note_event(struct register_doing *doing, const char *slug)
{
    struct sql_register_types_row *types;
    struct sql_export_event_find_row event;
    struct sql_export_delegate_count_row row;
    size_t count, n = 0;
    enum err e = sql_export_event_find(doing->db, doing->arena, slug, &event);
    if (e == ERR_NOT_FOUND) return fault_set(doing->fault, e, "there is no event \"%.64s\"", slug);
    if (e == OK) e = sql_export_delegate_count(doing->db, doing->arena, event.id, &row);
    if (e == OK) e = sql_register_types(doing->db, doing->arena, &types, &count);
    const char **codes = e == OK ? arena_array(doing->arena, count + 1, sizeof *codes) : NULL;
    if (e == OK && !codes) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++)
        if (types[i].sensitive) codes[n++] = types[i].code;
    if (e == OK && n) e = register_sensitive_note(doing, slug, codes, n, row.total);
    return e == OK ? OK : db_fault(doing->db, e, doing->fault, "the audit log");
}

/* --- JSON --- */

struct json_sink {
    struct export_sink sink;
    json_t *list;
};

static enum err append(struct export_sink *sink, const json_t *object, struct fault *fault)
{
    struct json_sink *s = (struct json_sink *)sink;
    sink->rows++;
    (void)fault;
    return json_array_append(s->list, (json_t *)(uintptr_t)object) == 0 ? OK : ERR_NOMEM;
}

static enum err write_json(struct db *db, struct export *x, int fd, int64_t *ret_rows, struct fault *fault)
{
    struct json_sink s = {.sink = {.row = append, .export = x}};
    json_t *root = NULL;
    struct buf out;
    enum err e;
    if (x->wish->what == EXPORT_MEMBERS) {
        e = event_file_export_members(db, x->unit_id, x->wish->sensitive, x->wish->sensitive_count, &root, fault);
        s.sink.rows = (int64_t)json_array_size(json_object_get(root, "people"));
    } else {
        root = s.list = json_array();
        e = root ? rows_read(db, x, &s.sink, fault) : ERR_NOMEM;
    }
    buf_init(&out, BUF_LIMIT_FILE);
    if (e == OK) e = json_write(root, true, &out);
    json_decref(root);
    buf_putc(&out, '\n');
    if (e == OK && !buf_ok(&out)) e = ERR_NOMEM;
    if (e == OK) e = file_write_all(fd, out.data, out.length);
    buf_release(&out);
    if (e == OK) *ret_rows = s.sink.rows;
    return e == OK || (fault && fault->text[0]) ? e : fault_set(fault, e, "the list cannot be written");
}

enum err export_write(struct db *db, struct export *x, int fd, const char *path, int64_t *ret_rows, struct fault *fault)
{
    if (x->wish->format == EXPORT_JSON) return write_json(db, x, fd, ret_rows, fault);
    return x->wish->format == EXPORT_CSV ? write_csv(db, x, fd, ret_rows, fault) : write_xlsx(db, x, path, ret_rows, fault);
}

char *export_file_name(struct arena *arena, const struct export_wish *wish)
{
    const char *of = wish->what == EXPORT_MEMBERS ? wish->unit : wish->event;
    char *name = arena_printf(arena, "%s%s%s.%s", of ? of : "", of ? "-" : "", whats[wish->what], formats[wish->format]);
    for (char *p = name; p && *p; p++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", *p)) *p = '_';
    return name;
}

const char *export_content_type(enum export_format format)
{
    static const char *const types[] = {"text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/json"};
    return types[format];
}
