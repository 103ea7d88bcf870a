/* GET /api/v1/events/{event}/paper-list.pdf?gate=&unit=&order=&blanks=&present=1: the list for a door without power, made in the job pool. Who has no row code
 * yet gets one first; a disk that takes no more keeps nobody from printing who has codes already. */
#include "badges/sheets/paper_list.h"
#include "core/base/clock.h"
#include "core/congress/store/store.h"
#include "server/app.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY (256u * 1024u * 1024u)

struct printing {
    struct arena arena, piece;
    struct row_filter filter;
    struct buf pdf;
    unsigned blanks;
    bool present, more, noted;
    enum err assigned;
};

static void release(void *data)
{
    struct printing *p = data;
    buf_release(&p->pdf);
    arena_release(&p->piece);
    arena_release(&p->arena);
}

static const char *query_word(struct http_request *req, const char *name)
{
    const char *word = http_query(req, name);
    return word && *word ? word : NULL;
}

static enum err draw(struct http_request *req, struct worker *worker, struct printing *p, struct fault *fault)
{
    struct row_list list;
    const struct paper_list paper = {.list = &list, .blanks = p->blanks, .mark_present = p->present};
    enum err e = row_list_load(worker->db, &p->arena, http_param(req, "event"), &p->filter, &list, fault);
    if (e == OK && list.without) return fault_set(fault, p->assigned != OK ? p->assigned : ERR_BUSY, "%zu people have no row code yet", list.without);
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, fault);
    return e == OK ? paper_list_write(&paper, worker->fonts, &p->pdf, NULL, fault) : e;
}

static void draw_work(struct http_request *req, void *thread_state)
{
    struct printing *p = req->state;
    struct fault fault = {0};
    enum err e = thread_state ? draw(req, thread_state, p, &fault) : ERR_BUSY;
    if (e == ERR_LIMIT) reply_reason_with(req, REASON_too_many, fault.text);
    else if (e != OK) reply_error(req, e, &fault);
    if (e != OK) return;
    char *name = arena_printf(req->arena, "inline; filename=\"paper-list-%s.pdf\"", http_param(req, "event"));
    if (name) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "application/pdf", &p->pdf);
}

/* May run again. That a list of names was made is in the audit log. */
static enum err assign(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct printing *p = req->state;
    (void)tools;
    arena_clear(&p->piece);
    enum err e = row_codes_assign(db, &p->piece, http_param(req, "event"), &p->more, fault);
    if (e == OK && !p->noted) e = audit_write(db, p->filter.now_ms, actor_of(req), "paper_list", http_param(req, "event"), NULL);
    return e;
}

static void assigned(struct http_request *req)
{
    struct printing *p = req->state;
    const struct fault *fault;
    p->assigned = write_result(req, &fault);
    p->noted = true;
    if (p->assigned == OK && p->more) {
        request_write(req, assign, assigned);
        return;
    }
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, draw_work);
}

/* False: the question makes no sense. */
static bool read_query(struct http_request *req, struct printing *p)
{
    const char *blanks = query_word(req, "blanks"), *present = query_word(req, "present");
    char *end = NULL;
    long many = blanks ? strtol(blanks, &end, 10) : PAPER_LIST_BLANKS;
    if ((end && *end) || many < 0 || many > PAPER_LIST_BLANKS_MOST) return false;
    p->blanks = (unsigned)many;
    p->present = present && strcmp(present, "1") == 0;
    p->filter.gate = query_word(req, "gate");
    p->filter.unit = query_word(req, "unit");
    p->filter.now_ms = clock_now_ms();
    return row_order_read(query_word(req, "order"), &p->filter.order);
}

void paper_list_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct printing *p = arena_alloc(req->arena, sizeof *p);
    if (p) *p = (struct printing){0};
    if (!p || http_at_end(req, release, p) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    buf_init(&p->pdf, BUF_LIMIT_FILE);
    arena_init(&p->arena, MEMORY);
    if (!read_query(req, p)) {
        reply_reason_with(req, REASON_bad_request, "order is name, number, seat or delegation; blanks is 0 to 60");
        return;
    }
    req->state = p;
    request_write(req, assign, assigned);
}
