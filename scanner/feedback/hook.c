#include "scanner/feedback/hook.h"
#include "core/base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 20
#define VALUE_MOST 512
#define VALUES 10 /* what the program is told by its environment */

struct running {
    pid_t pid; /* 0 = free */
    int64_t until_ms;
};

struct hook {
    const char *program;
    pthread_t thread; /* reaps, and kills what takes too long */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct running running[HOOK_MOST];
    bool ending;
};

/* Reaps what has ended; kills what is too late. Returns how many still run. Under the lock. */
static int look_after(struct hook *hook)
{
    int left = 0;
    for (int i = 0; i < HOOK_MOST; i++) {
        struct running *r = &hook->running[i];
        if (!r->pid) continue;
        pid_t got = waitpid(r->pid, NULL, WNOHANG);
        if (got == r->pid || (got < 0 && errno == ECHILD)) {
            r->pid = 0;
            continue;
        }
        if (clock_steady_ms() > r->until_ms) (void)kill(-r->pid, SIGKILL);
        left++;
    }
    return left;
}

static void *run(void *arg)
{
    struct hook *hook = arg;
    pthread_mutex_lock(&hook->lock);
    for (;;) {
        int left = look_after(hook);
        if (left == 0 && hook->ending) break;
        if (left == 0) {
            pthread_cond_wait(&hook->changed, &hook->lock);
            continue;
        }
        pthread_mutex_unlock(&hook->lock);
        clock_sleep_ms(LOOK_MS);
        pthread_mutex_lock(&hook->lock);
    }
    pthread_mutex_unlock(&hook->lock);
    return NULL;
}

enum err hook_start(const char *program, struct hook **ret, struct fault *fault)
{
    if (access(program, X_OK) != 0) return fault_set(fault, ERR_INPUT, "--on-result %s: %s", program, strerror(errno));
    struct hook *hook = calloc(1, sizeof *hook);
    if (!hook) return fault_set(fault, ERR_NOMEM, "not enough memory for --on-result");
    hook->program = program;
    pthread_mutex_init(&hook->lock, NULL);
    pthread_cond_init(&hook->changed, NULL);
    if (pthread_create(&hook->thread, NULL, run, hook) != 0) {
        free(hook);
        return fault_set(fault, ERR_NOMEM, "cannot start the thread of --on-result");
    }
    *ret = hook;
    return OK;
}

void hook_stop(struct hook *hook)
{
    if (!hook) return;
    pthread_mutex_lock(&hook->lock);
    hook->ending = true;
    pthread_cond_signal(&hook->changed);
    pthread_mutex_unlock(&hook->lock);
    pthread_join(hook->thread, NULL);
    pthread_cond_destroy(&hook->changed);
    pthread_mutex_destroy(&hook->lock);
    free(hook);
}

/* Ours, and the result's. The strings live in `values`. */
static void make_environment(const struct result *result, char values[VALUES][VALUE_MOST], char **out, size_t room)
{
    const char *const names[VALUES] = {"OUTCOME", "REASON", "NAME", "DELEGATION", "CATEGORY", "SEAT", "BADGE_BOX", "GATE", "DIRECTION", "SCAN_ID"};
    const char *const texts[VALUES] = {result->outcome, result->reason, result->name, result->delegation, result->category, result->seat, result->badge_box,
                                  result->gate, result->direction, result->scan_id};
    size_t n = 0;
    for (char **e = environ; *e && n + VALUES + 1 < room; e++)
        if (strncmp(*e, "PLENUM_", 7) != 0) out[n++] = *e;
    for (size_t i = 0; i < VALUES; i++) {
        (void)snprintf(values[i], VALUE_MOST, "PLENUM_%s=%s", names[i], texts[i] ? texts[i] : "");
        out[n++] = values[i];
    }
    out[n] = NULL;
}

/* A group of its own (so that its children die with it), default signals, standard output to standard error. */
static int spawn(const char *program, char *const *argv, char *const *environment, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn(ret, program, &files, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

enum err hook_run(struct hook *hook, const struct result *result, struct fault *fault)
{
    char values[VALUES][VALUE_MOST], outcome[VALUE_MOST], reason[VALUE_MOST], name[VALUE_MOST], *environment[512];
    make_environment(result, values, environment, sizeof environment / sizeof *environment);
    (void)snprintf(outcome, sizeof outcome, "%s", result->outcome);
    (void)snprintf(reason, sizeof reason, "%s", result->reason ? result->reason : "");
    (void)snprintf(name, sizeof name, "%s", result->name ? result->name : "");
    char program[4096];
    (void)snprintf(program, sizeof program, "%s", hook->program);
    char *argv[] = {program, outcome, reason, name, NULL};
    pthread_mutex_lock(&hook->lock);
    struct running *place = NULL;
    (void)look_after(hook);
    for (int i = 0; i < HOOK_MOST && !place; i++)
        if (!hook->running[i].pid) place = &hook->running[i];
    enum err e = OK;
    if (!place) {
        e = fault_set(fault, ERR_BUSY, "--on-result: %d of them still run, this result is not passed on", HOOK_MOST);
    } else {
        int error = spawn(hook->program, argv, environment, &place->pid);
        place->until_ms = clock_steady_ms() + HOOK_LIMIT_MS;
        if (error) {
            place->pid = 0;
            e = fault_set(fault, err_from_errno(error), "--on-result: %s", strerror(error));
        }
        pthread_cond_signal(&hook->changed);
    }
    pthread_mutex_unlock(&hook->lock);
    return e;
}
