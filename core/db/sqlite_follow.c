/* Following a database of SQLite: core/db/follow.h. The formats are those of https://www.sqlite.org/walformat.html.
 *
 * The log is reset (begun anew, from its first frame) only when all of it stands in the database file and no reader stands in the log. One of two readers is
 * always held, and the next one begins before the last one ends: so either the log goes on behind what was copied, or it was reset exactly once after all that
 * was copied had gone into the file, and its first frame is the next one. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/db/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE (1024u * 1024u)
#define LOG_HEAD 32
#define FRAME_HEAD 24
#define INDEX_HEAD 48
#define INDEX_PIECE 32768
#define SWEEP_AT 2000   /* frames; the committing thread itself would do it at 4000 (sqlite.c) */
#define SWEEP_AGAIN 500 /* when one could not finish */

/* What the log's index says: the generation, and how much of it is committed. */
struct log_head {
    uint32_t page, frames, salt[2];
};

struct db_follow {
    sqlite3 *readers[2], *gate, *sweeper;
    int held; /* the reader that stands; -1 none */
    const atomic_bool *stop;
    char source_log[PATH_MAX], target[PATH_MAX], path[PATH_MAX + 8]; /* path: where the copy is made now */
    int source_fd, target_fd; /* of the logs; -1 */
    struct log_head known;    /* of what the target's log holds */
    uint32_t copied, swept_at;
    bool has_base;
    int64_t bytes;
    unsigned char *buffer; /* PIECE */
};

static enum err from_code(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK: return OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_NOMEM: return ERR_NOMEM;
    case SQLITE_CANTOPEN: return ERR_NOT_FOUND;
    default: return ERR_IO;
    }
}

