/* What the load generators share: a steady clock in µs, all the files that the system allows, and order for percentiles. */
#ifndef PLENUM_TESTS_BENCH_LOAD_H
#define PLENUM_TESTS_BENCH_LOAD_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static inline int64_t load_now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline void load_raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

static inline int load_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static inline void load_sort(int64_t *times, size_t count) { qsort(times, count, sizeof *times, load_compare); }

#endif
