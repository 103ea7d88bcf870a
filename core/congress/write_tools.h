/* What a writing thread keeps from one piece of work to the next: the programme cache, the source of ids, and what a whole transaction writes only once.
 *
 * Counters and change numbers are touched by every check-in, so they are gathered in memory and written once per transaction, just before its
 * COMMIT: write_tools_begin, then the pieces, then write_tools_flush, all in the same transaction. A piece that fails is forgotten with
 * write_tools_forget, as the engine forgets its savepoint. Not thread-safe: one writing thread. */
#ifndef PLENUM_CONGRESS_WRITE_TOOLS_H
#define PLENUM_CONGRESS_WRITE_TOOLS_H

#include "core/base/id.h"
#include "core/congress/figures/tally.h"
#include "core/congress/programme/programme.h"

#define WRITE_TOOLS_EVENTS 16 /* events whose change number grew in one transaction; more are written at once */

struct write_tools {
    struct programme_cache programmes;
    struct id_source ids;
    struct tally_sink tally;
    struct {
        int64_t event_id, roster_seq;
    } grown[WRITE_TOOLS_EVENTS];
    size_t grown_count;
};

struct write_mark {
    size_t tally_count, grown_count;
};

void write_tools_begin(struct write_tools *tools); /* a new transaction: nothing of the last one counts */
struct write_mark write_tools_mark(const struct write_tools *tools);
void write_tools_forget(struct write_tools *tools, struct write_mark mark);
enum err write_tools_flush(struct write_tools *tools, struct db *db);
void write_tools_release(struct write_tools *tools);

/* The event's new roster_seq, grown (with figures_seq) once per transaction. */
enum err write_tools_grow(struct write_tools *tools, struct db *db, int64_t event_id, int64_t *ret_roster_seq);

#endif
