/* Reading a backup, and checking blobs. */
#include "catalogue.h"
#include "core/base/crypto_stream.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/congress/store/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_MOST (INT64_C(1) << 40) /* no backup is larger than a terabyte: a small file that claims so is hostile */

struct unpacking {
    struct archive *archive;
    const char *from, *folder;
    struct backup_figures figures;
    bool has_head, has_database;
    const struct backup_options *options;
    int64_t size; /* of the file */
    struct crypto_stream *sealed; /* NULL: it is not */
    int fd;
    struct fault *fault;
};

static enum err damaged(struct unpacking *u, const char *why)
{
    return fault_because(u->fault, ERR_INPUT, "backup_damaged", NULL, "%s: is no backup of Plenum, or is damaged: %s", u->from, why);
}

static bool is_stopped(struct unpacking *u)
{
    const struct backup_options *o = u->options;
    int64_t done = u->sealed ? (int64_t)lseek(u->fd, 0, SEEK_CUR) : archive_filter_bytes(u->archive, -1);
    return o->progress && !o->progress(o->context, done > u->size || done < 0 ? u->size : done, u->size);
}

static enum err write_entry(struct unpacking *u, const char *path)
{
    struct file_new file;
    const void *data;
    size_t length;
    la_int64_t offset, expected = 0;
    enum err e = file_new_open(&file, path, 0600, u->fault);
    if (e != OK) return e;
    for (;;) {
        int code = archive_read_data_block(u->archive, &data, &length, &offset);
        if (code == ARCHIVE_EOF) break;
        if (code != ARCHIVE_OK) e = damaged(u, archive_error_string(u->archive));
        else if (offset != expected || (u->figures.bytes += (int64_t)length) > BYTES_MOST) e = damaged(u, "an entry has holes or is too large");
        else if (is_stopped(u)) e = fault_because(u->fault, ERR_TIMEOUT, "backup_stopped", NULL, "the restore was stopped");
        else if ((e = file_write_all(file.fd, data, length)) != OK) (void)fault_set(u->fault, e, "%s: %s", path, err_name(e));
        if (e != OK) break;
        expected += (la_int64_t)length;
    }
    if (e == OK) return file_new_commit(&file, u->fault);
    file_new_abandon(&file);
    return e;
}

/* What it says of itself; older ones say less. */
static enum err read_head(struct unpacking *u)
{
    char text[4096];
    struct fault ignored;
    json_t *head = NULL;
    la_ssize_t n = archive_read_data(u->archive, text, sizeof text);
    if (n < 0) return damaged(u, archive_error_string(u->archive));
    u->has_head = true;
    if (json_read(text, (size_t)n, &head, &ignored) != OK) return OK; /* what counts is the database */
    const char *program = json_string_value(json_object_get(head, "program"));
    u->figures.made_ms = json_integer_value(json_object_get(head, "made_ms"));
    if (u->figures.made_ms < 0 || u->figures.made_ms > clock_now_ms() + 1000 * CLOCK_MINUTE) u->figures.made_ms = 0;
    (void)snprintf(u->figures.program, sizeof u->figures.program, "%.31s", program ? program : "");
    json_decref(head);
    return OK;
}

static enum err take_entry(struct unpacking *u, struct archive_entry *entry)
{
    struct arena scratch = {0};
    const char *name = archive_entry_pathname_utf8(entry);
    if (archive_entry_filetype(entry) == AE_IFDIR) return OK;
    if (!name || !file_is_safe_relative(name) || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry)) return damaged(u, "a strange entry");
    if (strcmp(name, "plenum-backup.json") == 0) return read_head(u);
    if (!u->has_head) return damaged(u, "it does not begin as one");
    const char *path = file_join(&scratch, u->folder, name), *above = path ? file_folder(&scratch, path) : NULL;
    enum err e = above ? file_make_directories(above, u->fault) : fault_set(u->fault, ERR_NOMEM, "not enough memory");
    if (e == OK && file_exists(path)) e = damaged(u, "an entry stands twice");
    if (e == OK) e = write_entry(u, path);
    u->has_database = u->has_database || strcmp(name, "plenum.db") == 0;
    arena_release(&scratch);
    return e;
}

