/* What find_index.c, find_index_one.c and find_index_add.c share. Private to core/congress/delegates. */
#ifndef PLENUM_CONGRESS_FIND_INDEX_PRIVATE_H
#define PLENUM_CONGRESS_FIND_INDEX_PRIVATE_H

#include "core/congress/delegates/find_index.h"
#include "core/congress/delegates/find_words.h"

#include "catalogue.h"

#define FIND_GAP (INT64_C(1) << 18) /* between neighbours at first: room for 18 who come in one after the other at the same point; less would be denser on disk */

struct find_entry {
    int64_t place, subject_id; /* place 0: none yet */
    const char *sort;
    struct find_words words;
};

struct find_scope {
    struct db *db;
    int64_t number, event_id, from, until;
};

/* ERR_NOT_FOUND: it has none yet, or the engine has no index of words. */
enum err find_scope_open(struct db *db, int64_t event_id, struct find_scope *ret);
/* What entries should be made of; of the register or an event, with ids from … until. */
enum err find_facts_read(const struct find_scope *scope, struct arena *arena, int64_t from_id, int64_t until_id, struct sql_find_delegates_row **ret,
                         size_t *ret_count);
enum err find_entry_make(struct arena *arena, const struct sql_find_delegates_row *facts, struct find_entry *ret);
/* The order of lists. */
int find_entry_by_sort(const void *a, const void *b);
bool find_entry_same(const struct find_entry *a, const struct find_entry *b);
enum err find_entry_put(const struct find_scope *scope, const struct find_entry *entry);
enum err find_entry_drop(const struct find_scope *scope, int64_t place);
/* Where the first of those at places `low` up to `high` is that stands behind `entry`; *ret DB_NULL: there is none. */
enum err find_entry_behind(const struct find_scope *scope, struct arena *arena, const struct find_entry *entry, int64_t low, int64_t high, int64_t *ret);
/* A free place for an entry between its neighbours. ERR_LIMIT: not without moving more than a crowd. */
enum err find_entry_place(const struct find_scope *scope, struct arena *arena, struct find_entry *entry);
enum err find_index_forget(struct db *db);

#endif
