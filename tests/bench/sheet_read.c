/* build/bench/sheet_read FILE [apart] [show]: what the reader makes of a list, and how long it takes. `show` prints every cell. */
#include "core/base/clock.h"
#include "core/sheet/sheet.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static void show(const struct sheet *sheet)
{
    static const char *const kinds[] = {"empty", "text", "number", "date", "yes/no", "error"};
    char address[SHEET_ADDRESS_SIZE];
    for (size_t r = 0; r < sheet->count; r++)
        for (size_t i = 0; i < sheet->rows[r].count; i++) {
            const struct sheet_cell *cell = &sheet->rows[r].cells[i];
            printf("%s\t%s\t%.15g\t%s%s%s%s\n", sheet_cell_address(sheet->rows[r].number, cell->column, address), kinds[cell->kind], cell->number, cell->text,
                cell->raw ? "\t<- " : "", cell->raw ? cell->raw : "", sheet->rows[r].hidden ? "\t(hidden)" : "");
        }
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    struct sheet_book book;
    struct fault fault = {0};
    struct rusage own, children;
    bool apart = argc > 2 && strcmp(argv[2], "apart") == 0, shown = argc > 2 && strcmp(argv[argc - 1], "show") == 0;
    if (argc < 2) return 2;
    int64_t from = clock_steady_us();
    enum err e = apart ? sheet_read_apart(argv[1], &arena, NULL, &book, &fault) : sheet_read_file(argv[1], &arena, NULL, &book, &fault);
    int64_t us = clock_steady_us() - from;
    (void)getrusage(RUSAGE_SELF, &own);
    (void)getrusage(RUSAGE_CHILDREN, &children);
    if (e != OK) printf("%s: %s [%s: %s]\n", err_name(e), fault.text, fault.reason ? fault.reason : "-", fault.detail);
    for (size_t s = 0; e == OK && s < book.count; s++) {
        size_t cells = 0;
        const struct sheet *sheet = &book.sheets[s];
        for (size_t r = 0; r < sheet->count; r++) cells += sheet->rows[r].count;
        printf("%s %s separator %d fonts %s ", book.format, book.encoding, book.separator, book.font_encoding ? book.font_encoding : "-");
        printf("sheet \"%s\"%s: %zu rows, %u columns, %zu cells, %zu merges, %zu converted columns\n", sheet->name, sheet->hidden ? " (hidden)" : "", sheet->count,
            sheet->columns, cells, sheet->merge_count, sheet->converted_count);
        if (shown) show(sheet);
    }
    fprintf(stderr, "%.3f s, %.0f MB here, %.0f MB in the child\n", (double)us / 1e6, (double)own.ru_maxrss / 1024, (double)children.ru_maxrss / 1024);
    arena_release(&arena);
    return e == OK ? 0 : 1;
}
