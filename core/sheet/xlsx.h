/* Private to core/sheet: the parts of an XLSX (ECMA-376 part 1, 18) one by one, and the book of them. */
#ifndef PLENUM_SHEET_XLSX_H
#define PLENUM_SHEET_XLSX_H

#include "core/base/buf.h"
#include "core/sheet/build.h"
#include "core/sheet/markup.h"
#include "core/sheet/number_format.h"

struct xlsx_style {
    const char *format; /* NULL: General */
    enum number_kind kind;
    enum build_font font;
};

struct xlsx_pieces;

/* A text as it was read, before it is known in which cell it stands. */
struct xlsx_string {
    const char *text; /* "" when empty or only blanks */
    struct xlsx_pieces *pieces; /* its runs have several fonts; NULL: they have one */
    enum build_font font; /* that one; FONT_UNKNOWN: the cell's; FONT_USUAL: one that says nothing about letters */
};

struct xlsx {
    struct arena *arena;
    struct parts *parts;
    struct build *build;
    struct fault *fault;
    bool from_1904;
    struct xlsx_style *styles;
    size_t style_count;
    struct xlsx_string *strings;
    size_t string_count;
};

/* Each reads one part. */
enum err xlsx_read_styles(struct xlsx *x, const char *part);
enum err xlsx_read_strings(struct xlsx *x, const char *part);
enum err xlsx_read_sheet(struct xlsx *x, const char *part);

/* A text that is read in runs, each maybe with a font of its own: shared strings and inline ones. */
struct piece;
struct xlsx_runs {
    struct buf text;      /* of all runs so far */
    size_t run_from;      /* where the run began */
    enum build_font run_font;
    struct piece *pieces; /* where the font changes, of runs whose letters depend on it */
    size_t count, capacity;
};
void xlsx_runs_begin(struct xlsx_runs *runs);
void xlsx_run_begin(struct xlsx_runs *runs);
/* The run's own font. */
void xlsx_run_font(struct xlsx_runs *runs, const char *name);
enum err xlsx_run_end(struct xlsx *x, struct xlsx_runs *runs);
/* All of it. Sets the fault. */
enum err xlsx_runs_text(struct xlsx *x, struct xlsx_runs *runs, struct xlsx_string *ret);
/* What it is in a cell of that font; escapes undone. FONT_MIXED: already converted, *ret_raw is what stood there (NULL: the same). Sets the fault. */
enum err xlsx_string_text(struct xlsx *x, const struct xlsx_string *string, enum build_font cell, const char **ret, const char **ret_raw, enum build_font *ret_font);

/* ".VnTime", "VNI-Times", … */
enum build_font xlsx_font_of(const char *name);

/* Undoes _xHHHH_ in place (ECMA-376 part 1, 22.9.2.19); line ends become LF, other control characters are dropped. Returns the new length. */
size_t xlsx_unescape(char *text, size_t length);

/* The whole book. */
enum err xlsx_read(struct parts *parts, struct build *build, struct sheet_book *ret, struct fault *fault);

#endif
