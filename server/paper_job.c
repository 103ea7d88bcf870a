#include "server/paper_job.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/map.h"
#include "core/base/thread.h"
#include "core/congress/papers/reading.h"
#include "core/congress/purge/purge.h"
#include "docs-bundle/docs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAUSE_MS 2000
#define STOP_MS (8 * CLOCK_SECOND)
#define CLEAR_MS (60 * CLOCK_SECOND) /* between looks whether traces of a purge may go now */
#define NICENESS 10 /* children inherit it */

struct paper_job {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_bool stop;
    int64_t clear_ms;   /* when to look again */
    struct db *db;      /* owned */
    char *folder;       /* owned: the thread may outlive the application that could not wait for it */
    struct arena arena; /* what `tried` keeps */
    struct map tried;   /* SHA-256 of files that could not be read */
    struct docs_stamp_watch stamps;
    struct docs_work_watch work;
};

static bool must_stop(void *context)
{
    return atomic_load(&((struct paper_job *)context)->stop);
}

static bool on_page(void *context, size_t done, size_t total)
{
    (void)done;
    (void)total;
    return !must_stop(context);
}

static void read_one(struct paper_job *job, const struct reading_missing *paper)
{
    struct fault fault = {0};
    enum err e = docs_read_paper(job->db, job->folder, &(struct docs_paper){paper->sha256, paper->name, on_page, job}, &fault);
    if (e == OK || e == ERR_TIMEOUT) return;
    log_line(LOG_WARNING, "papers", "%s/%s cannot be read in the page: %s", paper->event, paper->code, fault.text[0] ? fault.text : err_name(e));
    const char *key = arena_strdup(&job->arena, paper->sha256);
    if (key) (void)map_put(&job->tried, key, job);
}

static void tell_stopped(void *context, const char *event, const char *code, const char *stamp)
{
    (void)context;
    log_line(LOG_WARNING, "papers", "%s/%s bears the stamp %s: nobody sees it until the organiser decides", event, code, stamp);
}

/* What a program that was killed left of pages. Not when one is still at it: whoever comes next removes it. */
static void remove_leftovers(struct paper_job *job)
{
    struct fault fault = {0};
    struct docs_turns turns = {.folder = job->folder, .transact = docs_turns_on_connection, .context = job->db, .on_page = on_page, .page_context = job};
    enum err e = docs_turns_begin(&turns, &fault);
    docs_turns_end(&turns);
    if (e != OK && e != ERR_BUSY && e != ERR_TIMEOUT) log_line(LOG_WARNING, "papers", "%s", fault.text);
}

/* What a purge left in free pages waits for a time when no event is open. */
static void clear_traces(struct paper_job *job)
{
    struct fault fault = {0};
    bool done = false;
    if (clock_steady_ms() < job->clear_ms) return;
    job->clear_ms = clock_steady_ms() + CLEAR_MS;
    if (purge_clear(job->db, job->folder, false, &done, &fault) != OK) {
        log_line(LOG_WARNING, "purge", "the database was not made anew yet: %s", fault.text);
        job->clear_ms += 9 * CLEAR_MS; /* others wait while it tries */
    }
    if (done) log_line(LOG_NOTICE, "purge", "traces of people who were erased are gone from the data folder");
}

/* True when something was done, so that it is worth looking again at once. */
static bool look(struct paper_job *job)
{
    struct arena arena = {0};
    struct reading_missing *missing;
    size_t count = 0, pages = 0, i = 0;
    struct fault fault = {0};
    bool did = false;
    if (reading_list_missing(job->db, &arena, &missing, &count) != OK) count = 0;
    while (i < count && map_get(&job->tried, missing[i].sha256)) i++;
    if (i < count && !must_stop(job)) {
        read_one(job, &missing[i]);
        did = true;
    }
    if (docs_stop_stamped(job->db, clock_now_ms(), &job->stamps, tell_stopped, NULL, &fault) != OK) log_line(LOG_WARNING, "papers", "%s", fault.text);
    if (docs_work_make_missing(job->db, job->folder, &job->work, on_page, job, NULL, &fault) != OK && !must_stop(job)) log_line(LOG_WARNING, "work", "%s", fault.text);
    if (reading_index(job->db, must_stop, job, 0, &pages, &fault) != OK) log_line(LOG_WARNING, "papers", "%s", fault.text);
    arena_release(&arena);
    return did;
}

