/* The import as a whole: read the file, plan without touching anything, copy the files, then plan again and write in one transaction. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/event_file/plan.h"
#include "core/congress/person_facts.h"
#include "core/congress/scene/wall.h"

#include <stdio.h>
#include <string.h>

#define FORMAT "plenum-events/1"

static enum err check_root(json_t *root, struct fault *fault)
{
    static const char *const keys[] = {"$schema", "format", "organization", "people", "events"};
    if (!json_is_object(root)) return fault_set(fault, ERR_INPUT, "the event file must be an object");
    struct json_place place = {.key = "format"};
    json_t *format = json_object_get(root, "format");
    if (!format) return json_fault(fault, &place, "is required");
    if (!json_is_string(format) || strcmp(json_string_value(format), FORMAT) != 0)
        return json_fault(fault, &place, "\"%.60s\" is not %s", json_is_string(format) ? json_string_value(format) : "this", FORMAT);
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        bool known = strncmp(key, "x-", 2) == 0;
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) known = known || strcmp(key, keys[i]) == 0;
        place.key = key;
        if (!known) return json_fault(fault, &place, "unknown key");
    }
    return OK;
}

static enum err load_common(struct plan *plan)
{
    enum err e = OK;
    for (int kind = ENTITY_ORGANIZATION; e == OK && kind <= ENTITY_EVENT; kind++)
        if (kind != ENTITY_PERSON) e = table_load(plan, &plan->tables[kind], (enum entity_kind)kind, 0);
    return e == OK && !plan->light ? plan_load_people(plan) : e;
}

static void note_today(struct plan *plan)
{
    int year, month, day;
    clock_civil_from_days(plan->now_ms / CLOCK_DAY + 1, &year, &month, &day);
    (void)snprintf(plan->today, sizeof plan->today, "%04d-%02d-%02d", year % 10000, month, day);
}

static enum err write_blobs(struct plan *plan, struct fault *fault)
{
    const struct map *map = &plan->files->by_path;
    for (size_t i = 0; i < map->capacity; i++) {
        const struct blob *blob = map->slots[i].value;
        if (!map->slots[i].key) continue;
        struct db_value values[] = {value_text(blob->sha256), value_i64(blob->size), value_text(blob->media_type), value_i64(plan->now_ms),
                                    value_i64(blob->crc)};
        if (plan_write(plan, WRITE_FIRST, SQL_BLOB_INSERT, values, 5) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    return OK;
}

enum err plan_open(struct plan *plan, struct fault *fault)
{
    plan->now_ms = clock_now_ms();
    plan->changes = json_array();
    plan->keep = json_array();
    note_today(plan);
    if (!plan->changes || !plan->keep) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = load_common(plan);
    if (e == OK) return OK;
    return plan->db ? db_fault(plan->db, e, fault, "read what is stored") : fault_set(fault, e, "not enough memory");
}

enum err plan_make(struct plan *plan, struct fault *fault)
{
    struct json_place people = {.key = "people"}, events = {.key = "events"};
    enum err e = plan_open(plan, fault);
    if (e != OK) return e;
    e = plan_organization(plan, plan->root, fault);
    if (e == OK) e = plan_people(plan, json_object_get(plan->root, "people"), &people, fault);
    if (e == OK) e = plan_events(plan, json_object_get(plan->root, "events"), &events, fault);
    if (e == OK) e = plan_removals(plan, fault);
    if (e == OK) e = write_blobs(plan, fault);
    for (size_t i = 0; e == OK && i < plan->event_count; i++)
        if (plan->events[i].changed && !plan->events[i].is_new && plan_write_id(plan, WRITE_FIRST, SQL_IMPORT_EVENT_BUMP, plan->events[i].row->now[0].i64) != OK)
            e = fault_set(fault, ERR_NOMEM, "not enough memory");
    return e;
}

void plan_release(struct plan *plan)
{
    json_decref(plan->changes);
    json_decref(plan->keep);
    plan->changes = plan->keep = NULL;
}

static json_t *make_report(const struct plan *plan)
{
    json_t *counts = json_object();
    for (int kind = 0; kind < ENTITY_COUNT; kind++) {
        const struct counts *c = &plan->counts[kind];
        if (c->fresh + c->changed + c->same + c->removed == 0) continue;
        json_t *one = json_pack("{s:I, s:I, s:I, s:I}", "new", (json_int_t)c->fresh, "changed", (json_int_t)c->changed, "same", (json_int_t)c->same,
            "removed", (json_int_t)c->removed);
        (void)json_object_set_new(counts, entities[kind].name, one);
    }
    return json_pack("{s:b, s:o, s:O}", "dry_run", plan->options->dry_run, "counts", counts, "changes", plan->changes);
}

/* What the transaction needs; made anew when it has to begin again. */
struct work {
    const struct import_options *options;
    struct files *files;
    json_t *root;
    struct arena arena;
    struct plan plan;
};

