/* A book by a mapping: all rows of all taken sheets. */
#include "core/base/text.h"
#include "core/congress/list/list_record.h"

#include <stdlib.h>
#include <string.h>

#define SWAPPED_LEAST 3 /* dates of each kind that make it likely */

/* Where cells of merges that reach over several rows begin, in order. */
struct reach {
    uint32_t first, last, column; /* column: of the mapping */
};

struct sheet_reading {
    struct list_reader *r;
    const struct sheet *sheet;
    uint16_t *columns;     /* column of the sheet -> 1 + column of the mapping; 0: none */
    uint32_t column_count;
    struct reach *reaches;
    size_t reach_count, reach_at;
    bool *repeated;
};

/* What each row of a place is: an enum list_passed_why, or one of these. */
enum { ROW_DATA = 100, ROW_SKIPPED /* a row of the header, or blanks */ };

static bool may_repeat(const struct list_use *use)
{
    if (!use->field || use->part != LIST_PART_ALL) return false;
    enum list_kind kind = use->field->kind;
    return kind == LIST_UNIT || kind == LIST_CATEGORY || kind == LIST_CHOICE || kind == LIST_ENUM || (kind == LIST_TEXT && strcmp(use->field->code, "name") != 0);
}

static int compare_reaches(const void *a, const void *b)
{
    const struct reach *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static enum err find_columns(struct sheet_reading *s, struct arena *arena)
{
    const struct list_mapping *m = s->r->mapping;
    s->column_count = s->sheet->columns;
    s->columns = arena_array(arena, s->column_count + 1, sizeof *s->columns);
    s->reaches = arena_array(arena, s->sheet->merge_count + 1, sizeof *s->reaches);
    if (!s->columns || !s->reaches) return ERR_NOMEM;
    for (size_t i = 0; i < m->column_count; i++) {
        uint32_t at = list_place_column(m, s->r->place, i);
        if (m->columns[i].use.field && at < s->column_count && !s->columns[at]) s->columns[at] = (uint16_t)(i + 1);
    }
    for (size_t i = 0; i < s->sheet->merge_count; i++) {
        const struct sheet_merge *merge = &s->sheet->merges[i];
        if (merge->last_row == merge->first_row || merge->first_column >= s->column_count) continue;
        uint16_t column = s->columns[merge->first_column];
        if (column && may_repeat(&m->columns[column - 1].use)) s->reaches[s->reach_count++] = (struct reach){merge->first_row, merge->last_row, column - 1u};
    }
    if (s->reach_count) qsort(s->reaches, s->reach_count, sizeof *s->reaches, compare_reaches);
    return OK;
}

/* The cells of a row by the mapping's columns; of merges from above what stands in their first cell; of ditto marks what stands above. */
static void place_cells(struct sheet_reading *s, const struct sheet_row *row)
{
    struct list_reader *r = s->r;
    size_t count = r->mapping->column_count;
    memset(r->cells, 0, (count + 1) * sizeof *r->cells);
    memset(s->repeated, 0, count + 1);
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (cell->column < s->column_count && s->columns[cell->column] && !list_text_is_blank(cell->text)) r->cells[s->columns[cell->column] - 1] = cell;
    }
    for (; s->reach_at < s->reach_count && s->reaches[s->reach_at].first <= row->number; s->reach_at++) {
        const struct reach *reach = &s->reaches[s->reach_at];
        struct list_state *state = &r->states[reach->column];
        const struct sheet_row *first = sheet_find_row(s->sheet, reach->first);
        uint32_t at = list_place_column(r->mapping, r->place, reach->column);
        state->held = first ? sheet_row_cell(first, at) : NULL;
        state->held_row = reach->first;
        state->held_until = reach->last;
    }
    for (size_t i = 0; i < count; i++) {
        struct list_state *state = &r->states[i];
        if (!may_repeat(&r->mapping->columns[i].use)) continue;
        if (state->held && row->number > state->held_until) state->held = NULL;
        if (!r->cells[i] && state->held && row->number > state->held_row && !list_text_is_blank(state->held->text)) r->cells[i] = state->held, s->repeated[i] = true;
        else if (r->cells[i] && r->cells[i]->kind == SHEET_TEXT && state->last && list_word_is_same_as_above(r->cells[i]->text)) r->cells[i] = state->last,
            s->repeated[i] = true;
        else if (r->cells[i]) state->last = r->cells[i];
    }
}

