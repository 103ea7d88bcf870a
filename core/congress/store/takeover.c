/* From a mirror's copy to a data folder. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/store/backup.h"
#include "core/congress/store/mirror.h"
#include "core/db/follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (256 * 1024)
#define DEEPEST 8
#define WATCH_MS (3 * MIRROR_BEAT_MS)

struct taking {
    struct arena arena;
    const char *copy, *fresh; /* fresh: the new folder until it is whole */
    struct fault *fault;
};

static enum err copy_file(struct taking *t, const char *from, const char *to)
{
    static const char what[] = "%s: %s";
    unsigned char *piece = arena_alloc(&t->arena, PIECE);
    int in = open(from, O_RDONLY | O_CLOEXEC), out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum err e = OK;
    if (!piece) e = fault_set(t->fault, ERR_NOMEM, "not enough memory");
    else if (in < 0 || out < 0) e = fault_set(t->fault, err_from_errno(errno), what, in < 0 ? from : to, strerror(errno));
    while (e == OK) {
        ssize_t n = read(in, piece, PIECE);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) e = fault_set(t->fault, err_from_errno(errno), what, from, strerror(errno));
        if (n <= 0) break;
        e = file_write_all(out, piece, (size_t)n);
        if (e != OK) fault_set(t->fault, e, what, to, err_name(e));
    }
    if (e == OK && fsync(out) != 0) e = fault_set(t->fault, err_from_errno(errno), what, to, strerror(errno));
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    return e;
}

/* Plain files and folders; `from` may be missing. Paths of a depth are given back before the next. */
static enum err copy_tree(struct taking *t, const char *from, const char *to, int depth)
{
    DIR *dir = opendir(from);
    if (!dir && errno == ENOENT) return OK;
    enum err e = dir ? file_make_directories(to, t->fault) : fault_set(t->fault, err_from_errno(errno), "%s: %s", from, strerror(errno));
    for (struct dirent *entry; e == OK && (entry = readdir(dir));) {
        struct stat st;
        struct taking piece = {.fault = t->fault};
        if (entry->d_name[0] == '.') continue;
        const char *source = file_join(&piece.arena, from, entry->d_name), *target = file_join(&piece.arena, to, entry->d_name);
        if (!source || !target) e = fault_set(t->fault, ERR_NOMEM, "not enough memory");
        else if (lstat(source, &st) != 0) e = fault_set(t->fault, err_from_errno(errno), "%s: %s", source, strerror(errno));
        else if (S_ISDIR(st.st_mode) && depth < DEEPEST) e = copy_tree(&piece, source, target, depth + 1);
        else if (S_ISREG(st.st_mode)) e = copy_file(&piece, source, target);
        arena_release(&piece.arena);
    }
    if (dir) closedir(dir);
    if (e == OK) e = file_sync_directory(to);
    return e;
}

/* --- what is checked before ---------------------------------------------------------------------------------------------------------------- */

/* The server's clock may be another's: it is the counter that tells, not the times. */
static enum err check_silent(const char *copy, bool anyway, struct mirror_note *note, struct fault *fault)
{
    struct mirror_note later = *note;
    enum err e = OK;
    if (anyway || note->took_over_ms) return OK;
    int64_t until = clock_steady_ms() + WATCH_MS;
    while (e == OK && later.beat == note->beat && clock_steady_ms() < until) {
        clock_sleep_ms(100);
        e = mirror_note_read(copy, &later, fault);
    }
    if (e == OK && later.beat != note->beat)
        e = fault_set(fault, ERR_BUSY, "a server still writes to %s: stop it first (its scanners would talk to two); or say --anyway", copy);
    *note = later;
    return e;
}

