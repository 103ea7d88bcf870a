/* GET, POST /admin/{event}/exports and /admin/-/exports: lists to take along. Made by a thread of the job pool into a file without a name, and sent from it. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/id.h"
#include "core/congress/export/export.h"
#include "core/congress/register/people.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/console.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNITS_MOST 3000

/* --- the page --- */

/* What is marked sensitive can be ticked, one by one. */
static enum err put_sensitive(struct view *view, struct db *db)
{
    struct register_fields fields;
    json_t *list = json_array();
    enum err e = register_fields_read(db, view->arena, &fields);
    for (size_t i = 0; e == OK && i < fields.count; i++) {
        if (!fields.items[i].sensitive) continue;
        json_t *one = json_object();
        const char *colon = strchr(fields.items[i].code, ':');
        view_put(one, "code", colon ? colon + 1 : fields.items[i].code);
        view_put_title(view, one, "title", fields.items[i].title);
        json_array_append_new(list, one);
    }
    view_put_flag(view->root, "has_sensitive", json_array_size(list) > 0);
    view_put_json(view->root, "sensitive", list);
    return e;
}

static enum err put_units(struct view *view, struct db *db, bool counted)
{
    static const char indent[] = "— — — — — — — — ";
    struct register_fields fields;
    struct register_tree tree;
    json_t *list = json_array();
    enum err e = register_fields_read(db, view->arena, &fields);
    if (e == OK) e = register_tree_read(db, view->arena, &fields, &tree);
    for (size_t i = 0; e == OK && i < tree.count && i < UNITS_MOST; i++) {
        json_t *one = json_object();
        const struct register_tree_unit *unit = &tree.units[i];
        int depth = unit->depth < 8 ? unit->depth : 8;
        const char *name = title_pick(view->arena, unit->name, view->tag);
        view_put(one, "code", unit->code);
        const char *shown = name ? name : unit->code;
        view_put(one, "name", counted ? arena_printf(view->arena, "%.*s%s (%lld)", depth * 4, indent, shown, (long long)unit->below.people)
                                      : arena_printf(view->arena, "%.*s%s", depth * 4, indent, shown)); /* the register is not the event's organiser's */
        json_array_append_new(list, one);
    }
    view_put_json(view->root, "units", list);
    return e;
}

static void show(struct view *view, struct db *db, bool of_event)
{
    enum err e = put_sensitive(view, db);
    if (e == OK) e = put_units(view, db, !of_event);
    if (e != OK) {
        reply_error(view->req, e, NULL);
        return;
    }
    view_put_flag(view->root, "of_event", of_event);
    view_put(view->root, "place", of_event ? http_param(view->req, "event") : "-");
    view_put(view->root, "reads", view->tag);
    static const char *const languages[] = {"vi", "Tiếng Việt", "en", "English", "pt", "Português", "ar", "العربية"};
    json_t *list = json_array();
    for (size_t i = 0; i < 8; i += 2) {
        json_t *one = json_object();
        view_put(one, "code", languages[i]);
        view_put(one, "name", languages[i + 1]);
        view_put_flag(one, "chosen", strcmp(languages[i], view->tag) == 0);
        json_array_append_new(list, one);
    }
    view_put_json(view->root, "tongues", list);
    view_set_title(view, view_words(view, "exports.title"));
    view_set_style(view, "admin");
    view_reply(view, 200, "admin_exports");
}

static void event_page_work(struct http_request *req, void *thread_state)
{
    struct staff_page page;
    if (staff_page_begin_in_pool(&page, req, thread_state)) show(&page.view, page.worker->db, true);
}

static void register_page_work(struct http_request *req, void *thread_state)
{
    struct view view;
    struct worker *worker = thread_state;
    if (!worker) reply_reason(req, REASON_busy);
    else if (view_begin(&view, req)) show(&view, worker->db, false);
}

void event_exports_get(struct http_request *req)
{
    if (!staff_enter(req, NULL)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, event_page_work);
}

void register_exports_get(struct http_request *req)
{
    if (!console_enter(req, true)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, register_page_work);
}

/* --- the file --- */

