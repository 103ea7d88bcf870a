/* An event as an event file again: the same tables as the import, walked the other way. */
#include "catalogue.h"
#include "core/base/file.h"
#include "core/congress/event_file/plan.h"
#include "core/congress/messages/announcements.h"

#include <string.h>

struct export {
    struct plan plan;
    struct arena arena;
    struct import_options options;
    struct files files;
    struct event_plan event;
    const char *const *sensitive; /* codes of types that go out although they are sensitive */
    size_t sensitive_count;
    bool with_sensitive, failed;
};

/* people_of: as plan's. */
static enum err load_register(struct export *x, struct db *db, int64_t people_of, struct fault *fault)
{
    struct plan *plan = &x->plan;
    *plan = (struct plan){.db = db, .people_of = people_of, .arena = &x->arena, .options = &x->options, .files = &x->files, .keep = json_array()};
    enum err e = plan->keep ? OK : ERR_NOMEM;
    for (int kind = ENTITY_ORGANIZATION; e == OK && kind <= ENTITY_EVENT; kind++)
        if (kind != ENTITY_PERSON) e = table_load(plan, &plan->tables[kind], (enum entity_kind)kind, 0);
    if (e == OK) e = plan_load_people(plan);
    return e == OK ? OK : db_fault(db, e, fault, "read the people");
}

static enum err load(struct export *x, struct db *db, const char *slug, struct fault *fault)
{
    struct plan *plan = &x->plan;
    struct sql_export_event_find_row event;
    enum err e = sql_export_event_find(db, &x->arena, slug, &event);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", slug);
    e = e == OK ? load_register(x, db, event.id, fault) : db_fault(db, e, fault, "look for the event");
    if (e != OK) return e;
    struct row *row = table_find(&plan->tables[ENTITY_EVENT], slug);
    if (!row) return fault_set(fault, ERR_NOT_FOUND, "there is no event \"%s\"", slug);
    x->event = (struct event_plan){.row = row, .zone = row->now[entity_column(ENTITY_EVENT, "timezone")].text};
    plan->here = &x->event;
    for (int kind = ENTITY_CATEGORY; e == OK && kind < ENTITY_COUNT; kind++) e = table_load(plan, &x->event.tables[kind], (enum entity_kind)kind, row->now[0].i64);
    json_t *news = NULL;
    if (e == OK) e = announcement_list(db, plan->arena, row->now[0].i64, &news);
    if (e == OK && json_array_size(news) && !(row->announcements_now = json_text(plan->arena, news))) e = ERR_NOMEM;
    json_decref(news);
    if (e == OK) e = plan_scenes_stored(plan, row);
    return e == OK ? OK : db_fault(db, e, fault, "read the event");
}

static void release(struct export *x)
{
    plan_release(&x->plan);
    arena_release(&x->arena);
}

/* `kept` marks what belongs to the event: its people, their units and all above them. */
static void keep_unit(struct plan *plan, int64_t id)
{
    size_t parent = entity_column(ENTITY_UNIT, "parent");
    struct row *row = table_find_id(&plan->tables[ENTITY_UNIT], id);
    while (row && !row->kept) {
        row->kept = true;
        row = row->now[parent].type == DB_TYPE_I64 ? table_find_id(&plan->tables[ENTITY_UNIT], row->now[parent].i64) : NULL;
    }
}

static void keep_related(struct export *x)
{
    size_t person = entity_column(ENTITY_DELEGATE, "person"), delegation = entity_column(ENTITY_DELEGATE, "delegation"), unit = entity_column(ENTITY_PERSON, "unit");
    const struct table *delegates = &x->event.tables[ENTITY_DELEGATE];
    for (size_t i = 0; i < delegates->count; i++) {
        const struct db_value *v = delegates->rows[i]->now;
        struct row *who = v[person].type == DB_TYPE_I64 ? table_find_id(&x->plan.tables[ENTITY_PERSON], v[person].i64) : NULL;
        if (who) who->kept = true;
        if (who && who->now[unit].type == DB_TYPE_I64) keep_unit(&x->plan, who->now[unit].i64);
        if (v[delegation].type == DB_TYPE_I64) keep_unit(&x->plan, v[delegation].i64);
    }
}

static json_t *show_row(struct export *x, enum entity_kind kind, const struct row *row)
{
    return shape_show(&x->plan, entities[kind].shape, row->now + entity_first_column(&entities[kind]), SHOW_FILE, &x->failed);
}

static void add(struct export *x, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0) x->failed = true;
}

static bool may_show(const struct export *x, const char *code)
{
    const struct row *type = table_find(&x->plan.tables[ENTITY_ATTRIBUTE_TYPE], code);
    for (size_t i = 0; i < x->sensitive_count; i++)
        if (strcmp(x->sensitive[i], code) == 0) return true;
    return x->with_sensitive || (type && type->now[entity_column(ENTITY_ATTRIBUTE_TYPE, "sensitive")].i64 == 0);
}

