/* GET /api/v1/events/{event}/figures/fixed/{number}/figure.pdf?lang=&list=0: a fixed figure to be signed, with its list. */
#include "server/fixed_job.h"
#include "server/fixed_pdf.h"
#include "server/refusal.h"

#include <inttypes.h>
#include <string.h>

static void pdf_work(struct http_request *req, void *thread_state)
{
    struct worker *worker = thread_state;
    struct fixed_job *job = req->state;
    struct fault fault = {0};
    struct fixed_figure figure;
    struct buf pdf;
    if (!worker) reply_reason(req, REASON_busy);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!programme) return;
    const char *list = http_query(req, "list");
    enum err e = fixed_job_load(req, worker, programme, &figure, NULL, &fault);
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, &fault);
    buf_init(&pdf, BUF_LIMIT_FILE);
    const struct fixed_pdf what = {worker->db, &job->arena, fixed_i18n(req), &figure, http_query(req, "lang"), !(list && strcmp(list, "0") == 0)};
    if (e == OK) e = fixed_pdf_write(&what, worker->fonts, &pdf, &fault);
    if (e != OK) {
        buf_release(&pdf);
        reply_error(req, e, &fault);
        return;
    }
    char *name = arena_printf(req->arena, "inline; filename=\"%s-fixed-%" PRId64 ".pdf\"", figure.event, figure.number);
    if (name) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "application/pdf", &pdf);
}

void fixed_pdf_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL) || !fixed_job_new(req)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, pdf_work);
}
