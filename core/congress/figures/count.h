/* From counters to figures: the same for those that are stored and for those of a moment of the past (private to figures). */
#ifndef PLENUM_CONGRESS_FIGURES_COUNT_H
#define PLENUM_CONGRESS_FIGURES_COUNT_H

#include "core/congress/figures/figures.h"

#include "catalogue.h"

#define figures_counter sql_tally_read_row /* struct: as it is stored */

struct figures_keep;

/* Within the caller's view; keep NULL: nothing is kept. */
enum err figures_read_view(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct figures *ret);

/* Everything that follows from the counters; `rows` are in the order of their keys. */
enum err figures_count(struct db *db, struct arena *arena, const struct programme *programme, struct figures_moment moment, int64_t now_ms,
                       const struct figures_counter *rows, size_t count, struct figures *ret);

/* first_ms and last_ms are then the beginnings of their minutes. */
enum err arrivals_count(struct arena *arena, const struct programme *programme, int64_t now_ms, const struct figures_counter *rows, size_t count,
                        struct figures_arrivals *ret);
/* To the millisecond, as of now. */
enum err arrivals_read_exact(struct db *db, const struct programme *programme, struct figures_arrivals *arrivals);

#define FIGURES_LATE_MS 60000 /* a scan that came later than that put the past right: as core/db/sql/figures.sql says it */

/* figures.corrected, as of now. */
enum err late_count(struct db *db, const struct programme *programme, int64_t now_ms, int64_t *ret);

/* The local midnight at or before a moment; the event's opening when there is none. */
int64_t figures_day_begin(const struct programme *programme, int64_t at_ms);

#endif
