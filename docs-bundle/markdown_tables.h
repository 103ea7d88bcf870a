/* Private to docs-bundle: tables in Markdown as most programs write them, which CommonMark does not have.
 *
 *     | Candidate | Votes |
 *     | :-------- | ----: |
 *     | A \| B    |   287 |
 *
 * A line with bars, then a line of dashes with as many cells; rows until an empty line. Not inside of fenced code, lists or quotations, where bars stay bars. */
#ifndef PLENUM_DOCS_MARKDOWN_TABLES_H
#define PLENUM_DOCS_MARKDOWN_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#define MARKDOWN_CELLS_MOST 32

enum markdown_align { MARKDOWN_START, MARKDOWN_CENTER, MARKDOWN_END };

struct markdown_table {
    const char *begin, *end, *rows; /* in the text; rows: behind the line of dashes */
    size_t cells;
    enum markdown_align aligns[MARKDOWN_CELLS_MOST];
};

struct markdown_cell {
    const char *text; /* in the text; without white space at its ends; "\|" still as it was written */
    size_t length;
};

/* The first table at or behind `from`; false: none. `text` is NUL-terminated. Pure. */
bool markdown_table_find(const char *from, struct markdown_table *ret);
/* The cells of the row at `line` (missing ones are empty, those beyond the head's are dropped); gives where the next line begins. */
const char *markdown_table_row(const struct markdown_table *table, const char *line, struct markdown_cell cells[MARKDOWN_CELLS_MOST]);

#endif
