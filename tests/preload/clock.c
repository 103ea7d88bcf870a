/* A wrong clock for one program, to be preloaded (tests/flow/gates_kit.py builds it): PLENUM_TEST_CLOCK names a file of two numbers, milliseconds that are added to
 * the wall clock and to the clock since the start of the machine; it is mapped, so a step shows at once. At a third number, where there is one and it is not 0, the
 * wall clock stands still. FILE.boot stands in for the machine's boot id. CLOCK_MONOTONIC is left alone: the kernel waits by it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct shift {
    _Atomic int64_t wall_ms, steady_ms, still_ms;
};

static struct shift *find_shift(void)
{
    static _Atomic(struct shift *) found;
    static struct shift none; /* a file of two numbers: the rest of the page that is mapped reads 0 */
    struct shift *shift = atomic_load(&found);
    const char *path = shift ? NULL : getenv("PLENUM_TEST_CLOCK");
    if (shift) return shift;
    long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0) : -1;
    void *at = fd >= 0 ? mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, (int)fd, 0) : MAP_FAILED;
    if (fd >= 0) (void)syscall(SYS_close, fd);
    shift = at == MAP_FAILED ? &none : at;
    atomic_store(&found, shift);
    return shift;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
    long code = syscall(SYS_clock_gettime, id, ret);
    int64_t ms = 0;
    if (code != 0) return -1;
    int64_t still_ms = id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE ? atomic_load(&find_shift()->still_ms) : 0;
    if (still_ms) {
        *ret = (struct timespec){(time_t)(still_ms / 1000), (long)(still_ms % 1000) * 1000000};
        return 0;
    }
    if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) ms = atomic_load(&find_shift()->wall_ms);
    if (id == CLOCK_BOOTTIME) ms = atomic_load(&find_shift()->steady_ms);
    int64_t ns = ret->tv_nsec + ms % 1000 * 1000000;
    ret->tv_sec += (time_t)(ms / 1000);
    if (ns < 0) {
        ns += 1000000000;
        ret->tv_sec--;
    } else if (ns >= 1000000000) {
        ns -= 1000000000;
        ret->tv_sec++;
    }
    ret->tv_nsec = (long)ns;
    return 0;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    *ret = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *ret)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (ret) *ret = now.tv_sec;
    return now.tv_sec;
}

static long open_other(const char *path, int flags, mode_t mode)
{
    char boot[4096];
    const char *clock = strcmp(path, "/proc/sys/kernel/random/boot_id") == 0 ? getenv("PLENUM_TEST_CLOCK") : NULL;
    int n = clock ? snprintf(boot, sizeof boot, "%s.boot", clock) : 0;
    if (n > 0 && (size_t)n < sizeof boot) path = boot;
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static mode_t read_mode(int flags, va_list more)
{
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = read_mode(flags, more);
    va_end(more);
    return (int)open_other(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = read_mode(flags, more);
    va_end(more);
    return (int)open_other(path, flags, mode);
}
