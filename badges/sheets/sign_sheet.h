/* The sheet to sign when the badges of a delegation are given to one person: A4, one sheet for each delegation, in the language of the badges. Never a
 * token or a code on it. That they were given is recorded apart from it (core/congress/badges/handover.h).
 *
 * Texts are UTF-8 and borrowed for the call. Thread-safe as core/typeset is: each thread with fonts of its own. */
#ifndef PLENUM_BADGES_SIGN_SHEET_H
#define PLENUM_BADGES_SIGN_SHEET_H

#include "core/base/buf.h"
#include "core/congress/badges/badge_list.h"
#include "core/typeset/fonts.h"

struct sign_sheet_line {
    const char *number, *name, *category, *seat, *badge_box; /* NULL: not known; name NULL: a line to write on */
    int64_t issue;          /* told when above 1 */
    const char *handed;     /* to whom and when it was given already; NULL: it was not */
};

struct sign_sheet {
    const char *unit; /* NULL: people of no delegation */
    struct sign_sheet_line *lines;
    size_t count;
};

struct sign_book {
    const char *organization, *event_title, *dates, *venue; /* may be NULL */
    const char *language;
    const char *to_name; /* NULL: a line to write on */
    const char *printed; /* "01/12/2026 08:00", at the foot of each page; NULL: not told */
    struct sign_sheet *sheets;
    size_t count;
    bool allow_missing;  /* as badge_run */
};

/* The list's badges by delegation, in the order of the list; what was handed over already is told in its line. In the arena. */
enum err sign_book_from_list(struct db *db, struct arena *arena, const struct badge_list *list, int64_t now_ms, struct sign_book *ret, struct fault *fault);

/* The PDF appended to `out`: a bookmark for each delegation, "page x of y" within it. ERR_INPUT: there is no badge, or a character that no font has (the
 * fault names place and character). */
enum err sign_book_write(const struct sign_book *book, struct fonts *fonts, struct buf *out, size_t *ret_pages, struct fault *fault);

#endif
