#include "core/sheet/sheet.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MOST 16384u   /* of any office program: XFD */
#define ROWS_MOST 1048576u

const struct sheet_limits sheet_limits_usual = {
    .file_bytes = UINT64_C(96) << 20,
    .part_bytes = UINT64_C(1) << 30,
    .total_bytes = UINT64_C(1536) << 20,
    .ratio = 400,
    .parts = 4000,
    .sheets = 200,
    .cells = 10000000,
    .rows = ROWS_MOST,
    .columns = 1024,
    .strings = 8000000,
    .merges = 500000, /* one in each row of the longest lists */
    .text_bytes = UINT64_C(256) << 20,
    .cell_bytes = 32767 * 4, /* the office programs' own bound, in characters */
};

double sheet_epoch(const struct sheet_book *book)
{
    return book->from_1904 ? 24107 : 25569;
}

const struct sheet_cell *sheet_row_cell(const struct sheet_row *row, uint32_t column)
{
    for (size_t low = 0, high = row->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (row->cells[middle].column == column) return &row->cells[middle];
        if (row->cells[middle].column < column) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

const struct sheet_row *sheet_find_row(const struct sheet *sheet, uint32_t number)
{
    for (size_t low = 0, high = sheet->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (sheet->rows[middle].number == number) return &sheet->rows[middle];
        if (sheet->rows[middle].number < number) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

const char *sheet_cell_address(uint32_t row, uint32_t column, char ret[SHEET_ADDRESS_SIZE])
{
    char letters[8], digits[12];
    size_t n = 0, k = 0, at = 0;
    for (uint64_t c = (uint64_t)column + 1; c; c = (c - 1) / 26) letters[n++] = (char)('A' + (c - 1) % 26);
    for (; row; row /= 10) digits[k++] = (char)('0' + row % 10);
    while (n) ret[at++] = letters[--n];
    while (k) ret[at++] = digits[--k];
    ret[at] = '\0';
    return ret;
}

bool sheet_parse_address(const char *text, uint32_t *ret_row, uint32_t *ret_column)
{
    uint64_t column = 0, row = 0;
    const char *p = text;
    for (; (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'); p++) {
        column = column * 26 + (uint64_t)((*p | 32) - 'a' + 1);
        if (column > COLUMNS_MOST) return false;
    }
    if (p == text || *p == '0') return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        row = row * 10 + (uint64_t)(*p - '0');
        if (row > UINT32_MAX) return false;
    }
    if (*p) return false;
    if (ret_row) *ret_row = (uint32_t)row;
    *ret_column = (uint32_t)column - 1;
    return true;
}
