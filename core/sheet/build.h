/* Private to core/sheet: a book while it is read, within its limits. What stands there often is kept once. */
#ifndef PLENUM_SHEET_BUILD_H
#define PLENUM_SHEET_BUILD_H

#include "core/sheet/sheet.h"

#define BUILD_KEPT_MOST 65536u

struct build_kept {
    const char *text; /* NULL: free */
    uint32_t length, hash;
};

struct build {
    struct arena *arena;  /* for what stays */
    struct arena scratch; /* for what goes */
    const struct sheet_limits *limits;
    struct fault *fault;
    struct build_kept *kept; /* texts that were seen lately: [kept_count], a power of two */
    uint32_t kept_count;
    uint64_t cells, text_bytes, all_merges, merge_work; /* of the whole book */
    /* the row that is read */
    struct sheet_cell *row;
    size_t row_count, row_capacity;
    uint32_t row_number;
    bool row_hidden, row_unsorted;
    /* the sheet that is read */
    struct sheet_row *rows;
    size_t count, capacity;
    struct sheet_merge *merges;
    size_t merge_count, merge_capacity;
    uint32_t columns;
    bool unsorted;
    /* the sheets that were read */
    struct sheet *sheets;
    size_t sheet_count, sheet_capacity;
};

/* In TEXT cells `number` says until build_end which font they have. */
enum build_font {
    FONT_UNKNOWN = 0,
    FONT_TCVN3,
    FONT_TCVN3_CAPITALS,
    FONT_VNI,
    FONT_MIXED, /* runs of several: already converted */
    FONT_USUAL, /* of a run: a font that says nothing about letters; in no cell */
};

/* `length` of the file, by which it is known how much will come. */
enum err build_begin(struct build *build, struct arena *arena, const struct sheet_limits *limits, size_t length, struct fault *fault);
void build_release(struct build *build); /* what goes; accepts a zeroed one */

/* A text in the arena, NFC, counted. It need not be NUL-terminated; UTF-8. NULL: out of memory or above the limit (build_short says which). */
const char *build_text(struct build *build, const char *text, size_t length);
enum err build_short(const struct build *build, size_t length);

/* Only blanks of any kind. */
bool build_is_blank(const char *text, size_t length);

void build_row(struct build *build, uint32_t number, bool hidden);
/* `text` from build_text or static; NULL: nothing is stored. */
enum err build_cell(struct build *build, uint32_t column, enum sheet_kind kind, double number, const char *text);
/* What the cell that was added last says in the file. */
void build_raw(struct build *build, const char *raw);
enum err build_row_end(struct build *build);
enum err build_merge(struct build *build, const struct sheet_merge *merge);
/* `name` is kept. */
enum err build_sheet_end(struct build *build, const char *name, bool hidden);

/* Our own cells, to be changed. */
struct sheet_cell *build_cells(const struct sheet_row *row);

#endif
