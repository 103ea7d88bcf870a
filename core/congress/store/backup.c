/* Writing a backup. */
#include "core/congress/store/backup.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/crypto_stream.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/version.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (64 * 1024)
#define DEEPEST 8

struct packing {
    struct archive *archive;
    const char *folder;
    struct arena arena;
    struct backup_figures figures;
    const struct backup_options *options;
    struct crypto_stream *seal; /* NULL: not sealed */
    int64_t done, total;        /* bytes, for who watches */
    int fd;
    struct fault *fault;
};

static enum err archive_trouble(struct packing *p, const char *name)
{
    int number = archive_errno(p->archive);
    enum err e = number > 0 ? err_from_errno(number) : ERR_IO;
    return fault_set(p->fault, e, "write %s into the backup: %s", name, archive_error_string(p->archive));
}

static enum err begin_entry(struct packing *p, const char *name, int64_t size)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry) return fault_set(p->fault, ERR_NOMEM, "not enough memory");
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_mtime(entry, (time_t)(clock_now_ms() / 1000), 0);
    int code = archive_write_header(p->archive, entry);
    archive_entry_free(entry);
    p->figures.bytes += size;
    return code == ARCHIVE_OK ? OK : archive_trouble(p, name);
}

static bool is_stopped(struct packing *p)
{
    const struct backup_options *o = p->options;
    return o && o->progress && !o->progress(o->context, p->done, p->total > p->done ? p->total : p->done);
}

static enum err put_data(struct packing *p, const char *name, const void *data, size_t length)
{
    p->done += (int64_t)length;
    if (is_stopped(p)) return fault_because(p->fault, ERR_TIMEOUT, "backup_stopped", NULL, "the backup was stopped");
    return archive_write_data(p->archive, data, length) == (la_ssize_t)length ? OK : archive_trouble(p, name);
}

/* A file that does not change meanwhile; with `sha256` its bytes are checked on the way. */
static enum err put_file(struct packing *p, const char *path, const char *name, const char *sha256)
{
    unsigned char piece[PIECE];
    char hash[CRYPTO_HASH_HEX];
    struct crypto_sha256_state state;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int number = errno;
        if (fd >= 0) close(fd);
        return fault_set(p->fault, sha256 ? ERR_CONFLICT : err_from_errno(number), "%s: %s", path, strerror(number));
    }
    enum err e = begin_entry(p, name, st.st_size);
    int64_t left = st.st_size;
    crypto_sha256_start(&state);
    while (e == OK && left > 0) {
        ssize_t n = read(fd, piece, left < PIECE ? (size_t)left : PIECE);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            e = fault_set(p->fault, ERR_IO, "%s: %s", path, n < 0 ? strerror(errno) : "became shorter");
            break;
        }
        crypto_sha256_add(&state, piece, (size_t)n);
        e = put_data(p, name, piece, (size_t)n);
        left -= n;
    }
    crypto_sha256_end(&state, hash);
    close(fd);
    if (e == OK && sha256 && strcmp(hash, sha256) != 0) e = fault_set(p->fault, ERR_CONFLICT, "%s: is damaged (its bytes are not what its name says)", path);
    return e;
}

static enum err put_blob(void *context, const struct sql_blob_each_row *row)
{
    struct packing *p = context;
    struct arena scratch = {0};
    const char *path = blob_path(&scratch, p->folder, row->sha256), *name = arena_printf(&scratch, "blobs/%.2s/%s", row->sha256, row->sha256);
    enum err e = path && name ? put_file(p, path, name, row->sha256) : ERR_NOMEM;
    arena_release(&scratch);
    p->figures.blobs++;
    return e;
}

static bool stands_elsewhere(const char *name, int depth)
{
    return depth == 0 && (strncmp(name, "plenum.db", 9) == 0 || strcmp(name, "blobs") == 0 || strcmp(name, "lock") == 0 || strcmp(name, "backups") == 0);
}

