/* Writing the plan: shared by apply.c and apply_delegate.c. Private to core/congress/list_import. */
#ifndef PLENUM_LIST_IMPORT_APPLY_H
#define PLENUM_LIST_IMPORT_APPLY_H

#include "core/congress/delegates/find_index.h"
#include "core/congress/list_import/private.h"

enum item_kind { ITEM_UNIT, ITEM_PERSON, ITEM_NUMBER, ITEM_DELEGATE };

struct item {
    enum item_kind kind;
    struct list_row *row;
    struct row *subject;
    const char *sort;
    bool joined; /* in one slice with the one before it */
    bool gave;   /* a delegate whose ITEM_NUMBER stands before */
};

/* New ones for the index of names, in the order of lists. */
struct names {
    int64_t event_id; /* 0: the register */
    int64_t *ids;
    size_t count, done;
};

/* What a slice knows, and hands on to the next when it was committed. */
#define TOGETHER_MOST 200 /* so many whose numbers go round are written at one go: some milliseconds */
struct slice {
    struct list_import *m;
    struct db *db;
    struct write_tools *tools;
    struct arena *arena; /* cleared with each */
    struct buf *fields;
    struct register_doing doing;
    struct tell tell;
    struct fault *fault;
    const char *actor, *source;
    int64_t number, place, at_ms, slice_us;
    size_t written, left;
    size_t parked; /* taking back: so many gave their number up for another's turn, and have not had theirs */
    bool renamed_unit;
};
/* How long a slice of this door may work. */
int64_t slice_length(const struct list_import_door *door);
enum err slice_begin(struct slice *slice, struct db *db, struct write_tools *tools);

struct applying {
    struct list_import *m;
    struct arena arena;
    struct item *items;
    size_t count, capacity, from, until;
    struct slice slice, after;
    const char *detail;
    const struct names *indexing;
    char source[32];
};

/* apply_order.c: what there is to write, in the order of writing. ERR_NOMEM. */
enum err apply_order(struct applying *applying);
/* apply_item.c: one thing; what does not fit any more is left and told. */
enum err apply_item(struct slice *slice, const struct item *item);
/* Gives a delegate who has none the first of two numbers (each may be NULL) that nobody has at the event; none of them is free: they stay without. */
enum err import_give_number(struct slice *slice, int64_t event_id, int64_t delegate_id, const char *first, const char *second);
/* Whether a unit may come beneath another without coming beneath itself. */
enum err import_stays_tree(struct db *db, struct arena *arena, int64_t unit_id, int64_t parent_id, bool *ret);
/* The index of names, and doors, learn what units that an import renamed, or gave their names back, are called; in slices, and as often as one likes. */
enum err import_tell_renamed(const struct list_import_door *door, int64_t number, struct fault *fault);

/* A delegate's row, badge, state and counters. */
enum err apply_delegate(struct slice *slice, const struct item *item);
/* What they add to the counters, before and after; NULL: they are not there. Columns as in the event file's tables. */
enum err apply_count(struct db *db, struct arena *arena, struct write_tools *tools, const char *slug, const struct db_value *before, const struct db_value *after);

#endif
