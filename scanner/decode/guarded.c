#include "scanner/decode/guarded.h"
#include "core/base/child.h"
#include "core/base/clock.h"
#include "scanner/decode/guarded_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIES 2
#define LATE_MS 2500          /* for a picture of a camera; larger ones get more */
#define PIXELS_A_MS 2000      /* a large picture's least speed, on a busy machine */
#define PAUSE_MS_LEAST 50
#define PAUSE_MS_MOST 2000
#define MEMORY_MOST (UINT64_C(2) << 30)

struct guarded {
    pid_t pid; /* 0: none runs */
    int socket, memory_fd;
    uint8_t *memory;
    size_t mapped;
    uint64_t number;
    bool wants_bars;
    int64_t pause_ms, started_ms; /* the next process is not started before both are over */
};

struct guarded *guarded_new(void)
{
    struct guarded *g = calloc(1, sizeof *g);
    if (!g) return NULL;
    g->socket = g->memory_fd = -1;
    g->wants_bars = true;
    return g;
}

void guarded_set_bars(struct guarded *guarded, bool wanted)
{
    guarded->wants_bars = wanted;
}

static void stop(struct guarded *g, int *ret_status)
{
    int status = 0;
    if (g->pid > 0) {
        (void)kill(g->pid, SIGKILL); /* also wakes one that was stopped */
        while (waitpid(g->pid, &status, 0) < 0 && errno == EINTR) continue;
    }
    if (g->socket >= 0) close(g->socket);
    g->pid = 0;
    g->socket = -1;
    if (ret_status) *ret_status = status;
}

void guarded_free(struct guarded *guarded)
{
    if (!guarded) return;
    stop(guarded, NULL);
    if (guarded->memory) munmap(guarded->memory, guarded->mapped);
    if (guarded->memory_fd >= 0) close(guarded->memory_fd);
    free(guarded);
}

/* Between fork and exec: only what is safe there. */
static void become(int socket, int memory)
{
    static const struct child_bounds bounds = {.cpu_seconds = UINT_MAX, .memory = MEMORY_MOST};
    char *const argv[] = {"plenum-scanner", "decoder", NULL};
    char *const environment[] = {"LC_ALL=C.UTF-8", "ASAN_OPTIONS=detect_leaks=0", NULL};
    /* Both out of the way of the numbers that they shall have. */
    int high_socket = fcntl(socket, F_DUPFD, 10), high_memory = fcntl(memory, F_DUPFD, 10), nothing = open("/dev/null", O_RDWR);
    if (high_socket < 0 || high_memory < 0 || nothing < 0) _exit(1);
    for (int fd = 0; fd < 3; fd++)
        if (dup2(nothing, fd) < 0) _exit(1);
    if (dup2(high_socket, WIRE_SOCKET) < 0 || dup2(high_memory, WIRE_MEMORY) < 0) _exit(1);
    (void)close_range(WIRE_MEMORY + 1, ~0u, 0);
    child_confine(&bounds);
    execve("/proc/self/exe", argv, environment);
    _exit(1);
}

static enum err start(struct guarded *g, struct fault *fault)
{
    int pair[2];
    int64_t since = clock_steady_ms() - g->started_ms;
    if (g->pid > 0) return OK;
    if (g->started_ms && since < g->pause_ms) clock_sleep_ms(g->pause_ms - since);
    /* One that worked for a while failed by its picture; one after the other by something else. */
    g->pause_ms = since > 2 * PAUSE_MS_MOST ? PAUSE_MS_LEAST : g->pause_ms * 2 < PAUSE_MS_MOST ? g->pause_ms * 2 : PAUSE_MS_MOST;
    if (g->pause_ms < PAUSE_MS_LEAST) g->pause_ms = PAUSE_MS_LEAST;
    g->started_ms = clock_steady_ms();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return fault_set(fault, ERR_INPUT, "no decoder can be started: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) become(pair[1], g->memory_fd);
    int number = errno;
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return fault_set(fault, ERR_INPUT, "no decoder can be started: %s", strerror(number));
    }
    g->pid = pid;
    g->socket = pair[0];
    return OK;
}

static enum err make_room(struct guarded *g, size_t wanted, struct fault *fault)
{
    if (wanted <= g->mapped) return OK;
    if (g->memory_fd < 0) g->memory_fd = memfd_create("plenum-picture", MFD_CLOEXEC);
    if (g->memory_fd < 0 || ftruncate(g->memory_fd, (off_t)wanted) != 0) return fault_set(fault, ERR_INPUT, "no memory for a picture: %s", strerror(errno));
    if (g->memory) munmap(g->memory, g->mapped);
    g->mapped = 0;
    g->memory = mmap(NULL, wanted, PROT_READ | PROT_WRITE, MAP_SHARED, g->memory_fd, 0);
    if (g->memory == MAP_FAILED) {
        g->memory = NULL;
        return fault_set(fault, ERR_INPUT, "no memory for a picture");
    }
    g->mapped = wanted;
    return OK;
}

