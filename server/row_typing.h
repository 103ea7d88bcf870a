/* What was ticked on paper is typed: looked at, and recorded when nothing in it is wrong. For the page (server/pages/paper_desk.c) and for programs
 * (server/api/paper_scans.c). A few lines are looked at at once, many on a thread of the pool; recorded 64 at a time, so that doors get their turns in between. */
#ifndef PLENUM_SERVER_ROW_TYPING_H
#define PLENUM_SERVER_ROW_TYPING_H

#include "core/congress/fallback/row_tick.h"
#include "server/app.h"

#define ROW_TYPING_AT_ONCE 4 /* lines that a worker of the listener looks at by itself */
#define ROW_TYPING_BYTES_AT_ONCE 1024 /* and bytes, of all of them */

struct row_typing {
    struct row_setting setting;
    const char *text;            /* lines as row_ticks_read takes them */
    bool only_check;             /* nothing is recorded */
    /* what came of it, for `done` */
    struct arena arena;          /* released with the request */
    struct programme *programme;
    struct row_tick *ticks;
    size_t count, flaws;
    bool recorded;               /* all of them; never a part, unless `result` tells that it broke off */
    enum err result;             /* ERR_LIMIT: more than ROW_TICKS_MOST lines */
    struct fault fault;
    /* private */
    struct checkin_source source;
    size_t at;
    void (*done)(struct http_request *req);
};

/* Becomes req->state; `done` runs on the request's worker. The first three fields are set by the caller, the rest zeroed; texts live in the request. */
void row_typing_run(struct http_request *req, struct row_typing *typing, void (*done)(struct http_request *req));

#endif
