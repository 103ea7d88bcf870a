/* Figures of the past: everybody is counted anew, by the rule of the live counters (tally_of_person), and what follows from counters follows from these too. */
#include "core/base/clock.h"
#include "core/congress/figures/count.h"
#include "core/congress/figures/past.h"
#include "core/congress/figures/quorum.h"

#include <stdlib.h>
#include <string.h>

enum err figures_moment_read(const char *at, const char *known_at, int64_t now_ms, struct figures_moment *ret, struct fault *fault)
{
    struct figures_moment m = {now_ms, now_ms};
    if (known_at && clock_parse(known_at, &m.known_ms) != OK)
        return fault_because(fault, ERR_INPUT, "figures_moment", known_at, "known_at: \"%.60s\" is no time like 2026-12-01T08:05, by the event's clock", known_at);
    m.at_ms = m.known_ms;
    if (at && clock_parse(at, &m.at_ms) != OK)
        return fault_because(fault, ERR_INPUT, "figures_moment", at, "at: \"%.60s\" is no time like 2026-12-01T08:05, by the event's clock", at);
    if (m.at_ms > now_ms || m.known_ms > now_ms)
        return fault_because(fault, ERR_INPUT, "figures_future", m.at_ms > now_ms ? at : known_at, "nobody knows the figures of a moment that is still to come");
    *ret = m;
    return OK;
}

/* --- counters ---------------------------------------------------------------------------------------------------------------------------------- */

/* Sums by key: open addressing, a power of two of places. */
struct sums {
    struct arena *arena;
    struct figures_counter *places; /* total 0: free */
    size_t count, capacity;
};

static size_t hash_key(const struct tally_key *key)
{
    uint64_t h = (uint64_t)key->measure * 31 + (uint64_t)key->dimension;
    h = (h ^ (uint64_t)key->key_id) * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ (h >> 29) ^ (uint64_t)key->until_ms) * UINT64_C(0xbf58476d1ce4e5b9);
    return (size_t)(h ^ (h >> 32));
}

static struct figures_counter *find_place(const struct sums *sums, const struct tally_key *key)
{
    for (size_t i = hash_key(key) & (sums->capacity - 1);; i = (i + 1) & (sums->capacity - 1)) {
        struct figures_counter *c = &sums->places[i];
        if (c->total == 0) return c;
        if (c->measure == key->measure && c->dimension == key->dimension && c->key_id == key->key_id && c->until_ms == key->until_ms) return c;
    }
}

static struct tally_key key_of(const struct figures_counter *c)
{
    return (struct tally_key){c->measure, c->dimension, c->key_id, c->until_ms};
}

static enum err grow_sums(struct sums *sums)
{
    struct sums wider = {.arena = sums->arena, .count = sums->count, .capacity = sums->capacity ? sums->capacity * 2 : 1024};
    wider.places = arena_array(sums->arena, wider.capacity, sizeof *wider.places);
    if (!wider.places) return ERR_NOMEM;
    for (size_t i = 0; i < sums->capacity; i++) {
        struct tally_key key = key_of(&sums->places[i]);
        if (sums->places[i].total) *find_place(&wider, &key) = sums->places[i];
    }
    *sums = wider;
    return OK;
}

static enum err add_one(struct sums *sums, const struct tally_key *key)
{
    if (sums->count * 2 >= sums->capacity) {
        enum err e = grow_sums(sums);
        if (e != OK) return e;
    }
    struct figures_counter *c = find_place(sums, key);
    sums->count += c->total == 0;
    *c = (struct figures_counter){key->measure, key->dimension, key->key_id, key->until_ms, c->total + 1};
    return OK;
}

static int compare_counters(const void *a, const void *b)
{
    const struct figures_counter *x = a, *y = b;
    struct tally_key first = key_of(x), second = key_of(y);
    return tally_compare_keys(&first, &second);
}

