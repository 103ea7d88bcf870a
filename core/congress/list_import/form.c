/* Rows of forms that units sent back: they are about people of that unit. And which forms are here, and which are not yet. */
#include "catalogue.h"
#include "core/congress/export/forms.h"
#include "core/congress/list_import/private.h"
#include "core/congress/title.h"

#include <string.h>

#define IMPORTS_LOOKED 500 /* earlier imports, for forms that came before */

const struct list_form *import_form_of(const struct list_import *m, const struct list_record *record)
{
    return record && m->sheet_marks ? m->sheet_marks[m->mapping.places[record->place].sheet] : NULL;
}

static struct row *unit_of_id(const struct list_import *m, const struct db_value *id)
{
    return id->type == DB_TYPE_I64 ? table_find_id(&m->plan.tables[ENTITY_UNIT], id->i64) : NULL;
}

/* The unit itself, or one beneath it. */
static bool is_within(const struct list_import *m, struct row *unit, const char *code)
{
    const size_t parent = entity_column(ENTITY_UNIT, "parent");
    for (int depth = 0; unit && depth < 64; depth++) {
        if (strcmp(unit->key, code) == 0) return true;
        unit = unit_of_id(m, &row_values(unit)[parent]);
    }
    return false;
}

static struct row *unit_now(const struct list_import *m, const struct list_row *row)
{
    return row->person && row->person->now ? unit_of_id(m, &row->person->now[entity_column(ENTITY_PERSON, "unit")]) : NULL;
}

static struct row *delegation_now(const struct list_import *m, const struct list_row *row)
{
    const struct row *delegate = m->plan.here && row->person ? table_find(&m->plan.here->tables[ENTITY_DELEGATE], row->person->key) : NULL;
    return delegate && delegate->now ? unit_of_id(m, &delegate->now[entity_column(ENTITY_DELEGATE, "delegation")]) : NULL;
}

static enum err doubt(struct list_import *m, struct list_row *row, const char *reason, const struct list_value *value, const char *proposal)
{
    struct list_flaw *flaws;
    enum err e = import_add_flaw(m, row, reason, value, proposal);
    if (e != OK) return e;
    flaws = (struct list_flaw *)(uintptr_t)row->flaws; /* made just now, by import_add_flaw */
    flaws[row->flaw_count - 1].doubtful = true;
    row->kind = LIST_ROW_DOUBTFUL;
    return OK;
}

enum err import_check_form(struct list_import *m, struct list_row *row)
{
    const struct list_form *form = import_form_of(m, row->record);
    const char *field = m->options.target == LIST_DELEGATES ? "delegation" : "unit";
    if (!form || row->kind != LIST_ROW_SAME) return OK;
    const struct list_value *said = list_record_value(row->record, field);
    struct row *named = said ? table_find(&m->plan.tables[ENTITY_UNIT], said->value) : NULL;
    if (named && !is_within(m, named, form->unit)) return doubt(m, row, "form_unit", said, form->unit);
    struct row *now = m->options.target == LIST_DELEGATES ? delegation_now(m, row) : unit_now(m, row);
    if (named || !now || is_within(m, now, form->unit)) return OK;
    return doubt(m, row, "form_moves", list_record_value(row->record, "name"), now->key);
}

struct row *import_form_unit(const struct list_import *m, const struct list_row *row)
{
    const struct list_form *form = import_form_of(m, row->record);
    struct row *now = form ? unit_now(m, row) : NULL;
    if (!form || (m->options.target == LIST_DELEGATES && row->person->now)) return NULL; /* whose unit a delegate is of is not the delegation's business */
    return now && is_within(m, now, form->unit) ? NULL : table_find(&m->plan.tables[ENTITY_UNIT], form->unit);
}

struct row *import_form_delegation(const struct list_import *m, const struct list_row *row)
{
    const struct list_form *form = import_form_of(m, row->record);
    struct row *now = form ? delegation_now(m, row) : NULL;
    if (!form) return NULL;
    return now && is_within(m, now, form->unit) ? NULL : table_find(&m->plan.tables[ENTITY_UNIT], form->unit);
}

bool import_form_covers(const struct list_import *m, const struct row *delegate)
{
    bool any = false;
    struct row *unit = unit_of_id(m, &delegate->now[entity_column(ENTITY_DELEGATE, "delegation")]);
    for (size_t i = 0; i < m->book.count; i++) {
        if (!m->sheet_marks[i]) continue;
        any = true;
        if (unit && is_within(m, unit, m->sheet_marks[i]->unit)) return true;
    }
    return !any;
}

/* --- which are here, which are not ------------------------------------------------------------------------------------------------------------------- */