static void *run(void *arg)
{
    struct paper_job *job = arg;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS); /* on Linux it is the thread's */
    remove_leftovers(job);
    job->clear_ms = clock_steady_ms() + CLEAR_MS;
    while (!must_stop(job)) {
        clear_traces(job);
        if (look(job)) continue;
        pthread_mutex_lock(&job->mutex);
        if (!must_stop(job)) (void)thread_wait(&job->wake, &job->mutex, PAUSE_MS);
        pthread_mutex_unlock(&job->mutex);
    }
    return NULL;
}

static void release(struct paper_job *job)
{
    if (!job) return;
    db_close(job->db);
    arena_release(&job->arena);
    free(job->folder);
    pthread_cond_destroy(&job->wake);
    pthread_mutex_destroy(&job->mutex);
    free(job);
}

static enum err make(const struct store *store, struct paper_job **ret, struct fault *fault)
{
    struct paper_job *job = calloc(1, sizeof *job);
    if (!job) return fault_set(fault, ERR_NOMEM, "not enough memory");
    thread_condition_init(&job->wake);
    (void)pthread_mutex_init(&job->mutex, NULL);
    job->tried.arena = &job->arena;
    job->folder = strdup(store->folder);
    enum err e = job->folder ? store_connect(store, DB_WRITE, &job->db, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) *ret = job;
    else release(job);
    return e;
}

enum err paper_job_start(const struct store *store, struct paper_job **ret, struct fault *fault)
{
    struct paper_job *job;
    enum err e = make(store, &job, fault);
    if (e != OK) return e;
    if (pthread_create(&job->thread, NULL, run, job) != 0) {
        release(job);
        return fault_set(fault, ERR_NOMEM, "the thread that reads papers could not be started");
    }
    *ret = job;
    return OK;
}

void paper_job_stop(struct paper_job *job)
{
    if (!job) return;
    pthread_mutex_lock(&job->mutex);
    atomic_store(&job->stop, true);
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&job->mutex);
    /* A child may take its time over a hard page. It ends with this process, which is about to; what the thread uses is left to it. */
    if (thread_join_within(job->thread, STOP_MS)) release(job);
}

static bool is_time_left(void *until, size_t done, size_t total)
{
    (void)done;
    (void)total;
    return clock_steady_ms() < *(int64_t *)until;
}

enum err paper_job_run_once(const struct store *store, unsigned seconds, size_t *ret_read, size_t *ret_left,
                            void (*tell)(void *context, const char *event, const char *code, const char *stamp), struct fault *fault)
{
    struct arena arena = {0};
    struct reading_missing *missing;
    struct paper_job *job;
    size_t count = 0, read = 0, i = 0;
    int64_t until = clock_steady_ms() + INT64_C(1000) * seconds;
    enum err e = make(store, &job, fault);
    if (e != OK) return e;
    e = reading_list_missing(job->db, &arena, &missing, &count);
    if (e != OK) (void)db_fault(job->db, e, fault, "read the list of papers");
    for (; e == OK && i < count && clock_steady_ms() < until; i++) {
        struct fault why = {0};
        if (docs_read_paper(job->db, job->folder, &(struct docs_paper){.sha256 = missing[i].sha256, .name = missing[i].name}, &why) == OK) read++;
    }
    if (e == OK) e = docs_stop_stamped(job->db, clock_now_ms(), NULL, tell, NULL, fault);
    struct fault why = {0}; /* what a wall shows is made when a server runs, where there is no time for it now */
    if (e == OK) (void)docs_work_make_missing(job->db, job->folder, NULL, is_time_left, &until, NULL, &why);
    if (e == OK) e = reading_index(job->db, NULL, NULL, until + 1000, NULL, fault);
    *ret_read = read;
    *ret_left = count - i;
    arena_release(&arena);
    release(job);
    return e;
}