static la_ssize_t draw(struct archive *archive, void *context, const void **ret)
{
    struct unpacking *u = context;
    size_t length = 0;
    enum err e = crypto_stream_read(u->sealed, ret, &length);
    if (e == OK) return (la_ssize_t)length;
    archive_set_error(archive, EIO, "it was changed or cut off");
    return -1;
}

static enum err open_seal(struct unpacking *u)
{
    bool sealed = false;
    enum err e = crypto_stream_is(u->from, &sealed);
    if (e != OK || !sealed) return e == OK ? OK : fault_set(u->fault, e, "%s: %s", u->from, err_name(e));
    if (!u->options->passphrase) return fault_because(u->fault, ERR_DENIED, "backup_passphrase", NULL, "%s: is sealed: its passphrase is needed", u->from);
    if ((u->fd = open(u->from, O_RDONLY | O_CLOEXEC)) < 0) return fault_set(u->fault, err_from_errno(errno), "%s: %s", u->from, strerror(errno));
    e = crypto_stream_open(u->fd, u->options->passphrase, &u->sealed);
    if (e == ERR_DENIED) return fault_because(u->fault, e, "backup_passphrase", NULL, "%s: this is not its passphrase, or it was changed", u->from);
    return e == OK ? OK : damaged(u, err_name(e));
}

static bool open_archive(struct unpacking *u)
{
    if (u->sealed) return archive_read_open(u->archive, u, NULL, draw, NULL) == ARCHIVE_OK;
    return archive_read_open_filename(u->archive, u->from, 64 * 1024) == ARCHIVE_OK;
}

static enum err unpack_open(struct unpacking *u)
{
    u->archive = archive_read_new();
    if (!u->archive) return fault_set(u->fault, ERR_NOMEM, "not enough memory");
    bool good = archive_read_support_format_tar(u->archive) == ARCHIVE_OK && archive_read_support_filter_gzip(u->archive) == ARCHIVE_OK;
    enum err e = OK;
    if (!good || !open_archive(u)) e = damaged(u, archive_error_string(u->archive));
    while (e == OK) {
        struct archive_entry *entry;
        int code = archive_read_next_header(u->archive, &entry);
        if (code == ARCHIVE_EOF) break;
        e = code == ARCHIVE_OK ? take_entry(u, entry) : damaged(u, archive_error_string(u->archive));
    }
    archive_read_free(u->archive);
    if (e == OK && !u->has_database) e = damaged(u, "there is no database in it");
    return e;
}

static enum err unpack(struct unpacking *u)
{
    u->fd = -1;
    enum err e = open_seal(u);
    if (e == OK) e = unpack_open(u);
    (void)crypto_stream_end(u->sealed);
    if (u->fd >= 0) (void)close(u->fd);
    return e;
}

/* --- blobs --- */

struct checking {
    const char *folder;
    void (*complain)(void *context, const char *sentence);
    void *context;
    int64_t total, bad;
};

static enum err check_blob(void *context, const struct sql_blob_each_row *row)
{
    struct checking *k = context;
    struct arena scratch = {0};
    struct blob blob;
    struct fault fault = {0};
    char sentence[256];
    const char *path = blob_path(&scratch, k->folder, row->sha256);
    enum err e = path ? blob_probe_file(path, BLOB_LIMIT, &blob, &fault) : ERR_BUG;
    k->total++;
    if (e != OK || strcmp(blob.sha256, row->sha256) != 0) {
        k->bad++;
        (void)snprintf(sentence, sizeof sentence, "blobs/%.2s/%s: %s", row->sha256, row->sha256,
            e == ERR_NOT_FOUND ? "is missing" : e == OK ? "is damaged" : err_name(e));
        k->complain(k->context, sentence);
    }
    arena_release(&scratch);
    return e == ERR_NOMEM ? e : OK;
}

