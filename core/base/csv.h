/* Lists as spreadsheets save them: RFC 4180, also with semicolons, tabs or bars between the cells, with or without a byte order mark, with line ends of any kind
 * (CRLF, LF, CR). Thread-safe. */
#ifndef PLENUM_BASE_CSV_H
#define PLENUM_BASE_CSV_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct csv_row {
    size_t line;             /* in the file, from 1: where the row begins */
    const char **cells;      /* never NULL; without blanks at the ends */
    size_t count;            /* at least 1 */
};

/* All rows with anything in them, in the arena. What stands between the cells is found by csv_find_separator. ERR_INPUT: not UTF-8, or a quoted cell that does not
 * end (the fault names the line). */
enum err csv_read(struct arena *arena, const char *text, size_t length, struct csv_row **ret, size_t *ret_count, struct fault *fault);

/* One of , ; | and tab: whichever divides most of the first rows, quotes respected, into the same number of cells. Where several do, it is the one that divides the
 * first of them (the headings) so already, into more cells, and does not look like punctuation within texts ("Silva, Ana", "1,5", "a@x.org; b@x.org"). 0: none divides
 * anything. */
char csv_find_separator(const char *text, size_t length);

/* --- row by row --------------------------------------------------------------------------------------------------------------------- */

struct csv_cell {
    const char *text; /* borrowed until the next row; not NUL-terminated; as it stands, without its quotes */
    size_t length;
};

/* Any text; it need not be UTF-8. `{.arena, .p, .end, .separator, .line = 1}` is ready for use (separator 0: one column). */
struct csv_reader {
    struct arena *arena; /* for the cells of one row, used again and again: it grows with the longest row */
    const char *p, *end;
    char separator;
    size_t line;         /* on which the next row begins */
    struct csv_cell *cells;
    size_t capacity;
    char *room;          /* for cells with doubled quotes */
    size_t room_size;
    bool unfinished;     /* the last row has a quote that is opened and never closed: it took all that was left */
};

/* The next row, also an empty one (one cell of length 0). Quotes count at the beginning of a cell; what stands behind a closing quote belongs to the cell, as office
 * programs read it. A quote that would close on a later line with something other than a separator behind it was not meant to be one, and neither was its first.
 * ERR_NOT_FOUND: there is none; ERR_NOMEM. */
enum err csv_next(struct csv_reader *reader, struct csv_cell **ret, size_t *ret_count, size_t *ret_line);

#endif
