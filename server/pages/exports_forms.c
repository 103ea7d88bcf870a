/* POST /admin/-/forms and /admin/{event}/forms: forms for units to fill in (core/congress/export/forms.h); the page that asks for them is that of the exports. Made by
 * a thread of the job pool into a file without a name, and sent from it. */
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/congress/export/forms.h"
#include "server/access.h"
#include "server/pages/console.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the form says; the event is the route's. */
static enum err read_wish(struct http_request *req, struct forms_wish *ret, struct fault *fault)
{
    const char *span = http_form(req, "span"), *unit = http_form(req, "unit"), *language = http_form(req, "language"), *rows = http_form(req, "rows"), *code;
    long empty = rows ? strtol(rows, NULL, 10) : FORMS_ROWS_USUAL;
    size_t count = 0;
    *ret = (struct forms_wish){.event = http_param(req, "event"), .unit = unit && *unit ? unit : NULL, .language = language && *language ? language : NULL};
    if (!span || !list_form_span_parse(span, &ret->span)) return fault_set(fault, ERR_INPUT, "span= is needed");
    if (empty < 0 || empty > FORMS_ROWS_MOST) return fault_because(fault, ERR_INPUT, "export_rows", NULL, "0 to %d empty rows", FORMS_ROWS_MOST);
    ret->empty_rows = (unsigned)empty;
    while (http_form_at(req, "sensitive", count)) count++;
    const char **codes = arena_array(req->arena, count + 1, sizeof *codes);
    if (!codes) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; (code = http_form_at(req, "sensitive", i)); i++) codes[i] = code;
    ret->sensitive = codes;
    ret->sensitive_count = count;
    return OK;
}

/* A workbook comes to be under a name; it has lost it before anybody is answered. */
static enum err write_one(struct http_request *req, struct db *db, struct forms *forms, int *ret_fd, struct fault *fault)
{
    char name[ID_UUID_SIZE];
    id_uuid7(name);
    const char *path = arena_printf(req->arena, "%s/.form-%s.xlsx", app_of(req)->store.folder, name);
    enum err e = path ? forms_write(db, forms, 0, path, fault) : ERR_NOMEM;
    if (e != OK) return e;
    *ret_fd = open(path, O_RDONLY | O_CLOEXEC);
    (void)unlink(path);
    return *ret_fd < 0 ? ERR_IO : OK;
}

static enum err write_forms(struct http_request *req, struct db *db, const struct forms_wish *wish, int *ret_fd, char **ret_name, struct fault *fault)
{
    const char *folder = app_of(req)->store.folder;
    struct forms *forms = NULL;
    enum err e = db_snapshot_begin(db);
    if (e != OK) return db_fault(db, e, fault, "read");
    e = forms_open(db, req->arena, wish, &forms, fault);
    if (e == OK && wish->span == LIST_FORM_ONE) {
        e = write_one(req, db, forms, ret_fd, fault);
    } else if (e == OK) {
        *ret_fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        e = *ret_fd < 0 ? ERR_IO : forms_write_all(db, forms, folder, *ret_fd, NULL, NULL, fault);
    }
    if (e == OK && !(*ret_name = forms_file_name(forms, req->arena))) e = ERR_NOMEM;
    forms_close(forms);
    db_snapshot_end(db);
    return e;
}

/* On a thread of the pool, behind the line in the audit log. */
static void file_work(struct http_request *req, void *thread_state)
{
    static const char book[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    struct worker *worker = thread_state;
    struct forms_wish wish;
    struct fault fault = {0};
    struct stat info;
    char *name = NULL;
    int fd = -1;
    enum err e = worker ? read_wish(req, &wish, &fault) : ERR_BUSY;
    if (e == OK) e = write_forms(req, worker->db, &wish, &fd, &name, &fault);
    if (e == OK && fstat(fd, &info) != 0) e = ERR_IO;
    if (e != OK) {
        if (fd >= 0) (void)close(fd);
        refusal_reply(req, e, &fault);
        return;
    }
    http_reply_file(req, &(struct http_file){.fd = fd, .size = info.st_size, .content_type = wish.span == LIST_FORM_ONE ? book : "application/zip", .name = name,
                                             .attachment = true, .cache = HTTP_NO_STORE});
}

static enum err note(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct forms_wish wish;
    struct register_doing doing = {.db = db, .arena = req->arena, .ids = &tools->ids, .at_ms = clock_now_ms(), .actor = actor_of(req),
                                    .source = "export", .fault = fault};
    enum err e = read_wish(req, &wish, fault);
    return e == OK ? forms_note(&doing, &wish) : e;
}

static void noted(struct http_request *req)
{
    request_work_noted(req, file_work, refusal_reply);
}

static void post(struct http_request *req)
{
    struct forms_wish wish;
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

void event_forms_post(struct http_request *req)
{
    if (staff_enter(req, NULL)) post(req);
}

void register_forms_post(struct http_request *req)
{
    if (console_enter(req, true)) post(req);
}
