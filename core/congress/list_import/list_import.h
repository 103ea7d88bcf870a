/* Lists of offices (.xlsx, .csv) taken in: whom each row means, what would change, the change itself beside a running congress, and taking it back.
 *
 *     list_import_open        reads the file, guesses or takes the mapping, and works out the plan: reads only
 *     list_import_plan_*      what the plan says, row by row
 *     list_import_apply       in slices of a few milliseconds; a reader sees whole rows, and gates, figures and search learn of it at the end
 *     list_import_undo        takes back what nobody changed since
 *     list_import_recover     takes back what did not reach its end (a crash, a power cut): called by whoever opens the folder to write
 *
 * Choices and why: docs/decisions/0054-list-import.md. Not thread-safe: one import, one thread. One import at a time in a data folder (DIR/list_import.lock). */
#ifndef PLENUM_LIST_IMPORT_H
#define PLENUM_LIST_IMPORT_H

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/congress/list/list.h"
#include "core/congress/write_tools.h"
#include "core/db/db.h"

/* What becomes of rows about which nobody decided. */
enum list_import_doubts {
    LIST_DOUBTS_ASK,   /* nothing is written as long as there are any */
    LIST_DOUBTS_NEW,   /* all are taken: who may be somebody known is somebody new */
    LIST_DOUBTS_SAME,  /* where there is one candidate it is they; the rest asks */
    LIST_DOUBTS_LEAVE
};

struct list_decision {
    uint32_t place, row;  /* index of the mapping's places; row as shown */
    const char *decision; /* "new" (also: take it as it is), "leave", or the code of who it is */
};

struct list_import_options {
    enum list_target target;
    const char *event;          /* slug; LIST_DELEGATES needs it, otherwise NULL */
    const char *category;       /* delegates: of rows that say none; NULL: the event's only one, else such rows are wrong */
    const char *sheet;          /* name, or number from 1; NULL: all that have the table */
    uint32_t header_first, header_last; /* 0: found */
    const char *const *map;     /* "FIELD=COLUMN" */
    size_t map_count;
    const char *mapping;        /* JSON as list_mapping_write makes it; NULL: remembered or guessed */
    bool forget_mapping;        /* remembered ones are not asked */
    bool capitals;              /* put right */
    bool new_units;             /* units that nobody knows are made */
    bool take_good;             /* although there are wrong rows: they are left */
    bool tells_sensitive;       /* of sensitive columns too it is told what is new, changed or the same (never what stood there): for who may read them, and to be noted
                                   with list_import_note. Else they only count as given */
    bool own_people;            /* of the register's people who are no delegates of the event yet, nothing is told that the list does not say */
    bool keeps_people;          /* of people who are not the event's own, the register's fields stay as they are (docs/decisions/0054-list-import.md) */
    bool prune;                 /* delegates whom the list does not name are withdrawn */
    enum list_import_doubts doubts;
    const struct list_decision *decisions;
    size_t decision_count;
    const char *actor, *source; /* for the history: "command line" */
};

enum list_row_kind { LIST_ROW_NEW, LIST_ROW_CHANGED, LIST_ROW_SAME, LIST_ROW_DOUBTFUL, LIST_ROW_WRONG, LIST_ROW_LEFT, LIST_ROW_REMOVED, LIST_ROW_KIND_COUNT };
const char *list_row_kind_name(enum list_row_kind kind); /* "new"; words: list.row.NAME */

struct list_import; /* the plan */

/* `db` is a connection to read from, in a snapshot of the caller's; NULL: there is no database yet. `path` is read in this process when `trusted`, else in a child.
 * ERR_INPUT: the file or the mapping cannot be used. *ret is released by list_import_close, also after an error of a later step. */
enum err list_import_open(struct db *db, const char *path, const char *file_name, bool trusted, const struct list_import_options *options, struct list_import **ret,
                          struct fault *fault);
void list_import_close(struct list_import *import); /* accepts NULL */

void list_import_counts(const struct list_import *import, size_t ret[LIST_ROW_KIND_COUNT], size_t *ret_passed_over);
const struct list_mapping *list_import_mapping(const struct list_import *import);

