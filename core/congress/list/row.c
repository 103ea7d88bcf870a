/* What a row of a table is: somebody, or one of the rows that offices put between and beneath. */
#include "core/base/text.h"
#include "core/base/text_words.h"
#include "core/congress/list/list_look.h"

#include <stdlib.h>
#include <string.h>

#define LOOKED_AT 600       /* rows that say how full a usual one is */
#define ROW_TEXT_MOST 200

bool list_text_is_blank(const char *text)
{
    while (*text) {
        int32_t c = text_next(&text);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0xA0 && c != 0x3000 && c != 0x200B && c != 0xFEFF) return false;
    }
    return true;
}

const char *list_trimmed(struct arena *arena, const char *text)
{
    const char *start = text, *end = text;
    for (const char *p = text; *p;) {
        const char *at = p;
        int32_t c = text_next(&p);
        bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x200B || c == 0xFEFF;
        if (space && at == start) start = end = p;
        if (!space) end = p;
    }
    return *end ? arena_strndup(arena, start, (size_t)(end - start)) : start;
}

const char *list_cell_text(struct arena *arena, const struct sheet_cell *cell)
{
    if (!cell) return "";
    const char *text = cell->text;
    size_t n = strlen(text);
    bool plain = n && (unsigned char)text[0] > ' ' && (unsigned char)text[n - 1] > ' ' && (unsigned char)text[n - 1] < 0x80 && (unsigned char)text[0] < 0x80;
    return plain ? text : list_trimmed(arena, text);
}

char *list_row_text(struct arena *arena, const struct sheet_row *row)
{
    char text[ROW_TEXT_MOST + 8];
    size_t n = 0;
    for (size_t i = 0; i < row->count && n < ROW_TEXT_MOST; i++) {
        const char *cell = row->cells[i].text;
        if (list_text_is_blank(cell)) continue;
        size_t length = strlen(cell), room = ROW_TEXT_MOST - n;
        if (n) text[n++] = ' ', room = room > 1 ? room - 1 : 0;
        if (length > room) {
            length = room;
            while (length && ((unsigned char)cell[length] & 0xC0) == 0x80) length--;
        }
        memcpy(text + n, cell, length);
        n += length;
    }
    text[n] = '\0';
    return arena_strndup(arena, text, n);
}

/* A number of the list: 1 to 9999999 in digits, also "1." and "01". */
static bool is_serial(const struct sheet_cell *cell)
{
    if (!cell) return false;
    const char *p = cell->text + strspn(cell->text, " ");
    size_t digits = 0;
    for (const char *look = p; text_digit(text_next(&look)) >= 0; p = look) digits++;
    p += strspn(p, ".) ");
    return digits && digits <= 7 && !*p;
}

/* "I", "IV.", "A", "B)", "II.1": how sections are numbered. */
static bool is_section_number(const char *text)
{
    size_t n = strspn(text, "IVXLCDM");
    if (n && n <= 6 && (!text[n] || strchr(".-)/", text[n]))) return true;
    return text[0] >= 'A' && text[0] <= 'Z' && (!text[1] || (strchr(".-)", text[1]) && !text[2]));
}

struct texts {
    size_t filled;            /* cells with something in them */
    size_t others;            /* of these not in the serial's column */
    const char *first;        /* the first text that is no number */
    const char *serial, *name;
    bool has_serial;          /* an arabic number of the list */
};

static enum err gather(const struct list_rows *rows, struct arena *scratch, const struct sheet_row *row, struct texts *ret)
{
    *ret = (struct texts){.serial = "", .name = ""};
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (list_text_is_blank(cell->text)) continue;
        const char *text = list_cell_text(scratch, cell);
        if (!text) return ERR_NOMEM;
        ret->filled++;
        if (cell->column == rows->serial) {
            ret->serial = text;
            ret->has_serial = is_serial(cell);
            if (ret->has_serial || is_section_number(text)) continue;
        }
        ret->others++;
        if (cell->column == rows->name) ret->name = text;
        if (!ret->first && cell->kind == SHEET_TEXT && !is_serial(cell)) ret->first = text;
    }
    if (!ret->first) ret->first = *ret->name ? ret->name : "";
    return OK;
}

/* As many words of headings as other cells. */
static enum err is_header(const struct list_rows *rows, struct arena *scratch, const struct sheet_row *row, bool *ret)
{
    size_t texts = 0, same = 0;
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (list_text_is_blank(cell->text)) continue;
        texts++;
        if (cell->kind != SHEET_TEXT || strlen(cell->text) > 120) continue;
        const char *plain = list_heading_plain(scratch, cell->text);
        if (!plain) return ERR_NOMEM;
        same += map_get(&rows->headings, plain) != NULL;
    }
    *ret = same >= 2 && same * 10 >= texts * 6;
    return OK;
}

