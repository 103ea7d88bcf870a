#include "core/congress/list_import/list_work.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/congress/list_import/list_files.h"
#include "core/congress/list_import/list_rows.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define META_MOST (8u * 1024u * 1024u)
#define LOCK_WAIT_MS 30000 /* a plan of 70 000 rows takes some seconds */
#define LOCK_LOOK_MS 20
#define PASSED_MOST 1000          /* rows that were passed over: a page shows fifty, and how many there are is counted */
#define HALF_MADE_MS INT64_C(3600000) /* files that come in are there before what is chosen about them */

static bool is_id(const char *id)
{
    return strlen(id) == LIST_WORK_ID_SIZE - 1 && strspn(id, "0123456789abcdef") == LIST_WORK_ID_SIZE - 1;
}

/* DIR/imports/ID/name; name NULL: the folder. */
static char *path_of(struct arena *arena, const char *folder, const char *id, const char *name)
{
    if (!name) return arena_printf(arena, "%s/imports/%s", folder, id);
    return arena_printf(arena, "%s/imports/%s/%s", folder, id, name);
}

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* What readers are told names no path. */
static enum err told(enum err e, struct fault *fault)
{
    return e == ERR_NOT_FOUND && !(fault && fault->reason) ? fault_set(fault, e, "this list is not here any more") : e;
}

static enum err too_much(struct fault *fault)
{
    return fault_set(fault, ERR_LIMIT, "there is too much to be told about this list");
}

static enum err write_meta(const char *folder, const char *id, const json_t *meta, struct fault *fault)
{
    struct arena arena = {0};
    char *path = path_of(&arena, folder, id, "meta"), *text = json_text(&arena, meta);
    size_t length = text ? strlen(text) : 0;
    enum err e = path && text ? OK : no_memory(fault);
    if (e == OK) e = length > META_MOST ? too_much(fault) : file_write_atomic(path, text, length, 0600, fault); /* more could not be read again */
    arena_release(&arena);
    return told(e, fault);
}

/* --- those that are there ---------------------------------------------------------------------------------------------------------------------------------- */

void list_work_remove(const char *folder, const char *id)
{
    struct arena arena = {0};
    char *path = is_id(id) ? path_of(&arena, folder, id, NULL) : NULL;
    if (path) (void)file_remove_tree(path);
    arena_release(&arena);
}

enum err list_work_read(const char *folder, const char *id, json_t **ret_meta, struct fault *fault)
{
    struct arena arena = {0};
    char *text, *path = is_id(id) ? path_of(&arena, folder, id, "meta") : NULL;
    size_t length;
    enum err e = path ? file_read(&arena, path, META_MOST, &text, &length, fault) : ERR_NOT_FOUND;
    if (e == ERR_LIMIT) e = too_much(fault);
    if (e == OK) e = json_read(text, length, ret_meta, fault);
    arena_release(&arena);
    return told(e, fault);
}

enum err list_work_lock(const char *folder, const char *id, bool patient, int *ret_lock, struct fault *fault)
{
    struct arena arena = {0};
    char *path = is_id(id) ? path_of(&arena, folder, id, "lock") : NULL, *meta = path ? path_of(&arena, folder, id, "meta") : NULL;
    enum err e = meta && file_exists(meta) ? ERR_BUSY : ERR_NOT_FOUND;
    for (int64_t until = clock_steady_us() + (patient ? LOCK_WAIT_MS * INT64_C(1000) : 0); e == ERR_BUSY;) {
        e = file_lock(path, ret_lock, fault);
        if (e != ERR_BUSY || clock_steady_us() > until) break;
        if (fault) *fault = (struct fault){0};
        clock_sleep_ms(LOCK_LOOK_MS);
    }
    arena_release(&arena);
    if (e == ERR_BUSY) return fault_because(fault, e, "list_import_busy", NULL, "somebody else is at this list: wait a moment and try again");
    return told(e, fault);
}

