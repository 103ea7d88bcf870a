/* The one writer thread of a server: group commit.
 *
 * All that is queued while one COMMIT is on its way to the disk joins the next transaction, each piece of work in a savepoint of its
 * own; `done` is called only after COMMIT (synchronous=FULL) has returned, so an answer made there is durable. There is no timer:
 * batches grow by themselves under load.
 *
 * A piece of work is a pure function of its argument and the database: it may be run again (after BUSY, or when the engine rolled the whole
 * batch back because of a full disk, an I/O error or missing memory: then each piece is run once more in a transaction of its own, so
 * that one poor piece does not spoil its neighbours). Its result is the `enum err` it returned, or the commit's.
 *
 * Thread-safe: writer_submit from any thread. `apply` and `done` run on the writer thread; `done` must be short. */
#ifndef PLENUM_DB_WRITER_H
#define PLENUM_DB_WRITER_H

#include "core/db/db.h"

#define WRITER_QUEUE_LIMIT 20000 /* pieces waiting at most; more is ERR_BUSY */
#define WRITER_BATCH_LIMIT 512   /* pieces in one transaction */

struct writer;

struct writer_work {
    /* Set by the submitter; the struct is owned by the submitter and stays valid until `done` was called. */
    enum err (*apply)(struct db *db, void *arg, struct fault *fault);
    void (*done)(struct writer_work *work);
    void *arg;
    /* Set by the writer before `done`. */
    enum err result;
    struct fault fault;
    struct writer_work *next;
};

struct writer_figures {
    int64_t commits, pieces, longest_queue;
    size_t waiting;
};

struct writer_config {
    void (*begin)(void *context);                      /* a transaction begins: what was gathered for the last one is void; may be NULL */
    enum err (*end)(struct db *db, void *context);     /* before its COMMIT: writes what was gathered; may be NULL; an error undoes the transaction */
    void *context;
    bool commit_each;                                  /* commit per piece: only for measuring */
};

/* `db` is a DB_WRITE connection that belongs to the writer from now on. The hooks run on the writer thread. */
enum err writer_start(struct db *db, const struct writer_config *config, struct writer **ret);

/* ERR_BUSY when the queue is full or the writer is stopping: `done` is not called then. */
enum err writer_submit(struct writer *writer, struct writer_work *work);

/* Runs a piece and waits for it; for start-up and commands, never on a request thread. */
enum err writer_run(struct writer *writer, enum err (*apply)(struct db *, void *, struct fault *), void *arg, struct fault *fault);

void writer_read_figures(struct writer *writer, struct writer_figures *ret);

/* Finishes what is queued, stops, closes the connection. Accepts NULL. */
void writer_stop(struct writer *writer);

#endif
