/* What a row of the list says, put into the rows of the register: value by value through the tables of the event file, so that a list and a file cannot
 * disagree about
 * what a person is. An empty cell says nothing. What the list says less exactly, or only spells otherwise, leaves what is stored. */
#include "core/base/text.h"
#include "core/base/text_words.h"
#include "core/congress/list_import/private.h"
#include "core/congress/person_facts.h"

#include <stdlib.h>
#include <string.h>

#define KEEP_MOST 4000 /* values made on the way are let go in between */

enum err import_add_flaw(struct list_import *m, struct list_row *row, const char *reason, const struct list_value *value, const char *proposal)
{
    struct list_flaw *flaws = arena_array(&m->arena, row->flaw_count + 1, sizeof *flaws);
    if (!flaws) return ERR_NOMEM;
    if (row->flaw_count) memcpy(flaws, row->flaws, row->flaw_count * sizeof *flaws);
    flaws[row->flaw_count] = (struct list_flaw){.reason = reason, .written = value ? value->written : "", .proposal = arena_strdup(&m->arena, proposal),
                                                .field = value ? value->field : NULL,
                                                .row = value ? value->row : row->record ? row->record->row : 0, .column = value ? value->column : UINT16_MAX};
    if (proposal && !flaws[row->flaw_count].proposal) return ERR_NOMEM;
    row->flaws = flaws;
    row->flaw_count++;
    return OK;
}

enum err import_begin_row(struct list_import *m, enum entity_kind kind, struct row *row)
{
    size_t size = entity_width(&entities[kind]) * sizeof *row->now;
    if (row->next) return OK;
    bool again = kind == ENTITY_PERSON && m->spare;
    row->next = again ? m->spare : arena_memdup(&m->arena, row->now, size);
    if (!row->next) return ERR_NOMEM;
    if (again) memcpy(row->next, row->now, size);
    if (again) m->spare = NULL;
    row->attributes_next = row->attributes_now;
    return OK;
}

/* Of a person of whom the row says nothing new nothing is kept: most rows of a list that comes again. */
static void give_back(struct list_import *m, const struct list_row *row)
{
    struct row *person = row->person;
    if (!person->now || row->flaw_count || import_writes_person(m, row)) return;
    m->spare = person->next;
    person->next = NULL;
    person->attributes_next = NULL;
}

bool import_row_differs(enum entity_kind kind, const struct row *row)
{
    const struct entity *entity = &entities[kind];
    if (!row->next) return false;
    if (!row->now) return true;
    for (size_t i = 0; i < entity_width(entity); i++)
        if (!value_equal(&row->now[i], &row->next[i])) return true;
    if (!row->attributes_now || !row->attributes_next) return row->attributes_now != row->attributes_next;
    return !json_equal(row->attributes_now, row->attributes_next);
}

bool import_writes_person(const struct list_import *m, const struct list_row *row)
{
    if (!row->person || !row->person->next) return false;
    return import_row_differs(ENTITY_PERSON, row->person) || (row->given && !m->options.tells_sensitive);
}

/* --- what stays although the list writes it otherwise -------------------------------------------------------------------------------------------------- */

static size_t digits_of(const char *text, char out[40])
{
    size_t n = 0;
    for (; *text && n < 39; text++)
        if (*text >= '0' && *text <= '9') out[n++] = *text;
    out[n] = '\0';
    return n;
}

static bool has_small_letter(const char *text)
{
    for (const char *p = text; *p;) {
        int32_t c = text_next(&p);
        if (text_is_small_letter(c)) return true;
    }
    return false;
}

/* The same name: composed otherwise, the mark on the other vowel, or all in capitals. */
static enum err same_name(struct list_import *m, const char *stored, const char *given, bool *ret)
{
    const char *a = text_fold_marks(&m->scratch, stored), *b = text_fold_marks(&m->scratch, given);
    const char *x = text_caseless(&m->scratch, stored), *y = text_caseless(&m->scratch, given);
    if (!a || !b || !x || !y) return ERR_NOMEM;
    *ret = strcmp(a, b) == 0 && (strcmp(x, y) != 0 || !has_small_letter(given));
    return OK;
}

