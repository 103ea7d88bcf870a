/* The child process in which a stranger's photo is decoded. It goes on in our own code, since an exec would cost more than most photos: child_run is for
 * other programs. */
#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/vision/photo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_MOST 2u                /* CPU time of the child */
#define PATIENCE_MS 10000              /* in all */
#define MEMORY_MORE (UINT64_C(384) << 20) /* address space above what this process has */
#define ANSWER_MOST (2u << 20)
#define STARVED_SECONDS 1              /* CPU time below which waiting in vain says nothing about the photo */
#define WALL_SECONDS_MOST 8u
#define WALL_PATIENCE_MS 30000
#define WALL_MEMORY_MORE (UINT64_C(768) << 20)
#define WALL_ANSWER_MOST (16u << 20)

/* What the child says first; then `length` bytes of JPEG, or of a sentence. */
struct answer {
    uint32_t code, width, height, length;
};

/* Nothing of the parent's is left open, nothing can be opened or written, and it ends with the parent. */
static void shut_in(int out, uint64_t memory, bool wall)
{
    const struct rlimit none = {0};
    uint64_t more = wall ? WALL_MEMORY_MORE : MEMORY_MORE;
    child_confine(&(struct child_bounds){.cpu_seconds = wall ? WALL_SECONDS_MOST : SECONDS_MOST, .memory = memory ? memory + more : 0});
    if (dup2(out, 0) < 0) _exit(126);
    (void)close_range(1, ~0u, 0);
    (void)setrlimit(RLIMIT_NOFILE, &none);
}

static void run_child(int out, uint64_t memory, const void *data, size_t length, const struct photo_wish *wish)
{
    struct arena arena = {0};
    struct photo photo = {0};
    struct fault fault = {0};
    shut_in(out, memory, wish->wall);
    enum err e = photo_make(&arena, data, length, wish, &photo, &fault);
    struct answer answer = {.code = e, .width = photo.width, .height = photo.height, .length = (uint32_t)(e == OK ? photo.length : strlen(fault.text))};
    (void)file_write_all(0, &answer, sizeof answer);
    (void)file_write_all(0, e == OK ? photo.data : fault.text, answer.length);
    _exit(0);
}

/* All that the child says; false when it has to be ended. */
static bool read_answer(int pipe, int patience_ms, uint8_t *room, size_t most, size_t *ret_length)
{
    int64_t until = clock_steady_ms() + patience_ms;
    for (size_t length = 0;;) {
        int64_t left = until - clock_steady_ms();
        struct pollfd ready = {.fd = pipe, .events = POLLIN};
        if (left <= 0 || length == most) return false;
        int n = poll(&ready, 1, (int)left);
        if (n < 0 && errno == EINTR) continue;
        ssize_t got = n > 0 ? read(pipe, room + length, most - length) : -1;
        if (got < 0 && n > 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) return *ret_length = length, true;
        length += (size_t)got;
    }
}

static enum err take_answer(struct arena *arena, const uint8_t *bytes, size_t length, const struct photo_wish *wish, struct photo *ret, struct fault *fault)
{
    struct answer answer;
    if (length < sizeof answer) return fault_set(fault, ERR_INPUT, "the photo cannot be decoded within bounds of time and memory");
    memcpy(&answer, bytes, sizeof answer);
    if (answer.length != length - sizeof answer) return fault_set(fault, ERR_INPUT, "the photo cannot be decoded");
    bytes += sizeof answer;
    if (answer.code != OK) {
        enum err e = answer.code == ERR_LIMIT || answer.code == ERR_NOMEM ? (enum err)answer.code : ERR_INPUT;
        return fault_set(fault, e, "%.*s", (int)answer.length, (const char *)bytes);
    }
    /* What the child says is believed only as far as it can do no harm. */
    bool sane = answer.width && answer.width <= wish->width && answer.height && answer.height <= wish->height && answer.length > 4 &&
                bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[answer.length - 2] == 0xFF && bytes[answer.length - 1] == 0xD9;
    if (!sane) return fault_set(fault, ERR_INPUT, "the photo cannot be decoded");
    *ret = (struct photo){.data = arena_memdup(arena, bytes, answer.length), .length = answer.length, .width = answer.width, .height = answer.height};
    return ret->data ? OK : fault_set(fault, ERR_NOMEM, "no memory for a photo");
}

/* One child: its answer of at most `most` bytes into `room`, or nothing. *ret_starved: it was ended for its time, of which it had hardly any processor. */
static enum err ask_child(const void *data, size_t length, const struct photo_wish *wish, uint8_t *room, size_t most, size_t *ret_length, bool *ret_starved,
                          struct fault *fault)
{
    int ends[2];
    struct rusage used = {0};
    *ret_length = 0;
    *ret_starved = false;
    if (pipe2(ends, O_CLOEXEC) != 0) return fault_set(fault, err_from_errno(errno), "a photo cannot be decoded now");
    uint64_t memory = child_memory_now();
    pid_t child = fork();
    if (child == 0) run_child(ends[1], memory, data, length, wish);
    close(ends[1]);
    bool whole = child > 0 && read_answer(ends[0], wish->wall ? WALL_PATIENCE_MS : PATIENCE_MS, room, most, ret_length);
    close(ends[0]);
    if (child < 0) return fault_set(fault, ERR_IO, "no process for a photo: %s", strerror(errno));
    if (!whole) (void)kill(child, SIGKILL);
    while (wait4(child, NULL, 0, &used) < 0 && errno == EINTR) continue;
    *ret_starved = !whole && used.ru_utime.tv_sec + used.ru_stime.tv_sec < STARVED_SECONDS;
    return OK;
}

enum err photo_make_apart(struct arena *arena, const void *data, size_t length, const struct photo_wish *wish, struct photo *ret, struct fault *fault)
{
    if (length > PHOTO_FILE_MOST) return fault_set(fault, ERR_LIMIT, "the file is larger than %u MB", PHOTO_FILE_MOST >> 20);
    size_t most = wish->wall ? WALL_ANSWER_MOST : ANSWER_MOST, got = 0;
    bool starved;
    uint8_t *room = malloc(most);
    if (!room) return fault_set(fault, ERR_NOMEM, "a photo cannot be decoded now");
    enum err e = ask_child(data, length, wish, room, most, &got, &starved, fault);
    if (e == OK && starved) e = ask_child(data, length, wish, room, most, &got, &starved, fault); /* the machine's fault, not the photo's */
    if (e == OK) e = take_answer(arena, room, got, wish, ret, fault);
    free(room);
    return e;
}