/* Nothing that it says is believed before it was looked at. */
static enum err take_codes(const struct guarded *g, const struct wire_answer *answer, struct arena *arena, struct code_list *ret)
{
    size_t at = 0, count = answer->count;
    if (answer->length > WIRE_ANSWER || count > answer->length / sizeof(struct wire_code)) return ERR_INPUT;
    struct code_list list = {.items = arena_array(arena, count + 1, sizeof *list.items)};
    if (!list.items) return ERR_NOMEM;
    for (; list.count < count; list.count++) {
        struct wire_code code;
        if (answer->length - at < sizeof code) return ERR_INPUT;
        memcpy(&code, g->memory + at, sizeof code);
        at += sizeof code;
        if (code.length > answer->length - at || code.is_bar > 1) return ERR_INPUT;
        char *text = arena_alloc(arena, (size_t)code.length + 1); /* zeroed: NUL behind it */
        if (!text) return ERR_NOMEM;
        memcpy(text, g->memory + at, code.length);
        at += code.length;
        list.items[list.count] = (struct code){text, code.length, code.is_bar == 1};
    }
    *ret = list;
    return OK;
}

static int late_ms(const struct wire_request *request)
{
    uint64_t more = (request->width ? request->length : request->length * 8) / PIXELS_A_MS;
    return LATE_MS + (int)(more < 60000 ? more : 60000);
}

/* ERR_CONFLICT: the process died or is late. */
static enum err ask(struct guarded *g, const struct wire_request *request, struct wire_answer *answer)
{
    int64_t until = clock_steady_ms() + late_ms(request);
    if (send(g->socket, request, sizeof *request, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)sizeof *request) return ERR_CONFLICT;
    for (;;) {
        struct pollfd wait = {.fd = g->socket, .events = POLLIN};
        int64_t left = until - clock_steady_ms();
        if (left <= 0) return ERR_CONFLICT;
        int n = poll(&wait, 1, (int)left);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || recv(g->socket, answer, sizeof *answer, MSG_DONTWAIT) != (ssize_t)sizeof *answer || answer->number != request->number) return ERR_CONFLICT;
        return OK;
    }
}

static enum err read_picture(struct guarded *g, const struct frame *frame, struct arena *arena, struct code_list *ret, struct fault *fault)
{
    const void *data = frame->encoded ? frame->encoded : frame->picture.pixels;
    struct wire_request request = {.width = frame->picture.width, .height = frame->picture.height, .at_us = frame->at_us,
                                   .stream_ms = frame->stream_ms, .is_live = !frame->name, .wants_bars = g->wants_bars};
    request.length = frame->encoded ? frame->encoded_length : (uint64_t)request.width * request.height;
    struct wire_answer answer = {0};
    int status = 0;
    for (int k = 0; k < TRIES; k++) {
        enum err e = make_room(g, WIRE_ANSWER + request.length, fault);
        if (e == OK) e = start(g, fault);
        if (e != OK) return e;
        memcpy(g->memory + WIRE_ANSWER, data, request.length);
        request.number = ++g->number;
        e = ask(g, &request, &answer);
        if (e == OK && answer.e == OK) e = take_codes(g, &answer, arena, ret);
        answer.text[sizeof answer.text - 1] = '\0';
        if (e == OK && answer.e != OK) return fault_set(fault, ERR_INPUT, "%s", answer.text);
        if (e == OK || e == ERR_NOMEM) return e;
        stop(g, &status);
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        return fault_set(fault, ERR_INPUT, "the picture ends the decoder (signal %d); it is dropped", WTERMSIG(status));
    return fault_set(fault, ERR_INPUT, "the decoder ended or did not answer; the picture is dropped");
}

enum err guarded_read(struct guarded *guarded, const struct frame *frame, struct arena *arena, struct code_list *ret, struct fault *fault)
{
    if (frame->text) {
        struct code_list list = {.items = arena_array(arena, 1, sizeof *list.items), .count = 1};
        if (!list.items) return fault_set(fault, ERR_NOMEM, "not enough memory for a line");
        list.items[0] = (struct code){.text = frame->text, .length = frame->text_length};
        *ret = list;
        return OK;
    }
    enum err e = read_picture(guarded, frame, arena, ret, fault);
    if (e == ERR_INPUT && frame->name) fault_prefix(fault, "%s", frame->name);
    if (e == ERR_INPUT && !frame->name) fault_prefix(fault, "frame %lld", (long long)frame->number);
    return e;
}
