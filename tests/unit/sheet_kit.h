/* Books of core/sheet for tests: told as text, and XLSX files made by hand. */
#ifndef PLENUM_TESTS_SHEET_KIT_H
#define PLENUM_TESTS_SHEET_KIT_H

#include "core/base/buf.h"
#include "core/base/zip.h"
#include "core/sheet/sheet.h"

#include <stdio.h>
#include <string.h>

static inline const char *sheet_kit_kind(enum sheet_kind kind)
{
    static const char *const names[] = {"empty", "text", "number", "date", "yes/no", "error"};
    return kind <= SHEET_ERROR ? names[kind] : "?";
}

/* Everything that a book says: equal books give equal texts. */
static inline void sheet_kit_tell(const struct sheet_book *book, struct buf *out)
{
    char address[SHEET_ADDRESS_SIZE];
    buf_printf(out, "%s %s %d %s %d %d\n", book->format, book->encoding, book->separator, book->font_encoding ? book->font_encoding : "-", book->has_macros,
        book->from_1904);
    for (size_t s = 0; s < book->count; s++) {
        const struct sheet *sheet = &book->sheets[s];
        buf_printf(out, "sheet %s %d %zu %u\n", sheet->name, sheet->hidden, sheet->count, sheet->columns);
        for (size_t i = 0; i < sheet->merge_count; i++)
            buf_printf(out, "merge %u %u %u %u\n", sheet->merges[i].first_row, sheet->merges[i].last_row, sheet->merges[i].first_column, sheet->merges[i].last_column);
        for (size_t i = 0; i < sheet->converted_count; i++)
            buf_printf(out, "converted %u %s %d %zu\n", sheet->converted[i].column, sheet->converted[i].encoding, sheet->converted[i].by_font, sheet->converted[i].cells);
        for (size_t r = 0; r < sheet->count; r++)
            for (size_t i = 0; i < sheet->rows[r].count; i++) {
                const struct sheet_cell *cell = &sheet->rows[r].cells[i];
                buf_printf(out, "%s%s %s %.17g ", sheet_cell_address(sheet->rows[r].number, cell->column, address), sheet->rows[r].hidden ? "(hidden)" : "",
                    sheet_kit_kind(cell->kind),
                    cell->number);
                buf_puts(out, cell->text);
                buf_puts(out, cell->raw ? " <- " : "");
                buf_puts(out, cell->raw);
                buf_putc(out, '\n');
            }
    }
}

struct sheet_kit_part {
    const char *name, *text;
    size_t length; /* 0: of the text */
};

/* A ZIP of stored parts. */
static inline void sheet_kit_zip(const struct sheet_kit_part *parts, size_t count, struct buf *out)
{
    struct zip_entry entries[32];
    uint64_t at = out->length;
    if (count > 32) return;
    for (size_t i = 0; i < count; i++) {
        size_t length = parts[i].length ? parts[i].length : strlen(parts[i].text);
        entries[i] = (struct zip_entry){.name = parts[i].name, .size = length, .crc = zip_crc32(0, parts[i].text, length), .offset = out->length - at};
        zip_local_header(&entries[i], out);
        buf_add(out, parts[i].text, length);
    }
    uint64_t central = out->length - at;
    for (size_t i = 0; i < count; i++) zip_central_header(&entries[i], out);
    zip_end(count, central, out->length - at - central, out);
}

#define SHEET_KIT_RELATIONS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define SHEET_KIT_TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define SHEET_KIT_TOP SHEET_KIT_RELATIONS "<Relationship Id=\"a\" Type=\"" SHEET_KIT_TYPE "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
#define SHEET_KIT_BOOK "<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" r:id=\"s\"/></sheets></workbook>"
#define SHEET_KIT_LINKS SHEET_KIT_RELATIONS "<Relationship Id=\"s\" Type=\"" SHEET_KIT_TYPE "worksheet\" Target=\"s.xml\"/>" \
    "<Relationship Id=\"t\" Type=\"" SHEET_KIT_TYPE \
    "sharedStrings\" Target=\"t.xml\"/>" \
    "<Relationship Id=\"u\" Type=\"" SHEET_KIT_TYPE "styles\" Target=\"u.xml\"/></Relationships>"

/* An XLSX of one sheet; `strings` and `styles` may be NULL: none. */
static inline void sheet_kit_book(const char *sheet, const char *strings, const char *styles, struct buf *out)
{
    const struct sheet_kit_part parts[] = {
        {"_rels/.rels", SHEET_KIT_TOP, 0}, {"xl/workbook.xml", SHEET_KIT_BOOK, 0}, {"xl/_rels/workbook.xml.rels", SHEET_KIT_LINKS, 0}, {"xl/s.xml", sheet, 0},
        {"xl/t.xml", strings ? strings : "<sst/>", 0}, {"xl/u.xml", styles ? styles : "<styleSheet/>", 0},
    };
    sheet_kit_zip(parts, sizeof parts / sizeof parts[0], out);
}

#endif
