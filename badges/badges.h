/* Badges: plain facts in, a PDF out. No database, no HTTP.
 *
 * Texts are UTF-8, borrowed for the call, and may be NULL where nothing is known. Thread-safe as long as each thread has fonts of its own
 * (core/typeset/fonts.h). */
#ifndef PLENUM_BADGES_BADGES_H
#define PLENUM_BADGES_BADGES_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/typeset/fonts.h"

#include <stdbool.h>
#include <stddef.h>

struct badge {
    const char *person_code; /* for messages and bookkeeping, not printed */
    const char *name;
    const char *honorific;
    const char *title;
    const char *delegation;
    const char *category_title;
    const char *category_color; /* "#rrggbb" */
    const char *seat;
    const char *number;
    const char *group;
    const char *url; /* the text of the QR code, exactly (DESIGN.md §6); required */
    bool blank;      /* numbered, with a line to write the name on */
};

struct badge_run {
    const char *event_title;
    const char *dates; /* "01–02/12/2026" */
    const char *venue;
    const char *organization;
    const char *language; /* of the printed labels and of the document */
    const char *layout;   /* NULL = "a4x8" */
    const struct badge *badges; /* printed in this order */
    size_t count;
    bool allow_missing; /* print a box for a character that no font has, and tell, instead of refusing */
    void (*on_progress)(void *data, size_t done, size_t total); /* may be NULL; called now and then */
    void *progress_data;
};

struct badge_report {
    size_t badges, pages;
    size_t cut;          /* texts that end in an ellipsis */
    size_t missing;      /* texts with a character that no font has (allow_missing) */
    unsigned modules;    /* cells along the side of the largest QR code; above 29 the address is longer than wished */
    double name_least;   /* the smallest size of a printed name, points; 0 = no names */
};

struct badge_layout;

/* NULL finds the default. ERR_NOT_FOUND with the list of names. *ret is static. */
enum err badges_layout_find(const char *name, const struct badge_layout **ret, struct fault *fault);
/* The names in the order of the help, NULL after the last. */
const char *badges_layout_name(size_t index);

/* The whole PDF appended to `out`. Refused (ERR_INPUT, the sentence names person and character) before anything is written: a character that
 * no font has, a badge without URL, a URL that no QR code can hold, a colour that is none, an empty run. `ret` may be NULL. */
enum err badges_write(const struct badge_run *run, struct fonts *fonts, struct buf *out, struct badge_report *ret, struct fault *fault);

#endif
