/* What is kept in memory of an event's quorum from one reading of live figures to the next: who is eligible, their stays, and the sessions that are over. Nothing is true
 * because it is kept: at each reading those who moved since (event.roster_seq) are read anew, and everything after a change of the list or the programme
 * (event.config_seq). So a reading costs by what happened since the last one, not by all that ever happened.
 *
 * Thread-safe: one reading at a time. */
#ifndef PLENUM_CONGRESS_FIGURES_KEEP_H
#define PLENUM_CONGRESS_FIGURES_KEEP_H

#include "core/congress/figures/figures.h"

struct figures_keep;

enum err figures_keep_new(struct figures_keep **ret);
void figures_keep_free(struct figures_keep *keep); /* accepts NULL */

/* As figures_read, with what is kept. On a connection that is in a transaction already, and with NULL, it is figures_read itself. */
enum err figures_read_kept(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct figures *ret);

/* For figures_read_kept: puts the quorum into the figures. */
enum err figures_keep_quorum(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *programme, struct figures *f);

#endif
