#include "core/sheet/sheet_write.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define SHEETS_MOST 255
#define ROWS_MOST 1048576u
#define COLUMNS_MOST 1024u
#define TEXT_MOST 32767u
#define LIST_MOST 200     /* bytes of choices that stand in the rule itself; longer lists get a sheet of their own (the programs' bound is 255 characters) */
#define HINT_MOST 255u
#define LISTS_NAME "_lists" /* the hidden sheet that holds them */
#define STYLES 3
#define READ_RIGHT_TO_LEFT 2 /* ECMA-376, readingOrder */

struct list {
    const char *const *choices; /* copies */
    size_t count;
};

struct sheet_writer {
    struct arena arena, row; /* all of it; one row */
    lxw_workbook *book;
    lxw_worksheet *sheet;
    struct sheet_plan plan;  /* of the sheet that is written; its pointers are good until the first row */
    enum sheet_kind kinds[COLUMNS_MOST];
    lxw_format *formats[COLUMNS_MOST][STYLES];
    uint32_t header, next;   /* rows, from 0 */
    const char *names[SHEETS_MOST];
    size_t sheets;
    struct list *lists;
    size_t list_count, list_capacity;
    char path[4096], temporary[4096 + 24];
};

/* The columns of a pointer's library that it does not change but does not promise either. */
static char *lent(const char *text)
{
    union { const char *from; char *to; } u = {.from = text};
    return u.to;
}

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory for a workbook");
}

/* --- texts --------------------------------------------------------------------------------------------------------------------------------- */

/* UTF-16 units: what the programs count. */
static size_t units(const char *text)
{
    size_t n = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) n += ((*p & 0xC0) != 0x80) + (*p >= 0xF0);
    return n;
}

static bool is_escape(const char *p)
{
    return p[0] == '_' && p[1] == 'x' && strspn(p + 2, "0123456789abcdefABCDEF") >= 4 && p[6] == '_';
}

/* Without control characters, and what looks like an escape of the format (_x000D_) escaped itself. NULL: out of memory. */
static const char *clean(struct arena *arena, const char *text)
{
    bool plain = true;
    for (const char *p = text; *p && plain; p++) plain = ((unsigned char)*p >= ' ' && *p != 0x7F && !is_escape(p)) || *p == '\t' || *p == '\n';
    if (plain) return text;
    char *out = arena_alloc(arena, strlen(text) * 7 + 1);
    size_t n = 0;
    if (!out) return NULL;
    for (const char *p = text; *p; p++) {
        if (((unsigned char)*p < ' ' && *p != '\t' && *p != '\n') || *p == 0x7F) continue;
        if (is_escape(p)) memcpy(out + n, "_x005F", 6), n += 6;
        out[n++] = *p;
    }
    out[n] = '\0';
    return out;
}

/* At most `most` units, cut between characters. */
static const char *cut(struct arena *arena, const char *text, size_t most)
{
    size_t n = 0;
    const char *p = text;
    while (*p) {
        size_t bytes = (unsigned char)*p < 0x80 ? 1 : (unsigned char)*p < 0xE0 ? 2 : (unsigned char)*p < 0xF0 ? 3 : 4, more = bytes == 4 ? 2 : 1;
        if (n + more > most) break;
        n += more;
        p += strnlen(p, bytes);
    }
    return arena_strndup(arena, text, (size_t)(p - text));
}

static bool is_taken(const struct sheet_writer *w, const char *name)
{
    if (strcasecmp(name, LISTS_NAME) == 0 || strcasecmp(name, "History") == 0) return true; /* the second one is the programs' own */
    for (size_t i = 0; i < w->sheets; i++)
        if (strcasecmp(w->names[i], name) == 0) return true;
    return false;
}

