#include "core/congress/store/practice.h"
#include "catalogue.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/zone.h"
#include "core/congress/figures/tally.h"
#include "core/db/follow.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define HOLD "rehearsal"
#define INFIX ".practice-"
#define ROOM_FOR_SCANS (INT64_C(64) * 1024 * 1024) /* the log of some thousand scans, the server's own words */
#define TITLE_MARK "PRACTICE · "

bool practice_is_marked(const char *folder)
{
    struct arena arena = {0};
    const char *note = file_join(&arena, folder, PRACTICE_NOTE);
    bool is = note && file_exists(note);
    arena_release(&arena);
    return is;
}

/* --- room -------------------------------------------------------------------------------------------------------------------------------- */

static int64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

int64_t practice_size(const struct store *store)
{
    struct arena arena = {0};
    const char *log = arena_printf(&arena, "%s-wal", store->database);
    int64_t bytes = size_of(store->database) + (log ? size_of(log) : 0);
    arena_release(&arena);
    return 2 * bytes + ROOM_FOR_SCANS; /* the copy, and its own log while it is made ready */
}

enum err practice_check_room(const char *beside, int64_t bytes, struct fault *fault)
{
    struct statvfs room;
    struct rlimit limit;
    int64_t free_bytes = INT64_MAX;
    if (statvfs(beside, &room) != 0) return fault_set(fault, err_from_errno(errno), "%s: %s", beside, strerror(errno));
    free_bytes = (int64_t)(room.f_bavail * room.f_frsize);
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && (int64_t)limit.rlim_cur < free_bytes) free_bytes = (int64_t)limit.rlim_cur;
    if (free_bytes >= bytes) return OK;
    return fault_set(fault, ERR_FULL, "%s has room for %lld MB, the practice copy needs %lld MB: make room, or name another folder with --scratch", beside,
                     (long long)(free_bytes / 1000000), (long long)(bytes / 1000000 + 1));
}

/* --- making ------------------------------------------------------------------------------------------------------------------------------ */

static enum err write_note(struct practice_copy *copy, const struct store *store, struct fault *fault)
{
    char now[CLOCK_TEXT_SIZE];
    const char *path = file_join(&copy->arena, copy->folder, PRACTICE_NOTE);
    json_t *note = json_pack("{s:s, s:s, s:s, s:s}", "format", "plenum-practice/1", "of", store->folder, "made", clock_format(clock_now_ms(), now), "says",
                             "A practice copy of a rehearsal. Nothing in it is a record. It holds badge tokens: delete it when it is no longer looked at.");
    const char *text = note ? json_text(&copy->arena, note) : NULL;
    json_decref(note);
    if (!path || !text) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return file_write_atomic(path, text, strlen(text), 0600, fault);
}

/* The mark, and what belongs to the running installation. */
static enum err mark_database(struct db *db, void *arg, struct fault *fault)
{
    char now[CLOCK_TEXT_SIZE];
    (void)arg;
    enum err e = setting_write(db, PRACTICE_SETTING, clock_format(clock_now_ms(), now));
    if (e == OK) e = setting_write(db, "plain_port", NULL);
    if (e == OK) e = setting_write(db, "pairing_url", NULL);
    if (e == OK) e = setting_write(db, "public_url", NULL);
    if (e == OK) e = setting_write(db, "spares", NULL);
    if (e == OK) e = sql_practice_devices(db, clock_now_ms(), NULL);
    if (e == OK) e = sql_practice_pairings(db, NULL);
    if (e == OK) e = sql_practice_web_sessions(db, NULL);
    if (e == OK) e = sql_practice_urls(db, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "mark the practice copy");
}

/* The name of a database only when it is marked. */
static enum err copy_database(struct practice_copy *copy, const struct store *store, struct fault *fault)
{
    const char *fresh = file_join(&copy->arena, copy->folder, "unmarked.db"), *path = file_join(&copy->arena, copy->folder, "plenum.db");
    struct db *db = NULL;
    if (!fresh || !path) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = db_copy_to(store->db, fresh, fault);
    if (e == OK) e = db_open(&catalogue, fresh, DB_WRITE, &db, fault);
    if (e == OK) e = db_transaction(db, mark_database, NULL, fault);
    db_close(db);
    if (e == OK && db_file_check(fresh, fault) != OK) /* the page's number is for nobody, and what is copied is as sound as what it was copied from */
        e = fault_set(fault, ERR_INPUT, "the database in %s is damaged, or its copy: plenum doctor, and a backup", store->folder);
    if (e == OK && rename(fresh, path) != 0) e = fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
    return e;
}

