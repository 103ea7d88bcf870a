/* The plan for readers: row by row, field by field, as JSON. Written as it goes, so that 70 000 rows need no memory. Sensitive attributes are told to have
 * changed, not
 * what they are. */
#include "core/congress/list_import/private.h"

#include <stdio.h>
#include <string.h>

#define HIDDEN "•••"

struct report {
    struct list_import *import;
    struct buf out;
    bool failed;
    bool first; /* the next item of a list is its first */
};

static void comma(struct report *r)
{
    if (!r->first) buf_putc(&r->out, ',');
    r->first = false;
}

static void put_pair(struct report *r, const char *key, const char *text)
{
    buf_printf(&r->out, ",\"%s\":", key);
    if (text) buf_put_json(&r->out, text);
    else buf_puts(&r->out, "null");
}

static void put_json(struct report *r, json_t *value)
{
    if (!value) buf_puts(&r->out, "null");
    else if (json_is_string(value)) buf_put_json(&r->out, json_string_value(value));
    else if (json_write(value, false, &r->out) != OK) r->failed = true;
}

/* --- fields -------------------------------------------------------------------------------------------------------------------------------------------- */

static const struct list_value *value_for(const struct list_record *record, const char *key)
{
    static const char *const otherwise[][2] = {{"unit", "unit_name"}, {"delegation", "delegation_name"}};
    const struct list_value *value = record ? list_record_value(record, key) : NULL;
    for (size_t i = 0; record && !value && i < 2; i++)
        if (strcmp(key, otherwise[i][0]) == 0) value = list_record_value(record, otherwise[i][1]);
    return value;
}

static void put_cell(struct report *r, const struct list_record *record, uint32_t row, uint16_t column)
{
    char address[SHEET_ADDRESS_SIZE];
    (void)record;
    put_pair(r, "cell", row && column != UINT16_MAX ? sheet_cell_address(row, column, address) : NULL);
}

static void begin_field(struct report *r, const struct list_row *row, const char *key)
{
    const struct list_value *value = value_for(row->record, key);
    comma(r);
    buf_puts(&r->out, "{\"field\":");
    buf_put_json(&r->out, key);
    put_cell(r, row->record, value ? value->row : 0, value ? value->column : UINT16_MAX);
}

static void put_value(struct report *r, const struct field *field, const struct db_value *values, const char *key)
{
    bool failed = false;
    json_t *json = values ? field_show(&r->import->plan, field, values, SHOW_FILE, &failed) : NULL;
    buf_printf(&r->out, ",\"%s\":", key);
    put_json(r, json);
    json_decref(json);
    if (failed) r->failed = true;
}

/* Somebody of the register of whom this reader may not be told what stands there. */
static bool is_strange(const struct report *r, const struct list_row *row)
{
    return r->import->options.own_people && row->person && row->person->now && !(row->delegate && row->delegate->now);
}

static bool is_of_person(const struct list_field *field)
{
    static const char *const keys[] = {"sort_name", "honorific", "unit", "unit_name", "title", "gender", "born", "joined", "phone", "email"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], field->code) == 0) return true;
    return field->attribute != NULL;
}

/* Of such a person what the list says, whether it is known already or not. */
static void put_given(struct report *r, const struct list_row *row)
{
    for (size_t i = 0; row->record && i < row->record->count; i++) {
        const struct list_value *value = &row->record->values[i];
        bool hidden = value->field->attribute && value->field->attribute->sensitive;
        if (!is_of_person(value->field)) continue;
        begin_field(r, row, strcmp(value->field->code, "unit_name") == 0 ? "unit" : value->field->code);
        put_pair(r, "old", HIDDEN);
        put_pair(r, "new", hidden ? HIDDEN : value->value);
        buf_putc(&r->out, '}');
    }
}

static void put_fields(struct report *r, const struct list_row *row, enum entity_kind kind, const struct row *of)
{
    const struct entity *entity = &entities[kind];
    size_t column = entity_first_column(entity);
    if (!of || !of->next) return;
    for (size_t i = 0; i < entity->shape->count; column += field_width(&entity->shape->fields[i++])) {
        const struct field *field = &entity->shape->fields[i];
        if (field->kind == FIELD_DERIVED || field_width(field) == 0 || strcmp(field->key, "greet") == 0) continue;
        const struct db_value *now = of->now ? of->now + column : NULL, *next = of->next + column;
        bool differs = now ? !value_equal(now, next) : next->type != DB_TYPE_NULL;
        if (!differs) continue;
        begin_field(r, row, field->key);
        put_value(r, field, now, "old");
        put_value(r, field, next, "new");
        buf_putc(&r->out, '}');
    }
}

