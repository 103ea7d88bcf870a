/* # threads: also under the thread sanitizer */
/* Threads that wait: by the steady clock, and never for ever. */
#include "core/base/clock.h"
#include "core/base/thread.h"
#include "tests/unit/check.h"

#include <stdatomic.h>

struct meeting {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    atomic_bool is_over;
};

static void *hold_on(void *arg)
{
    struct meeting *meeting = arg;
    pthread_mutex_lock(&meeting->mutex);
    while (!atomic_load(&meeting->is_over)) (void)thread_wait(&meeting->changed, &meeting->mutex, CLOCK_MINUTE);
    pthread_mutex_unlock(&meeting->mutex);
    return NULL;
}

static void end_meeting(struct meeting *meeting)
{
    pthread_mutex_lock(&meeting->mutex);
    atomic_store(&meeting->is_over, true);
    pthread_cond_broadcast(&meeting->changed);
    pthread_mutex_unlock(&meeting->mutex);
}

static void test_wait(struct check *c)
{
    struct meeting meeting = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    thread_condition_init(&meeting.changed);
    pthread_mutex_lock(&meeting.mutex);
    int64_t start = clock_steady_ms();
    while (!thread_wait(&meeting.changed, &meeting.mutex, 30)) continue; /* nobody signals: only the time ends it */
    CHECK(c, clock_steady_ms() - start >= 29);
    CHECK(c, thread_wait(&meeting.changed, &meeting.mutex, 0));
    pthread_mutex_unlock(&meeting.mutex);
    pthread_cond_destroy(&meeting.changed);
}

static void test_join(struct check *c)
{
    struct meeting meeting = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    thread_condition_init(&meeting.changed);
    CHECK(c, pthread_create(&thread, NULL, hold_on, &meeting) == 0);
    end_meeting(&meeting);
    CHECK(c, thread_join_within(thread, CLOCK_MINUTE));
    pthread_cond_destroy(&meeting.changed);
}

/* One that does not end is left alone: the caller goes on. */
static void test_left(struct check *c)
{
    static struct meeting meeting = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    thread_condition_init(&meeting.changed);
    CHECK(c, pthread_create(&thread, NULL, hold_on, &meeting) == 0);
    int64_t start = clock_steady_ms();
    CHECK(c, !thread_join_within(thread, 30));
    CHECK(c, clock_steady_ms() - start >= 29);
    end_meeting(&meeting);
}

int main(void)
{
    struct check c = {0};
    test_wait(&c);
    test_join(&c);
    test_left(&c);
    return check_done(&c, "base/thread");
}
