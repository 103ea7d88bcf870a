/* One thing of the plan: whether it still is what the plan was made on, its row, its journal. What somebody changed or took away meanwhile stays, and is told. */
#include "catalogue.h"
#include "core/congress/list_import/apply.h"

#include <string.h>

static enum entity_kind entity_of(enum item_kind kind)
{
    return kind == ITEM_UNIT ? ENTITY_UNIT : kind == ITEM_PERSON ? ENTITY_PERSON : ENTITY_DELEGATE;
}

static bool is_new(const struct item *item)
{
    return item->subject->now == NULL;
}

/* --- whether it is as it was ---------------------------------------------------------------------------------------------------------------------------- */

static bool same_row(enum entity_kind kind, const struct db_value *a, const struct db_value *b)
{
    for (size_t i = 0; i < entity_width(&entities[kind]); i++)
        if (!value_equal(&a[i], &b[i])) return false;
    return true;
}

static enum err code_is_free(struct slice *s, const struct item *item, bool *ret)
{
    struct sql_list_import_code_taken_row person;
    struct sql_list_import_unit_code_taken_row unit;
    enum err e = ERR_NOT_FOUND;
    if (item->kind == ITEM_PERSON) e = sql_list_import_code_taken(s->db, s->arena, item->subject->key, &person);
    if (item->kind == ITEM_UNIT) e = sql_list_import_unit_code_taken(s->db, s->arena, item->subject->key, &unit);
    *ret = e == ERR_NOT_FOUND;
    return e == ERR_NOT_FOUND ? OK : e;
}

static const char *stored_value(const struct sql_list_import_attributes_row *rows, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].code, code) == 0) return rows[i].value;
    return NULL;
}

/* Attributes that the list changes; the others are nobody's business here. */
static enum err same_attributes(struct slice *s, const struct row *person, bool *ret)
{
    struct sql_list_import_attributes_row *rows = NULL;
    const char *code;
    json_t *value;
    size_t count = 0;
    *ret = true;
    if (person->attributes_next == person->attributes_now) return OK;
    enum err e = sql_list_import_attributes(s->db, s->arena, person->now[0].i64, &rows, &count);
    if (e != OK) return e;
    json_object_foreach(person->attributes_next, code, value) {
        json_t *was = json_object_get(person->attributes_now, code);
        if (was && json_equal(was, value)) continue;
        const char *planned = was ? json_canonical(s->arena, was) : NULL, *stored = stored_value(rows, count, code);
        if (was && !planned) return ERR_NOMEM;
        if (planned && stored ? strcmp(planned, stored) != 0 : planned != stored) *ret = false;
    }
    return OK;
}

static enum err stays_a_tree(struct slice *s, const struct row *unit, bool *ret)
{
    const struct db_value *parent = &unit->next[entity_column(ENTITY_UNIT, "parent")];
    *ret = true;
    if (parent->type != DB_TYPE_I64 || value_equal(parent, &unit->now[entity_column(ENTITY_UNIT, "parent")])) return OK;
    return import_stays_tree(s->db, s->arena, unit->now[0].i64, parent->i64, ret);
}

/* Of a delegate who gave a number up, without it. */
static enum err is_as_planned(struct slice *s, const struct item *item, bool *ret)
{
    const enum entity_kind kind = entity_of(item->kind);
    const size_t number = entity_column(ENTITY_DELEGATE, "number");
    struct db_value *stored = NULL;
    if (is_new(item)) return code_is_free(s, item, ret);
    enum err e = journal_read(s->db, s->arena, kind, item->subject->now[0].i64, &stored);
    *ret = e == OK && stored != NULL;
    if (!*ret) return e;
    if (item->gave && stored[number].text) *ret = false;
    if (item->gave) stored[number] = item->subject->now[number];
    *ret = *ret && same_row(kind, stored, item->subject->now);
    if (*ret && kind == ENTITY_PERSON) e = same_attributes(s, item->subject, ret);
    if (e == OK && *ret && kind == ENTITY_UNIT) e = stays_a_tree(s, item->subject, ret);
    return e;
}

/* --- the journal ------------------------------------------------------------------------------------------------------------------------------------------ */

static void journal_attributes(struct slice *s, const struct row *person)
{
    const char *code;
    json_t *value;
    json_object_foreach(person->attributes_next, code, value) {
        json_t *was = json_object_get(person->attributes_now, code);
        if (was && json_equal(was, value)) continue;
        journal_attribute(s->fields, code, was ? json_canonical(s->arena, was) : NULL, json_canonical(s->arena, value));
    }
}

static int64_t sheet_row(const struct item *item)
{
    return item->row->record ? (int64_t)item->row->record->row : 0;
}

static enum err write_journal(struct slice *s, const struct item *item)
{
    const enum entity_kind kind = entity_of(item->kind);
    const struct row *subject = item->subject;
    const char *attributes = "", *made = NULL;
    char hash[33];
    enum err e = OK;
    buf_clear(s->fields);
    if (subject->now) {
        journal_fields(s->fields, kind, subject->now, subject->next);
        if (kind == ENTITY_PERSON) journal_attributes(s, subject);
    } else {
        if (kind == ENTITY_PERSON) e = journal_person_attributes(s->db, s->arena, subject->next[0].i64, &attributes);
        journal_hash(kind, subject->next, attributes, hash);
        made = hash;
    }
    buf_puts(s->fields, s->fields->length ? "}" : "{}");
    if (!buf_ok(s->fields)) return ERR_NOMEM;
    const struct sql_list_import_row_add_in in = {s->number, s->place, sheet_row(item), entities[kind].name, subject->next[0].i64, subject->key, made,
                                                  buf_text(s->fields), NULL};
    if (e == OK) e = sql_list_import_row_add(s->db, &in, NULL);
    s->place++;
    return e;
}