/* Whatever else lies in the folder, but for locks and unfinished files. */
static enum err put_others(struct packing *p, const char *folder, const char *prefix, int depth)
{
    DIR *dir = opendir(folder);
    enum err e = dir ? OK : fault_set(p->fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
    for (struct dirent *entry; e == OK && (entry = readdir(dir));) {
        struct stat st;
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "lock") == 0 || stands_elsewhere(entry->d_name, depth)) continue;
        const char *path = file_join(&p->arena, folder, entry->d_name), *name = arena_printf(&p->arena, "%s%s", prefix, entry->d_name);
        const char *below = name ? arena_printf(&p->arena, "%s/", name) : NULL;
        if (!path || !below) e = fault_set(p->fault, ERR_NOMEM, "not enough memory");
        else if (lstat(path, &st) != 0) continue; /* a temporary one that has gone */
        else if (S_ISDIR(st.st_mode) && depth < DEEPEST) e = put_others(p, path, below, depth + 1);
        else if (S_ISREG(st.st_mode)) e = put_file(p, path, name, NULL);
    }
    if (dir) closedir(dir);
    return e;
}

static enum err add_size(void *context, const struct sql_blob_each_row *row)
{
    ((struct packing *)context)->total += row->size;
    return OK;
}

enum err backup_count(struct db *db, struct backup_contents *ret)
{
    struct arena arena = {0};
    struct sql_backup_contents_row row;
    enum err e = sql_backup_contents(db, &arena, &row);
    if (e == OK) {
        *ret = (struct backup_contents){.events = row.events, .people = row.people, .delegates = row.delegates, .scans = row.scans, .newest_ms = row.newest_ms};
        (void)snprintf(ret->server, sizeof ret->server, "%s", row.server ? row.server : "");
    }
    arena_release(&arena);
    return e;
}

static enum err put_head(struct packing *p, struct db *db)
{
    char made[CLOCK_TEXT_SIZE];
    struct backup_figures *f = &p->figures;
    enum err e = backup_count(db, &f->contents);
    if (e != OK) return db_fault(db, e, p->fault, "count what is in it");
    json_t *head = json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "format", "plenum-backup/1", "made", clock_format(f->made_ms, made),
                             "secret", "holds badge tokens and keys",
                             "program", PLENUM_VERSION, "made_ms", (json_int_t)f->made_ms, "server", f->contents.server);
    char *text = head ? json_text(&p->arena, head) : NULL;
    json_decref(head);
    if (!text) return fault_set(p->fault, ERR_NOMEM, "not enough memory");
    (void)snprintf(f->program, sizeof f->program, "%s", PLENUM_VERSION);
    e = begin_entry(p, "plenum-backup.json", (int64_t)strlen(text));
    return e == OK ? put_data(p, "plenum-backup.json", text, strlen(text)) : e;
}

static enum err put_all(struct packing *p, const char *copy)
{
    struct db *db = NULL;
    enum err e = db_open(&catalogue, copy, DB_WRITE, &db, p->fault); /* so that it clears up behind itself */
    if (e != OK) {
        db_close(db);
        return e;
    }
    e = put_head(p, db);
    if (e == OK) e = put_file(p, copy, "plenum.db", NULL);
    if (e == OK && (e = sql_blob_each(db, put_blob, p)) != OK && !p->fault->text[0]) e = db_fault(db, e, p->fault, "read the list of papers");
    if (e == OK) e = put_others(p, p->folder, "", 0);
    db_close(db);
    return e;
}

/* libarchive's way to the file, or to the seal. */
static la_ssize_t pour(struct archive *archive, void *context, const void *data, size_t length)
{
    struct packing *p = context;
    enum err e = p->seal ? crypto_stream_write(p->seal, data, length) : file_write_all(p->fd, data, length);
    if (e == OK) return (la_ssize_t)length;
    archive_set_error(archive, e == ERR_FULL ? ENOSPC : EIO, "%s", err_name(e));
    return -1;
}

