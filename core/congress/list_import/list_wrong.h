/* The rows that are wrong or doubtful as a list of their own: the columns as they stand in the file, each flaw in words in a last column, the cells marked.
 * Put right and given again, it is taken as the list was: by the same headings, a form's rows with its mark. */
#ifndef PLENUM_LIST_WRONG_H
#define PLENUM_LIST_WRONG_H

#include "core/congress/list_import/list_import.h"

struct list_wrong_wish {
    bool csv;             /* else a workbook, a sheet for each sheet or form */
    const char *language; /* of the headings that are ours */
    bool sensitive;       /* cells of sensitive columns too; else they stay empty */
    /* What is wrong with a row (as list_import_rows_json tells it), in the reader's words; lives in `arena`. NULL: no memory. */
    const char *(*words)(void *context, struct arena *arena, const json_t *row);
    void *context;
};

/* Writes to `path`, mode 0600. ERR_NOT_FOUND: there are none. ERR_LIMIT: more sheets than a workbook has; CSV has no such bound. */
enum err list_import_write_wrong(struct list_import *import, const struct list_wrong_wish *wish, const char *path, struct fault *fault);

#endif