/* "(1) (2) (3)", "1 2 3 4", "A B 1 2": the columns' numbers. */
static bool is_numbers(const struct list_rows *rows, const struct sheet_row *row)
{
    long last = -1;
    size_t numbers = 0, letters = 0;
    for (size_t i = 0; i < row->count; i++) {
        const char *p = row->cells[i].text + strspn(row->cells[i].text, " ([");
        if (!*p) continue;
        if (p[0] >= 'A' && p[0] <= 'E' && strspn(p + 1, " )]") == strlen(p + 1)) {
            letters++;
            continue;
        }
        char *end;
        long number = strtol(p, &end, 10);
        if (end == p || number < 0 || number > 200 || (last >= 0 && number != last + 1)) return false;
        if (end[strspn(end, " )]")] && *end != '=' && *end != '.') return false;
        last = number;
        numbers++;
    }
    return numbers >= 3 && (numbers + letters) * 2 >= rows->width && (last == (long)numbers || last == (long)(numbers + letters) || last == (long)numbers - 1);
}

/* Whether `row` lies in one of the spans, which are in order. */
static bool is_within(const struct list_span *spans, size_t count, uint32_t row)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans[middle].first <= row) low = middle + 1;
        else high = middle;
    }
    return low && spans[low - 1].last >= row;
}

static bool spans_wide(const struct list_rows *rows, const struct sheet_row *row) { return is_within(rows->wide, rows->wide_count, row->number); }

static bool is_all_large(const char *text)
{
    size_t letters = 0;
    while (*text) {
        int32_t c = text_next(&text);
        if (text_is_small_letter(c)) return false;
        letters += text_is_letter_or_digit(c) && text_digit(c) < 0;
    }
    return letters >= 3;
}

/* A row that has one text and nothing else, in a table whose rows have many. */
static enum list_passed_why why_alone(struct list_rows *rows, struct arena *scratch, const struct sheet_row *row, const struct texts *t, char word)
{
    struct list_finding found = {.found = LIST_FOUND_NOT};
    if (word == 's') rows->ended = true;
    if (word == 's') return LIST_PASSED_SIGNATURE;
    if (word == 'n') return LIST_PASSED_NOTE;
    bool known = list_terms_find(&rows->known->units, scratch, scratch, t->first, false, &found) == OK && found.found == LIST_FOUND;
    known = known || (list_terms_find(&rows->known->categories, scratch, scratch, t->first, false, &found) == OK && found.found == LIST_FOUND);
    if (known) rows->ended = false;
    if (known) return LIST_PASSED_SECTION;
    if (rows->ended) return LIST_PASSED_SIGNATURE;
    if (is_section_number(t->serial) || is_section_number(t->first) || word == 'g' || spans_wide(rows, row)) return LIST_PASSED_SECTION;
    if (strlen(t->first) < 90 && (is_all_large(t->first) || text_digit((unsigned char)t->first[0]) >= 0)) return LIST_PASSED_SECTION;
    return LIST_PASSED_NOTE;
}

/* Slow: what is not at once seen to be somebody. */
static enum err judge_closely(struct list_rows *rows, struct arena *scratch, const struct sheet_row *row, const struct texts *t, enum list_row_kind *ret,
                              enum list_passed_why *why)
{
    bool header = false, sparse = t->others * 2 <= rows->usual, numbered = rows->serial != LIST_NOT_THERE && rows->serials > 0;
    enum err e = is_header(rows, scratch, row, &header);
    const char *plain = e == OK ? text_fold(scratch, strlen(t->first) > 300 ? "" : t->first) : NULL;
    if (!plain) return ERR_NOMEM;
    char word = list_word_row(plain, t->first);
    bool person = t->has_serial && numbered && *t->name && !strchr("zs", word ? word : 'x');
    *ret = LIST_ROW_PASSED;
    if (header) *why = LIST_PASSED_HEADER;
    else if (is_numbers(rows, row)) *why = LIST_PASSED_NUMBERS;
    else if (t->others == 0) *why = LIST_PASSED_EMPTY;
    else if (word == 'z' && (sparse || !t->has_serial)) *why = LIST_PASSED_TOTAL, rows->ended = true;
    else if (!*t->name && sparse && is_within(rows->beneath, rows->beneath_count, row->number)) *why = LIST_PASSED_CONTINUED;
    else if (person && !rows->ended) *ret = LIST_ROW_DATA;
    else if (t->others == 1 && rows->usual >= 3 && !t->has_serial) *why = why_alone(rows, scratch, row, t, word);
    else if (sparse && word == 's' && !t->has_serial) *why = LIST_PASSED_SIGNATURE, rows->ended = true;
    else if (sparse && word == 'n' && !t->has_serial && t->others <= 2 && !(t->others == 2 && t->first == t->name && !rows->ended)) *why = LIST_PASSED_NOTE;
    else if (sparse && is_section_number(t->serial) && numbered) *why = LIST_PASSED_SECTION;
    else if (rows->ended && sparse && !(t->has_serial && *t->name)) *why = LIST_PASSED_SIGNATURE;
    else if (sparse && !*t->name && !t->has_serial && t->others <= 2 && rows->usual >= 4 && rows->name != LIST_NOT_THERE)
        *why = spans_wide(rows, row) || word == 'g' ? LIST_PASSED_SECTION : LIST_PASSED_NOTE;
    else *ret = LIST_ROW_DATA;
    if (*ret == LIST_ROW_DATA) rows->ended = false;
    return OK;
}

