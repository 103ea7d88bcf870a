#include "core/base/child.h"
#include "core/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MOST 512 /* what is kept of standard error: the end of it */
#define NOT_STARTED 125

/* Sanitizers map terabytes for themselves. GCC tells of them by macros, clang by a question. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#define IS_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define IS_SANITIZED 0
#endif

struct running {
    pid_t pid;
    int out, err;
    char said[SAID_MOST + 1];
    size_t said_length;
    int64_t until_ms;
};

static bool find_program(const char *name, char *out, size_t size)
{
    const char *path = getenv("PATH");
    if (strchr(name, '/')) return snprintf(out, size, "%s", name) < (int)size && access(out, X_OK) == 0;
    for (const char *p = path ? path : "/usr/local/bin:/usr/bin:/bin"; *p;) {
        size_t n = strcspn(p, ":");
        if (n && snprintf(out, size, "%.*s/%s", (int)n, p, name) < (int)size && access(out, X_OK) == 0) return true;
        p += n + (p[n] == ':');
    }
    return false;
}

bool child_is_installed(const char *program)
{
    char path[PATH_MAX];
    return find_program(program, path, sizeof path);
}

static void limit(int what, rlim_t most)
{
    const struct rlimit bound = {.rlim_cur = most, .rlim_max = most};
    (void)setrlimit((__rlimit_resource_t)what, &bound);
}

void child_confine(const struct child_bounds *bounds)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGXFSZ, SIGSEGV, SIGABRT};
    sigset_t none;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) (void)signal(ends[i], SIG_DFL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, bounds->cpu_seconds);
    limit(RLIMIT_FSIZE, bounds->file_bytes);
    if (bounds->memory && !IS_SANITIZED) limit(RLIMIT_AS, bounds->memory);
}

uint64_t child_memory_now(void)
{
    char text[64];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0) close(fd);
    if (n <= 0) return 0;
    text[n] = '\0';
    return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Between fork and exec: only what is safe there. */
static void become(const char *program, char *const *argv, char *const *environment, const char *folder, const struct child_bounds *bounds, int out, int err)
{
    (void)setpgid(0, 0);
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(out >= 0 ? out : nothing, 1) < 0 || dup2(err, 2) < 0) _exit(NOT_STARTED);
    (void)close_range(3, ~0u, 0);
    if (chdir(folder) != 0) _exit(NOT_STARTED);
    child_confine(bounds);
    execve(program, argv, environment);
    _exit(NOT_STARTED);
}

static enum err start(const char *const *argv, const char *folder, const struct child_bounds *bounds, bool wants_out, struct running *ret, struct fault *fault)
{
    char program[PATH_MAX], path[PATH_MAX], home[PATH_MAX + 8], temporary[PATH_MAX + 8];
    int out[2] = {-1, -1}, err[2];
    const char *own = getenv("PATH");
    if (!find_program(argv[0], program, sizeof program)) return fault_set(fault, ERR_NOT_FOUND, "%s is not installed", argv[0]);
    if (snprintf(path, sizeof path, "PATH=%s", own ? own : "/usr/local/bin:/usr/bin:/bin") >= (int)sizeof path) return fault_set(fault, ERR_LIMIT, "PATH is too long");
    (void)snprintf(home, sizeof home, "HOME=%.*s", PATH_MAX, folder);
    (void)snprintf(temporary, sizeof temporary, "TMPDIR=%.*s", PATH_MAX, folder);
    char language[] = "LC_ALL=C.UTF-8", epoch[] = "SOURCE_DATE_EPOCH=0", one[] = "OMP_THREAD_LIMIT=1";
    char *const environment[] = {path, home, temporary, language, epoch, one, NULL};
    if (pipe2(err, O_CLOEXEC) != 0) return fault_set(fault, err_from_errno(errno), "%s cannot be started: %s", argv[0], strerror(errno));
    if (wants_out && pipe2(out, O_CLOEXEC) != 0) {
        int number = errno;
        close(err[0]), close(err[1]);
        return fault_set(fault, err_from_errno(number), "%s cannot be started: %s", argv[0], strerror(number));
    }
    pid_t pid = fork();
    if (pid == 0) become(program, (char *const *)argv, environment, folder, bounds, out[1], err[1]);
    int number = errno;
    if (pid > 0) (void)setpgid(pid, pid); /* whoever is first */
    close(err[1]);
    if (wants_out) close(out[1]);
    *ret = (struct running){.pid = pid, .out = out[0], .err = err[0], .until_ms = clock_steady_ms() + INT64_C(1000) * bounds->wall_seconds};
    return pid > 0 ? OK : fault_set(fault, ERR_IO, "%s cannot be started: %s", argv[0], strerror(number));
}

