/* What a purge leaves in free pages and in files that no row names. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/purge/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ON_ITS_WAY_S 3600 /* a file that is younger may be a photo or paper whose row comes next */

enum err purge_look_traces(struct db *db, struct arena *arena, int64_t now_ms, bool *ret_owed, bool *ret_open)
{
    struct sql_purge_open_events_row open;
    const char *since = NULL;
    enum err e = setting_read(db, arena, PURGE_TRACES, &since);
    if (e == OK) e = sql_purge_open_events(db, arena, now_ms, now_ms + CLOCK_HOUR, &open);
    if (e != OK) return e;
    *ret_owed = since != NULL;
    *ret_open = open.total > 0;
    return OK;
}

struct stray {
    struct arena arena;
    struct sql_purge_stray_photos_row *rows;
    size_t count;
    bool *goes;
};

static enum err forget_strays(struct db *db, void *arg, struct fault *fault)
{
    struct stray *s = arg;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < s->count; i++) {
        struct sql_purge_blob_used_row used;
        e = sql_purge_blob_used(db, NULL, s->rows[i].sha256, &used);
        s->goes[i] = e == OK && used.total == 0;
        if (s->goes[i]) e = sql_purge_blob(db, s->rows[i].sha256, NULL);
    }
    return e == OK ? OK : db_fault(db, e, fault, "forget photos");
}

static enum err remove_strays(struct db *db, const char *folder, struct fault *fault)
{
    struct stray s = {.count = 0};
    enum err e = sql_purge_stray_photos(db, &s.arena, &s.rows, &s.count);
    if (e != OK) db_fault(db, e, fault, "look for photos");
    if (e == OK && !(s.goes = arena_array(&s.arena, s.count + 1, sizeof *s.goes))) e = ERR_NOMEM;
    if (e == OK && s.count) e = db_transaction(db, forget_strays, &s, fault);
    for (size_t i = 0; e == OK && i < s.count; i++)
        if (s.goes[i]) e = purge_remove_photo(folder, s.rows[i].sha256, fault);
    arena_release(&s.arena);
    return e;
}

/* Files of one folder of blobs that no row names: of a photo that was refused, or whose row went just before the power did. */
static enum err sweep_folder(struct db *db, const char *path, struct fault *fault)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    enum err e = OK;
    time_t now = (time_t)(clock_now_ms() / CLOCK_SECOND);
    while (e == OK && dir && (entry = readdir(dir))) {
        struct sql_purge_blob_known_row row;
        struct stat info;
        size_t length = strlen(entry->d_name);
        if (length != CRYPTO_HASH_HEX - 1 || strspn(entry->d_name, "0123456789abcdef") != length) continue;
        if (fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 || info.st_mtime > now - ON_ITS_WAY_S) continue;
        e = sql_purge_blob_known(db, NULL, entry->d_name, &row);
        if (e != ERR_NOT_FOUND) continue;
        e = unlinkat(dirfd(dir), entry->d_name, 0) == 0 || errno == ENOENT ? OK : fault_set(fault, ERR_IO, "%s/%s: %s", path, entry->d_name, strerror(errno));
    }
    if (dir) closedir(dir);
    return e;
}

static enum err sweep_files(struct db *db, const char *folder, struct fault *fault)
{
    struct arena arena = {0};
    enum err e = OK;
    for (unsigned i = 0; e == OK && i < 256; i++) {
        const char *path = arena_printf(&arena, "%s/blobs/%02x", folder, i);
        e = path ? sweep_folder(db, path, fault) : ERR_NOMEM;
    }
    arena_release(&arena);
    return e;
}

static enum err anew(struct db *db, void *arg, struct fault *fault)
{
    (void)arg;
    enum err e = find_index_rebuild(db);
    return e == OK ? OK : db_fault(db, e, fault, "make the index of names anew");
}

/* Unless another purge began meanwhile. */
static enum err note(struct db *db, void *arg, struct fault *fault)
{
    struct arena arena = {0};
    const char *since = arg, *now = NULL;
    enum err e = setting_read(db, &arena, PURGE_TRACES, &now);
    if (e == OK && now && strcmp(now, since) == 0) e = setting_write(db, PURGE_TRACES, NULL);
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "settings");
}

static enum err clear(struct db *db, const char *folder, char *since, struct fault *fault)
{
    enum err e = remove_strays(db, folder, fault);
    if (e == OK) e = sweep_files(db, folder, fault);
    if (e == OK) e = db_transaction(db, anew, NULL, fault);
    if (e == OK) e = db_compact(db, fault);
    return e == OK ? db_transaction(db, note, since, fault) : e;
}

enum err purge_clear(struct db *db, const char *folder, bool anyway, bool *ret_done, struct fault *fault)
{
    struct arena arena = {0};
    bool owed = false, open = false;
    const char *since = NULL;
    enum err e = purge_look_traces(db, &arena, clock_now_ms(), &owed, &open);
    if (e == OK) e = setting_read(db, &arena, PURGE_TRACES, &since);
    if (e != OK) db_fault(db, e, fault, "settings");
    char *mark = since ? arena_strdup(&arena, since) : NULL;
    bool now = e == OK && owed && mark && (anyway || !open);
    if (now) e = clear(db, folder, mark, fault);
    arena_release(&arena);
    *ret_done = now && e == OK;
    return e;
}
