#include "server/backup_job.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/thread.h"
#include "core/congress/papers/upload.h"
#include "core/congress/store/restore_swap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOOK_MS 5000
#define AGAIN_MS (5 * CLOCK_MINUTE) /* a regular one that failed */
#define STOP_MS (8 * CLOCK_SECOND)
#define NICENESS 10

struct backup_job {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_bool stop, cancel;
    struct app *app;    /* not touched once `stop` is set: the thread may outlive it */
    struct store store; /* owned, read-only */
    int64_t again_at;   /* by the steady clock: no regular one before */
    /* under the mutex */
    struct backup_wish wish;
    struct backup_state state;
};

/* --- what others see ---------------------------------------------------------------------------------------------------------------------------- */

bool backup_state_is_bad(const struct backup_state *state, int64_t now_ms)
{
    return state->event_is_on && (now_ms - state->newest_ms > BACKUP_OLD_MS || state->regular.text[0]);
}

void backup_job_state(struct backup_job *job, struct backup_state *ret)
{
    pthread_mutex_lock(&job->mutex);
    *ret = job->state;
    ret->is_stopping = ret->kind != BACKUP_NOTHING && atomic_load(&job->cancel);
    pthread_mutex_unlock(&job->mutex);
}

enum err backup_job_ask(struct backup_job *job, const struct backup_wish *wish, struct fault *fault)
{
    enum err e = OK;
    pthread_mutex_lock(&job->mutex);
    if (job->state.kind != BACKUP_NOTHING) {
        e = fault_because(fault, ERR_BUSY, "backup_busy", NULL, "another backup or restore is under way");
    } else {
        job->wish = *wish;
        job->state.kind = wish->kind;
        (void)snprintf(job->state.name, sizeof job->state.name, "%s", wish->name);
        job->state.done = job->state.total = 0;
        atomic_store(&job->cancel, false);
        pthread_cond_signal(&job->wake);
    }
    pthread_mutex_unlock(&job->mutex);
    return e;
}

void backup_job_cancel(struct backup_job *job)
{
    atomic_store(&job->cancel, true);
}

void backup_job_wake(struct backup_job *job)
{
    pthread_mutex_lock(&job->mutex);
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&job->mutex);
}

/* --- the work --------------------------------------------------------------------------------------------------------------------------------------- */

static bool progress(void *context, int64_t done, int64_t total)
{
    struct backup_job *job = context;
    pthread_mutex_lock(&job->mutex);
    job->state.done = done;
    job->state.total = total;
    pthread_mutex_unlock(&job->mutex);
    return !atomic_load(&job->stop) && !atomic_load(&job->cancel);
}

struct line {
    const char *actor, *action, *subject;
};

static enum err write_line(struct db *db, void *arg, struct fault *fault)
{
    const struct line *line = arg;
    enum err e = audit_write(db, clock_now_ms(), line->actor, line->action, line->subject, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "the audit log");
}

static void note(struct backup_job *job, const char *actor, const char *action, const char *subject)
{
    struct line line = {actor, action, subject};
    struct fault fault = {0};
    if (atomic_load(&job->stop)) return;
    if (writer_run(job->app->writer, write_line, &line, &fault) != OK) log_line(LOG_ERROR, "backup", "%s of %s is not in the audit log: %s", action, subject, fault.text);
}

static enum err prepare(struct backup_job *job, const struct backup_wish *wish, const struct backup_options *options, struct fault *fault)
{
    struct arena arena = {0};
    struct shelf_item item;
    enum err e = shelf_find(&arena, job->store.folder, wish->name, &item, fault);
    const char *path = e == OK ? shelf_path(&arena, job->store.folder, wish->name) : NULL;
    if (e == OK) e = shelf_check_room(job->store.folder, item.size, fault);
    if (e == OK) e = path ? restore_prepare(job->store.folder, path, options, wish->name, wish->actor, fault) : ERR_NOMEM;
    if (e == ERR_FULL && !fault->reason) fault_reason(fault, "backup_full_restore");
    if (e == OK) note(job, wish->actor, "backup.prepare", wish->name);
    arena_release(&arena);
    return e;
}

