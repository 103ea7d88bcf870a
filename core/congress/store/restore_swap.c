#include "core/congress/store/restore_swap.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/figures/figures.h"
#include "core/congress/figures/fixed.h"
#include "core/congress/register/history.h"
#include "core/congress/store/mirror.h"
#include "core/db/follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREPARED "restoring"
#define NOTE ".restore.json"
#define AGREED ".restore-agreed"
#define FROM ".restore-from"
#define WARNINGS_MOST 20
#define NAME_MOST 128

/* --- names ------------------------------------------------------------------------------------------------------------------------------------------ */

static char *beside(struct arena *arena, const char *data, const char *word)
{
    return arena_printf(arena, "%s.%s", data, word);
}

static bool is_kept_name(const char *word)
{
    return strncmp(word, "before-", 7) == 0 && strlen(word) < 40 && strspn(word + 7, "0123456789-") == strlen(word + 7);
}

/* A mark's one line; NULL: there is none. */
static const char *read_mark(struct arena *arena, const char *folder, const char *mark)
{
    char *text = NULL;
    size_t length = 0;
    struct fault ignored;
    const char *path = file_join(arena, folder, mark);
    if (!path || !file_exists(path) || file_read(arena, path, NAME_MOST, &text, &length, &ignored) != OK) return NULL;
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static enum err write_mark(struct arena *arena, const char *folder, const char *mark, const char *word, struct fault *fault)
{
    const char *path = file_join(arena, folder, mark), *line = arena_printf(arena, "%s\n", word);
    if (!path || !line) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return file_write_atomic(path, line, strlen(line), 0600, fault);
}

static void remove_mark(struct arena *arena, const char *folder, const char *mark)
{
    const char *path = file_join(arena, folder, mark);
    if (path) (void)unlink(path);
}

/* --- preparing ----------------------------------------------------------------------------------------------------------------------------------------- */

/* Not every file system exchanges two names (a stick's does not): tried before anybody waits for it. */
static bool can_exchange(struct arena *arena, const char *data)
{
    const char *a = beside(arena, data, PREPARED ".a"), *b = beside(arena, data, PREPARED ".b");
    if (!a || !b || mkdir(a, 0700) != 0) return false;
    bool good = mkdir(b, 0700) == 0 && renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
    (void)rmdir(b);
    (void)rmdir(a);
    return good;
}

/* What is renamed has to lie within a folder that is ours to write, and on its disk. */
static enum err check_place(struct arena *arena, const char *data, struct fault *fault)
{
    struct stat own, above;
    const char *folder = file_folder(arena, data);
    if (!folder) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (stat(data, &own) == 0 && stat(folder, &above) == 0 && own.st_dev == above.st_dev && can_exchange(arena, data)) return OK;
    return fault_because(fault, ERR_DENIED, "backup_place", folder,
                         "%s: the server may not write there, or the data folder is a disk of its own: use plenum restore", folder);
}

/* Halves have the number of whoever was unpacking behind the name. */
static enum err remove_prepared(const char *data, bool halves_only)
{
    struct arena arena = {0};
    const char *above = file_folder(&arena, data), *base = file_base_name(data);
    const char *half = arena_printf(&arena, "%s." PREPARED ".", base), *whole = arena_printf(&arena, "%s." PREPARED, base);
    enum err e = above && half && whole ? OK : ERR_NOMEM;
    DIR *dir = e == OK ? opendir(above) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        bool ours = strncmp(entry->d_name, half, strlen(half)) == 0 || (!halves_only && strcmp(entry->d_name, whole) == 0);
        const char *path = ours ? file_join(&arena, above, entry->d_name) : NULL;
        if (path && e == OK) e = file_remove_tree(path);
    }
    if (dir) (void)closedir(dir);
    arena_release(&arena);
    return e;
}

enum err restore_drop(const char *data) { return remove_prepared(data, false); }

