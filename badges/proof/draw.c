#include "badges/proof/draw.h"

#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY_MOST (UINT64_C(2) << 30) /* address space of the child */
#define SECONDS_MOST 600u               /* CPU time of the child */
#define PATIENCE_MS 60000               /* without a byte of a page */
#define PNG_SECONDS_MOST 5u             /* the same for one small page, which somebody waits for */
#define PNG_MS_MOST 10000
#define PNG_BYTES_MOST (16u << 20)
#define PIPE_READ 65536
#define EXIT_NO_PROGRAM 127

struct drawing {
    pid_t child; /* 0 = ended and waited for */
    int pipe;    /* -1 = closed */
    struct buf bytes;
    size_t used; /* of `bytes`, by the page that was given last */
    struct arena arena;
};

/* Between fork and exec: only what is safe there. Not child_run: a whole run's pages would be gigabytes, so they are taken one by one as they come, and
 * the PDF is a file without a name. */
static void run_child(int pdf, int out, char *const argv[], unsigned seconds_most)
{
    child_confine(&(struct child_bounds){.cpu_seconds = seconds_most, .memory = MEMORY_MOST, .file_bytes = RLIM_INFINITY});
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 2) < 0 || dup2(out, 1) < 0) _exit(126);
    if (pdf == 3 ? fcntl(3, F_SETFD, 0) < 0 : dup2(pdf, 3) < 0) _exit(126); /* dup2 onto itself would leave it to close at exec */
    (void)close_range(4, ~0u, 0);
    execvp(argv[0], argv);
    _exit(EXIT_NO_PROGRAM);
}

/* The PDF as a file without a name. */
static enum err make_file(const struct buf *pdf, int *ret, struct fault *fault)
{
    int fd = memfd_create("badges", MFD_CLOEXEC);
    enum err e = fd < 0 ? err_from_errno(errno) : file_write_all(fd, pdf->data, pdf->length);
    if (e != OK) {
        if (fd >= 0) close(fd);
        return fault_set(fault, e, "no room for the PDF to be proved: %s", err_name(e));
    }
    *ret = fd;
    return OK;
}

/* The child with these words, its output at the other end of the pipe. */
static enum err start(const struct buf *pdf, char *const argv[], unsigned seconds_most, struct drawing **ret, struct fault *fault)
{
    int file = -1, ends[2] = {-1, -1};
    struct drawing *drawing = calloc(1, sizeof *drawing);
    if (!drawing) return fault_set(fault, ERR_NOMEM, "no memory for a proof");
    drawing->pipe = -1;
    buf_init(&drawing->bytes, BUF_LIMIT_FILE);
    enum err e = make_file(pdf, &file, fault);
    if (e == OK && pipe2(ends, O_CLOEXEC) != 0) e = fault_set(fault, err_from_errno(errno), "no pipe: %s", strerror(errno));
    if (e == OK) {
        drawing->child = fork();
        if (drawing->child == 0) run_child(file, ends[1], argv, seconds_most);
        if (drawing->child < 0) e = fault_set(fault, ERR_IO, "pdftoppm cannot be started: %s", strerror(errno));
    }
    if (file >= 0) close(file);
    if (ends[1] >= 0) close(ends[1]);
    drawing->pipe = ends[0];
    if (e != OK) {
        if (drawing->child < 0) drawing->child = 0;
        drawing_end(drawing);
        return e;
    }
    *ret = drawing;
    return OK;
}

enum err drawing_start(const struct buf *pdf, unsigned dpi, struct drawing **ret, struct fault *fault)
{
    char resolution[16];
    (void)snprintf(resolution, sizeof resolution, "%u", dpi);
    char *const argv[] = {"pdftoppm", "-gray", "-r", resolution, "/proc/self/fd/3", NULL};
    return start(pdf, argv, SECONDS_MOST, ret, fault);
}

/* The child has closed its end: how did it go? */
static enum err judge_child(struct drawing *drawing, struct fault *fault)
{
    int status = 0;
    while (waitpid(drawing->child, &status, 0) < 0 && errno == EINTR) continue;
    drawing->child = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM) return fault_set(fault, ERR_NOT_FOUND, "pdftoppm is not installed (package poppler-utils)");
    if (WIFSIGNALED(status)) return fault_set(fault, ERR_LIMIT, "pdftoppm was ended by signal %d (bounds of time and memory)", WTERMSIG(status));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return fault_set(fault, ERR_INPUT, "pdftoppm does not take the PDF (exit %d)", WEXITSTATUS(status));
    if (drawing->bytes.length) return fault_set(fault, ERR_INPUT, "pdftoppm stopped in the middle of a page");
    return ERR_NOT_FOUND;
}

