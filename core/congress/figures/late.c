/* Scans that were told long after they were made: they put right what was shown for moments that were past. */
#include "core/congress/figures/count.h"

enum err late_count(struct db *db, const struct programme *p, int64_t now_ms, int64_t *ret)
{
    struct sql_figures_late_count_row row;
    enum err e = sql_figures_late_count(db, NULL, p->event_id, figures_day_begin(p, now_ms), &row);
    if (e == OK) *ret = row.total;
    return e;
}

enum err figures_late_read(struct db *db, struct arena *arena, int64_t event_id, int64_t most, struct figures_late **ret, size_t *ret_count)
{
    struct sql_figures_late_list_row *rows;
    size_t n;
    enum err e = sql_figures_late_list(db, arena, event_id, most, &rows, &n);
    struct figures_late *list = e == OK ? arena_array(arena, n, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        list[i] = (struct figures_late){.gate_id = rows[i].gate_id, .known_ms = rows[i].known_ms, .first_ms = rows[i].first_ms, .last_ms = rows[i].last_ms,
                                        .by = rows[i].device ? rows[i].device : rows[i].account, .on_paper = rows[i].on_paper != 0, .entered = rows[i].entered,
                                        .left = rows[i].gone, .given = rows[i].given, .undone = rows[i].undone};
    *ret = list;
    *ret_count = n;
    return OK;
}
