/* Taking an import back: from the last thing that it wrote to the first, in slices. Field by field what still says what the import put there becomes what it
 * was; what
 * somebody changed since stays, and is told; what was made goes, unless it changed or has a history by now. The same steps take back what did not reach its
 * end: each
 * can be done twice. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/congress/list_import/apply.h"
#include "core/congress/person_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_ROWS 1000

struct undoing {
    struct slice slice, after;
    struct arena arena, kept; /* kept: the language, for the whole of it */
    const char *language;
    char source[32], today[16];
    int64_t below, next_below; /* rows from here on are done */
    int64_t above, next_above;
    bool done, next_done;
    const char *slug;
    int64_t event_id;
    int64_t number;
    const char *actor;
    size_t back, left;
};

/* --- fields ------------------------------------------------------------------------------------------------------------------------------------------------- */

static bool is_value(const json_t *json, const struct db_value *value)
{
    if (json_is_integer(json)) return value->type == DB_TYPE_I64 && value->i64 == json_integer_value(json);
    if (json_is_string(json)) return value->type == DB_TYPE_TEXT && strcmp(value->text, json_string_value(json)) == 0;
    return value->type == DB_TYPE_NULL;
}

static struct db_value value_of(struct arena *arena, const json_t *json)
{
    if (json_is_integer(json)) return value_i64(json_integer_value(json));
    return value_text(json_is_string(json) ? arena_strdup(arena, json_string_value(json)) : NULL);
}

/* The column of "photo#1". */
static size_t column_of(enum entity_kind kind, const char *key)
{
    char name[64];
    const char *hash = strchr(key, '#');
    (void)snprintf(name, sizeof name, "%.*s", (int)(hash ? hash - key : (long)strlen(key)), key);
    return entity_column(kind, name) + (hash ? (size_t)strtoul(hash + 1, NULL, 10) : 0);
}

struct restoring {
    enum entity_kind kind;
    struct db_value *now, *next;
    struct register_attribute *attributes;
    size_t attribute_count;
    bool left, changed; /* something stays; something goes back */
};

static enum err restore_attribute(struct slice *s, struct restoring *r, const char *code, const json_t *old, const json_t *new)
{
    struct sql_list_import_attributes_row *rows;
    size_t count = 0;
    struct sql_list_import_type_row type;
    enum err e = sql_list_import_type(s->db, s->arena, code, &type);
    if (e == ERR_NOT_FOUND) r->left = true;
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    e = sql_list_import_attributes(s->db, s->arena, r->now[0].i64, &rows, &count);
    const char *stored = NULL;
    for (size_t i = 0; e == OK && i < count; i++)
        if (rows[i].type_id == type.id) stored = rows[i].value;
    if (e != OK) return e;
    const char *was = json_string_value(old), *is = json_string_value(new);
    if (stored && was ? strcmp(stored, was) == 0 : stored == was) return OK;
    if (stored && is ? strcmp(stored, is) != 0 : stored != is) {
        r->left = true;
        return OK;
    }
    r->attributes[r->attribute_count++] = (struct register_attribute){type.id, stored, arena_strdup(s->arena, was)};
    r->changed = true;
    return OK;
}

/* `loose`: a number that is empty was given up by this import, or by this taking back. */
static enum err restore_fields(struct slice *s, struct restoring *r, const json_t *fields)
{
    const char *key;
    json_t *pair;
    enum err e = OK;
    r->attributes = arena_array(s->arena, json_object_size(fields) + 1, sizeof *r->attributes);
    r->next = arena_memdup(s->arena, r->now, entity_width(&entities[r->kind]) * sizeof *r->now);
    if (!r->attributes || !r->next) return ERR_NOMEM;
    json_object_foreach((json_t *)fields, key, pair) {
        const json_t *old = json_array_get(pair, 0), *new = json_array_get(pair, 1);
        if (e != OK) break;
        if (strncmp(key, "attribute:", 10) == 0) {
            e = restore_attribute(s, r, key + 10, old, new);
            continue;
        }
        size_t column = column_of(r->kind, key);
        bool loose = r->kind == ENTITY_DELEGATE && strcmp(key, "number") == 0 && r->now[column].type == DB_TYPE_NULL;
        if (is_value(old, &r->now[column])) continue;
        if (!loose && !is_value(new, &r->now[column])) {
            r->left = true;
            continue;
        }
        r->next[column] = value_of(s->arena, old);
        r->changed = true;
    }
    return e;
}

