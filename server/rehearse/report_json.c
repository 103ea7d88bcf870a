/* The report of `plenum rehearse` for programs. Times as the keys say; nothing in it names a person or a badge. */
#include "server/rehearse/rehearse.h"

#include "core/base/clock.h"

#include <string.h>

static double seconds(int64_t ms)
{
    return (double)ms / 1000;
}

static const char *moment(const struct rehearsal *r, int64_t at_ms, char out[CLOCK_TEXT_SIZE])
{
    return clock_format(r->plan.begins_at_ms - r->plan.opening_ms + at_ms, out);
}

static json_t *queue_json(const struct rehearsal *r, const struct queue_figures *f, size_t scans)
{
    char at[CLOCK_TEXT_SIZE];
    return json_pack("{s:I, s:I, s:I, s:s?, s:f, s:f, s:f}", "people", (json_int_t)f->people, "reads", (json_int_t)scans, "longest_queue", (json_int_t)f->longest_queue,
                     "longest_queue_at", f->longest_queue ? moment(r, f->longest_queue_ms, at) : NULL, "wait_median_s", seconds(f->median_ms), "wait_p95_s",
                     seconds(f->p95_ms), "wait_longest_s", seconds(f->longest_ms));
}

static json_t *scanners_json(const struct rehearsal *r, bool *failed)
{
    json_t *list = json_sure(json_array(), failed);
    for (size_t i = 0; i < r->plan.lane_count; i++) {
        const struct rush_lane *lane = &r->plan.lanes[i];
        json_t *item = json_sure(queue_json(r, &r->result.lanes[i], r->result.scans_of[i]), failed);
        json_object_set_new(item, "scanner", json_string(lane->name));
        json_object_set_new(item, "gate", json_string(lane->gate->code));
        json_object_set_new(item, "other_room", json_boolean(lane->side));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *times_json(const struct rehearsal *r, bool *failed)
{
    static const char *const names[] = {[SAMPLE_CHECKIN] = "checkin", [SAMPLE_LATE] = "late", [SAMPLE_ROSTER] = "roster", [SAMPLE_PAGE] = "page",
        [SAMPLE_PAPER] = "paper"};
    json_t *out = json_sure(json_object(), failed);
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        const struct result_times *t = &r->result.times[i];
        json_t *item = json_pack("{s:I, s:I, s:I, s:f, s:f, s:f, s:f}", "count", (json_int_t)t->count, "failed", (json_int_t)t->failed, "over_250_ms",
            (json_int_t)t->slow,
                                 "p50_ms", (double)t->p50_us / 1000, "p95_ms", (double)t->p95_us / 1000, "p99_ms", (double)t->p99_us / 1000, "longest_ms",
                                 (double)t->longest_us / 1000);
        json_object_set_new(out, names[i], json_sure(item, failed));
    }
    return out;
}

static json_t *outcomes_json(const struct rehearsal *r, bool *failed)
{
    json_t *out = json_sure(json_object(), failed);
    for (size_t i = 0; i < OUTCOME_COUNT; i++) json_object_set_new(out, outcome_name((enum outcome)i), json_integer((json_int_t)r->result.outcomes[i]));
    return out;
}

static json_t *refusals_json(const struct rehearsal *r, bool *failed)
{
    json_t *list = json_sure(json_array(), failed);
    for (size_t i = 0; i < r->result.refusal_count; i++) {
        const struct result_refusal *k = &r->result.refusals[i];
        const char *category = k->category < r->programme->category_count ? r->programme->categories[k->category].code : NULL;
        json_array_append_new(list, json_sure(json_pack("{s:s?, s:s?, s:s, s:I}", "reason", reason_code(k->reason), "category", category, "gate", k->gate->code, "count",
                                                        (json_int_t)k->count), failed));
    }
    return list;
}

static json_t *what_if_json(const struct rehearsal *r, bool *failed)
{
    json_t *list = json_sure(json_array(), failed);
    for (size_t i = 0; i < r->result.what_if_count; i++) {
        const struct result_what_if *w = &r->result.what_if[i];
        json_array_append_new(list, json_sure(json_pack("{s:I, s:I, s:f, s:f, s:f, s:I}", "scanners", (json_int_t)w->scanners, "longest_queue",
            (json_int_t)w->figures.longest_queue, "wait_median_s", seconds(w->figures.median_ms), "wait_p95_s", seconds(w->figures.p95_ms), "wait_longest_s",
            seconds(w->figures.longest_ms), "outside_at_beginning", (json_int_t)w->waiting), failed));
    }
    return list;
}

static json_t *findings_json(const struct findings *f, bool *failed)
{
    json_t *list = json_sure(json_array(), failed);
    for (size_t i = 0; i < f->count; i++)
        json_array_append_new(list, json_sure(json_pack("{s:s, s:s, s:s}", "grade", finding_grade_name(f->items[i].grade), "id", f->items[i].id, "what",
            f->items[i].what),
                                              failed));
    return list;
}

static json_t *rush_json(const struct rehearsal *r, bool *failed)
{
    char begins[CLOCK_TEXT_SIZE];
    const struct rush *plan = &r->plan;
    return json_sure(json_pack("{s:s, s:s?, s:s, s:s, s:I, s:I, s:I, s:i, s:i, s:I, s:i, s:I}", "event", r->programme->slug, "session",
                               plan->session ? plan->session->code : NULL, "area", plan->area->code, "begins", clock_format(plan->begins_at_ms, begins), "people",
                               (json_int_t)plan->people_count, "scanners", (json_int_t)plan->main_count, "gates", (json_int_t)plan->gate_count, "minutes",
                               (int)r->options->minutes, "service_s", (int)r->options->service, "speed", (json_int_t)r->speed, "seed", (int)r->options->seed, "phones",
                               (json_int_t)plan->phone_count), failed);
}

static json_t *record_json(const struct rehearsal *r, bool *failed)
{
    const struct result *x = &r->result;
    return json_sure(json_pack("{s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:I}", "reads", (json_int_t)x->scans, "acknowledged", (json_int_t)x->answered, "recorded",
                               (json_int_t)r->after.recorded, "recount_agrees", r->after.recount_agrees, "let_in", (json_int_t)x->attended, "attended",
                               (json_int_t)r->after.shown, "conflicts", (json_int_t)x->conflicts, "unexpected", (json_int_t)x->surprises), failed);
}

json_t *rehearse_json(const struct rehearsal *r)
{
    const struct result *x = &r->result;
    const struct rush *plan = &r->plan;
    bool failed = false;
    json_t *cut = json_sure(json_pack("{s:s, s:f, s:I, s:I, s:f}", "scanner", plan->lanes[plan->main_count - 1].name, "without_network_s",
                                      seconds(plan->cut_until_ms - plan->cut_from_ms), "kept", (json_int_t)x->kept_most, "sent_late", (json_int_t)x->sent_late,
                                          "sent_in_ms",
                                      (double)x->sent_late_us / 1000), &failed);
    size_t scans = 0;
    for (size_t i = 0; i < plan->main_count; i++) scans += x->scans_of[i];
    json_t *report = json_pack("{s:b, s:o, s:f, s:f, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:I, s:I, s:I, s:o}", "practice", 1, "rehearsed",
                               rush_json(r, &failed), "took_s", seconds(r->took_ms), "behind_s", seconds(x->late_ms), "queues", scanners_json(r, &failed), "all",
                               json_sure(queue_json(r, &x->all, scans), &failed), "outside_at_beginning", (json_int_t)x->waiting, "answers", times_json(r, &failed),
                               "outcomes", outcomes_json(r, &failed), "refusals", refusals_json(r, &failed), "record", record_json(r, &failed), "walls_behind_ms",
                               (json_int_t)r->after.wall_ms, "cut", cut, "what_if", what_if_json(r, &failed), "recommended", (json_int_t)x->recommended, "broken",
                               (json_int_t)findings_count(&r->findings, FINDING_BROKEN), "warnings", (json_int_t)findings_count(&r->findings, FINDING_WARNING),
                                   "findings",
                               findings_json(&r->findings, &failed));
    if (report && r->kept) json_object_set_new(report, "kept", json_string(r->kept));
    if (!failed) return report;
    json_decref(report);
    return NULL;
}
