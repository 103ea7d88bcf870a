/* One row becomes one record. */
#include "core/base/text.h"
#include "core/base/clock.h"
#include "core/congress/list/list_record.h"

#include <stdlib.h>
#include <string.h>

static enum err add_flaw(struct list_reader *r, const struct list_flaw *flaw)
{
    if (arena_grow(r->scratch, &r->flaws, &r->flaw_capacity, r->flaw_count, sizeof *r->flaws) != 0) return ERR_NOMEM;
    r->flaws[r->flaw_count++] = *flaw;
    return OK;
}

static enum err flaw_at(struct list_reader *r, const char *reason, const struct list_field *field, const char *written, const char *proposal, uint32_t column,
                        bool doubtful)
{
    return add_flaw(r, &(struct list_flaw){.reason = reason, .field = field, .written = written, .proposal = proposal, .row = r->row->number,
                                           .column = (uint16_t)column,
                                           .doubtful = doubtful});
}

static struct list_value *slot_of(struct list_reader *r, const struct list_field *field) { return &r->slots[field - r->known->fields]; }

/* Several columns of one text are joined; else the first one that says something counts, and another one that says otherwise is a flaw. */
static enum err put(struct list_reader *r, const struct list_value *value)
{
    struct list_value *slot = slot_of(r, value->field);
    if (!slot->field) {
        *slot = *value;
        return OK;
    }
    if (strcmp(slot->value, value->value) == 0) return OK;
    if (value->field->kind == LIST_TEXT) {
        slot->value = arena_printf(r->arena, "%s, %s", slot->value, value->value);
        slot->written = arena_printf(r->arena, "%s, %s", slot->written, value->written);
        return slot->value && slot->written ? OK : ERR_NOMEM;
    }
    return flaw_at(r, "two_values", value->field, value->written, slot->written, value->column, false);
}

static const struct list_field *field_of(const struct list_reader *r, const char *code) { return list_known_field(r->known, code); }

/* --- cells --- */

static const char *written_of(const struct list_cell *c) { return c->cell->raw ? c->cell->raw : c->text; }

static enum err take(struct list_reader *r, struct list_cell *c, uint32_t column)
{
    if (c->cell->raw && c->change < LIST_PUT_RIGHT_FIRST) c->change = LIST_FONT;
    if (c->reason && flaw_at(r, c->reason, c->field, written_of(c), c->proposal, column, c->doubtful) != OK) return ERR_NOMEM;
    if (!c->value || !*c->value) return OK; /* nothing but characters of no width */
    return put(r, &(struct list_value){.field = c->field, .value = c->value, .written = written_of(c), .row = r->row->number, .column = (uint16_t)column,
                                       .change = (uint16_t)c->change});
}

static enum err take_error(struct list_reader *r, const struct list_cell *c, uint32_t column)
{
    int trouble = (int)c->cell->number;
    const char *reason = trouble == SHEET_TROUBLE_UNCOMPUTED ? "cell_uncomputed" : trouble == SHEET_TROUBLE_DAMAGED ? "cell_damaged" : "cell_error";
    return flaw_at(r, reason, c->field, c->cell->text, NULL, column, false);
}

/* A column for one value. A sign, a word for yes, or the value's own name means it. */
static enum err take_mark(struct list_reader *r, struct list_cell *c, uint32_t column)
{
    bool mark;
    enum list_word word = c->cell->kind == SHEET_YES_NO ? (c->cell->number != 0 ? LIST_WORD_YES : LIST_WORD_NO) : list_word_yes_no(c->text, &mark);
    const char *value = c->column->use.value, *plain = text_fold(r->scratch, c->text), *heading = list_heading_plain(r->scratch, c->column->heading);
    if (!plain || !heading) return ERR_NOMEM;
    size_t tail = strlen(heading) > strlen(plain) ? strlen(heading) - strlen(plain) : 0;
    if (word == LIST_WORD_OTHER && *plain && strcmp(heading + tail, plain) == 0) word = LIST_WORD_YES;
    if (c->field->kind == LIST_SEX && list_word_sex(plain, c->text) == value[0]) word = LIST_WORD_YES;
    if (word == LIST_WORD_NO) return OK;
    if (word == LIST_WORD_OTHER) return flaw_at(r, "not_a_mark", c->field, written_of(c), NULL, column, false);
    struct list_value *slot = slot_of(r, c->field);
    if (slot->field && c->field->kind == LIST_SEX && strcmp(slot->value, value) != 0) return flaw_at(r, "sex_twice", c->field, written_of(c), NULL, column, false);
    if (slot->field && c->field->kind == LIST_ENUMS) {
        slot->value = arena_printf(r->arena, "%s,%s", slot->value, value);
        return slot->value ? OK : ERR_NOMEM;
    }
    c->value = value;
    c->change = LIST_SAID_OTHERWISE;
    return take(r, c, column);
}

