#include "server/mirror_job.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/thread.h"
#include "core/db/follow.h"
#include "server/mirror_files.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PAUSE_MS 250
#define PAUSE_BUSY_MS 40 /* the log grows fast: so that this thread begins it anew, and not each commit tries to */
#define BUSY_BYTES (512 * 1024)
#define BACKOFF_MOST_MS 15000
#define SAY_AGAIN_MS CLOCK_MINUTE
#define STOP_MS (8 * CLOCK_SECOND)

struct mirror_job {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_bool stop, is_over;
    char *folder, *data, *database; /* owned: the thread may outlive the application that could not wait for it */
    struct mirror_note note;
    /* the thread's alone */
    struct db *db; /* reads the list of blobs */
    struct db_follow *follow;
    struct mirror_files *files;
    dev_t device;
    ino_t inode;
    bool is_busy;
    bool was_here;   /* the folder was ours once: an empty one in its place is not it */
    int64_t beat_at, step_at, said_at, delay_ms;
    /* under the mutex */
    struct mirror_state state;
    int64_t through_steady;
};

/* --- what screens see ----------------------------------------------------------------------------------------------------------------------- */

bool mirror_state_is_bad(const struct mirror_state *state)
{
    return state->is_on && (state->is_failing || (state->is_whole && state->lag_ms > MIRROR_LATE_MS));
}

void mirror_job_state(struct mirror_job *job, struct mirror_state *ret)
{
    *ret = (struct mirror_state){.lag_ms = -1};
    if (!job) return;
    pthread_mutex_lock(&job->mutex);
    *ret = job->state;
    ret->is_on = true;
    ret->lag_ms = job->state.is_whole ? clock_steady_ms() - job->through_steady : -1;
    pthread_mutex_unlock(&job->mutex);
}

bool mirror_job_is_over(struct mirror_job *job) { return job && atomic_load(&job->is_over); }

static void set_good(struct mirror_job *job, int64_t through_steady, int64_t bytes)
{
    pthread_mutex_lock(&job->mutex);
    bool was_failing = job->state.is_failing, was_whole = job->state.is_whole;
    job->state.is_failing = false;
    job->state.is_whole = true;
    job->state.trouble[0] = '\0';
    job->state.bytes += bytes;
    job->through_steady = through_steady;
    pthread_mutex_unlock(&job->mutex);
    job->delay_ms = job->said_at = 0;
    if (was_failing || !was_whole) log_line(LOG_NOTICE, "mirror", "%s: the copy is current%s", job->folder, was_failing ? " again" : "");
}

static void set_failing(struct mirror_job *job, const struct fault *fault)
{
    pthread_mutex_lock(&job->mutex);
    job->state.is_failing = true;
    (void)snprintf(job->state.trouble, sizeof job->state.trouble, "%.255s", fault->text);
    pthread_mutex_unlock(&job->mutex);
    int64_t now = clock_steady_ms();
    if (job->said_at && now - job->said_at < SAY_AGAIN_MS) return;
    job->said_at = now;
    log_line(LOG_ERROR, "mirror", "THE SECOND COPY IS NOT KEPT: %s. The server goes on without it, and tries again.", fault->text);
}

/* --- the folder ------------------------------------------------------------------------------------------------------------------------------- */

/* Whether the note in the folder lets us write there. */
static enum err check_note(struct mirror_job *job, struct fault *fault)
{
    struct mirror_note there;
    struct fault ignored;
    enum err e = mirror_note_read(job->folder, &there, &ignored);
    if (e == ERR_NOT_FOUND && job->was_here) return fault_set(fault, ERR_NOT_FOUND, "%s: the copy is gone from there (is the stick still in?)", job->folder);
    if (e == ERR_NOT_FOUND) return mirror_files_is_empty(job->folder) ? OK : fault_set(fault, ERR_CONFLICT, "%s: has something else in it", job->folder);
    if (e == ERR_INPUT) return OK; /* torn by a power cut: the file is ours by its name */
    if (e != OK) return fault_set(fault, e, "%s: %s", job->folder, ignored.text);
    if (strcmp(there.server, job->note.server) != 0) return fault_set(fault, ERR_CONFLICT, "%s: holds the copy of another installation", job->folder);
    if (strcmp(there.epoch, job->note.epoch) == 0) {
        if (job->note.beat < there.beat) job->note.beat = there.beat;
        return OK;
    }
    if (mirror_epoch_number(there.epoch) < mirror_epoch_number(job->note.epoch)) return OK; /* it took over from that one */
    atomic_store(&job->is_over, true);
    return fault_set(fault, ERR_CONFLICT, "%s: another machine has taken over from this copy, and serves now: stop this server", job->folder);
}

