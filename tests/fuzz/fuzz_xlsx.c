/* A list from anybody. Raw bytes, or (first byte 'P') the parts beneath the archive: sheet, strings, styles, workbook, divided by NULs,
 * put into a sound ZIP.
 * Whatever it is: refused with a reason, or a book that keeps every promise of core/sheet/sheet.h. */
#include "tests/fuzz/fuzz.h"

#include "core/base/text.h"
#include "core/sheet/sheet.h"
#include "tests/unit/sheet_kit.h"

#include <math.h>

static const struct sheet_limits fuzz_limits = {
    .file_bytes = 4 << 20, .part_bytes = 8 << 20, .total_bytes = 16 << 20, .ratio = 400, .parts = 100, .sheets = 20, .cells = 50000, .rows = 1048576,
        .columns = 16384, .strings = 50000,
    .text_bytes = 8 << 20, .cell_bytes = 32767 * 4,
};

static void fuzz_sheet(const struct sheet *sheet)
{
    uint32_t row = 0, widest = 0;
    fuzz_expect(sheet->name && text_is_utf8(sheet->name, strlen(sheet->name)));
    for (size_t r = 0; r < sheet->count; r++) {
        fuzz_expect(sheet->rows[r].number > row && sheet->rows[r].count > 0 && sheet->rows[r].number <= fuzz_limits.rows);
        row = sheet->rows[r].number;
        for (size_t i = 0; i < sheet->rows[r].count; i++) {
            const struct sheet_cell *cell = &sheet->rows[r].cells[i];
            fuzz_expect(i == 0 || cell->column > sheet->rows[r].cells[i - 1].column);
            fuzz_expect(cell->kind > SHEET_EMPTY && cell->kind <= SHEET_ERROR && isfinite(cell->number) && cell->text && *cell->text);
            fuzz_expect(text_is_utf8(cell->text, strlen(cell->text)) && (!cell->raw || (strcmp(cell->raw, cell->text) != 0 && text_is_utf8(cell->raw,
                strlen(cell->raw)))));
            fuzz_expect(cell->kind != SHEET_TEXT || fabs(cell->number) < 1e-9);
            fuzz_expect(sheet_row_cell(&sheet->rows[r], cell->column) == cell);
            if (cell->column >= widest) widest = cell->column + 1;
        }
        fuzz_expect(sheet_find_row(sheet, row) == &sheet->rows[r]);
    }
    fuzz_expect(sheet->columns >= widest && sheet->columns <= fuzz_limits.columns);
    for (size_t i = 0; i < sheet->merge_count; i++)
        fuzz_expect(sheet->merges[i].first_row > 0 && sheet->merges[i].first_row <= sheet->merges[i].last_row &&
            sheet->merges[i].first_column <= sheet->merges[i].last_column);
    for (size_t i = 0; i < sheet->converted_count; i++) fuzz_expect(sheet->converted[i].column < sheet->columns && sheet->converted[i].cells > 0);
}

static void fuzz_file(const void *data, size_t length, const struct sheet_wish *wish)
{
    struct arena arena = {0};
    struct sheet_book book;
    struct fault fault = {0};
    enum err e = sheet_read_bytes(data, length, &arena, wish, &book, &fault);
    fuzz_expect(e == OK || (fault.text[0] && (fault.reason || e == ERR_NOMEM || e == ERR_USAGE) && text_is_utf8(fault.text, strlen(fault.text))));
    for (size_t i = 0; e == OK && i < book.count; i++) fuzz_sheet(&book.sheets[i]);
    if (e == OK) fuzz_expect(book.count > 0 && book.format && book.encoding);
    arena_release(&arena);
}

/* The next piece up to a NUL, or `otherwise` when there is none. */
static struct sheet_kit_part piece(const char *name, const uint8_t **at, const uint8_t *end, const char *otherwise)
{
    const uint8_t *from = *at, *nul = from < end ? memchr(from, 0, (size_t)(end - from)) : NULL;
    size_t length = from < end ? (size_t)((nul ? nul : end) - from) : 0;
    *at = nul ? nul + 1 : end;
    return length ? (struct sheet_kit_part){name, (const char *)from, length} : (struct sheet_kit_part){name, otherwise, 0};
}

int fuzz_xlsx(const uint8_t *data, size_t length)
{
    const struct sheet_wish wish = {.limits = &fuzz_limits};
    if (length == 0 || data[0] != 'P' || (length > 1 && data[1] == 'K')) {
        fuzz_file(data, length, &wish);
        return 0;
    }
    struct buf file = {.limit = BUF_LIMIT_BODY};
    const uint8_t *at = data + 1, *end = data + length;
    struct sheet_kit_part parts[6] = {{"_rels/.rels", SHEET_KIT_TOP, 0}, {"xl/_rels/workbook.xml.rels", SHEET_KIT_LINKS, 0}};
    parts[2] = piece("xl/s.xml", &at, end, "<worksheet/>");
    parts[3] = piece("xl/t.xml", &at, end, "<sst/>");
    parts[4] = piece("xl/u.xml", &at, end, "<styleSheet/>");
    parts[5] = piece("xl/workbook.xml", &at, end, SHEET_KIT_BOOK);
    sheet_kit_zip(parts, 6, &file);
    fuzz_file(buf_text(&file), file.length, &wish);
    buf_release(&file);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_xlsx(data, length);
}
#endif
