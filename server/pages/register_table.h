/* A table of units and numbers: on a page, as CSV, as XLSX. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_REGISTER_TABLE_H
#define PLENUM_SERVER_PAGES_REGISTER_TABLE_H

#include "server/pages/register.h"

#define REGISTER_COLUMNS_MOST 80

struct register_cell {
    const char *text, *href; /* text NULL: the number */
    int64_t number;
};
struct register_table {
    struct register_view *r;
    const char *name; /* of files: "register-NAME.csv" */
    const char *columns[REGISTER_COLUMNS_MOST]; /* name, code, then the others */
    size_t column_count;
    struct register_cell *cells; /* row after row, as many as columns behind the first two */
    size_t cell_count, cell_capacity;
    struct register_table_row {
        const char *name, *code, *href;
        int depth;
    } *rows;
    size_t row_count, row_capacity;
    bool failed;
};
enum err register_table_begin(struct register_table *t, struct register_view *r, const char *name);
/* All columns come before the first row; the first two are name and code. */
void register_table_column(struct register_table *t, const char *title);
void register_table_row(struct register_table *t, const char *name, const char *code, int depth);
void register_table_number(struct register_table *t, int64_t number);
void register_table_text(struct register_table *t, const char *text);
/* Where the last cell leads, or the row's name where it has none yet. */
void register_table_link(struct register_table *t, const char *href);
/* format=csv or xlsx was asked for: the reply is made. `above`: a line above an XLSX table; NULL: none. */
bool register_table_sent(struct register_table *t, const char *above);
/* `heads`, `rows`, and `csv`, `xlsx`: addresses of the same as files; `query`: "?from=…" */
void register_table_put(struct register_table *t, const char *query);

#endif