static enum err begin_plan(struct work *work, struct db *db, struct fault *fault)
{
    plan_release(&work->plan);
    arena_release(&work->arena);
    work->plan = (struct plan){.db = db, .arena = &work->arena, .options = work->options, .files = work->files, .root = work->root};
    return plan_make(&work->plan, fault);
}

static enum err write_audit(struct db *db, const struct plan *plan)
{
    json_t *report = make_report(plan);
    char *detail = report ? json_text(plan->arena, json_object_get(report, "counts")) : NULL;
    json_decref(report);
    return detail ? audit_write(db, plan->now_ms, plan->options->actor, "import", file_base_name(plan->options->file), detail) : ERR_NOMEM;
}

/* Every event has a code that opens its wall; it stays when the event is imported again, because screens were set up with it. */
static enum err give_display_code(struct db *db, int64_t event_id)
{
    struct arena arena = {0};
    char code[WALL_CODE_SIZE];
    enum err e = wall_code_make(db, &arena, code);
    arena_release(&arena);
    return e == OK ? sql_import_event_display_code(db, event_id, code, NULL) : e;
}

/* A name, code or unit that changed is one in every event where that person is. */
static enum err follow_names(struct db *db, const struct plan *plan)
{
    const struct counts *people = &plan->counts[ENTITY_PERSON], *units = &plan->counts[ENTITY_UNIT];
    if (people->fresh + people->changed + people->removed + units->fresh + units->changed + units->removed) return find_index_sync_all(db);
    enum err e = OK;
    for (size_t i = 0; e == OK && i < plan->event_count; i++)
        if (plan->events[i].changed || plan->events[i].is_new) e = find_index_sync(db, row_values(plan->events[i].row)[0].i64);
    return e;
}

static enum err write_one(struct plan *plan, struct register_doing *doing, const struct write *write, struct fault *fault)
{
    enum err e = write->what == WRITE_STATEMENT ? db_execute(plan->db, write->statement, write->values, write->count) : plan_record(plan, doing, write);
    if (e == OK || (fault && fault->code)) return e;
    return db_fault(plan->db, e, fault, write->what == WRITE_STATEMENT ? catalogue.statements[write->statement].name : write->row->key);
}

static enum err write_all(struct plan *plan, struct fault *fault)
{
    struct fault why = {0}; /* of the register: a sentence, or none */
    struct register_doing doing = {.db = plan->db, .arena = plan->arena, .ids = &plan->ids, .at_ms = plan->now_ms, .actor = plan->options->actor,
                                   .source = "event file", .fault = &why};
    enum err e = register_begin(&doing);
    if (e != OK) return db_fault(plan->db, e, fault, "read the time zone");
    for (int phase = 0; e == OK && phase < WRITE_PHASES; phase++)
        for (size_t i = 0; e == OK && i < plan->writes[phase].count; i++) e = write_one(plan, &doing, &plan->writes[phase].items[i], &why);
    if (e == OK && plan->event_count && plan->counts[ENTITY_PERSON].fresh) e = register_claim_new(&doing);
    return e == OK ? OK : fault_set(fault, e, "%s", why.text);
}