static void add_attributes(struct export *x, json_t *person, const struct row *row)
{
    json_t *shown = json_sure(json_object(), &x->failed), *value;
    const char *code;
    json_object_foreach(row->attributes_now, code, value)
        if (may_show(x, code) && json_object_set(shown, code, value) != 0) x->failed = true;
    if (json_object_size(shown)) add(x, person, "attributes", shown);
    else json_decref(shown);
}

static json_t *show_list(struct export *x, const struct table *table)
{
    bool all = entities[table->kind].in_event;
    json_t *list = json_sure(json_array(), &x->failed);
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = table->rows[i];
        if (!all && !row->kept) continue;
        json_t *object = show_row(x, table->kind, row);
        if (table->kind == ENTITY_PERSON) add_attributes(x, object, row);
        if (json_array_append_new(list, object) != 0) x->failed = true;
    }
    return list;
}

static json_t *show_types(struct export *x)
{
    const struct table *table = &x->plan.tables[ENTITY_ATTRIBUTE_TYPE];
    json_t *types = json_sure(json_object(), &x->failed);
    for (size_t i = 0; i < table->count; i++) {
        json_t *object = show_row(x, ENTITY_ATTRIBUTE_TYPE, table->rows[i]);
        (void)json_object_del(object, "code");
        add(x, types, table->rows[i]->key, object);
    }
    return types;
}

static json_t *show_register(struct export *x)
{
    json_t *root = json_sure(json_object(), &x->failed);
    add(x, root, "format", json_string("plenum-events/1"));
    const struct row *row = table_find(&x->plan.tables[ENTITY_ORGANIZATION], "organization");
    if (row) {
        json_t *organization = show_row(x, ENTITY_ORGANIZATION, row);
        add(x, organization, "attribute_types", show_types(x));
        add(x, organization, "units", show_list(x, &x->plan.tables[ENTITY_UNIT]));
        add(x, root, "organization", organization);
    }
    add(x, root, "people", show_list(x, &x->plan.tables[ENTITY_PERSON]));
    return root;
}

static json_t *show_all(struct export *x)
{
    json_t *root = show_register(x), *events = json_sure(json_array(), &x->failed);
    json_t *event = show_row(x, ENTITY_EVENT, x->event.row), *news = plan_show_announcements(&x->plan, x->event.row->announcements_now, &x->failed);
    if (news) add(x, event, "announcements", news);
    json_t *scenes = plan_show_scenes(&x->plan, x->event.row->scenes_now, &x->failed);
    if (scenes) add(x, event, scenes_field.key, scenes);
    for (int kind = ENTITY_CATEGORY; kind < ENTITY_COUNT; kind++) {
        if (x->event.tables[kind].count) add(x, event, entities[kind].list_key, show_list(x, &x->event.tables[kind]));
    }
    if (json_array_append_new(events, event) != 0) x->failed = true;
    add(x, root, "events", events);
    return root;
}

enum err event_file_export(struct db *db, const char *slug, bool with_sensitive, json_t **ret, struct fault *fault)
{
    struct export x = {.with_sensitive = with_sensitive};
    enum err e = load(&x, db, slug, fault);
    if (e == OK) {
        keep_related(&x);
        json_t *root = show_all(&x);
        if (x.failed) {
            json_decref(root);
            e = fault_set(fault, ERR_NOMEM, "the event \"%s\" cannot be shown: out of memory, or what is stored cannot be read", slug);
        } else {
            *ret = root;
        }
    }
    release(&x);
    return e;
}

/* Whether a unit is `top` or beneath it. */
static bool is_beneath(const struct plan *plan, int64_t id, int64_t top)
{
    size_t parent = entity_column(ENTITY_UNIT, "parent");
    for (int depth = 0; depth < 64; depth++) {
        if (id == top) return true;
        const struct row *row = table_find_id(&plan->tables[ENTITY_UNIT], id);
        if (!row || row->now[parent].type != DB_TYPE_I64) return false;
        id = row->now[parent].i64;
    }
    return false;
}

static void keep_members(struct export *x, int64_t unit_id)
{
    size_t unit = entity_column(ENTITY_PERSON, "unit");
    const struct table *people = &x->plan.tables[ENTITY_PERSON], *units = &x->plan.tables[ENTITY_UNIT];
    for (size_t i = 0; i < units->count; i++)
        if (!unit_id || is_beneath(&x->plan, units->rows[i]->now[0].i64, unit_id)) keep_unit(&x->plan, units->rows[i]->now[0].i64);
    for (size_t i = 0; i < people->count; i++) {
        const struct db_value *of = &people->rows[i]->now[unit];
        people->rows[i]->kept = !unit_id || (of->type == DB_TYPE_I64 && is_beneath(&x->plan, of->i64, unit_id));
    }
}