/* A name that the programs take. */
static const char *fitting_name(struct sheet_writer *w, const char *wanted)
{
    char *plain = arena_strdup(&w->arena, wanted);
    for (char *p = plain; p && *p; p++)
        if (strchr("[]:*?/\\", *p) || (unsigned char)*p < ' ') *p = '-';
    while (plain && *plain == '\'') plain++;
    const char *name = plain && *plain ? cut(&w->arena, plain, SHEET_NAME_MOST) : arena_strdup(&w->arena, "-");
    size_t length = name ? strlen(name) : 0;
    if (length && name[length - 1] == '\'') name = arena_printf(&w->arena, "%.*s-", (int)length - 1, name);
    for (int i = 2; name && is_taken(w, name); i++) {
        const char *shorter = cut(&w->arena, plain, SHEET_NAME_MOST - 6);
        name = shorter ? arena_printf(&w->arena, "%s (%d)", shorter, i) : NULL;
    }
    return name;
}

/* --- opening -------------------------------------------------------------------------------------------------------------------------------- */

enum err sheet_writer_open(const char *path, int64_t made_ms, struct sheet_writer **ret, struct fault *fault)
{
    struct arena arena = {0};
    struct sheet_writer *w = arena_alloc(&arena, sizeof *w);
    if (!w) return no_memory(fault);
    int n = snprintf(w->path, sizeof w->path, "%s", path);
    int m = snprintf(w->temporary, sizeof w->temporary, "%s.%d.part", path, (int)getpid());
    const char *folder = file_folder(&arena, path);
    if (!folder || n < 0 || (size_t)n >= sizeof w->path || m < 0 || (size_t)m >= sizeof w->temporary) {
        arena_release(&arena);
        return fault_set(fault, folder ? ERR_LIMIT : ERR_NOMEM, "the path of a workbook is too long");
    }
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = lent(folder)};
    w->book = workbook_new_opt(w->temporary, &options);
    if (!w->book) {
        arena_release(&arena);
        return no_memory(fault);
    }
    lxw_doc_properties properties = {.created = (time_t)(made_ms / 1000)};
    (void)workbook_set_properties(w->book, &properties);
    w->arena = arena;
    *ret = w;
    return OK;
}

void sheet_writer_abandon(struct sheet_writer *w)
{
    if (!w) return;
    lxw_workbook_free(w->book);
    (void)unlink(w->temporary);
    arena_release(&w->row);
    struct arena all = w->arena; /* the writer lies in it */
    arena_release(&all);
}

/* --- a sheet -------------------------------------------------------------------------------------------------------------------------------- */

static lxw_format *make_format(struct sheet_writer *w, const struct sheet_column *column, enum sheet_style style)
{
    lxw_format *f = workbook_add_format(w->book);
    if (!f) return NULL;
    if (column->kind == SHEET_DATE) format_set_num_format(f, w->plan.date_format ? w->plan.date_format : "dd/mm/yyyy");
    else if (column->kind == SHEET_TEXT) format_set_num_format(f, "@");
    if (w->plan.protect && !column->locked) format_set_unlocked(f);
    if (column->wrap) format_set_text_wrap(f);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (style == SHEET_STYLE_BOLD) format_set_bold(f);
    if (style == SHEET_STYLE_MARKED) format_set_bg_color(f, 0xFFF2CC);
    if (w->plan.protect && column->locked) format_set_bg_color(f, 0xEEEEEE);
    return f;
}

static double width_of(const struct sheet_column *column)
{
    double wanted = (double)text_length(column->title ? column->title : "") + 3;
    if (column->width > 0) return column->width > 255 ? 255 : column->width;
    if (column->kind == SHEET_DATE && wanted < 12) wanted = 12;
    return wanted < 8 ? 8 : wanted > 40 ? 40 : wanted;
}

static enum err make_columns(struct sheet_writer *w, struct fault *fault)
{
    for (size_t i = 0; i < w->plan.count; i++) {
        const struct sheet_column *column = &w->plan.columns[i];
        w->kinds[i] = column->kind;
        for (int style = 0; style < STYLES; style++)
            if (!(w->formats[i][style] = make_format(w, column, (enum sheet_style)style))) return no_memory(fault);
        (void)worksheet_set_column(w->sheet, (lxw_col_t)i, (lxw_col_t)i, width_of(column), w->formats[i][SHEET_STYLE_PLAIN]);
    }
    return OK;
}

