/* The thread: when to do what. What is sent and how answers are taken is in send.c. */
#include "scanner/sync/sync.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/thread.h"
#include "scanner/sync/send.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define BACKOFF_LEAST_MS 500
#define BACKOFF_MOST_MS 15000
#define BACKOFF_DRAIN_MS 1000
#define ROSTER_EVERY_MS 10000
#define IDLE_MS 5000 /* the thread looks around so often even when nobody pokes it */

struct sync {
    struct send_context send; /* the thread's alone, but for send.stop */
    struct sync_settings settings;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under the lock */
    struct sync_state state;
    bool poked, draining, hurry;
};

static void lock(struct sync *sync) { pthread_mutex_lock(&sync->lock); }
static void unlock(struct sync *sync) { pthread_mutex_unlock(&sync->lock); }

static void wait_changed(struct sync *sync, int64_t ms)
{
    (void)thread_wait(&sync->changed, &sync->lock, ms);
}

static void set_reached(struct sync *sync)
{
    lock(sync);
    bool news = !sync->state.reachable || !sync->state.contact_ms;
    sync->state.reachable = true;
    sync->state.contact_ms = clock_steady_ms();
    pthread_cond_broadcast(&sync->changed);
    unlock(sync);
    if (news) sync->settings.tell(sync->settings.ctx, SYNC_REACHED, "the server answers");
}

static void set_lost(struct sync *sync, const char *why)
{
    lock(sync);
    bool news = sync->state.reachable;
    sync->state.reachable = false;
    sync->poked = true;
    pthread_cond_broadcast(&sync->changed);
    unlock(sync);
    if (news) sync->settings.tell(sync->settings.ctx, SYNC_LOST, why);
}

static void set_revoked(struct sync *sync)
{
    lock(sync);
    bool news = !sync->state.revoked;
    sync->state.revoked = true;
    sync->state.reachable = false;
    pthread_cond_broadcast(&sync->changed);
    unlock(sync);
    if (news)
        sync->settings.tell(sync->settings.ctx, SYNC_REVOKED,
                            "the server no longer accepts this device: nothing is sent, the queue is kept; pair it again");
}

static void count_queue(struct sync *sync)
{
    struct queue_counts counts;
    if (queue_count(&sync->send.queue, &counts, NULL) != OK) return;
    lock(sync);
    sync->state.waiting = counts.waiting;
    sync->state.set_aside = counts.set_aside;
    pthread_cond_broadcast(&sync->changed);
    unlock(sync);
}

/* A server with another key than ours, or one that hears us only by https, is as good as away: told once, asked again later. */
static bool is_away(const struct sync *sync, enum err e)
{
    return e == ERR_NETWORK || e == ERR_TIMEOUT || e == ERR_BUSY || (e == ERR_DENIED && !sync->send.revoked);
}

/* The roster, when it is due. A roster that cannot be had or read must not keep the scans from being sent: only an absent server or a
 * revoked key is passed on. */
static enum err refresh_roster(struct sync *sync, int64_t *due)
{
    struct fault fault = {0};
    if (clock_steady_ms() < *due) return OK;
    enum err e = send_fetch_roster(&sync->send, &fault);
    lock(sync);
    sync->state.has_asked_roster = true;
    pthread_cond_broadcast(&sync->changed);
    unlock(sync);
    if (is_away(sync, e)) set_lost(sync, fault.text);
    if (is_away(sync, e) || sync->send.revoked) return e;
    *due = clock_steady_ms() + ROSTER_EVERY_MS;
    if (e == OK) set_reached(sync);
    else sync->settings.tell(sync->settings.ctx, SYNC_TROUBLE, fault.text);
    return OK;
}

/* One look around: the roster when it is due, then a batch. OK: go on at once when *ret_more. */
static enum err work_once(struct sync *sync, int64_t *roster_due, bool *ret_more, struct fault *fault)
{
    *ret_more = false;
    if (!sync_reachable(sync)) *roster_due = 0; /* the cheapest way to hear that the server is back */
    enum err e = refresh_roster(sync, roster_due);
    if (e != OK) return e;
    size_t sent = 0;
    e = send_batch(&sync->send, &sent, fault);
    if (e != OK) return e;
    if (sent) set_reached(sync);
    *ret_more = sent > 0;
    return OK;
}

/* Half of the delay is sure, half is chance, so that eight gates do not come back in one moment. */
static int64_t with_jitter(int64_t delay)
{
    return delay / 2 + (int64_t)crypto_random_below((uint32_t)(delay / 2 + 1));
}

/* Sleeps for `ms`, or shorter: when idle, until poked; when backing off, until somebody is in a hurry. */
static void rest(struct sync *sync, int64_t ms, bool backing_off)
{
    int64_t until = clock_steady_ms() + ms;
    lock(sync);
    for (;;) {
        int64_t left = until - clock_steady_ms();
        if (left <= 0 || atomic_load(&sync->send.stop) || sync->hurry || (!backing_off && sync->poked)) break;
        wait_changed(sync, left);
    }
    sync->poked = sync->hurry = false;
    unlock(sync);
}

static int64_t next_delay(struct sync *sync, int64_t delay)
{
    lock(sync);
    int64_t most = sync->draining ? BACKOFF_DRAIN_MS : BACKOFF_MOST_MS;
    unlock(sync);
    delay = delay ? delay * 2 : BACKOFF_LEAST_MS;
    return delay < most ? delay : most;
}

