/* Looking at the cells of a column, one after the other. Private to core/congress/list. */
#ifndef PLENUM_CONGRESS_LIST_LOOK_H
#define PLENUM_CONGRESS_LIST_LOOK_H

#include "core/congress/list/list_private.h"

#define LIST_LOOK_SLOTS 512

/* What is remembered from cell to cell. */
struct list_looking {
    double last;                    /* number of the cell before; -1: none */
    uint64_t seen[LIST_LOOK_SLOTS]; /* hashes of the texts so far; at most a few hundred cells are looked at */
};

/* `look->choices` has room for every attribute. */
enum err list_look_add(const struct list_known *known, struct arena *scratch, struct list_look *look, struct list_looking *at, const struct sheet_cell *cell);
/* Two to eight words of letters that all begin large (particles may be small), or of a script without cases. */
bool list_text_is_like_name(const char *text);

#endif
