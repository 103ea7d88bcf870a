/* What the staff's pages of an event begin with. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_STAFF_PAGE_H
#define PLENUM_SERVER_PAGES_STAFF_PAGE_H

#include "server/pages/view.h"

struct staff_page {
    struct view view;                  /* has the event already */
    struct worker *worker;
    const struct programme *programme; /* borrowed until the next call on this worker */
    struct event_page event;           /* in the request's arena */
};

/* The worker for somebody who may see such a page: a password that somebody else made is changed first (view_ask_new_password), and the route's event is
 * there. NULL: the reply is made. `ret_seqs` may be NULL. */
struct worker *staff_enter(struct http_request *req, struct programme_seqs *ret_seqs);

/* View, programme and event of the route on a worker of the listener. False: the reply is made. */
bool staff_page_begin(struct staff_page *page, struct http_request *req);
/* The same on a thread of the job pool, with what http_run_in_pool hands over. */
bool staff_page_begin_in_pool(struct staff_page *page, struct http_request *req, void *thread_state);

/* `done`: what came of the form that led here (?done=), in words of our own tables only: those of `prefix` with the query's word behind. */
void staff_page_put_done(struct view *view, const char *prefix);

#endif
