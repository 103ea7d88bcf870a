/* GET /admin/{event}/archive.zip: all that an event leaves behind. Made on a thread of the job pool into a file that has no name, and sent from it. */
#include "core/base/clock.h"
#include "core/congress/archive.h"
#include "server/fixed_job.h"
#include "server/fixed_pdf.h"
#include "server/pages/staff_page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum err note(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    return audit_write(db, clock_now_ms(), actor_of(req), "archive_event", http_param(req, "event"), NULL);
}

static void make(struct http_request *req, void *thread_state)
{
    struct worker *worker = thread_state;
    struct fault fault = {0};
    int64_t size = 0;
    if (!worker) {
        reply_reason(req, REASON_busy);
        return;
    }
    const char *folder = worker->app->store.folder, *slug = http_param(req, "event");
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    enum err e = fd < 0 ? fault_set(&fault, err_from_errno(errno), "%s: %s", folder, strerror(errno)) : OK;
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, &fault);
    struct fixed_pdf_all pdf = {fixed_i18n(req), worker->fonts};
    const struct archive_options options = {.slug = slug, .data_folder = folder, .more = fixed_pdf_add_all, .more_context = &pdf};
    if (e == OK) e = archive_write(worker->db, &options, fd, &size, &fault);
    if (e != OK) {
        if (fd >= 0) (void)close(fd);
        if (e == ERR_CONFLICT) reply_reason_with(req, REASON_internal, fault.text); /* a damaged paper: what to do about it */
        else reply_error(req, e, fault.text[0] ? &fault : NULL);
        return;
    }
    const struct http_file file = {.fd = fd, .size = size, .content_type = "application/zip", .name = arena_printf(req->arena, "archive-%s.zip", slug),
                                   .attachment = true, .cache = HTTP_NO_STORE};
    http_reply_file(req, &file);
}

static void noted(struct http_request *req)
{
    request_work_noted(req, make, reply_error);
}

void archive_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) request_write(req, note, noted); /* first the record, so that nothing leaves without it */
}