/* --- what all rows of a column say, before any is read --- */

struct column_sums {
    size_t marks, words, low_dates, high_dates, first_over_12, first_under_13;
    size_t letters_m, letters_f, letters_h; /* of sexes; f: F, W */
    size_t names, commas; /* names; those with a comma behind the first word or two */
};

static void sum_cell(const struct list_use *use, const struct sheet_cell *cell, struct column_sums *sums)
{
    struct list_day day;
    bool mark, is_day;
    if (use->field->kind == LIST_NAME) {
        sums->names++;
        sums->commas += list_name_comma(cell->text) > 0;
    } else if (use->field->kind == LIST_SEX && use->part == LIST_PART_ALL) {
        const char *p = cell->text + strspn(cell->text, " ");
        if (*p && p[1 + strspn(p + 1, " .")]) return;
        sums->letters_m += (*p | 32) == 'm';
        sums->letters_f += (*p | 32) == 'f' || (*p | 32) == 'w';
        sums->letters_h += (*p | 32) == 'h';
    } else if (use->field->kind == LIST_YES_NO || use->part == LIST_PART_MARK) {
        if (cell->kind == SHEET_YES_NO || list_text_is_blank(cell->text)) return;
        enum list_word word = strlen(cell->text) < 8 ? list_word_yes_no(cell->text + strspn(cell->text, " "), &mark) : LIST_WORD_OTHER;
        if (word == LIST_WORD_YES && mark) sums->marks++;
        else sums->words++;
    } else if (cell->kind == SHEET_DATE) {
        if (!list_day_from_number(cell->number, &day)) return;
        if (day.day <= 12) sums->low_dates++;
        else sums->high_dates++;
    } else if (cell->kind == SHEET_TEXT) {
        enum list_order order = list_day_order(cell->text, &is_day);
        if (order == LIST_DAY_FIRST) sums->first_over_12++;
        else if (is_day && order != LIST_YEAR_FIRST) sums->first_under_13++;
    }
}

static enum err sum_columns(struct list_reader *r)
{
    struct column_sums *sums = arena_array(r->scratch, r->mapping->column_count + 1, sizeof *sums);
    if (!sums) return ERR_NOMEM;
    for (size_t i = 0; i < r->mapping->column_count; i++) {
        const struct list_use *use = &r->mapping->columns[i].use;
        bool day = use->field && use->part == LIST_PART_ALL && (use->field->kind == LIST_DAY || use->field->kind == LIST_DATE);
        bool mark = use->field && (use->part == LIST_PART_MARK || use->field->kind == LIST_YES_NO);
        if (mark && use->field->kind == LIST_SEX && use->value) *(use->value[0] == 'm' ? &r->has_male : &r->has_female) = true;
        bool other = use->field && !mark && (use->field->kind == LIST_SEX || (use->field->kind == LIST_NAME && strcmp(use->field->code, "name") == 0));
        for (size_t p = 0; (day || mark || other) && p < r->mapping->place_count; p++) {
            const struct list_place *place = &r->mapping->places[p];
            const struct sheet *sheet = &r->book->sheets[place->sheet];
            uint32_t at = list_place_column(r->mapping, p, i);
            for (size_t k = 0; place->taken && k < sheet->count; k++) {
                const struct sheet_cell *cell = r->kinds[p][k] == ROW_DATA ? sheet_row_cell(&sheet->rows[k], at) : NULL;
                if (cell) sum_cell(use, cell, &sums[i]);
            }
        }
        r->states[i].family_comma = sums[i].commas * 10 >= sums[i].names * 6 && sums[i].commas >= 2;
        r->states[i].sex_letters = sums[i].letters_m + sums[i].letters_f + sums[i].letters_h > 0;
        r->states[i].m_is_woman = sums[i].letters_h && sums[i].letters_m && !sums[i].letters_f;
        r->states[i].marks_only = sums[i].marks && sums[i].words * 20 <= sums[i].marks;
        r->states[i].maybe_swapped = sums[i].low_dates >= SWAPPED_LEAST && !sums[i].high_dates && sums[i].first_over_12 >= SWAPPED_LEAST && !sums[i].first_under_13;
    }
    return OK;
}