static enum err make(struct backup_job *job, struct backup_wish *wish, const struct shelf_wish *how, struct fault *fault)
{
    enum err e = shelf_make(&job->store, how, wish->name, fault);
    if (e == OK) note(job, wish->actor, "backup", wish->name);
    return e;
}

static enum err do_wish(struct backup_job *job, struct backup_wish *wish, struct fault *fault)
{
    const struct backup_options options = {.passphrase = wish->passphrase[0] ? wish->passphrase : NULL, .progress = progress, .context = job};
    const struct shelf_wish how = {.options = options, .actor = wish->actor};
    if (wish->kind == BACKUP_MAKE) return make(job, wish, &how, fault);
    if (wish->kind == BACKUP_CHECK) return shelf_check(job->store.folder, wish->name, &options, fault);
    return prepare(job, wish, &options, fault);
}

static void end(struct backup_job *job, struct backup_wish *wish, enum err e, const struct fault *fault)
{
    static const char *const words[] = {"nothing", "backup", "check of a backup", "preparing a restore"};
    if (e == OK) log_line(LOG_NOTICE, "backup", "%s: %s, done", words[wish->kind], wish->name);
    else log_line(e == ERR_TIMEOUT ? LOG_NOTICE : LOG_ERROR, "backup", "%s: %s", words[wish->kind], fault->text[0] ? fault->text : err_name(e));
    pthread_mutex_lock(&job->mutex);
    crypto_forget(job->wish.passphrase, sizeof job->wish.passphrase);
    job->wish.kind = BACKUP_NOTHING;
    job->state.kind = BACKUP_NOTHING;
    job->state.last = wish->kind;
    job->state.number++;
    job->state.error = e;
    job->state.fault = *fault;
    (void)snprintf(job->state.last_name, sizeof job->state.last_name, "%s", wish->name);
    job->state.name[0] = '\0';
    pthread_mutex_unlock(&job->mutex);
    crypto_forget(wish->passphrase, sizeof wish->passphrase);
}

/* --- regular ones ----------------------------------------------------------------------------------------------------------------------------------------- */

/* Takes the turn for one; false: somebody was faster. */
static bool begin_regular(struct backup_job *job)
{
    pthread_mutex_lock(&job->mutex);
    bool is_free = job->state.kind == BACKUP_NOTHING;
    if (is_free) {
        job->state.kind = BACKUP_MAKE;
        job->state.name[0] = '\0';
        job->state.done = job->state.total = 0;
        atomic_store(&job->cancel, false);
    }
    pthread_mutex_unlock(&job->mutex);
    return is_free;
}

static void make_regular(struct backup_job *job, const struct shelf_regular *regular)
{
    struct fault fault = {0}, ignored = {0};
    struct backup_wish wish = {.kind = BACKUP_MAKE, .actor = "plenum"};
    const struct backup_options options = {.key = regular->key[0] ? regular->key : NULL, .progress = progress, .context = job};
    const struct shelf_wish how = {.options = options, .actor = wish.actor, .is_regular = true};
    if (!begin_regular(job)) return;
    enum err e = make(job, &wish, &how, &fault);
    job->again_at = e == OK ? 0 : clock_steady_ms() + AGAIN_MS;
    if (e == OK && shelf_prune(job->store.folder, regular->keep, &ignored) != OK) log_line(LOG_WARNING, "backup", "older ones were not removed: %s", ignored.text);
    if (e != OK && !fault.text[0]) (void)fault_set(&fault, e, "%s", err_name(e));
    end(job, &wish, e, &fault);
    pthread_mutex_lock(&job->mutex);
    job->state.regular = e == OK ? (struct fault){0} : fault;
    pthread_mutex_unlock(&job->mutex);
}

static bool look_at_events(struct backup_job *job)
{
    struct arena arena = {0};
    struct sql_backup_event_is_on_row row = {0};
    int64_t now_ms = clock_now_ms();
    enum err e = sql_backup_event_is_on(job->store.db, &arena, now_ms + CLOCK_DAY, now_ms, &row);
    arena_release(&arena);
    return e == OK && row.total > 0;
}