json_t *import_forms_taken(const struct list_import *m)
{
    json_t *all = json_object();
    for (size_t i = 0; all && i < m->book.count; i++) {
        const struct list_form *mark = m->sheet_marks[i];
        json_t *list = mark ? json_object_get(all, mark->batch) : NULL;
        if (!mark) continue;
        if (!list) (void)json_object_set_new(all, mark->batch, list = json_array());
        (void)json_array_append_new(list, json_string(mark->unit));
    }
    return all;
}

static enum err add_codes(struct list_import *m, struct map *here, const json_t *codes)
{
    static const char yes[] = "";
    union { const char *from; void *to; } value = {.from = yes};
    size_t i;
    json_t *code;
    json_array_foreach((json_t *)(uintptr_t)codes, i, code) {
        const char *text = json_is_string(code) ? arena_strdup(&m->scratch, json_string_value(code)) : NULL;
        if (json_is_string(code) && (!text || map_put(here, text, value.to) != 0)) return ERR_NOMEM;
    }
    return OK;
}

/* Forms of this batch that came with an earlier import. */
static enum err add_earlier(struct list_import *m, const struct list_form *mark, struct map *here)
{
    struct sql_forms_taken_row *rows;
    size_t count = 0;
    enum err e = m->db ? sql_forms_taken(m->db, &m->scratch, list_target_name(m->options.target), IMPORTS_LOOKED, &rows, &count) : OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *detail = NULL;
        if (json_read(rows[i].detail, strlen(rows[i].detail), &detail, NULL) != OK) continue;
        e = add_codes(m, here, json_object_get(json_object_get(detail, "forms"), mark->batch));
        json_decref(detail);
    }
    return e;
}

static const char *name_of_unit(struct list_import *m, const char *code)
{
    const struct row *unit = table_find(&m->plan.tables[ENTITY_UNIT], code);
    const char *stored = unit ? row_values(unit)[entity_column(ENTITY_UNIT, "name")].text : NULL, *name = stored ? title_pick(&m->scratch, stored, m->language) : NULL;
    return name ? name : code;
}

/* {"batch", "expected", "received", "missing": [{"code", "name"}]} */
static enum err tell_batch(struct list_import *m, const struct list_form *mark, const json_t *taken, json_t *list)
{
    struct map here = {.arena = &m->scratch};
    const char *const *codes;
    size_t count = 0, missing = 0;
    json_t *absent = json_array();
    enum err e = m->db ? forms_units(m->db, &m->scratch, mark->span, mark->root, &codes, &count) : OK;
    if (e == ERR_NOT_FOUND) e = OK; /* the unit from which they went out has gone: nobody knows any more who is expected */
    if (e == OK) e = add_codes(m, &here, json_object_get(taken, mark->batch));
    if (e == OK) e = add_earlier(m, mark, &here);
    for (size_t i = 0; e == OK && i < count; i++) {
        if (map_get(&here, codes[i])) continue;
        missing++;
        (void)json_array_append_new(absent, json_pack("{s:s, s:s}", "code", codes[i], "name", name_of_unit(m, codes[i])));
    }
    json_t *one = json_pack("{s:s, s:I, s:I, s:o}", "batch", mark->batch, "expected", (json_int_t)count, "received", (json_int_t)(count - missing), "missing", absent);
    return e == OK && (!one || json_array_append_new(list, one) != 0) ? ERR_NOMEM : e;
}

static json_t *files_json(const struct list_import *m)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < m->file_count; i++) {
        const struct import_file *f = &m->files[i];
        bool bad = f->problem.code && !f->left_out;
        json_t *problem = bad ? json_pack("{s:s, s:s?, s:s}", "text", f->problem.text, "reason", f->problem.reason, "detail", f->problem.detail) : json_null();
        (void)json_array_append_new(list, json_pack("{s:s, s:s?, s:b, s:o}", "name", f->name, "unit", f->unit, "left_out", f->left_out, "problem", problem));
    }
    return list;
}

enum err import_put_files(struct list_import *m, json_t *head)
{
    json_t *taken = import_forms_taken(m), *batches = json_array();
    const char *last = "";
    enum err e = taken && batches ? OK : ERR_NOMEM;
    if (m->file_count > 1 && json_object_set_new(head, "files", files_json(m)) != 0) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < m->book.count; i++) {
        const struct list_form *mark = m->sheet_marks[i];
        if (!mark || strcmp(mark->batch, last) == 0 || !json_object_get(taken, mark->batch)) continue;
        e = tell_batch(m, mark, taken, batches);
        last = mark->batch;
        (void)json_object_del(taken, mark->batch); /* told */
        arena_clear(&m->scratch);
    }
    if (e == OK && json_array_size(batches) && json_object_set(head, "forms", batches) != 0) e = ERR_NOMEM;
    json_decref(taken);
    json_decref(batches);
    return e;
}
