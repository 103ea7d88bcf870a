/* Quorum: per session, "reached at 07:52", and it does not flip in a break (DESIGN.md §8). */
#include "core/congress/figures/quorum.h"
#include "core/base/json.h"

#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t quorum_required(const char *rule, const char *fraction, int64_t eligible)
{
    int over, under, end = 0;
    if (sscanf(fraction, "%9d/%9d%n", &over, &under, &end) != 2 || fraction[end] || over < 0 || under <= 0 || over > under) return -1;
    if (strcmp(rule, "at_least") == 0) return (eligible * over + under - 1) / under;
    if (strcmp(rule, "more_than") == 0) return eligible * over / under + 1;
    return -1;
}

struct step {
    int64_t at_ms;
    int by;
};

static int compare_steps(const void *a, const void *b)
{
    const struct step *x = a, *y = b;
    if (x->at_ms != y->at_ms) return x->at_ms < y->at_ms ? -1 : 1;
    return x->by - y->by; /* who leaves at the very moment is not counted with who comes */
}

/* The first moment in [from, now] at which `required` people were in together; DB_NULL: none. */
static int64_t first_reached(const struct step *steps, size_t n, int64_t required, int64_t from_ms, int64_t now_ms)
{
    int64_t count = 0;
    size_t i = 0;
    for (; i < n && steps[i].at_ms <= from_ms; i++) count += steps[i].by;
    if (count >= required && from_ms <= now_ms) return from_ms;
    for (; i < n && steps[i].at_ms <= now_ms; i++) {
        count += steps[i].by;
        bool last_of_moment = i + 1 == n || steps[i + 1].at_ms != steps[i].at_ms;
        if (count >= required && last_of_moment) return steps[i].at_ms;
    }
    return DB_NULL;
}

/* From when on people count for this session: from the end of the session before it in the same area that day, else from midnight. */
static int64_t window_begin(const struct programme *p, const struct programme_session *session, int64_t area_id, int64_t now_ms)
{
    int64_t day_end = programme_day_end(p, now_ms), begin = p->opens_ms;
    for (size_t i = 0; i < p->midnight_count; i++)
        if (p->midnights[i] < day_end && p->midnights[i] > begin) begin = p->midnights[i];
    for (size_t i = 0; session && i < p->session_count; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (s->area_id == area_id && s->ends_ms <= session->starts_ms && s->ends_ms > begin) begin = s->ends_ms;
    }
    return begin;
}

/* No stay that began before this goes on at `at_ms`: a stay ends with its day, or with a session that goes on over midnight. */
static int64_t stays_begin(const struct programme *p, int64_t area_id, int64_t at_ms)
{
    int64_t first = at_ms, midnight = p->opens_ms;
    for (size_t i = 0; i < p->session_count; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (s->area_id == area_id && s->starts_ms < first && s->ends_ms > at_ms) first = s->starts_ms;
    }
    for (size_t i = 0; i < p->midnight_count && p->midnights[i] <= first; i++)
        if (p->midnights[i] > midnight) midnight = p->midnights[i];
    return midnight < first ? midnight : first;
}

/* From when on a stay counts: who was checked in with a group only from when they were seen themselves, unless the organiser decided otherwise. */
static int64_t counts_from(const struct programme *p, int64_t from_ms, int64_t personal_ms)
{
    if (p->group_quorum || (personal_ms != DB_NULL && personal_ms < from_ms)) return from_ms;
    return personal_ms == DB_NULL ? INT64_MAX : personal_ms;
}

static enum err find_since(struct db *db, struct arena *arena, const struct programme *p, int64_t category_id, const struct programme_session *session,
                           int64_t now_ms, struct figures_quorum *quorum)
{
    int64_t area_id = p->areas[0].id, begin = window_begin(p, session, area_id, now_ms);
    int64_t until = session && session->ends_ms < now_ms ? session->ends_ms : now_ms;
    struct sql_figures_quorum_presence_row *rows;
    size_t n;
    enum err e = sql_figures_quorum_presence(db, arena, &(struct sql_figures_quorum_presence_in){.event_id = p->event_id, .area_id = area_id,
                                             .category_id = category_id, .first_ms = stays_begin(p, area_id, begin), .after_ms = begin,
                                             .before_ms = until}, &rows, &n);
    if (e != OK) return e;
    struct step *steps = arena_array(arena, n * 2, sizeof *steps);
    if (!steps) return ERR_NOMEM;
    size_t count = 0;
    quorum->present = quorum->by_group = 0;
    for (size_t i = 0; i < n; i++) { /* a person's stays do not overlap */
        bool seen = rows[i].personal_ms != DB_NULL && rows[i].personal_ms <= now_ms, is_in = rows[i].from_ms <= now_ms && rows[i].until_ms > now_ms;
        int64_t from_ms = counts_from(p, rows[i].from_ms, rows[i].personal_ms);
        quorum->by_group += is_in && !seen;
        if (from_ms >= rows[i].until_ms) continue;
        quorum->present += is_in && from_ms <= now_ms;
        steps[count++] = (struct step){from_ms, 1};
        steps[count++] = (struct step){rows[i].until_ms, -1};
    }
    if (count) qsort(steps, count, sizeof *steps, compare_steps);
    quorum->since_ms = first_reached(steps, count, quorum->required, begin, until);
    quorum->reached = quorum->since_ms != DB_NULL;
    return OK;
}

enum err quorum_read(struct db *db, struct arena *arena, const struct programme *p, const struct figures_part *categories, size_t category_count,
                     int64_t now_ms, struct figures_quorum *ret)
{
    *ret = (struct figures_quorum){.since_ms = DB_NULL};
    if (!p->quorum || p->area_count == 0) return OK;
    json_t *rule = NULL;
    enum err e = json_read(p->quorum, strlen(p->quorum), &rule, NULL);
    if (e != OK) return e;
    const char *category = json_string_value(json_object_get(rule, "category"));
    const char *kind = json_string_value(json_object_get(rule, "rule"));
    const char *fraction = json_string_value(json_object_get(rule, "fraction"));
    for (size_t i = 0; category && kind && fraction && i < category_count; i++) {
        if (strcmp(categories[i].code, category) != 0) continue;
        const struct programme_session *session = programme_session_at(p, p->areas[0].id, now_ms);
        ret->known = true;
        ret->category = categories[i].code;
        ret->group_counts = p->group_quorum;
        ret->session = session ? session->code : NULL;
        ret->eligible = categories[i].count.expected;
        ret->required = quorum_required(kind, fraction, ret->eligible);
        if (ret->eligible > 0) e = find_since(db, arena, p, categories[i].id, session, now_ms, ret);
    }
    json_decref(rule);
    return e;
}
