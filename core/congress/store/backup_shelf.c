#include "core/congress/store/backup_shelf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LISTED_MOST 1000
#define PIECE (256 * 1024)
#define LOOK_AT_DISK (INT64_C(16) << 20) /* bytes from one look to the next */

static const char *const endings[] = {".tar.gz", ".sealed"};

static bool ends_with(const char *text, const char *ending)
{
    size_t n = strlen(text), m = strlen(ending);
    return n > m && strcmp(text + n - m, ending) == 0;
}

bool shelf_is_name(const char *name)
{
    size_t n = name ? strlen(name) : 0;
    if (n == 0 || n >= SHELF_NAME_SIZE || name[0] == '.') return false;
    for (size_t i = 0; i < n; i++)
        if (!isascii((unsigned char)name[i]) || (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i]))) return false;
    return ends_with(name, endings[0]) || ends_with(name, endings[1]);
}

char *shelf_path(struct arena *arena, const char *data, const char *name)
{
    return shelf_is_name(name) ? arena_printf(arena, "%s/backups/%s", data, name) : NULL;
}

/* --- what is known of one --------------------------------------------------------------------------------------------------------------------- */

static int64_t number_of(const json_t *note, const char *key)
{
    return json_integer_value(json_object_get(note, key));
}

static const char *text_of(struct arena *arena, const json_t *note, const char *key)
{
    const char *text = json_string_value(json_object_get(note, key));
    return text ? arena_strdup(arena, text) : NULL;
}

/* NULL: there is none. The caller owns it. */
static json_t *read_note(const char *data, const char *name)
{
    struct arena arena = {0};
    char *text = NULL;
    size_t length = 0;
    json_t *note = NULL;
    struct fault ignored;
    const char *path = shelf_path(&arena, data, name), *beside = path ? arena_printf(&arena, "%s.json", path) : NULL;
    if (beside && file_read(&arena, beside, 65536, &text, &length, &ignored) == OK) (void)json_read(text, length, &note, &ignored);
    arena_release(&arena);
    return note;
}