static enum err write_above(struct sheet_writer *w, struct fault *fault)
{
    lxw_format *large = workbook_add_format(w->book), *small = workbook_add_format(w->book);
    if (!large || !small) return no_memory(fault);
    format_set_bold(large);
    format_set_font_size(large, 14);
    format_set_num_format(large, "@");
    format_set_num_format(small, "@");
    if (w->plan.right_to_left) format_set_reading_order(large, READ_RIGHT_TO_LEFT), format_set_reading_order(small, READ_RIGHT_TO_LEFT);
    for (size_t i = 0; i < w->plan.above_count; i++) {
        const char *text = clean(&w->arena, w->plan.above[i]), *kept = text ? cut(&w->arena, text, TEXT_MOST) : NULL;
        if (!kept || (*kept && worksheet_write_string(w->sheet, (lxw_row_t)i, 0, kept, i ? small : large) != LXW_NO_ERROR)) return no_memory(fault);
    }
    return OK;
}

static enum err write_header(struct sheet_writer *w, struct fault *fault)
{
    lxw_format *f = workbook_add_format(w->book);
    if (!f) return no_memory(fault);
    format_set_bold(f);
    format_set_text_wrap(f);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    format_set_bg_color(f, 0xDCE6F1);
    format_set_border(f, LXW_BORDER_THIN);
    format_set_num_format(f, "@");
    if (w->plan.right_to_left) format_set_reading_order(f, READ_RIGHT_TO_LEFT);
    for (size_t i = 0; i < w->plan.count; i++) {
        const char *text = clean(&w->arena, w->plan.columns[i].title ? w->plan.columns[i].title : ""), *kept = text ? cut(&w->arena, text, TEXT_MOST) : NULL;
        if (!kept || worksheet_write_string(w->sheet, w->header, (lxw_col_t)i, kept, f) != LXW_NO_ERROR) return no_memory(fault);
    }
    return OK;
}

static void make_page(struct sheet_writer *w)
{
    uint32_t frozen = w->plan.frozen_columns > w->plan.count ? (uint32_t)w->plan.count : w->plan.frozen_columns;
    worksheet_freeze_panes(w->sheet, w->header + 1, (lxw_col_t)frozen);
    worksheet_set_paper(w->sheet, 9); /* A4 */
    worksheet_set_landscape(w->sheet);
    worksheet_fit_to_pages(w->sheet, 1, 0);
    (void)worksheet_repeat_rows(w->sheet, w->header, w->header);
    if (w->plan.right_to_left) worksheet_right_to_left(w->sheet);
    if (w->plan.hidden) worksheet_hide(w->sheet);
    if (!w->plan.protect) return;
    lxw_protection open = {.format_columns = LXW_TRUE, .format_rows = LXW_TRUE, .sort = LXW_TRUE, .autofilter = LXW_TRUE};
    worksheet_protect(w->sheet, NULL, &open);
}

/* --- checks ---------------------------------------------------------------------------------------------------------------------------------- */

/* Where a long list stands: "_lists!$B$1:$B$1500". */
static const char *keep_list(struct sheet_writer *w, const struct sheet_column *column)
{
    char address[SHEET_ADDRESS_SIZE];
    const char **copies = arena_array(&w->arena, column->choice_count, sizeof *copies);
    if (!copies || w->list_count >= COLUMNS_MOST || arena_grow(&w->arena, &w->lists, &w->list_capacity, w->list_count, sizeof *w->lists) != 0) return NULL;
    for (size_t i = 0; i < column->choice_count; i++) {
        const char *text = clean(&w->arena, column->choices[i]);
        if (!text || !(copies[i] = cut(&w->arena, text, TEXT_MOST))) return NULL;
    }
    for (size_t k = 0; k < w->list_count; k++) { /* forms of many sheets choose from the same units */
        bool same = w->lists[k].count == column->choice_count;
        for (size_t i = 0; same && i < column->choice_count; i++) same = strcmp(w->lists[k].choices[i], copies[i]) == 0;
        if (same) return arena_printf(&w->arena, "%s!$%s$1:$%s$%zu", LISTS_NAME, sheet_cell_address(0, (uint32_t)k, address), address, column->choice_count);
    }
    w->lists[w->list_count++] = (struct list){.choices = copies, .count = column->choice_count};
    (void)sheet_cell_address(0, (uint32_t)w->list_count - 1, address);
    return arena_printf(&w->arena, "%s!$%s$1:$%s$%zu", LISTS_NAME, address, address, column->choice_count);
}

