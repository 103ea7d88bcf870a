/* Workbooks that we give away: exports, and forms that offices fill in and send back. The only place of libxlsxwriter.
 *
 * Sheet after sheet and row after row, each row once: memory does not grow with the rows (400 000 of them are fine); what was written lies in a file without a
 * name beside `path` until the end. Every text is written as a text, whatever it begins with: nothing that we write is a formula. Texts are valid UTF-8; control
 * characters other than tab and line feed are left out. One writer belongs to one thread; several may write at the same time.
 *
 *     sheet_writer_open   then for each sheet   sheet_writer_sheet, sheet_writer_row …   then   sheet_writer_close (or _abandon) */
#ifndef PLENUM_SHEET_SHEET_WRITE_H
#define PLENUM_SHEET_SHEET_WRITE_H

#include "core/sheet/sheet.h"

#define SHEET_NAME_MOST 31 /* UTF-16 units, the office programs' bound */

struct sheet_writer;

/* A column of a table. Everything is borrowed until the sheet's first row was written. */
struct sheet_column {
    const char *title;
    double width;                /* in digits, as the programs count; 0: by the title and the kind, 8 to 40 */
    enum sheet_kind kind;        /* SHEET_TEXT: what is typed there stays as it is typed, leading zeros too; SHEET_DATE, SHEET_NUMBER, SHEET_YES_NO */
    bool locked;                 /* in a protected sheet: nobody may change it */
    bool wrap;                   /* long texts are broken within the cell */
    const char *const *choices;  /* a list to choose from: any number, any length; others are refused by the office program. NULL: none */
    size_t choice_count;
    double least, most;          /* NUMBER and DATE (days since 1970-01-01): what may be typed; TEXT: how many characters; both 0: anything of that kind */
    const char *hint;            /* said when a cell is chosen, and when something wrong was typed; at most 255 characters are kept. NULL: none */
};

struct sheet_plan {
    const char *name;              /* made to fit: 31 units, no []:*?/\, unlike the sheets before it */
    const char *const *above;      /* lines above the header, the first one large; NULL: none */
    size_t above_count;
    const struct sheet_column *columns;
    size_t count;                  /* at least 1 */
    bool right_to_left;
    bool hidden;                   /* not the first sheet */
    bool filter;                   /* arrows for filtering in the header */
    bool protect;                  /* no password: against mistakes, not against anybody. Cells of columns that are not locked stay open */
    uint32_t frozen_columns;       /* beside the header, which is always frozen */
    uint32_t empty_rows;           /* rows to fill in behind the written ones: choices, checks and open cells reach as far */
    const char *date_format;       /* as office programs write it; NULL: "dd/mm/yyyy" */
};

enum sheet_style {
    SHEET_STYLE_PLAIN = 0,
    SHEET_STYLE_BOLD,   /* totals, headings between rows */
    SHEET_STYLE_MARKED, /* a coloured ground: look here. Never the only sign of something */
};

struct sheet_value {
    enum sheet_kind kind; /* SHEET_EMPTY: nothing. SHEET_ERROR is none of ours */
    double number;        /* NUMBER (finite), DATE as in struct sheet_cell (before 1900-03-01: written as a text yyyy-mm-dd), YES_NO */
    const char *text;     /* TEXT; NULL or "": nothing */
    enum sheet_style style;
};

/* `made_ms` is the moment that the file gives as its own (clock_now_ms); equal content and moment give equal bytes. ERR_NOMEM. */
enum err sheet_writer_open(const char *path, int64_t made_ms, struct sheet_writer **ret, struct fault *fault);

/* Begins the next sheet; its header is row above_count + 1. ERR_LIMIT: more than 255 sheets. */
enum err sheet_writer_sheet(struct sheet_writer *writer, const struct sheet_plan *plan, struct fault *fault);

/* The next row of this sheet; values stand in the columns in turn, further columns stay empty. ERR_LIMIT: a text of more than 32 767 units, or the sheet is
 * full (the fault names the cell). */
enum err sheet_writer_row(struct sheet_writer *writer, const struct sheet_value *values, size_t count, struct fault *fault);

/* The row that comes next, as the office program counts. */
uint32_t sheet_writer_next_row(const struct sheet_writer *writer);

/* Writes the file whole: `path` appears when all is well, with mode 0600. Frees the writer, also on failure. ERR_FULL, ERR_IO. */
enum err sheet_writer_close(struct sheet_writer *writer, struct fault *fault);
/* Frees it; nothing is written. Accepts NULL. */
void sheet_writer_abandon(struct sheet_writer *writer);

#endif