void restore_sweep(const char *data) { (void)remove_prepared(data, true); }

static void warn(json_t *warnings, const char *what, const struct fault *fault)
{
    const char *why = fault->text[0] ? fault->text : err_name(fault->code);
    if (json_array_size(warnings) < WARNINGS_MOST) (void)json_array_append_new(warnings, json_sprintf("%s: %.300s", what, why));
}

/* As `plenum doctor`: nothing here keeps anybody from going back to it, for that state may be all that there is. */
static enum err examine(struct db *db, json_t *warnings, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_doctor_events_row *rows = NULL;
    size_t count = 0;
    int64_t entries = 0;
    enum err e = sql_doctor_events(db, &arena, &rows, &count);
    if (e != OK) (void)db_fault(db, e, fault, "read the events");
    for (size_t i = 0; e == OK && i < count; i++) {
        struct fault why = {0};
        int64_t fixed = 0;
        if (figures_verify(db, rows[i].slug, &why) != OK) warn(warnings, rows[i].slug, &why);
        why = (struct fault){0};
        if (fixed_verify(db, rows[i].id, rows[i].slug, &fixed, &why) != OK) warn(warnings, rows[i].slug, &why);
    }
    struct fault why = {0};
    if (e == OK && fixed_verify_whole(db, &why) != OK) warn(warnings, "fixed figures", &why);
    why = (struct fault){0};
    if (e == OK && find_index_check(db, &entries, &why) != OK) warn(warnings, "search", &why);
    why = (struct fault){0};
    if (e == OK && register_check(db, &why) != OK) warn(warnings, "register", &why);
    arena_release(&arena);
    return e;
}

static enum err write_note(struct arena *arena, const char *prepared, const struct backup_figures *f, const char *source, const char *actor,
                           json_t *warnings, struct fault *fault)
{
    const struct backup_contents *c = &f->contents;
    json_t *note = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:O}", "source", source, "actor", actor, "program", f->program, "prepared_ms",
                             (json_int_t)clock_now_ms(), "made_ms", (json_int_t)f->made_ms, "events", (json_int_t)c->events, "people", (json_int_t)c->people, "delegates",
                             (json_int_t)c->delegates, "scans", (json_int_t)c->scans, "newest_ms", (json_int_t)(c->newest_ms == DB_NULL ? 0 : c->newest_ms), "server",
                             c->server, "warnings", warnings);
    const char *text = note ? json_text(arena, note) : NULL, *path = file_join(arena, prepared, NOTE);
    json_decref(note);
    return text && path ? file_write_atomic(path, text, strlen(text), 0600, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
}

enum err restore_prepare(const char *data, const char *path, const struct backup_options *options, const char *source, const char *actor, struct fault *fault)
{
    struct arena arena = {0};
    struct backup_figures figures = {0};
    struct store store = {0};
    json_t *warnings = json_array();
    const char *fresh = beside(&arena, data, PREPARED), *database = fresh ? file_join(&arena, fresh, "plenum.db") : NULL;
    enum err e = database && warnings ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && restore_drop(data) != OK) e = fault_set(fault, ERR_IO, "%s: what was prepared before cannot be removed", fresh);
    if (e == OK) e = check_place(&arena, data, fault);
    if (e == OK) e = backup_restore_watched(path, fresh, options, &figures, fault);
    if (e == OK) {
        remove_mark(&arena, fresh, AGREED); /* whoever made the file may have put anything in */
        remove_mark(&arena, fresh, FROM);
        remove_mark(&arena, fresh, NOTE);
        e = db_file_check(database, fault);
        if (e == ERR_INPUT) fault_reason(fault, "backup_damaged");
        if (e == OK) e = store_open(fresh, STORE_READ, &store, fault);
        if (e == OK) e = examine(store.db, warnings, fault);
        store_close(&store);
        if (e == OK) e = write_note(&arena, fresh, &figures, source, actor, warnings, fault);
        if (e != OK) (void)restore_drop(data);
    }
    json_decref(warnings);
    arena_release(&arena);
    return e;
}

