#include "server/rehearse/host.h"

#include "core/base/clock.h"
#include "core/net/http_client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 60000 /* a large database on a slow disk, checked by a sanitizer */
#define STOP_MS 10000
#define NOT_STARTED 125
#define SAID_MOST 4096

/* Between fork and exec: only what is safe there. Its own process group, so that Ctrl-C is ours to answer. */
static void become(const char *folder, int log, pid_t parent)
{
    char *const argv[] = {"plenum", "serve", "--practice", "--data", (char *)folder, "--listen", "127.0.0.1:0", NULL};
    sigset_t none;
    sigemptyset(&none);
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_RDONLY);
    if (getppid() != parent || nothing < 0 || dup2(nothing, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) _exit(NOT_STARTED);
    (void)close_range(3, ~0u, 0);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    execv("/proc/self/exe", argv);
    _exit(NOT_STARTED);
}

bool host_is_alive(struct host *host)
{
    int status;
    if (host->pid > 0 && waitpid(host->pid, &status, WNOHANG) == host->pid) host->pid = 0;
    return host->pid > 0;
}

/* The last line that it said. */
static enum err tell_end(const struct host *host, struct fault *fault)
{
    char text[SAID_MOST + 1];
    int fd = open(host->log, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && lseek(fd, -SAID_MOST, SEEK_END) < 0) (void)lseek(fd, 0, SEEK_SET);
    ssize_t n = fd >= 0 ? read(fd, text, SAID_MOST) : 0;
    if (fd >= 0) close(fd);
    while (n > 0 && (unsigned char)text[n - 1] <= ' ') n--;
    text[n > 0 ? n : 0] = '\0';
    const char *line = strrchr(text, '\n');
    return fault_set(fault, ERR_IO, "the practice server ended: %.300s", line ? line + 1 : text);
}

/* The port is what the server writes down once its listener is open. */
static bool is_ready(struct host *host, struct db *copy, struct http_client **client)
{
    struct arena arena = {0};
    const char *port = NULL;
    bool ready = false;
    if (!*client && setting_read(copy, &arena, "plain_port", &port) == OK && port) {
        (void)snprintf(host->url, sizeof host->url, "http://127.0.0.1:%.8s", port);
        *client = http_client_new(&(struct http_settings){.server = host->url});
    }
    if (*client) {
        struct http_answer answer;
        http_answer_init(&answer, BUF_LIMIT_LINE);
        ready = http_client_ask(*client, "/readyz", NULL, NULL, 1000, &answer, NULL) == OK && answer.status == 200;
        http_answer_release(&answer);
    }
    arena_release(&arena);
    return ready;
}

enum err host_start(struct host *host, struct db *copy, const char *folder, const char *log, const struct progress *progress, struct fault *fault)
{
    struct http_client *client = NULL;
    enum err e = OK;
    pid_t self = getpid();
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    *host = (struct host){.log = log};
    if (fd < 0) return fault_set(fault, err_from_errno(errno), "%s: %s", log, strerror(errno));
    pid_t pid = fork();
    if (pid == 0) become(folder, fd, self);
    int number = errno;
    close(fd);
    if (pid < 0) return fault_set(fault, ERR_IO, "the practice server cannot be started: %s", strerror(number));
    host->pid = pid;
    (void)setpgid(pid, pid); /* whoever is first */
    int64_t until = clock_steady_ms() + START_MS;
    while (e == OK && !is_ready(host, copy, &client)) {
        if (!host_is_alive(host)) e = tell_end(host, fault);
        else if (progress_is_stopped(progress)) e = fault_set(fault, ERR_BUSY, "stopped");
        else if (clock_steady_ms() > until) e = fault_set(fault, ERR_TIMEOUT, "the practice server did not answer within a minute");
        else clock_sleep_ms(20);
    }
    http_client_free(client);
    if (e != OK) host_stop(host);
    return e;
}

void host_stop(struct host *host)
{
    int64_t until = clock_steady_ms() + STOP_MS;
    if (!host_is_alive(host)) return;
    (void)kill(host->pid, SIGTERM);
    while (host_is_alive(host) && clock_steady_ms() < until) clock_sleep_ms(10);
    if (!host_is_alive(host)) return;
    (void)kill(host->pid, SIGKILL);
    while (waitpid(host->pid, NULL, 0) < 0 && errno == EINTR) continue;
    host->pid = 0;
}
