/* Waiting without a thread: deferring, resuming, the job pool, and what each worker thread keeps.
 *
 * A deferred request goes NONE → WANTED (http_defer) → SUSPENDED (its worker has told the library) → READY (http_resume), or WANTED →
 * READY when it is resumed before its worker came so far. Each step is one atomic exchange, so that exactly one side acts: READY after
 * SUSPENDED wakes the connection, READY after WANTED is seen by the worker itself. Nothing touches the request after READY but its worker. */
#include "server/http/internal.h"
#include "server/pool/pool.h"

#include <stdlib.h>

void http_defer(struct http_request *req)
{
    struct exchange *x = exchange_of(req);
    atomic_fetch_add(&x->server->deferred, 1);
    atomic_store(&x->defer, DEFER_WANTED);
}

void http_undefer(struct http_request *req)
{
    struct exchange *x = exchange_of(req);
    atomic_store(&x->defer, DEFER_NONE);
    atomic_fetch_sub(&x->server->deferred, 1);
}

void http_resume(struct http_request *req)
{
    struct exchange *x = exchange_of(req);
    struct MHD_Connection *mhd = x->mhd;
    if (atomic_exchange(&x->defer, DEFER_READY) == DEFER_SUSPENDED) MHD_resume_connection(mhd);
}

static enum MHD_Result queue_reply(struct exchange *x)
{
    struct MHD_Response *response = x->response;
    x->response = NULL;
    if (!response) return MHD_NO; /* memory ran out while it was made */
    (void)atomic_fetch_add(&x->connection->reply_number, 1);
    atomic_store(&x->connection->phase, x->is_stream ? PHASE_STREAM : PHASE_SEND);
    enum MHD_Result result = MHD_queue_response(x->mhd, (unsigned)x->status, response);
    MHD_destroy_response(response);
    if (x->is_stream) stream_let_go(x);
    return result;
}

static void suspend(struct exchange *x)
{
    int expected = DEFER_WANTED;
    MHD_suspend_connection(x->mhd);
    /* Resumed in between: the library calls us again at once. */
    if (!atomic_compare_exchange_strong(&x->defer, &expected, DEFER_SUSPENDED)) MHD_resume_connection(x->mhd);
}

/* After a handler or a resume: queues the reply, or goes to sleep. While another thread owns the request only `defer` may be read. */
enum MHD_Result exchange_settle(struct exchange *x)
{
    for (;;) {
        int state = atomic_load(&x->defer);
        if (state == DEFER_SUSPENDED) return MHD_YES;
        if (state == DEFER_WANTED) {
            suspend(x);
            return MHD_YES;
        }
        if (state == DEFER_READY) {
            void (*resume)(struct http_request *req) = x->req.resume;
            http_undefer(&x->req);
            x->req.resume = NULL;
            if (!x->replied && resume) resume(&x->req);
            if (atomic_load(&x->defer) != DEFER_NONE) continue;
        }
        if (!x->replied) http_reply_problem(&x->req, 500, "internal", "The server made no answer.");
        return queue_reply(x);
    }
}

struct pool_work {
    struct http_request *req;
    void (*work)(struct http_request *req, void *thread_state);
};

static void run_pool_work(void *arg, void *thread_state)
{
    struct pool_work *job = arg; /* in the request's arena: gone once resumed */
    struct http_request *req = job->req;
    job->work(req, thread_state);
    http_resume(req);
}

void http_run_in_pool(struct http_request *req, struct pool *pool, void (*work)(struct http_request *req, void *thread_state))
{
    struct pool_work *job = arena_alloc(req->arena, sizeof *job);
    if (!job) {
        http_reply_problem(req, 503, "busy", "Out of memory.");
        return;
    }
    *job = (struct pool_work){req, work};
    http_defer(req);
    if (pool_submit(pool, run_pool_work, job) == OK) return;
    http_undefer(req);
    http_reply_problem(req, 503, "busy", "The server has too much to do. Try again in a moment.");
}

void *http_worker_state(struct http_request *req)
{
    struct http_server *server = exchange_of(req)->server;
    struct worker_state *mine = pthread_getspecific(server->worker_key);
    if (mine) return mine->state;
    if (!server->config.hooks.worker_open) return NULL;
    mine = calloc(1, sizeof *mine);
    if (!mine) return NULL;
    mine->server = server;
    mine->state = server->config.hooks.worker_open(server->config.context);
    if (!mine->state || pthread_setspecific(server->worker_key, mine)) {
        if (mine->state && server->config.hooks.worker_close) server->config.hooks.worker_close(server->config.context, mine->state);
        free(mine);
        return NULL;
    }
    pthread_mutex_lock(&server->mutex);
    mine->next = server->workers;
    server->workers = mine;
    pthread_mutex_unlock(&server->mutex);
    return mine->state;
}

/* After the worker threads have ended. */
void worker_states_close(struct http_server *server)
{
    struct worker_state *state = server->workers;
    while (state) {
        struct worker_state *next = state->next;
        if (server->config.hooks.worker_close) server->config.hooks.worker_close(server->config.context, state->state);
        free(state);
        state = next;
    }
    server->workers = NULL;
}