static enum err trouble(sqlite3 *db, int code, const char *what, struct fault *fault)
{
    return fault_set(fault, from_code(code), "%s: %s", what, db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

static enum err file_trouble(const char *path, struct fault *fault)
{
    int number = errno;
    return fault_set(fault, err_from_errno(number), "%s: %s", path, strerror(number));
}

static enum err run(sqlite3 *db, const char *sql, struct fault *fault)
{
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : trouble(db, code, "the database", fault);
}

static enum err open_one(const char *path, int flags, sqlite3 **ret, struct fault *fault)
{
    int code = sqlite3_open_v2(path, ret, flags | SQLITE_OPEN_NOMUTEX, NULL);
    return code == SQLITE_OK ? OK : trouble(*ret, code, path, fault);
}

/* --- the source ------------------------------------------------------------------------------------------------------------------------- */

static void end_reader(struct db_follow *f, int i)
{
    if (i >= 0 && !sqlite3_get_autocommit(f->readers[i])) (void)sqlite3_exec(f->readers[i], "COMMIT", NULL, NULL, NULL);
}

/* A reader takes its stand with its first look. */
static enum err begin_reader(struct db_follow *f, int i, struct fault *fault)
{
    enum err e = run(f->readers[i], "BEGIN; SELECT 1 FROM sqlite_master LIMIT 1", fault);
    if (e != OK) end_reader(f, i);
    return e;
}

static void hold(struct db_follow *f, int i)
{
    end_reader(f, f->held);
    f->held = i;
}

static sqlite3_file *file_of(sqlite3 *db)
{
    sqlite3_file *file = NULL;
    int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return code == SQLITE_OK && file && file->pMethods && file->pMethods->iVersion >= 2 ? file : NULL;
}

/* Through the engine's own mapping: a file of ours, when closed, would let go of the engine's locks. It is written twice, the second part first: two that are
 * alike are whole. */
static enum err read_head(struct db_follow *f, int reader, struct log_head *ret, struct fault *fault)
{
    sqlite3_file *file = file_of(f->readers[reader]);
    void volatile *shared = NULL;
    unsigned char first[INDEX_HEAD], second[INDEX_HEAD];
    if (!file || file->pMethods->xShmMap(file, 0, INDEX_PIECE, 0, &shared) != SQLITE_OK || !shared)
        return fault_set(fault, ERR_IO, "the index of the database's log cannot be read");
    for (int i = 0; i < 200; i++) {
        memcpy(first, (const void *)shared, sizeof first);
        atomic_thread_fence(memory_order_seq_cst);
        memcpy(second, (const unsigned char *)shared + INDEX_HEAD, sizeof second);
        if (first[12] && memcmp(first, second, sizeof first) == 0) {
            uint16_t page;
            memcpy(&page, first + 14, sizeof page);
            memcpy(&ret->frames, first + 16, sizeof ret->frames);
            memcpy(ret->salt, first + 32, sizeof ret->salt);
            ret->page = (page & 0xfe00u) + ((page & 1u) << 16);
            /* After a start nothing may have been written yet: a log without a page's size has no pages. */
            return ret->page || !ret->frames ? OK : fault_set(fault, ERR_IO, "the index of the database's log is damaged");
        }
        clock_sleep_ms(1);
    }
    return fault_set(fault, ERR_BUSY, "the index of the database's log does not come to rest");
}

static bool same_generation(const struct log_head *a, const struct log_head *b)
{
    return memcmp(a->salt, b->salt, sizeof a->salt) == 0 && a->page == b->page;
}

static enum err read_log(struct db_follow *f, int64_t at, size_t length, struct fault *fault)
{
    if (f->source_fd < 0) f->source_fd = open(f->source_log, O_RDONLY | O_CLOEXEC); /* nobody locks the log: this one may be closed */
    if (f->source_fd < 0) return file_trouble(f->source_log, fault);
    ssize_t n = pread(f->source_fd, f->buffer, length, at);
    if (n == (ssize_t)length) return OK;
    return n < 0 ? file_trouble(f->source_log, fault) : fault_set(fault, ERR_IO, "%s: is too short", f->source_log);
}

/* --- the target ------------------------------------------------------------------------------------------------------------------------- */

static enum err put_at(struct db_follow *f, int fd, const char *path, int64_t at, size_t length, struct fault *fault)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = pwrite(fd, f->buffer + done, length - done, at + (int64_t)done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return file_trouble(path, fault);
        done += (size_t)n;
    }
    f->bytes += (int64_t)length;
    return OK;
}

static enum err sync_folder(const char *path, struct fault *fault)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    (void)snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    enum err e = file_sync_directory(folder);
    return e == OK ? OK : fault_set(fault, e, "%s: %s", folder, err_name(e));
}

static void close_target(struct db_follow *f)
{
    if (f->target_fd >= 0) close(f->target_fd);
    f->target_fd = -1;
}

/* Puts what the log of the copy holds into its file; the log goes. */
static enum err fold(struct db_follow *f, struct fault *fault)
{
    char log[PATH_MAX + 16];
    sqlite3 *db = NULL;
    int frames = 0, done = 0;
    close_target(f);
    if (f->copied == 0) return OK;
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    enum err e = open_one(f->path, SQLITE_OPEN_READWRITE, &db, fault);
    if (e == OK) e = run(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=FULL; SELECT 1 FROM sqlite_master LIMIT 1", fault);
    int code = e == OK ? sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &done) : SQLITE_OK;
    if (code != SQLITE_OK) e = trouble(db, code, f->path, fault);
    (void)sqlite3_close(db);
    if (e == OK && ((uint32_t)frames != f->copied || done != frames))
        e = fault_set(fault, ERR_IO, "%s: is not what was written to it (%d of %u pages): is the disk sound?", f->path, frames, f->copied);
    if (e == OK && file_exists(log)) e = fault_set(fault, ERR_IO, "%s: could not be folded in", log);
    f->copied = f->swept_at = 0;
    return e;
}

