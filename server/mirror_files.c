#include "server/mirror_files.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/map.h"
#include "core/congress/store/mirror.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (64 * 1024)
#define TURN (1024 * 1024)
#define ALL_AGAIN_MS (10 * CLOCK_MINUTE)
#define OVERLAP_MS (10 * CLOCK_MINUTE) /* rows of a long import carry the time of its beginning; clocks are set */
#define DEEPEST 8
#define OTHER_MOST (64u * 1024 * 1024)

struct mirror_files {
    const char *data, *copy;
    int64_t since_ms, all_at; /* blobs added from then on are looked for; when all of them were */
    int64_t mark;             /* of the database at the last look */
    bool has_mark;
    int64_t missing;
    struct arena arena;
    struct map stamps; /* name → what the file was when it was copied */
};

/* A round over all that may be new. */
struct round {
    struct mirror_files *files;
    struct arena arena;
    struct sql_blob_added_row *wanted;
    size_t count, room;
    enum err (*between)(void *context, int64_t bytes, struct fault *fault);
    void *context;
    const char *source; /* of the blob that is being copied */
    int64_t turn;       /* bytes since `between` */
};

enum err mirror_files_new(const char *data, const char *copy, struct mirror_files **ret, struct fault *fault)
{
    struct mirror_files *files = calloc(1, sizeof *files);
    if (!files) return fault_set(fault, ERR_NOMEM, "not enough memory");
    files->data = data;
    files->copy = copy;
    files->stamps.arena = &files->arena;
    *ret = files;
    return OK;
}

void mirror_files_free(struct mirror_files *files)
{
    if (!files) return;
    arena_release(&files->arena);
    free(files);
}

int64_t mirror_files_missing(const struct mirror_files *files) { return files->missing; }

bool mirror_files_is_empty(const char *folder)
{
    static const char *const ours[] = {".", "..", "lost+found", MIRROR_NOTE, MIRROR_DATABASE, MIRROR_DATABASE "-wal", MIRROR_FILES, "blobs"};
    DIR *dir = opendir(folder);
    bool empty = true;
    if (!dir) return true;
    for (struct dirent *entry; empty && (entry = readdir(dir));) {
        bool known = entry->d_name[0] == '.' || strncmp(entry->d_name, MIRROR_DATABASE ".new", sizeof MIRROR_DATABASE + 3) == 0;
        for (size_t i = 0; !known && i < sizeof ours / sizeof *ours; i++) known = strcmp(entry->d_name, ours[i]) == 0;
        empty = known;
    }
    closedir(dir);
    return empty;
}

/* --- papers and pictures ------------------------------------------------------------------------------------------------------------------------ */

static enum err want(void *context, const struct sql_blob_added_row *row)
{
    struct round *r = context;
    struct stat st;
    struct arena scratch = {0};
    const char *path = blob_path(&scratch, r->files->copy, row->sha256);
    bool there = path && stat(path, &st) == 0 && st.st_size == row->size;
    arena_release(&scratch);
    if (there) return OK;
    if (r->count == r->room) {
        size_t room = r->room ? r->room * 2 : 64;
        struct sql_blob_added_row *more = arena_array(&r->arena, room, sizeof *more);
        if (!more) return ERR_NOMEM;
        if (r->count) memcpy(more, r->wanted, r->count * sizeof *more);
        r->wanted = more;
        r->room = room;
    }
    r->wanted[r->count].sha256 = arena_strdup(&r->arena, row->sha256);
    r->wanted[r->count].size = row->size;
    return r->wanted[r->count++].sha256 ? OK : ERR_NOMEM;
}

static enum err pour(void *context, int fd, struct fault *fault)
{
    struct round *r = context;
    unsigned char piece[PIECE];
    int in = open(r->source, O_RDONLY | O_CLOEXEC);
    enum err e = in < 0 ? fault_set(fault, ERR_CONFLICT, "%s: %s", r->source, strerror(errno)) : OK;
    while (e == OK) {
        ssize_t n = read(in, piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) e = fault_set(fault, ERR_CONFLICT, "%s: %s", r->source, strerror(errno));
        if (n <= 0) break;
        e = file_write_all(fd, piece, (size_t)n);
        if (e != OK) fault_set(fault, e, "%s: a paper cannot be written: %s", r->files->copy, err_name(e));
        r->turn += n;
        if (e != OK || r->turn < TURN) continue;
        e = r->between(r->context, r->turn, fault);
        r->turn = 0;
    }
    if (in >= 0) close(in);
    return e;
}

