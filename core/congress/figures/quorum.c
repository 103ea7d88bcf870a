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

enum err quorum_rule_read(struct arena *arena, const struct programme *p, struct quorum_rule *ret)
{
    json_t *rule = NULL;
    *ret = (struct quorum_rule){0};
    if (!p->quorum || p->area_count == 0) return OK;
    enum err e = json_read(p->quorum, strlen(p->quorum), &rule, NULL);
    if (e != OK) return e;
    const char *category = json_string_value(json_object_get(rule, "category")), *kind = json_string_value(json_object_get(rule, "rule"));
    const char *fraction = json_string_value(json_object_get(rule, "fraction"));
    if (category && kind && fraction) {
        *ret = (struct quorum_rule){programme_category_by_code(p, category), arena_strdup(arena, kind), arena_strdup(arena, fraction)};
        if (!ret->kind || !ret->fraction) e = ERR_NOMEM;
    }
    json_decref(rule);
    return e;
}

/* --- the course of time ------------------------------------------------------------------------------------------------------------------------ */

/* What is different from a moment on, added up over all before it. */
struct turn {
    int64_t at_ms, in, eligible;
};

struct course {
    struct turn *turns; /* by time, one of each moment */
    size_t count;
    int64_t eligible; /* before the first turn */
};

static int compare_turns(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;
    return x->at_ms != y->at_ms ? (x->at_ms < y->at_ms ? -1 : 1) : 0;
}

/* From when on a stay counts: who was checked in with a group only from when they were seen themselves, unless the organiser decided otherwise; and nobody
 * before they were eligible. */
static int64_t counts_from(const struct programme *p, const struct quorum_stay *stay)
{
    int64_t from_ms = stay->from_ms;
    if (!p->group_quorum && stay->personal_ms == DB_NULL) return INT64_MAX;
    if (!p->group_quorum && stay->personal_ms > from_ms) from_ms = stay->personal_ms;
    return stay->eligible_ms > from_ms ? stay->eligible_ms : from_ms;
}

static enum err make_course(struct arena *arena, const struct programme *p, const struct quorum_input *input, int64_t now_ms, struct course *ret)
{
    struct turn *turns = arena_array(arena, input->stay_count * 2 + input->change_count, sizeof *turns);
    size_t n = 0, kept = 0;
    if (!turns) return ERR_NOMEM;
    *ret = (struct course){.turns = turns, .eligible = input->eligible};
    for (size_t i = 0; i < input->stay_count; i++) {
        int64_t from_ms = counts_from(p, &input->stays[i]);
        if (from_ms >= input->stays[i].until_ms || from_ms > now_ms) continue;
        turns[n++] = (struct turn){from_ms, 1, 0};
        turns[n++] = (struct turn){input->stays[i].until_ms, -1, 0};
    }
    for (size_t i = 0; i < input->change_count; i++) {
        if (input->changes[i].at_ms > now_ms) continue;
        turns[n++] = (struct turn){input->changes[i].at_ms, 0, input->changes[i].by};
        ret->eligible -= input->changes[i].by;
    }
    if (n) qsort(turns, n, sizeof *turns, compare_turns);
    struct turn sum = {0, 0, ret->eligible};
    for (size_t i = 0; i < n; i++) {
        sum.in += turns[i].in;
        sum.eligible += turns[i].eligible;
        if (i + 1 < n && turns[i + 1].at_ms == turns[i].at_ms) continue;
        turns[kept++] = (struct turn){turns[i].at_ms, sum.in, sum.eligible};
    }
    ret->count = kept;
    return OK;
}

/* How it was just after `at_ms`. *ret_next: the first turn later than that. */
static struct turn course_at(const struct course *course, int64_t at_ms, size_t *ret_next)
{
    size_t low = 0, high = course->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (course->turns[middle].at_ms <= at_ms) low = middle + 1;
        else high = middle;
    }
    *ret_next = low;
    return low ? course->turns[low - 1] : (struct turn){at_ms, 0, course->eligible};
}

