#include "core/congress/admission.h"

#include <string.h>

static const char *const outcome_names[OUTCOME_COUNT] = {"admitted", "already_in", "left", "handed_out", "refused", "invalid"};
static const char *const status_names[STATUS_COUNT] = {"summoned", "alternate", "replaced", "withdrawn", "disqualified"};

const char *outcome_name(enum outcome outcome)
{
    return (unsigned)outcome < OUTCOME_COUNT ? outcome_names[outcome] : "invalid";
}

bool outcome_from_name(const char *name, enum outcome *ret)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (strcmp(outcome_names[i], name) != 0) continue;
        *ret = (enum outcome)i;
        return true;
    }
    return false;
}

int delegate_status_from_name(const char *name)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (strcmp(status_names[i], name) == 0) return i;
    return -1;
}

const char *delegate_status_name(enum delegate_status status)
{
    return (unsigned)status < STATUS_COUNT ? status_names[status] : "summoned";
}

static enum reason badge_reason(const struct admission *a)
{
    if (!a->known) return REASON_unknown_badge;
    if (!a->this_event) return REASON_wrong_event;
    if (a->revoked) return REASON_revoked;
    if (!a->named) return REASON_not_issued;
    switch (a->status) {
    case STATUS_REPLACED: return REASON_status_replaced;
    case STATUS_WITHDRAWN: return REASON_status_withdrawn;
    case STATUS_DISQUALIFIED: return REASON_status_disqualified;
    default: return REASON_none;
    }
}

/* The session that decides now, or NULL: the gate's own list does. */
static const struct admission_session *deciding_session(const struct admission *a)
{
    const struct admission_session *best = NULL;
    bool best_is_on = false;
    for (size_t i = 0; i < a->session_count; i++) {
        const struct admission_session *s = &a->sessions[i];
        if (a->at_ms >= s->ends_ms || a->at_ms < s->starts_ms - ADMISSION_EARLY_MS) continue;
        bool is_on = a->at_ms >= s->starts_ms;
        bool better = !best || (is_on && !best_is_on);
        if (best && is_on == best_is_on) better = is_on ? s->starts_ms > best->starts_ms : s->starts_ms < best->starts_ms;
        if (!better) continue;
        best = s;
        best_is_on = is_on;
    }
    return best;
}

static bool category_passes(const struct admission *a)
{
    const struct admission_session *session = a->kind == GATE_ENTRY ? deciding_session(a) : NULL;
    category_set admits = session ? session->admits : a->gate_admits;
    return a->category < 64 && (admits >> a->category & 1);
}

static struct admission_answer answer(enum outcome outcome, enum reason reason)
{
    return (struct admission_answer){outcome, reason};
}

static struct admission_answer decide_out(const struct admission *a)
{
    if (!a->lets_out) return answer(OUTCOME_refused, REASON_wrong_direction);
    return answer(OUTCOME_left, a->is_in ? REASON_none : REASON_was_not_in);
}

static struct admission_answer decide_in(const struct admission *a)
{
    if (!a->lets_in) return answer(OUTCOME_refused, REASON_wrong_direction);
    if (a->is_in) return answer(OUTCOME_already_in, REASON_none);
    if (!category_passes(a)) return answer(OUTCOME_refused, REASON_not_admitted_here);
    if (a->was_in && !a->reentry) return answer(OUTCOME_refused, REASON_no_reentry);
    if (a->capacity > 0 && a->area_count >= a->capacity) return answer(OUTCOME_refused, REASON_full);
    return answer(OUTCOME_admitted, REASON_none);
}

bool admission_is_nearly_full(int64_t capacity, int64_t count)
{
    int64_t left = capacity - count;
    return capacity > 0 && (left <= 5 || left <= capacity / 10);
}

bool admission_may_override(enum reason reason)
{
    return reason == REASON_not_admitted_here || reason == REASON_no_reentry || reason == REASON_full || reason == REASON_not_yet_open || reason == REASON_closed;
}

struct admission_answer admission_decide(const struct admission *a)
{
    enum reason badge = badge_reason(a);
    if (badge != REASON_none) return answer(OUTCOME_refused, badge);
    if (a->at_ms < a->opens_ms) return answer(OUTCOME_refused, REASON_not_yet_open);
    if (a->at_ms >= a->closes_ms) return answer(OUTCOME_refused, REASON_closed);
    if (a->kind == GATE_HANDOUT) {
        if (a->going_out) return answer(OUTCOME_refused, REASON_wrong_direction);
        if (a->handed_out) return answer(OUTCOME_refused, REASON_already_handed_out);
        if (!category_passes(a)) return answer(OUTCOME_refused, REASON_not_admitted_here);
        return answer(OUTCOME_handed_out, REASON_none);
    }
    return a->going_out ? decide_out(a) : decide_in(a);
}
