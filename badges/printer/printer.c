#include "badges/printer/printer.h"

#include "badges/printer/printer_ipp.h"
#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/badges/printers.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 30000
#define LIST_MS 6000
#define GRACE_MS 700   /* the child ends by itself and says why; after this it is ended */
#define LOOK_MS 200
#define SECONDS_MOST 120u /* CPU time of the child */
#define MEMORY_MORE (UINT64_C(256) << 20) /* address space above what this process has */
#define FILES_MOST 64

_Static_assert(sizeof(struct printer_step) <= PIPE_BUF, "a step is one write");

struct child {
    pid_t id;
    int in;
    struct printer_step step; /* the last one */
    bool any, ended;
};

/* --- the child ------------------------------------------------------------------------------------------------------------------------------ */

/* Nothing of the parent's is left open, nobody is asked on a terminal, and it ends with the parent. */
static int shut_in(int out)
{
    const struct rlimit files = {.rlim_cur = FILES_MOST, .rlim_max = FILES_MOST};
    uint64_t memory = child_memory_now();
    int high = fcntl(out, F_DUPFD, 10), nothing = open("/dev/null", O_RDWR);
    if (high < 0 || nothing < 0) _exit(126);
    for (int i = 0; i < 3; i++) (void)dup2(nothing, i);
    (void)dup2(high, 3);
    (void)close_range(4, ~0u, 0);
    (void)setpgid(0, 0); /* Ctrl-C is for the parent, which looks at it in its own time */
    (void)setrlimit(RLIMIT_NOFILE, &files);
    child_confine(&(struct child_bounds){.cpu_seconds = SECONDS_MOST, .memory = memory ? memory + MEMORY_MORE : 0, .file_bytes = RLIM_INFINITY});
    (void)signal(SIGPIPE, SIG_IGN); /* a printer that hangs up is an error of writing */
    return 3;
}

static enum err start_child(struct child *c, const struct printer_order *order, struct fault *fault)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return fault_set(fault, err_from_errno(errno), "no pipe to a printer: %s", strerror(errno));
    c->id = fork();
    if (c->id == 0) {
        int out = shut_in(ends[1]);
        if (order) printer_talk(order, out);
        else printer_talk_list(out);
        _exit(0);
    }
    int why = errno;
    close(ends[1]);
    c->in = ends[0];
    if (c->id > 0) return OK;
    close(ends[0]);
    return fault_set(fault, ERR_IO, "no process for a printer: %s", strerror(why));
}

static void end_child(struct child *c)
{
    if (!c->ended) (void)kill(c->id, SIGKILL);
    close(c->in);
    while (waitpid(c->id, NULL, 0) < 0 && errno == EINTR) continue;
}

/* --- what it says --------------------------------------------------------------------------------------------------------------------------- */

/* A printer's words as text that may stand in a terminal, JSON, or a page. */
static void tame(char *text, size_t size)
{
    text[size - 1] = '\0';
    bool utf8 = text_is_utf8(text, strlen(text));
    for (unsigned char *p = (unsigned char *)text; *p; p++)
        if (*p < 0x20 || *p == 0x7f || (!utf8 && *p > 0x7e)) *p = '?';
}

static void tame_step(struct printer_step *step)
{
    tame(step->text, sizeof step->text);
    tame(step->job.printer, sizeof step->job.printer);
    tame(step->job.pin, sizeof step->job.pin);
    tame(step->job.media, sizeof step->job.media);
    tame(step->job.reasons, sizeof step->job.reasons);
    tame(step->job.warning, sizeof step->job.warning);
    tame(step->queue.name, sizeof step->queue.name);
    tame(step->queue.about, sizeof step->queue.about);
}

enum reading { READ_STEP, READ_NOTHING, READ_END };

/* One step, or nothing within the time. Steps are written in one piece, so they are read in one piece. */
static enum reading read_step(struct child *c, int64_t wait_ms)
{
    struct pollfd ready = {.fd = c->in, .events = POLLIN};
    struct printer_step step;
    int n = poll(&ready, 1, wait_ms < 0 ? 0 : (int)wait_ms);
    if (n <= 0) return READ_NOTHING;
    ssize_t got = read(c->in, &step, sizeof step);
    if (got < 0 && errno == EINTR) return READ_NOTHING;
    if (got != (ssize_t)sizeof step) return READ_END;
    tame_step(&step);
    c->step = step;
    c->any = true;
    if (step.kind == STEP_END) c->ended = true;
    return READ_STEP;
}

