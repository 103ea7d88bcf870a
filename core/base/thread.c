#include "core/base/thread.h"

#include <time.h>

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

bool thread_join_within(pthread_t thread, int64_t ms)
{
    struct timespec until = moment_in(ms);
    if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until) == 0) return true;
    (void)pthread_detach(thread);
    return false;
}
