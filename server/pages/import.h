/* The console's pages of lists that are taken in: /admin/-/import (the register) and /admin/{event}/import (delegates). Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_IMPORT_H
#define PLENUM_SERVER_PAGES_IMPORT_H

#include "core/congress/list_import/list_work.h"
#include "server/pages/staff_page.h"

/* One request about lists. */
struct import_ask {
    const char *base;  /* "/admin/-/import" or "/admin/test-1/import" */
    const char *event; /* slug; NULL: the register */
    int64_t event_id;  /* DB_NULL: the register */
    const char *id;    /* of the list on its way; NULL: none */
    /* what the pool found or did */
    json_t *works, *history, *meta, *rows;
    struct list_work_filter filter;
    const char *query; /* of the filter, for links to other pages: "kind=new&words=…&" */
    size_t page;
    enum err error;
    struct fault fault;
    /* of forms */
    const char *act, *digest;
    struct list_work_piece *pieces; /* files that came with the form */
    size_t piece_count;
    int64_t number;
    struct list_import_result result;
    struct list_import_undone undone;
    char made[LIST_WORK_ID_SIZE];
};

/* Who may ask gets one; NULL: the reply is made. */
struct import_ask *import_begin(struct http_request *req);
/* View and event of the page; false: the reply is made. */
bool import_view(struct http_request *req, const struct import_ask *ask, struct staff_page *ret);
/* A problem as it is kept with a list, in the reader's words. */
const char *import_problem_words(struct view *view, const json_t *problem);
/* What is wrong with a cell or row. */
const char *import_flaw_words(struct view *view, const json_t *flaw);
/* do=wrong: the rows that are wrong or doubtful as a file. */
void import_wrong_post(struct http_request *req, struct import_ask *ask);
/* The plan's part of the page: file, columns, counts, rows. */
void import_put_plan(struct view *view, struct import_ask *ask);

#endif
