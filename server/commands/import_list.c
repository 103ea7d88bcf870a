#include "server/commands/import_list.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/congress/list_import/list_files.h"
#include "server/commands/commands.h"
#include "server/commands/import_list_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show_progress(void *context, size_t done, size_t total)
{
    (void)progress_show(context, done, total);
}

/* --- options --------------------------------------------------------------------------------------------------------------------------------------------------- */

static enum err read_doubtful(const char *text, enum list_import_doubts *ret, struct fault *fault)
{
    static const char *const names[] = {[LIST_DOUBTS_ASK] = "ask", [LIST_DOUBTS_NEW] = "new", [LIST_DOUBTS_SAME] = "same", [LIST_DOUBTS_LEAVE] = "leave"};
    for (int i = 0; text && i < 4; i++) {
        if (strcmp(names[i], text) != 0) continue;
        *ret = (enum list_import_doubts)i;
        return OK;
    }
    return text ? fault_set(fault, ERR_USAGE, "--doubtful: \"%.40s\" is not one of ask, new, same, leave", text) : OK;
}

static enum err read_header(const char *text, struct list_import_options *options, struct fault *fault)
{
    char *end = NULL;
    if (!text) return OK;
    unsigned long first = strtoul(text, &end, 10), last = first;
    if (*end == '-') last = strtoul(end + 1, &end, 10);
    if (*end || !first || last < first || last > 1048576) return fault_set(fault, ERR_USAGE, "--header: \"%.40s\" is neither a row like 5 nor rows like 5-6", text);
    options->header_first = (uint32_t)first;
    options->header_last = (uint32_t)last;
    return OK;
}

/* "17=P0005", "2!17=new": the sheet's number before it, where there are several. */
static enum err read_decisions(struct arena *arena, const struct opt_list *list, struct list_import_options *options, struct fault *fault)
{
    struct list_decision *all = arena_array(arena, list->count + 1, sizeof *all);
    if (!all) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < list->count; i++) {
        char *end;
        unsigned long place = 1, row = strtoul(list->items[i], &end, 10);
        if (*end == '!') {
            place = row;
            row = strtoul(end + 1, &end, 10);
        }
        if (*end != '=' || !end[1] || !row || !place)
            return fault_set(fault, ERR_USAGE, "--decide: \"%.60s\" is not like 17=P0005, 17=new or 17=leave", list->items[i]);
        all[i] = (struct list_decision){(uint32_t)place - 1, (uint32_t)row, end + 1};
    }
    options->decisions = all;
    options->decision_count = list->count;
    return OK;
}

static enum err read_options(const struct import_list_command *c, struct arena *arena, struct list_import_options *ret, struct fault *fault)
{
    *ret = (struct list_import_options){.target = c->units ? LIST_UNITS : c->event ? LIST_DELEGATES : LIST_PEOPLE, .event = c->event, .category = c->category,
                                        .sheet = c->sheet, .map = c->map.items, .map_count = c->map.count, .forget_mapping = c->forget_mapping,
                                            .capitals = c->capitals,
                                        .new_units = c->new_units, .take_good = c->take_good, .prune = c->prune, .tells_sensitive = true, .actor = "command line"};
    if (c->units && c->event) return fault_set(fault, ERR_USAGE, "--units and --event: units are of the register, not of an event");
    enum err e = read_doubtful(c->doubtful, &ret->doubts, fault);
    if (e == OK) e = read_header(c->header, ret, fault);
    return e == OK ? read_decisions(arena, &c->decide, ret, fault) : e;
}

/* --- the import
 * -------------------------------------------------------------------------------------------------------------------------------------------------- */

static bool show_reading(void *context, size_t done, size_t total)
{
    return progress_show(context, done, total);
}

/* Archives are opened into `folder`. */
static enum err gather(const struct import_list_command *c, struct arena *arena, const char *folder, struct list_files *ret, struct fault *fault)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < c->file_count; i++) e = list_files_add(ret, arena, folder, c->files[i], file_base_name(c->files[i]), fault);
    return e;
}

static enum err make_plan(struct db *db, const struct import_list_command *c, const struct list_import_options *options, struct list_import **ret,
                          struct fault *fault)
{
    struct arena arena = {0};
    struct list_files files = {0};
    struct progress progress = {0};
    char folder[] = "/tmp/plenum-import-XXXXXX";
    bool made = mkdtemp(folder) != NULL;
    enum err e = db ? db_snapshot_begin(db) : OK;
    if (e != OK) db_fault(db, e, fault, "read");
    if (e == OK && !made) e = fault_set(fault, ERR_IO, "no folder for what is in archives: %s", folder);
    if (e == OK) e = gather(c, &arena, folder, &files, fault);
    if (e == OK && files.count == 0) e = fault_because(fault, ERR_INPUT, "sheet_empty", NULL, "the archive is empty");
    bool many = e == OK && files.count > 20;
    if (many) progress_begin(&progress, "reading");
    if (e == OK) e = list_import_open_files(db, files.items, files.count, true, options, many ? show_reading : NULL, &progress, ret, fault);
    if (many) progress_end(&progress);
    if (db) db_snapshot_end(db);
    if (made) (void)file_remove_tree(folder);
    arena_release(&arena);
    if (many) progress_finish(&progress);
    return e;
}

static bool is_there(const struct import_list_command *c)
{
    struct arena scratch = {0};
    const char *database = file_join(&scratch, store_choose_folder(c->data), "plenum.db");
    bool there = database && file_exists(database);
    arena_release(&scratch);
    return there;
}