static void keep_said(struct running *r, const char *piece, size_t n)
{
    if (n > SAID_MOST) piece += n - SAID_MOST, n = SAID_MOST;
    size_t over = r->said_length + n > SAID_MOST ? r->said_length + n - SAID_MOST : 0;
    memmove(r->said, r->said + over, r->said_length - over);
    r->said_length -= over;
    memcpy(r->said + r->said_length, piece, n);
    r->said_length += n;
}

/* Takes what one end says now; closes it at its end. False: `out` is full. */
static bool take(struct running *r, int *end, struct buf *out)
{
    char piece[16384];
    ssize_t n = read(*end, piece, sizeof piece);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (n <= 0) {
        close(*end);
        *end = -1;
        return true;
    }
    if (end == &r->err) return keep_said(r, piece, (size_t)n), true;
    if (out->length + (size_t)n > out->limit) return false;
    buf_add(out, piece, (size_t)n);
    return buf_ok(out);
}

/* Reads until both ends are closed. False when a bound was reached. */
static bool listen_to(struct running *r, struct buf *out)
{
    while (r->out >= 0 || r->err >= 0) {
        struct pollfd ends[] = {{.fd = r->out, .events = POLLIN}, {.fd = r->err, .events = POLLIN}};
        int64_t left = r->until_ms - clock_steady_ms();
        if (left <= 0) return false;
        int n = poll(ends, 2, (int)left);
        if (n < 0 && errno != EINTR) return false;
        if (n <= 0) continue;
        if (ends[0].revents && !take(r, &r->out, out)) return false;
        if (ends[1].revents && !take(r, &r->err, out)) return false;
    }
    return true;
}

/* Waits for the end, at most until its time is up: it may have closed its output and stay. It is not reaped yet, so that its number is still its own. */
static bool await_end(const struct running *r)
{
    for (int64_t pause = 1;; pause = pause < 50 ? pause * 2 : 50) {
        siginfo_t info = {0};
        int n = waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT);
        if (n == 0 && info.si_pid == r->pid) return true;
        if ((n < 0 && errno != EINTR) || clock_steady_ms() >= r->until_ms) return false;
        clock_sleep_ms(pause);
    }
}

static const char *last_line(struct running *r)
{
    while (r->said_length && (unsigned char)r->said[r->said_length - 1] <= ' ') r->said_length--;
    r->said[r->said_length] = '\0';
    for (size_t i = 0; i < r->said_length; i++)
        if ((unsigned char)r->said[i] < ' ' && r->said[i] != '\n') r->said[i] = ' ';
    const char *line = strrchr(r->said, '\n');
    return line ? line + 1 : r->said;
}

static enum err judge(const char *name, struct running *r, bool in_time, int status, struct fault *fault)
{
    if (!in_time) return fault_set(fault, ERR_LIMIT, "%s was stopped: it takes too long or says too much", name);
    if (WIFSIGNALED(status)) return fault_set(fault, ERR_LIMIT, "%s was ended by signal %d (bounds of time, memory and size)", name, WTERMSIG(status));
    if (WEXITSTATUS(status) == 0) return OK;
    if (WEXITSTATUS(status) == NOT_STARTED) return fault_set(fault, ERR_IO, "%s cannot be started", name);
    return fault_set(fault, ERR_INPUT, "%s: %.300s (exit %d)", name, last_line(r), WEXITSTATUS(status));
}

enum err child_run(const char *const *argv, const char *folder, const struct child_bounds *bounds, struct buf *out, struct fault *fault)
{
    struct running r = {.out = -1, .err = -1};
    int status = 0;
    enum err e = start(argv, folder, bounds, out != NULL, &r, fault);
    if (e == OK) {
        bool in_time = listen_to(&r, out) && await_end(&r);
        (void)kill(-r.pid, SIGKILL); /* also those that it left behind */
        while (waitpid(r.pid, &status, 0) < 0 && errno == EINTR) continue;
        e = judge(argv[0], &r, in_time, status, fault);
    }
    if (r.out >= 0) close(r.out);
    if (r.err >= 0) close(r.err);
    return e;
}