/* Rows for a reader: called for each in the order of the file, removed ones last. `out` is cleared before each; false stops. */
typedef bool list_import_line(void *context, enum list_row_kind kind, const char *text, size_t length);
/* Each row as one JSON object (docs: the contract of `plenum import --dry-run --json`). ERR_NOMEM. */
enum err list_import_rows_json(struct list_import *import, list_import_line *line, void *context);
/* All of the report but for the rows: {"dry_run", "file", "target", "event", "sheet", "mapping", "counts"}; owned by the caller. */
enum err list_import_head_json(const struct list_import *import, json_t **ret);
enum err list_import_passed_json(const struct list_import *import, json_t **ret);
/* What a column may be: [{"code", "title"}], title only of attributes. */
enum err list_import_fields_json(const struct list_import *import, json_t **ret);

/* A line in the audit log: who looked at which file, how many rows are what; and a second one when the look tells what is sensitive (options.tells_sensitive).
 * To be written before anything of the plan is shown. `looked` false: the plan is written at once, and only the second line is due. */
struct list_import_door;
enum err list_import_note(struct list_import *import, const struct list_import_door *door, bool looked, struct fault *fault);

/* Whether it may be applied: ERR_CONFLICT with what stands against it (wrong rows, doubtful ones). */
enum err list_import_ready(const struct list_import *import, struct fault *fault);

/* How slices get to the database: `run` calls `apply` in a transaction that is its own or shared (core/db/writer.h), returns after COMMIT, and lets others
 * have their turn. */
struct list_import_door {
    enum err (*run)(void *context, enum err (*apply)(struct db *db, struct write_tools *tools, void *arg, struct fault *fault), void *arg, struct fault *fault);
    void *context;
    void (*progress)(void *progress_context, size_t done, size_t total); /* may be NULL */
    void *progress_context;
    int64_t slice_us; /* of work in one slice; 0: LIST_SLICE_US; tests: 1, so that everything happens in between */
};

/* A door for a program with a connection of its own (DB_WRITE). It is used where it was opened: not to be copied. */
struct list_import_own {
    struct db *db;
    struct write_tools tools;
    struct list_import_door door;
};
void list_import_own_open(struct list_import_own *own, struct db *db);
void list_import_own_close(struct list_import_own *own);

struct list_import_result {
    int64_t number;    /* of the import; 0: there was nothing to write */
    size_t written;
    size_t left;       /* rows that changed meanwhile and stay as they are */
};

/* Writes the plan. After an error everything is taken back, as far as the disk lets it; the rest is done by list_import_recover. */
enum err list_import_apply(struct list_import *import, const struct list_import_door *door, struct list_import_result *ret, struct fault *fault);

struct list_import_undone {
    int64_t number;
    size_t back, left; /* things that were taken back; that stay because somebody changed them, or because they have a history by now */
};
/* ERR_NOT_FOUND no such import; ERR_CONFLICT it was taken back already, or is on its way. */
enum err list_import_undo(const struct list_import_door *door, int64_t number, const char *actor, struct list_import_undone *ret, struct fault *fault);
/* ERR_DENIED: it changed people of the register who are not the event's own, and its organiser alone does not change them back. */
enum err list_import_is_of_event(struct db *db, int64_t number, int64_t event_id, struct fault *fault);
/* What did not reach its end is taken back. For the holder of the lock. *ret_count: how many. */
enum err list_import_recover(const struct list_import_door *door, size_t *ret_count, struct fault *fault);

/* [{"number", "state", "target", "event", "file", "actor", "began", "ended", "undone", "undone_by", "counts", "left": [{"row", "entity", "code", "why"}]}],
 * the newest
 * first; `left` only of one import (`number` not 0). `event`: a slug; "": those into the register; NULL: all. */
enum err list_import_history(struct db *db, const char *event, int64_t number, size_t most, json_t **ret, struct fault *fault);

/* DIR/list_import.lock; ERR_BUSY with a sentence: another import is on its way. Freed by file_unlock. */
enum err list_import_lock(const char *folder, int *ret_fd, struct fault *fault);

#endif
