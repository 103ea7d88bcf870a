/* Taking an import back: shared by undo.c and undo_item.c. Private to core/congress/list_import. */
#ifndef PLENUM_LIST_IMPORT_UNDO_H
#define PLENUM_LIST_IMPORT_UNDO_H

#include "catalogue.h"
#include "core/congress/list_import/apply.h"

struct undoing {
    struct slice slice, after;
    struct arena arena, kept; /* kept: the language, for the whole of it */
    const char *language;
    char source[32], made_by[32]; /* in the register: of the taking back, of the import */
    int64_t below, next_below;    /* rows from here on are done */
    bool done, next_done;
    bool resumed; /* it was cut off: what had been written before is told with the rest */
    bool removed, next_removed; /* delegates went: gates fetch their lists whole */
    const char *slug;
    int64_t event_id;
    int64_t number;
    const char *actor;
    size_t back, left;
};

/* One thing of the journal, as far as nobody changed it since; what became of it is noted there. */
enum err undo_item(struct slice *slice, struct undoing *undoing, const struct sql_list_import_rows_down_row *row);

#endif