/* Whether a list is short, and holds no comma, which would divide it. */
static bool is_short(const struct sheet_column *column)
{
    size_t length = 0;
    for (size_t i = 0; i < column->choice_count; i++) {
        if (strpbrk(column->choices[i], ",\"&<>_") || !*column->choices[i]) return false;
        length += strlen(column->choices[i]) + 1;
    }
    return length <= LIST_MOST;
}

static lxw_datetime as_datetime(double days)
{
    lxw_datetime t = {0};
    clock_civil_from_days((int64_t)floor(days), &t.year, &t.month, &t.day);
    return t;
}

/* Puts the range into the rule that was added last. */
static enum err point_at_list(const struct sheet_writer *w, const char *where)
{
    lxw_data_val_obj *last = NULL, *rule;
    STAILQ_FOREACH(rule, w->sheet->data_validations, list_pointers) last = rule;
    char *own = strdup(where); /* the library frees it */
    if (!last || !own) {
        free(own);
        return ERR_NOMEM;
    }
    free(last->value_formula);
    last->value_formula = own;
    return OK;
}

/* False: anything may stand in the column. *ret_list: where the choices stand, when not in the rule itself; *ret_short: no memory. */
static bool make_rule(struct sheet_writer *w, const struct sheet_column *column, lxw_data_validation *rule, const char **ret_list, bool *ret_short)
{
    bool bounded = column->least < column->most || column->least > column->most || column->most < 0 || column->most > 0;
    rule->criteria = column->choice_count ? LXW_VALIDATION_CRITERIA_NONE : LXW_VALIDATION_CRITERIA_BETWEEN;
    if (column->choice_count && is_short(column)) {
        char **list = arena_array(&w->arena, column->choice_count + 1, sizeof *list);
        for (size_t i = 0; list && i < column->choice_count; i++) list[i] = lent(column->choices[i]);
        rule->validate = LXW_VALIDATION_TYPE_LIST;
        rule->value_list = list;
        *ret_short = list == NULL;
    } else if (column->choice_count) {
        static const char *const stand_in[] = {"-", NULL};
        union { const char *const *from; char **to; } u = {.from = stand_in};
        rule->validate = LXW_VALIDATION_TYPE_LIST; /* of the kind for ranges the library loses a copy each time (1.1.4): point_at_list says where it is */
        rule->value_list = u.to;
        *ret_list = keep_list(w, column);
        *ret_short = *ret_list == NULL;
    } else if (column->kind == SHEET_DATE) {
        rule->validate = LXW_VALIDATION_TYPE_DATE;
        rule->minimum_datetime = as_datetime(bounded ? column->least : -25508); /* 1900-03-01, before which the programs count wrongly */
        rule->maximum_datetime = as_datetime(bounded ? column->most : 2932896);
    } else if (column->kind == SHEET_NUMBER && bounded) {
        rule->validate = LXW_VALIDATION_TYPE_DECIMAL;
        rule->minimum_number = column->least;
        rule->maximum_number = column->most;
    } else if (column->kind == SHEET_TEXT && bounded) {
        rule->validate = LXW_VALIDATION_TYPE_LENGTH;
        rule->minimum_number = column->least;
        rule->maximum_number = column->most;
    } else if (column->hint) {
        rule->validate = LXW_VALIDATION_TYPE_ANY;
        rule->criteria = LXW_VALIDATION_CRITERIA_NONE;
    } else {
        return false;
    }
    return true;
}