/* What cannot be taken in makes no data folder. */
static enum err try_alone(const struct import_list_command *c, const struct list_import_options *options, struct fault *fault)
{
    struct list_import *plan = NULL;
    enum err e = make_plan(NULL, c, options, &plan, fault);
    if (e == OK && (e = list_import_ready(plan, fault)) != OK && !c->json) (void)import_show_text(plan, false, NULL);
    list_import_close(plan);
    return e;
}

/* Who looks is noted before anything is shown. */
static enum err note(struct store *store, struct list_import *plan, struct fault *fault)
{
    struct list_import_own own;
    list_import_own_open(&own, store->db);
    enum err e = list_import_note(plan, &own.door, true, fault);
    list_import_own_close(&own);
    return e;
}

/* A folder of another version is refused before it is opened to write the note: a dry run brings no schema to the newest. What opening reads is let go. */
static enum err open_to_look(const struct import_list_command *c, struct store *store, struct fault *fault)
{
    const char *folder = store_choose_folder(c->data);
    enum err e = store_open(folder, STORE_READ, store, fault);
    if (e != OK) return e;
    store_close(store);
    *store = (struct store){0};
    e = store_open(folder, STORE_WRITE, store, fault);
    if (e == OK) db_release_memory(store->db);
    return e;
}

static enum err look(const struct import_list_command *c, const struct list_import_options *options, struct fault *fault)
{
    struct store store = {0};
    struct list_import *plan = NULL;
    enum err e = is_there(c) ? open_to_look(c, &store, fault) : OK;
    if (e == OK) e = make_plan(store.db, c, options, &plan, fault);
    if (e == OK && store.db) e = note(&store, plan, fault);
    if (e == OK) e = c->json ? import_show_json(plan, fault) : import_show_text(plan, true, fault);
    list_import_close(plan);
    store_close(&store);
    return e;
}

/* Whatever an earlier import left half. */
static enum err recover(const struct list_import_door *door, struct fault *fault)
{
    size_t count = 0;
    enum err e = list_import_recover(door, &count, fault);
    if (e == OK && count) fprintf(stderr, "plenum import: an earlier import had not reached its end: it was taken back\n");
    return e;
}

static enum err apply_with(struct list_import_own *own, const struct import_list_command *c, const struct list_import_options *options, struct fault *fault)
{
    struct list_import *plan = NULL;
    struct list_import_result result = {0};
    struct progress progress = {0};
    enum err e = recover(&own->door, fault);
    if (e == OK) e = make_plan(own->db, c, options, &plan, fault);
    if (e == OK) e = list_import_note(plan, &own->door, list_import_ready(plan, NULL) != OK, fault);
    if (e == OK && (e = list_import_ready(plan, fault)) != OK && !c->json) (void)import_show_text(plan, false, NULL);
    if (e == OK) {
        progress_begin(&progress, "writing");
        own->door.progress = show_progress;
        own->door.progress_context = &progress;
        e = list_import_apply(plan, &own->door, &result, fault);
        progress_end(&progress);
    }
    if (e == OK) e = import_show_result(plan, &result, c->json, fault);
    list_import_close(plan);
    progress_finish(&progress);
    return e;
}

static enum err apply(const struct store *store, const struct import_list_command *c, const struct list_import_options *options, struct fault *fault)
{
    struct list_import_own own;
    int lock = -1;
    enum err e = list_import_lock(store->folder, &lock, fault);
    if (e != OK) return e;
    list_import_own_open(&own, store->db);
    e = apply_with(&own, c, options, fault);
    list_import_own_close(&own);
    file_unlock(lock);
    return e;
}

int import_list(const struct import_list_command *c)
{
    struct arena arena = {0};
    struct list_import_options options;
    struct store store = {0};
    struct fault fault = {0};
    enum err e = read_options(c, &arena, &options, &fault);
    if (e == OK && !c->dry_run && !is_there(c)) e = try_alone(c, &options, &fault);
    if (e == OK && c->dry_run) e = look(c, &options, &fault);
    else if (e == OK && (e = store_open(store_choose_folder(c->data), STORE_CREATE, &store, &fault)) == OK) e = apply(&store, c, &options, &fault);
    store_close(&store);
    arena_release(&arena);
    return command_end("import", e, &fault);
}

static enum err undo(const struct store *store, long number, bool json, struct fault *fault)
{
    struct list_import_undone undone = {0};
    struct list_import_own own;
    int lock = -1;
    enum err e = list_import_lock(store->folder, &lock, fault);
    if (e != OK) return e;
    list_import_own_open(&own, store->db);
    e = recover(&own.door, fault);
    if (e == OK) e = list_import_undo(&own.door, number, "command line", &undone, fault);
    if (e == OK) e = import_show_undone(store->db, &undone, json, fault);
    list_import_own_close(&own);
    file_unlock(lock);
    return e;
}

int import_list_undo(const char *data, long number, bool json)
{
    struct store store = {0};
    struct fault fault = {0};
    enum err e = store_open(store_choose_folder(data), STORE_WRITE, &store, &fault);
    if (e == OK) e = undo(&store, number, json, &fault);
    store_close(&store);
    return command_end("import", e, &fault);
}

int import_list_history(const char *data, const char *event, bool json)
{
    struct store store = {0};
    struct fault fault = {0};
    enum err e = store_open(store_choose_folder(data), STORE_READ, &store, &fault);
    if (e == OK) e = import_show_history(store.db, event, json, &fault);
    store_close(&store);
    return command_end("import", e, &fault);
}