static enum err copy_blobs(struct round *r, struct db *db, struct fault *fault)
{
    struct mirror_files *files = r->files;
    int64_t mark, now = clock_now_ms(), steady = clock_steady_ms();
    enum err e = db_change_mark(db, &mark);
    bool all = !files->all_at || steady - files->all_at >= ALL_AGAIN_MS;
    if (e == OK && files->has_mark && mark == files->mark && files->missing == 0 && !all) return OK;
    if (e == OK) e = sql_blob_added(db, all ? 0 : files->since_ms, want, r);
    if (e != OK) return db_fault(db, e, fault, "the list of papers");
    files->missing = (int64_t)r->count;
    for (size_t i = 0; e == OK && i < r->count; i++) {
        struct blob blob = {.size = r->wanted[i].size};
        (void)snprintf(blob.sha256, sizeof blob.sha256, "%s", r->wanted[i].sha256);
        r->source = blob_path(&r->arena, files->data, blob.sha256);
        if (!r->source) return fault_set(fault, ERR_NOMEM, "not enough memory");
        e = blob_put_known(files->copy, &blob, pour, r, fault);
        if (e == ERR_CONFLICT) e = OK; /* missing or damaged here: it stays missing there, and the next round tries again */
        else if (e == OK) files->missing--;
        if (e == OK) e = r->between(r->context, r->turn, fault);
        r->turn = 0;
    }
    if (e != OK) return e;
    files->mark = mark;
    files->has_mark = true;
    if (all) files->all_at = steady;
    if (files->missing == 0) files->since_ms = now - OVERLAP_MS;
    return OK;
}

/* --- keys ------------------------------------------------------------------------------------------------------------------------------------------ */

static bool stands_elsewhere(const char *name, int depth)
{
    size_t n = strlen(name);
    if (name[0] == '.' || (n >= 4 && strcmp(name + n - 4, "lock") == 0)) return true;
    return depth == 0 && (strncmp(name, "plenum.db", 9) == 0 || strcmp(name, "blobs") == 0 || strcmp(name, "backups") == 0);
}

static enum err copy_other(struct round *r, const char *from, const char *to, const struct stat *st, struct fault *fault)
{
    struct mirror_files *files = r->files;
    struct arena scratch = {0};
    char *data;
    size_t length;
    const char *stamp = arena_printf(&scratch, "%lld.%09ld %lld %llu",
                                     (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec, (long long)st->st_size, (unsigned long long)st->st_ino);
    const char *before = map_get(&files->stamps, to), *name = NULL;
    enum err e = stamp ? OK : ERR_NOMEM;
    if (e == OK && before && strcmp(before, stamp) == 0) goto out;
    e = file_read(&scratch, from, OTHER_MOST, &data, &length, fault);
    if (e == ERR_NOT_FOUND || e == ERR_LIMIT) {
        e = OK; /* a temporary one that has gone; nothing that large belongs here */
        goto out;
    }
    if (e == OK) e = file_write_atomic(to, data, length, 0600, fault);
    if (e == OK) {
        name = arena_strdup(&files->arena, to);
        stamp = arena_strdup(&files->arena, stamp);
        e = name && stamp && map_put(&files->stamps, name, (void *)(uintptr_t)stamp) == 0 ? OK : ERR_NOMEM;
    }
out:
    arena_release(&scratch);
    return e == ERR_NOMEM ? fault_set(fault, e, "not enough memory") : e;
}

static enum err copy_others(struct round *r, const char *from, const char *to, int depth, struct fault *fault)
{
    DIR *dir = opendir(from);
    if (!dir) return errno == ENOENT && depth ? OK : fault_set(fault, err_from_errno(errno), "%s: %s", from, strerror(errno));
    enum err e = file_make_directories(to, fault);
    for (struct dirent *entry; e == OK && (entry = readdir(dir));) {
        struct stat st;
        struct arena scratch = {0};
        if (stands_elsewhere(entry->d_name, depth)) continue;
        const char *source = file_join(&scratch, from, entry->d_name), *target = file_join(&scratch, to, entry->d_name);
        if (!source || !target) e = fault_set(fault, ERR_NOMEM, "not enough memory");
        else if (lstat(source, &st) != 0) e = OK;
        else if (S_ISDIR(st.st_mode) && depth < DEEPEST) e = copy_others(r, source, target, depth + 1, fault);
        else if (S_ISREG(st.st_mode)) e = copy_other(r, source, target, &st, fault);
        arena_release(&scratch);
    }
    closedir(dir);
    return e;
}

enum err mirror_files_copy(struct mirror_files *files, struct db *db, enum err (*between)(void *context, int64_t bytes, struct fault *fault), void *context,
                           struct fault *fault)
{
    struct round r = {.files = files, .between = between, .context = context};
    const char *others = file_join(&r.arena, files->copy, MIRROR_FILES);
    enum err e = others ? copy_others(&r, files->data, others, 0, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = copy_blobs(&r, db, fault);
    arena_release(&r.arena);
    return e;
}
