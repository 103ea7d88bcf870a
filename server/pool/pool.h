/* Slow work on a few threads of its own, with a bounded queue: passwords, PDF, pictures, archives, reports.
 *
 * Thread-safe. A job that was accepted always runs, also during pool_stop. */
#ifndef PLENUM_SERVER_POOL_H
#define PLENUM_SERVER_POOL_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct pool;

struct pool_config {
    unsigned threads;     /* 0 = 2 */
    unsigned queue_limit; /* jobs waiting, not counting those running; 0 = 64 */
    void *context;
    /* What each thread has of its own, made when it starts; NULL hooks or a NULL state are fine, jobs then get NULL. */
    void *(*thread_open)(void *context);
    void (*thread_close)(void *context, void *state);
};

enum err pool_start(const struct pool_config *config, struct pool **ret);
/* Runs what is queued, then joins the threads. Accepts NULL. */
void pool_stop(struct pool *pool);

/* `run(arg, thread_state)` on a thread of the pool. ERR_BUSY: the queue is full, nothing was queued. */
enum err pool_submit(struct pool *pool, void (*run)(void *arg, void *thread_state), void *arg);

struct pool_counters {
    unsigned queued, running;
    uint64_t done, refused;
};
void pool_counters(struct pool *pool, struct pool_counters *ret);

#endif
