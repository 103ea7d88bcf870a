/* The text of a page, as it was taken out of a file line by line, made into paragraphs that flow at any width.
 *
 * Lines are joined, words that a hyphen parted are put together again, and what only a sheet of paper needs (page numbers, headers that stand on the page
 * beside it too) is kept apart. Nothing is left out and nothing is guessed that would change words. Pure functions; texts live in the arena.
 *
 * A line that begins with a tab and holds another is a row of a table (docs-bundle/tables.h): a block of its own, one cell behind each tab. */
#ifndef PLENUM_CONGRESS_REFLOW_H
#define PLENUM_CONGRESS_REFLOW_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct reflow_block {
    const char *text; /* one paragraph, no line feeds, never empty; of a row, its cells with a tab between them */
    bool running;     /* a page number, a header or a footer */
    bool row;
};

/* `neighbour`: the text of the page before or behind, by which headers are known; may be NULL. False: out of memory. */
bool reflow_page(struct arena *arena, const char *text, const char *neighbour, struct reflow_block **ret, size_t *ret_count);

/* The paragraphs as one text, a line feed between them: what is searched. NULL: out of memory. */
char *reflow_text(struct arena *arena, const char *text);

#endif
