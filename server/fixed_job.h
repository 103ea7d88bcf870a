/* What the doors of fixed figures share (server/api/fixed.c, server/pages/figures*.c): memory for a whole list, and the act of fixing. */
#ifndef PLENUM_SERVER_FIXED_JOB_H
#define PLENUM_SERVER_FIXED_JOB_H

#include "core/congress/figures/fixed.h"
#include "server/app.h"

#define FIXED_JOB_MEMORY (384u * 1024u * 1024u) /* a list of 70 000 people, twice: as it was fixed and as it would be now */

struct fixed_job {
    struct arena arena;   /* lists are larger than what a request may take; ends with the request */
    struct fixed_wish wish; /* without now_ms, actor and words: those are found when it is done */
    int64_t number;       /* given back */
    bool again;
};

/* Zeroed but for wish.at_ms (DB_NULL), also at req->state. NULL: out of memory, and the reply is made. */
struct fixed_job *fixed_job_new(struct http_request *req);

/* Fixes what `job->wish` says in the route's event; then `then` runs, which asks write_result. */
void fixed_job_write(struct http_request *req, struct fixed_job *job, void (*then)(struct http_request *req));

/* The figure of the route's {number} with all that it says, and what is known of its moment now (`ret_now` may be NULL). In the pool, in the job's arena.
 * ERR_NOT_FOUND. */
enum err fixed_job_load(struct http_request *req, struct worker *worker, const struct programme *programme, struct fixed_figure *ret, struct fixed_content *ret_now,
                        struct fault *fault);

/* A moment that somebody gave: RFC 3339, or local to the event ("2026-12-01T08:05"). NULL and "": DB_NULL. ERR_INPUT ("fixed_moment"). */
enum err fixed_moment_read(const char *timezone, const char *text, int64_t *ret_ms, struct fault *fault);

/* The words of the screens. */
struct i18n;
const struct i18n *fixed_i18n(const struct http_request *req);

/* Of the route. 0: no number. */
int64_t fixed_number_of(const struct http_request *req);

#endif