static enum err check_folder(struct mirror_job *job, struct fault *fault)
{
    struct stat st;
    int there = stat(job->folder, &st);
    if (there != 0 && errno == ENOENT && !job->was_here && mkdir(job->folder, 0700) == 0) there = stat(job->folder, &st);
    if (there != 0 || !S_ISDIR(st.st_mode)) return fault_set(fault, ERR_NOT_FOUND, "%s: %s", job->folder, there != 0 ? strerror(errno) : "is no folder");
    if (job->follow && (st.st_dev != job->device || st.st_ino != job->inode))
        return fault_set(fault, ERR_NOT_FOUND, "%s: another folder stands there now (is the stick still in?)", job->folder);
    job->device = st.st_dev;
    job->inode = st.st_ino;
    return OK;
}

static enum err beat(struct mirror_job *job, struct fault *fault)
{
    enum err e = check_note(job, fault);
    if (e != OK) return e;
    job->note.beat++;
    e = mirror_note_write(job->folder, &job->note, fault);
    if (e == OK) job->was_here = true;
    job->beat_at = clock_steady_ms();
    return e;
}

static void close_copy(struct mirror_job *job)
{
    db_follow_close(job->follow);
    mirror_files_free(job->files);
    job->follow = NULL;
    job->files = NULL;
}

static enum err open_copy(struct mirror_job *job, struct fault *fault)
{
    char target[4096];
    struct stat data;
    (void)snprintf(target, sizeof target, "%.4000s/" MIRROR_DATABASE, job->folder);
    enum err e = beat(job, fault);
    if (e == OK) e = mirror_files_new(job->data, job->folder, &job->files, fault);
    if (e == OK) e = db_follow_open(job->database, target, &job->stop, &job->follow, fault);
    if (e == OK && stat(job->data, &data) == 0 && data.st_dev == job->device && !job->state.is_whole)
        log_line(LOG_WARNING, "mirror", "%s: is on the same disk as the data folder: it does not help when the disk or the machine is gone", job->folder);
    job->beat_at = 0; /* papers and keys at once */
    return e;
}

/* --- the work ------------------------------------------------------------------------------------------------------------------------------------ */

/* What was acknowledged before it begins is in the copy when it ends. */
static enum err step(struct mirror_job *job, struct fault *fault)
{
    int64_t steady = clock_steady_ms(), wall = clock_now_ms(), bytes = 0;
    enum err e = db_follow_step(job->follow, &bytes, fault);
    if (e != OK) return e;
    job->note.through_ms = wall;
    job->step_at = clock_steady_ms();
    job->is_busy = bytes > (job->is_busy ? BUSY_BYTES / 8 : BUSY_BYTES);
    set_good(job, steady, bytes);
    return OK;
}

/* Between pieces of a long paper: scans come first. */
static enum err between(void *context, int64_t bytes, struct fault *fault)
{
    struct mirror_job *job = context;
    pthread_mutex_lock(&job->mutex);
    job->state.bytes += bytes;
    pthread_mutex_unlock(&job->mutex);
    if (atomic_load(&job->stop)) return fault_set(fault, ERR_BUSY, "stopped");
    enum err e = clock_steady_ms() - job->step_at >= PAUSE_MS ? step(job, fault) : OK;
    return e == OK && clock_steady_ms() - job->beat_at >= MIRROR_BEAT_MS ? beat(job, fault) : e;
}