static enum err make_checks(struct sheet_writer *w, struct fault *fault)
{
    uint64_t last = (uint64_t)w->header + w->plan.empty_rows;
    if (last >= ROWS_MOST) last = ROWS_MOST - 1;
    for (size_t i = 0; w->plan.empty_rows && i < w->plan.count; i++) {
        const struct sheet_column *column = &w->plan.columns[i];
        lxw_data_validation rule = {.ignore_blank = LXW_VALIDATION_ON, .show_input = LXW_VALIDATION_ON, .show_error = LXW_VALIDATION_ON, .dropdown = LXW_VALIDATION_ON};
        bool is_out = false;
        const char *list = NULL;
        if (!make_rule(w, column, &rule, &list, &is_out)) continue;
        const char *hint = column->hint ? cut(&w->arena, column->hint, HINT_MOST) : NULL;
        if (is_out || (column->hint && !hint)) return no_memory(fault);
        rule.input_message = lent(hint);
        rule.error_message = rule.validate == LXW_VALIDATION_TYPE_ANY ? NULL : lent(hint);
        lxw_error code = worksheet_data_validation_range(w->sheet, w->header + 1, (lxw_col_t)i, (lxw_row_t)last, (lxw_col_t)i, &rule);
        if (code != LXW_NO_ERROR) return fault_set(fault, ERR_BUG, "a check of a form cannot be written: %s", lxw_strerror(code));
        if (list && point_at_list(w, list) != OK) return no_memory(fault);
    }
    return OK;
}