static const char *copy_text(struct arena *arena, const json_t *value)
{
    const char *text = json_string_value(value);
    return text ? arena_strdup(arena, text) : "";
}

static int64_t number_of(const json_t *note, const char *key) { return json_integer_value(json_object_get(note, key)); }

static enum err take_note(struct arena *arena, const json_t *note, struct restore_prepared *ret)
{
    const json_t *list = json_object_get(note, "warnings");
    const char **warnings = arena_array(arena, json_array_size(list) + 1, sizeof *warnings);
    if (!warnings) return ERR_NOMEM;
    *ret = (struct restore_prepared){.source = copy_text(arena, json_object_get(note, "source")), .actor = copy_text(arena, json_object_get(note, "actor")),
                                     .program = copy_text(arena, json_object_get(note, "program")), .prepared_ms = number_of(note, "prepared_ms"),
                                     .made_ms = number_of(note, "made_ms"), .warnings = warnings, .warning_count = json_array_size(list)};
    for (size_t i = 0; i < ret->warning_count; i++) warnings[i] = copy_text(arena, json_array_get(list, i));
    int64_t newest = number_of(note, "newest_ms");
    ret->contents = (struct backup_contents){.events = number_of(note, "events"), .people = number_of(note, "people"), .delegates = number_of(note, "delegates"),
                                             .scans = number_of(note, "scans"), .newest_ms = newest ? newest : DB_NULL};
    (void)snprintf(ret->contents.server, sizeof ret->contents.server, "%s", copy_text(arena, json_object_get(note, "server")));
    return OK;
}

enum err restore_prepared_read(struct arena *arena, const char *data, struct restore_prepared *ret)
{
    char *text;
    size_t length;
    json_t *note = NULL;
    struct fault ignored;
    const char *fresh = beside(arena, data, PREPARED), *path = fresh ? file_join(arena, fresh, NOTE) : NULL;
    if (!path) return ERR_NOMEM;
    if (!file_exists(path)) return ERR_NOT_FOUND;
    enum err e = file_read(arena, path, 65536, &text, &length, &ignored);
    if (e == OK) e = json_read(text, length, &note, &ignored);
    if (e == OK) e = take_note(arena, note, ret);
    json_decref(note);
    return e;
}

enum err restore_prepared_open(const char *data, struct db **ret, struct fault *fault)
{
    struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s." PREPARED "/plenum.db", data);
    enum err e = path ? db_open(&catalogue, path, DB_READ, ret, fault) : ERR_NOMEM;
    arena_release(&arena);
    return e;
}

/* --- what is kept ------------------------------------------------------------------------------------------------------------------------------------------ */

static int by_name_backwards(const void *a, const void *b) { return strcmp(*(const char *const *)b, *(const char *const *)a); }

enum err restore_kept(struct arena *arena, const char *data, const char *const **ret, size_t *ret_count)
{
    const char *above = file_folder(arena, data), *base = file_base_name(data), **names = arena_array(arena, 100, sizeof *names);
    size_t n = strlen(base), count = 0;
    DIR *dir = above && names ? opendir(above) : NULL;
    if (!above || !names) return ERR_NOMEM;
    for (struct dirent *entry; dir && count < 100 && (entry = readdir(dir));) {
        if (strncmp(entry->d_name, base, n) != 0 || entry->d_name[n] != '.' || !is_kept_name(entry->d_name + n + 1)) continue;
        if (!(names[count++] = arena_strdup(arena, entry->d_name + n + 1))) break;
    }
    if (dir) (void)closedir(dir);
    if (count && !names[count - 1]) return ERR_NOMEM;
    qsort(names, count, sizeof *names, by_name_backwards);
    *ret = names;
    *ret_count = count;
    return OK;
}

