/* Delegates that another room makes many at once (a draw from the register), written into the journal of imports, so that they are taken back in the same way, also when
 * they did not reach their end. Each function runs in the caller's transaction and may be run again with it; whoever calls them holds list_import_lock from the
 * first to the last. */
#ifndef PLENUM_LIST_IMPORT_MADE_H
#define PLENUM_LIST_IMPORT_MADE_H

#include "core/congress/list_import/list_import.h"

struct list_made {
    int64_t event_id, at_ms;
    const char *name;   /* where an import has its file */
    const char *actor;
    const char *detail; /* JSON; "counts": {"new": n} is shown */
};
enum err list_made_begin(struct db *db, const struct list_made *made, int64_t *ret_number, struct fault *fault);
/* The row as it is stored now: who changes it later keeps it. `place` counts up from 1. */
enum err list_made_delegate(struct db *db, struct arena *arena, int64_t number, int64_t place, int64_t delegate_id, const char *code);
/* Somebody who was to be made, and was not: became a delegate meanwhile. */
enum err list_made_left(struct db *db, int64_t number, int64_t place, const char *code);
/* Gates, pages and figures learn of them here. */
enum err list_made_end(struct db *db, int64_t number, int64_t event_id, int64_t at_ms, size_t written, size_t left);

#endif
