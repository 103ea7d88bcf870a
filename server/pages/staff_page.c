#include "server/pages/staff_page.h"

struct worker *staff_enter(struct http_request *req, struct programme_seqs *ret_seqs)
{
    if (view_ask_new_password(req)) return NULL;
    struct worker *worker = worker_of(req);
    return worker && event_of(req, worker, ret_seqs) ? worker : NULL;
}

static bool begin(struct staff_page *page, struct http_request *req, struct worker *worker)
{
    page->worker = worker;
    page->programme = event_of(req, worker, NULL);
    if (!page->programme || !view_begin(&page->view, req)) return false;
    enum err e = event_page_load(worker->db, req->arena, page->programme->slug, &page->event);
    if (e == OK) view_put_event(&page->view, &page->event, false);
    else reply_error(req, e, NULL);
    return e == OK;
}

bool staff_page_begin(struct staff_page *page, struct http_request *req)
{
    struct worker *worker = worker_of(req);
    return worker && begin(page, req, worker);
}

bool staff_page_begin_in_pool(struct staff_page *page, struct http_request *req, void *thread_state)
{
    if (!thread_state) reply_reason(req, REASON_busy);
    return thread_state && begin(page, req, thread_state);
}

void staff_page_put_done(struct view *view, const char *prefix)
{
    const char *done = http_query(view->req, "done");
    if (done) view_put(view->root, "done", view_words(view, arena_printf(view->arena, "%s%.20s", prefix, done)));
}