/* A new log gets its name when it is whole: half of one would take pages of the file back. */
static enum err begin_log(struct db_follow *f, const struct log_head *head, const char *fresh, struct fault *fault)
{
    f->target_fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (f->target_fd < 0) return file_trouble(fresh, fault);
    enum err e = read_log(f, 0, LOG_HEAD, fault);
    if (e == OK && memcmp(f->buffer + 16, head->salt, sizeof head->salt) != 0) e = fault_set(fault, ERR_BUSY, "the database's log was begun anew");
    return e == OK ? put_at(f, f->target_fd, fresh, 0, LOG_HEAD, fault) : e;
}

static enum err end_log(struct db_follow *f, const char *fresh, bool is_fresh, struct fault *fault)
{
    char log[PATH_MAX + 16];
    if (fdatasync(f->target_fd) != 0) return file_trouble(f->path, fault);
    if (!is_fresh) return OK;
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    if (rename(fresh, log) != 0) return file_trouble(log, fault);
    return sync_folder(log, fault);
}

/* Everything up to `head` goes behind what the copy's log holds. ERR_BUSY: the generation has ended meanwhile. */
static enum err ship(struct db_follow *f, int reader, const struct log_head *head, struct fault *fault)
{
    char fresh[PATH_MAX + 24];
    const size_t frame = FRAME_HEAD + head->page, most = PIECE / frame;
    if (!same_generation(head, &f->known)) {
        enum err e = fold(f, fault);
        if (e != OK) return e;
        f->known = *head;
    }
    if (head->frames <= f->copied) return OK;
    (void)snprintf(fresh, sizeof fresh, "%s-wal.new", f->path);
    const bool is_fresh = f->target_fd < 0;
    enum err e = is_fresh ? begin_log(f, head, fresh, fault) : OK;
    for (uint32_t at = f->copied; e == OK && at < head->frames;) {
        struct log_head now;
        const uint32_t count = head->frames - at < most ? head->frames - at : (uint32_t)most;
        const int64_t offset = LOG_HEAD + (int64_t)at * (int64_t)frame;
        e = read_log(f, offset, count * frame, fault);
        if (e == OK) e = read_head(f, reader, &now, fault);
        if (e == OK && !same_generation(head, &now)) e = fault_set(fault, ERR_BUSY, "the database's log was begun anew");
        if (e == OK) e = put_at(f, f->target_fd, fresh, offset, count * frame, fault);
        if (e == OK && atomic_load(f->stop) && is_fresh) e = fault_set(fault, ERR_BUSY, "stopped");
        at += count;
    }
    if (e == OK) e = end_log(f, fresh, is_fresh, fault);
    if (e == OK) f->copied = head->frames;
    else if (is_fresh) close_target(f);
    return e;
}

static enum err catch_up(struct db_follow *f, int reader, struct fault *fault)
{
    enum err e = ERR_BUSY;
    for (int i = 0; e == ERR_BUSY && i < 5 && !(i && atomic_load(f->stop)); i++) {
        struct log_head head;
        e = read_head(f, reader, &head, fault);
        if (e == OK) e = ship(f, reader, &head, fault);
    }
    return e;
}

/* --- the first copy --------------------------------------------------------------------------------------------------------------------- */

/* Pages that a checkpoint changes meanwhile stand in the log, which is laid over them. */
static enum err copy_file(struct db_follow *f, int reader, struct fault *fault)
{
    sqlite3_file *file = file_of(f->readers[reader]);
    sqlite3_int64 size = 0;
    if (!file || file->pMethods->xFileSize(file, &size) != SQLITE_OK) return fault_set(fault, ERR_IO, "the database's file cannot be read");
    int fd = open(f->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    enum err e = fd < 0 ? file_trouble(f->path, fault) : OK;
    for (sqlite3_int64 at = 0; e == OK && at < size;) {
        const int length = size - at < (sqlite3_int64)PIECE ? (int)(size - at) : (int)PIECE;
        int code = file->pMethods->xRead(file, f->buffer, length, at);
        if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) e = trouble(NULL, code, "the database's file", fault);
        if (e == OK) e = put_at(f, fd, f->path, at, (size_t)length, fault);
        if (e == OK && atomic_load(f->stop)) e = fault_set(fault, ERR_BUSY, "stopped");
        at += length;
    }
    if (e == OK && fsync(fd) != 0) e = file_trouble(f->path, fault);
    if (fd >= 0) close(fd);
    return e;
}

