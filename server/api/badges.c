/* GET /api/v1/events/{event}/badges.pdf?layout=&only=&unit=: badges, made in the job pool; the run is written down before it is given out. */
#include "core/base/clock.h"
#include "server/print_badges.h"

struct print {
    struct print_badges badges;
    bool made;
};

static void release_pdf(void *data)
{
    buf_release(data);
}

static void print_work(struct http_request *req, void *thread_state)
{
    struct print *p = req->state;
    struct badge_list_filter filter = {.unit = http_query(req, "unit")};
    struct fault fault = {0};
    if (!thread_state) {
        reply_reason(req, REASON_busy);
        return;
    }
    enum err e = print_badges_split(req->arena, http_query(req, "only"), &filter, &fault);
    if (e == OK) e = print_badges_make(req->arena, thread_state, http_param(req, "event"), &filter, &p->badges, &fault);
    p->made = e == OK;
    if (e != OK) reply_error(req, e, &fault);
}

static enum err apply_record(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct print_badges *p = &((const struct print *)req->state)->badges;
    const char *layout = p->layout_name ? p->layout_name : badges_layout_name(0);
    enum err e = badge_list_record(db, &tools->ids, p->list.event_id, layout, p->base_url, p->list.count, actor_of(req), clock_now_ms());
    if (e == OK) e = audit_write(db, clock_now_ms(), actor_of(req), "print", http_param(req, "event"), NULL);
    return e == OK ? OK : db_fault(db, e, fault, "print log");
}

static void after_record(struct http_request *req)
{
    struct print *p = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    char *name = arena_printf(req->arena, "inline; filename=\"badges-%s.pdf\"", http_param(req, "event"));
    if (name) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "application/pdf", &p->badges.pdf);
}

static void after_print(struct http_request *req)
{
    const struct print *p = req->state;
    if (p->made) request_write(req, apply_record, after_record);
}

void badges_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct fault fault;
    if (!worker || !event_of(req, worker, NULL)) return;
    struct print *p = arena_alloc(req->arena, sizeof *p);
    if (!p || http_at_end(req, release_pdf, &p->badges.pdf) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    buf_init(&p->badges.pdf, BUF_LIMIT_FILE);
    if (print_badges_find(req->arena, app_of(req), http_query(req, "layout"), &p->badges, &fault) != OK) {
        reply_reason_with(req, REASON_unknown_layout, fault.text);
        return;
    }
    req->state = p;
    req->resume = after_print;
    http_run_in_pool(req, app_of(req)->pool, print_work);
}