static enum err says_same(struct list_import *m, const char *key, const char *stored, const char *given, bool *ret)
{
    char a[40], b[40];
    *ret = false;
    if (strcmp(key, "name") == 0 || strcmp(key, "sort_name") == 0) return same_name(m, stored, given, ret);
    if (strcmp(key, "phone") == 0) *ret = digits_of(stored, a) == digits_of(given, b) && strcmp(a, b) == 0 && (stored[0] == '+') == (given[0] == '+');
    else if (strcmp(key, "email") == 0) *ret = text_equal_ignoring_case(stored, given);
    else if (strcmp(key, "born") == 0 || strcmp(key, "joined") == 0) *ret = strlen(given) == 4 && strncmp(stored, given, 4) == 0;
    return OK;
}

/* --- one value ------------------------------------------------------------------------------------------------------------------------------------------ */

static json_t *split_codes(const char *text)
{
    json_t *list = json_array();
    while (list && *text) {
        size_t length = strcspn(text, ",");
        if (length && json_array_append_new(list, json_stringn(text, length)) != 0) {
            json_decref(list);
            return NULL;
        }
        text += length + (text[length] == ',');
    }
    return list;
}

static json_t *value_json(const struct list_value *value)
{
    json_t *json = NULL;
    switch (value->field->kind) {
    case LIST_YES_NO: return json_boolean(strcmp(value->value, "true") == 0);
    case LIST_COUNT: return json_integer(strtoll(value->value, NULL, 10));
    case LIST_ENUMS:
    case LIST_CODES: return split_codes(value->value);
    case LIST_NUMBER:
    case LIST_ABSENCE: return json_read(value->value, strlen(value->value), &json, NULL) == OK ? json : json_real(strtod(value->value, NULL));
    default: return json_string(value->value);
    }
}

/* Reading ends in a sentence "key: what is wrong"; the cell is told beside it. */
static const char *sentence(const struct fault *fault, const char *key)
{
    size_t n = strlen(key);
    return strncmp(fault->text, key, n) == 0 && fault->text[n] == ':' ? fault->text + n + 2 : fault->text;
}

static enum err let_go(struct list_import *m)
{
    if (json_array_size(m->passing) < KEEP_MOST) return OK;
    return json_array_clear(m->passing) == 0 ? OK : ERR_NOMEM;
}

static enum err merge_attribute(struct list_import *m, struct list_row *row, struct row *into, const struct list_value *value)
{
    struct fault fault = {0};
    const char *code = value->field->attribute->code;
    json_t *given = value_json(value), *was = into->attributes_next, *now = into->attributes_now, *stored = json_object_get(was, code);
    if (!given) return ERR_NOMEM;
    if (value->field->attribute->sensitive && into->now) row->given = true;
    if (stored && json_equal(stored, given)) {
        json_decref(given);
        return OK;
    }
    json_t *source = json_pack("{s:{s:o}}", "attributes", code, given);
    if (!source) return ERR_NOMEM;
    into->source = source;
    into->attributes_now = into->attributes_next; /* onto what the row's other cells said */
    m->plan.keep = m->lasting;
    enum err e = plan_merge_attributes(&m->plan, into, NULL, &fault);
    m->plan.keep = m->passing;
    into->attributes_now = now;
    into->source = NULL;
    json_decref(source);
    size_t kept = json_array_size(m->lasting);
    /* of what the row's cells made one after the other only the last is needed */
    if (e == OK && was && was != now && kept > 1 && json_array_get(m->lasting, kept - 2) == was) (void)json_array_remove(m->lasting, kept - 2);
    return e == ERR_INPUT ? import_add_flaw(m, row, "refused", value, sentence(&fault, "attributes")) : e;
}