/* Beside the copy that may be there, which stays good until this one takes its place. */
static enum err take_base(struct db_follow *f, int reader, struct fault *fault)
{
    char log[PATH_MAX + 16];
    (void)snprintf(f->path, sizeof f->path, "%s.new", f->target);
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    (void)unlink(f->path);
    (void)unlink(log);
    enum err e = copy_file(f, reader, fault);
    if (e == OK) e = catch_up(f, reader, fault);
    if (e == OK) e = fold(f, fault);
    if (e != OK) return e;
    (void)snprintf(log, sizeof log, "%s-wal", f->target);
    if (unlink(log) != 0 && errno != ENOENT) return file_trouble(log, fault);
    e = sync_folder(f->target, fault); /* the old log must be gone before a file comes that it does not belong to */
    if (e == OK && rename(f->path, f->target) != 0) e = file_trouble(f->target, fault);
    if (e == OK) e = sync_folder(f->target, fault);
    if (e != OK) return e;
    (void)snprintf(f->path, sizeof f->path, "%s", f->target);
    f->known = (struct log_head){0};
    f->has_base = true;
    return OK;
}

/* --- keeping the source's log short ------------------------------------------------------------------------------------------------------- */

/* While nobody can write: the rest of the log is taken into memory, goes into the file, and a reader takes its stand outside of the log. */
static enum err sweep_gated(struct db_follow *f, uint32_t *ret_count, struct fault *fault)
{
    struct log_head head;
    const int next = 1 - f->held;
    int frames, done;
    *ret_count = 0;
    enum err e = begin_reader(f, next, fault);
    if (e == OK) e = read_head(f, next, &head, fault);
    const size_t frame = e == OK ? FRAME_HEAD + head.page : 0;
    if (e == OK && (!same_generation(&head, &f->known) || head.frames < f->copied || (head.frames - f->copied) * frame > PIECE)) e = ERR_BUSY;
    if (e == OK && head.frames > f->copied) e = read_log(f, LOG_HEAD + (int64_t)f->copied * (int64_t)frame, (head.frames - f->copied) * frame, fault);
    if (e != OK) {
        end_reader(f, next);
        return e == ERR_BUSY ? OK : e;
    }
    *ret_count = head.frames - f->copied;
    hold(f, next);
    (void)sqlite3_wal_checkpoint_v2(f->sweeper, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &done); /* another reader in the way: next time */
    e = begin_reader(f, 1 - f->held, fault);
    if (e == OK) hold(f, 1 - f->held);
    return e;
}