struct linking {
    struct practice_copy *copy;
    const char *from;
    struct fault *fault;
};

static enum err link_blob(void *context, const struct sql_blob_each_row *row)
{
    struct linking *l = context;
    struct arena scratch = {0};
    struct blob blob;
    const char *from = blob_path(&scratch, l->from, row->sha256), *to = blob_path(&scratch, l->copy->folder, row->sha256);
    const char *folder = to ? file_folder(&scratch, to) : NULL;
    enum err e = from && folder ? file_make_directories(folder, l->fault) : fault_set(l->fault, ERR_NOMEM, "not enough memory");
    l->copy->blobs++;
    if (e == OK && !file_exists(from)) l->copy->missing++;
    else if (e == OK && link(from, to) != 0) e = blob_put_file(l->copy->folder, from, BLOB_LIMIT, &blob, l->fault); /* another disk, or no links there */
    arena_release(&scratch);
    return e;
}

static enum err choose_folder(const struct store *store, const char *beside, struct practice_copy *copy, struct fault *fault)
{
    char chance[8];
    crypto_random(chance, sizeof chance);
    for (size_t i = 0; i < sizeof chance - 1; i++) chance[i] = (char)('a' + (unsigned char)chance[i] % 26);
    chance[sizeof chance - 1] = '\0';
    const char *parent = beside ? beside : file_folder(&copy->arena, store->folder);
    copy->folder = parent ? arena_printf(&copy->arena, "%s/%s" INFIX "%s", parent, file_base_name(store->folder), chance) : NULL;
    if (!copy->folder) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = practice_check_room(parent, practice_size(store), fault);
    if (e != OK) return e;
    if (mkdir(copy->folder, 0700) == 0) return OK;
    e = fault_set(fault, err_from_errno(errno), "%s: %s; name a folder for the practice copy with --scratch", copy->folder, strerror(errno));
    copy->folder = NULL;
    return e;
}

enum err practice_make(const struct store *store, const char *beside, struct practice_copy *ret, struct fault *fault)
{
    struct fault own = {0};
    struct practice_copy copy = {.hold = -1};
    if (!fault) fault = &own;
    enum err e = choose_folder(store, beside, &copy, fault);
    if (e != OK) {
        arena_release(&copy.arena);
        return e;
    }
    const char *hold = file_join(&copy.arena, copy.folder, HOLD);
    struct linking linking = {&copy, store->folder, fault};
    e = hold ? file_lock(hold, &copy.hold, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = write_note(&copy, store, fault);
    if (e == OK) e = copy_database(&copy, store, fault);
    if (e == OK && (e = sql_blob_each(store->db, link_blob, &linking)) != OK && !fault->text[0]) e = db_fault(store->db, e, fault, "read the list of papers");
    if (e != OK) (void)practice_end(&copy, false, NULL);
    else *ret = copy;
    return e;
}

enum err practice_end(struct practice_copy *copy, bool keep, struct fault *fault)
{
    enum err e = OK;
    if (copy->folder && keep) {
        const char *hold = file_join(&copy->arena, copy->folder, HOLD);
        if (hold) (void)unlink(hold);
    } else if (copy->folder) {
        e = file_remove_tree(copy->folder);
        if (e != OK) fault_set(fault, e, "%s could not be removed (it holds badge tokens): %s", copy->folder, err_name(e));
    }
    if (copy->hold >= 0) file_unlock(copy->hold);
    arena_release(&copy->arena);
    *copy = (struct practice_copy){.hold = -1};
    return e;
}

static enum err sweep_one(struct arena *arena, const char *parent, const char *name, size_t *count, struct fault *fault)
{
    const char *folder = file_join(arena, parent, name), *hold = folder ? file_join(arena, folder, HOLD) : NULL;
    int fd;
    if (!hold) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (!file_exists(hold) || file_lock(hold, &fd, NULL) != OK) return OK; /* kept on purpose, or at work now */
    enum err e = file_remove_tree(folder);
    file_unlock(fd);
    if (e != OK) return fault_set(fault, e, "%s, left by a rehearsal that was killed, could not be removed: %s", folder, err_name(e));
    ++*count;
    return OK;
}

enum err practice_sweep(const struct store *store, const char *beside, size_t *ret_count, struct fault *fault)
{
    struct arena arena = {0};
    const char *parent = beside ? beside : file_folder(&arena, store->folder);
    const char *prefix = arena_printf(&arena, "%s" INFIX, file_base_name(store->folder));
    DIR *dir = parent && prefix ? opendir(parent) : NULL;
    enum err e = dir ? OK : fault_set(fault, ERR_IO, "%s: %s", parent ? parent : "", strerror(errno));
    size_t count = 0;
    for (struct dirent *entry; e == OK && (entry = readdir(dir));)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) e = sweep_one(&arena, parent, entry->d_name, &count, fault);
    if (dir) closedir(dir);
    arena_release(&arena);
    *ret_count = count;
    return e;
}

