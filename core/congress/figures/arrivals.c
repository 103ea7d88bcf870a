/* Who came when: the curve of the day, from the counters of minutes (TALLY_MINUTE). */
#include "core/base/clock.h"
#include "core/congress/figures/count.h"

int64_t figures_day_begin(const struct programme *p, int64_t at_ms)
{
    int64_t begin = p->opens_ms;
    for (size_t i = 0; i < p->midnight_count && p->midnights[i] <= at_ms; i++)
        if (p->midnights[i] > begin) begin = p->midnights[i];
    return begin;
}

enum err arrivals_count(struct arena *arena, const struct programme *p, int64_t now_ms, const struct figures_counter *rows, size_t count,
                        struct figures_arrivals *ret)
{
    int64_t begin = figures_day_begin(p, now_ms) / CLOCK_MINUTE, now = now_ms / CLOCK_MINUTE, first = INT64_MAX, last = 0;
    struct figures_arrivals a = {.first_ms = DB_NULL, .last_ms = DB_NULL, .from_ms = DB_NULL, .step = 1};
    for (size_t i = 0; i < count; i++) {
        if (rows[i].measure != TALLY_ATTENDED || rows[i].dimension != TALLY_MINUTE || rows[i].key_id < begin || rows[i].key_id > now) continue;
        if (rows[i].key_id < first) first = rows[i].key_id;
        if (rows[i].key_id > last) last = rows[i].key_id;
        if (rows[i].key_id == now - 1) a.per_minute = rows[i].total;
    }
    *ret = a;
    if (first == INT64_MAX) return OK;
    a.first_ms = a.from_ms = first * CLOCK_MINUTE;
    a.last_ms = last * CLOCK_MINUTE;
    int64_t span = now - first + 1;
    a.step = (span + FIGURES_MOST_MINUTES - 1) / FIGURES_MOST_MINUTES;
    a.minute_count = (size_t)((span + a.step - 1) / a.step);
    a.minutes = arena_array(arena, a.minute_count, sizeof *a.minutes);
    if (!a.minutes) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        if (rows[i].measure == TALLY_ATTENDED && rows[i].dimension == TALLY_MINUTE && rows[i].key_id >= first && rows[i].key_id <= last)
            a.minutes[(rows[i].key_id - first) / a.step] += rows[i].total;
    *ret = a;
    return OK;
}

enum err arrivals_read_exact(struct db *db, const struct programme *p, struct figures_arrivals *arrivals)
{
    struct sql_figures_arrivals_of_row row;
    if (arrivals->first_ms == DB_NULL) return OK;
    const struct sql_figures_arrivals_of_in in = {.area_id = p->areas[0].id, .first_ms = arrivals->first_ms, .last_ms = arrivals->last_ms,
                                                  .until_ms = arrivals->last_ms + CLOCK_MINUTE};
    enum err e = sql_figures_arrivals_of(db, NULL, &in, &row);
    if (e == OK && row.first_ms != DB_NULL) arrivals->first_ms = row.first_ms;
    if (e == OK && row.last_ms != DB_NULL) arrivals->last_ms = row.last_ms;
    return e;
}