static enum err sweep(struct db_follow *f, struct fault *fault)
{
    uint32_t count = 0;
    int frames, done, code = SQLITE_BUSY;
    f->swept_at = f->copied;
    (void)sqlite3_wal_checkpoint_v2(f->sweeper, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &done); /* most of it, in nobody's way */
    for (int i = 0; code == SQLITE_BUSY && i < 40; i++) {
        code = sqlite3_exec(f->gate, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (code == SQLITE_BUSY) clock_sleep_ms(1);
    }
    if (code == SQLITE_BUSY) return OK;
    if (code != SQLITE_OK) return trouble(f->gate, code, "the database", fault);
    enum err e = sweep_gated(f, &count, fault);
    (void)sqlite3_exec(f->gate, "ROLLBACK", NULL, NULL, NULL);
    if (e != OK || count == 0) return e;
    const size_t frame = FRAME_HEAD + f->known.page;
    e = put_at(f, f->target_fd, f->path, LOG_HEAD + (int64_t)f->copied * (int64_t)frame, count * frame, fault);
    if (e == OK && fdatasync(f->target_fd) != 0) e = file_trouble(f->path, fault);
    if (e == OK) f->copied += count;
    return e;
}

/* --- outside ------------------------------------------------------------------------------------------------------------------------------ */

enum err db_follow_open(const char *source, const char *target, const atomic_bool *stop, struct db_follow **ret, struct fault *fault)
{
    struct db_follow *f = calloc(1, sizeof *f);
    if (f) f->buffer = malloc(PIECE);
    if (!f || !f->buffer || strlen(source) + 8 > sizeof f->source_log || strlen(target) + 8 > sizeof f->target) {
        if (f) free(f->buffer);
        free(f);
        return fault_set(fault, ERR_NOMEM, "not enough memory to follow the database");
    }
    f->held = f->source_fd = f->target_fd = -1;
    f->stop = stop;
    (void)snprintf(f->source_log, sizeof f->source_log, "%s-wal", source);
    (void)snprintf(f->target, sizeof f->target, "%s", target);
    enum err e = open_one(source, SQLITE_OPEN_READONLY, &f->readers[0], fault);
    if (e == OK) e = open_one(source, SQLITE_OPEN_READONLY, &f->readers[1], fault);
    if (e == OK) e = open_one(source, SQLITE_OPEN_READWRITE, &f->gate, fault);
    if (e == OK) e = open_one(source, SQLITE_OPEN_READWRITE, &f->sweeper, fault);
    if (e == OK) e = run(f->sweeper, "PRAGMA synchronous=FULL", fault);
    if (e == OK) (void)sqlite3_busy_timeout(f->readers[0], 5000), (void)sqlite3_busy_timeout(f->readers[1], 5000);
    if (e != OK) {
        db_follow_close(f);
        return e;
    }
    *ret = f;
    return OK;
}

enum err db_follow_step(struct db_follow *f, int64_t *ret_bytes, struct fault *fault)
{
    const int next = f->held == 0 ? 1 : 0;
    f->bytes = 0;
    enum err e = begin_reader(f, next, fault);
    if (e == OK && !f->has_base) e = take_base(f, next, fault);
    if (e == OK) e = catch_up(f, next, fault);
    if (e == OK) hold(f, next);
    else end_reader(f, next);
    if (e == OK && f->copied >= SWEEP_AT && f->copied >= f->swept_at + SWEEP_AGAIN) e = sweep(f, fault);
    *ret_bytes = f->bytes;
    return e;
}

void db_follow_close(struct db_follow *f)
{
    if (!f) return;
    end_reader(f, f->held);
    for (int i = 0; i < 2; i++) (void)sqlite3_close(f->readers[i]);
    (void)sqlite3_close(f->gate);
    (void)sqlite3_close(f->sweeper);
    if (f->source_fd >= 0) close(f->source_fd);
    close_target(f);
    free(f->buffer);
    free(f);
}

static int keep_first(void *context, int columns, char **values, char **names)
{
    struct fault *found = context;
    (void)names;
    if (columns > 0 && values[0] && strcmp(values[0], "ok") != 0 && !found->text[0]) (void)fault_set(found, ERR_INPUT, "%s", values[0]);
    return 0;
}

enum err db_file_check(const char *path, struct fault *fault)
{
    sqlite3 *db = NULL;
    struct fault found = {0};
    enum err e = open_one(path, SQLITE_OPEN_READWRITE, &db, fault);
    int code = e == OK ? sqlite3_exec(db, "PRAGMA integrity_check(1)", keep_first, &found, NULL) : SQLITE_OK;
    if (code != SQLITE_OK) e = trouble(db, code, path, fault);
    (void)sqlite3_close(db);
    if (e == OK && found.text[0]) e = fault_set(fault, ERR_INPUT, "%s: is damaged: %s", path, found.text);
    return e;
}