/* Packs the sums and puts them in the order of their keys. */
static void pack_sums(struct sums *sums)
{
    size_t n = 0;
    for (size_t i = 0; i < sums->capacity; i++)
        if (sums->places[i].total) sums->places[n++] = sums->places[i];
    if (n) qsort(sums->places, n, sizeof *sums->places, compare_counters);
}

static enum err add_person(struct sums *sums, struct arena *scratch, const struct programme *p, const struct past *past, const struct past_person *person)
{
    const struct tally_key expected[] = {{TALLY_EXPECTED, TALLY_EVENT, 0, 0}, {TALLY_EXPECTED, TALLY_CATEGORY, person->category_id, 0},
                                         {TALLY_EXPECTED, TALLY_DELEGATION, person->delegation_id, 0}};
    struct tally_key *keys = NULL;
    size_t count = 0;
    enum err e = OK;
    for (size_t i = 0; e == OK && past_is_expected(person) && i < sizeof expected / sizeof *expected; i++) e = add_one(sums, &expected[i]);
    if (e == OK && person->stay_count)
        e = tally_of_person(scratch, p, person->category_id, person->delegation_id, &past->stays[person->first_stay], person->stay_count, &keys, &count);
    for (size_t i = 0; e == OK && i < count; i++) e = add_one(sums, &keys[i]);
    return e;
}

static enum err sum_up(struct arena *arena, const struct programme *p, const struct past *past, struct sums *ret)
{
    struct arena scratch = {0};
    enum err e = OK;
    *ret = (struct sums){.arena = arena};
    for (size_t i = 0; e == OK && i < past->count; i++) {
        e = add_person(ret, &scratch, p, past, &past->people[i]);
        arena_clear(&scratch);
    }
    arena_release(&scratch);
    pack_sums(ret);
    return e;
}

/* --- people in the first area -------------------------------------------------------------------------------------------------------------------- */

struct hall {
    int64_t first_ms, last_ms; /* DB_NULL: never; is in, or never was */
    bool is_in, by_group;
};

static struct hall hall_of(const struct programme *p, const struct past *past, const struct past_person *person, int64_t at_ms)
{
    struct hall hall = {DB_NULL, DB_NULL, false, false};
    for (size_t i = 0; p->area_count && i < person->stay_count; i++) {
        const struct presence_interval *s = &past->stays[person->first_stay + i];
        if (s->area_id != p->areas[0].id) continue;
        if (hall.first_ms == DB_NULL) hall.first_ms = s->from_ms;
        hall.is_in = s->until_ms > at_ms; /* of a stay that a scan ended, until is in the past */
        hall.by_group = hall.is_in && s->personal_ms == DB_NULL;
        hall.last_ms = hall.is_in ? DB_NULL : s->until_ms;
    }
    return hall;
}

/* When they came that day; DB_NULL: not at all, or in over midnight. */
static int64_t arrival_since(const struct programme *p, const struct past *past, const struct past_person *person, int64_t since_ms)
{
    for (size_t i = 0; p->area_count && i < person->stay_count; i++) {
        const struct presence_interval *s = &past->stays[person->first_stay + i];
        if (s->area_id == p->areas[0].id && s->from_ms >= since_ms) return s->from_ms;
    }
    return DB_NULL;
}

static void add_special(const struct programme *p, const struct past *past, struct figures *f)
{
    struct figures_arrivals *a = &f->arrivals;
    int64_t today_ms = figures_day_begin(p, f->as_of_ms), first_ms = INT64_MAX, last_ms = DB_NULL;
    for (size_t i = 0; i < past->count; i++) {
        const struct past_person *person = &past->people[i];
        struct hall hall = hall_of(p, past, person, f->as_of_ms);
        bool came = hall.first_ms != DB_NULL, expected = past_is_expected(person);
        f->absent.total += expected && !came;
        f->absent.excused += expected && !came && person->excused;
        f->substitutes += expected && came && person->replaces;
        f->by_group += hall.by_group;
        f->unsummoned += hall.is_in && !expected;
        int64_t arrived_ms = arrival_since(p, past, person, today_ms);
        if (arrived_ms == DB_NULL) continue;
        if (arrived_ms < first_ms) first_ms = arrived_ms;
        if (arrived_ms > last_ms) last_ms = arrived_ms;
    }
    f->absent.unexcused = f->absent.total - f->absent.excused;
    if (a->first_ms == DB_NULL) return;
    a->first_ms = first_ms;
    a->last_ms = last_ms;
}

