/* The list for a door without power: A4, every row with a box to tick, a place for the time and a signature, and the row code by which it is typed afterwards
 * (core/congress/fallback). In the language of the badges; blank rows at the end for whoever is not on it. Never a token.
 *
 * Texts are UTF-8 and borrowed for the call. Thread-safe as core/typeset is: each thread with fonts of its own. */
#ifndef PLENUM_BADGES_PAPER_LIST_H
#define PLENUM_BADGES_PAPER_LIST_H

#include "core/base/buf.h"
#include "core/congress/fallback/row_list.h"
#include "core/typeset/fonts.h"

#define PAPER_LIST_BLANKS 5       /* blank rows, when nobody says how many */
#define PAPER_LIST_BLANKS_MOST 60 /* as --blanks allows */

struct paper_list {
    const struct row_list *list;
    unsigned blanks;              /* rows at the end of the list, or of each delegation's */
    bool mark_present;            /* who was in (or was given it) when it was printed is ticked, with the time */
    bool allow_missing;           /* as badge_run */
};

/* The PDF appended to `out`: by delegation each begins on a page of its own, with a bookmark; "page x of y" within it. ERR_INPUT: somebody has no row code, or a
 * character that no font has (the fault names place and character). A list of nobody is blank rows. */
enum err paper_list_write(const struct paper_list *paper, struct fonts *fonts, struct buf *out, size_t *ret_pages, struct fault *fault);

#endif
