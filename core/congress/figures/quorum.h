/* The quorum of the session that is on or comes next (private to figures). */
#ifndef PLENUM_CONGRESS_QUORUM_H
#define PLENUM_CONGRESS_QUORUM_H

#include "core/congress/figures/figures.h"

/* `categories` hold the counts of the first area as of now. */
enum err quorum_read(struct db *db, struct arena *arena, const struct programme *programme, const struct figures_part *categories, size_t category_count,
                     int64_t now_ms, struct figures_quorum *ret);

#endif
