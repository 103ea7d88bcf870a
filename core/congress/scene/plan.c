#include "core/congress/scene/plan.h"

#include <string.h>

#define EDGES_MOST 4096 /* of one scene that lasts: a bound for a programme that makes no sense */

static const char *const scene_words[SCENE_COUNT] = {"attendance", "quorum", "programme", "our_work", "welcome", "message", "black"};
static const char *const phase_words[SCENE_PHASE_COUNT] = {"before", "registration", "session", "break", "after", "open"};

const char *scene_word(enum scene_name name)
{
    return scene_words[name];
}

static bool find_word(const char *const *words, int count, const char *word, int *ret)
{
    for (int i = 0; word && i < count; i++) {
        if (strcmp(words[i], word) != 0) continue;
        *ret = i;
        return true;
    }
    return false;
}

bool scene_from_word(const char *word, enum scene_name *ret)
{
    int i;
    bool found = find_word(scene_words, SCENE_COUNT, word, &i);
    if (found) *ret = (enum scene_name)i;
    return found;
}

const char *scene_phase_word(enum scene_phase phase)
{
    return phase_words[phase];
}

bool scene_phase_from_word(const char *word, enum scene_phase *ret)
{
    int i;
    bool found = find_word(phase_words, SCENE_PHASE_COUNT, word, &i);
    if (found) *ret = (enum scene_phase)i;
    return found;
}

void scene_rules_default(struct scene_rules *ret)
{
    *ret = (struct scene_rules){.phases = {[SCENE_BEFORE] = SCENE_WELCOME, [SCENE_REGISTRATION] = SCENE_ATTENDANCE, [SCENE_SESSION] = SCENE_PROGRAMME,
                                           [SCENE_BREAK] = SCENE_OUR_WORK, [SCENE_AFTER] = SCENE_WELCOME, [SCENE_OPEN] = SCENE_ATTENDANCE}};
}

/* Sessions are in the order of their beginnings. */
static const struct programme_session *session_on(const struct programme *p, int64_t at_ms)
{
    const struct programme_session *found = NULL;
    int64_t hall = p->area_count ? p->areas[0].id : DB_NULL;
    for (size_t i = 0; i < p->session_count; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (s->starts_ms > at_ms || at_ms >= s->ends_ms) continue;
        if (!found || s->area_id == hall || found->area_id != hall) found = s;
    }
    return found;
}

/* The local day of a moment; before the event's first one, and after its last, there is none. */
static void day_of(const struct programme *p, int64_t at_ms, int64_t *ret_begin, int64_t *ret_end)
{
    *ret_begin = INT64_MIN;
    *ret_end = INT64_MAX;
    for (size_t i = 0; i < p->midnight_count; i++) {
        if (p->midnights[i] <= at_ms) *ret_begin = p->midnights[i];
        else if (p->midnights[i] < *ret_end) *ret_end = p->midnights[i];
    }
}

static enum scene_phase phase_between(const struct programme *p, int64_t at_ms, const struct programme_session **ret_next)
{
    int64_t begin, end;
    bool before = false;
    const struct programme_session *next = NULL;
    day_of(p, at_ms, &begin, &end);
    for (size_t i = 0; i < p->session_count; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (s->starts_ms <= at_ms) before = before || s->starts_ms >= begin;
        else if (!next && (s->starts_ms < end || s->starts_ms - at_ms <= SCENE_REGISTRATION_MS)) next = s;
    }
    if (begin == INT64_MIN) before = false; /* before the event's first midnight there is no day that could have a break */
    *ret_next = NULL;
    if (next && before) return SCENE_BREAK;
    if (next && next->starts_ms - at_ms > SCENE_REGISTRATION_MS) return SCENE_BEFORE;
    *ret_next = next;
    if (next) return SCENE_REGISTRATION;
    if (before) return SCENE_AFTER;
    return p->opens_ms <= at_ms && at_ms < p->ends_ms ? SCENE_OPEN : SCENE_BEFORE;
}

static void judge(const struct programme *p, const struct scene_rules *rules, int64_t at_ms, struct scene_moment *ret)
{
    const struct scene_span *span = NULL;
    ret->session = session_on(p, at_ms);
    ret->phase = ret->session ? SCENE_SESSION : phase_between(p, at_ms, &ret->session);
    ret->scene = rules->phases[ret->phase];
    for (size_t i = 0; ret->phase == SCENE_SESSION && i < rules->session_count; i++)
        if (rules->sessions[i].session_id == ret->session->id) ret->scene = rules->sessions[i].scene;
    for (size_t i = 0; i < rules->span_count; i++) {
        const struct scene_span *s = &rules->spans[i];
        if (s->from_ms <= at_ms && at_ms < s->until_ms && (!span || s->from_ms >= span->from_ms)) span = s;
    }
    if (span) ret->scene = span->scene;
}

/* --- moments at which something may change ----------------------------------------------------------------------------------------------- */

struct edges {
    int64_t at_ms, last, next; /* last <= at_ms < next; INT64_MIN, INT64_MAX: none */
};

static void meet(struct edges *edges, int64_t edge)
{
    if (edge <= edges->at_ms) edges->last = edge > edges->last ? edge : edges->last;
    else edges->next = edge < edges->next ? edge : edges->next;
}

static struct edges edges_at(const struct programme *p, const struct scene_rules *rules, int64_t at_ms)
{
    struct edges edges = {at_ms, INT64_MIN, INT64_MAX};
    meet(&edges, p->opens_ms);
    meet(&edges, p->ends_ms);
    for (size_t i = 0; i < p->midnight_count; i++) meet(&edges, p->midnights[i]);
    for (size_t i = 0; i < p->session_count; i++) {
        meet(&edges, p->sessions[i].starts_ms - SCENE_REGISTRATION_MS);
        meet(&edges, p->sessions[i].starts_ms);
        meet(&edges, p->sessions[i].ends_ms);
    }
    for (size_t i = 0; i < rules->span_count; i++) {
        meet(&edges, rules->spans[i].from_ms);
        meet(&edges, rules->spans[i].until_ms);
    }
    return edges;
}

static bool is_same(const struct programme *p, const struct scene_rules *rules, int64_t at_ms, const struct scene_moment *moment)
{
    struct scene_moment other;
    judge(p, rules, at_ms, &other);
    return other.scene == moment->scene && other.session == moment->session;
}

void scene_plan_at(const struct programme *programme, const struct scene_rules *rules, int64_t at_ms, struct scene_moment *ret)
{
    judge(programme, rules, at_ms, ret);
    struct edges edges = edges_at(programme, rules, at_ms);
    int64_t until = edges.next, since = edges.last;
    for (int i = 0; i < EDGES_MOST && until != INT64_MAX && is_same(programme, rules, until, ret); i++) until = edges_at(programme, rules, until).next;
    for (int i = 0; i < EDGES_MOST && since != INT64_MIN && is_same(programme, rules, since - 1, ret); i++) since = edges_at(programme, rules, since - 1).last;
    ret->until_ms = until;
    ret->since_ms = since == INT64_MIN ? DB_NULL : since;
}
