/* A text list from anybody, first byte: an encoding that is said to be right (or found), fonts, a separator. The reader of rows must reach the end, and give each
 * byte once. */
#include "tests/fuzz/fuzz.h"

#include "core/base/csv.h"
#include "core/base/text.h"
#include "core/base/text_encoding.h"
#include "core/sheet/sheet.h"

#include <string.h>

static void rows_of(const char *text, size_t length, char separator)
{
    struct arena arena = {0};
    struct csv_reader r = {.arena = &arena, .p = text, .end = text + length, .separator = separator, .line = 1};
    struct csv_cell *cells;
    size_t count, line, last = 0, bytes = 0;
    const char *before = r.p;
    while (csv_next(&r, &cells, &count, &line) == OK) {
        fuzz_expect(r.p > before && count > 0 && line > last && r.line > line);
        for (size_t i = 0; i < count; i++) bytes += cells[i].length;
        for (size_t i = 0; i < count; i++) fuzz_expect(cells[i].length == 0 || cells[i].text != NULL);
        before = r.p;
        last = line;
    }
    fuzz_expect(r.p == r.end && bytes <= length);
    arena_release(&arena);
}

int fuzz_csv(const uint8_t *data, size_t length)
{
    static const char *const encodings[] = {NULL, "utf-8", "utf-16le", "utf-16be", "windows-1258", "windows-1252", "windows-1256", "iso-8859-15"};
    static const char separators[] = {0, ',', ';', '\t'};
    struct arena arena = {0};
    struct sheet_book book;
    struct fault fault = {0};
    if (length == 0) return 0;
    const char *text = (const char *)data + 1;
    length--;
    const struct sheet_wish wish = {.encoding = encodings[data[0] & 7], .fonts = (enum sheet_fonts)(data[0] >> 3 & 3), .separator = separators[data[0] >> 5 & 3]};
    enum err e = sheet_read_bytes(text, length, &arena, &wish, &book, &fault);
    fuzz_expect(e == OK || (fault.text[0] && fault.reason));
    for (size_t r = 0; e == OK && strcmp(book.format, "csv") == 0 && r < book.sheets[0].count; r++)
        for (size_t i = 0; i < book.sheets[0].rows[r].count; i++) {
            const char *cell = book.sheets[0].rows[r].cells[i].text;
            fuzz_expect(*cell && text_is_printable(cell));
        }
    rows_of(text, length, separators[data[0] >> 5 & 3]);
    (void)csv_find_separator(text, length);
    const char *found = text_encoding_find(text, length);
    fuzz_expect(!found || text_encoding_named(found) == found);
    arena_release(&arena);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_csv(data, length);
}
#endif