/* Reads more from the child. *ret_end when there is no more. */
static enum err read_more(struct drawing *drawing, int patience_ms, bool *ret_end, struct fault *fault)
{
    char piece[PIPE_READ];
    struct pollfd poll_fd = {.fd = drawing->pipe, .events = POLLIN};
    int ready = poll(&poll_fd, 1, patience_ms);
    if (ready < 0 && errno == EINTR) return OK;
    if (ready == 0) return fault_set(fault, ERR_TIMEOUT, "pdftoppm has stood still for %d seconds", patience_ms / 1000);
    ssize_t n = read(drawing->pipe, piece, sizeof piece);
    if (n < 0 && errno != EINTR) return fault_set(fault, ERR_IO, "reading from pdftoppm: %s", strerror(errno));
    if (n > 0) buf_add(&drawing->bytes, piece, (size_t)n);
    *ret_end = n == 0;
    return buf_ok(&drawing->bytes) ? OK : fault_set(fault, ERR_NOMEM, "no memory for a page");
}

enum err drawing_next(struct drawing *drawing, struct picture *ret, struct fault *fault)
{
    arena_clear(&drawing->arena);
    if (drawing->used) {
        size_t rest = drawing->bytes.length - drawing->used;
        memmove(drawing->bytes.data, drawing->bytes.data + drawing->used, rest);
        drawing->bytes.length = rest;
        drawing->used = 0;
    }
    size_t whole = 0;
    for (;;) {
        enum err e = picture_measure_pgm(buf_text(&drawing->bytes), drawing->bytes.length, &whole, fault);
        if (e != OK) return e;
        if (whole && drawing->bytes.length >= whole) break;
        bool end = false;
        e = read_more(drawing, PATIENCE_MS, &end, fault);
        if (e != OK) return e;
        if (end) return drawing->child ? judge_child(drawing, fault) : ERR_NOT_FOUND;
    }
    return picture_read_pgm(&drawing->arena, drawing->bytes.data, drawing->bytes.length, ret, &drawing->used, fault);
}

void drawing_end(struct drawing *drawing)
{
    if (!drawing) return;
    if (drawing->pipe >= 0) close(drawing->pipe);
    if (drawing->child > 0) {
        (void)kill(drawing->child, SIGKILL);
        while (waitpid(drawing->child, NULL, 0) < 0 && errno == EINTR) continue;
    }
    buf_release(&drawing->bytes);
    arena_release(&drawing->arena);
    free(drawing);
}

enum err drawing_make_png(const struct buf *pdf, unsigned dpi, struct buf *out, struct fault *fault)
{
    char resolution[16];
    (void)snprintf(resolution, sizeof resolution, "%u", dpi);
    char *const argv[] = {"pdftoppm", "-png", "-r", resolution, "-f", "1", "-l", "1", "/proc/self/fd/3", NULL};
    struct drawing *drawing;
    int64_t until_ms = clock_steady_ms() + PNG_MS_MOST;
    enum err e = start(pdf, argv, PNG_SECONDS_MOST, &drawing, fault);
    if (e != OK) return e;
    drawing->bytes.limit = PNG_BYTES_MOST;
    for (bool end = false; e == OK && !end;) {
        int64_t left_ms = until_ms - clock_steady_ms();
        if (left_ms <= 0) e = fault_set(fault, ERR_TIMEOUT, "pdftoppm took longer than %d seconds", PNG_MS_MOST / 1000);
        else e = read_more(drawing, (int)left_ms, &end, fault);
    }
    if (e == OK) {
        buf_add(out, drawing->bytes.data, drawing->bytes.length);
        drawing->bytes.length = 0; /* judged as a whole: nothing is left over */
        e = judge_child(drawing, fault);
        if (e == ERR_NOT_FOUND && out->length) e = buf_ok(out) ? OK : fault_set(fault, ERR_NOMEM, "no memory for a picture");
    }
    drawing_end(drawing);
    return e;
}