/* --- one thing ----------------------------------------------------------------------------------------------------------------------------------------------- */

static enum err derive(struct slice *s, struct undoing *u, struct restoring *r)
{
    struct plan plan = {.arena = s->arena};
    struct row row = {.next = r->next};
    if (r->kind == ENTITY_PERSON) return plan_derive_person(&plan, &row, u->language);
    const char *fold = label_fold(s->arena, r->next[entity_column(ENTITY_UNIT, "name")].text);
    r->next[entity_column(ENTITY_UNIT, "<name_fold>")] = value_text(fold);
    return fold ? OK : ERR_NOMEM;
}

static enum err store_person(struct slice *s, struct undoing *u, struct restoring *r)
{
    const struct register_person before = journal_person(r->now);
    enum err e = derive(s, u, r);
    const struct register_person after = journal_person(r->next);
    if (e == OK) e = register_write_person(&s->doing, &before, &after, r->attributes, r->attribute_count, NULL);
    if (e == OK) e = find_index_touch_person(s->db, s->arena, before.id);
    return e == OK ? tell_person(s->db, s->arena, &s->tell, before.id) : e;
}

static enum err store_unit(struct slice *s, struct undoing *u, struct restoring *r)
{
    const struct register_unit before = journal_unit(r->now);
    enum err e = derive(s, u, r);
    const struct register_unit after = journal_unit(r->next);
    if (e == OK) e = register_write_unit(&s->doing, &before, &after, NULL);
    s->renamed_unit = true;
    return e == OK ? tell_unit(s->db, s->arena, &s->tell, before.id) : e;
}

static enum err store_delegate(struct slice *s, struct undoing *u, struct restoring *r)
{
    const size_t person = entity_column(ENTITY_DELEGATE, "person"), number = entity_column(ENTITY_DELEGATE, "number");
    struct sql_list_import_number_taken_row row;
    enum err e = ERR_NOT_FOUND;
    if (r->next[number].text) e = sql_list_import_number_taken(s->db, s->arena, r->next[1].i64, r->next[number].text, &row);
    if (e == OK && row.id != r->next[0].i64) { /* somebody got it since */
        r->left = true;
        r->next[number] = r->now[number];
    }
    if (e != OK && e != ERR_NOT_FOUND) return e;
    e = apply_count(s->db, s->arena, s->tools, u->slug, r->now, r->next);
    if (e == OK) e = db_execute(s->db, entities[ENTITY_DELEGATE].write, r->next, entity_width(&entities[ENTITY_DELEGATE]));
    if (e == OK && !value_equal(&r->now[person], &r->next[person]))
        e = sql_list_import_credential_person(s->db, r->next[0].i64, r->next[person].type == DB_TYPE_I64 ? r->next[person].i64 : DB_NULL, NULL);
    tell_event(&s->tell, r->next[1].i64);
    return e == OK ? find_index_touch(s->db, s->arena, r->next[0].i64) : e;
}

