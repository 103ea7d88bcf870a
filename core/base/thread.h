/* Threads that wait: by a clock that cannot jump, and never for ever. Over POSIX threads, whose types stay visible. */
#ifndef PLENUM_BASE_THREAD_H
#define PLENUM_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A condition whose waits end by CLOCK_MONOTONIC: a corrected wall clock neither shortens nor lengthens them. pthread_cond_destroy ends it. */
void thread_condition_init(pthread_cond_t *ret);

/* Waits until the condition is signalled, or `ms` (0 or more) have passed; may return early, as all conditions may. The mutex is held. True: the time is over. */
bool thread_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t ms);

/* Waits at most `ms` for the end of a thread. False: it runs on and is detached, so what it uses must be left to it. */
bool thread_join_within(pthread_t thread, int64_t ms);

#endif
