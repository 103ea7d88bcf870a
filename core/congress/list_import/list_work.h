/* Lists on their way through the console: the file as it came, what was chosen about it, and its plan, in DIR/imports/ID until it is taken in, dropped or too old.
 *
 *     DIR/imports/ID/file     as it was uploaded; 0600. Of several, or an archive: DIR/imports/ID/files/NUMBER
 *     DIR/imports/ID/meta     JSON: what was chosen ("target", "event", "name", "actor", "made_ms", "map", "sheet", "header", "capitals", "new_units", "category",
 *                             "doubts", "decisions", "take_good", "prune", "of_all": by an organiser of all events; of several
 *                             files "files": their names, "without": indices of those left out)
 *                             and what came of it ("head", "passed", "digest", or "problem")
 *     DIR/imports/ID/rows     the plan, a JSON object a line (list_import_rows_json), behind them where each begins, and its kind
 *
 * Nothing of it is in the database but who looked at it (the audit log). Who changes one holds its lock (list_work_lock); files are replaced as a whole, so that a reader
 * sees an old state or a new one. Slow: for the job pool. */
#ifndef PLENUM_LIST_WORK_H
#define PLENUM_LIST_WORK_H

#include "core/congress/list_import/list_import.h"
#include "core/congress/list_import/list_wrong.h"

#define LIST_WORK_ID_SIZE 17
#define LIST_WORK_FILE_MOST (20u * 1024u * 1024u)
#define LIST_WORK_DAYS 3 /* so long one is kept that nobody goes on with */

struct list_work_piece {
    const char *name;
    const void *data;
    size_t length;
};
/* `meta` gets what it is; also removes those that are too old. ERR_FULL: no room. */
enum err list_work_make(const char *folder, const struct list_work_piece *pieces, size_t count, json_t *meta, char ret_id[LIST_WORK_ID_SIZE], struct fault *fault);
/* DIR/imports/ID/lock, freed by file_unlock: from reading what was chosen until what came of it is stored, so that two who choose at once lose nothing. Whoever is
 * `patient` waits for whoever has it, at most half a minute. ERR_BUSY, ERR_NOT_FOUND. */
enum err list_work_lock(const char *folder, const char *id, bool patient, int *ret_lock, struct fault *fault);
/* ERR_NOT_FOUND. A new reference. */
enum err list_work_read(const char *folder, const char *id, json_t **ret_meta, struct fault *fault);
/* Works the plan out by what `meta` says, notes who looks (through `door`, in the audit log), and stores both. What is wrong with the file or
 * the mapping is stored as meta's "problem", and no error. */
enum err list_work_plan(struct db *db, const struct list_import_door *door, const char *folder, const char *id, json_t *meta, struct fault *fault);

struct list_work_filter {
    unsigned kinds;    /* bits 1 << enum list_row_kind; 0: all */
    const char *words; /* in the name or code; NULL: all */
    size_t from, most;
};
/* {"rows": […], "total": how many fit}; a new reference. */
enum err list_work_rows(const char *folder, const char *id, const struct list_work_filter *filter, json_t **ret, struct fault *fault);

/* The plan is worked out anew and written, when it is the one that was shown (`digest`); else it is stored, and ERR_CONFLICT with reason "list_changed": what
 * is stored
 * changed meanwhile. The work is removed when it is done. `db` reads. */
enum err list_work_apply(struct db *db, const struct list_import_door *door, const char *folder, const char *id, json_t *meta, const char *digest,
                         struct list_import_result *ret, struct fault *fault);

/* The rows that are wrong or doubtful, as a list of their own in `path` (list_wrong.h); noted as a look. wish->sensitive is set here. */
enum err list_work_wrong(struct db *db, const struct list_import_door *door, const char *folder, const char *id, const json_t *meta, struct list_wrong_wish *wish,
                         const char *path, struct fault *fault);

void list_work_remove(const char *folder, const char *id);
/* [{"id", "name", "target", "event", "actor", "made_ms"}], the newest last; a new reference. */
enum err list_work_list(const char *folder, json_t **ret);

#endif
