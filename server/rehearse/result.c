#include "server/rehearse/result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LATE_MOST_MS 30000 /* of the rehearsal's clock: the pace was not kept */

/* --- adding up --------------------------------------------------------------------------------------------------------------------------------- */

static void take_times(struct samples *samples, struct result_times *ret)
{
    *ret = (struct result_times){.count = samples->count, .failed = samples->failed, .failure = samples->failure};
    for (size_t i = 0; i < samples->count; i++) ret->slow += samples->us[i] > RUSH_ASK_MS * 1000;
    ret->p50_us = percentile(samples->us, samples->count, 50);
    ret->p95_us = percentile(samples->us, samples->count, 95);
    ret->p99_us = percentile(samples->us, samples->count, 99);
    ret->longest_us = percentile(samples->us, samples->count, 100);
}

static enum err count_refusal(struct arena *arena, const struct play_lane *lane, const struct play_scan *scan, struct result *r)
{
    unsigned category = scan->visit->person ? scan->visit->person->category : 64;
    for (size_t i = 0; i < r->refusal_count; i++) {
        struct result_refusal *known = &r->refusals[i];
        if (known->reason != scan->answer.reason || known->gate != lane->lane->gate || known->category != category) continue;
        known->count++;
        return OK;
    }
    if (arena_grow(arena, &r->refusals, &r->refusal_capacity, r->refusal_count, sizeof *r->refusals) != 0) return ERR_NOMEM;
    r->refusals[r->refusal_count++] = (struct result_refusal){scan->answer.reason, lane->lane->gate, category, 1, lane->lane->side};
    return OK;
}

/* Other than the rules say. A full room is a matter of who came first, and what was told offline stands as it was told. */
static bool is_surprise(const struct play_scan *scan)
{
    const struct admission_answer *wanted = scan->offline ? &scan->told : &scan->expected;
    if (scan->answer.reason == REASON_full || wanted->outcome == scan->answer.outcome) return false;
    return true;
}

static enum err take_scan(struct arena *arena, const struct play_lane *lane, const struct play_scan *scan, struct result *r)
{
    r->scans++;
    if (!scan->answered) return OK;
    r->answered++;
    r->outcomes[scan->answer.outcome]++;
    r->conflicts += scan->conflict;
    if (is_surprise(scan) && r->surprises++ == 0)
        r->surprise = arena_printf(arena, "%s said %s %s, the rules say %s %s", lane->lane->name, outcome_name(scan->answer.outcome),
                                   scan->answer.reason ? reason_code(scan->answer.reason) : "", outcome_name(scan->expected.outcome),
                                   scan->expected.reason ? reason_code(scan->expected.reason) : "");
    return scan->answer.outcome == OUTCOME_refused ? count_refusal(arena, lane, scan, r) : OK;
}

/* Distinct people whom an acknowledged scan let into the event's first area. */
static enum err count_attended(struct arena *arena, const struct play *play, struct result *r)
{
    const struct rush *plan = play->plan;
    bool *in = arena_array(arena, plan->people_count + 1, sizeof *in);
    if (!in) return ERR_NOMEM;
    for (size_t i = 0; i < plan->lane_count; i++) {
        const struct play_lane *lane = &play->lanes[i];
        for (size_t k = 0; k < lane->scan_count; k++) {
            const struct play_scan *scan = &lane->scans[k];
            bool counts = scan->answered && scan->answer.outcome == OUTCOME_admitted && lane->lane->gate->area_id == plan->programme->areas[0].id;
            if (counts && scan->visit->person) in[scan->visit->person - plan->people] = true;
        }
    }
    for (size_t i = 0; i < plan->people_count; i++) r->attended += in[i];
    return OK;
}

static int compare_turns(const void *a, const void *b)
{
    const struct queue_turn *x = a, *y = b;
    return (x->joins_ms > y->joins_ms) - (x->joins_ms < y->joins_ms);
}

static enum err try_others(const struct rush *plan, const struct queue_turn *turns, size_t count, struct result *r)
{
    size_t first = plan->main_count > 2 ? plan->main_count - 2 : 1, last = plan->main_count + 2;
    enum err e = OK;
    for (size_t n = 1; e == OK && n <= QUEUE_LANES_MOST && (n <= last || !r->recommended); n++) {
        struct arena scratch = {0};
        struct queue_turn *others;
        struct result_what_if row = {.scanners = n};
        e = queue_what_if(&scratch, turns, count, n, &others);
        if (e == OK) e = queue_measure(&scratch, others, count, &row.figures);
        if (e == OK) {
            row.waiting = queue_turns_waiting(others, count, plan->opening_ms);
            if (!r->recommended && row.figures.longest_ms <= RESULT_WAIT_GOOD_MS) r->recommended = n;
            if (((n >= first && n <= last) || n == r->recommended) && r->what_if_count < RESULT_WHAT_IF) r->what_if[r->what_if_count++] = row;
        }
        arena_release(&scratch);
    }
    return e;
}

