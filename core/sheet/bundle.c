/* A ZIP of lists. It is opened in a child, as a list is that may come from anybody (apart.c); what it holds comes back through a pipe, file by file. */
#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/sheet/parts.h"
#include "core/sheet/read.h"
#include "core/sheet/refusal.h"
#include "core/sheet/sheet_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_MOST 30u
#define PATIENCE_MS INT64_C(60000)
#define MEMORY_MORE (UINT64_C(1) << 30)
#define NAME_MOST 512u
#define END UINT32_MAX /* instead of the length of a name: the fault, or nothing, follows */

static const struct sheet_limits limits = {.file_bytes = SHEET_BUNDLE_BYTES, .part_bytes = SHEET_BUNDLE_ONE, .total_bytes = SHEET_BUNDLE_UNPACKED, .ratio = 200,
                                           .parts = SHEET_BUNDLE_FILES};

/* What precedes each file. */
struct head {
    uint32_t name, length;
};

/* --- in the child ------------------------------------------------------------------------------------------------------------------------------- */

struct piece {
    struct buf data;
};

static enum err take_piece(void *context, const void *data, size_t length, struct fault *fault)
{
    struct piece *p = context;
    buf_add(&p->data, data, length);
    return buf_ok(&p->data) ? OK : refuse_large(fault, "MB", SHEET_BUNDLE_ONE >> 20);
}

/* What programs leave lying about in an archive. */
static bool is_litter(const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    bool named = strcmp(base, "Thumbs.db") == 0 || strcmp(base, "desktop.ini") == 0 || strncmp(name, "__MACOSX/", 9) == 0;
    return !*base || *base == '.' || strncmp(base, "~$", 2) == 0 || named;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err send_all(int out, struct parts *parts, struct arena *arena, struct fault *fault)
{
    const char **names = arena_array(arena, parts->names.count + 1, sizeof *names);
    size_t count = 0;
    enum err e = names ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < parts->names.capacity; i++)
        if (parts->names.slots[i].key && !is_litter(parts->names.slots[i].value)) names[count++] = parts->names.slots[i].value;
    if (e == OK) qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; e == OK && i < count; i++) {
        struct piece piece;
        buf_init(&piece.data, SHEET_BUNDLE_ONE);
        e = parts_read(parts, names[i], take_piece, &piece, fault);
        struct head head = {(uint32_t)strlen(names[i]), (uint32_t)piece.data.length};
        if (e == OK) e = file_write_all(out, &head, sizeof head);
        if (e == OK) e = file_write_all(out, names[i], head.name);
        if (e == OK) e = file_write_all(out, piece.data.data, piece.data.length);
        buf_release(&piece.data);
    }
    return e;
}

static void run_child(int out, int file, uint64_t memory)
{
    const struct rlimit none = {0};
    struct arena arena = {0};
    struct parts parts;
    struct fault fault = {0};
    char *data = NULL;
    size_t length = 0;
    child_confine(&(struct child_bounds){.cpu_seconds = SECONDS_MOST, .memory = memory ? memory + MEMORY_MORE : 0});
    int pipe = fcntl(out, F_DUPFD, 10), list = fcntl(file, F_DUPFD, 10);
    if (pipe < 0 || list < 0 || dup2(pipe, 0) < 0 || dup2(list, 1) < 0) _exit(126);
    (void)close_range(2, ~0u, 0);
    (void)setrlimit(RLIMIT_NOFILE, &none);
    enum err e = read_all(1, &arena, limits.file_bytes, &data, &length, &fault);
    if (e == OK) e = parts_open(&arena, data, length, &limits, &parts, &fault);
    if (e == OK && (parts_has(&parts, "[Content_Types].xml") || parts_has(&parts, "mimetype"))) e = ERR_NOT_FOUND; /* a document of an office program */
    if (e == OK) e = send_all(0, &parts, &arena, &fault);
    const struct head end = {END, (uint32_t)e};
    fault.reason = NULL; /* a pointer of another process; the words of its sentence suffice */
    if (file_write_all(0, &end, sizeof end) == OK) (void)file_write_all(0, &fault, sizeof fault);
    _exit(0);
}

/* --- here ------------------------------------------------------------------------------------------------------------------------------------------ */

static bool read_exactly(int fd, int64_t until_ms, void *to, size_t length)
{
    for (size_t n = 0; n < length;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = until_ms - clock_steady_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0) return false;
        ssize_t got = read(fd, (char *)to + n, length - n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        n += (size_t)got;
    }
    return true;
}

static enum err receive_one(int fd, int64_t until_ms, const struct head *head, sheet_bundle_take *take, void *context, struct fault *fault)
{
    struct arena arena = {0};
    if (head->name > NAME_MOST || head->length > SHEET_BUNDLE_ONE) return refuse(fault, REFUSAL_BOUNDS, NULL);
    char *name = arena_alloc(&arena, head->name + 1), *data = arena_alloc(&arena, (size_t)head->length + 1);
    enum err e = name && data ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && (!read_exactly(fd, until_ms, name, head->name) || !read_exactly(fd, until_ms, data, head->length))) e = refuse(fault, REFUSAL_BOUNDS, NULL);
    if (e == OK) {
        name[head->name] = data[head->length] = '\0';
        const char *shown = text_is_utf8(name, head->name) && text_is_printable(name) ? file_base_name(name) : "?";
        e = take(context, shown, data, head->length, fault);
    }
    arena_release(&arena);
    return e;
}

static enum err receive(int fd, sheet_bundle_take *take, void *context, struct fault *fault)
{
    int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
    struct head head;
    for (uint32_t count = 0; count <= SHEET_BUNDLE_FILES; count++) {
        if (!read_exactly(fd, until_ms, &head, sizeof head)) break;
        if (head.name == END) {
            struct fault told;
            if (head.length == OK || head.length == ERR_NOT_FOUND) return (enum err)head.length;
            if (!read_exactly(fd, until_ms, &told, sizeof told) || (head.length != ERR_INPUT && head.length != ERR_LIMIT)) break;
            told.text[sizeof told.text - 1] = '\0';
            return fault_because(fault, (enum err)head.length, "sheet_bundle", NULL, "%s", told.text);
        }
        enum err e = receive_one(fd, until_ms, &head, take, context, fault);
        if (e != OK) return e;
    }
    return refuse(fault, REFUSAL_BOUNDS, NULL);
}

static bool begins_as_zip(int file)
{
    char first[4];
    return pread(file, first, 4, 0) == 4 && memcmp(first, "PK\3\4", 4) == 0;
}

enum err sheet_bundle_read(const char *path, sheet_bundle_take *take, void *context, struct fault *fault)
{
    int ends[2], file = -1, status = 0;
    enum err e = read_open(path, &file, fault);
    if (e != OK) return e == ERR_NOT_FOUND ? fault_set(fault, ERR_INPUT, "%s is not there", path) : e;
    if (!begins_as_zip(file)) {
        close(file);
        return ERR_NOT_FOUND;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        int number = errno;
        close(file);
        return fault_set(fault, err_from_errno(number), "an archive cannot be read now: %s", strerror(number));
    }
    uint64_t memory = child_memory_now();
    pid_t child = fork();
    if (child == 0) run_child(ends[1], file, memory);
    int number = errno;
    close(ends[1]);
    close(file);
    if (child > 0) e = receive(ends[0], take, context, fault);
    close(ends[0]);
    if (child < 0) return fault_set(fault, ERR_IO, "no process for an archive: %s", strerror(number));
    (void)kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return e;
}
