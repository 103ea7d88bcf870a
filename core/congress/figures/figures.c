#include "core/congress/figures/figures.h"
#include "core/congress/figures/fixed.h"
#include "core/base/clock.h"
#include "core/congress/figures/count.h"
#include "core/congress/figures/keep.h"
#include "core/congress/figures/quorum.h"

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x != *y ? (*x < *y ? -1 : 1) : 0;
}

static struct figures_part *part_by_id(struct figures_part *parts, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].id == id) return &parts[i];
    return NULL;
}

/* Of thousands of delegations each is found by its id. */
struct delegation_place {
    int64_t id;
    struct figures_part *part;
};

static int compare_places(const void *a, const void *b)
{
    const struct delegation_place *x = a, *y = b;
    return x->id != y->id ? (x->id < y->id ? -1 : 1) : 0;
}

static struct delegation_place *place_delegations(struct arena *arena, struct figures *f)
{
    struct delegation_place *places = arena_array(arena, f->delegation_count, sizeof *places);
    for (size_t i = 0; places && i < f->delegation_count; i++) places[i] = (struct delegation_place){f->delegations[i].id, &f->delegations[i]};
    if (places && f->delegation_count) qsort(places, f->delegation_count, sizeof *places, compare_places);
    return places;
}

static struct figures_part *delegation_by_id(const struct delegation_place *places, size_t count, int64_t id)
{
    const struct delegation_place key = {id, NULL}, *place = count ? bsearch(&key, places, count, sizeof key, compare_places) : NULL;
    return place ? place->part : NULL;
}

static struct figures_count *counter_of(struct figures *f, const struct delegation_place *places, int64_t dimension, int64_t key_id)
{
    struct figures_part *part = NULL;
    switch (dimension) {
    case TALLY_EVENT: return &f->event;
    case TALLY_CATEGORY: part = part_by_id(f->categories, f->category_count, key_id); break;
    case TALLY_DELEGATION: part = delegation_by_id(places, f->delegation_count, key_id); break;
    case TALLY_GATE: part = part_by_id(f->gates, f->gate_count, key_id); break;
    case TALLY_SESSION: part = part_by_id(f->sessions, f->session_count, key_id); break;
    default: break;
    }
    return part ? &part->count : NULL;
}

/* Of the delegations those that some counter is about. */
static enum err find_delegations(struct db *db, struct arena *arena, const struct figures_counter *rows, size_t count, struct figures *f)
{
    struct sql_figures_units_row *units;
    size_t n, named = 0;
    int64_t *ids = arena_array(arena, count, sizeof *ids);
    if (!ids) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        if (rows[i].dimension == TALLY_DELEGATION && rows[i].measure != TALLY_PRESENT) ids[named++] = rows[i].key_id;
    if (named) qsort(ids, named, sizeof *ids, compare_ids);
    enum err e = named ? sql_figures_units(db, arena, &units, &n) : OK;
    f->delegations = arena_array(arena, named, sizeof *f->delegations);
    if (e == OK && !f->delegations) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && named && i < n; i++)
        if (bsearch(&units[i].id, ids, named, sizeof *ids, compare_ids))
            f->delegations[f->delegation_count++] = (struct figures_part){.id = units[i].id, .code = units[i].code, .name = units[i].name};
    return e;
}