enum err restore_forget(const char *data, const char *kept, struct fault *fault)
{
    struct arena arena = {0};
    const char *path = kept && is_kept_name(kept) ? beside(&arena, data, kept) : NULL;
    enum err e = OK;
    if (!path || !file_is_directory(path)) e = fault_because(fault, ERR_NOT_FOUND, "backup_no_state", NULL, "there is no such state");
    else if ((e = file_remove_tree(path)) != OK) e = fault_set(fault, e, "%s: %s", path, strerror(errno));
    arena_release(&arena);
    return e;
}

/* --- agreeing -------------------------------------------------------------------------------------------------------------------------------------------------- */

struct renewing {
    int64_t epoch; /* higher than any that devices have heard */
    const char *actor, *source;
};

static enum err renew(struct db *db, void *arg, struct fault *fault)
{
    const struct renewing *r = arg;
    struct arena arena = {0};
    char server[MIRROR_NAME_SIZE], epoch[MIRROR_NAME_SIZE];
    enum err e = mirror_identity(db, server, epoch);
    int64_t higher = mirror_epoch_number(epoch) >= r->epoch ? mirror_epoch_number(epoch) + 1 : r->epoch;
    const char *chance = crypto_random_text(&arena, 12), *fresh = chance ? arena_printf(&arena, "%lld.%s", (long long)higher, chance) : NULL;
    if (e == OK && !fresh) e = ERR_NOMEM;
    if (e == OK) e = setting_write(db, "epoch", fresh);
    if (e == OK) e = sql_takeover_roster(db, NULL);
    if (e == OK) e = sql_backup_end_sessions(db, NULL);
    if (e == OK) e = audit_write(db, clock_now_ms(), r->actor, "backup.restored", r->source, NULL);
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "renew what is restored");
}

static enum err renew_folder(struct db *now, const char *folder, const char *source, const char *actor, struct fault *fault)
{
    struct arena arena = {0};
    struct store store = {0};
    const char *epoch = NULL;
    struct renewing r = {.actor = actor, .source = source};
    enum err e = setting_read(now, &arena, "epoch", &epoch);
    if (e != OK) (void)db_fault(now, e, fault, "the epoch");
    r.epoch = epoch ? mirror_epoch_number(epoch) + 1 : 2;
    if (e == OK) e = store_open(folder, STORE_WRITE, &store, fault); /* a kept state may be of an older version */
    if (e == OK) e = db_transaction(store.db, renew, &r, fault);
    store_close(&store);
    arena_release(&arena);
    return e;
}

enum err restore_agree(struct db *now, const char *data, const char *kept, const char *actor, struct fault *fault)
{
    struct arena arena = {0};
    struct restore_prepared prepared = {.source = kept};
    const char *word = kept ? kept : PREPARED, *folder = beside(&arena, data, word);
    enum err e = folder ? check_place(&arena, data, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && (kept ? !is_kept_name(kept) || !file_is_directory(folder) : restore_prepared_read(&arena, data, &prepared) != OK))
        e = fault_because(fault, ERR_NOT_FOUND, "backup_no_state", NULL, "there is no such state");
    if (e == OK) e = renew_folder(now, folder, prepared.source, actor, fault);
    if (e == OK) e = write_mark(&arena, folder, FROM, word, fault);
    if (e == OK) e = write_mark(&arena, data, AGREED, word, fault);
    arena_release(&arena);
    return e;
}

/* --- at the start --------------------------------------------------------------------------------------------------------------------------------------------------- */

