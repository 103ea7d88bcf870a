#include "core/congress/list_import/list_wrong.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/export/export.h"
#include "core/congress/list_import/private.h"
#include "core/sheet/sheet_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS_MOST 202

struct wronging {
    struct list_import *m;
    const struct list_wrong_wish *wish;
    struct sheet_writer *writer;
    struct buf csv;
    struct arena arena;
    size_t next;    /* of the import's rows: told in their order */
    uint32_t place; /* whose sheet is open; UINT32_MAX: none */
    size_t count;
    bool with_unit;
    struct fault *fault;
    enum err error;
};

/* A heading that the recogniser of lists knows and never takes, whatever stands in parentheses. */
static const char *note_heading(const char *language)
{
    if (text_is_of_language(language, "vi")) return "Ghi chú (cần sửa)";
    if (text_is_of_language(language, "pt")) return "Observações (a corrigir)";
    return text_is_of_language(language, "ar") ? "ملاحظات (للتصحيح)" : "Notes (to put right)";
}

static uint32_t column_at(const struct list_import *m, uint32_t place, size_t index)
{
    const struct list_place *p = &m->mapping.places[place];
    return p->at ? p->at[index] : m->mapping.columns[index].column;
}

static bool is_hidden(const struct wronging *w, size_t index)
{
    const struct list_field *field = w->m->mapping.columns[index].use.field;
    return field && field->attribute && field->attribute->sensitive && !w->wish->sensitive;
}

static size_t width(const struct wronging *w)
{
    return w->m->mapping.column_count < COLUMNS_MOST - 2 ? w->m->mapping.column_count : COLUMNS_MOST - 2;
}

/* --- a sheet ------------------------------------------------------------------------------------------------------------------------------------ */

static enum err begin_sheet(struct wronging *w, uint32_t place)
{
    struct list_import *m = w->m;
    size_t n = width(w);
    bool has_sheets;
    const struct list_form *mark = m->sheet_marks[m->mapping.places[place].sheet];
    const char *file = import_place_file(m, place, &has_sheets), *above[2] = {file, mark ? list_form_text(&w->arena, mark) : NULL};
    struct sheet_column *columns = arena_array(&w->arena, n + 1, sizeof *columns);
    if (!columns || (mark && !above[1])) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) columns[i] = (struct sheet_column){.title = m->mapping.columns[i].heading, .kind = SHEET_TEXT};
    columns[n] = (struct sheet_column){.title = note_heading(w->wish->language), .kind = SHEET_TEXT, .wrap = true, .width = 60};
    const char *name = mark ? mark->unit : *m->mapping.places[place].name ? m->mapping.places[place].name : "1";
    const struct sheet_plan plan = {.name = name, .above = above, .above_count = mark ? 2 : 1, .columns = columns, .count = n + 1,
                                    .right_to_left = text_is_right_to_left(w->wish->language)};
    w->place = place;
    return sheet_writer_sheet(w->writer, &plan, w->fault);
}

static bool is_flawed(const struct list_row *row, uint32_t column)
{
    for (size_t i = 0; i < row->record->flaw_count; i++)
        if (row->record->flaws[i].row == row->record->row && row->record->flaws[i].column == column) return true;
    for (size_t i = 0; i < row->flaw_count; i++)
        if (row->flaws[i].row == row->record->row && row->flaws[i].column == column) return true;
    return false;
}

/* What stands there, so that it is read again as what it was. */
static struct sheet_value value_of(const struct sheet_cell *cell)
{
    char plain[40];
    if (!cell) return (struct sheet_value){.kind = SHEET_EMPTY};
    (void)snprintf(plain, sizeof plain, "%.15g", cell->number);
    bool number = cell->kind == SHEET_NUMBER && strcmp(plain, cell->text) == 0, day = cell->kind == SHEET_DATE && floor(cell->number) == cell->number;
    if (number || day || cell->kind == SHEET_YES_NO) return (struct sheet_value){.kind = cell->kind, .number = cell->number};
    return (struct sheet_value){.kind = SHEET_TEXT, .text = cell->text};
}

static enum err put_book_row(struct wronging *w, const struct list_row *row, const char *words)
{
    struct list_import *m = w->m;
    struct sheet_value values[COLUMNS_MOST];
    uint32_t place = row->record->place;
    size_t n = width(w);
    const struct sheet_row *source = sheet_find_row(&m->book.sheets[m->mapping.places[place].sheet], row->record->row);
    enum err e = w->place == place ? OK : begin_sheet(w, place);
    for (size_t i = 0; e == OK && i < n; i++) {
        uint32_t at = column_at(m, place, i);
        const struct sheet_cell *cell = source && at != UINT32_MAX && !is_hidden(w, i) ? sheet_row_cell(source, at) : NULL;
        values[i] = value_of(cell);
        if (is_flawed(row, at)) values[i].style = SHEET_STYLE_MARKED;
    }
    values[n] = (struct sheet_value){.kind = SHEET_TEXT, .text = words};
    return e == OK ? sheet_writer_row(w->writer, values, n + 1, w->fault) : e;
}