static bool is_open(const struct report *r, const char *code)
{
    const struct row *type = map_get(&r->import->plan.tables[ENTITY_ATTRIBUTE_TYPE].by_key, code);
    return type && row_values(type)[entity_column(ENTITY_ATTRIBUTE_TYPE, "sensitive")].i64 == 0;
}

static void put_attribute(struct report *r, const char *which, bool open, json_t *value)
{
    buf_printf(&r->out, ",\"%s\":", which);
    if (value && !open) buf_put_json(&r->out, HIDDEN);
    else put_json(r, value);
}

static void put_attributes(struct report *r, const struct list_row *row, const struct row *person)
{
    const char *code;
    json_t *value;
    if (!person || !person->next) return;
    json_object_foreach(person->attributes_next, code, value) { /* a list never takes one away */
        json_t *was = json_object_get(person->attributes_now, code);
        bool open = is_open(r, code), silent = person->now && !open && !r->import->options.tells_sensitive;
        char key[128];
        (void)snprintf(key, sizeof key, "attribute:%.100s", code);
        if (silent ? !value_for(row->record, key) : was && json_equal(was, value)) continue;
        begin_field(r, row, key);
        if (silent) put_pair(r, "old", HIDDEN);
        else put_attribute(r, "old", open, was);
        put_attribute(r, "new", open, value);
        buf_putc(&r->out, '}');
    }
}

/* --- flaws and candidates ----------------------------------------------------------------------------------------------------------------------------------- */

static void own_text(struct report *r, const struct list_flaw *flaw)
{
    static const char *const texts[][2] = {
        {"refused", NULL}, {"no_name", "there is no name"}, {"no_code", "is not a code (1 to 64 of A-Z a-z 0-9 . _ -)"}, {"no_category",
                "there is no category, and the event has several"}, {"code_erased", "whoever had this code was erased"},
        {"delegate_twice", "stands twice as a delegate"}, {"number_twice", "this number stands twice"}, {"number_taken", "this number is that of "},
        {"replaces_self", "nobody stands for themselves"}, {"decided_nobody", "nobody has the code "}, {"unit_twice", "this unit stands twice"},
        {"above_left", "the unit above is not taken: "}, {"unit_several", "several units have this name: "},
        {"unit_circle", "the unit would stand beneath itself: "}, {"form_unit", "is another unit than that of the form, "},
        {"form_moves", "is of another unit than that of the form: "}};
    struct buf text;
    char address[SHEET_ADDRESS_SIZE];
    buf_init(&text, BUF_LIMIT_LINE);
    if (flaw->row && flaw->column != UINT16_MAX) buf_printf(&text, "%s: ", sheet_cell_address(flaw->row, flaw->column, address));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(texts[i][0], flaw->reason) != 0) continue;
        size_t n = texts[i][1] ? strlen(texts[i][1]) : 0;
        buf_puts(&text, texts[i][1]);
        if (!texts[i][1] || texts[i][1][n - 1] == ' ') buf_puts(&text, flaw->proposal);
    }
    put_pair(r, "text", buf_text(&text));
    buf_release(&text);
}

static bool is_hidden(const struct list_flaw *flaw)
{
    return flaw->field && flaw->field->attribute && flaw->field->attribute->sensitive;
}

static void put_flaw(struct report *r, const struct list_row *row, const struct list_flaw *flaw, bool own)
{
    comma(r);
    buf_puts(&r->out, "{\"reason\":");
    buf_put_json(&r->out, flaw->reason);
    put_cell(r, row->record, flaw->row, flaw->column);
    put_pair(r, "written", is_hidden(flaw) ? HIDDEN : flaw->written);
    put_pair(r, "field", flaw->field ? flaw->field->code : NULL);
    put_pair(r, "proposal", is_hidden(flaw) ? NULL : flaw->proposal);
    buf_puts(&r->out, flaw->doubtful ? ",\"doubtful\":true" : ",\"doubtful\":false");
    if (is_hidden(flaw)) put_pair(r, "text", "a value of this field cannot be read");
    else if (own) own_text(r, flaw);
    else put_pair(r, "text", list_flaw_text(&r->import->scratch, flaw));
    buf_putc(&r->out, '}');
}

