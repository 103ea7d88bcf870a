#include "server/pool/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct job {
    void (*run)(void *arg, void *thread_state);
    void *arg;
};

struct pool {
    struct pool_config config;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct job *ring; /* config.queue_limit places */
    unsigned first, queued, running;
    uint64_t done, refused;
    bool stop;
    pthread_t *threads;
    unsigned started;
};

static void *thread_main(void *arg)
{
    struct pool *pool = arg;
    void *state = pool->config.thread_open ? pool->config.thread_open(pool->config.context) : NULL;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (!pool->queued && !pool->stop) pthread_cond_wait(&pool->changed, &pool->mutex);
        if (!pool->queued) break;
        struct job job = pool->ring[pool->first];
        pool->first = (pool->first + 1) % pool->config.queue_limit;
        pool->queued--;
        pool->running++;
        pthread_mutex_unlock(&pool->mutex);
        job.run(job.arg, state);
        pthread_mutex_lock(&pool->mutex);
        pool->running--;
        pool->done++;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (state && pool->config.thread_close) pool->config.thread_close(pool->config.context, state);
    return NULL;
}

enum err pool_start(const struct pool_config *config, struct pool **ret)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool) return ERR_NOMEM;
    pool->config = *config;
    if (!pool->config.threads) pool->config.threads = 2;
    if (!pool->config.queue_limit) pool->config.queue_limit = 64;
    (void)pthread_mutex_init(&pool->mutex, NULL);
    (void)pthread_cond_init(&pool->changed, NULL);
    pool->ring = calloc(pool->config.queue_limit, sizeof *pool->ring);
    pool->threads = calloc(pool->config.threads, sizeof *pool->threads);
    enum err err = pool->ring && pool->threads ? OK : ERR_NOMEM;
    while (!err && pool->started < pool->config.threads) {
        if (pthread_create(&pool->threads[pool->started], NULL, thread_main, pool)) err = ERR_NOMEM;
        else pool->started++;
    }
    if (err) pool_stop(pool);
    else *ret = pool;
    return err;
}

void pool_stop(struct pool *pool)
{
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    pool->stop = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->started; i++) (void)pthread_join(pool->threads[i], NULL);
    (void)pthread_cond_destroy(&pool->changed);
    (void)pthread_mutex_destroy(&pool->mutex);
    free(pool->threads);
    free(pool->ring);
    free(pool);
}

enum err pool_submit(struct pool *pool, void (*run)(void *arg, void *thread_state), void *arg)
{
    enum err err = OK;
    pthread_mutex_lock(&pool->mutex);
    if (pool->stop || pool->queued == pool->config.queue_limit) {
        pool->refused++;
        err = ERR_BUSY;
    } else {
        pool->ring[(pool->first + pool->queued) % pool->config.queue_limit] = (struct job){run, arg};
        pool->queued++;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->mutex);
    return err;
}

void pool_counters(struct pool *pool, struct pool_counters *ret)
{
    pthread_mutex_lock(&pool->mutex);
    *ret = (struct pool_counters){pool->queued, pool->running, pool->done, pool->refused};
    pthread_mutex_unlock(&pool->mutex);
}