static bool is_met(const struct quorum_rule *rule, const struct turn *turn)
{
    return turn->eligible > 0 && turn->in >= quorum_required(rule->kind, rule->fraction, turn->eligible);
}

/* From when on people count for a session (NULL: for the day): from the end of the session before it in the area that day, else from midnight. */
static int64_t window_begin(const struct programme *p, const struct programme_session *session, int64_t area_id, int64_t now_ms)
{
    int64_t day_end = programme_day_end(p, session ? session->starts_ms : now_ms), begin = p->opens_ms;
    for (size_t i = 0; i < p->midnight_count; i++)
        if (p->midnights[i] < day_end && p->midnights[i] > begin) begin = p->midnights[i];
    for (size_t i = 0; session && i < p->session_count; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (s->area_id == area_id && s->ends_ms <= session->starts_ms && s->ends_ms > begin) begin = s->ends_ms;
    }
    return begin;
}

/* --- one session ------------------------------------------------------------------------------------------------------------------------------- */

struct telling {
    struct arena *arena;
    const struct quorum_rule *rule;
    struct figures_session_quorum *quorum;
    size_t capacity;
    bool met;
};

static enum err tell_turn(struct telling *t, const struct turn *turn, int64_t at_ms)
{
    struct figures_session_quorum *q = t->quorum;
    bool met = is_met(t->rule, turn);
    if (turn->in > q->most) q->most = turn->in;
    if (met == t->met) return OK;
    t->met = met;
    if (!met) {
        q->periods[q->period_count - 1].until_ms = q->lost_ms = at_ms;
        return OK;
    }
    if (arena_grow(t->arena, &q->periods, &t->capacity, q->period_count, sizeof *q->periods) != 0) return ERR_NOMEM;
    q->periods[q->period_count++] = (struct figures_period){at_ms, DB_NULL};
    q->lost_ms = DB_NULL;
    return OK;
}

static enum err tell_session(struct arena *arena, const struct programme *p, const struct quorum_rule *rule, const struct course *course,
                             const struct programme_session *session, int64_t now_ms, struct figures_session_quorum *ret)
{
    struct telling t = {.arena = arena, .rule = rule, .quorum = ret};
    bool over = session && session->ends_ms <= now_ms;
    int64_t begin = window_begin(p, session, p->areas[0].id, now_ms);
    int64_t last = over ? session->ends_ms - 1 : now_ms; /* what ends with the session was not lost in it */
    size_t next;
    *ret = (struct figures_session_quorum){.session = session ? session->code : NULL, .since_ms = DB_NULL, .lost_ms = DB_NULL};
    struct turn turn = course_at(course, begin < last ? begin : last, &next);
    enum err e = tell_turn(&t, &turn, begin);
    for (; e == OK && next < course->count && course->turns[next].at_ms <= last; next++) {
        turn = course->turns[next];
        e = tell_turn(&t, &turn, turn.at_ms);
    }
    if (over && t.met) ret->periods[ret->period_count - 1].until_ms = session->ends_ms;
    ret->eligible = turn.eligible;
    ret->required = quorum_required(rule->kind, rule->fraction, turn.eligible);
    ret->present = turn.in;
    ret->reached = ret->period_count > 0;
    if (ret->reached) ret->since_ms = ret->periods[0].from_ms;
    return e;
}

/* --- all --------------------------------------------------------------------------------------------------------------------------------------- */

static enum err put_sessions(struct arena *arena, const struct programme *p, const struct quorum_rule *rule, const struct course *course,
                             const struct programme_session *next, struct figures *f)
{
    enum err e = OK;
    f->quorums = arena_array(arena, p->session_count, sizeof *f->quorums);
    if (!f->quorums) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < p->session_count; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (s->area_id != p->areas[0].id || (s->starts_ms > f->as_of_ms && s != next)) continue;
        e = tell_session(arena, p, rule, course, s, f->as_of_ms, &f->quorums[f->quorum_count++]);
    }
    return e;
}

