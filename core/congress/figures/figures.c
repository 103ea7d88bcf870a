#include "core/congress/figures/figures.h"
#include "core/base/clock.h"
#include "core/congress/figures/quorum.h"

#include "catalogue.h"

#include <string.h>

static struct figures_part *part_by_id(struct figures_part *parts, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].id == id) return &parts[i];
    return NULL;
}

static struct figures_count *counter_of(struct figures *f, int64_t dimension, int64_t key_id)
{
    struct figures_part *part = NULL;
    switch (dimension) {
    case TALLY_EVENT: return &f->event;
    case TALLY_CATEGORY: part = part_by_id(f->categories, f->category_count, key_id); break;
    case TALLY_DELEGATION: part = part_by_id(f->delegations, f->delegation_count, key_id); break;
    case TALLY_GATE: part = part_by_id(f->gates, f->gate_count, key_id); break;
    case TALLY_SESSION: part = part_by_id(f->sessions, f->session_count, key_id); break;
    default: break;
    }
    return part ? &part->count : NULL;
}

static enum err make_parts(struct db *db, struct arena *arena, const struct programme *p, struct figures *f)
{
    struct sql_figures_delegations_row *units;
    enum err e = sql_figures_delegations(db, arena, p->event_id, &units, &f->delegation_count);
    if (e != OK) return e;
    f->category_count = p->category_count;
    f->gate_count = p->gate_count;
    f->session_count = p->session_count;
    f->categories = arena_array(arena, f->category_count, sizeof *f->categories);
    f->delegations = arena_array(arena, f->delegation_count, sizeof *f->delegations);
    f->gates = arena_array(arena, f->gate_count, sizeof *f->gates);
    f->sessions = arena_array(arena, f->session_count, sizeof *f->sessions);
    if (!f->categories || !f->delegations || !f->gates || !f->sessions) return ERR_NOMEM;
    for (size_t i = 0; i < f->category_count; i++)
        f->categories[i] = (struct figures_part){.id = p->categories[i].id, .code = p->categories[i].code, .name = p->categories[i].title};
    for (size_t i = 0; i < f->delegation_count; i++)
        f->delegations[i] = (struct figures_part){.id = units[i].id, .code = units[i].code, .name = units[i].name};
    for (size_t i = 0; i < f->gate_count; i++)
        f->gates[i] = (struct figures_part){.id = p->gates[i].id, .code = p->gates[i].code, .name = p->gates[i].title};
    for (size_t i = 0; i < f->session_count; i++)
        f->sessions[i] = (struct figures_part){.id = p->sessions[i].id, .code = p->sessions[i].code, .name = p->sessions[i].title};
    return OK;
}

/* Who is in a session's area while it is on is present in that session. */
static void add_session_present(const struct programme *p, struct figures *f, int64_t area_id, int64_t total)
{
    for (size_t i = 0; i < p->session_count; i++)
        if (p->sessions[i].area_id == area_id && p->sessions[i].starts_ms <= f->as_of_ms && f->as_of_ms < p->sessions[i].ends_ms)
            f->sessions[i].count.present += total;
}

/* Hand-out gates let nobody in: what counts there is who was given something, once each. */
static enum err add_handouts(struct db *db, struct arena *arena, const struct programme *p, struct figures *f)
{
    struct sql_figures_handouts_row *rows;
    size_t n;
    enum err e = sql_figures_handouts(db, arena, p->event_id, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        struct figures_part *gate = part_by_id(f->gates, f->gate_count, rows[i].gate_id);
        if (gate) gate->count.attended = rows[i].total;
    }
    return e;
}

static int64_t next_boundary(const struct programme *p, int64_t now_ms)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < p->session_count; i++) {
        if (p->sessions[i].starts_ms > now_ms && p->sessions[i].starts_ms < next) next = p->sessions[i].starts_ms;
        if (p->sessions[i].ends_ms > now_ms && p->sessions[i].ends_ms < next) next = p->sessions[i].ends_ms;
    }
    for (size_t i = 0; i < p->midnight_count; i++)
        if (p->midnights[i] > now_ms && p->midnights[i] < next) next = p->midnights[i];
    return next;
}

static enum err read_view(struct db *db, struct arena *arena, const struct programme *p, int64_t now_ms, struct figures *ret)
{
    struct figures f = {.as_of_ms = now_ms, .next_change_ms = next_boundary(p, now_ms)};
    struct sql_tally_read_row *rows;
    size_t n;
    enum err e = make_parts(db, arena, p, &f);
    if (e == OK) e = sql_tally_read(db, arena, p->event_id, &rows, &n);
    if (e != OK) return e;
    for (size_t i = 0; i < n; i++) {
        struct figures_count *count = counter_of(&f, rows[i].dimension, rows[i].key_id);
        bool present = rows[i].measure == TALLY_PRESENT && rows[i].until_ms > now_ms;
        if (present && rows[i].dimension == TALLY_AREA) add_session_present(p, &f, rows[i].key_id, rows[i].total);
        if (!count) continue;
        if (rows[i].measure == TALLY_EXPECTED) count->expected += rows[i].total;
        else if (rows[i].measure == TALLY_ATTENDED) count->attended += rows[i].total;
        else if (present) count->present += rows[i].total;
    }
    e = add_handouts(db, arena, p, &f);
    if (e == OK) e = quorum_read(db, arena, p, f.categories, f.category_count, now_ms, &f.quorum);
    if (e == OK) *ret = f;
    return e;
}

/* Totals and quorum come from several statements, so they are read from one unchanging view. */
enum err figures_read(struct db *db, struct arena *arena, const struct programme *p, int64_t now_ms, struct figures *ret)
{
    if (db_in_transaction(db)) return read_view(db, arena, p, now_ms, ret);
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = read_view(db, arena, p, now_ms, ret);
    db_snapshot_end(db);
    return e;
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

json_t *figures_json(const struct figures *f)
{
    char as_of[CLOCK_TEXT_SIZE];
    return json_pack("{s:s,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o}", "as_of", clock_format(f->as_of_ms, as_of), "expected", (json_int_t)f->event.expected,
                     "attended", (json_int_t)f->event.attended, "present", (json_int_t)f->event.present, "by_category",
                     parts_json(f->categories, f->category_count, true), "by_delegation", parts_json(f->delegations, f->delegation_count, true),
                     "by_gate", parts_json(f->gates, f->gate_count, false), "by_session", parts_json(f->sessions, f->session_count, false), "quorum",
                     quorum_json(&f->quorum));
}
