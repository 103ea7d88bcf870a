/* Private to docs-bundle: tables of a PDF, found by where its words stand on the paper.
 *
 * A PDF has no tables, only words at places, and the order in which pdftotext gives them goes down the columns: which figure belongs to which label is lost.
 * Here rows are the words of one height on the paper, and columns are parted where no row of figures has ink. Nothing is joined that stands in two rows,
 * and nothing is guessed of a cell that goes over several lines: it stands in as many rows as on the paper, each in its column. */
#ifndef PLENUM_DOCS_TABLES_H
#define PLENUM_DOCS_TABLES_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* `tsv`: what `pdftotext -tsv` says of pages 1 to `count`. texts[i] becomes the text of page i + 1 where a table was found on it, else NULL: lines as
 * pdftotext orders them, and each row of a table as a line that begins with a tab and has one before each further cell. Pages with letters that are
 * written from the right are left alone. False: out of memory. Pure. */
bool tables_find(struct arena *arena, const char *tsv, const char **texts, size_t count);

#endif