static void visit(const char *folder, void (*see)(const char *folder, const char *id, const json_t *meta, void *context), void *context)
{
    struct arena arena = {0};
    char *path = arena_printf(&arena, "%s/imports", folder);
    DIR *dir = path ? opendir(path) : NULL;
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        json_t *meta = NULL;
        if (!is_id(entry->d_name)) continue;
        (void)list_work_read(folder, entry->d_name, &meta, NULL);
        see(folder, entry->d_name, meta, context);
        json_decref(meta);
    }
    if (dir) closedir(dir);
    arena_release(&arena);
}

/* One without what is chosen about it may be somebody's that is coming in just now. */
static int64_t changed_ms(const char *folder, const char *id)
{
    struct arena arena = {0};
    struct stat info;
    const char *path = path_of(&arena, folder, id, NULL);
    int64_t ms = path && stat(path, &info) == 0 ? (int64_t)info.st_mtime * 1000 : 0;
    arena_release(&arena);
    return ms;
}

static void sweep_one(const char *folder, const char *id, const json_t *meta, void *context)
{
    const int64_t *now = context;
    int64_t made = meta ? json_integer_value(json_object_get(meta, "made_ms")) : changed_ms(folder, id);
    if (made < *now - (meta ? LIST_WORK_DAYS * CLOCK_DAY : HALF_MADE_MS) || made > *now + CLOCK_DAY) list_work_remove(folder, id);
}

static void list_one(const char *folder, const char *id, const json_t *meta, void *context)
{
    (void)folder;
    if (!meta) return;
    (void)json_array_append_new(context, json_pack("{s:s, s:O?, s:O?, s:O?, s:O?, s:O?}", "id", id, "name", json_object_get(meta, "name"), "target",
                                                   json_object_get(meta, "target"),
                                                   "event", json_object_get(meta, "event"), "actor", json_object_get(meta, "actor"), "made_ms",
                                                   json_object_get(meta, "made_ms")));
}

enum err list_work_list(const char *folder, json_t **ret)
{
    json_t *list = json_array();
    if (!list) return ERR_NOMEM;
    visit(folder, list_one, list);
    *ret = list;
    return OK;
}

/* Each under a number; archives are opened. */
static enum err keep_files(struct arena *arena, const char *folder, const struct list_work_piece *pieces, size_t count, json_t *meta, struct fault *fault)
{
    struct list_files files = {0};
    json_t *names = json_array();
    enum err e = names ? file_make_directories(folder, fault) : no_memory(fault);
    for (size_t i = 0; e == OK && i < count; i++) {
        const char *path = arena_printf(arena, "%s/given", folder);
        size_t before = files.count;
        e = path ? file_write_atomic(path, pieces[i].data, pieces[i].length, 0600, fault) : no_memory(fault);
        if (e == OK) e = list_files_add(&files, arena, folder, path, pieces[i].name, fault);
        if (e != OK) break;
        const char *kept = arena_printf(arena, "%s/%zu", folder, before);
        bool alone = files.count == before + 1 && files.items[before].path == path;
        if (!kept || (alone ? rename(path, kept) : unlink(path)) != 0) e = kept ? fault_set(fault, ERR_IO, "keep the files") : no_memory(fault);
    }
    for (size_t i = 0; e == OK && i < files.count; i++)
        if (json_array_append_new(names, json_string(files.items[i].name)) != 0) e = no_memory(fault);
    if (e == OK && files.count == 0) e = fault_because(fault, ERR_INPUT, "sheet_empty", NULL, "the archive is empty");
    if (e == OK && json_object_set(meta, "files", names) != 0) e = no_memory(fault);
    if (e == OK && files.count > 1 && json_object_set_new(meta, "name", json_sprintf("%s (+%zu)", files.items[0].name, files.count - 1)) != 0) e = no_memory(fault);
    json_decref(names);
    return e;
}

static bool is_archive(const struct list_work_piece *piece)
{
    size_t n = strlen(piece->name);
    return n > 4 && strcasecmp(piece->name + n - 4, ".zip") == 0;
}

