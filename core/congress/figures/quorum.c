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
    struct turn first; /* how it was before the first turn */
    struct turn *turns; /* by time, one of each moment */
    size_t count;
};

int64_t quorum_counts_from(const struct programme *p, const struct quorum_stay *stay)
{
    int64_t from_ms = stay->from_ms;
    if (!p->group_quorum && stay->personal_ms == DB_NULL) return INT64_MAX;
    if (!p->group_quorum && stay->personal_ms > from_ms) from_ms = stay->personal_ms;
    if (stay->eligible_ms > from_ms) from_ms = stay->eligible_ms;
    return from_ms < quorum_counts_until(stay) ? from_ms : INT64_MAX;
}

int64_t quorum_counts_until(const struct quorum_stay *stay)
{
    return stay->lapsed_ms < stay->until_ms ? stay->lapsed_ms : stay->until_ms;
}

bool quorum_is_by_group(const struct quorum_stay *stay, int64_t at_ms)
{
    bool seen = stay->personal_ms != DB_NULL && stay->personal_ms <= at_ms;
    bool eligible = stay->eligible_ms <= at_ms && stay->lapsed_ms > at_ms;
    return stay->from_ms <= at_ms && stay->until_ms > at_ms && eligible && !seen;
}

static int compare_turns(const void *a, const void *b)
{
    const struct quorum_turn *x = a, *y = b;
    return x->at_ms != y->at_ms ? (x->at_ms < y->at_ms ? -1 : 1) : 0;
}

size_t quorum_sort_turns(struct quorum_turn *turns, size_t count)
{
    size_t kept = 0;
    if (count) qsort(turns, count, sizeof *turns, compare_turns);
    for (size_t i = 0; i < count; i++) {
        if (kept && turns[kept - 1].at_ms == turns[i].at_ms) turns[kept - 1].by += turns[i].by;
        else turns[kept++] = turns[i];
    }
    return kept;
}

enum err quorum_take_stays(struct arena *arena, const struct programme *p, const struct quorum_stay *stays, size_t count, int64_t at_ms, struct quorum_input *input)
{
    size_t n = 0;
    struct quorum_turn *turns = arena_array(arena, count * 2, sizeof *turns);
    if (!turns) return ERR_NOMEM;
    input->by_group = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t from_ms = quorum_counts_from(p, &stays[i]);
        input->by_group += quorum_is_by_group(&stays[i], at_ms);
        if (from_ms == INT64_MAX) continue;
        turns[n++] = (struct quorum_turn){from_ms, 1};
        turns[n++] = (struct quorum_turn){quorum_counts_until(&stays[i]), -1};
    }
    input->turns = turns;
    input->turn_count = quorum_sort_turns(turns, n);
    return OK;
}

/* From `from_ms` on; what was before is only added up. */
static enum err make_course(struct arena *arena, const struct quorum_input *input, int64_t from_ms, int64_t now_ms, struct course *ret)
{
    size_t changes = input->change_count, i = 0, k = 0;
    struct turn now = {0, 0, input->eligible};
    while (changes && input->changes[changes - 1].at_ms > now_ms) changes--; /* are not counted as eligible yet */
    for (size_t c = 0; c < changes; c++) now.eligible -= input->changes[c].by;
    for (; i < input->turn_count && input->turns[i].at_ms <= from_ms; i++) now.in += input->turns[i].by;
    for (; k < changes && input->changes[k].at_ms <= from_ms; k++) now.eligible += input->changes[k].by;
    *ret = (struct course){.first = now, .turns = arena_array(arena, input->turn_count - i + changes - k, sizeof *ret->turns)};
    if (!ret->turns) return ERR_NOMEM;
    while (i < input->turn_count || k < changes) {
        bool turn = k == changes || (i < input->turn_count && input->turns[i].at_ms <= input->changes[k].at_ms);
        now.at_ms = turn ? input->turns[i].at_ms : input->changes[k].at_ms;
        if (now.at_ms > now_ms) break;
        if (i < input->turn_count && input->turns[i].at_ms == now.at_ms) now.in += input->turns[i++].by;
        if (k < changes && input->changes[k].at_ms == now.at_ms) now.eligible += input->changes[k++].by;
        ret->turns[ret->count++] = now;
    }
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
    return low ? course->turns[low - 1] : course->first;
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

static bool is_known(const struct quorum_input *input, size_t session)
{
    return input->known && input->known[session].is_good;
}

static bool is_so_far(const struct programme *p, const struct programme_session *s, const struct programme_session *next, int64_t now_ms)
{
    return s->area_id == p->areas[0].id && (s->starts_ms <= now_ms || s == next);
}

static enum err put_sessions(struct arena *arena, const struct programme *p, const struct quorum_rule *rule, const struct quorum_input *input,
                             const struct course *course, struct figures *f)
{
    const struct programme_session *next = programme_session_at(p, p->areas[0].id, f->as_of_ms);
    enum err e = OK;
    f->quorums = arena_array(arena, p->session_count, sizeof *f->quorums);
    if (!f->quorums) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < p->session_count; i++) {
        struct figures_session_quorum *q = &f->quorums[f->quorum_count];
        if (!is_so_far(p, &p->sessions[i], next, f->as_of_ms)) continue;
        f->quorum_count++;
        if (!is_known(input, i)) {
            e = tell_session(arena, p, rule, course, &p->sessions[i], f->as_of_ms, q);
            continue;
        }
        *q = input->known[i].quorum;
        q->session = p->sessions[i].code;
        q->periods = arena_memdup(arena, q->periods, q->period_count * sizeof *q->periods);
        if (!q->periods && q->period_count) e = ERR_NOMEM;
    }
    return e;
}