static enum err check_empty(const char *folder, struct fault *fault)
{
    DIR *dir = opendir(folder);
    bool filled = false;
    if (!dir) return errno == ENOENT ? OK : fault_set(fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
    for (struct dirent *entry; !filled && (entry = readdir(dir));) filled = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return filled ? fault_set(fault, ERR_CONFLICT, "%s: has something in it; a takeover goes into an empty or a new folder", folder) : OK;
}

/* --- the new folder ------------------------------------------------------------------------------------------------------------------------- */

static enum err copy_database(struct taking *t)
{
    const char *from = file_join(&t->arena, t->copy, MIRROR_DATABASE), *to = file_join(&t->arena, t->fresh, "plenum.db");
    const char *from_log = from ? arena_printf(&t->arena, "%s-wal", from) : NULL, *to_log = to ? arena_printf(&t->arena, "%s-wal", to) : NULL;
    if (!from_log || !to_log) return fault_set(t->fault, ERR_NOMEM, "not enough memory");
    if (!file_exists(from)) return fault_set(t->fault, ERR_INPUT, "%s: the copy was never finished: there is no database in it", t->copy);
    enum err e = copy_file(t, from, to);
    if (e == OK && file_exists(from_log)) e = copy_file(t, from_log, to_log);
    return e == OK ? db_file_check(to, t->fault) : e;
}

/* A new epoch, and every device gets a whole roster: its own may know of changes that this copy has not. */
static enum err renew(struct db *db, void *arg, struct fault *fault)
{
    struct takeover_figures *figures = arg;
    char server[MIRROR_NAME_SIZE], epoch[MIRROR_NAME_SIZE], detail[128], through[CLOCK_TEXT_SIZE] = "";
    struct arena arena = {0};
    enum err e = mirror_identity(db, server, epoch);
    const char *chance = crypto_random_text(&arena, 12);
    if (e == OK && !chance) e = ERR_NOMEM;
    if (e == OK) {
        (void)snprintf(figures->epoch, sizeof figures->epoch, "%lld.%s", (long long)mirror_epoch_number(epoch) + 1, chance);
        (void)snprintf(detail, sizeof detail, "{\"through\":\"%s\"}", figures->through_ms ? clock_format(figures->through_ms, through) : "");
        e = setting_write(db, "epoch", figures->epoch);
    }
    if (e == OK) e = sql_takeover_roster(db, NULL);
    if (e == OK) e = audit_write(db, clock_now_ms(), "command line", "takeover", figures->epoch, detail);
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "take over");
}

static enum err make_store(struct taking *t, bool anyway, void (*say)(void *context, const char *sentence), void *context, struct takeover_figures *figures)
{
    struct store store = {0};
    enum err e = store_open(t->fresh, STORE_WRITE, &store, t->fault); /* an older schema is brought to ours, a newer one refused */
    if (e == OK) e = backup_check_blobs(store.db, t->fresh, say, context, &figures->blobs, &figures->missing, t->fault);
    if (e == OK && figures->missing && !anyway)
        e = fault_set(t->fault, ERR_CONFLICT, "%lld papers or pictures are not in the copy: --anyway goes on without them", (long long)figures->missing);
    if (e == OK) e = db_transaction(store.db, renew, figures, t->fault);
    store_close(&store);
    return e;
}

static void mark_copy(const char *copy, struct mirror_note *note, struct takeover_figures *figures)
{
    (void)snprintf(note->epoch, sizeof note->epoch, "%s", figures->epoch);
    note->took_over_ms = clock_now_ms();
    note->beat++;
    figures->note_kept = mirror_note_write(copy, note, NULL) == OK;
}

static enum err make_folder(struct taking *t, bool anyway, void (*say)(void *context, const char *sentence), void *context, struct takeover_figures *figures)
{
    const char *files = file_join(&t->arena, t->copy, MIRROR_FILES), *blobs = file_join(&t->arena, t->copy, "blobs");
    const char *fresh_blobs = file_join(&t->arena, t->fresh, "blobs");
    if (!files || !blobs || !fresh_blobs) return fault_set(t->fault, ERR_NOMEM, "not enough memory");
    enum err e = file_make_directories(t->fresh, t->fault);
    if (e == OK) e = copy_tree(t, files, t->fresh, 0);
    if (e == OK) e = copy_database(t);
    if (e == OK) e = copy_tree(t, blobs, fresh_blobs, 0);
    return e == OK ? make_store(t, anyway, say, context, figures) : e;
}

enum err mirror_take_over(const char *copy, const char *folder, bool anyway, void (*say)(void *context, const char *sentence), void *context,
                          struct takeover_figures *ret, struct fault *fault)
{
    struct fault own = {0};
    struct taking t = {.copy = copy, .fault = fault ? fault : &own};
    struct mirror_note note;
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/') n--;
    const char *target = arena_strndup(&t.arena, folder, n);
    t.fresh = target ? arena_printf(&t.arena, "%s.taking-over-%d", target, (int)getpid()) : NULL;
    *ret = (struct takeover_figures){.age_ms = -1};
    enum err e = t.fresh ? check_empty(target, t.fault) : fault_set(t.fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = mirror_note_read(copy, &note, t.fault);
    if (e == ERR_NOT_FOUND) e = fault_set(t.fault, ERR_INPUT, "%s: is no copy that `plenum serve --mirror` keeps", copy);
    if (e == OK) e = check_silent(copy, anyway, &note, t.fault);
    if (e == OK) {
        ret->through_ms = note.through_ms;
        if (note.through_ms) ret->age_ms = clock_now_ms() - note.through_ms;
        e = make_folder(&t, anyway, say, context, ret);
        if (e == OK && rename(t.fresh, target) != 0) e = fault_set(t.fault, err_from_errno(errno), "%s: %s", target, strerror(errno));
        if (e != OK) (void)file_remove_tree(t.fresh);
    }
    if (e == OK) e = file_sync_directory(file_folder(&t.arena, target));
    if (e == OK) mark_copy(copy, &note, ret);
    arena_release(&t.arena);
    return e;
}
