/* Lists as spreadsheets save them: RFC 4180, also with semicolons or tabs between the cells, with or without a byte order mark, with CRLF or LF. Thread-safe. */
#ifndef PLENUM_BASE_CSV_H
#define PLENUM_BASE_CSV_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stddef.h>

struct csv_row {
    size_t line;             /* in the file, from 1: where the row begins */
    const char **cells;      /* never NULL; without blanks at the ends */
    size_t count;            /* at least 1 */
};

/* All rows with anything in them, in the arena. What stands between the cells is taken from the first line. ERR_INPUT: not UTF-8, or a quoted cell that does not
 * end (the fault names the line). */
enum err csv_read(struct arena *arena, const char *text, size_t length, struct csv_row **ret, size_t *ret_count, struct fault *fault);

#endif