/* A birth year under Nam or Nữ: the day, and the sex. */
static enum err take_sexed(struct list_reader *r, struct list_cell *c, uint32_t column)
{
    bool mark;
    const struct list_field *gender = field_of(r, "gender");
    const char *value = c->column->use.part == LIST_PART_MALE ? "m" : "f";
    enum list_word word = list_word_yes_no(c->text, &mark);
    if (word == LIST_WORD_NO) return OK;
    if (word == LIST_WORD_OTHER || strlen(c->text) > 2) {
        if (list_cell_read(r, c) != OK || take(r, c, column) != OK) return ERR_NOMEM;
    }
    struct list_value *slot = slot_of(r, gender);
    if (slot->field && strcmp(slot->value, value) != 0) return flaw_at(r, "sex_twice", gender, written_of(c), NULL, column, false);
    return put(r, &(struct list_value){.field = gender, .value = value, .written = written_of(c), .row = r->row->number, .column = (uint16_t)column,
                                       .change = LIST_SAID_OTHERWISE});
}

static enum err take_name(struct list_reader *r, struct list_cell *c, uint32_t column)
{
    const char *honorific;
    enum err e = list_cell_name(r, c, &honorific);
    if (e == OK) e = take(r, c, column);
    if (e != OK || !honorific) return e;
    return put(r, &(struct list_value){.field = field_of(r, "honorific"), .value = honorific, .written = written_of(c), .row = r->row->number,
                                       .column = (uint16_t)column,
                                       .change = LIST_SPLIT});
}

/* A unit that nobody knows is handed on by its name, when that was chosen. */
static enum err take_unit(struct list_reader *r, struct list_cell *c, uint32_t column)
{
    enum err e = list_cell_read(r, c);
    if (e != OK || !c->reason || strcmp(c->reason, "became_date") == 0 || !r->mapping->ways.new_units) return e == OK ? take(r, c, column) : e;
    const char *code = c->field->code;
    const struct list_field *named = field_of(r, strcmp(code, "unit") == 0 ? "unit_name" : strcmp(code, "parent") == 0 ? "parent_name" : "delegation_name");
    enum list_change change = LIST_AS_WRITTEN;
    const char *name = list_tidy(r->arena, c->text, &change);
    if (!name || !named) return ERR_NOMEM;
    c->doubtful = true;
    if (strcmp(c->reason, "unit_unknown") == 0) c->reason = NULL;
    e = take(r, c, column);
    c->field = named;
    c->reason = NULL;
    c->value = name;
    c->change = change;
    return e == OK ? take(r, c, column) : e;
}

/* "-", "không có": somebody said that there is nothing. */
static bool says_nothing(const struct list_cell *c)
{
    bool mark;
    enum list_kind kind = c->field->kind;
    bool exact = kind == LIST_PHONE || kind == LIST_EMAIL || kind == LIST_DAY || kind == LIST_DATE || kind == LIST_PATH || kind == LIST_UNIT || kind == LIST_ENUMS;
    exact = exact && c->cell->kind == SHEET_TEXT && strlen(c->text) <= 20 && !strpbrk(c->text, "0123456789@");
    return exact && list_word_yes_no(c->text, &mark) == LIST_WORD_NO;
}

static enum err take_cell(struct list_reader *r, size_t index, const struct sheet_cell *cell, bool repeated)
{
    const struct list_column *column = &r->mapping->columns[index];
    struct list_cell c = {.field = column->use.field, .column = column, .state = &r->states[index], .cell = cell, .text = list_cell_text(r->arena, cell)};
    uint32_t at = list_place_column(r->mapping, r->place, index);
    if (!c.text) return ERR_NOMEM;
    if (cell->kind == SHEET_ERROR) return take_error(r, &c, at);
    if (says_nothing(&c)) return OK;
    enum err e;
    if (column->use.part == LIST_PART_MARK) e = take_mark(r, &c, at);
    else if (column->use.part == LIST_PART_MALE || column->use.part == LIST_PART_FEMALE) e = take_sexed(r, &c, at);
    else if (c.field->kind == LIST_NAME) e = take_name(r, &c, at);
    else if (c.field->kind == LIST_UNIT) e = take_unit(r, &c, at);
    else {
        e = list_cell_read(r, &c);
        if (e == OK) e = take(r, &c, at);
    }
    struct list_value *slot = slot_of(r, c.field);
    if (e == OK && repeated && slot->field && slot->column == at) slot->change = LIST_REPEATED;
    return e;
}

/* --- days over three columns --- */

