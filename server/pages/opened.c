#include "server/pages/opened.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/thread.h"

#include "catalogue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define RECENT 16384 /* a power of two: a phone reads a file in many pieces, which are one opening */
#define BATCH 2000

struct note {
    int64_t delegate_id, document_id, version, at_ms; /* document_id 0: the answer to question `version` was seen */
};

struct opened_log {
    struct writer *writer;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool stopping;
    struct note *waiting, *writing; /* OPENED_QUEUE each */
    size_t waiting_count, dropped;
    struct note recent[RECENT];
};

struct batch {
    const struct note *notes;
    size_t count;
};

static enum err write_batch(struct db *db, void *arg, struct fault *fault)
{
    const struct batch *batch = arg;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < batch->count; i++) {
        const struct note *n = &batch->notes[i];
        struct sql_opened_insert_in opened = {n->delegate_id, n->document_id, n->version, n->at_ms};
        if (n->document_id) e = sql_opened_insert(db, &opened, NULL);
        else e = sql_question_seen(db, n->version, n->at_ms, NULL);
    }
    return e == OK ? OK : db_fault(db, e, fault, "note who opened a paper");
}

static void flush(struct opened_log *log, size_t count)
{
    for (size_t from = 0; from < count; from += BATCH) {
        struct fault fault = {0};
        struct batch batch = {log->writing + from, count - from < BATCH ? count - from : BATCH};
        enum err e = writer_run(log->writer, write_batch, &batch, &fault);
        if (e != OK) log_line(LOG_WARNING, "papers", "%zu openings were not written: %s", batch.count, fault.text[0] ? fault.text : err_name(e));
    }
}

static void *run(void *arg)
{
    struct opened_log *log = arg;
    bool last = false;
    while (!last) {
        (void)pthread_mutex_lock(&log->lock);
        while (!log->stopping && !thread_wait(&log->wake, &log->lock, CLOCK_SECOND)) continue;
        struct note *taken = log->waiting;
        size_t count = log->waiting_count, dropped = log->dropped;
        log->waiting = log->writing;
        log->writing = taken;
        log->waiting_count = log->dropped = 0;
        last = log->stopping;
        (void)pthread_mutex_unlock(&log->lock);
        if (dropped) log_line(LOG_WARNING, "papers", "%zu openings were not noted: too many at once", dropped);
        flush(log, count);
    }
    return NULL;
}

enum err opened_log_new(struct writer *writer, struct opened_log **ret)
{
    struct opened_log *log = calloc(1, sizeof *log);
    if (!log) return ERR_NOMEM;
    log->writer = writer;
    log->waiting = calloc(OPENED_QUEUE, sizeof *log->waiting);
    log->writing = calloc(OPENED_QUEUE, sizeof *log->writing);
    (void)pthread_mutex_init(&log->lock, NULL);
    thread_condition_init(&log->wake);
    if (log->waiting && log->writing && pthread_create(&log->thread, NULL, run, log) == 0) {
        *ret = log;
        return OK;
    }
    free(log->waiting);
    free(log->writing);
    free(log);
    return ERR_NOMEM;
}

void opened_log_free(struct opened_log *log)
{
    if (!log) return;
    (void)pthread_mutex_lock(&log->lock);
    log->stopping = true;
    (void)pthread_cond_signal(&log->wake);
    (void)pthread_mutex_unlock(&log->lock);
    (void)pthread_join(log->thread, NULL);
    (void)pthread_cond_destroy(&log->wake);
    (void)pthread_mutex_destroy(&log->lock);
    free(log->waiting);
    free(log->writing);
    free(log);
}

static void add(struct opened_log *log, struct note note)
{
    uint64_t hash = (uint64_t)note.delegate_id * 0x9e3779b97f4a7c15u ^ (uint64_t)note.document_id * 0xc2b2ae3d27d4eb4fu ^ (uint64_t)note.version;
    struct note *seen = &log->recent[(hash ^ hash >> 29) & (RECENT - 1)];
    (void)pthread_mutex_lock(&log->lock);
    bool again = note.document_id && seen->delegate_id == note.delegate_id && seen->document_id == note.document_id && seen->version == note.version;
    if (!again && log->waiting_count == OPENED_QUEUE) log->dropped++;
    else if (!again) {
        *seen = note;
        log->waiting[log->waiting_count++] = note;
    }
    (void)pthread_mutex_unlock(&log->lock);
}

static bool is_the_delegate(struct http_request *req)
{
    const struct principal *p = principal_of(req);
    return app_of(req)->opened && !req->is_head && !(p && p->is_staff);
}

void opened_note(struct http_request *req, int64_t delegate_id, int64_t document_id, int64_t version)
{
    if (is_the_delegate(req)) add(app_of(req)->opened, (struct note){delegate_id, document_id, version, clock_now_ms()});
}

void opened_note_answer(struct http_request *req, int64_t delegate_id, int64_t question_id)
{
    if (is_the_delegate(req)) add(app_of(req)->opened, (struct note){delegate_id, 0, question_id, clock_now_ms()});
}
