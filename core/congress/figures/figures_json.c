/* The figures as JSON: docs/api.md. */
#include "core/base/clock.h"
#include "core/congress/figures/figures.h"

static json_t *time_json(int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    return ms == DB_NULL ? json_null() : json_string(clock_format(ms, text));
}

static json_t *count_json(const struct figures_count *count, bool with_expected)
{
    if (!with_expected) return json_pack("{s:I,s:I}", "attended", (json_int_t)count->attended, "present", (json_int_t)count->present);
    return json_pack("{s:I,s:I,s:I}", "expected", (json_int_t)count->expected, "attended", (json_int_t)count->attended, "present",
                     (json_int_t)count->present);
}

static json_t *parts_json(const struct figures_part *parts, size_t count, bool with_expected)
{
    json_t *object = json_object();
    for (size_t i = 0; object && i < count; i++) {
        if (json_object_set_new(object, parts[i].code, count_json(&parts[i].count, with_expected)) == 0) continue;
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *quorum_json(const struct figures_quorum *q)
{
    if (!q->known) return json_null();
    char since[CLOCK_TEXT_SIZE];
    if (q->reached) clock_format(q->since_ms, since);
    return json_pack("{s:s?,s:s,s:I,s:I,s:I,s:I,s:b,s:b,s:s?}", "session", q->session, "category", q->category, "eligible", (json_int_t)q->eligible,
                     "required", (json_int_t)q->required, "present", (json_int_t)q->present, "by_group", (json_int_t)q->by_group, "group_counts",
                     q->group_counts, "reached", q->reached, "since", q->reached ? since : NULL);
}

static json_t *arrivals_json(const struct figures_arrivals *a)
{
    json_t *minutes = json_array();
    for (size_t i = 0; minutes && i < a->minute_count; i++) (void)json_array_append_new(minutes, json_integer((json_int_t)a->minutes[i]));
    return json_pack("{s:I,s:o,s:o,s:o,s:I,s:o}", "per_minute", (json_int_t)a->per_minute, "first", time_json(a->first_ms), "last", time_json(a->last_ms), "from",
                     time_json(a->from_ms), "step", (json_int_t)a->step, "minutes", minutes);
}

static json_t *periods_json(const struct figures_session_quorum *q)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < q->period_count; i++)
        (void)json_array_append_new(list, json_pack("{s:o,s:o}", "from", time_json(q->periods[i].from_ms), "until", time_json(q->periods[i].until_ms)));
    return list;
}

static json_t *quorums_json(const struct figures *f)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < f->quorum_count; i++) {
        const struct figures_session_quorum *q = &f->quorums[i];
        json_t *one = json_pack("{s:s?,s:I,s:I,s:I,s:I,s:b,s:o,s:o,s:o}", "session", q->session, "required", (json_int_t)q->required, "eligible",
                                (json_int_t)q->eligible, "present", (json_int_t)q->present, "most", (json_int_t)q->most, "reached", q->reached, "since",
                                time_json(q->since_ms), "lost", time_json(q->lost_ms), "periods", periods_json(q));
        if (one && json_array_append_new(list, one) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

/* What the same moment would give now costs a count of everybody: it stands at GET …/figures/fixed/{id}. */
static json_t *fixed_list_json(const struct figures *f)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < f->fixed_count; i++) {
        const struct figures_fixed *x = &f->fixed[i];
        json_t *one = json_pack("{s:I,s:o,s:s?,s:s?,s:I,s:I,s:I}", "id", (json_int_t)x->number, "at", time_json(x->at_ms), "label", x->label, "category", x->category,
                                "expected", (json_int_t)x->expected, "attended", (json_int_t)x->attended, "present", (json_int_t)x->present);
        if (one && json_array_append_new(list, one) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *more_json(const struct figures *f)
{
    return json_pack("{s:o,s:o,s:{s:I,s:I,s:I},s:I,s:I,s:I,s:o,s:o,s:I,s:o}", "at", time_json(f->moment.at_ms), "known_at", time_json(f->moment.known_ms),
                     "absent", "total", (json_int_t)f->absent.total, "excused", (json_int_t)f->absent.excused, "unexcused", (json_int_t)f->absent.unexcused,
                     "substitutes", (json_int_t)f->substitutes, "by_group", (json_int_t)f->by_group, "unsummoned", (json_int_t)f->unsummoned,
                     "arrivals", arrivals_json(&f->arrivals), "quorums", quorums_json(f), "corrected", (json_int_t)f->corrected, "fixed", fixed_list_json(f));
}

json_t *figures_json(const struct figures *f)
{
    char as_of[CLOCK_TEXT_SIZE];
    json_t *all = json_pack("{s:s,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o}", "as_of", clock_format(f->as_of_ms, as_of), "expected", (json_int_t)f->event.expected,
                            "attended", (json_int_t)f->event.attended, "present", (json_int_t)f->event.present, "by_category",
                            parts_json(f->categories, f->category_count, true), "by_delegation", parts_json(f->delegations, f->delegation_count, true),
                            "by_gate", parts_json(f->gates, f->gate_count, false), "by_session", parts_json(f->sessions, f->session_count, false), "quorum",
                            quorum_json(&f->quorum));
    json_t *more = all ? more_json(f) : NULL;
    if (more && json_object_update(all, more) == 0) {
        json_decref(more);
        return all;
    }
    json_decref(more);
    json_decref(all);
    return NULL;
}