static enum err write_note(const char *data, const char *name, json_t *note, struct fault *fault)
{
    struct arena arena = {0};
    const char *path = shelf_path(&arena, data, name), *beside = path ? arena_printf(&arena, "%s.json", path) : NULL, *text = note ? json_text(&arena, note) : NULL;
    enum err e = beside && text ? file_write_atomic(beside, text, strlen(text), 0600, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    json_decref(note);
    arena_release(&arena);
    return e;
}

static void fill(struct arena *arena, const json_t *note, struct shelf_item *item)
{
    const json_t *newest = json_object_get(note, "newest_ms");
    if (!note) return;
    item->made_ms = number_of(note, "made_ms");
    item->is_regular = json_is_true(json_object_get(note, "regular"));
    item->is_uploaded = json_is_true(json_object_get(note, "uploaded"));
    item->is_known = !item->is_uploaded;
    item->contents = (struct backup_contents){.events = number_of(note, "events"), .people = number_of(note, "people"), .delegates = number_of(note, "delegates"),
                                              .scans = number_of(note, "scans"), .newest_ms = json_is_integer(newest) ? json_integer_value(newest) : DB_NULL};
    item->program = text_of(arena, note, "program");
    item->actor = text_of(arena, note, "actor");
    item->sha256 = text_of(arena, note, "sha256");
    item->checked_ms = number_of(note, "checked_ms");
}

enum err shelf_find(struct arena *arena, const char *data, const char *name, struct shelf_item *ret, struct fault *fault)
{
    struct stat st;
    const char *path = shelf_path(arena, data, name);
    if (!path || lstat(path, &st) != 0 || !S_ISREG(st.st_mode)) return fault_because(fault, ERR_NOT_FOUND, "backup_unknown", NULL, "there is no such backup");
    struct shelf_item item = {.name = arena_strdup(arena, name), .size = st.st_size, .made_ms = (int64_t)st.st_mtim.tv_sec * 1000};
    json_t *note = read_note(data, name);
    fill(arena, note, &item);
    json_decref(note);
    enum err e = crypto_stream_is(path, &item.is_sealed);
    if (e == OK) *ret = item;
    return item.name ? e : ERR_NOMEM;
}

static int newest_first(const void *a, const void *b)
{
    const struct shelf_item *x = a, *y = b;
    if (x->made_ms != y->made_ms) return x->made_ms > y->made_ms ? -1 : 1;
    return strcmp(y->name, x->name);
}

enum err shelf_list(struct arena *arena, const char *data, struct shelf_item **ret, size_t *ret_count)
{
    const char *folder = arena_printf(arena, "%s/backups", data);
    struct shelf_item *items = arena_array(arena, LISTED_MOST, sizeof *items);
    size_t count = 0;
    *ret = items;
    *ret_count = 0;
    if (!folder || !items) return ERR_NOMEM;
    DIR *dir = opendir(folder);
    if (!dir) return errno == ENOENT ? OK : err_from_errno(errno);
    for (struct dirent *entry; count < LISTED_MOST && (entry = readdir(dir));)
        if (shelf_is_name(entry->d_name) && shelf_find(arena, data, entry->d_name, &items[count], NULL) == OK) count++;
    (void)closedir(dir);
    qsort(items, count, sizeof *items, newest_first);
    *ret_count = count;
    return OK;
}

enum err shelf_remove(const char *data, const char *name, struct fault *fault)
{
    struct arena arena = {0};
    const char *path = shelf_path(&arena, data, name), *beside = path ? arena_printf(&arena, "%s.json", path) : NULL;
    enum err e = OK;
    if (!beside || !file_exists(path)) e = fault_because(fault, ERR_NOT_FOUND, "backup_unknown", NULL, "there is no such backup");
    else if (unlink(path) != 0) e = fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
    if (e == OK) (void)unlink(beside);
    arena_release(&arena);
    return e;
}

/* --- making one --------------------------------------------------------------------------------------------------------------------------------- */

enum err shelf_check_room(const char *data, int64_t bytes, struct fault *fault)
{
    struct statvfs disk;
    char megabytes[24];
    if (statvfs(data, &disk) != 0) return fault_set(fault, err_from_errno(errno), "the free space of the disk: %s", strerror(errno));
    int64_t left = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    if (left >= bytes + SHELF_SPARE) return OK;
    (void)snprintf(megabytes, sizeof megabytes, "%lld", (long long)((bytes + SHELF_SPARE - left + (1 << 20) - 1) >> 20));
    return fault_because(fault, ERR_FULL, "backup_full", megabytes, "the disk has no room for it: %s MB more are needed", megabytes);
}

struct watching {
    const char *data;
    const struct backup_options *asked;
    int64_t looked;
    bool is_full;
};

static bool watch(void *context, int64_t done, int64_t total)
{
    struct watching *w = context;
    if (done - w->looked >= LOOK_AT_DISK || done < w->looked) {
        w->looked = done;
        w->is_full = shelf_check_room(w->data, 0, NULL) == ERR_FULL;
    }
    return !w->is_full && (!w->asked->progress || w->asked->progress(w->asked->context, done, total));
}

static enum err hash_file(const char *path, const struct backup_options *options, char sha256[CRYPTO_HASH_HEX], struct fault *fault)
{
    struct crypto_sha256_state state;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *piece = malloc(PIECE);
    enum err e = fd < 0 || !piece || fstat(fd, &st) != 0 ? fault_set(fault, fd < 0 ? err_from_errno(errno) : ERR_NOMEM, "%s: cannot be read", path) : OK;
    int64_t done = 0;
    crypto_sha256_start(&state);
    while (e == OK) {
        ssize_t n = read(fd, piece, PIECE);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) e = fault_because(fault, ERR_IO, "backup_unreadable", NULL, "%s: %s", path, strerror(errno));
        if (n <= 0) break;
        crypto_sha256_add(&state, piece, (size_t)n);
        done += n;
        if (options && options->progress && !options->progress(options->context, done, st.st_size))
            e = fault_because(fault, ERR_TIMEOUT, "backup_stopped", NULL, "the check was stopped");
    }
    crypto_sha256_end(&state, sha256);
    if (fd >= 0) (void)close(fd);
    free(piece);
    return e;
}

static json_t *note_of(const struct shelf_wish *wish, const struct backup_figures *f, const char *sha256)
{
    json_t *note = json_pack("{s:I, s:b, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "made_ms", (json_int_t)f->made_ms, "regular", wish->is_regular, "program", f->program,
                             "actor", wish->actor, "sha256", sha256, "checked_ms", (json_int_t)clock_now_ms(), "events", (json_int_t)f->contents.events, "people",
                             (json_int_t)f->contents.people, "delegates", (json_int_t)f->contents.delegates, "scans", (json_int_t)f->contents.scans);
    if (note && f->contents.newest_ms != DB_NULL) (void)json_object_set_new(note, "newest_ms", json_integer(f->contents.newest_ms));
    return note;
}

/* "plenum-20261122-203015.sealed", UTC; a second one within the second gets a number. */
static enum err choose_name(struct arena *arena, const char *data, bool sealed, char *name)
{
    char made[CLOCK_TEXT_SIZE];
    (void)clock_format(clock_now_ms(), made); /* 2026-11-22T20:30:15.123Z */
    for (int i = 0; i < 100; i++) {
        char again[16] = "";
        if (i) (void)snprintf(again, sizeof again, "-%d", i + 1);
        (void)snprintf(name, SHELF_NAME_SIZE, "plenum-%.4s%.2s%.2s-%.2s%.2s%.2s%s%s", made, made + 5, made + 8, made + 11, made + 14, made + 17, again, endings[sealed]);
        const char *path = shelf_path(arena, data, name);
        if (!path) return ERR_NOMEM;
        if (!file_exists(path)) return OK;
    }
    return ERR_CONFLICT;
}