/* A form that changes only words or colours moves nobody: with thousands who were scanned, counting anew takes seconds. */
static bool moves_people(const struct plan *plan, const struct event_plan *event)
{
    static const char *const keys[] = {"timezone", "starts", "ends"};
    if (!plan->light) return true;
    for (int kind = ENTITY_CATEGORY; kind <= ENTITY_SESSION; kind++)
        if (kind != ENTITY_GATE && plan->counts[kind].fresh + plan->counts[kind].changed + plan->counts[kind].removed) return true;
    for (size_t i = 0; event->row->now && event->row->next && i < sizeof keys / sizeof keys[0]; i++) {
        size_t column = entity_column(ENTITY_EVENT, keys[i]);
        if (!value_equal(&event->row->now[column], &event->row->next[column])) return true;
    }
    return event->is_new;
}

enum err plan_carry_out(struct plan *plan, struct db *db, struct fault *fault)
{
    enum err e = write_all(plan, fault);
    if (e != OK) return e;
    if (e == OK) e = plan_write_announcements(plan, db);
    if (e == OK) e = plan_write_scenes(plan, db);
    for (size_t i = 0; e == OK && i < plan->event_count; i++) e = give_display_code(db, row_values(plan->events[i].row)[0].i64);
    for (size_t i = 0; e == OK && i < plan->event_count; i++)
        if (plan->events[i].changed && moves_people(plan, &plan->events[i])) e = plan_recount(db, row_values(plan->events[i].row)[0].i64, plan->events[i].row->key);
    if (e == OK && !plan->light) e = follow_names(db, plan);
    return e == OK ? OK : db_fault(db, e, fault, "finish the import");
}

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    struct work *work = arg;
    enum err e = begin_plan(work, db, fault);
    if (e == OK) e = plan_carry_out(&work->plan, db, fault);
    if (e != OK) return e;
    e = write_audit(db, &work->plan);
    return e == OK ? OK : db_fault(db, e, fault, "finish the import");
}

/* The plan alone, on one unchanging view; there need not be a database. */
static enum err look(struct work *work, struct fault *fault)
{
    struct store store = {0};
    struct arena scratch = {0};
    const char *database = file_join(&scratch, work->options->folder, "plenum.db");
    bool there = database && file_exists(database);
    arena_release(&scratch);
    if (!there) return begin_plan(work, NULL, fault);
    enum err e = store_open(work->options->folder, STORE_READ, &store, fault);
    if (e != OK) return e;
    e = db_snapshot_begin(store.db);
    e = e == OK ? begin_plan(work, store.db, fault) : db_fault(store.db, e, fault, "read");
    db_snapshot_end(store.db);
    store_close(&store);
    return e;
}

static enum err run(struct work *work, struct fault *fault)
{
    struct store store = {0};
    enum err e = look(work, fault);
    if (e != OK || work->options->dry_run) return e;
    e = store_open(work->options->folder, STORE_CREATE, &store, fault);
    if (e != OK) return e;
    work->files->store_folder = store.folder;
    work->files->by_path = (struct map){.arena = work->files->arena};
    e = files_collect(work->files, work->root, fault);
    if (e == OK) e = db_transaction(store.db, apply, work, fault);
    store_close(&store);
    return e;
}

static enum err check_options(const struct import_options *options, struct fault *fault)
{
    const char *day = options->starts_on;
    if (day && strcmp(day, "today") != 0 && !person_date_is_good(day)) return fault_set(fault, ERR_USAGE,
        "--starts-on: \"%s\" is neither a date like 2026-12-01 nor \"today\"", day);
    return OK;
}

enum err event_file_import(const struct import_options *options, json_t **ret_report, struct fault *fault)
{
    struct arena arena = {0};
    struct files files;
    struct work work = {.options = options, .files = &files};
    char *text = NULL;
    size_t length = 0;
    enum err e = check_options(options, fault);
    if (e == OK) e = file_read(&arena, options->file, EVENT_FILE_LIMIT, &text, &length, fault);
    if (e == OK && length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* the byte order mark that Windows editors write */
        text += 3;
        length -= 3;
    }
    if (e == OK) e = json_read(text, length, &work.root, fault);
    if (e == OK) e = check_root(work.root, fault);
    if (e == OK) e = files_open(&arena, options->file, NULL, &files, fault);
    if (e == OK) e = run(&work, fault);
    if (e == OK) {
        json_t *report = make_report(&work.plan);
        if (report) *ret_report = report;
        else e = fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    plan_release(&work.plan);
    arena_release(&work.arena);
    json_decref(work.root);
    arena_release(&arena);
    return e;
}