/* What the form says; the event is the route's. */
static enum err read_wish(struct http_request *req, struct export_wish *ret, struct fault *fault)
{
    const char *what = http_form(req, "what"), *format = http_form(req, "format"), *unit = http_form(req, "unit"), *language = http_form(req, "language");
    const char *event = http_param(req, "event"), *code;
    size_t count = 0;
    *ret = (struct export_wish){.event = event, .unit = !event && unit && *unit ? unit : NULL, .language = language && *language ? language : NULL};
    ret->what = EXPORT_MEMBERS;
    if (!format || !export_format_parse(format, &ret->format) || (event && (!what || !export_what_parse(what, &ret->what) || ret->what == EXPORT_MEMBERS)))
        return fault_set(fault, ERR_INPUT, "what= and format= are needed");
    while (http_form_at(req, "sensitive", count)) count++;
    const char **codes = arena_array(req->arena, count + 1, sizeof *codes);
    if (!codes) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; (code = http_form_at(req, "sensitive", i)); i++) codes[i] = code;
    ret->sensitive = codes;
    ret->sensitive_count = ret->what == EXPORT_CHECKINS ? 0 : count;
    return OK;
}

/* A workbook comes to be under a name; it has lost it before anybody is answered. */
static enum err write_book(struct http_request *req, struct db *db, struct export *list, int *ret_fd, struct fault *fault)
{
    char name[ID_UUID_SIZE];
    int64_t rows;
    id_uuid7(name);
    const char *path = arena_printf(req->arena, "%s/.export-%s.xlsx", app_of(req)->store.folder, name);
    enum err e = path ? export_write(db, list, -1, path, &rows, fault) : ERR_NOMEM;
    if (e != OK) return e;
    *ret_fd = open(path, O_RDONLY | O_CLOEXEC);
    (void)unlink(path);
    return *ret_fd < 0 ? ERR_IO : OK;
}

static enum err write_list(struct http_request *req, struct db *db, const struct export_wish *wish, int *ret_fd, struct fault *fault)
{
    struct export *list;
    int64_t rows;
    enum err e = db_snapshot_begin(db);
    if (e != OK) return db_fault(db, e, fault, "read");
    e = export_open(db, req->arena, wish, &list, fault);
    if (e == OK && wish->format == EXPORT_XLSX) {
        e = write_book(req, db, list, ret_fd, fault);
    } else if (e == OK) {
        *ret_fd = open(app_of(req)->store.folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        e = *ret_fd < 0 ? ERR_IO : export_write(db, list, *ret_fd, NULL, &rows, fault);
    }
    db_snapshot_end(db);
    return e;
}

/* On a thread of the pool, behind the line in the audit log. */
static void file_work(struct http_request *req, void *thread_state)
{
    struct worker *worker = thread_state;
    struct export_wish wish;
    struct fault fault = {0};
    struct stat info;
    int fd = -1;
    enum err e = worker ? read_wish(req, &wish, &fault) : ERR_BUSY;
    if (e == OK) e = write_list(req, worker->db, &wish, &fd, &fault);
    if (e == OK && fstat(fd, &info) != 0) e = ERR_IO;
    const char *name = e == OK ? export_file_name(req->arena, &wish) : NULL;
    if (e == OK && !name) e = ERR_NOMEM;
    if (e != OK) {
        if (fd >= 0) (void)close(fd);
        refusal_reply(req, e, &fault);
        return;
    }
    http_reply_file(req, &(struct http_file){.fd = fd, .size = info.st_size, .content_type = export_content_type(wish.format), .name = name, .attachment = true,
                                             .cache = HTTP_NO_STORE});
}

static enum err note(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct export_wish wish;
    struct export *list;
    struct register_doing doing = {.db = db, .arena = req->arena, .ids = &tools->ids, .at_ms = clock_now_ms(), .actor = actor_of(req),
                                    .source = "export", .fault = fault};
    enum err e = read_wish(req, &wish, fault);
    if (e == OK) e = export_open(db, req->arena, &wish, &list, fault);
    return e == OK ? export_note(&doing, &wish) : e;
}

static void noted(struct http_request *req)
{
    request_work_noted(req, file_work, refusal_reply);
}

static void post(struct http_request *req)
{
    struct export_wish wish;
    struct fault fault = {0};
    enum err e = read_wish(req, &wish, &fault);
    if (e != OK) {
        refusal_reply(req, e, &fault);
    } else if (wish.sensitive_count) {
        request_write(req, note, noted);
    } else {
        req->resume = NULL;
        http_run_in_pool(req, app_of(req)->pool, file_work);
    }
}

void event_exports_post(struct http_request *req)
{
    if (staff_enter(req, NULL)) post(req);
}

void register_exports_post(struct http_request *req)
{
    if (console_enter(req, true)) post(req);
}