enum err shelf_make(const struct store *store, const struct shelf_wish *wish, char *name, struct fault *fault)
{
    struct arena arena = {0};
    struct backup_figures figures = {0};
    struct watching w = {.data = store->folder, .asked = &wish->options};
    struct backup_options options = wish->options;
    char sha256[CRYPTO_HASH_HEX];
    struct stat st;
    options.progress = watch;
    options.context = &w;
    const char *folder = arena_printf(&arena, "%s/backups", store->folder);
    enum err e = folder ? file_make_directories(folder, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = choose_name(&arena, store->folder, options.passphrase || options.key, name);
    if (e == OK) e = shelf_check_room(store->folder, stat(store->database, &st) == 0 ? (int64_t)st.st_size : 0, fault);
    const char *path = shelf_path(&arena, store->folder, name);
    if (e == OK) e = path ? backup_write_with(store, path, &options, &figures, fault) : ERR_NOMEM;
    if (w.is_full) e = fault_because(fault, ERR_FULL, "backup_full", "64", "the disk is nearly full: there must be room for check-ins");
    else if (e == ERR_FULL || e == ERR_LIMIT) e = fault_because(fault, ERR_FULL, "backup_full", "64", "the disk is full");
    if (e == OK) e = hash_file(path, NULL, sha256, fault); /* from the disk, as far as the system lets us */
    if (e == OK) e = write_note(store->folder, name, note_of(wish, &figures, sha256), fault);
    if (e != OK && path) (void)shelf_remove(store->folder, name, NULL);
    arena_release(&arena);
    return e;
}

enum err shelf_check(const char *data, const char *name, const struct backup_options *options, struct fault *fault)
{
    struct arena arena = {0};
    struct shelf_item item;
    char sha256[CRYPTO_HASH_HEX];
    enum err e = shelf_find(&arena, data, name, &item, fault);
    const char *path = e == OK ? shelf_path(&arena, data, name) : NULL;
    if (e == OK) e = path ? hash_file(path, options, sha256, fault) : ERR_NOMEM;
    if (e == OK && item.sha256 && strcmp(sha256, item.sha256) != 0)
        e = fault_because(fault, ERR_CONFLICT, "backup_changed", name, "%s: its bytes are not those that were written", name);
    if (e == OK) {
        json_t *note = read_note(data, name);
        if (!note) note = json_pack("{s:b, s:I}", "uploaded", 1, "made_ms", (json_int_t)item.made_ms);
        if (note && !item.sha256) (void)json_object_set_new(note, "sha256", json_string(sha256));
        if (note) (void)json_object_set_new(note, "checked_ms", json_integer(clock_now_ms()));
        e = write_note(data, name, note, fault);
    }
    arena_release(&arena);
    return e;
}

/* --- one that came ------------------------------------------------------------------------------------------------------------------------------ */

static bool begins_as_one(const char *path, bool *ret_sealed)
{
    unsigned char head[2] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool gzip = fd >= 0 && read(fd, head, 2) == 2 && head[0] == 0x1f && head[1] == 0x8b;
    if (fd >= 0) (void)close(fd);
    return crypto_stream_is(path, ret_sealed) == OK && (gzip || *ret_sealed);
}

/* What can stand in a name here, without the ending: letters without their marks, "-" for blanks. */
static void tidy_stem(struct arena *arena, const char *wanted, char *stem, size_t size)
{
    const char *base = arena_strdup(arena, file_base_name(wanted));
    bool has_marks = false;
    size_t n = 0;
    for (size_t i = 0; base && i < 2; i++)
        if (ends_with(base, endings[i])) base = arena_strndup(arena, base, strlen(base) - strlen(endings[i]));
    for (const char *p = base; p && *p; p++) has_marks = has_marks || !isascii((unsigned char)*p);
    const char *plain = has_marks ? text_fold(arena, base) : base;
    for (const char *p = plain; p && *p && n + 1 < size; p++) {
        char c = *p == ' ' ? '-' : *p;
        if (isascii((unsigned char)c) && (isalnum((unsigned char)c) || (n && strchr("._-", c)))) stem[n++] = c;
    }
    stem[n] = '\0';
    if (!*stem) (void)snprintf(stem, size, "uploaded");
}

enum err shelf_take(const char *data, const char *path, const char *wanted, const char *actor, char *name, struct fault *fault)
{
    struct arena arena = {0};
    char stem[80];
    bool sealed = false;
    enum err e = begins_as_one(path, &sealed) ? OK : fault_because(fault, ERR_INPUT, "backup_not_one", NULL, "this is no backup of Plenum");
    const char *target = NULL, *folder = arena_printf(&arena, "%s/backups", data);
    tidy_stem(&arena, wanted, stem, sizeof stem);
    for (int i = 0; e == OK && i < 1000; i++) {
        char again[16] = "";
        if (i) (void)snprintf(again, sizeof again, "-%d", i + 1);
        (void)snprintf(name, SHELF_NAME_SIZE, "%s%s%s", stem, again, endings[sealed]);
        target = shelf_path(&arena, data, name);
        if (!target || !file_exists(target)) break;
        target = NULL;
    }
    if (e == OK && (!target || !folder)) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = write_note(data, name, json_pack("{s:b, s:I, s:s}", "uploaded", 1, "made_ms", (json_int_t)clock_now_ms(), "actor", actor), fault);
    if (e == OK && rename(path, target) != 0) {
        e = fault_set(fault, err_from_errno(errno), "%s: %s", target, strerror(errno));
        (void)unlink(arena_printf(&arena, "%s.json", target));
    }
    if (e == OK) e = file_sync_directory(folder);
    arena_release(&arena);
    return e;
}

/* --- regular ones ------------------------------------------------------------------------------------------------------------------------------------ */

/* ".backup-123" and its journal: of a program that is gone. Ours have another process's number, or nothing is being made yet. */
static bool is_left_behind(const char *name)
{
    char *end = NULL;
    if (strncmp(name, ".backup-", 8) != 0) return false;
    long pid = strtol(name + 8, &end, 10);
    return end && (!*end || *end == '-') && pid > 0 && (pid == (long)getpid() || (kill((pid_t)pid, 0) != 0 && errno == ESRCH));
}

void shelf_sweep(const char *data)
{
    struct arena arena = {0};
    const char *folders[] = {arena_printf(&arena, "%s/backups", data), data};
    for (size_t i = 0; i < 2; i++) {
        DIR *dir = folders[i] ? opendir(folders[i]) : NULL;
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
            const char *name = entry->d_name;
            bool copy = i == 1 && is_left_behind(name);
            bool form = i == 0 && strncmp(name, ".form-", 6) == 0; /* came with a form: server/pages/backup_forms.c */
            bool half = form || (i == 0 && strncmp(name, "plenum-", 7) == 0 && !shelf_is_name(name) && !ends_with(name, ".json"));
            if (copy || half) (void)unlinkat(dirfd(dir), name, 0);
        }
        if (dir) (void)closedir(dir);
    }
    arena_release(&arena);
}

