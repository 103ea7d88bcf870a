/* The console's page that draws delegates from the register (/admin/{event}/draw; docs/decisions/0065-draw.md): for organisers of all events, since the register is the
 * whole organisation's. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_DRAW_H
#define PLENUM_SERVER_PAGES_DRAW_H

#include "core/congress/draw/draw.h"
#include "core/congress/draw/lot.h"
#include "server/pages/staff_page.h"

#define DRAW_PAGE 50 /* people on a page */

/* What a request says, read on its own thread; the rest is found in the pool. */
struct draw_ask {
    struct arena arena;      /* of the job: larger than what a request may take */
    struct draw_filter filter;
    struct draw_type *types;
    size_t type_count;
    struct draw_wish wish;
    struct draw_plan plan;
    struct draw_lot_result lot;
    const char *which;       /* "ticked", "page", "all", "lot" */
    const char *seed;
    int64_t seats;           /* to be drawn by lot; 0: by the quotas */
    const char *act, *query; /* query: the filter again, for addresses: "q=…&" */
    int status;
    const char *problem;     /* in the reader's words */
    enum err error;
    struct fault fault;
    struct draw_result result;
    struct list_import_undone undone;
};

/* A word of the form, else of the query; NULL: none, or empty. */
const char *draw_word(struct http_request *req, const char *name);
/* Whether who asks may; otherwise the reply is made. */
bool draw_enter(struct http_request *req);
/* Then: the work runs in the pool. */
void draw_begin(struct http_request *req, const char *act, void (*work)(struct http_request *req, void *thread_state));
/* In the pool: the filter as the request says it. ERR_INPUT: something of it cannot be. */
enum err draw_read_filter(struct http_request *req, struct db *db, const struct programme *programme, struct draw_ask *ask);
/* `kept` for forms (name, value) and `query` for links: the filter again. */
void draw_put_kept(struct view *view, const struct draw_ask *ask);
/* The first page, with what is wrong where ask->problem is set. */
void draw_show(struct staff_page *page, struct draw_ask *ask);
/* What taking them would do. */
void draw_show_plan(struct staff_page *page, struct draw_ask *ask);
/* The quotas' part of the page; ERR_… of the database. */
enum err draw_put_quotas(struct staff_page *page, struct draw_ask *ask);
/* do= share (total=, least=, beneath=, basis=), quota (seats-ID=), none; mark=, quota_category=: stored. */
enum err draw_quota_change(struct http_request *req, struct staff_page *page, struct draw_ask *ask);
/* The draws that were made. */
enum err draw_put_history(struct staff_page *page, struct draw_ask *ask);

#endif
