/* Lists as offices send them, XLSX and CSV, read into one plain form.
 *
 * Nothing is computed, run, fetched or written: formulas give the value that the office program kept, macros and pictures are passed over. The file may be hostile:
 * every size has a bound (struct sheet_limits), XML with a document type is refused, and sheet_read_apart reads in a child process with bounds of time and memory.
 * Refusals are faults with a reason ("sheet_…", words in every language) that say what to do. Everything returned lives in the given arena. Thread-safe.
 *
 * Sources of the rules: ECMA-376 (parts, cells, number formats), RFC 4180 (CSV); docs/decisions/0052-sheet.md for what these leave open. */
#ifndef PLENUM_SHEET_SHEET_H
#define PLENUM_SHEET_SHEET_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sheet_kind {
    SHEET_EMPTY = 0, /* never stored */
    SHEET_TEXT,
    SHEET_NUMBER,    /* also a time of day without a date: a fraction of a day */
    SHEET_DATE,
    SHEET_YES_NO,
    SHEET_ERROR,
};

/* Why a cell has no value. */
enum sheet_trouble {
    SHEET_TROUBLE_SHOWN = 1,  /* the office program itself shows an error: #N/A, #REF!, … */
    SHEET_TROUBLE_UNCOMPUTED, /* a formula whose value was never computed: the file has to be opened and saved once; text is "=" and the formula */
    SHEET_TROUBLE_DAMAGED,    /* the file says nothing that makes sense here; text is what it says */
};

struct sheet_cell {
    uint32_t column;     /* from 0 */
    enum sheet_kind kind;
    double number;       /* NUMBER; DATE: days since 1970-01-01, the fraction is the time of day; YES_NO: 0 or 1; ERROR: an enum sheet_trouble; TEXT: 0 */
    const char *text;    /* never NULL, never "": as the office program shows it; NFC, converted where TCVN3 or VNI was recognised; blanks at the ends as they are */
    const char *raw;     /* what stands in the file, before conversion; NULL: the same as text, but for NFC */
};

struct sheet_row {
    uint32_t number;     /* from 1, as the office program shows it; of CSV the line on which the row begins */
    bool hidden;         /* also by a filter */
    size_t count;        /* at least 1: rows without cells are not stored */
    const struct sheet_cell *cells; /* by column, ascending */
};

/* Cells shown as one. The value stands in the first; the others have none, or none that is shown. */
struct sheet_merge {
    uint32_t first_row, last_row;       /* as sheet_row.number */
    uint32_t first_column, last_column; /* as sheet_cell.column */
};

/* A column whose letters were converted. */
struct sheet_converted {
    uint32_t column;
    const char *encoding; /* "tcvn3", "vni" */
    bool by_font;         /* the fonts of the cells say so; else it was recognised by the letters */
    size_t cells;         /* how many changed */
};

struct sheet {
    const char *name; /* never NULL; "" for CSV */
    bool hidden;
    const struct sheet_row *rows; /* by number, ascending */
    size_t count;
    const struct sheet_merge *merges;
    size_t merge_count;
    uint32_t columns; /* one more than the last column that has a cell */
    const struct sheet_converted *converted; /* by column */
    size_t converted_count;
};

struct sheet_book {
    const struct sheet *sheets; /* in the order of the office program's tabs; sheets of charts are left out */
    size_t count;
    const char *format;         /* static: "xlsx", "csv" */
    const char *encoding;       /* static; CSV: "utf-8", "utf-16le", "utf-16be", "windows-1258", "windows-1252", "windows-1256", "iso-8859-15"; XLSX: "utf-8" */
    char separator;             /* CSV: one of , ; | and tab, or 0 when there is only one column */
    const char *font_encoding;  /* static: "tcvn3" or "vni" when any column was converted (the one of most cells), else NULL */
    bool has_macros;            /* it came with programs in it; they were passed over */
    bool from_1904;             /* its own numbers of days begin in 1904 (old Macs): sheet_epoch */
};

struct sheet_limits {
    uint64_t file_bytes;    /* the file as it is */
    uint64_t part_bytes;    /* unpacked, of one part of an XLSX */
    uint64_t total_bytes;   /* of all parts that are read */
    uint32_t ratio;         /* a part above 1 MB may be so many times larger than its packed form */
    uint32_t parts;         /* entries of the archive */
    uint32_t sheets;
    uint64_t cells;         /* with something in them, of all sheets */
    uint32_t rows;          /* the highest row number */
    uint32_t columns;
    uint64_t strings;       /* shared strings */
    uint64_t merges;        /* merged cells of all sheets */
    uint64_t text_bytes;    /* of all texts of cells, each shared one counted once */
    uint32_t cell_bytes;    /* of one text */
};

/* What offices need, with room: 400 000 rows of 20 columns. Used where no limits are given. */
extern const struct sheet_limits sheet_limits_usual;

enum sheet_fonts {
    SHEET_FONTS_FOUND = 0, /* TCVN3 and VNI are recognised, column by column */
    SHEET_FONTS_NONE,      /* nothing is converted */
    SHEET_FONTS_TCVN3,     /* every text is TCVN3 */
    SHEET_FONTS_VNI,
};

/* What is not to be found out but was chosen. All zero: everything is found out. */
struct sheet_wish {
    const struct sheet_limits *limits; /* NULL: sheet_limits_usual */
    const char *encoding;              /* CSV: one of those above; NULL: found */
    char separator;                    /* CSV; 0: found */
    enum sheet_fonts fonts;
};

/* Reads a whole file. What it is, its content says, not its name. `wish` may be NULL. ERR_INPUT: not a list that can be read; ERR_LIMIT: above a bound. */
enum err sheet_read_file(const char *path, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *ret, struct fault *fault);
/* The same of bytes in memory. */
enum err sheet_read_bytes(const void *data, size_t length, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *ret, struct fault *fault);

/* The same book, read in a child process: for files that came from anybody. Also ERR_LIMIT when the child's time or memory is up. The caller waits. */
enum err sheet_read_apart(const char *path, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *ret, struct fault *fault);

/* What has to be taken from a number of this book, which counts days, for days since 1970-01-01. Cells of kind DATE have that behind them. Days before March 1900 are one
 * off in books that begin in 1900, which have a 29th of February there. */
double sheet_epoch(const struct sheet_book *book);

/* The cell of a row in a column; NULL when there is none. */
const struct sheet_cell *sheet_row_cell(const struct sheet_row *row, uint32_t column);
/* The row of that number; NULL when it has no cells. */
const struct sheet_row *sheet_find_row(const struct sheet *sheet, uint32_t number);

#define SHEET_ADDRESS_SIZE 20
/* "B7" of row 7 (from 1) and column 1 (from 0). Row 0: the column alone, "B". Returns ret. */
const char *sheet_cell_address(uint32_t row, uint32_t column, char ret[SHEET_ADDRESS_SIZE]);
/* The column of "B" or "B7" (letters' case does not count); false: no address. ret_row may be NULL; it becomes 0 when there is none. */
bool sheet_parse_address(const char *text, uint32_t *ret_row, uint32_t *ret_column);

#endif