static const struct sheet_cell *part_cell(const struct list_reader *r, const struct list_field *field, enum list_part part, uint32_t *ret_column)
{
    for (size_t i = 0; i < r->mapping->column_count; i++) {
        const struct list_use *use = &r->mapping->columns[i].use;
        if (use->field != field || use->part != part || !r->cells[i]) continue;
        *ret_column = list_place_column(r->mapping, r->place, i);
        return r->cells[i];
    }
    return NULL;
}

static enum err join_day(struct list_reader *r, const struct list_field *field)
{
    uint32_t at = 0, ignored;
    const struct sheet_cell *year = part_cell(r, field, LIST_PART_YEAR, &at), *month = part_cell(r, field, LIST_PART_MONTH, &ignored);
    const struct sheet_cell *day = part_cell(r, field, LIST_PART_DAY, &ignored);
    if (!year) return OK;
    struct list_day said = {.year = 0};
    const char *text = month && day ? arena_printf(r->arena, "%s/%s/%s", list_cell_text(r->scratch, day), list_cell_text(r->scratch, month),
                                                   list_cell_text(r->scratch, year))
                                    : arena_strdup(r->arena, list_cell_text(r->scratch, year));
    if (!text) return ERR_NOMEM;
    const char *reason = list_day_read(text, LIST_DAY_FIRST, r->known->this_year, strcmp(field->code, "born") == 0 ? 14 : 0, &said);
    const char *iso = reason ? NULL : list_day_text(r->arena, &said);
    if (!reason && !iso) return ERR_NOMEM;
    if (iso) reason = list_day_flaw(r->known, field, iso);
    if (!reason && field->kind == LIST_DATE && !said.day) reason = "day_needed";
    if (reason) return flaw_at(r, reason, field, text, NULL, at, false);
    return put(r, &(struct list_value){.field = field, .value = iso, .written = text, .row = r->row->number, .column = (uint16_t)at,
                                       .change = said.two_digits ? LIST_CENTURY : LIST_SAID_OTHERWISE});
}

/* --- what a row says as a whole --- */

static enum err join_names(struct list_reader *r)
{
    const struct list_field *name = field_of(r, "name"), *family = field_of(r, "family_name"), *given = field_of(r, "given_name");
    if (!family || !given) return OK;
    struct list_value *f = slot_of(r, family), *g = slot_of(r, given), *n = slot_of(r, name);
    if (!f->field && !g->field) return OK;
    const struct list_value *first = f, *second = g;
    const char *language = r->mapping->ways.language ? r->mapping->ways.language : "";
    if (!text_is_of_language(language, "vi") && !text_is_of_language(language, "zh") && !text_is_of_language(language, "hu")) first = g, second = f;
    struct list_value joined = first->field ? *first : *second;
    if (f->field && g->field) {
        joined.value = arena_printf(r->arena, "%s %s", first->value, second->value);
        joined.written = arena_printf(r->arena, "%s | %s", f->written, g->written);
        joined.row = f->row;
        joined.column = f->column;
        joined.change = f->change > g->change ? f->change : g->change;
        if (joined.change < LIST_SAID_OTHERWISE) joined.change = LIST_SAID_OTHERWISE;
        if (!joined.value || !joined.written) return ERR_NOMEM;
    }
    joined.field = name;
    *f = *g = (struct list_value){.field = NULL};
    if (!n->field) *n = joined;
    return OK;
}

/* In a column of signs an empty cell says no; where only women are marked, the others are men. */
static enum err fill_unmarked(struct list_reader *r)
{
    for (size_t i = 0; i < r->mapping->column_count; i++) {
        const struct list_use *use = &r->mapping->columns[i].use;
        if (!use->field || r->cells[i] || !r->states[i].marks_only) continue;
        uint32_t at = list_place_column(r->mapping, r->place, i);
        const char *value = NULL;
        if (at == LIST_NOT_THERE) continue;
        if (use->field->kind == LIST_YES_NO && use->part == LIST_PART_ALL) value = "false";
        if (use->field->kind == LIST_SEX && use->part == LIST_PART_MARK && r->has_male != r->has_female) value = use->value[0] == 'f' ? "m" : "f";
        if (!value || slot_of(r, use->field)->field) continue;
        *slot_of(r, use->field) = (struct list_value){.field = use->field, .value = value, .written = "", .row = r->row->number, .column = (uint16_t)at,
                                                      .change = LIST_SAID_OTHERWISE};
    }
    return OK;
}