/* Pictures do not travel in a list; what an event file does not say stays as it is. */
static void leave_files_out(json_t *root)
{
    json_t *person;
    size_t i;
    (void)json_object_del(json_object_get(root, "organization"), "logo");
    json_array_foreach(json_object_get(root, "people"), i, person) (void)json_object_del(person, "photo");
}

enum err event_file_export_members(struct db *db, int64_t unit_id, const char *const *sensitive, size_t sensitive_count, json_t **ret, struct fault *fault)
{
    struct export x = {.sensitive = sensitive, .sensitive_count = sensitive_count};
    enum err e = load_register(&x, db, PEOPLE_OF_REGISTER, fault);
    if (e == OK) {
        keep_members(&x, unit_id);
        json_t *root = show_register(&x);
        leave_files_out(root);
        add(&x, root, "events", json_array());
        if (x.failed) {
            json_decref(root);
            e = fault_set(fault, ERR_NOMEM, "the register cannot be shown: out of memory, or what is stored cannot be read");
        } else {
            *ret = root;
        }
    }
    release(&x);
    return e;
}

/* --- the files --- */

static enum err copy_file(struct arena *arena, const char *data_folder, const char *folder, const char *path, const char *sha256, struct fault *fault)
{
    const char *from = blob_path(arena, data_folder, sha256), *to = file_join(arena, folder, path), *above = to ? file_folder(arena, to) : NULL;
    char *data;
    size_t length;
    struct blob there;
    if (!from || !above || !file_is_safe_relative(path)) return fault_set(fault, ERR_BUG, "%s: cannot be written", path);
    if (file_exists(to)) {
        enum err e = blob_probe_file(to, BLOB_LIMIT, &there, fault);
        if (e != OK) return e;
        return strcmp(there.sha256, sha256) == 0 ? OK : fault_set(fault, ERR_CONFLICT, "%s: is there already, and is another file", to);
    }
    enum err e = file_make_directories(above, fault);
    if (e == OK) e = file_read(arena, from, (size_t)BLOB_LIMIT, &data, &length, fault);
    return e == OK ? file_write_atomic(to, data, length, 0644, fault) : e;
}

static enum err copy_column(struct export *x, const char *data_folder, const char *folder, const struct row *row, size_t column, struct fault *fault)
{
    struct arena scratch = {0};
    const char *path = row->now[column].text, *sha256 = row->now[column + 1].text;
    enum err e = path && sha256 && !x->failed ? copy_file(&scratch, data_folder, folder, path, sha256, fault) : OK;
    arena_release(&scratch);
    return e;
}

static enum err copy_slides(struct export *x, const char *data_folder, const char *folder, struct fault *fault)
{
    const char *stored = x->event.row->now[entity_column(ENTITY_EVENT, "slides")].text;
    json_t *slides = NULL, *slide;
    size_t i;
    enum err e = stored ? json_read(stored, strlen(stored), &slides, fault) : OK;
    json_array_foreach(slides, i, slide) {
        struct arena scratch = {0};
        const char *path = json_string_value(json_object_get(slide, "file")), *sha256 = json_string_value(json_object_get(slide, "blob"));
        if (e == OK && path && sha256) e = copy_file(&scratch, data_folder, folder, path, sha256, fault);
        arena_release(&scratch);
    }
    json_decref(slides);
    return e;
}

static enum err copy_welcome(struct export *x, const char *data_folder, const char *folder, struct fault *fault)
{
    const char *stored = x->event.row->now[entity_column(ENTITY_EVENT, "wall_welcome")].text;
    struct arena scratch = {0};
    json_t *welcome = NULL;
    enum err e = stored ? json_read(stored, strlen(stored), &welcome, fault) : OK;
    const char *path = json_string_value(json_object_get(welcome, "picture")), *sha256 = json_string_value(json_object_get(welcome, "blob"));
    if (e == OK && path && sha256) e = copy_file(&scratch, data_folder, folder, path, sha256, fault);
    json_decref(welcome);
    arena_release(&scratch);
    return e;
}

enum err event_file_export_files(struct db *db, const char *data_folder, const char *slug, const char *folder, struct fault *fault)
{
    struct export x = {0};
    enum err e = load(&x, db, slug, fault);
    if (e == OK) keep_related(&x);
    const struct table *tables[] = {&x.plan.tables[ENTITY_ORGANIZATION], &x.plan.tables[ENTITY_PERSON], &x.event.tables[ENTITY_DOCUMENT]};
    const char *const keys[] = {"logo", "photo", "file"};
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; e == OK && i < tables[t]->count; i++)
            if (t != 1 || tables[t]->rows[i]->kept) e = copy_column(&x, data_folder, folder, tables[t]->rows[i], entity_column(tables[t]->kind, keys[t]), fault);
    if (e == OK) e = copy_slides(&x, data_folder, folder, fault);
    if (e == OK) e = copy_welcome(&x, data_folder, folder, fault);
    release(&x);
    return e;
}