/* --- the event of the copy ----------------------------------------------------------------------------------------------------------------- */

enum err practice_zone(struct arena *arena, const char *zone, int64_t at_ms, int64_t now_ms, const char **ret_zone)
{
    struct zone_time local;
    enum err e = zone_local(zone, at_ms, &local);
    if (e != OK) return e;
    int64_t shown = local.hour * 60 + local.minute, here = now_ms / CLOCK_MINUTE % (24 * 60);
    int64_t hours = ((shown - here + 24 * 60 + 30) / 60) % 24; /* to the nearest whole hour, east of Greenwich */
    if (hours > 12) hours -= 24;
    *ret_zone = hours ? arena_printf(arena, "Etc/GMT%+d", (int)-hours) : "Etc/GMT"; /* these names count westwards */
    return *ret_zone ? OK : ERR_NOMEM;
}

static json_t *marked(const json_t *text)
{
    return json_is_string(text) ? json_sprintf(TITLE_MARK "%s", json_string_value(text)) : json_deep_copy(text);
}

/* In every language that the title has. */
static enum err mark_title(struct arena *arena, const char *stored, const char **ret)
{
    json_t *title = NULL, *out = NULL;
    const char *language;
    json_t *text;
    if (json_read(stored, strlen(stored), &title, NULL) != OK) title = json_string(stored);
    if (json_is_object(title)) {
        out = json_object();
        json_object_foreach(title, language, text) json_object_set_new(out, language, marked(text));
    } else {
        out = marked(title);
    }
    *ret = out ? json_text(arena, out) : NULL;
    json_decref(title);
    json_decref(out);
    return *ret ? OK : ERR_NOMEM;
}

static enum err empty_record(struct db *db, int64_t event_id)
{
    enum err e = sql_practice_settled(db, event_id, NULL);
    if (e == OK) e = sql_practice_conflicts(db, event_id, NULL);
    if (e == OK) e = sql_practice_corrections(db, event_id, NULL);
    if (e == OK) e = sql_practice_scans(db, event_id, NULL);
    if (e == OK) e = sql_practice_presence(db, event_id, NULL);
    if (e == OK) e = sql_practice_states(db, event_id, NULL);
    if (e == OK) e = sql_practice_handouts(db, event_id, NULL);
    if (e == OK) e = sql_practice_groups(db, event_id, NULL);
    if (e == OK) e = sql_practice_reports(db, event_id, NULL);
    if (e == OK) e = sql_practice_scenes(db, event_id, NULL);
    if (e == OK) e = sql_practice_walls(db, event_id, NULL);
    if (e == OK) e = sql_practice_tallies(db, event_id, NULL);
    return e == OK ? tally_rebuild_expected(db, event_id) : e;
}

static enum err begin(struct db *db, void *arg, struct fault *fault)
{
    const struct practice_move *move = arg;
    struct arena arena = {0};
    struct sql_programme_event_row event;
    const char *title = NULL, *mark = NULL;
    int64_t opens = 0, day_end;
    enum err e = setting_read(db, &arena, PRACTICE_SETTING, &mark);
    if (e == OK && !mark) e = fault_set(fault, ERR_BUG, "this is no practice copy");
    if (e == OK) e = sql_programme_event(db, &arena, move->event, &event);
    if (e == OK) e = mark_title(&arena, event.title, &title);
    if (e == OK) e = zone_day(move->timezone, event.starts_ms + move->by_ms, &opens, &day_end);
    if (e == OK) e = sql_practice_event(db, &(struct sql_practice_event_in){event.id, title, move->timezone, move->by_ms, opens}, NULL);
    if (e == OK) e = sql_practice_sessions(db, event.id, move->by_ms, NULL);
    if (e == OK) e = sql_practice_scene_rules(db, event.id, move->by_ms, NULL);
    if (e == OK) e = sql_practice_papers(db, event.id, move->by_ms, NULL);
    if (e == OK) e = empty_record(db, event.id);
    arena_release(&arena);
    return e == OK || (fault && fault->text[0]) ? e : db_fault(db, e, fault, "begin the rehearsal");
}

enum err practice_begin(struct db *db, const struct practice_move *move, struct fault *fault)
{
    struct practice_move copy = *move;
    return db_transaction(db, begin, &copy, fault);
}