static void put_flaws(struct report *r, const struct list_row *row)
{
    buf_puts(&r->out, ",\"flaws\":[");
    r->first = true;
    for (size_t i = 0; row->record && i < row->record->flaw_count; i++) put_flaw(r, row, &row->record->flaws[i], false);
    for (size_t i = 0; i < row->flaw_count; i++) put_flaw(r, row, &row->flaws[i], true);
    buf_putc(&r->out, ']');
}

static void put_candidates(struct report *r, const struct list_row *row)
{
    const struct list_import *m = r->import;
    buf_puts(&r->out, ",\"candidates\":[");
    for (size_t i = 0; row->match && i < row->match->count; i++) {
        const struct match_candidate *c = &row->match->candidates[i];
        const struct match_facts *f = row->match_in_file ? &m->row_facts[c->index] : &m->known_facts[c->index];
        buf_puts(&r->out, i ? ",{\"code\":" : "{\"code\":");
        if (row->match_in_file || !f->code) buf_puts(&r->out, "null");
        else buf_put_json(&r->out, f->code);
        put_pair(r, "name", f->name);
        put_pair(r, "born", f->born && m->options.own_people && !row->match_in_file ? HIDDEN : f->born);
        put_pair(r, "unit", f->unit);
        put_pair(r, "why", match_why_name(c->why));
        if (row->match_in_file) buf_printf(&r->out, ",\"row\":%u", (unsigned)m->rows[c->index].record->row);
        buf_putc(&r->out, '}');
    }
    buf_putc(&r->out, ']');
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------------------------------------ */

static const char *code_of(const struct list_row *row)
{
    if (row->unit) return row->unit->key;
    if (row->person) return row->person->key;
    const struct list_value *code = row->record ? list_record_value(row->record, "code") : NULL;
    return code ? code->value : NULL;
}

static const char *name_of(const struct list_row *row)
{
    const struct list_value *name = row->record ? list_record_value(row->record, "name") : NULL;
    const struct row *of = row->unit ? row->unit : row->person;
    size_t column = entity_column(row->unit ? ENTITY_UNIT : ENTITY_PERSON, "name");
    if (of && row_values(of)[column].text) return row_values(of)[column].text;
    return name ? name->value : NULL;
}

/* Of a row in doubt what it says of somebody: by that one decides. */
static void put_says(struct report *r, const struct list_row *row)
{
    static const char *const keys[] = {"born", "gender", "unit", "unit_name", "delegation", "phone", "email", "number", "parent"};
    buf_puts(&r->out, ",\"says\":[");
    r->first = true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct list_value *value = list_record_value(row->record, keys[i]);
        if (!value) continue;
        begin_field(r, row, keys[i]);
        put_pair(r, "value", value->value);
        buf_putc(&r->out, '}');
    }
    buf_putc(&r->out, ']');
}

static void put_row(struct report *r, const struct list_row *row)
{
    bool told = row->kind == LIST_ROW_NEW || row->kind == LIST_ROW_CHANGED || row->kind == LIST_ROW_REMOVED;
    buf_clear(&r->out);
    buf_printf(&r->out, "{\"row\":%u", row->record ? (unsigned)row->record->row : 0);
    if (r->import->mapping.place_count > 1 && row->record) {
        bool has_sheets = true;
        const char *file = import_place_file(r->import, row->record->place, &has_sheets);
        if (r->import->file_count > 1) put_pair(r, "file", file);
        if (has_sheets) put_pair(r, "sheet", r->import->mapping.places[row->record->place].name);
        buf_printf(&r->out, ",\"place\":%u", (unsigned)row->record->place);
    }
    put_pair(r, "kind", list_row_kind_name(row->kind));
    put_pair(r, "code", code_of(row));
    put_pair(r, "name", name_of(row));
    if (row->note) put_pair(r, "note", row->note);
    buf_puts(&r->out, ",\"fields\":[");
    r->first = true;
    if (told && row->unit) put_fields(r, row, ENTITY_UNIT, row->unit);
    bool kept = row->note && strcmp(row->note, "person_of_all") == 0; /* nothing of the person is written */
    if (told && is_strange(r, row) && !kept) put_given(r, row);
    else if (told && row->person && !kept) put_fields(r, row, ENTITY_PERSON, row->person), put_attributes(r, row, row->person);
    if (told && row->delegate && !row->delegate->kept) put_fields(r, row, ENTITY_DELEGATE, row->delegate);
    buf_putc(&r->out, ']');
    put_flaws(r, row);
    put_candidates(r, row);
    if (row->kind == LIST_ROW_DOUBTFUL && row->record) put_says(r, row);
    buf_putc(&r->out, '}');
}