/* Nothing before it is asked for. */
static int64_t course_begin(const struct programme *p, const struct quorum_input *input, int64_t now_ms)
{
    const struct programme_session *next = programme_session_at(p, p->areas[0].id, now_ms);
    int64_t begin = window_begin(p, next, p->areas[0].id, now_ms);
    for (size_t i = 0; i < p->session_count; i++) {
        if (is_known(input, i) || !is_so_far(p, &p->sessions[i], next, now_ms)) continue;
        int64_t one = window_begin(p, &p->sessions[i], p->areas[0].id, now_ms);
        if (one < begin) begin = one;
    }
    return begin < now_ms ? begin : now_ms;
}

enum err quorum_put(struct arena *arena, const struct programme *p, const struct quorum_rule *rule, const struct quorum_input *input, struct figures *f)
{
    f->quorum = (struct figures_quorum){.since_ms = DB_NULL, .lost_ms = DB_NULL};
    f->quorums = NULL;
    f->quorum_count = 0;
    if (!rule->category) return OK;
    int64_t now_ms = f->as_of_ms;
    struct figures_session_quorum one;
    struct course course;
    struct arena scratch = {0}; /* of a million stays the course is larger than what one answer may take */
    const struct programme_session *session = programme_session_at(p, p->areas[0].id, now_ms);
    enum err e = make_course(&scratch, input, course_begin(p, input, now_ms), now_ms, &course);
    if (e == OK) e = tell_session(arena, p, rule, &course, session, now_ms, &one);
    if (e == OK) e = put_sessions(arena, p, rule, input, &course, f);
    arena_release(&scratch);
    if (e != OK) return e;
    f->quorum = (struct figures_quorum){.known = true, .session = one.session, .category = rule->category->code, .eligible = one.eligible,
                                        .required = one.required, .present = one.present, .group_counts = p->group_quorum, .reached = one.reached,
                                        .since_ms = one.since_ms, .lost_ms = one.lost_ms, .by_group = input->by_group};
    return OK;
}

int64_t quorum_expected(const struct figures *f, const struct quorum_rule *rule)
{
    for (size_t i = 0; i < f->category_count; i++)
        if (f->categories[i].id == rule->category->id) return f->categories[i].count.expected;
    return 0;
}

/* --- what is stored ---------------------------------------------------------------------------------------------------------------------------- */

/* Each once for each time in which they were eligible. */
static enum err split_stays(struct arena *arena, const struct quorum_list *list, const struct sql_figures_quorum_stays_row *rows, size_t count,
                            struct quorum_stay **ret, size_t *ret_count)
{
    const struct quorum_span *spans;
    size_t most = 0, n = 0;
    for (size_t i = 0; i < count; i++) most += quorum_spans_of(list, rows[i].delegate_id, rows[i].is_eligible != 0, &spans);
    struct quorum_stay *stays = arena_array(arena, most, sizeof *stays);
    if (!stays) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        size_t times = quorum_spans_of(list, rows[i].delegate_id, rows[i].is_eligible != 0, &spans);
        for (size_t k = 0; k < times; k++)
            stays[n++] = (struct quorum_stay){rows[i].from_ms, rows[i].until_ms, rows[i].personal_ms, spans[k].from_ms, spans[k].until_ms};
    }
    *ret = stays;
    *ret_count = n;
    return OK;
}

static enum err read_input(struct db *db, struct arena *arena, const struct programme *p, const struct quorum_rule *rule, const struct figures *f,
                           struct quorum_input *ret)
{
    struct quorum_list list;
    struct sql_figures_quorum_stays_row *rows = NULL;
    struct quorum_stay *stays;
    size_t n = 0, count;
    enum err e = quorum_read_list(db, arena, p, rule, &list);
    /* From the beginning: what a wrong clock put before the event belongs to its first day. */
    if (e == OK) e = sql_figures_quorum_stays(db, arena, p->event_id, p->areas[0].id, rule->category->id, &rows, &n);
    if (e == OK) e = split_stays(arena, &list, rows, n, &stays, &count);
    if (e != OK) return e;
    *ret = (struct quorum_input){.eligible = quorum_expected(f, rule), .changes = list.changes, .change_count = list.change_count};
    return quorum_take_stays(arena, p, stays, count, f->as_of_ms, ret);
}

enum err quorum_read(struct db *db, struct arena *arena, const struct programme *p, struct figures *f)
{
    struct quorum_rule rule;
    struct quorum_input input = {0};
    struct arena scratch = {0};
    enum err e = quorum_rule_read(arena, p, &rule);
    if (e == OK && rule.category) e = read_input(db, &scratch, p, &rule, f, &input);
    if (e == OK) e = quorum_put(arena, p, &rule, &input, f);
    arena_release(&scratch);
    return e;
}
