#include "core/db/writer.h"
#include "core/base/clock.h"

#include <pthread.h>
#include <stdlib.h>

#define BUSY_MS 5000

struct writer {
    struct db *db;
    struct writer_config config;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t wake;
    struct writer_work *first, *last;
    size_t waiting;
    bool stopping;
    struct writer_figures figures;
};

/* Takes up to a batch off the queue; NULL when stopping and empty. */
static struct writer_work *take_batch(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (!writer->first && !writer->stopping) pthread_cond_wait(&writer->wake, &writer->lock);
    struct writer_work *batch = writer->first, *end = batch;
    size_t n = batch ? 1 : 0;
    size_t most = writer->config.commit_each ? 1 : WRITER_BATCH_LIMIT;
    while (end && end->next && n < most) {
        end = end->next;
        n++;
    }
    if (end) {
        writer->first = end->next;
        end->next = NULL;
    }
    if (!writer->first) writer->last = NULL;
    writer->waiting -= n;
    pthread_mutex_unlock(&writer->lock);
    return batch;
}

/* Other commands may write beside us; SQLite's own waiting is not always honoured for an upgrade, so we wait once more. */
static enum err begin_patiently(struct db *db)
{
    int64_t deadline = clock_steady_ms() + BUSY_MS;
    for (;;) {
        enum err e = db_begin(db);
        if (e != ERR_BUSY || clock_steady_ms() > deadline) return e;
        clock_sleep_ms(2);
    }
}

static enum err begin_all(struct writer *writer)
{
    if (writer->config.begin) writer->config.begin(writer->config.context);
    return begin_patiently(writer->db);
}

static enum err end_all(struct writer *writer)
{
    enum err e = writer->config.end ? writer->config.end(writer->db, writer->config.context) : OK;
    return e == OK ? db_commit(writer->db) : e;
}

/* One piece in its savepoint. Returns false when the engine has rolled back everything. */
static bool apply_piece(struct db *db, struct writer_work *work)
{
    work->fault = (struct fault){0};
    enum err e = db_savepoint(db);
    if (e != OK) {
        work->result = db_fault(db, e, &work->fault, "savepoint");
        return db_in_transaction(db);
    }
    work->result = work->apply(db, work->arg, &work->fault);
    if (!db_in_transaction(db)) return false;
    e = work->result == OK ? db_savepoint_release(db) : db_savepoint_rollback(db);
    if (e != OK) {
        if (work->result == OK) work->result = db_fault(db, e, &work->fault, "savepoint");
        return false;
    }
    return true;
}

static bool is_engine_trouble(enum err e)
{
    return e == ERR_FULL || e == ERR_IO || e == ERR_NOMEM || e == ERR_BUSY;
}

/* All pieces in one transaction. False: nothing was stored, and the pieces should be tried one by one. */
static bool run_together(struct writer *writer, struct writer_work *batch)
{
    struct db *db = writer->db;
    if (begin_all(writer) != OK) return false;
    for (struct writer_work *work = batch; work; work = work->next) {
        bool alive = apply_piece(db, work);
        if (!alive || (work->result != OK && is_engine_trouble(work->result))) {
            db_rollback(db);
            return false;
        }
    }
    if (end_all(writer) == OK) return true;
    db_rollback(db);
    return false;
}

static void run_alone(struct writer *writer, struct writer_work *work)
{
    struct db *db = writer->db;
    enum err e = begin_all(writer);
    if (e != OK) {
        work->result = db_fault(db, e, &work->fault, "begin");
        return;
    }
    bool alive = apply_piece(db, work);
    if (!alive && work->result == OK) work->result = ERR_IO;
    if (work->result == OK) {
        e = end_all(writer);
        if (e != OK) work->result = db_fault(db, e, &work->fault, "commit");
    }
    db_rollback(db);
}

static void count_batch(struct writer *writer, size_t pieces, int64_t commits)
{
    pthread_mutex_lock(&writer->lock);
    writer->figures.commits += commits;
    writer->figures.pieces += (int64_t)pieces;
    pthread_mutex_unlock(&writer->lock);
}

static void run_batch(struct writer *writer, struct writer_work *batch)
{
    size_t pieces = 0;
    for (struct writer_work *work = batch; work; work = work->next) pieces++;
    int64_t commits = 1;
    if (!run_together(writer, batch)) {
        commits = (int64_t)pieces;
        for (struct writer_work *work = batch; work; work = work->next) run_alone(writer, work);
    }
    count_batch(writer, pieces, commits);
    while (batch) {
        struct writer_work *next = batch->next; /* `done` may free its work */
        batch->done(batch);
        batch = next;
    }
}

static void *writer_main(void *arg)
{
    struct writer *writer = arg;
    for (struct writer_work *batch; (batch = take_batch(writer));) run_batch(writer, batch);
    return NULL;
}

enum err writer_start(struct db *db, const struct writer_config *config, struct writer **ret)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer) return ERR_NOMEM;
    writer->db = db;
    writer->config = *config;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->wake, NULL);
    if (pthread_create(&writer->thread, NULL, writer_main, writer) != 0) {
        pthread_cond_destroy(&writer->wake);
        pthread_mutex_destroy(&writer->lock);
        free(writer);
        return ERR_NOMEM;
    }
    *ret = writer;
    return OK;
}

enum err writer_submit(struct writer *writer, struct writer_work *work)
{
    enum err e = OK;
    work->next = NULL;
    pthread_mutex_lock(&writer->lock);
    if (writer->stopping || writer->waiting >= WRITER_QUEUE_LIMIT) {
        e = ERR_BUSY;
    } else {
        if (writer->last) writer->last->next = work;
        else writer->first = work;
        writer->last = work;
        writer->waiting++;
        if ((int64_t)writer->waiting > writer->figures.longest_queue) writer->figures.longest_queue = (int64_t)writer->waiting;
        pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->lock);
    return e;
}

struct waited_work {
    struct writer_work work; /* first: `done` gets a pointer to it */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool finished;
};

static void waited_done(struct writer_work *work)
{
    struct waited_work *waited = (struct waited_work *)work;
    pthread_mutex_lock(&waited->lock);
    waited->finished = true;
    pthread_cond_signal(&waited->wake);
    pthread_mutex_unlock(&waited->lock);
}

enum err writer_run(struct writer *writer, enum err (*apply)(struct db *, void *, struct fault *), void *arg, struct fault *fault)
{
    struct waited_work waited = {.work = {.apply = apply, .done = waited_done, .arg = arg}};
    pthread_mutex_init(&waited.lock, NULL);
    pthread_cond_init(&waited.wake, NULL);
    enum err e = writer_submit(writer, &waited.work);
    if (e == OK) {
        pthread_mutex_lock(&waited.lock);
        while (!waited.finished) pthread_cond_wait(&waited.wake, &waited.lock);
        pthread_mutex_unlock(&waited.lock);
        e = waited.work.result;
        if (fault) *fault = waited.work.fault;
    } else {
        fault_set(fault, e, "the writer is busy");
    }
    pthread_cond_destroy(&waited.wake);
    pthread_mutex_destroy(&waited.lock);
    return e;
}

void writer_read_figures(struct writer *writer, struct writer_figures *ret)
{
    pthread_mutex_lock(&writer->lock);
    *ret = writer->figures;
    ret->waiting = writer->waiting;
    pthread_mutex_unlock(&writer->lock);
}

void writer_stop(struct writer *writer)
{
    if (!writer) return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->lock);
    db_close(writer->db);
    free(writer);
}