/* What is gone since and was pointed at (a unit, a category) stands against it: then it stays as it is. */
static enum err store_back(struct slice *s, struct undoing *u, struct restoring *r, bool *ret_stays)
{
    struct write_mark mark = write_tools_mark(s->tools);
    struct fault *told = s->doing.fault;
    struct fault ignored;
    enum err e = db_savepoint(s->db);
    if (e != OK) return e;
    s->doing.fault = &ignored;
    e = (r->kind == ENTITY_PERSON ? store_person : r->kind == ENTITY_UNIT ? store_unit : store_delegate)(s, u, r);
    s->doing.fault = told;
    *ret_stays = e == ERR_CONFLICT;
    if (e == OK) return db_savepoint_release(s->db);
    if (e != ERR_CONFLICT) return e;
    write_tools_forget(s->tools, mark);
    return db_savepoint_rollback(s->db);
}

static enum err take_fields_back(struct slice *s, struct undoing *u, struct restoring *r, const char *text, const char **ret_left)
{
    json_t *fields = NULL;
    bool stays = false;
    enum err e = json_read(text, strlen(text), &fields, NULL);
    if (e == OK) e = restore_fields(s, r, fields);
    if (e == OK && r->changed) e = store_back(s, u, r, &stays);
    json_decref(fields);
    *ret_left = stays ? "history" : r->left ? "changed" : "back";
    return e;
}

static enum err remove_delegate(struct slice *s, struct undoing *u, const struct db_value *now)
{
    int64_t id = now[0].i64;
    enum err e = apply_count(s->db, s->arena, s->tools, u->slug, now, NULL);
    if (e == OK) e = sql_import_delegate_remove_credential(s->db, id, NULL);
    if (e == OK) e = sql_import_delegate_remove_state(s->db, id, NULL);
    if (e == OK) e = sql_import_delegate_remove(s->db, id, NULL);
    tell_event(&s->tell, now[1].i64);
    return e == OK ? find_index_touch_entry(s->db, s->arena, now[1].i64, id) : e;
}

/* Something still points at it: the engine or the register says so, and nothing of the removal stays. */
static enum err remove_made(struct slice *s, struct undoing *u, enum entity_kind kind, const struct db_value *now, const char **ret_left)
{
    struct sql_list_import_delegate_history_row history = {0};
    struct write_mark mark = write_tools_mark(s->tools);
    struct fault *told = s->doing.fault;
    struct fault ignored;
    enum err e = kind == ENTITY_DELEGATE ? sql_list_import_delegate_history(s->db, s->arena, now[0].i64, &history) : OK;
    if (e != OK) return e;
    if (history.total) {
        *ret_left = "history";
        return OK;
    }
    e = db_savepoint(s->db);
    if (e != OK) return e;
    s->doing.fault = &ignored;
    if (kind == ENTITY_DELEGATE) e = remove_delegate(s, u, now);
    else if (kind == ENTITY_UNIT) e = register_remove_unit(&s->doing, now[0].i64);
    else if ((e = register_remove_person(&s->doing, now[0].i64, true)) == OK) e = find_index_touch_entry(s->db, s->arena, 0, now[0].i64);
    s->doing.fault = told;
    *ret_left = e == ERR_CONFLICT ? "history" : "back";
    if (e == OK) return db_savepoint_release(s->db);
    if (e != ERR_CONFLICT) return e;
    write_tools_forget(s->tools, mark);
    return db_savepoint_rollback(s->db);
}

static enum entity_kind kind_of(const char *entity)
{
    return strcmp(entity, "person") == 0 ? ENTITY_PERSON : strcmp(entity, "unit") == 0 ? ENTITY_UNIT : ENTITY_DELEGATE;
}

static enum err take_back(struct slice *s, struct undoing *u, const struct sql_list_import_rows_down_row *row)
{
    struct restoring r = {.kind = kind_of(row->entity)};
    const char *left = "gone", *attributes = "";
    char hash[33];
    enum err e = journal_read(s->db, s->arena, r.kind, row->subject_id, &r.now);
    if (e == OK && r.now && row->made) {
        if (r.kind == ENTITY_PERSON) e = journal_person_attributes(s->db, s->arena, row->subject_id, &attributes);
        journal_hash(r.kind, r.now, attributes, hash);
        left = "changed";
        if (e == OK && strcmp(hash, row->made) == 0) e = remove_made(s, u, r.kind, r.now, &left);
    } else if (e == OK && r.now) {
        e = take_fields_back(s, u, &r, row->fields, &left);
    }
    return e == OK ? sql_list_import_row_left(s->db, s->number, row->place, left, NULL) : e;
}

