#include "core/sheet/build.h"
#include "core/sheet/refusal.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

#define WORK_MOST 2 /* times the cells of a book may be gone through for its merges */

enum err build_begin(struct build *build, struct arena *arena, const struct sheet_limits *limits, size_t length, struct fault *fault)
{
    *build = (struct build){.arena = arena, .limits = limits, .fault = fault};
    build->kept_count = 1024;
    while (build->kept_count < BUILD_KEPT_MOST && build->kept_count * 16 < length) build->kept_count *= 2;
    build->kept = arena_array(&build->scratch, build->kept_count, sizeof *build->kept);
    return build->kept ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
}

void build_release(struct build *build)
{
    arena_release(&build->scratch);
}

struct sheet_cell *build_cells(const struct sheet_row *row)
{
    union { const struct sheet_cell *from; struct sheet_cell *to; } own = {.from = row->cells};
    return own.to;
}

/* --- texts ---------------------------------------------------------------------------------------------------------------------------- */

/* Only characters that are the same in every Unicode form of composition: most texts are, and need no library for it. */
static bool is_surely_nfc(const unsigned char *p, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (p[i] < 0xCC) continue; /* ASCII, second bytes, Latin letters */
        if (p[i] != 0xE1) return false;
        if (i + 1 >= length || (p[i + 1] != 0xBA && p[i + 1] != 0xBB)) return false; /* Latin Extended Additional */
    }
    return true;
}

static const char *make_nfc(struct build *b, const char *text, size_t length)
{
    struct arena scratch = {0};
    char *copy = arena_strndup(&scratch, text, length), *composed = copy ? text_nfc(&scratch, copy) : NULL;
    const char *made = composed ? arena_strdup(b->arena, composed) : NULL;
    arena_release(&scratch);
    return made;
}

const char *build_text(struct build *b, const char *text, size_t length)
{
    uint32_t hash = 2166136261u;
    if (length > b->limits->cell_bytes || b->text_bytes + length > b->limits->text_bytes) return NULL;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    struct build_kept *slot = &b->kept[(hash ^ hash >> 16) & (b->kept_count - 1)];
    bool nfc = is_surely_nfc((const unsigned char *)text, length);
    if (nfc && slot->text && slot->hash == hash && slot->length == length && memcmp(slot->text, text, length) == 0) return slot->text;
    const char *made = nfc ? arena_strndup(b->arena, text, length) : make_nfc(b, text, length);
    if (!made) return NULL;
    b->text_bytes += length;
    if (nfc) *slot = (struct build_kept){.text = made, .length = (uint32_t)length, .hash = hash};
    return made;
}

enum err build_short(const struct build *b, size_t length)
{
    if (length > b->limits->cell_bytes) return refuse_large(b->fault, "bytes", b->limits->cell_bytes);
    if (b->text_bytes + length > b->limits->text_bytes) return refuse_large(b->fault, "MB", b->limits->text_bytes >> 20);
    return fault_set(b->fault, ERR_NOMEM, "not enough memory");
}

bool build_is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ') continue;
        if (c == 0xC2 && i + 1 < length && (unsigned char)text[i + 1] == 0xA0) i++; /* no-break space */
        else if (c == 0xE3 && i + 2 < length && memcmp(text + i, "\xe3\x80\x80", 3) == 0) i += 2; /* ideographic space */
        else if (c == 0xE2 && i + 2 < length && memcmp(text + i, "\xe2\x80\x8b", 3) == 0) i += 2; /* of no width */
        else if (c == 0xEF && i + 2 < length && memcmp(text + i, "\xef\xbb\xbf", 3) == 0) i += 2;
        else return false;
    }
    return true;
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------------- */

void build_row(struct build *b, uint32_t number, bool hidden)
{
    b->row_count = 0;
    b->row_number = number;
    b->row_hidden = hidden;
    b->row_unsorted = false;
}

enum err build_cell(struct build *b, uint32_t column, enum sheet_kind kind, double number, const char *text)
{
    if (!text || !*text) return OK;
    if (column >= b->limits->columns) return refuse_large(b->fault, "columns", b->limits->columns);
    if (b->row_number > b->limits->rows) return refuse_large(b->fault, "rows", b->limits->rows);
    if (b->cells >= b->limits->cells) return refuse_large(b->fault, "cells", b->limits->cells);
    if (arena_grow(&b->scratch, &b->row, &b->row_capacity, b->row_count, sizeof *b->row) != 0) return fault_set(b->fault, ERR_NOMEM, "not enough memory");
    if (b->row_count && b->row[b->row_count - 1].column >= column) b->row_unsorted = true;
    b->row[b->row_count++] = (struct sheet_cell){.column = column, .kind = kind, .number = number, .text = text};
    b->cells++;
    if (column >= b->columns) b->columns = column + 1;
    return OK;
}

void build_raw(struct build *b, const char *raw)
{
    if (b->row_count) b->row[b->row_count - 1].raw = raw;
}

static int compare_cells(const void *a, const void *b)
{
    const struct sheet_cell *x = a, *y = b;
    return x->column < y->column ? -1 : x->column > y->column;
}