enum err shelf_regular_read(const char *data, struct shelf_regular *ret, struct fault *fault)
{
    struct arena arena = {0};
    char *text = NULL;
    size_t length = 0;
    json_t *root = NULL;
    const char *path = arena_printf(&arena, "%s/backups/regular.json", data);
    *ret = (struct shelf_regular){.keep = 12};
    enum err e = !path ? ERR_NOMEM : file_exists(path) ? file_read(&arena, path, 4096, &text, &length, fault) : OK;
    if (e == OK && text) e = json_read(text, length, &root, fault);
    if (e == OK && root) {
        const char *key = json_string_value(json_object_get(root, "key"));
        ret->hours = number_of(root, "hours");
        ret->keep = number_of(root, "keep");
        (void)snprintf(ret->key, sizeof ret->key, "%s", key ? key : "");
    }
    json_decref(root);
    if (text) crypto_forget(text, length);
    arena_release(&arena);
    return e;
}

enum err shelf_regular_write(const char *data, const struct shelf_regular *regular, struct fault *fault)
{
    struct arena arena = {0};
    char text[256];
    const char *folder = arena_printf(&arena, "%s/backups", data), *path = folder ? arena_printf(&arena, "%s/regular.json", folder) : NULL;
    int n = snprintf(text, sizeof text, "{\"hours\":%" PRId64 ",\"keep\":%" PRId64 ",\"key\":\"%s\"}\n", regular->hours, regular->keep, regular->key);
    enum err e = path ? file_make_directories(folder, fault) : ERR_NOMEM;
    if (e == OK) e = file_write_atomic(path, text, (size_t)n, 0600, fault);
    crypto_forget(text, sizeof text);
    arena_release(&arena);
    return e;
}

enum err shelf_prune(const char *data, int64_t keep, struct fault *fault)
{
    struct arena arena = {0};
    struct shelf_item *items;
    size_t count = 0;
    int64_t seen = 0;
    enum err e = shelf_list(&arena, data, &items, &count);
    for (size_t i = 0; e == OK && i < count; i++)
        if (items[i].is_regular && ++seen > keep) e = shelf_remove(data, items[i].name, fault);
    arena_release(&arena);
    return e;
}