enum err sheet_writer_sheet(struct sheet_writer *w, const struct sheet_plan *plan, struct fault *fault)
{
    if (w->sheets >= SHEETS_MOST) return fault_set(fault, ERR_LIMIT, "more than %d sheets in one workbook", SHEETS_MOST);
    if (plan->count == 0 || plan->count > COLUMNS_MOST) return fault_set(fault, ERR_LIMIT, "a sheet of %zu columns (1 to %u)", plan->count, COLUMNS_MOST);
    const char *name = fitting_name(w, plan->name ? plan->name : "");
    if (!name) return no_memory(fault);
    w->sheet = workbook_add_worksheet(w->book, name);
    if (!w->sheet) return fault_set(fault, ERR_IO, "the sheet \"%s\" cannot be begun (no room for temporary files?)", name);
    w->names[w->sheets++] = name;
    w->plan = *plan;
    w->header = (uint32_t)plan->above_count;
    w->next = w->header + 1;
    enum err e = make_columns(w, fault);
    if (e == OK) e = write_above(w, fault);
    if (e == OK) e = write_header(w, fault);
    if (e != OK) return e;
    make_page(w);
    if (plan->filter) (void)worksheet_autofilter(w->sheet, w->header, 0, w->header, (lxw_col_t)(plan->count - 1)); /* the programs go on to the last row by themselves */
    return make_checks(w, fault);
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------------------ */

static lxw_error write_date(struct sheet_writer *w, lxw_col_t column, double days, lxw_format *format)
{
    if (days >= -25508 && days < 2932897) return worksheet_write_number(w->sheet, w->next, column, days + 25569, format);
    int year, month, day;
    char text[32];
    clock_civil_from_days((int64_t)floor(days), &year, &month, &day);
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    return worksheet_write_string(w->sheet, w->next, column, text, format);
}

static lxw_error write_value(struct sheet_writer *w, lxw_col_t column, const struct sheet_value *value)
{
    lxw_format *format = w->formats[column][value->style < STYLES ? value->style : SHEET_STYLE_PLAIN];
    const char *text;
    switch (value->kind) {
    case SHEET_NUMBER: return isfinite(value->number) ? worksheet_write_number(w->sheet, w->next, column, value->number, format) : LXW_ERROR_PARAMETER_VALIDATION;
    case SHEET_DATE: return isfinite(value->number) ? write_date(w, column, value->number, format) : LXW_ERROR_PARAMETER_VALIDATION;
    case SHEET_YES_NO: return worksheet_write_boolean(w->sheet, w->next, column, value->number > 0, format);
    case SHEET_TEXT:
        if (!value->text || !*value->text) break;
        text = clean(&w->row, value->text);
        if (!text) return LXW_ERROR_MEMORY_MALLOC_FAILED;
        if (units(text) > TEXT_MOST) return LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED;
        return *text ? worksheet_write_string(w->sheet, w->next, column, text, format) : LXW_NO_ERROR;
    default: break;
    }
    return value->style != SHEET_STYLE_PLAIN ? worksheet_write_blank(w->sheet, w->next, column, format) : LXW_NO_ERROR;
}

enum err sheet_writer_row(struct sheet_writer *w, const struct sheet_value *values, size_t count, struct fault *fault)
{
    char address[SHEET_ADDRESS_SIZE];
    if (!w->sheet) return fault_set(fault, ERR_BUG, "a row without a sheet");
    if (w->next >= ROWS_MOST) return fault_set(fault, ERR_LIMIT, "row %u: a sheet has %u rows at most", w->next + 1, ROWS_MOST);
    arena_clear(&w->row);
    for (size_t i = 0; i < count && i < w->plan.count; i++) {
        lxw_error code = write_value(w, (lxw_col_t)i, &values[i]);
        if (code == LXW_NO_ERROR) continue;
        (void)sheet_cell_address(w->next + 1, (uint32_t)i, address);
        if (code == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) return fault_set(fault, ERR_LIMIT, "cell %s: a text of more than %u characters", address, TEXT_MOST);
        if (code == LXW_ERROR_MEMORY_MALLOC_FAILED) return no_memory(fault);
        return fault_set(fault, ERR_BUG, "cell %s cannot be written: %s", address, lxw_strerror(code));
    }
    w->next++;
    return OK;
}

uint32_t sheet_writer_next_row(const struct sheet_writer *w)
{
    return w->next + 1;
}

/* --- the end --------------------------------------------------------------------------------------------------------------------------------- */

/* Row by row, as all sheets are written: the first choice of each list, the second, … */
static enum err write_lists(struct sheet_writer *w, struct fault *fault)
{
    size_t longest = 0;
    if (w->list_count == 0) return OK;
    lxw_worksheet *sheet = workbook_add_worksheet(w->book, LISTS_NAME);
    if (!sheet) return fault_set(fault, ERR_IO, "the lists of the workbook cannot be written");
    for (size_t k = 0; k < w->list_count; k++)
        if (w->lists[k].count > longest) longest = w->lists[k].count;
    for (size_t i = 0; i < longest && i < ROWS_MOST; i++)
        for (size_t k = 0; k < w->list_count; k++)
            if (i < w->lists[k].count && *w->lists[k].choices[i] &&
                worksheet_write_string(sheet, (lxw_row_t)i, (lxw_col_t)k, w->lists[k].choices[i], NULL) != LXW_NO_ERROR) return no_memory(fault);
    worksheet_hide(sheet);
    return OK;
}

static enum err put_in_place(const struct sheet_writer *w, struct fault *fault)
{
    FILE *file = fopen(w->temporary, "re");
    bool good = file && fsync(fileno(file)) == 0 && chmod(w->temporary, 0600) == 0;
    int number = errno;
    if (file) (void)fclose(file);
    if (!good || rename(w->temporary, w->path) != 0) {
        if (good) number = errno;
        return fault_set(fault, err_from_errno(number), "%s cannot be written: %s", w->path, strerror(number));
    }
    struct arena scratch = {0};
    const char *folder = file_folder(&scratch, w->path);
    enum err e = folder ? file_sync_directory(folder) : ERR_NOMEM;
    arena_release(&scratch);
    return e == OK ? OK : fault_set(fault, e, "%s cannot be written", w->path);
}

enum err sheet_writer_close(struct sheet_writer *w, struct fault *fault)
{
    enum err e = w->sheets ? write_lists(w, fault) : fault_set(fault, ERR_BUG, "a workbook without a sheet");
    if (e != OK) {
        sheet_writer_abandon(w);
        return e;
    }
    errno = 0;
    lxw_error code = workbook_close(w->book); /* frees it, whatever comes of it */
    int number = errno;
    if (code == LXW_ERROR_MEMORY_MALLOC_FAILED) e = no_memory(fault);
    else if (code != LXW_NO_ERROR && (number == ENOSPC || number == EDQUOT)) e = fault_set(fault, ERR_FULL, "%s: the disk is full", w->path);
    else if (code != LXW_NO_ERROR) e = fault_set(fault, ERR_IO, "%s cannot be written: %s", w->path, lxw_strerror(code));
    else e = put_in_place(w, fault);
    if (e != OK) (void)unlink(w->temporary);
    arena_release(&w->row);
    struct arena all = w->arena;
    arena_release(&all);
    return e;
}
