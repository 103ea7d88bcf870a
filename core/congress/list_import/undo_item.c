/* One thing that an import wrote, taken back: field by field what still says what the import put there becomes what it was; what was made goes, unless it changed or has
 * a history by now. */
#include "core/congress/list_import/undo.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    const char *given;  /* the number that the import gave; NULL: none */
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
        bool number = r->kind == ENTITY_DELEGATE && strcmp(key, "number") == 0, loose = number && r->now[column].type == DB_TYPE_NULL;
        if (number) r->given = arena_strdup(s->arena, json_string_value(new));
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

/* A move that never was leaves no trace in who came and went. */
static enum err store_person(struct slice *s, struct undoing *u, struct restoring *r)
{
    struct register_person before = journal_person(r->now);
    enum err e = derive(s, u, r);
    const struct register_person after = journal_person(r->next);
    if (e == OK && before.unit_id != after.unit_id) e = register_unmove(&s->doing, &before, after.unit_id, u->made_by, &before.unit_id);
    if (e == OK) e = register_write_person(&s->doing, &before, &after, r->attributes, r->attribute_count, NULL);
    if (e == OK) e = find_index_touch_person(s->db, s->arena, before.id);
    return e == OK ? tell_person(s->db, s->arena, &s->tell, before.id) : e;
}

static enum err store_unit(struct slice *s, struct undoing *u, struct restoring *r)
{
    const size_t parent = entity_column(ENTITY_UNIT, "parent");
    bool stays = true;
    enum err e = derive(s, u, r);
    if (e == OK && r->next[parent].type == DB_TYPE_I64 && !value_equal(&r->now[parent], &r->next[parent]))
        e = import_stays_tree(s->db, s->arena, r->now[0].i64, r->next[parent].i64, &stays);
    if (!stays) { /* somebody put the one above it beneath it since */
        r->left = true;
        r->next[parent] = r->now[parent];
    }
    const struct register_unit before = journal_unit(r->now), after = journal_unit(r->next);
    if (e == OK) e = register_write_unit(&s->doing, &before, &after, NULL);
    if (e != OK || strcmp(before.name, after.name) == 0) return e;
    s->renamed_unit = true;
    return tell_unit(s->db, s->arena, &s->tell, before.id);
}

/* Who has the number that goes back gives it up, where the import gave it to them: their turn comes, before others see it or, in a large round, soon after. *ret_free: it
 * is nobody's now. */
static enum err free_number(struct slice *s, const struct restoring *r, const char *number, bool *ret_free)
{
    struct sql_list_import_number_taken_row holder;
    struct sql_list_import_row_open_row row;
    json_t *fields = NULL;
    enum err e = sql_list_import_number_taken(s->db, s->arena, r->now[1].i64, number, &holder);
    *ret_free = e == ERR_NOT_FOUND || (e == OK && holder.id == r->now[0].i64);
    if (*ret_free || e != OK) return e == ERR_NOT_FOUND ? OK : e;
    e = sql_list_import_row_open(s->db, s->arena, s->number, holder.id, &row);
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    e = json_read(row.fields, strlen(row.fields), &fields, NULL);
    const char *given = json_string_value(json_array_get(json_object_get(fields, "number"), 1));
    *ret_free = e == OK && given && strcmp(given, number) == 0;
    json_decref(fields);
    struct db_value id = value_i64(holder.id);
    if (e != OK || !*ret_free) return e;
    s->parked++;
    return db_execute(s->db, SQL_IMPORT_DELEGATE_CLEAR_NUMBER, &id, 1);
}

static enum err keep_number(struct slice *s, struct restoring *r)
{
    const size_t number = entity_column(ENTITY_DELEGATE, "number");
    bool is_free = true;
    if (value_equal(&r->next[number], &r->now[number]) || !r->next[number].text) return OK;
    if (!r->now[number].text && s->parked) s->parked--;
    enum err e = free_number(s, r, r->next[number].text, &is_free);
    if (e != OK || is_free) return e;
    r->left = true; /* somebody got it since */
    r->next[number] = r->now[number];
    if (r->now[number].text || !r->given) return OK;
    e = free_number(s, r, r->given, &is_free); /* it was given up for another's turn */
    if (e == OK && is_free) r->next[number] = value_text(r->given);
    return e;
}

static enum err store_delegate(struct slice *s, struct undoing *u, struct restoring *r)
{
    const size_t person = entity_column(ENTITY_DELEGATE, "person");
    enum err e = keep_number(s, r);
    if (e == OK) e = apply_count(s->db, s->arena, s->tools, u->slug, r->now, r->next);
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

/* Whose number was given up for another's turn, and who cannot become what they were: a number they have all the same. */
static enum err number_back(struct slice *s, const struct restoring *r)
{
    const size_t number = entity_column(ENTITY_DELEGATE, "number");
    if (r->kind != ENTITY_DELEGATE || r->now[number].text || !r->given) return OK;
    enum err e = import_give_number(s, r->now[1].i64, r->now[0].i64, r->next[number].text, r->given);
    return e == OK ? find_index_touch(s->db, s->arena, r->now[0].i64) : e;
}

static enum err take_fields_back(struct slice *s, struct undoing *u, struct restoring *r, const char *text, const char **ret_left)
{
    json_t *fields = NULL;
    bool stays = false;
    enum err e = json_read(text, strlen(text), &fields, NULL);
    if (e == OK) e = restore_fields(s, r, fields);
    if (e == OK && r->changed) e = store_back(s, u, r, &stays);
    if (e == OK && stays) e = number_back(s, r);
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
    u->next_removed = true;
    return e == OK ? find_index_touch_entry(s->db, s->arena, now[1].i64, id) : e;
}

static enum err find_history(struct slice *s, enum entity_kind kind, int64_t id, bool *ret)
{
    struct sql_list_import_delegate_history_row delegate = {0};
    struct sql_list_import_person_history_row person = {0};
    enum err e = OK;
    if (kind == ENTITY_DELEGATE) e = sql_list_import_delegate_history(s->db, s->arena, id, &delegate);
    if (kind == ENTITY_PERSON) e = sql_list_import_person_history(s->db, s->arena, id, &person);
    *ret = delegate.total || person.total;
    return e;
}

/* Something still points at it: the engine or the register says so, and nothing of the removal stays. */
static enum err remove_made(struct slice *s, struct undoing *u, enum entity_kind kind, const struct db_value *now, const char **ret_left)
{
    bool has_history = false;
    struct write_mark mark = write_tools_mark(s->tools);
    struct fault *told = s->doing.fault;
    struct fault ignored;
    enum err e = find_history(s, kind, now[0].i64, &has_history);
    *ret_left = "history";
    if (e != OK || has_history) return e;
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

enum err undo_item(struct slice *s, struct undoing *u, const struct sql_list_import_rows_down_row *row)
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