/* Somebody changed it since the plan was made: it stays as it is, and is told. */
static enum err leave(struct slice *s, const struct item *item)
{
    s->left++;
    return sql_list_import_row_add(s->db, &(struct sql_list_import_row_add_in){s->number, s->place++, sheet_row(item), entities[entity_of(item->kind)].name, 0,
                                                                              item->subject->key, NULL, "{}", "meanwhile"}, NULL);
}

/* --- the row ---------------------------------------------------------------------------------------------------------------------------------------------- */

static enum err write_unit(struct slice *s, const struct item *item)
{
    const size_t name = entity_column(ENTITY_UNIT, "name");
    struct write write = {.what = WRITE_ROW_BARE, .kind = ENTITY_UNIT, .row = item->subject};
    enum err e = is_new(item) ? plan_record(&s->m->plan, &s->doing, &write) : OK;
    write.what = WRITE_ROW;
    if (e == OK) e = plan_record(&s->m->plan, &s->doing, &write);
    if (e != OK || is_new(item) || value_equal(&item->subject->now[name], &item->subject->next[name])) return e;
    s->renamed_unit = true;
    return tell_unit(s->db, s->arena, &s->tell, item->subject->next[0].i64);
}

static enum err write_person(struct slice *s, const struct item *item)
{
    const struct write write = {.what = WRITE_ROW, .kind = ENTITY_PERSON, .row = item->subject};
    int64_t id = item->subject->next[0].i64;
    enum err e = plan_record(&s->m->plan, &s->doing, &write);
    if (e != OK || is_new(item)) return e;
    e = find_index_touch_person(s->db, s->arena, id);
    return e == OK ? tell_person(s->db, s->arena, &s->tell, id) : e;
}

static enum err number_is_free(struct slice *s, const struct row *delegate, bool *ret)
{
    const char *number = delegate->next[entity_column(ENTITY_DELEGATE, "number")].text;
    struct sql_list_import_number_taken_row row;
    *ret = true;
    if (!number) return OK;
    enum err e = sql_list_import_number_taken(s->db, s->arena, delegate->next[1].i64, number, &row);
    if (e == OK) *ret = row.id == delegate->next[0].i64;
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err write_row(struct slice *s, const struct item *item)
{
    enum err e = OK;
    if (item->kind == ITEM_UNIT) e = write_unit(s, item);
    else if (item->kind == ITEM_PERSON) e = write_person(s, item);
    else if (item->kind == ITEM_NUMBER) e = db_execute(s->db, SQL_IMPORT_DELEGATE_CLEAR_NUMBER, item->subject->next, 1);
    else e = apply_delegate(s, item);
    return e == OK && !item->gave ? write_journal(s, item) : e; /* who gave a number up has theirs from then */
}

/* A row beside it may be gone, or there is one of its kind by now: a unit that was removed, somebody whom the desk took in. *ret_fits: there was none of that. */
static enum err write_apart(struct slice *s, const struct item *item, bool *ret_fits)
{
    struct write_mark mark = write_tools_mark(s->tools);
    struct fault *told = s->doing.fault;
    struct fault ignored = {0};
    int64_t place = s->place;
    enum err e = db_savepoint(s->db);
    if (e != OK) return e;
    s->doing.fault = &ignored;
    e = write_row(s, item);
    s->doing.fault = told;
    *ret_fits = e != ERR_CONFLICT && e != ERR_NOT_FOUND;
    if (e == OK) return db_savepoint_release(s->db);
    if (*ret_fits) return told && ignored.code ? fault_set(told, e, "%s", ignored.text) : e;
    write_tools_forget(s->tools, mark);
    s->place = place;
    return db_savepoint_rollback(s->db);
}

/* Who gave a number up and is left after all has it back, or, where it is somebody else's by now, the one that they were to get. */
static enum err leave_numbered(struct slice *s, const struct item *item)
{
    const size_t number = entity_column(ENTITY_DELEGATE, "number");
    struct db_value *stored = NULL;
    enum err e = journal_read(s->db, s->arena, ENTITY_DELEGATE, item->subject->now[0].i64, &stored);
    if (e != OK) return e;
    if (stored && value_equal(&stored[number], &item->subject->now[number])) return OK; /* they gave none up, and were told */
    if (stored && !stored[number].text)
        e = import_give_number(s, item->subject->now[1].i64, item->subject->now[0].i64, item->subject->now[number].text, item->subject->next[number].text);
    return e == OK ? leave(s, item) : e;
}

enum err apply_item(struct slice *s, const struct item *item)
{
    bool good = true;
    enum err e = is_as_planned(s, item, &good);
    if (e == OK && good && item->kind == ITEM_DELEGATE) e = number_is_free(s, item->subject, &good);
    if (e == OK && good) e = write_apart(s, item, &good);
    if (e != OK) return e;
    if (!good) return item->gave ? leave_numbered(s, item) : leave(s, item);
    if (item->kind != ITEM_NUMBER) s->written++;
    return OK;
}