static int compare_rows(const void *a, const void *b)
{
    const struct sheet_row *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static enum err stands_twice(struct build *b, uint32_t row, bool column_too, uint32_t column)
{
    char address[SHEET_ADDRESS_SIZE] = "";
    if (column_too) (void)sheet_cell_address(row, column, address);
    if (column_too) return refuse_damaged(b->fault, address, "cell %s stands twice in the file", address);
    return refuse_damaged(b->fault, "row", "row %u stands twice in the file", row);
}

static enum err sort_cells(struct build *b)
{
    qsort(b->row, b->row_count, sizeof *b->row, compare_cells);
    for (size_t i = 1; i < b->row_count; i++)
        if (b->row[i].column == b->row[i - 1].column) return stands_twice(b, b->row_number, true, b->row[i].column);
    return OK;
}

enum err build_row_end(struct build *b)
{
    if (b->row_count == 0) return OK;
    enum err e = b->row_unsorted ? sort_cells(b) : OK;
    if (e != OK) return e;
    if (arena_grow(&b->scratch, &b->rows, &b->capacity, b->count, sizeof *b->rows) != 0) return fault_set(b->fault, ERR_NOMEM, "not enough memory");
    struct sheet_row row = {.number = b->row_number, .hidden = b->row_hidden, .count = b->row_count};
    row.cells = arena_memdup(b->arena, b->row, b->row_count * sizeof *b->row);
    if (!row.cells) return fault_set(b->fault, ERR_NOMEM, "not enough memory");
    if (b->count && b->rows[b->count - 1].number >= row.number) b->unsorted = true;
    b->rows[b->count++] = row;
    b->row_count = 0;
    return OK;
}

enum err build_merge(struct build *b, const struct sheet_merge *merge)
{
    if (b->all_merges >= b->limits->merges) return refuse_large(b->fault, "merged cells", b->limits->merges);
    b->all_merges++;
    if (arena_grow(&b->scratch, &b->merges, &b->merge_capacity, b->merge_count, sizeof *b->merges) != 0) return fault_set(b->fault, ERR_NOMEM, "not enough memory");
    b->merges[b->merge_count++] = *merge;
    return OK;
}

/* --- sheets --------------------------------------------------------------------------------------------------------------------------- */

static size_t first_at_or_behind(const struct build *b, uint32_t number)
{
    size_t low = 0, high = b->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (b->rows[middle].number < number) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* What stands in merged cells behind the first is shown by no program. */
static void clear_merged(struct sheet_row *row, const struct sheet_merge *m)
{
    struct sheet_cell *cells = build_cells(row);
    size_t kept = 0;
    for (size_t i = 0; i < row->count; i++) {
        uint32_t column = cells[i].column;
        bool within = column >= m->first_column && column <= m->last_column;
        bool first = row->number == m->first_row && column == m->first_column;
        if (!within || first) cells[kept++] = cells[i];
    }
    row->count = kept;
}

static enum err apply_merges(struct build *b)
{
    for (size_t i = 0; i < b->merge_count; i++) {
        const struct sheet_merge *m = &b->merges[i];
        for (size_t r = first_at_or_behind(b, m->first_row); r < b->count && b->rows[r].number <= m->last_row; r++) {
            b->merge_work += b->rows[r].count + 1;
            if (b->merge_work > b->limits->cells * WORK_MOST) return refuse_large(b->fault, "merged cells", b->limits->merges); /* they lie over each other */
            clear_merged(&b->rows[r], m);
        }
    }
    size_t kept = 0;
    for (size_t r = 0; r < b->count; r++)
        if (b->rows[r].count) b->rows[kept++] = b->rows[r];
    b->count = kept;
    return OK;
}

enum err build_sheet_end(struct build *b, const char *name, bool hidden)
{
    if (b->sheet_count >= b->limits->sheets) return refuse_large(b->fault, "sheets", b->limits->sheets);
    if (b->unsorted) {
        qsort(b->rows, b->count, sizeof *b->rows, compare_rows);
        for (size_t i = 1; i < b->count; i++)
            if (b->rows[i].number == b->rows[i - 1].number) return stands_twice(b, b->rows[i].number, false, 0);
    }
    enum err e = b->merge_count ? apply_merges(b) : OK;
    if (e != OK) return e;
    if (arena_grow(b->arena, &b->sheets, &b->sheet_capacity, b->sheet_count, sizeof *b->sheets) != 0) return fault_set(b->fault, ERR_NOMEM, "not enough memory");
    struct sheet made = {.name = name, .hidden = hidden, .count = b->count, .merge_count = b->merge_count, .columns = b->columns};
    made.rows = arena_memdup(b->arena, b->rows, b->count * sizeof *b->rows);
    made.merges = arena_memdup(b->arena, b->merges, b->merge_count * sizeof *b->merges);
    if (!made.rows || !made.merges) return fault_set(b->fault, ERR_NOMEM, "not enough memory");
    b->sheets[b->sheet_count++] = made;
    b->count = b->merge_count = 0;
    b->columns = 0;
    b->unsorted = false;
    return OK;
}