enum err list_work_make(const char *folder, const struct list_work_piece *pieces, size_t count, json_t *meta, char ret_id[LIST_WORK_ID_SIZE], struct fault *fault)
{
    struct arena arena = {0};
    uint8_t random[8];
    int64_t now = clock_now_ms();
    if (count == 0 || (count == 1 && pieces[0].length == 0)) return fault_because(fault, ERR_INPUT, "sheet_empty", NULL, "the file is empty");
    visit(folder, sweep_one, &now);
    crypto_random(random, sizeof random);
    crypto_hex(random, sizeof random, ret_id);
    char *path = path_of(&arena, folder, ret_id, NULL), *file = path_of(&arena, folder, ret_id, "file");
    enum err e = path && file ? file_make_directories(path, fault) : no_memory(fault);
    const char *files = path_of(&arena, folder, ret_id, "files");
    bool many = count > 1 || is_archive(&pieces[0]);
    if (e == OK && !files) e = no_memory(fault);
    if (e == OK) e = many ? keep_files(&arena, files, pieces, count, meta, fault) : file_write_atomic(file, pieces[0].data, pieces[0].length, 0600, fault);
    if (e == OK && json_object_set_new(meta, "made_ms", json_integer(now)) != 0) e = no_memory(fault);
    if (e == OK) e = write_meta(folder, ret_id, meta, fault);
    if (e != OK) list_work_remove(folder, ret_id);
    if (e == ERR_FULL) fault_reason(fault, "upload_no_room");
    arena_release(&arena);
    return e;
}

/* --- the plan ------------------------------------------------------------------------------------------------------------------------------------------------ */

static enum err read_texts(struct arena *arena, const json_t *list, const char *const **ret, size_t *ret_count)
{
    const char **texts = arena_array(arena, json_array_size(list) + 1, sizeof *texts);
    if (!texts) return ERR_NOMEM;
    for (size_t i = 0; i < json_array_size(list); i++) texts[i] = json_string_value(json_array_get(list, i));
    *ret = texts;
    *ret_count = json_array_size(list);
    return OK;
}

static enum err read_decisions(struct arena *arena, const json_t *object, struct list_import_options *o)
{
    struct list_decision *list = arena_array(arena, json_object_size(object) + 1, sizeof *list);
    const char *key;
    json_t *value;
    if (!list) return ERR_NOMEM;
    json_object_foreach((json_t *)object, key, value) {
        unsigned place = 0, row = 0;
        if (sscanf(key, "%9u/%9u", &place, &row) == 2 && json_is_string(value)) list[o->decision_count++] = (struct list_decision){place, row,
                json_string_value(value)};
    }
    o->decisions = list;
    return OK;
}

/* Texts are borrowed from `meta`. */
static enum err read_options(struct arena *arena, const json_t *meta, struct list_import_options *ret)
{
    static const char *const doubts[] = {[LIST_DOUBTS_ASK] = "ask", [LIST_DOUBTS_NEW] = "new", [LIST_DOUBTS_SAME] = "same", [LIST_DOUBTS_LEAVE] = "leave"};
    const char *word = json_string_value(json_object_get(meta, "doubts"));
    struct list_import_options o = {.event = json_string_value(json_object_get(meta, "event")), .category = json_string_value(json_object_get(meta, "category")),
                                    .sheet = json_string_value(json_object_get(meta, "sheet")), .actor = json_string_value(json_object_get(meta, "actor")),
                                    .header_first = (uint32_t)json_integer_value(json_array_get(json_object_get(meta, "header"), 0)),
                                    .header_last = (uint32_t)json_integer_value(json_array_get(json_object_get(meta, "header"), 1)),
                                    .capitals = json_is_true(json_object_get(meta, "capitals")), .new_units = json_is_true(json_object_get(meta, "new_units")),
                                    .take_good = json_is_true(json_object_get(meta, "take_good")), .prune = json_is_true(json_object_get(meta, "prune")),
                                    .forget_mapping = json_is_true(json_object_get(meta, "guess"))};
    o.own_people = o.event != NULL; /* the register is not the event's organiser's (docs/decisions/0060-register-pages.md) */
    o.tells_sensitive = !o.own_people;
    o.keeps_people = o.event != NULL && !json_is_true(json_object_get(meta, "of_all"));
    if (!list_target_parse(json_string_value(json_object_get(meta, "target")), &o.target)) return ERR_BUG;
    for (int i = 0; word && i < 4; i++)
        if (strcmp(doubts[i], word) == 0) o.doubts = (enum list_import_doubts)i;
    enum err e = read_texts(arena, json_object_get(meta, "map"), &o.map, &o.map_count);
    if (e == OK) e = read_decisions(arena, json_object_get(meta, "decisions"), &o);
    *ret = o;
    return e;
}