static enum err make_parts(struct db *db, struct arena *arena, const struct programme *p, const struct figures_counter *rows, size_t count, struct figures *f)
{
    enum err e = find_delegations(db, arena, rows, count, f);
    if (e != OK) return e;
    f->category_count = p->category_count;
    f->gate_count = p->gate_count;
    f->session_count = p->session_count;
    f->categories = arena_array(arena, f->category_count, sizeof *f->categories);
    f->gates = arena_array(arena, f->gate_count, sizeof *f->gates);
    f->sessions = arena_array(arena, f->session_count, sizeof *f->sessions);
    if (!f->categories || !f->gates || !f->sessions) return ERR_NOMEM;
    for (size_t i = 0; i < f->category_count; i++)
        f->categories[i] = (struct figures_part){.id = p->categories[i].id, .code = p->categories[i].code, .name = p->categories[i].title};
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

enum err figures_count(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, int64_t now_ms, const struct figures_counter *rows,
                       size_t count, struct figures *ret)
{
    struct figures f = {.as_of_ms = now_ms, .moment = moment, .next_change_ms = next_boundary(p, now_ms)};
    enum err e = make_parts(db, arena, p, rows, count, &f);
    struct delegation_place *places = e == OK ? place_delegations(arena, &f) : NULL;
    if (e != OK || !places) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct figures_count *part = counter_of(&f, places, rows[i].dimension, rows[i].key_id);
        bool present = rows[i].measure == TALLY_PRESENT && rows[i].until_ms > now_ms;
        if (present && rows[i].dimension == TALLY_AREA) add_session_present(p, &f, rows[i].key_id, rows[i].total);
        if (!part) continue;
        if (rows[i].measure == TALLY_EXPECTED) part->expected += rows[i].total;
        else if (rows[i].measure == TALLY_ATTENDED) part->attended += rows[i].total;
        else if (present) part->present += rows[i].total;
    }
    e = fixed_brief(db, arena, p->event_id, moment.known_ms == DB_NULL ? INT64_MAX : moment.known_ms, &f.fixed, &f.fixed_count);
    if (e == OK) e = arrivals_count(arena, p, now_ms, rows, count, &f.arrivals);
    int64_t minute_ms = now_ms - now_ms % CLOCK_MINUTE + CLOCK_MINUTE;
    if (f.arrivals.first_ms != DB_NULL && minute_ms < f.next_change_ms) f.next_change_ms = minute_ms; /* the curve goes on */
    if (e == OK) *ret = f;
    return e;
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

/* Of those whom the counters do not tell apart. */
static enum err add_special(struct db *db, const struct programme *p, struct figures *f)
{
    struct sql_figures_special_row special;
    struct sql_figures_by_group_row group = {0};
    int64_t area_id = p->area_count ? p->areas[0].id : 0;
    enum err e = sql_figures_special(db, NULL, &(struct sql_figures_special_in){.event_id = p->event_id, .now_ms = f->as_of_ms, .area_id = area_id,
                                     .excused = "%\"excused\":true%"}, &special); /* as it is stored: within a text its quotes would be escaped */
    if (e == OK && p->area_count) e = sql_figures_by_group(db, NULL, p->event_id, area_id, f->as_of_ms, &group);
    if (e != OK) return e;
    f->substitutes = special.substitutes;
    f->by_group = group.total;
    f->unsummoned = special.unsummoned;
    f->absent.total = f->event.expected - (f->event.attended - special.unexpected);
    f->absent.excused = special.excused;
    f->absent.unexcused = f->absent.total - special.excused;
    return OK;
}

enum err figures_read_view(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *p, int64_t now_ms, struct figures *ret)
{
    struct figures f;
    struct sql_tally_read_row *rows;
    size_t n;
    enum err e = sql_tally_read(db, arena, p->event_id, &rows, &n);
    if (e == OK) e = figures_count(db, arena, p, (struct figures_moment){DB_NULL, DB_NULL}, now_ms, rows, n, &f);
    if (e == OK) e = add_handouts(db, arena, p, &f);
    if (e == OK) e = add_special(db, p, &f);
    if (e == OK) e = arrivals_read_exact(db, p, &f.arrivals);
    if (e == OK) e = late_count(db, p, now_ms, &f.corrected);
    if (e == OK) e = keep ? figures_keep_quorum(keep, db, arena, p, &f) : quorum_read(db, arena, p, &f);
    if (e == OK) *ret = f;
    return e;
}

/* Totals and quorum come from several statements, so they are read from one unchanging view. */
enum err figures_read(struct db *db, struct arena *arena, const struct programme *p, int64_t now_ms, struct figures *ret)
{
    if (db_in_transaction(db)) return figures_read_view(NULL, db, arena, p, now_ms, ret);
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = figures_read_view(NULL, db, arena, p, now_ms, ret);
    db_snapshot_end(db);
    return e;
}
