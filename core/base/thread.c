#include "core/base/thread.h"
#include "core/base/clock.h"

#include <time.h>

#define JOIN_LOOK_MS 5

static struct timespec moment_in(int64_t ms)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    at.tv_sec += (time_t)(ms / 1000) + at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

void thread_condition_init(pthread_cond_t *ret)
{
    pthread_condattr_t steady;
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(ret, &steady);
    (void)pthread_condattr_destroy(&steady);
}

bool thread_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t ms)
{
    struct timespec until = moment_in(ms);
    return pthread_cond_timedwait(condition, mutex, &until) != 0;
}

/* Not pthread_clockjoin_np: the thread sanitizer does not know it, and takes all that follows such an end for a race. */
bool thread_join_within(pthread_t thread, int64_t ms)
{
    int64_t until = clock_steady_ms() + ms;
    while (pthread_tryjoin_np(thread, NULL) != 0) {
        if (clock_steady_ms() >= until) {
            (void)pthread_detach(thread);
            return false;
        }
        clock_sleep_ms(JOIN_LOOK_MS);
    }
    return true;
}