enum err result_make(struct arena *arena, struct play *play, struct result *ret)
{
    const struct rush *plan = play->plan;
    struct result r = {.surprise = ""};
    struct queue_turn *turns = arena_array(arena, plan->visit_count + 1, sizeof *turns);
    size_t count = 0;
    enum err e = turns ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < plan->lane_count; i++) {
        const struct play_lane *lane = &play->lanes[i];
        struct queue_turn *own = turns + count;
        for (size_t k = 0; k < lane->lane->count; k++) own[k] = lane->lane->visits[k]->played;
        e = queue_measure(arena, own, lane->lane->count, &r.lanes[i]);
        r.scans_of[i] = lane->scan_count;
        for (size_t k = 0; e == OK && k < lane->scan_count; k++) e = take_scan(arena, lane, &lane->scans[k], &r);
        if (!lane->lane->side) count += lane->lane->count; /* of side doors only the scans are of interest */
        r.kept_most += lane->kept_most;
        r.sent_late += lane->sent_late;
        r.sent_late_us += lane->sent_late_us;
        if (lane->late_ms > r.late_ms) r.late_ms = lane->late_ms;
    }
    if (e == OK) e = queue_measure(arena, turns, count, &r.all);
    if (e != OK) return e;
    r.waiting = queue_turns_waiting(turns, count, plan->opening_ms);
    qsort(turns, count, sizeof *turns, compare_turns);
    e = try_others(plan, turns, count, &r);
    if (e == OK) e = count_attended(arena, play, &r);
    for (size_t i = 0; i < SAMPLE_COUNT; i++) take_times(&play->samples[i], &r.times[i]);
    if (e == OK) *ret = r;
    return e;
}

/* --- what it means -------------------------------------------------------------------------------------------------------------------------------- */

static void look_at_answers(struct findings *f, const struct play *play, const struct result *r)
{
    static const char *const whose[] = {[SAMPLE_CHECKIN] = "questions of scanners", [SAMPLE_LATE] = "late sendings of scans", [SAMPLE_ROSTER] = "lists of badges",
                                        [SAMPLE_PAGE] = "pages of delegates", [SAMPLE_PAPER] = "papers"};
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        const struct result_times *t = &r->times[i];
        if (!t->failed) continue;
        findings_add(f, FINDING_BROKEN, "no_answer", "%zu of %zu %s had no good answer; the first: %s", t->failed, t->count + t->failed, whose[i], t->failure);
    }
    const struct result_times *checkin = &r->times[SAMPLE_CHECKIN];
    if (checkin->slow)
        findings_add(f, FINDING_WARNING, "slow_answers", "%zu of %zu answers took longer than %d ms: a scanner decides by its own list then, and tells later",
                     checkin->slow, checkin->count, RUSH_ASK_MS);
    if (r->late_ms > LATE_MOST_MS)
        findings_add(f, FINDING_WARNING, "pace_not_kept", "this machine fell up to %" PRId64 " s behind when playing %" PRId64
                     " times as fast: its answers are those of more load than the day's; try a smaller --speed", r->late_ms / 1000, play->speed);
}

static void look_at_queues(struct findings *f, const struct rush *plan, const struct result *r)
{
    const char *what = plan->session ? plan->session->code : plan->programme->slug;
    if (r->all.longest_ms > RESULT_WAIT_MOST_MS)
        findings_add(f, FINDING_BROKEN, "long_wait", "somebody waited %" PRId64 " minutes; nobody should wait more than %" PRId64, r->all.longest_ms / 60000,
                     RESULT_WAIT_MOST_MS / 60000);
    if (r->waiting) findings_add(f, FINDING_WARNING, "late_at_opening", "%zu people still stood outside when \"%s\" began", r->waiting, what);
}

static void look_at_refusals(struct findings *f, const struct rush *plan, const struct result *r)
{
    size_t full = 0;
    for (size_t i = 0; i < r->refusal_count; i++) full += r->refusals[i].reason == REASON_full ? r->refusals[i].count : 0;
    if (full) findings_add(f, FINDING_BROKEN, "full", "%zu people were refused because %s was full", full, plan->area->code);
    if (r->surprises) findings_add(f, FINDING_BROKEN, "unexpected", "%zu answers were other than the rules; the first: %s", r->surprises, r->surprise);
    if (r->conflicts)
        findings_add(f, FINDING_NOTE, "conflicts", "%zu badge%s let in twice, by a scanner without network: the console would show it under conflicts", r->conflicts,
                     r->conflicts == 1 ? " was" : "s were");
}

void findings_of_play(struct findings *f, const struct play *play, const struct result *r, const struct result_after *after)
{
    look_at_answers(f, play, r);
    look_at_queues(f, play->plan, r);
    look_at_refusals(f, play->plan, r);
    if (!after->server_lived) findings_add(f, FINDING_BROKEN, "server_ended", "the server ended by itself during the rehearsal");
    if (r->answered < r->scans) findings_add(f, FINDING_BROKEN, "not_acknowledged", "%zu of %zu scans were never acknowledged", r->scans - r->answered, r->scans);
    if (after->recorded != (int64_t)r->answered)
        findings_add(f, FINDING_BROKEN, "record", "%zu scans were acknowledged, %" PRId64 " are in the record", r->answered, after->recorded);
    if (!after->recount_agrees) findings_add(f, FINDING_BROKEN, "recount", "a recount of the figures does not agree: %s", after->recount);
    if (after->shown != r->attended)
        findings_add(f, FINDING_BROKEN, "figures", "%" PRId64 " people were let in, the figures say %" PRId64, r->attended, after->shown);
    if (after->wall_ms < 0) findings_add(f, FINDING_BROKEN, "walls", "the walls did not show the figure of the end");
    if (after->missing_papers)
        findings_add(f, FINDING_BROKEN, "papers_missing", "%" PRId64 " papers or pictures are missing in the data folder (plenum doctor)", after->missing_papers);
}