enum err list_import_rows_json(struct list_import *m, list_import_line *line, void *context)
{
    struct report r = {.import = m};
    enum err e = OK;
    buf_init(&r.out, BUF_LIMIT_BODY);
    for (size_t i = 0; e == OK && i < m->count; i++) {
        put_row(&r, &m->rows[i]);
        arena_clear(&m->scratch);
        if (r.failed || !buf_ok(&r.out)) e = ERR_NOMEM;
        else if (!line(context, m->rows[i].kind, buf_text(&r.out), r.out.length)) break;
    }
    buf_release(&r.out);
    return e;
}

static json_t *sheets_json(const struct list_import *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->mapping.place_count; i++)
        if (m->mapping.places[i].taken) (void)json_array_append_new(list, json_string(m->mapping.places[i].name));
    return list;
}

static json_t *new_units_json(const struct list_import *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->new_units.capacity; i++) {
        const struct row *unit = m->new_units.slots[i].value;
        if (m->new_units.slots[i].key)
            (void)json_array_append_new(list, json_pack("{s:s, s:s}", "code", unit->key, "name", unit->next[entity_column(ENTITY_UNIT, "name")].text));
    }
    return list;
}

static json_t *counts_json(const struct list_import *m)
{
    json_t *counts = json_object();
    for (int i = 0; i < LIST_ROW_KIND_COUNT; i++) (void)json_object_set_new(counts, list_row_kind_name((enum list_row_kind)i),
                                                                            json_integer((json_int_t)m->counts[i]));
    (void)json_object_set_new(counts, "passed_over", json_integer((json_int_t)m->table.passed_count));
    return counts;
}

/* Of a column that is sensitive only its heading is told. */
static void hide_samples(const struct list_import *m, json_t *mapping)
{
    size_t i;
    json_t *column;
    json_array_foreach(json_object_get(mapping, "columns"), i, column) {
        const struct list_field *field = i < m->mapping.column_count ? m->mapping.columns[i].use.field : NULL;
        if (field && field->attribute && field->attribute->sensitive) (void)json_object_del(column, "samples");
    }
}

enum err list_import_head_json(const struct list_import *m, json_t **ret)
{
    struct arena arena = {0};
    char *mapping = NULL;
    json_t *map = NULL, *sheets = sheets_json(m), *head = NULL;
    enum err e = list_mapping_write(&m->mapping, true, &arena, &mapping);
    if (e == OK) e = json_read(mapping, strlen(mapping), &map, NULL);
    if (e == OK) hide_samples(m, map);
    if (e == OK)
        head = json_pack("{s:b, s:s, s:s, s:s?, s:O, s:s, s:s, s:b, s:O, s:o, s:o, s:o}", "dry_run", 1, "file", m->file_name, "target",
                         list_target_name(m->options.target), "event",
                         m->options.event, "sheet", json_array_size(sheets) == 1 ? json_array_get(sheets, 0) : sheets, "format", m->book.format, "encoding",
                         m->book.encoding, "remembered", m->remembered, "mapping", map, "counts", counts_json(m),
                         "new_units", new_units_json(m), "hints", import_hints_json(m));
    json_decref(sheets);
    json_decref(map);
    arena_release(&arena);
    if (e == OK && !head) e = ERR_NOMEM;
    if (e == OK) e = import_put_files((struct list_import *)(uintptr_t)m, head); /* its scratch */
    if (e == OK) *ret = head;
    return e;
}

enum err list_import_passed_json(const struct list_import *m, json_t **ret)
{
    json_t *list = json_array();
    bool failed = !list;
    for (size_t i = 0; !failed && i < m->table.passed_count; i++) {
        const struct list_passed *p = &m->table.passed[i];
        json_t *one = json_pack("{s:i, s:s, s:s}", "row", (int)p->row, "why", list_passed_name(p->why), "text", p->text);
        failed = !one || json_array_append_new(list, one) != 0;
    }
    if (failed) json_decref(list);
    else *ret = list;
    return failed ? ERR_NOMEM : OK;
}

enum err list_import_fields_json(const struct list_import *m, json_t **ret)
{
    size_t count;
    const struct list_field *fields = list_known_fields(m->known, &count);
    json_t *list = json_array();
    bool failed = !list;
    for (size_t i = 0; !failed && i < count; i++) {
        json_t *one = json_pack("{s:s, s:s?}", "code", fields[i].code, "title", fields[i].attribute ? fields[i].title : NULL);
        failed = !one || json_array_append_new(list, one) != 0;
    }
    if (failed) json_decref(list);
    else *ret = list;
    return failed ? ERR_NOMEM : OK;
}
