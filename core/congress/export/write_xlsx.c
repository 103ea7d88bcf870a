/* A workbook of one sheet: what an organiser opens, sorts and prints. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/export/private.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000.0

struct xlsx_sink {
    struct export_sink sink;
    struct sheet_writer *writer;
    struct arena scratch;
};

/* "1980-02-03" is a day of the office program; "1980" stays what it is. */
static struct sheet_value day_value(const char *text)
{
    struct sheet_value value = {.kind = SHEET_TEXT, .text = text};
    char midnight[32];
    int64_t ms;
    if (strlen(text) != 10) return value;
    (void)snprintf(midnight, sizeof midnight, "%sT00:00", text);
    if (zone_parse("UTC", midnight, &ms) != OK) return value;
    return (struct sheet_value){.kind = SHEET_DATE, .number = (double)ms / DAY_MS};
}

/* Moments as the clocks of the event showed them, in a form that sorts. */
static struct sheet_value moment_value(const struct export *x, struct arena *scratch, const char *text)
{
    struct sheet_value value = {.kind = SHEET_TEXT, .text = text};
    struct zone_time t;
    int64_t ms;
    if (clock_parse(text, &ms) != OK || zone_local(x->zone, ms, &t) != OK) return value;
    value.text = arena_printf(scratch, "%04d-%02d-%02d %02d:%02d:%02d", t.year, t.month, t.day, t.hour, t.minute, t.second);
    return value;
}

static struct sheet_value list_value(const struct export *x, struct arena *scratch, const struct export_column *column, const json_t *list)
{
    const char *all = "";
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        const char *word = columns_word(column, json_is_string(item) ? json_string_value(item) : "", x->language);
        all = arena_printf(scratch, "%s%s%s", all ? all : "", i ? ", " : "", word);
    }
    return (struct sheet_value){.kind = SHEET_TEXT, .text = all};
}

struct sheet_value xlsx_value(const struct export *x, struct arena *scratch, const struct export_column *column, const json_t *value)
{
    const char *language = x->language;
    if (json_is_boolean(value)) return (struct sheet_value){.kind = SHEET_TEXT, .text = columns_word(column, json_is_true(value) ? "true" : "false", language)};
    if (json_is_number(value)) return (struct sheet_value){.kind = SHEET_NUMBER, .number = json_number_value(value)};
    if (json_is_array(value)) return list_value(x, scratch, column, value);
    if (!json_is_string(value)) return (struct sheet_value){.kind = SHEET_EMPTY};
    const char *text = json_string_value(value);
    if (column->kind == EXPORT_DAY) return day_value(text);
    if (column->kind == EXPORT_MOMENT) return moment_value(x, scratch, text);
    if (column->kind == EXPORT_WORD || column->kind == EXPORT_CHOICE) text = columns_word(column, text, language);
    return (struct sheet_value){.kind = SHEET_TEXT, .text = text};
}

static enum err put_row(struct export_sink *sink, const json_t *object, struct fault *fault)
{
    struct xlsx_sink *s = (struct xlsx_sink *)sink;
    struct export *x = sink->export;
    struct sheet_value values[EXPORT_COLUMNS_MOST];
    for (size_t i = 0; i < x->count; i++) values[i] = xlsx_value(x, &s->scratch, &x->columns[i], json_object_get(object, x->columns[i].key));
    enum err e = sheet_writer_row(s->writer, values, x->count, fault);
    arena_clear(&s->scratch);
    sink->rows++;
    return e;
}

static enum err begin_sheet(struct xlsx_sink *s, struct fault *fault)
{
    static const char *const names[][4] = {[EXPORT_DELEGATES] = {"Đại biểu", "Delegates", "Delegados", "المندوبون"},
                                           [EXPORT_CHECKINS] = {"Điểm danh", "Check-ins", "Registos", "تسجيل الحضور"},
                                           [EXPORT_MEMBERS] = {"Đoàn viên", "Members", "Membros", "الأعضاء"}};
    const struct export *x = s->sink.export;
    int language = text_is_of_language(x->language, "vi") ? 0 : text_is_of_language(x->language, "pt") ? 2 : text_is_of_language(x->language, "ar") ? 3 : 1;
    struct sheet_column *columns = arena_array(x->arena, x->count, sizeof *columns);
    if (!columns) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < x->count; i++) {
        enum export_kind kind = x->columns[i].kind;
        bool name = strcmp(x->columns[i].key, "name") == 0;
        columns[i] = (struct sheet_column){.title = x->columns[i].title, .kind = kind == EXPORT_DAY ? SHEET_DATE : kind == EXPORT_NUMBER ? SHEET_NUMBER : SHEET_TEXT,
                                           .width = name ? 26 : kind == EXPORT_MOMENT ? 20 : 0};
    }
    const struct sheet_plan plan = {.name = names[x->wish->what][language], .columns = columns, .count = x->count, .right_to_left = text_is_right_to_left(x->language),
                                    .filter = true, .frozen_columns = x->wish->what == EXPORT_CHECKINS ? 0 : 2};
    return sheet_writer_sheet(s->writer, &plan, fault);
}

enum err write_xlsx(struct db *db, struct export *x, const char *path, int64_t *ret_rows, struct fault *fault)
{
    struct xlsx_sink s = {.sink = {.row = put_row, .export = x}};
    enum err e = sheet_writer_open(path, clock_now_ms(), &s.writer, fault);
    if (e != OK) return e;
    e = begin_sheet(&s, fault);
    if (e == OK) e = rows_read(db, x, &s.sink, fault);
    arena_release(&s.scratch);
    if (e != OK) {
        sheet_writer_abandon(s.writer);
        return e;
    }
    e = sheet_writer_close(s.writer, fault);
    if (e == OK) *ret_rows = s.sink.rows;
    return e;
}