/* --- rows --- */

/* What is told of a row is not what stands in a column of something sensitive. */
static enum err hide_sensitive(struct sheet_reading *s, struct sheet_row *row)
{
    struct sheet_cell *cells = NULL;
    for (size_t i = 0; i < row->count; i++) {
        uint32_t at = row->cells[i].column;
        uint16_t column = at < s->column_count ? s->columns[at] : 0;
        const struct list_field *field = column ? s->r->mapping->columns[column - 1].use.field : NULL;
        if (!field || !field->attribute || !field->attribute->sensitive || list_text_is_blank(row->cells[i].text)) continue;
        if (!cells && !(cells = arena_memdup(s->r->scratch, row->cells, row->count * sizeof *cells))) return ERR_NOMEM;
        cells[i].text = "•••";
        row->cells = cells;
    }
    return OK;
}

static enum err pass_over(struct sheet_reading *s, const struct sheet_row *row, enum list_passed_why why, struct list_table *table, size_t *capacity)
{
    struct list_reader *r = s->r;
    struct list_passed *passed = (struct list_passed *)(uintptr_t)table->passed;
    if (arena_grow(r->arena, &passed, capacity, table->passed_count, sizeof *passed) != 0) return ERR_NOMEM;
    table->passed = passed;
    struct sheet_row told = *row;
    bool above = why == LIST_PASSED_TITLE || why == LIST_PASSED_HEADER || why == LIST_PASSED_SECTION;
    const char *text = above || hide_sensitive(s, &told) == OK ? list_row_text(r->arena, &told) : NULL;
    if (!text) return ERR_NOMEM;
    passed[table->passed_count++] = (struct list_passed){.place = (uint32_t)r->place, .row = row->number, .why = why, .text = text};
    if (why != LIST_PASSED_SECTION || r->mapping->ways.units != LIST_UNITS_SECTIONS) return OK;
    r->section_row = row->number;
    return list_section_name(r->arena, text, &r->section);
}

static enum err read_sheet(struct sheet_reading *s, struct list_table *table, size_t *passed_capacity)
{
    struct list_reader *r = s->r;
    struct list_record *records = (struct list_record *)(uintptr_t)table->records;
    for (size_t i = 0; i < s->sheet->count; i++) {
        const struct sheet_row *row = &s->sheet->rows[i];
        uint8_t kind = r->kinds[r->place][i];
        if (i % 32 == 0) arena_clear(r->scratch);
        if (kind == ROW_SKIPPED) continue;
        enum err e = OK;
        if (kind != ROW_DATA) {
            e = pass_over(s, row, (enum list_passed_why)kind, table, passed_capacity);
        } else {
            r->row = row;
            place_cells(s, row);
            e = list_record_read(r, s->repeated, r->name_columns[r->place], &records[table->count]);
            table->count += e == OK;
        }
        if (e != OK) return e;
    }
    return OK;
}

static bool is_blank(const struct sheet_row *row)
{
    for (size_t k = 0; k < row->count; k++)
        if (!list_text_is_blank(row->cells[k].text)) return false;
    return true;
}

/* All rows of a place, judged once. */
static enum err judge_rows(struct list_reader *r, struct arena *own, size_t p)
{
    const struct list_place *place = &r->mapping->places[p];
    const struct sheet *sheet = &r->book->sheets[place->sheet];
    struct list_rows rows;
    uint8_t *kinds = r->kinds[p] = arena_alloc(own, sheet->count + 1);
    if (!kinds || list_rows_of(r->known, own, sheet, r->mapping, p, &rows) != OK) return ERR_NOMEM;
    r->name_columns[p] = rows.name;
    for (size_t i = 0; i < sheet->count; i++) {
        const struct sheet_row *row = &sheet->rows[i];
        enum list_row_kind kind = LIST_ROW_PASSED;
        enum list_passed_why why = LIST_PASSED_EMPTY;
        if (i % 64 == 0) arena_clear(r->scratch);
        bool header = place->header_first && row->number >= place->header_first && row->number <= place->header_last;
        if (row->number < place->data_first) why = LIST_PASSED_TITLE;
        else if (place->data_last && row->number > place->data_last) why = LIST_PASSED_NOTE;
        else if (list_row_judge(&rows, r->scratch, row, &kind, &why) != OK) return ERR_NOMEM;
        kinds[i] = kind == LIST_ROW_DATA ? ROW_DATA : header || is_blank(row) ? ROW_SKIPPED : (uint8_t)why;
    }
    return OK;
}