/* How things stand; a regular one when it is due. */
static void look(struct backup_job *job)
{
    struct arena arena = {0};
    struct shelf_regular regular = {0};
    struct shelf_item *items;
    struct upload *uploads;
    size_t count = 0, ignored;
    int64_t newest = 0, now_ms = clock_now_ms();
    struct fault fault = {0};
    bool is_on = look_at_events(job);
    if (shelf_regular_read(job->store.folder, &regular, &fault) != OK) log_line(LOG_ERROR, "backup", "the settings of regular backups: %s", fault.text);
    if (shelf_list(&arena, job->store.folder, &items, &count) != OK) count = 0;
    for (size_t i = 0; i < count && !newest; i++)
        if (!items[i].is_uploaded) newest = items[i].made_ms;
    const char *folder = arena_printf(&arena, "%s/backups", job->store.folder);
    if (folder) (void)upload_list(&arena, folder, NULL, now_ms, &uploads, &ignored); /* removes what nobody went on with */
    pthread_mutex_lock(&job->mutex);
    job->state.newest_ms = newest;
    job->state.hours = regular.hours;
    job->state.event_is_on = is_on;
    if (!regular.hours) job->state.regular = (struct fault){0};
    pthread_mutex_unlock(&job->mutex);
    arena_release(&arena);
    bool is_due = regular.hours && is_on && now_ms - newest >= regular.hours * CLOCK_HOUR && clock_steady_ms() >= job->again_at;
    if (is_due && !atomic_load(&job->stop)) make_regular(job, &regular);
    crypto_forget(&regular, sizeof regular);
}

static void *run(void *arg)
{
    struct backup_job *job = arg;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS); /* on Linux it is the thread's */
    shelf_sweep(job->store.folder);
    restore_sweep(job->store.folder);
    while (!atomic_load(&job->stop)) {
        struct backup_wish wish;
        struct fault fault = {0};
        pthread_mutex_lock(&job->mutex);
        wish = job->wish;
        pthread_mutex_unlock(&job->mutex);
        if (wish.kind != BACKUP_NOTHING) {
            enum err e = do_wish(job, &wish, &fault);
            if (e != OK && !fault.text[0]) (void)fault_set(&fault, e, "%s", err_name(e)); /* the page says that it failed */
            end(job, &wish, e, &fault);
        }
        look(job);
        pthread_mutex_lock(&job->mutex);
        if (!atomic_load(&job->stop) && job->wish.kind == BACKUP_NOTHING) (void)thread_wait(&job->wake, &job->mutex, LOOK_MS);
        pthread_mutex_unlock(&job->mutex);
    }
    return NULL;
}

/* --- start and stop ------------------------------------------------------------------------------------------------------------------------------------------ */

static void release(struct backup_job *job)
{
    store_close(&job->store);
    crypto_forget(&job->wish, sizeof job->wish);
    pthread_cond_destroy(&job->wake);
    pthread_mutex_destroy(&job->mutex);
    free(job);
}

enum err backup_job_start(struct app *app, struct backup_job **ret, struct fault *fault)
{
    struct backup_job *job = calloc(1, sizeof *job);
    if (!job) return fault_set(fault, ERR_NOMEM, "not enough memory");
    (void)pthread_mutex_init(&job->mutex, NULL);
    thread_condition_init(&job->wake);
    job->app = app;
    job->store = (struct store){.folder = strdup(app->store.folder), .database = strdup(app->store.database)};
    enum err e = job->store.folder && job->store.database ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = store_connect(&app->store, DB_READ, &job->store.db, fault);
    if (e == OK && pthread_create(&job->thread, NULL, run, job) != 0) e = fault_set(fault, ERR_NOMEM, "the thread for backups could not be started");
    if (e == OK) *ret = job;
    else release(job);
    return e;
}

void backup_job_stop(struct backup_job *job)
{
    if (!job) return;
    pthread_mutex_lock(&job->mutex);
    atomic_store(&job->stop, true);
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&job->mutex);
    if (thread_join_within(job->thread, STOP_MS)) release(job); /* else it is looking into a database, and ends with this process */
}