static enum err store_head(struct list_import *plan, json_t *meta)
{
    json_t *head = NULL, *passed = NULL, *fields = NULL;
    enum err e = list_import_head_json(plan, &head);
    if (e == OK) e = list_import_passed_json(plan, &passed);
    if (e == OK) e = list_import_fields_json(plan, &fields);
    while (e == OK && json_array_size(passed) > PASSED_MOST) (void)json_array_remove(passed, json_array_size(passed) - 1);
    bool failed = e != OK || json_object_set_new(meta, "head", head) != 0 || json_object_set_new(meta, "passed", passed) != 0 ||
                  json_object_set_new(meta, "fields", fields) != 0;
    return e != OK ? e : failed ? ERR_NOMEM : OK;
}

static enum err store_plan(struct list_import *plan, const char *folder, const char *id, json_t *meta, struct fault *fault)
{
    struct arena arena = {0};
    char hex[CRYPTO_HASH_HEX];
    char *rows = path_of(&arena, folder, id, "rows");
    enum err e = rows ? list_rows_write(plan, rows, hex, fault) : no_memory(fault);
    arena_release(&arena);
    if (e == OK) e = store_head(plan, meta);
    if (e == OK && json_object_set_new(meta, "digest", json_string(hex)) != 0) e = no_memory(fault);
    return e == OK || (fault && fault->code) ? e : fault_set(fault, e, "keep the dry run: %s", err_name(e));
}

/* The file, or the files. */
static enum err find_files(struct arena *arena, const char *folder, const char *id, const json_t *meta, struct list_files *ret)
{
    const json_t *names = json_object_get(meta, "files"), *without = json_object_get(meta, "without");
    struct list_files files = {.count = json_array_size(names)};
    if (!files.count) files.count = 1;
    files.items = arena_array(arena, files.count, sizeof *files.items);
    for (size_t i = 0; files.items && i < files.count; i++) {
        const char *path = names ? arena_printf(arena, "%s/imports/%s/files/%zu", folder, id, i) : path_of(arena, folder, id, "file");
        if (!path) return ERR_NOMEM;
        files.items[i] = (struct list_import_file){.path = path, .name = json_string_value(names ? json_array_get(names, i) : json_object_get(meta, "name"))};
        for (size_t k = 0; k < json_array_size(without); k++)
            if (json_integer_value(json_array_get(without, k)) == (json_int_t)i) files.items[i].left_out = true;
    }
    *ret = files;
    return files.items ? OK : ERR_NOMEM;
}

static enum err open_plan(struct db *db, const char *folder, const char *id, const json_t *meta, struct arena *arena, struct list_import **ret, struct fault *fault)
{
    struct list_import_options options;
    struct list_files files;
    enum err e = find_files(arena, folder, id, meta, &files);
    if (e == OK) e = read_options(arena, meta, &options);
    if (e != OK) return fault_set(fault, e, "%s", err_name(e));
    e = db_snapshot_begin(db);
    if (e != OK) return db_fault(db, e, fault, "read");
    e = list_import_open_files(db, files.items, files.count, false, &options, NULL, NULL, ret, fault);
    db_snapshot_end(db);
    return e;
}

