/* Scans that were told long after they were made: they put right what was shown for moments that were past. */
#include "core/congress/figures/count.h"

enum err late_count(struct db *db, const struct programme *p, int64_t now_ms, int64_t *ret)
{
    struct sql_figures_late_count_row row;
    enum err e = sql_figures_late_count(db, NULL, p->event_id, figures_day_begin(p, now_ms), &row);
    if (e == OK) *ret = row.total;
    return e;
}