static enum err pack(struct packing *p, const char *copy)
{
    p->archive = archive_write_new();
    if (!p->archive) return fault_set(p->fault, ERR_NOMEM, "not enough memory");
    bool good = archive_write_set_format_pax_restricted(p->archive) == ARCHIVE_OK && archive_write_add_filter_gzip(p->archive) == ARCHIVE_OK &&
                archive_write_set_filter_option(p->archive, "gzip", "compression-level", "1") == ARCHIVE_OK &&
                archive_write_set_bytes_in_last_block(p->archive, 1) == ARCHIVE_OK && archive_write_open(p->archive, p, NULL, pour, NULL) == ARCHIVE_OK;
    enum err e = good ? put_all(p, copy) : archive_trouble(p, "the head");
    if (e == OK && archive_write_close(p->archive) != ARCHIVE_OK) e = archive_trouble(p, "the end");
    archive_write_free(p->archive);
    return e;
}

static enum err pack_into(struct packing *p, int fd, const char *copy)
{
    p->fd = fd;
    const char *passphrase = p->options ? p->options->passphrase : NULL, *key = p->options && !passphrase ? p->options->key : NULL;
    enum err e = passphrase ? crypto_stream_seal(fd, passphrase, &p->seal) : key ? crypto_stream_seal_by_key(fd, key, &p->seal) : OK;
    if (e != OK) return fault_set(p->fault, e, "begin the sealed file: %s", err_name(e));
    e = pack(p, copy);
    enum err end = crypto_stream_end(p->seal);
    return e == OK && end != OK ? fault_set(p->fault, end, "end the sealed file: %s", err_name(end)) : e;
}

enum err backup_is_sealed(const char *path, bool *ret) { return crypto_stream_is(path, ret); }

enum err backup_write(const struct store *store, const char *path, struct backup_figures *ret, struct fault *fault)
{
    return backup_write_with(store, path, NULL, ret, fault);
}

/* Copying counts once, packing the copy once more. */
static bool copied(void *context, int64_t done, int64_t total)
{
    struct packing *p = context;
    struct packing seen = {.options = p->options, .done = done, .total = p->total + 2 * total};
    p->done = total;
    return !is_stopped(&seen);
}

static enum err copy_database(struct packing *p, const struct store *store, const char *copy)
{
    const struct db_copy_watch watch = {copied, p};
    struct stat st;
    p->figures.made_ms = clock_now_ms();
    enum err e = sql_blob_each(store->db, add_size, p);
    if (e != OK) return db_fault(store->db, e, p->fault, "read the list of papers");
    e = db_copy_watched(store->db, copy, &watch, p->fault);
    if (e == ERR_TIMEOUT) fault_reason(p->fault, "backup_stopped");
    if (e == OK && stat(copy, &st) == 0) p->total += 2 * (int64_t)st.st_size;
    return e;
}

enum err backup_write_with(const struct store *store, const char *path, const struct backup_options *options, struct backup_figures *ret, struct fault *fault)
{
    struct fault own = {0};
    struct packing p = {.folder = store->folder, .options = options, .fault = fault ? fault : &own};
    struct file_new file;
    bool sealed = options && (options->passphrase || options->key);
    const char *copy = sealed ? arena_printf(&p.arena, "%s/.backup-%d", store->folder, (int)getpid()) : arena_printf(&p.arena, "%s.database-%d", path, (int)getpid());
    if (!copy) return fault_set(fault, ERR_NOMEM, "not enough memory");
    (void)unlink(copy);
    enum err e = copy_database(&p, store, copy);
    if (e == OK) e = file_new_open(&file, path, 0600, p.fault);
    if (e == OK) {
        e = pack_into(&p, file.fd, copy);
        if (e == OK) e = file_new_commit(&file, p.fault);
        else file_new_abandon(&file);
    }
    (void)unlink(copy);
    if (e == OK && ret) *ret = p.figures;
    arena_release(&p.arena);
    return e;
}