static enum err store_problem(json_t *meta, const struct fault *fault)
{
    json_t *problem = json_pack("{s:s, s:s?, s:s}", "text", fault->text, "reason", fault->reason, "detail", fault->detail);
    return problem && json_object_set_new(meta, "problem", problem) == 0 ? OK : ERR_NOMEM;
}

enum err list_work_plan(struct db *db, const struct list_import_door *door, const char *folder, const char *id, json_t *meta, struct fault *fault)
{
    struct arena arena = {0};
    struct list_import *plan = NULL;
    (void)json_object_del(meta, "problem");
    enum err e = open_plan(db, folder, id, meta, &arena, &plan, fault);
    bool made = e == OK;
    if (made) e = list_import_note(plan, door, true, fault);
    if (e == OK) e = store_plan(plan, folder, id, meta, fault);
    else if (!made && (e == ERR_INPUT || e == ERR_LIMIT || e == ERR_USAGE || e == ERR_NOT_FOUND)) e = store_problem(meta, fault);
    list_import_close(plan);
    if (e == OK) e = write_meta(folder, id, meta, fault);
    if (e == ERR_FULL) fault_reason(fault, "upload_no_room");
    arena_release(&arena);
    return e;
}

enum err list_work_wrong(struct db *db, const struct list_import_door *door, const char *folder, const char *id, const json_t *meta, struct list_wrong_wish *wish,
                         const char *path, struct fault *fault)
{
    struct arena arena = {0};
    struct list_import *plan = NULL;
    enum err e = open_plan(db, folder, id, meta, &arena, &plan, fault);
    wish->sensitive = !json_is_string(json_object_get(meta, "event")); /* as on the page: docs/decisions/0060-register-pages.md */
    if (e == OK) e = list_import_note(plan, door, true, fault);
    if (e == OK) e = list_import_write_wrong(plan, wish, path, fault);
    list_import_close(plan);
    arena_release(&arena);
    return told(e, fault);
}

enum err list_work_rows(const char *folder, const char *id, const struct list_work_filter *filter, json_t **ret, struct fault *fault)
{
    struct arena arena = {0};
    char *path = path_of(&arena, folder, id, "rows");
    enum err e = path ? list_rows_read(path, filter, ret, fault) : no_memory(fault);
    arena_release(&arena);
    return e;
}

/* --- agreed
 * ------------------------------------------------------------------------------------------------------------------------------------------------------ */

static enum err apply_locked(struct db *db, const struct list_import_door *door, const char *folder, const char *id, json_t *meta, const char *digest,
                             struct list_import_result *ret, struct fault *fault)
{
    struct arena arena = {0};
    struct list_import *plan = NULL;
    size_t count;
    enum err e = list_import_recover(door, &count, fault);
    if (e == OK) e = open_plan(db, folder, id, meta, &arena, &plan, fault);
    if (e == OK) e = store_plan(plan, folder, id, meta, fault);
    if (e == OK) e = write_meta(folder, id, meta, fault);
    bool other = e == OK && strcmp(json_string_value(json_object_get(meta, "digest")), digest) != 0;
    if (other) e = list_import_note(plan, door, true, fault);
    if (e == OK && other)
        e = fault_because(fault, ERR_CONFLICT, "list_changed", NULL, "what is stored changed meanwhile: look at the rows once more");
    if (e == OK) e = list_import_apply(plan, door, ret, fault);
    list_import_close(plan);
    arena_release(&arena);
    return e;
}

enum err list_work_apply(struct db *db, const struct list_import_door *door, const char *folder, const char *id, json_t *meta, const char *digest,
                         struct list_import_result *ret, struct fault *fault)
{
    int lock = -1;
    enum err e = list_import_lock(folder, &lock, fault);
    if (e != OK) return e;
    e = apply_locked(db, door, folder, id, meta, digest, ret, fault);
    file_unlock(lock);
    if (e == OK) list_work_remove(folder, id);
    return e;
}