static enum err read_all(struct list_reader *r, struct arena *own, struct list_table *ret)
{
    struct list_table table = {.count = 0};
    size_t rows = 0, passed_capacity = 0, columns = r->mapping->column_count;
    for (size_t i = 0; i < r->mapping->place_count; i++) rows += r->mapping->places[i].taken ? r->book->sheets[r->mapping->places[i].sheet].count : 0;
    struct list_record *records = arena_array(r->arena, rows + 1, sizeof *records);
    r->states = arena_array(own, columns + 1, sizeof *r->states);
    r->cells = arena_array(own, columns + 1, sizeof *r->cells);
    r->slots = arena_array(own, r->known->field_count + 1, sizeof *r->slots);
    bool *repeated = arena_array(own, columns + 1, sizeof *repeated);
    r->kinds = arena_array(own, r->mapping->place_count + 1, sizeof *r->kinds);
    r->name_columns = arena_array(own, r->mapping->place_count + 1, sizeof *r->name_columns);
    if (!r->kinds || !r->name_columns || !records || !r->states || !r->cells || !r->slots || !repeated) return ERR_NOMEM;
    table.records = records;
    for (size_t i = 0; i <= columns; i++) r->states[i].memo.arena = own;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < r->mapping->place_count; i++)
        if (r->mapping->places[i].taken) e = judge_rows(r, own, i);
    if (e == OK) e = sum_columns(r);
    for (size_t i = 0; e == OK && i < r->mapping->place_count; i++) {
        const struct list_place *place = &r->mapping->places[i];
        if (!place->taken) continue;
        struct sheet_reading s = {.r = r, .sheet = &r->book->sheets[place->sheet], .repeated = repeated};
        r->place = i;
        r->section = NULL;
        for (size_t k = 0; k < columns; k++) r->states[k].held = r->states[k].last = NULL;
        e = find_columns(&s, own);
        if (e == OK) e = read_sheet(&s, &table, &passed_capacity);
    }
    if (e == OK) *ret = table;
    return e;
}

/* The same mapping with the fields of this vocabulary: it may have been made with another one. */
static enum err own_mapping(const struct list_known *known, const struct list_mapping *mapping, struct arena *arena, struct list_mapping *ret)
{
    *ret = *mapping;
    ret->columns = arena_array(arena, mapping->column_count + 1, sizeof *ret->columns);
    if (!ret->columns) return ERR_NOMEM;
    for (size_t i = 0; i < mapping->column_count; i++) {
        ret->columns[i] = mapping->columns[i];
        struct list_use *use = &ret->columns[i].use;
        if (use->field) use->field = list_known_field(known, use->field->code);
    }
    return OK;
}

enum err list_read(const struct list_known *known, const struct sheet_book *book, const struct list_mapping *mapping, struct arena *arena, struct list_table *ret,
                   struct fault *fault)
{
    struct arena own = {0}, scratch = {0};
    enum err e = list_mapping_check(mapping, known, fault);
    if (e != OK) return e;
    for (size_t i = 0; i < mapping->place_count; i++)
        if (mapping->places[i].taken && mapping->places[i].sheet >= book->count)
            return fault_because(fault, ERR_INPUT, "list_no_sheet", NULL, "the book has no sheet number %u", mapping->places[i].sheet + 1);
    struct list_mapping own_one;
    struct list_reader r = {.known = known, .book = book, .mapping = &own_one, .arena = arena, .scratch = &scratch, .seen_codes = {.arena = &own}};
    e = own_mapping(known, mapping, &own, &own_one);
    if (e == OK) e = read_all(&r, &own, ret);
    arena_release(&scratch);
    arena_release(&own);
    return e == ERR_NOMEM ? fault_set(fault, ERR_NOMEM, "not enough memory") : e;
}
