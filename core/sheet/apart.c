/* The child process in which a list is read that may come from anybody. It goes on in our own code, as a photo's does (core/vision/photo_apart.c); what it found
 * comes back through a pipe, checked (stream.h). */
#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/sheet/read.h"
#include "core/sheet/refusal.h"
#include "core/sheet/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_MOST 40u                   /* processor time of the child: twenty times what 400 000 rows take */
#define PATIENCE_MS INT64_C(90000)         /* in all */
#define MEMORY_MORE (UINT64_C(5) << 28)    /* address space above what this process has: 400 000 rows of 20 columns, most of them texts of their own, take 0.7 GB */

/* Nothing of the parent's stays open but the pipe (0) and the file (1), and nothing can be opened or written. */
static void shut_in(int out, int file, uint64_t memory)
{
    const struct rlimit none = {0};
    child_confine(&(struct child_bounds){.cpu_seconds = SECONDS_MOST, .memory = memory ? memory + MEMORY_MORE : 0});
    int pipe = fcntl(out, F_DUPFD, 10), list = fcntl(file, F_DUPFD, 10);
    if (pipe < 0 || list < 0 || dup2(pipe, 0) < 0 || dup2(list, 1) < 0) _exit(126);
    (void)close_range(2, ~0u, 0);
    (void)setrlimit(RLIMIT_NOFILE, &none);
}

static void run_child(int out, int file, uint64_t memory, const struct sheet_wish *wish)
{
    struct arena arena = {0}, content = {0};
    struct sheet_book book = {0};
    struct fault fault = {0};
    char *data = NULL;
    size_t length = 0;
    shut_in(out, file, memory);
    enum err e = read_all(1, &content, wish->limits->file_bytes, &data, &length, &fault);
    if (e == OK) e = read_data(data, length, &arena, wish, &book, &fault);
    _exit(stream_write(0, e, &book, &fault) ? 0 : 1);
}

/* What a library makes at its first use is made before the fork: another thread may hold its lock just then. */
static void warm_up(void)
{
    struct arena arena = {0};
    (void)text_nfc(&arena, "e\xcc\x81");
    arena_release(&arena);
}

enum err sheet_read_apart(const char *path, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *ret, struct fault *fault)
{
    struct sheet_wish whole = read_whole_wish(wish);
    struct sheet_book book;
    struct fault own = {0};
    int ends[2], file = -1, status = 0;
    enum err e = read_open(path, &file, fault);
    if (e != OK) return e;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        int number = errno;
        close(file);
        return fault_set(fault, err_from_errno(number), "a list cannot be read now: %s", strerror(number));
    }
    warm_up();
    uint64_t memory = child_memory_now();
    pid_t child = fork();
    if (child == 0) run_child(ends[1], file, memory, &whole);
    int number = errno;
    close(ends[1]);
    close(file);
    (void)fcntl(ends[0], F_SETPIPE_SZ, 1 << 20); /* fewer turns between the two */
    if (child > 0) e = stream_read(ends[0], clock_steady_ms() + PATIENCE_MS, arena, whole.limits, &book, &own);
    close(ends[0]);
    if (child < 0) return fault_set(fault, ERR_IO, "no process for a list: %s", strerror(number));
    (void)kill(child, SIGKILL); /* it has said all, or will not */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (e == OK) return *ret = book, OK;
    if (own.text[0] && fault) *fault = own; /* the child's own refusal */
    if (own.text[0]) return e;
    if (e == ERR_NOMEM) return fault_set(fault, e, "not enough memory");
    return refuse(fault, REFUSAL_BOUNDS, NULL);
}