static void add_handouts(const struct programme *p, const struct past *past, struct figures *f)
{
    for (size_t i = 0; i < p->gate_count; i++)
        if (p->gates[i].kind == GATE_HANDOUT) f->gates[i].count.attended = past->handouts[i];
}

/* Stays in the first area, each once for each time in which they were eligible. */
static enum err eligible_stays(struct arena *arena, const struct programme *p, const struct past *past, const struct quorum_rule *rule, struct quorum_stay **ret,
                               size_t *ret_count)
{
    const struct quorum_span *spans;
    size_t most = 0, n = 0;
    for (size_t i = 0; i < past->count; i++)
        most += past->people[i].stay_count * quorum_spans_of(&past->eligible, past->people[i].id, past_is_eligible(&past->people[i], rule), &spans);
    struct quorum_stay *stays = arena_array(arena, most, sizeof *stays);
    if (!stays) return ERR_NOMEM;
    for (size_t i = 0; i < past->count; i++) {
        const struct past_person *person = &past->people[i];
        size_t times = person->stay_count ? quorum_spans_of(&past->eligible, person->id, past_is_eligible(person, rule), &spans) : 0;
        for (size_t k = 0; k < person->stay_count * times; k++) {
            const struct presence_interval *s = &past->stays[person->first_stay + k / times];
            const struct quorum_span *span = &spans[k % times];
            if (s->area_id == p->areas[0].id) stays[n++] = (struct quorum_stay){s->from_ms, s->until_ms, s->personal_ms, span->from_ms, span->until_ms};
        }
    }
    *ret = stays;
    *ret_count = n;
    return OK;
}

static enum err add_quorum(struct arena *arena, struct arena *scratch, const struct programme *p, const struct past *past, struct figures *f)
{
    struct quorum_rule rule;
    struct quorum_input input = {.changes = past->eligible.changes, .change_count = past->eligible.change_count};
    struct quorum_stay *stays;
    size_t n;
    enum err e = quorum_rule_read(arena, p, &rule);
    if (e != OK || !rule.category) return e == OK ? quorum_put(arena, p, &rule, &input, f) : e;
    for (size_t i = 0; i < past->count; i++) input.eligible += past_is_eligible(&past->people[i], &rule);
    e = eligible_stays(scratch, p, past, &rule, &stays, &n);
    if (e == OK) e = quorum_take_stays(scratch, p, stays, n, f->as_of_ms, &input);
    return e == OK ? quorum_put(arena, p, &rule, &input, f) : e;
}

/* Everybody and all that was scanned: in `scratch`, for it is more than one answer may take. */
static enum err read_in(struct db *db, struct arena *arena, struct arena *scratch, const struct programme *p, struct figures_moment moment, struct figures *ret)
{
    struct past past;
    struct sums sums;
    struct figures f;
    enum err e = past_read(db, scratch, p, moment, &past);
    if (e == OK) e = sum_up(scratch, p, &past, &sums);
    if (e == OK) e = figures_count(db, arena, p, moment, moment.at_ms, sums.places, sums.count, &f);
    if (e != OK) return e;
    f.corrected = past.corrected;
    add_special(p, &past, &f);
    add_handouts(p, &past, &f);
    e = add_quorum(arena, scratch, p, &past, &f);
    if (e == OK) *ret = f;
    return e;
}