/* Kept backups and their settings go along, one name after the other. */
static enum err move_backups(struct arena *arena, const char *old, const char *data, struct fault *fault)
{
    const char *from = file_join(arena, old, "backups"), *to = file_join(arena, data, "backups");
    if (!from || !to) return fault_set(fault, ERR_NOMEM, "not enough memory");
    DIR *dir = opendir(from);
    if (!dir) return errno == ENOENT ? OK : fault_set(fault, err_from_errno(errno), "%s: %s", from, strerror(errno));
    enum err e = file_make_directories(to, fault);
    for (struct dirent *entry; e == OK && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        const char *a = file_join(arena, from, entry->d_name), *b = file_join(arena, to, entry->d_name);
        if (!a || !b) e = fault_set(fault, ERR_NOMEM, "not enough memory");
        else if (rename(a, b) != 0 && errno != ENOTEMPTY && errno != EEXIST && errno != ENOENT) e = fault_set(fault, err_from_errno(errno), "%s: %s", b, strerror(errno));
    }
    (void)closedir(dir);
    if (e == OK) e = file_sync_directory(to);
    return e;
}

/* The exchange is done: what stood here lies at DIR.`word`. Every step may have been done already. */
static enum err finish(struct arena *arena, const char *data, const char *word, struct fault *fault)
{
    char at[CLOCK_TEXT_SIZE];
    const char *old = beside(arena, data, word), *above = file_folder(arena, data);
    (void)clock_format(clock_now_ms(), at);
    const char *name = arena_printf(arena, "before-%.4s%.2s%.2s-%.2s%.2s%.2s", at, at + 5, at + 8, at + 11, at + 14, at + 17);
    const char *kept = name ? beside(arena, data, name) : NULL;
    for (int i = 2; kept && file_exists(kept) && i < 100; i++) kept = arena_printf(arena, "%s.%s-%d", data, name, i); /* a second one within the second */
    if (!old || !above || !kept) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = OK;
    if (file_is_directory(old)) {
        remove_mark(arena, old, AGREED);
        remove_mark(arena, old, NOTE);
        e = move_backups(arena, old, data, fault);
        if (e == OK && rename(old, kept) != 0) e = fault_set(fault, err_from_errno(errno), "%s: %s", kept, strerror(errno));
        if (e == OK) e = file_sync_directory(above);
    }
    if (e == OK) {
        remove_mark(arena, data, NOTE);
        remove_mark(arena, data, FROM);
        e = file_sync_directory(data);
    }
    return e;
}

static enum err carry_out(struct arena *arena, const char *data, const char *word, struct fault *fault)
{
    const char *other = beside(arena, data, word), *database = other ? file_join(arena, other, "plenum.db") : NULL, *above = file_folder(arena, data);
    if (!database || !above) return fault_set(fault, ERR_NOMEM, "not enough memory");
    bool good = (strcmp(word, PREPARED) == 0 || is_kept_name(word)) && file_exists(database) && read_mark(arena, other, FROM);
    if (good && renameat2(AT_FDCWD, other, AT_FDCWD, data, RENAME_EXCHANGE) == 0) {
        enum err e = file_sync_directory(above);
        return e == OK ? finish(arena, data, word, fault) : fault_set(fault, e, "%s: %s", above, err_name(e));
    }
    (void)fault_set(fault, ERR_CONFLICT, "%s: a restore was agreed, but what should take this folder's place cannot: %s", data,
                    good ? strerror(errno) : "it is not there");
    remove_mark(arena, data, AGREED);
    return ERR_CONFLICT;
}

enum err restore_carry_out(const char *folder, bool *ret_done, struct fault *fault)
{
    struct arena arena = {0};
    char *data = realpath(folder, NULL);
    int lock = -1;
    *ret_done = false;
    const char *from = data ? read_mark(&arena, data, FROM) : NULL, *agreed = data && !from ? read_mark(&arena, data, AGREED) : NULL;
    enum err e = OK;
    if (from || agreed) {
        const char *path = file_join(&arena, data, "lock");
        e = path ? file_lock(path, &lock, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
        if (e == OK) e = from ? finish(&arena, data, from, fault) : carry_out(&arena, data, agreed, fault);
        *ret_done = e == OK;
        if (e == ERR_CONFLICT) e = OK;
    }
    if (lock >= 0) file_unlock(lock);
    free(data);
    arena_release(&arena);
    return e;
}