/* Steps until the last one, until the time is over, or until the caller stops. */
static bool listen_to(struct child *c, const struct printer_order *o)
{
    int64_t until = clock_steady_ms() + o->timeout_ms + GRACE_MS;
    bool taken = false;
    while (!c->ended) {
        int64_t left = until - clock_steady_ms();
        if (left <= 0) return true;
        enum reading r = read_step(c, left < LOOK_MS ? left : LOOK_MS);
        if (r == READ_END) return true;
        if (r == READ_STEP && c->step.kind == STEP_TAKEN && !taken) {
            taken = true;
            until = clock_steady_ms() + o->wait_ms + 1000 + GRACE_MS; /* and a last question to the printer */
        }
        if (!c->ended && o->on_wait && !o->on_wait(o->data)) return false;
    }
    return true;
}

/* The child had to be ended: what is known then. */
static enum err judge_silence(const struct child *c, const struct printer_order *o, bool stopped, struct printer_job *ret, struct fault *fault)
{
    const char *name = c->step.job.printer[0] ? c->step.job.printer : o->destination;
    if (c->any && c->step.kind == STEP_TAKEN) {
        *ret = c->step.job;
        (void)snprintf(ret->reasons, sizeof ret->reasons, "%s", stopped ? "its end was not waited for" : "it no longer tells of the job");
        return OK;
    }
    if (c->any && c->step.kind == STEP_SENDING)
        return fault_set(fault, ERR_TIMEOUT, "%.200s was sent the job but never said whether it took it%s; look there before printing again", name,
                         stopped ? ", and was not waited for" : "");
    if (stopped) return fault_set(fault, ERR_TIMEOUT, "stopped; nothing was sent to the printer");
    return fault_set(fault, ERR_NETWORK, "the printer %.200s does not answer in time", name);
}

enum err printer_print(const struct printer_order *order, struct printer_job *ret, struct fault *fault)
{
    struct printer_order o = *order;
    struct child child = {0};
    if (!o.timeout_ms) o.timeout_ms = TIMEOUT_MS;
    if (!o.title) o.title = "badges";
    if (!printers_is_destination(o.destination))
        return fault_set(fault, ERR_INPUT, "\"%.100s\" is neither a printer's address, ipp://HOST/ipp/print, nor the name of a queue", o.destination);
    if (o.copies > PRINTER_COPIES_MOST) return fault_set(fault, ERR_INPUT, "at most %d copies", PRINTER_COPIES_MOST);
    enum err e = start_child(&child, &o, fault);
    if (e != OK) return e;
    bool stopped = !listen_to(&child, &o);
    end_child(&child);
    if (!child.ended) return judge_silence(&child, &o, stopped, ret, fault);
    e = child.step.code <= ERR_BUG ? (enum err)child.step.code : ERR_BUG;
    if (e != OK) return fault_set(fault, e, "%s", child.step.text);
    *ret = child.step.job;
    return OK;
}

enum err printer_list(struct printer_queue *queues, size_t most, size_t *ret_count, struct fault *fault)
{
    struct child child = {0};
    size_t count = 0;
    int64_t until = clock_steady_ms() + LIST_MS;
    enum err e = start_child(&child, NULL, fault);
    if (e != OK) return e;
    for (;;) {
        int64_t left = until - clock_steady_ms();
        enum reading r = left > 0 ? read_step(&child, left) : READ_END;
        if (r == READ_END || child.ended) break;
        if (r == READ_STEP && count < most) queues[count++] = child.step.queue;
    }
    end_child(&child);
    if (!child.ended) return fault_set(fault, ERR_NOT_FOUND, "CUPS does not answer on this machine; a printer is named by its address, ipp://HOST/ipp/print");
    if (child.step.code != OK) return fault_set(fault, ERR_NOT_FOUND, "%s", child.step.text);
    *ret_count = count;
    return OK;
}