enum err quorum_put(struct arena *arena, const struct programme *p, const struct quorum_rule *rule, const struct quorum_input *input, struct figures *f)
{
    f->quorum = (struct figures_quorum){.since_ms = DB_NULL};
    f->quorums = NULL;
    f->quorum_count = 0;
    if (!rule->category) return OK;
    int64_t now_ms = f->as_of_ms;
    struct figures_session_quorum one;
    struct course course;
    const struct programme_session *session = programme_session_at(p, p->areas[0].id, now_ms);
    enum err e = make_course(arena, p, input, now_ms, &course);
    if (e == OK) e = tell_session(arena, p, rule, &course, session, now_ms, &one);
    if (e == OK) e = put_sessions(arena, p, rule, &course, session, f);
    if (e != OK) return e;
    f->quorum = (struct figures_quorum){.known = true, .session = one.session, .category = rule->category->code, .eligible = one.eligible,
                                        .required = one.required, .present = one.present, .group_counts = p->group_quorum, .reached = one.reached,
                                        .since_ms = one.since_ms};
    for (size_t i = 0; i < input->stay_count; i++) {
        const struct quorum_stay *s = &input->stays[i];
        bool seen = s->personal_ms != DB_NULL && s->personal_ms <= now_ms;
        f->quorum.by_group += s->from_ms <= now_ms && s->until_ms > now_ms && !seen;
    }
    return OK;
}

static int compare_ids(const void *a, const void *b)
{
    const struct sql_figures_listed_row *x = a, *y = b;
    return x->delegate_id != y->delegate_id ? (x->delegate_id < y->delegate_id ? -1 : 1) : 0;
}

/* Who came onto the list later, and how many more were eligible then: a substitute takes the place of somebody who was. */
static enum err read_list(struct db *db, struct arena *arena, const struct programme *p, const struct quorum_rule *rule, struct quorum_input *input,
                          struct sql_figures_listed_row **ret_rows, size_t *ret_count)
{
    enum err e = sql_figures_listed(db, arena, p->event_id, rule->category->id, ret_rows, ret_count);
    if (e != OK) return e;
    input->changes = arena_array(arena, *ret_count, sizeof *input->changes);
    if (!input->changes) return ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++)
        if (!(*ret_rows)[i].is_substitute) input->changes[input->change_count++] = (struct quorum_change){(*ret_rows)[i].made_ms, 1};
    if (*ret_count) qsort(*ret_rows, *ret_count, sizeof **ret_rows, compare_ids);
    return OK;
}

enum err quorum_read(struct db *db, struct arena *arena, const struct programme *p, struct figures *f)
{
    struct quorum_rule rule;
    struct quorum_input input = {0};
    struct sql_figures_quorum_stays_row *rows = NULL;
    struct sql_figures_listed_row *listed = NULL;
    size_t n = 0, listed_count = 0;
    enum err e = quorum_rule_read(arena, p, &rule);
    if (e != OK || !rule.category) return e == OK ? quorum_put(arena, p, &rule, &input, f) : e;
    for (size_t i = 0; i < f->category_count; i++)
        if (f->categories[i].id == rule.category->id) input.eligible = f->categories[i].count.expected;
    e = read_list(db, arena, p, &rule, &input, &listed, &listed_count);
    /* From the beginning: what a wrong clock put before the event belongs to its first day. */
    if (e == OK) e = sql_figures_quorum_stays(db, arena, &(struct sql_figures_quorum_stays_in){.event_id = p->event_id, .area_id = p->areas[0].id,
                                              .category_id = rule.category->id, .first_ms = 0}, &rows, &n);
    if (e != OK) return e;
    input.stays = arena_array(arena, n, sizeof *input.stays);
    if (!input.stays) return ERR_NOMEM;
    input.stay_count = n;
    for (size_t i = 0; i < n; i++) {
        const struct sql_figures_listed_row key = {.delegate_id = rows[i].delegate_id};
        const struct sql_figures_listed_row *from = listed_count ? bsearch(&key, listed, listed_count, sizeof *listed, compare_ids) : NULL;
        input.stays[i] = (struct quorum_stay){rows[i].from_ms, rows[i].until_ms, rows[i].personal_ms, from ? from->made_ms : 0};
    }
    return quorum_put(arena, p, &rule, &input, f);
}