/* Nobody there: true when there is an address that was not tried since the last rest. */
static bool look_elsewhere(struct sync *sync, size_t *tried)
{
    struct http_servers *servers = sync->settings.servers;
    if (!servers || servers->count < 2) return false;
    http_servers_next(servers);
    *tried = (*tried + 1) % servers->count;
    return *tried != 0;
}

static void *run(void *arg)
{
    struct sync *sync = arg;
    size_t tried = 0;
    int64_t roster_due = 0, delay = 0;
    bool trouble_told = false;
    while (!atomic_load(&sync->send.stop)) {
        struct fault fault = {0};
        bool more = false;
        enum err e = work_once(sync, &roster_due, &more, &fault);
        count_queue(sync);
        if (e == OK) {
            delay = 0;
            tried = 0;
            trouble_told = false;
            if (!more) rest(sync, IDLE_MS, false);
            continue;
        }
        if (atomic_load(&sync->send.stop)) break;
        if (e == ERR_DENIED && sync->send.revoked) {
            set_revoked(sync);
            break;
        }
        bool away = is_away(sync, e);
        if (away) set_lost(sync, fault.text);
        if (away && look_elsewhere(sync, &tried)) continue;
        if (!away && !trouble_told) sync->settings.tell(sync->settings.ctx, SYNC_TROUBLE, fault.text);
        trouble_told = trouble_told || !away;
        delay = next_delay(sync, delay);
        int64_t asked = sync->send.retry_after_ms > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : sync->send.retry_after_ms;
        rest(sync, with_jitter(delay > asked ? delay : asked * 2), true);
    }
    return NULL;
}

enum err sync_start(const struct sync_settings *settings, struct sync **ret, struct fault *fault)
{
    struct sync *sync = calloc(1, sizeof *sync);
    if (!sync) return fault_set(fault, ERR_NOMEM, "not enough memory to start the sync");
    sync->settings = *settings;
    sync->state.reachable = true; /* until the first attempt says otherwise */
    pthread_mutex_init(&sync->lock, NULL);
    thread_condition_init(&sync->changed);
    enum err e = send_open(&sync->send, settings, fault);
    if (e == OK) {
        count_queue(sync);
        if (pthread_create(&sync->thread, NULL, run, sync) != 0) e = fault_set(fault, ERR_NOMEM, "cannot start the sync thread");
        else sync->has_thread = true;
    }
    if (e != OK) {
        sync_stop(sync);
        return e;
    }
    *ret = sync;
    return OK;
}

void sync_stop(struct sync *sync)
{
    if (!sync) return;
    atomic_store(&sync->send.stop, true);
    lock(sync);
    pthread_cond_broadcast(&sync->changed);
    unlock(sync);
    if (sync->has_thread) pthread_join(sync->thread, NULL);
    send_close(&sync->send);
    pthread_cond_destroy(&sync->changed);
    pthread_mutex_destroy(&sync->lock);
    free(sync);
}

void sync_poke(struct sync *sync)
{
    lock(sync);
    sync->poked = true;
    pthread_cond_broadcast(&sync->changed);
    unlock(sync);
}

bool sync_reachable(struct sync *sync)
{
    lock(sync);
    bool reachable = sync->state.reachable && !sync->state.revoked;
    unlock(sync);
    return reachable;
}

void sync_report_lost(struct sync *sync, const char *why) { set_lost(sync, why); }
void sync_report_reached(struct sync *sync) { set_reached(sync); }
void sync_report_revoked(struct sync *sync) { set_revoked(sync); }

void sync_get_state(struct sync *sync, struct sync_state *ret)
{
    lock(sync);
    *ret = sync->state;
    unlock(sync);
}

void sync_wait_first(struct sync *sync, int64_t most_ms)
{
    int64_t until = clock_steady_ms() + most_ms;
    lock(sync);
    while (!sync->state.has_asked_roster && !sync->state.revoked) {
        int64_t left = until - clock_steady_ms();
        if (left <= 0) break;
        wait_changed(sync, left);
    }
    unlock(sync);
}

static bool is_readable(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    return fd >= 0 && poll(&wait, 1, 0) > 0;
}

int64_t sync_drain(struct sync *sync, int64_t most_ms, int stop_fd)
{
    struct queue queue = {0};
    struct queue_counts counts = {0};
    int64_t begun = clock_steady_ms();
    /* The thread's own count may be older than the last scan: this one is not. */
    if (queue_open(sync->settings.spool, false, &queue, NULL) != OK) return -1;
    lock(sync);
    sync->draining = sync->hurry = sync->poked = true;
    pthread_cond_broadcast(&sync->changed);
    unlock(sync);
    for (;;) {
        if (queue_count(&queue, &counts, NULL) != OK || counts.waiting == 0) break;
        lock(sync);
        int64_t heard = sync->state.contact_ms > begun ? sync->state.contact_ms : begun;
        bool hopeless = sync->state.revoked || clock_steady_ms() - heard > most_ms;
        if (!hopeless) wait_changed(sync, 100);
        unlock(sync);
        if (hopeless || is_readable(stop_fd)) break;
    }
    queue_close(&queue);
    return counts.waiting;
}