/* The unit of the section or of the sheet, when no column says it. */
static enum err fill_unit(struct list_reader *r)
{
    const struct list_field *unit = field_of(r, "unit"), *named = field_of(r, "unit_name");
    const struct list_place *place = &r->mapping->places[r->place];
    bool sheets = r->mapping->ways.units == LIST_UNITS_SHEETS;
    const char *name = sheets ? place->name : r->mapping->ways.units == LIST_UNITS_SECTIONS ? r->section : NULL;
    if (!unit || !name || !*name || slot_of(r, unit)->field || (named && slot_of(r, named)->field)) return OK;
    for (size_t i = 0; i < r->flaw_count; i++)
        if (r->flaws[i].field == unit) return OK;
    struct list_column column = {.use = {.field = unit}};
    struct sheet_cell cell = {.kind = SHEET_TEXT, .text = name};
    struct list_cell c = {.field = unit, .column = &column, .state = &r->states[r->mapping->column_count], .cell = &cell, .text = name};
    enum err e = take_unit(r, &c, 0);
    if (e != OK) return e;
    uint32_t row = sheets ? 0 : r->section_row;
    for (size_t i = 0; i < r->flaw_count; i++)
        if (r->flaws[i].field == unit) r->flaws[i].row = row, r->flaws[i].doubtful = true;
    slot_of(r, unit)->row = row;
    if (named) slot_of(r, named)->row = row;
    return OK;
}

static enum err check_name(struct list_reader *r, uint32_t name_column)
{
    static const char *const others[] = {"code", "number"};
    if (slot_of(r, field_of(r, "name"))->field) return OK;
    for (size_t i = 0; i < 2; i++) {
        const struct list_field *field = field_of(r, others[i]);
        if (field && slot_of(r, field)->field) return OK;
    }
    for (size_t i = 0; i < r->flaw_count; i++)
        if (r->flaws[i].field && (r->flaws[i].field->kind == LIST_NAME || strcmp(r->flaws[i].field->code, "name") == 0)) return OK;
    return flaw_at(r, "name_missing", field_of(r, "name"), "", NULL, name_column == LIST_NOT_THERE ? 0 : name_column, false);
}

static enum err check_code(struct list_reader *r)
{
    char address[SHEET_ADDRESS_SIZE];
    const struct list_value *code = slot_of(r, field_of(r, "code"));
    if (!code->field) return OK;
    const char *before = map_get(&r->seen_codes, code->value);
    if (before) return flaw_at(r, "code_twice", code->field, code->written, before, code->column, false);
    before = arena_strdup(r->arena, sheet_cell_address(r->row->number, code->column, address));
    return before && map_put(&r->seen_codes, code->value, (void *)(uintptr_t)before) == 0 ? OK : ERR_NOMEM;
}

static enum err finish(struct list_reader *r, struct list_record *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < r->known->field_count; i++) count += r->slots[i].field != NULL;
    struct list_value *values = arena_array(r->arena, count + 1, sizeof *values);
    struct list_flaw *flaws = r->flaw_count ? arena_memdup(r->arena, r->flaws, r->flaw_count * sizeof *flaws) : NULL;
    if (!values || (r->flaw_count && !flaws)) return ERR_NOMEM;
    *ret = (struct list_record){.place = (uint32_t)r->place, .row = r->row->number, .values = values, .flaws = flaws, .flaw_count = r->flaw_count};
    for (size_t i = 0; i < r->known->field_count; i++)
        if (r->slots[i].field) values[ret->count++] = r->slots[i];
    return OK;
}

enum err list_record_read(struct list_reader *r, const bool *repeated, uint32_t name_column, struct list_record *ret)
{
    enum err e = OK;
    memset(r->slots, 0, r->known->field_count * sizeof *r->slots);
    r->flaws = NULL;
    r->flaw_count = r->flaw_capacity = 0;
    for (size_t i = 0; e == OK && i < r->mapping->column_count; i++) {
        const struct list_use *use = &r->mapping->columns[i].use;
        if (!use->field || use->field->kind == LIST_NOTHING || !r->cells[i] || use->part >= LIST_PART_DAY) continue;
        e = take_cell(r, i, r->cells[i], repeated[i]);
    }
    for (size_t i = 0; e == OK && i < r->mapping->column_count; i++)
        if (r->mapping->columns[i].use.field && r->mapping->columns[i].use.part == LIST_PART_YEAR) e = join_day(r, r->mapping->columns[i].use.field);
    if (e == OK) e = join_names(r);
    if (e == OK) e = fill_unmarked(r);
    if (e == OK) e = fill_unit(r);
    if (e == OK) e = check_name(r, name_column);
    if (e == OK) e = check_code(r);
    if (e == OK && r->row->hidden) e = flaw_at(r, "row_hidden", NULL, "", NULL, name_column == LIST_NOT_THERE ? 0 : name_column, true);
    return e == OK ? finish(r, ret) : e;
}