/* --- slices
 * ------------------------------------------------------------------------------------------------------------------------------------------------------ */

static enum err begin_slice(struct undoing *u, struct db *db, struct write_tools *tools, struct fault *fault)
{
    u->after = u->slice;
    u->after.fault = fault;
    return slice_begin(&u->after, db, tools);
}

static enum err end_slice(struct db *db, enum err e, struct fault *fault)
{
    if (e == OK || (fault && fault->code)) return e;
    return db_fault(db, e, fault, "take the list back");
}

/* Numbers changed hands: all are given up before they go back. */
static enum err clear_numbers(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct undoing *u = arg;
    struct sql_list_import_numbers_row *rows = NULL;
    const struct sql_list_import_numbers_in in = {u->number, u->above, SLICE_ROWS, "%\"number\":[%"};
    size_t count = 0;
    enum err e = begin_slice(u, db, tools, fault);
    u->next_above = u->above;
    if (e == OK) e = sql_list_import_numbers(db, u->after.arena, &in, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        struct db_value *now = NULL;
        json_t *fields = NULL;
        e = journal_read(db, u->after.arena, ENTITY_DELEGATE, rows[i].subject_id, &now);
        if (e == OK) e = json_read(rows[i].fields, strlen(rows[i].fields), &fields, NULL);
        const json_t *given = json_array_get(json_object_get(fields, "number"), 1);
        if (e == OK && now && json_is_string(given) && is_value(given, &now[entity_column(ENTITY_DELEGATE, "number")]))
            e = db_execute(db, SQL_IMPORT_DELEGATE_CLEAR_NUMBER, now, 1);
        json_decref(fields);
        u->next_above = rows[i].place;
    }
    u->next_done = count < SLICE_ROWS;
    return end_slice(db, e, fault);
}

static enum err run_slice(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct undoing *u = arg;
    struct sql_list_import_rows_down_row *rows = NULL;
    int64_t until = clock_steady_us() + LIST_SLICE_US;
    size_t count = 0, i = 0;
    enum err e = begin_slice(u, db, tools, fault);
    u->next_below = u->below;
    if (e == OK) e = sql_list_import_rows_down(db, u->after.arena, u->number, u->below, SLICE_ROWS, &rows, &count);
    for (; e == OK && i < count && (i == 0 || clock_steady_us() < until); i++) {
        e = take_back(&u->after, u, &rows[i]);
        u->next_below = rows[i].place;
    }
    u->next_done = i == count && count < SLICE_ROWS;
    return end_slice(db, e, fault);
}

static enum err begin_undo(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct undoing *u = arg;
    struct sql_list_import_one_row row;
    (void)tools;
    arena_clear(&u->kept);
    enum err e = sql_list_import_one(db, &u->kept, u->number, &row);
    if (e == ERR_NOT_FOUND) return fault_because(fault, e, "list_import_unknown", NULL, "there is no import %lld", (long long)u->number);
    if (e != OK) return db_fault(db, e, fault, "look for the import");
    bool whole = strcmp(row.state, "done") == 0;
    if (u->actor && !whole)
        return fault_because(fault, ERR_CONFLICT, "list_import_not_done", NULL, "import %lld was taken back already, or is on its way", (long long)u->number);
    u->slug = row.slug;
    u->event_id = row.event_id;
    struct plan plan = {.arena = &u->kept, .db = db};
    e = table_load(&plan, &plan.tables[ENTITY_ORGANIZATION], ENTITY_ORGANIZATION, 0);
    if (e == OK) u->language = plan_first_language(&plan);
    if (e == OK && strcmp(row.state, "taking_back") != 0) e = sql_list_import_take_back(db, u->number, u->actor, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "take the import back");
}