enum err import_merge_value(struct list_import *m, struct list_row *row, enum entity_kind kind, struct row *into, const char *key, const struct list_value *value)
{
    const struct entity *entity = &entities[kind];
    size_t column = entity_column(kind, key);
    struct fault fault = {0};
    bool same = false;
    if (value->field->attribute) return merge_attribute(m, row, into, value);
    const char *stored = into->now && into->now[column].type == DB_TYPE_TEXT ? into->now[column].text : NULL;
    if (stored && says_same(m, key, stored, value->value, &same) != OK) return ERR_NOMEM;
    if (same) return OK;
    json_t *json = value_json(value), *source = json ? json_pack("{s:o}", key, json) : NULL;
    if (!source) return ERR_NOMEM;
    enum err e = shape_read(&m->plan, entity->shape, source, false, into->next + entity_first_column(entity), NULL, &fault);
    /* texts that were taken as they are are borrowed from the object; what is the same needs no other copy */
    if (e == OK && into->now && value_equal(&into->now[column], &into->next[column])) {
        into->next[column] = into->now[column];
    } else if (e == OK && into->next[column].type == DB_TYPE_TEXT) {
        into->next[column].text = arena_strdup(&m->arena, into->next[column].text);
        if (!into->next[column].text) e = ERR_NOMEM;
    }
    json_decref(source);
    if (e == ERR_INPUT) e = import_add_flaw(m, row, "refused", value, sentence(&fault, key));
    return e == OK ? let_go(m) : e;
}

/* --- a person -------------------------------------------------------------------------------------------------------------------------------------------- */

static bool is_of(enum entity_kind kind, const char *key)
{
    const struct shape *shape = entities[kind].shape;
    for (size_t i = 0; i < shape->count; i++)
        if (strcmp(shape->fields[i].key, key) == 0 && shape->fields[i].kind != FIELD_DERIVED && shape->fields[i].kind != FIELD_LIST) return true;
    return false;
}

static enum err new_unit(struct list_import *m, const struct list_value *value, struct row **ret)
{
    struct table *units = &m->plan.tables[ENTITY_UNIT];
    const char *fold = text_fold(&m->arena, value->value), *code;
    struct row *row = fold ? map_get(&m->new_units, fold) : NULL;
    if (!fold) return ERR_NOMEM;
    if (!row) {
        code = import_next_unit_code(m);
        row = code ? table_new_row(&m->plan, units, code) : NULL;
        if (!row) return ERR_NOMEM;
        row->next[entity_column(ENTITY_UNIT, "code")] = value_text(code);
        row->next[entity_column(ENTITY_UNIT, "name")] = value_text(arena_strdup(&m->arena, value->value));
        row->next[entity_column(ENTITY_UNIT, "<name_fold>")] = value_text(fold);
        if (!row->next[entity_column(ENTITY_UNIT, "name")].text || table_add(&m->plan, units, row) != OK || map_put(&m->new_units, fold, row) != 0) return ERR_NOMEM;
    }
    *ret = row;
    return OK;
}

/* A unit by a name that the list's reading did not find: of an earlier row, or new. */
static enum err unit_of_name(struct list_import *m, struct list_row *row, const struct list_value *value, struct row **ret)
{
    const char *fold = text_fold(&m->scratch, value->value);
    size_t flaws = row->flaw_count;
    if (!fold) return ERR_NOMEM;
    *ret = map_get(&m->new_units, fold);
    enum err e = *ret ? OK : import_named_unit(m, row, value, fold, ret);
    return e == OK && !*ret && row->flaw_count == flaws ? new_unit(m, value, ret) : e;
}

enum err import_find_unit(struct list_import *m, struct list_row *row, const char *code_field, const char *name_field, struct row **ret)
{
    const struct list_value *code = list_record_value(row->record, code_field), *name = list_record_value(row->record, name_field);
    *ret = NULL;
    if (!code) return name ? unit_of_name(m, row, name, ret) : OK;
    *ret = table_find(&m->plan.tables[ENTITY_UNIT], code->value);
    return *ret ? OK : import_add_flaw(m, row, "refused", code, "no such unit");
}