enum err list_row_judge(struct list_rows *rows, struct arena *scratch, const struct sheet_row *row, enum list_row_kind *ret, enum list_passed_why *ret_why)
{
    const struct sheet_cell *name = rows->name == LIST_NOT_THERE ? NULL : sheet_row_cell(row, rows->name);
    const struct sheet_cell *serial = rows->serial == LIST_NOT_THERE ? NULL : sheet_row_cell(row, rows->serial);
    if (name && name->kind == SHEET_TEXT && row->count * 3 >= rows->usual * 2 && is_serial(serial) && !rows->ended && !list_text_is_blank(name->text)) {
        *ret = LIST_ROW_DATA;
        return OK;
    }
    struct texts t;
    if (gather(rows, scratch, row, &t) != OK) return ERR_NOMEM;
    if (!t.filled) {
        *ret = LIST_ROW_PASSED;
        *ret_why = LIST_PASSED_EMPTY;
        return OK;
    }
    if (rows->serial == LIST_NOT_THERE && !rows->ended && *t.name && t.others * 4 >= rows->usual * 3 && rows->usual >= 4 && !map_get(&rows->headings, t.name)) {
        const char *plain = text_fold(scratch, t.name);
        if (!plain) return ERR_NOMEM;
        if (!map_get(&rows->headings, plain) && list_word_row(plain, t.name) != 'z') {
            *ret = LIST_ROW_DATA;
            return OK;
        }
    }
    return judge_closely(rows, scratch, row, &t, ret, ret_why);
}

static int compare_counts(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int compare_spans(const void *a, const void *b)
{
    const struct list_span *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/* Rows that are merged over half of the table, and rows beneath the first one of a merged name. */
static enum err find_spans(struct list_rows *rows, struct arena *arena, const struct sheet *sheet)
{
    rows->wide = arena_array(arena, sheet->merge_count + 1, sizeof *rows->wide);
    rows->beneath = arena_array(arena, sheet->merge_count + 1, sizeof *rows->beneath);
    if (!rows->wide || !rows->beneath) return ERR_NOMEM;
    for (size_t i = 0; i < sheet->merge_count; i++) {
        const struct sheet_merge *m = &sheet->merges[i];
        bool one_row = m->first_row == m->last_row;
        if (one_row && rows->width > 2 && ((uint64_t)m->last_column - m->first_column + 1) * 2 >= rows->width)
            rows->wide[rows->wide_count++] = (struct list_span){m->first_row, m->last_row};
        if (!one_row && rows->name >= m->first_column && rows->name <= m->last_column)
            rows->beneath[rows->beneath_count++] = (struct list_span){m->first_row + 1, m->last_row};
    }
    if (rows->wide_count) qsort(rows->wide, rows->wide_count, sizeof *rows->wide, compare_spans);
    if (rows->beneath_count) qsort(rows->beneath, rows->beneath_count, sizeof *rows->beneath, compare_spans);
    return OK;
}

/* How full a usual row is, and whether rows have numbers; spread over the whole table. */
enum err list_rows_begin(struct list_rows *rows, struct arena *arena, const struct sheet *sheet, const struct list_place *place)
{
    uint32_t *counts = arena_array(arena, LOOKED_AT, sizeof *counts), count = 0;
    if (!counts || find_spans(rows, arena, sheet) != OK) return ERR_NOMEM;
    rows->sheet = sheet;
    rows->first = place->data_first;
    rows->last = place->data_last ? place->data_last : UINT32_MAX;
    size_t step = sheet->count / LOOKED_AT + 1;
    for (size_t i = 0; i < sheet->count && count < LOOKED_AT; i += step) {
        const struct sheet_row *row = &sheet->rows[i];
        if (row->number < rows->first || row->number > rows->last) continue;
        uint32_t filled = 0;
        for (size_t k = 0; k < row->count; k++) filled += row->cells[k].column != rows->serial && !list_text_is_blank(row->cells[k].text);
        rows->serials += rows->serial != LIST_NOT_THERE && is_serial(sheet_row_cell(row, rows->serial));
        if (filled) counts[count++] = filled;
    }
    if (count) qsort(counts, count, sizeof *counts, compare_counts);
    uint64_t cells = 0, below = 0;
    for (uint32_t i = 0; i < count; i++) cells += counts[i];
    rows->usual = 0;
    /* half of all cells stand in rows as full as this: titles and signatures are many rows */
    for (uint32_t i = 0; i < count && below * 2 < cells; i++) below += rows->usual = counts[i];
    if (rows->serials * 3 < count) rows->serials = 0;
    rows->ended = false;
    return OK;
}