static enum err read_view(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, struct figures *ret)
{
    struct arena scratch = {0};
    enum err e = read_in(db, arena, &scratch, p, moment, ret);
    arena_release(&scratch);
    return e;
}

enum err figures_read_at(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, struct figures *ret)
{
    if (moment.at_ms == DB_NULL || moment.known_ms == DB_NULL) return ERR_INPUT;
    if (db_in_transaction(db)) return read_view(db, arena, p, moment, ret);
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = read_view(db, arena, p, moment, ret);
    db_snapshot_end(db);
    return e;
}

/* --- everybody --------------------------------------------------------------------------------------------------------------------------------- */

struct naming {
    struct arena *arena;
    const struct programme *programme;
    const struct past *past;
    int64_t at_ms;
    struct figures_person *list;
    size_t count, capacity;
};

static bool copy_text(struct arena *arena, const char *text, const char **ret)
{
    *ret = text ? arena_strdup(arena, text) : NULL;
    return !text || *ret;
}

static enum err name_person(void *context, const struct sql_figures_names_row *row)
{
    struct naming *n = context;
    const struct past_person *who = past_find(n->past, row->id);
    if (!who) return OK;
    struct hall hall = hall_of(n->programme, n->past, who, n->at_ms);
    if (!who->listed && hall.first_ms == DB_NULL) return OK; /* was not on the list yet, and nowhere */
    if (arena_grow(n->arena, &n->list, &n->capacity, n->count, sizeof *n->list) != 0) return ERR_NOMEM;
    struct figures_person one = {.id = row->id, .category_id = who->category_id, .delegation_id = who->delegation_id,
                                 .state = hall.is_in ? FIGURES_PRESENT : hall.first_ms != DB_NULL ? FIGURES_ATTENDED : FIGURES_ABSENT,
                                 .expected = past_is_expected(who), .has_absence = who->has_absence, .excused = who->excused, .first_ms = hall.first_ms,
                                 .last_ms = hall.last_ms, .by_group = hall.by_group};
    if (!copy_text(n->arena, row->code, &one.code) || !copy_text(n->arena, row->name, &one.name) || !copy_text(n->arena, row->number, &one.number) ||
        !copy_text(n->arena, who->replaces, &one.substitute_of))
        return ERR_NOMEM;
    n->list[n->count++] = one;
    return OK;
}

/* `with_quorum` may be NULL; else it gets the quorum too, while what was read is still there. */
static enum err read_people(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, struct naming *n, struct figures *with_quorum)
{
    struct arena scratch = {0};
    struct past past;
    enum err e = past_read(db, &scratch, p, moment, &past);
    *n = (struct naming){.arena = arena, .programme = p, .past = &past, .at_ms = moment.at_ms};
    if (e == OK) e = sql_figures_names(db, p->event_id, name_person, n);
    if (e == OK && with_quorum) e = add_quorum(arena, &scratch, p, &past, with_quorum);
    n->past = NULL;
    arena_release(&scratch);
    return e;
}

enum err past_people_and_quorum(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, struct figures_person **ret,
                               size_t *ret_count, struct figures_quorum *ret_quorum)
{
    struct naming n = {0};
    struct figures f = {.as_of_ms = moment.at_ms, .moment = moment};
    enum err e = read_people(db, arena, p, moment, &n, &f);
    if (e != OK) return e;
    *ret = n.list;
    *ret_count = n.count;
    *ret_quorum = f.quorum;
    return OK;
}

enum err figures_people_at(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, struct figures_person **ret, size_t *ret_count)
{
    struct naming n = {0};
    bool own = !db_in_transaction(db);
    if (moment.at_ms == DB_NULL || moment.known_ms == DB_NULL) return ERR_INPUT;
    enum err e = own ? db_snapshot_begin(db) : OK;
    if (e == OK) e = read_people(db, arena, p, moment, &n, NULL);
    if (own) db_snapshot_end(db);
    if (e != OK) return e;
    *ret = n.list;
    *ret_count = n.count;
    return OK;
}