/* Pictures come in by their own page, and by event files: a list has only their names. */
static void keep_photo(struct row *person)
{
    const size_t photo = entity_column(ENTITY_PERSON, "photo");
    person->next[photo] = person->now ? person->now[photo] : value_text(NULL);
    person->next[photo + 1] = person->now ? person->now[photo + 1] : value_text(NULL);
}

/* What is derived of them is as it is stored otherwise: search forms and sort keys take most of the time of a row. */
static bool names_differ(const struct row *person)
{
    const size_t name = entity_column(ENTITY_PERSON, "name"), sort = entity_column(ENTITY_PERSON, "sort_name");
    return !value_equal(&person->now[name], &person->next[name]) || !value_equal(&person->now[sort], &person->next[sort]);
}

enum err import_merge_person(struct list_import *m, struct list_row *row)
{
    struct row *person = row->person, *unit;
    const size_t unit_column = entity_column(ENTITY_PERSON, "unit");
    enum err e = import_begin_row(m, ENTITY_PERSON, person);
    for (size_t i = 0; e == OK && i < row->record->count; i++) {
        const struct list_value *value = &row->record->values[i];
        const char *key = value->field->code;
        if (strcmp(key, "unit") == 0 || strcmp(key, "code") == 0) continue;
        if (value->field->attribute || is_of(ENTITY_PERSON, key)) e = import_merge_value(m, row, ENTITY_PERSON, person, key, value);
    }
    size_t flaws = row->flaw_count;
    if (e == OK) e = import_find_unit(m, row, "unit", "unit_name", &unit);
    if (e == OK && !unit && row->flaw_count == flaws) unit = import_form_unit(m, row);
    if (e == OK && unit) person->next[unit_column] = row_values(unit)[0];
    if (e == OK) keep_photo(person);
    if (e == OK && !person->next[entity_column(ENTITY_PERSON, "name")].text) return import_add_flaw(m, row, "no_name", NULL, NULL);
    if (e == OK && (!person->now || names_differ(person))) e = plan_derive_person(&m->plan, person, m->language);
    if (e == OK) give_back(m, row);
    return e;
}

/* A unit that stands above, by its name: known, of another row, or yet to be made. */
static enum err merge_parent(struct list_import *m, struct list_row *row, const struct list_value *value)
{
    struct row *above = NULL;
    enum err e = unit_of_name(m, row, value, &above);
    if (e == OK && above) row->unit->next[entity_column(ENTITY_UNIT, "parent")] = row_values(above)[0];
    return e;
}

/* --- a unit ------------------------------------------------------------------------------------------------------------------------------------------------ */

enum err import_merge_unit(struct list_import *m, struct list_row *row)
{
    struct row *unit = row->unit;
    enum err e = import_begin_row(m, ENTITY_UNIT, unit);
    for (size_t i = 0; e == OK && i < row->record->count; i++) {
        const struct list_value *value = &row->record->values[i];
        if (strcmp(value->field->code, "code") == 0) continue;
        if (strcmp(value->field->code, "parent_name") == 0) e = merge_parent(m, row, value);
        else if (strcmp(value->field->code, "parent") == 0) e = own_units_above(m, row, value);
        else if (is_of(ENTITY_UNIT, value->field->code)) e = import_merge_value(m, row, ENTITY_UNIT, unit, value->field->code, value);
    }
    const char *name = e == OK ? unit->next[entity_column(ENTITY_UNIT, "name")].text : NULL;
    if (e == OK && !name) return import_add_flaw(m, row, "no_name", NULL, NULL);
    if (e != OK) return e;
    const char *fold = label_fold(&m->arena, name);
    if (!fold) return ERR_NOMEM;
    unit->next[entity_column(ENTITY_UNIT, "<name_fold>")] = value_text(fold);
    return OK;
}
