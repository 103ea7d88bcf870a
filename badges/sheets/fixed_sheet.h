/* A fixed figure on paper: A4 with the sentence, the table and lines to sign, then the list of people. All words come from the caller: this only sets them.
 *
 * Texts are UTF-8 and borrowed for the call. Thread-safe as core/typeset is: each thread with fonts of its own. */
#ifndef PLENUM_BADGES_FIXED_SHEET_H
#define PLENUM_BADGES_FIXED_SHEET_H

#include "core/base/buf.h"
#include "core/typeset/fonts.h"

#define FIXED_SHEET_NUMBERS 5 /* columns of numbers in a table */
#define FIXED_SHEET_CELLS 4   /* columns of the list: number, name, seat, state */
#define FIXED_SHEET_SIGNERS 3

struct fixed_sheet_row {
    const char *title;                        /* without numbers: a heading with `numbers` as the titles of the columns */
    const char *numbers[FIXED_SHEET_NUMBERS];
    bool is_head;
};

struct fixed_sheet_person {
    const char *heading;                  /* stands before them: a delegation; NULL: as before */
    const char *cells[FIXED_SHEET_CELLS]; /* NULL: nothing */
    const char *more;                     /* beneath the name; NULL: nothing */
};

struct fixed_sheet {
    const char *language;
    const char *organization, *event_title, *title, *label; /* label NULL: none */
    const char *sentence;
    const char *facts; /* one line beneath: when it was fixed, by whom, the seal */
    struct fixed_sheet_row *rows;
    size_t row_count;
    const char *signers[FIXED_SHEET_SIGNERS], *sign_here; /* NULL: none */
    const char *list_title, *list_head[FIXED_SHEET_CELLS];
    struct fixed_sheet_person *people;
    size_t person_count; /* 0: no list */
    const char *page, *of, *printed; /* "Page", "of", "Printed 01/12/2026 08:00" */
    bool allow_missing;              /* as badge_run */
};

/* The PDF appended to `out`. ERR_INPUT: a character that no font has (the fault names it). */
enum err fixed_sheet_write(const struct fixed_sheet *sheet, struct fonts *fonts, struct buf *out, size_t *ret_pages, struct fault *fault);

#endif