static enum err end_undo(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct undoing *u = arg;
    struct sql_list_import_left_count_row count;
    char result[96], subject[48];
    int64_t now = clock_now_ms();
    (void)tools;
    enum err e = sql_list_import_left_count(db, NULL, u->number, &count);
    if (e == OK && u->slice.renamed_unit) e = find_index_sync_all(db);
    if (e == OK) e = tell_all(db, &u->slice.tell);
    (void)snprintf(result, sizeof result, "{\"back\":%lld,\"left\":%lld}", (long long)count.back, (long long)count.total);
    (void)snprintf(subject, sizeof subject, "import:%lld", (long long)u->number);
    if (e == OK) e = sql_list_import_taken_back(db, u->number, now, result, NULL);
    if (e == OK) e = audit_write(db, now, u->actor ? u->actor : "recovery", "import-undo", subject, result);
    u->back = (size_t)count.back;
    u->left = (size_t)count.total;
    return e == OK ? OK : db_fault(db, e, fault, "take the import back");
}

static enum err run_all(struct undoing *u, const struct list_import_door *door, struct fault *fault)
{
    enum err e = door->run(door->context, begin_undo, u, fault);
    for (u->done = false; e == OK && !u->done; u->done = u->next_done) {
        e = door->run(door->context, clear_numbers, u, fault);
        u->above = u->next_above;
    }
    for (u->done = false; e == OK && !u->done; u->done = u->next_done) {
        e = door->run(door->context, run_slice, u, fault);
        if (e != OK) break;
        u->slice = u->after;
        u->below = u->next_below;
        if (door->progress) door->progress(door->progress_context, 0, 0);
    }
    return e == OK ? door->run(door->context, end_undo, u, fault) : e;
}

/* `actor` NULL: what did not reach its end. */
static enum err undo(const struct list_import_door *door, int64_t number, const char *actor, struct list_import_undone *ret, struct fault *fault)
{
    struct undoing *u = calloc(1, sizeof *u);
    if (!u) return fault_set(fault, ERR_NOMEM, "not enough memory");
    u->number = number;
    u->actor = actor;
    u->below = INT64_MAX;
    (void)snprintf(u->source, sizeof u->source, "import-undo:%lld", (long long)number);
    u->slice = (struct slice){.arena = &u->arena, .number = number, .at_ms = clock_now_ms(), .actor = actor ? actor : "recovery", .source = u->source};
    enum err e = run_all(u, door, fault);
    if (e == OK && ret) *ret = (struct list_import_undone){number, u->back, u->left};
    arena_release(&u->arena);
    arena_release(&u->kept);
    free(u);
    return e;
}

enum err list_import_undo(const struct list_import_door *door, int64_t number, const char *actor, struct list_import_undone *ret, struct fault *fault)
{
    return undo(door, number, actor, ret, fault);
}

struct unfinished {
    struct arena arena;
    struct sql_list_import_unfinished_row *rows;
    size_t count;
};

static enum err find_unfinished(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct unfinished *u = arg;
    (void)tools;
    arena_clear(&u->arena);
    enum err e = sql_list_import_unfinished(db, &u->arena, &u->rows, &u->count);
    return e == OK ? OK : db_fault(db, e, fault, "look for unfinished imports");
}

enum err list_import_recover(const struct list_import_door *door, size_t *ret_count, struct fault *fault)
{
    struct unfinished all = {0};
    *ret_count = 0;
    enum err e = door->run(door->context, find_unfinished, &all, fault);
    for (size_t i = all.count; e == OK && i-- > 0;) {
        e = undo(door, all.rows[i].number, NULL, NULL, fault);
        if (e == OK) (*ret_count)++;
    }
    arena_release(&all.arena);
    return e;
}