/* --- CSV: all of it in one table ------------------------------------------------------------------------------------------------------------------- */

static void put_csv_head(struct wronging *w)
{
    buf_puts(&w->csv, "\xef\xbb\xbf");
    for (size_t i = 0; i < width(w); i++) {
        buf_put_csv(&w->csv, w->m->mapping.columns[i].heading);
        buf_putc(&w->csv, ',');
    }
    if (w->with_unit) {
        buf_put_csv(&w->csv, export_heading("unit", w->wish->language));
        buf_putc(&w->csv, ',');
    }
    buf_put_csv(&w->csv, note_heading(w->wish->language));
    buf_puts(&w->csv, "\r\n");
}

static void put_csv_row(struct wronging *w, const struct list_row *row, const char *words)
{
    struct list_import *m = w->m;
    uint32_t place = row->record->place, sheet = m->mapping.places[place].sheet;
    const struct sheet_row *source = sheet_find_row(&m->book.sheets[sheet], row->record->row);
    if (w->count == 0) put_csv_head(w);
    for (size_t i = 0; i < width(w); i++) {
        uint32_t at = column_at(m, place, i);
        const struct sheet_cell *cell = source && at != UINT32_MAX && !is_hidden(w, i) ? sheet_row_cell(source, at) : NULL;
        buf_put_csv(&w->csv, cell ? cell->text : "");
        buf_putc(&w->csv, ',');
    }
    if (w->with_unit) {
        buf_put_csv(&w->csv, m->sheet_marks[sheet] ? m->sheet_marks[sheet]->unit : "");
        buf_putc(&w->csv, ',');
    }
    buf_put_csv(&w->csv, words);
    buf_puts(&w->csv, "\r\n");
}

/* --- all -------------------------------------------------------------------------------------------------------------------------------------------- */

static bool take_line(void *context, enum list_row_kind kind, const char *text, size_t length)
{
    struct wronging *w = context;
    const struct list_row *row = &w->m->rows[w->next++];
    json_t *json = NULL;
    if ((kind != LIST_ROW_WRONG && kind != LIST_ROW_DOUBTFUL) || !row->record) return true;
    struct arena scratch = {0};
    w->error = json_read(text, length, &json, NULL);
    const char *words = w->error == OK ? w->wish->words(w->wish->context, &scratch, json) : NULL;
    if (w->error == OK && !words) w->error = ERR_NOMEM;
    if (w->error == OK && w->wish->csv) put_csv_row(w, row, words);
    else if (w->error == OK) w->error = put_book_row(w, row, words);
    w->count++;
    json_decref(json);
    arena_release(&scratch);
    return w->error == OK;
}

static void look_for_units(struct wronging *w)
{
    bool has_unit = false;
    for (size_t i = 0; i < w->m->book.count; i++) w->with_unit = w->with_unit || w->m->sheet_marks[i];
    for (size_t i = 0; i < w->m->mapping.column_count; i++) {
        const struct list_field *field = w->m->mapping.columns[i].use.field;
        has_unit = has_unit || (field && strcmp(field->code, "unit") == 0);
    }
    w->with_unit = w->with_unit && !has_unit;
}

enum err list_import_write_wrong(struct list_import *m, const struct list_wrong_wish *wish, const char *path, struct fault *fault)
{
    struct wronging w = {.m = m, .wish = wish, .place = UINT32_MAX, .fault = fault};
    buf_init(&w.csv, BUF_LIMIT_FILE);
    look_for_units(&w);
    enum err e = wish->csv ? OK : sheet_writer_open(path, clock_now_ms(), &w.writer, fault);
    if (e == OK) e = list_import_rows_json(m, take_line, &w);
    if (e == OK) e = w.error;
    if (e == OK && w.count == 0) e = fault_because(fault, ERR_NOT_FOUND, "list_none_wrong", NULL, "no row is wrong or doubtful");
    if (e == OK && wish->csv) e = buf_ok(&w.csv) ? file_write_atomic(path, w.csv.data, w.csv.length, 0600, fault) : ERR_NOMEM;
    else if (e == OK) e = sheet_writer_close(w.writer, fault);
    else sheet_writer_abandon(w.writer);
    buf_release(&w.csv);
    arena_release(&w.arena);
    return e == OK || (fault && fault->text[0]) ? e : fault_set(fault, e, "%s", err_name(e));
}