static enum err attempt(struct mirror_job *job, struct fault *fault)
{
    enum err e = check_folder(job, fault);
    if (e == OK && !job->follow) e = open_copy(job, fault);
    if (e == OK) e = step(job, fault);
    if (e != OK || clock_steady_ms() - job->beat_at < MIRROR_BEAT_MS) return e;
    e = beat(job, fault);
    if (e != OK) return e;
    e = mirror_files_copy(job->files, job->db, between, job, fault);
    job->note.missing = mirror_files_missing(job->files);
    pthread_mutex_lock(&job->mutex);
    job->state.missing = job->note.missing;
    pthread_mutex_unlock(&job->mutex);
    return e;
}

static void rest(struct mirror_job *job, int64_t ms)
{
    pthread_mutex_lock(&job->mutex);
    if (!atomic_load(&job->stop)) (void)thread_wait(&job->wake, &job->mutex, ms);
    pthread_mutex_unlock(&job->mutex);
}

/* A peaceful end leaves nothing behind. */
static void finish(struct mirror_job *job)
{
    struct fault fault = {0};
    if (!job->follow || !job->state.is_whole) return;
    atomic_store(&job->stop, false); /* so that the last step is not cut short */
    enum err e = step(job, &fault);
    if (e == OK) e = mirror_files_copy(job->files, job->db, between, job, &fault);
    if (e == OK) e = beat(job, &fault);
    if (e != OK) log_line(LOG_ERROR, "mirror", "the copy could not be finished: %s", fault.text);
}

static void *run(void *arg)
{
    struct mirror_job *job = arg;
    while (!atomic_load(&job->stop)) {
        struct fault fault = {0};
        enum err e = attempt(job, &fault);
        if (e == OK) {
            rest(job, job->is_busy ? PAUSE_BUSY_MS : PAUSE_MS);
            continue;
        }
        if (atomic_load(&job->stop)) break;
        close_copy(job);
        set_failing(job, &fault);
        job->delay_ms = job->delay_ms ? job->delay_ms * 2 : 1000;
        if (job->delay_ms > BACKOFF_MOST_MS) job->delay_ms = BACKOFF_MOST_MS;
        rest(job, job->delay_ms);
    }
    finish(job);
    close_copy(job);
    return NULL;
}

/* --- start and stop -------------------------------------------------------------------------------------------------------------------------------- */

static void release(struct mirror_job *job)
{
    close_copy(job);
    db_close(job->db);
    free(job->folder);
    free(job->data);
    free(job->database);
    pthread_cond_destroy(&job->wake);
    pthread_mutex_destroy(&job->mutex);
    free(job);
}

enum err mirror_job_start(const struct store *store, const char *folder, struct mirror_job **ret, struct fault *fault)
{
    struct mirror_job *job = calloc(1, sizeof *job);
    if (!job) return fault_set(fault, ERR_NOMEM, "not enough memory");
    (void)pthread_mutex_init(&job->mutex, NULL);
    thread_condition_init(&job->wake);
    job->folder = strdup(folder);
    job->data = strdup(store->folder);
    job->database = strdup(store->database);
    job->state.missing = -1;
    (void)snprintf(job->state.folder, sizeof job->state.folder, "%s", folder);
    enum err e = job->folder && job->data && job->database ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && (e = mirror_identity(store->db, job->note.server, job->note.epoch)) != OK) e = db_fault(store->db, e, fault, "the epoch");
    if (e == OK) e = store_connect(store, DB_READ, &job->db, fault);
    if (e == OK && pthread_create(&job->thread, NULL, run, job) != 0) e = fault_set(fault, ERR_NOMEM, "the mirror's thread could not be started");
    if (e != OK) {
        release(job);
        return e;
    }
    *ret = job;
    return OK;
}

void mirror_job_stop(struct mirror_job *job)
{
    if (!job) return;
    pthread_mutex_lock(&job->mutex);
    atomic_store(&job->stop, true);
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&job->mutex);
    if (thread_join_within(job->thread, STOP_MS)) release(job);
    else log_line(LOG_ERROR, "mirror", "%s does not answer: the copy may lack the last seconds", job->folder);
}