enum err backup_check_blobs(struct db *db, const char *folder, void (*complain)(void *context, const char *sentence), void *context,
    int64_t *ret_total, int64_t *ret_bad,
                            struct fault *fault)
{
    struct checking k = {.folder = folder, .complain = complain, .context = context};
    enum err e = sql_blob_each(db, check_blob, &k);
    if (e != OK) return db_fault(db, e, fault, "read the list of papers");
    *ret_total = k.total;
    *ret_bad = k.bad;
    return OK;
}

/* --- the whole of a restore --- */

static void keep_first(void *context, const char *sentence)
{
    struct fault *first = context;
    if (!first->text[0]) (void)fault_set(first, ERR_INPUT, "%s", sentence);
}

static enum err check_restored(const char *folder, struct unpacking *u)
{
    struct store store = {0};
    struct fault first = {0};
    int64_t bad = 0;
    enum err e = store_open(folder, STORE_WRITE, &store, u->fault); /* an older schema is brought to ours */
    if (e != OK) return e;
    e = backup_check_blobs(store.db, folder, keep_first, &first, &u->figures.blobs, &bad, u->fault);
    if (e == OK && (e = backup_count(store.db, &u->figures.contents)) != OK) e = db_fault(store.db, e, u->fault, "count what is in it");
    if (e == OK && bad) e = damaged(u, first.text);
    store_close(&store);
    return e;
}

/* The folder must be ours to fill: not there, or with nothing in it but a lock that nobody holds. */
static enum err check_target(const char *folder, struct fault *fault)
{
    DIR *dir = opendir(folder);
    bool locked = false, filled = false;
    if (!dir) return errno == ENOENT ? OK : fault_set(fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (strcmp(entry->d_name, "lock") == 0) locked = true;
        else filled = true;
    }
    closedir(dir);
    if (filled) return fault_set(fault, ERR_CONFLICT, "%s: has something in it; restore goes into an empty or a new folder", folder);
    struct arena scratch = {0};
    const char *lock = file_join(&scratch, folder, "lock");
    int fd;
    enum err e = locked && lock ? file_lock(lock, &fd, fault) : OK;
    if (e == OK && locked && lock) {
        (void)unlink(lock);
        file_unlock(fd);
    }
    arena_release(&scratch);
    return e;
}

enum err backup_restore(const char *path, const char *folder, struct backup_figures *ret, struct fault *fault)
{
    return backup_restore_with(path, folder, NULL, ret, fault);
}

enum err backup_restore_with(const char *path, const char *folder, const char *passphrase, struct backup_figures *ret, struct fault *fault)
{
    const struct backup_options options = {.passphrase = passphrase};
    return backup_restore_watched(path, folder, &options, ret, fault);
}

enum err backup_restore_watched(const char *path, const char *folder, const struct backup_options *options, struct backup_figures *ret, struct fault *fault)
{
    struct fault own = {0};
    struct arena arena = {0};
    struct stat st;
    struct unpacking u = {.from = path, .options = options, .size = stat(path, &st) == 0 ? st.st_size : 0, .fault = fault ? fault : &own};
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/') n--;
    const char *target = arena_strndup(&arena, folder, n);
    u.folder = target ? arena_printf(&arena, "%s.restoring-%d", target, (int)getpid()) : NULL;
    enum err e = u.folder ? check_target(target, u.fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && !file_exists(path)) e = fault_set(u.fault, ERR_NOT_FOUND, "%s: there is no such file", path);
    if (e == OK) e = file_make_directories(u.folder, u.fault);
    if (e == OK) {
        e = unpack(&u);
        if (e == OK) e = check_restored(u.folder, &u);
        if (e == OK && rename(u.folder, target) != 0) e = fault_set(u.fault, err_from_errno(errno), "%s: %s", target, strerror(errno));
        if (e != OK) (void)file_remove_tree(u.folder);
    }
    if (e == OK) e = file_sync_directory(file_folder(&arena, target));
    if (e == OK && ret) *ret = u.figures;
    arena_release(&arena);
    return e;
}
