#include "core/congress/figures/keep.h"
#include "core/congress/figures/count.h"
#include "core/congress/figures/quorum.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MOST_EVENTS 4
#define NONE UINT32_MAX
#define SESSIONS_MOST_BYTES 1000000 /* late scans make what was known void: now and then all of it is worked out anew */

/* Whoever is eligible, or was. */
struct kept_person {
    int64_t id;
    const struct quorum_span *spans; /* when they were eligible */
    uint32_t span_count;
    uint32_t first; /* of their stays; NONE */
};

struct kept_stay {
    struct quorum_stay stay;
    uint32_t next;
    bool is_free;
};

struct kept_event {
    int64_t event_id, config_seq, roster_seq; /* event_id 0: nothing is kept */
    int64_t used;
    struct arena arena; /* what lives until all is read anew: the list, what is known of sessions */
    struct kept_person *people; /* by id */
    size_t people_count, people_capacity;
    struct kept_stay *stays;
    size_t stay_count, stay_capacity;
    uint32_t free;
    struct quorum_turn *turns; /* by time, one of each moment */
    size_t turn_count, turn_capacity;
    const struct quorum_turn *changes;
    size_t change_count;
    struct quorum_known *known; /* of each session; their periods are in sessions_arena */
    struct arena sessions_arena;
};

struct figures_keep {
    pthread_mutex_t lock;
    struct kept_event events[MOST_EVENTS];
    int64_t clock;
};

enum err figures_keep_new(struct figures_keep **ret)
{
    struct figures_keep *keep = calloc(1, sizeof *keep);
    if (!keep) return ERR_NOMEM;
    pthread_mutex_init(&keep->lock, NULL);
    *ret = keep;
    return OK;
}

static void forget(struct kept_event *k)
{
    free(k->people);
    free(k->stays);
    free(k->turns);
    arena_release(&k->arena);
    arena_release(&k->sessions_arena);
    *k = (struct kept_event){.free = NONE};
}

void figures_keep_free(struct figures_keep *keep)
{
    if (!keep) return;
    for (size_t i = 0; i < MOST_EVENTS; i++) forget(&keep->events[i]);
    pthread_mutex_destroy(&keep->lock);
    free(keep);
}

/* Room for one more in a list that is not in an arena: it lives long and grows slowly. */
static bool make_room(void *list, size_t *capacity, size_t count, size_t size)
{
    void **items = list;
    if (count < *capacity) return true;
    size_t wider = *capacity ? *capacity * 2 : 256;
    void *grown = realloc(*items, wider * size);
    if (!grown) return false;
    *items = grown;
    *capacity = wider;
    return true;
}

/* --- turns -------------------------------------------------------------------------------------------------------------------------------------- */

static size_t find_turn(const struct kept_event *k, int64_t at_ms)
{
    size_t low = 0, high = k->turn_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (k->turns[middle].at_ms < at_ms) low = middle + 1;
        else high = middle;
    }
    return low;
}

static enum err add_turn(struct kept_event *k, int64_t at_ms, int64_t by)
{
    size_t at = find_turn(k, at_ms);
    if (at < k->turn_count && k->turns[at].at_ms == at_ms) {
        k->turns[at].by += by;
        return OK;
    }
    if (!make_room(&k->turns, &k->turn_capacity, k->turn_count, sizeof *k->turns)) return ERR_NOMEM;
    memmove(&k->turns[at + 1], &k->turns[at], (k->turn_count - at) * sizeof *k->turns);
    k->turns[at] = (struct quorum_turn){at_ms, by};
    k->turn_count++;
    return OK;
}

/* By 1 or -1. What is known of sessions that this stay touches is not good any more. */
static enum err count_stay(struct kept_event *k, const struct programme *p, const struct quorum_stay *stay, int64_t by)
{
    int64_t from_ms = quorum_counts_from(p, stay);
    if (from_ms == INT64_MAX) return OK;
    for (size_t i = 0; i < p->session_count; i++)
        if (p->sessions[i].ends_ms > from_ms) k->known[i].is_good = false;
    enum err e = add_turn(k, from_ms, by);
    return e == OK ? add_turn(k, quorum_counts_until(stay), -by) : e;
}

/* --- people ------------------------------------------------------------------------------------------------------------------------------------- */

static int compare_people(const void *a, const void *b)
{
    const struct kept_person *x = a, *y = b;
    return x->id != y->id ? (x->id < y->id ? -1 : 1) : 0;
}

static struct kept_person *find_person(const struct kept_event *k, int64_t id)
{
    const struct kept_person key = {.id = id};
    return k->people_count ? bsearch(&key, k->people, k->people_count, sizeof key, compare_people) : NULL;
}

static enum err keep_stay(struct kept_event *k, struct kept_person *person, const struct quorum_stay *stay)
{
    uint32_t at = k->free;
    if (at != NONE) k->free = k->stays[at].next;
    else if (k->stay_count < NONE && make_room(&k->stays, &k->stay_capacity, k->stay_count, sizeof *k->stays)) at = (uint32_t)k->stay_count++;
    else return ERR_NOMEM;
    k->stays[at] = (struct kept_stay){*stay, person->first, false};
    person->first = at;
    return OK;
}

static bool is_same(const struct quorum_stay *a, const struct quorum_stay *b)
{
    return a->from_ms == b->from_ms && a->until_ms == b->until_ms && a->personal_ms == b->personal_ms && a->eligible_ms == b->eligible_ms && a->lapsed_ms == b->lapsed_ms;
}

/* Out of the person's stays, when it is one of them. */
static bool take_out(struct kept_event *k, struct kept_person *person, const struct quorum_stay *stay)
{
    for (uint32_t *link = &person->first; *link != NONE; link = &k->stays[*link].next) {
        uint32_t at = *link;
        if (!is_same(&k->stays[at].stay, stay)) continue;
        *link = k->stays[at].next;
        k->stays[at].next = k->free;
        k->stays[at].is_free = true;
        k->free = at;
        return true;
    }
    return false;
}

/* Stays that are as they were cost nothing: of somebody who was here for twenty days only the last one is another. */
static enum err read_stay(struct kept_event *k, const struct programme *p, struct kept_person *old, struct kept_person *fresh, const struct sql_checkin_presence_row *row)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < fresh->span_count; i++) {
        const struct quorum_stay stay = {row->from_ms, row->until_ms, row->personal_ms, fresh->spans[i].from_ms, fresh->spans[i].until_ms};
        if (!take_out(k, old, &stay)) e = count_stay(k, p, &stay, 1);
        if (e == OK) e = keep_stay(k, fresh, &stay);
    }
    return e;
}

static enum err read_person(struct kept_event *k, struct db *db, struct arena *scratch, const struct programme *p, struct kept_person *person)
{
    struct sql_checkin_presence_row *rows;
    struct kept_person fresh = *person, old = *person;
    size_t n;
    fresh.first = NONE;
    enum err e = sql_checkin_presence(db, scratch, person->id, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++)
        if (rows[i].area_id == p->areas[0].id) e = read_stay(k, p, &old, &fresh, &rows[i]);
    while (e == OK && old.first != NONE) {
        const struct quorum_stay gone = k->stays[old.first].stay;
        e = count_stay(k, p, &gone, -1);
        (void)take_out(k, &old, &gone);
    }
    *person = fresh;
    return e;
}

/* --- reading all, and what is new ------------------------------------------------------------------------------------------------------------------- */

struct loading {
    struct kept_event *kept;
    const struct programme *programme;
    const struct quorum_list *list;
};

static enum err add_one(const struct loading *l, int64_t id, bool is_eligible)
{
    struct kept_event *k = l->kept;
    const struct quorum_span *spans;
    size_t count = quorum_spans_of(l->list, id, is_eligible, &spans);
    if (!make_room(&k->people, &k->people_capacity, k->people_count, sizeof *k->people)) return ERR_NOMEM;
    k->people[k->people_count++] = (struct kept_person){id, spans, (uint32_t)count, NONE};
    return OK;
}

/* Whom the desk changed are added by themselves. */
static enum err add_person(void *context, const struct sql_figures_eligible_row *row)
{
    const struct loading *l = context;
    const struct quorum_span *spans;
    return quorum_spans_of(l->list, row->id, false, &spans) ? OK : add_one(l, row->id, true);
}

static enum err add_piece(const struct loading *l, struct kept_person *person, const struct quorum_stay *stay)
{
    struct kept_event *k = l->kept;
    int64_t from_ms = quorum_counts_from(l->programme, stay);
    enum err e = keep_stay(k, person, stay);
    if (e != OK || from_ms == INT64_MAX) return e;
    const struct quorum_turn both[] = {{from_ms, 1}, {quorum_counts_until(stay), -1}};
    for (size_t i = 0; i < 2; i++) {
        if (!make_room(&k->turns, &k->turn_capacity, k->turn_count, sizeof *k->turns)) return ERR_NOMEM;
        k->turns[k->turn_count++] = both[i];
    }
    return OK;
}

static enum err add_stay(void *context, const struct sql_figures_eligible_stays_row *row)
{
    const struct loading *l = context;
    struct kept_person *person = find_person(l->kept, row->delegate_id);
    enum err e = OK;
    for (size_t i = 0; e == OK && person && i < person->span_count; i++)
        e = add_piece(l, person, &(struct quorum_stay){row->from_ms, row->until_ms, row->personal_ms, person->spans[i].from_ms, person->spans[i].until_ms});
    return e;
}

static enum err read_all(struct kept_event *k, struct db *db, const struct programme *p, const struct quorum_rule *rule)
{
    struct quorum_list list;
    struct loading l = {k, p, &list};
    forget(k);
    k->known = arena_array(&k->arena, p->session_count, sizeof *k->known);
    enum err e = k->known ? quorum_read_list(db, &k->arena, p, rule, &list) : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < list.count; i++) e = add_one(&l, list.people[i].delegate_id, false);
    if (e == OK) e = sql_figures_eligible(db, p->event_id, rule->category->id, add_person, &l);
    if (e != OK) return e;
    if (k->people_count) qsort(k->people, k->people_count, sizeof *k->people, compare_people);
    k->changes = list.changes;
    k->change_count = list.change_count;
    e = sql_figures_eligible_stays(db, p->event_id, p->areas[0].id, add_stay, &l);
    k->turn_count = quorum_sort_turns(k->turns, k->turn_count);
    return e;
}

static enum err read_new(struct kept_event *k, struct db *db, const struct programme *p)
{
    struct arena moved = {0}, scratch = {0};
    struct sql_figures_moved_row *rows;
    size_t n;
    enum err e = sql_figures_moved(db, &moved, p->event_id, k->roster_seq, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        struct kept_person *person = find_person(k, rows[i].delegate_id);
        if (person) e = read_person(k, db, &scratch, p, person);
        arena_clear(&scratch);
    }
    arena_release(&scratch);
    arena_release(&moved);
    return e;
}

static struct kept_event *find_event(struct figures_keep *keep, int64_t event_id)
{
    struct kept_event *oldest = &keep->events[0];
    for (size_t i = 0; i < MOST_EVENTS; i++) {
        if (keep->events[i].event_id == event_id) return &keep->events[i];
        if (keep->events[i].used < oldest->used) oldest = &keep->events[i];
    }
    return oldest;
}

/* What was worked out now of sessions that are over is known at the next reading. */
static enum err learn(struct kept_event *k, const struct programme *p, const struct figures *f)
{
    size_t at = 0;
    if (k->sessions_arena.total > SESSIONS_MOST_BYTES) {
        arena_release(&k->sessions_arena);
        memset(k->known, 0, p->session_count * sizeof *k->known);
    }
    for (size_t i = 0; i < p->session_count && at < f->quorum_count; i++) {
        const struct figures_session_quorum *q = &f->quorums[at];
        if (q->session != p->sessions[i].code) continue;
        at++;
        if (k->known[i].is_good || p->sessions[i].ends_ms > f->as_of_ms) continue;
        k->known[i].quorum = *q;
        k->known[i].quorum.periods = arena_memdup(&k->sessions_arena, q->periods, q->period_count * sizeof *q->periods);
        if (q->period_count && !k->known[i].quorum.periods) return ERR_NOMEM;
        k->known[i].is_good = true;
    }
    return OK;
}

static int64_t count_by_group(const struct kept_event *k, int64_t at_ms)
{
    int64_t total = 0;
    for (size_t i = 0; i < k->stay_count; i++) total += !k->stays[i].is_free && quorum_is_by_group(&k->stays[i].stay, at_ms);
    return total;
}

/* What is kept may be of another programme than the asker's, who looked a moment before: then it is made for this one. */
static enum err bring_up_to_date(struct kept_event *k, struct db *db, const struct programme *p, const struct quorum_rule *rule)
{
    struct sql_programme_seqs_row seqs;
    enum err e = sql_programme_seqs(db, NULL, p->slug, &seqs);
    if (e != OK) return e;
    bool fresh = k->event_id == p->event_id && k->config_seq == seqs.config_seq && seqs.config_seq == p->config_seq && k->roster_seq <= seqs.roster_seq;
    if (!fresh) e = read_all(k, db, p, rule);
    else if (k->roster_seq < seqs.roster_seq) e = read_new(k, db, p);
    k->event_id = p->event_id;
    k->config_seq = seqs.config_seq == p->config_seq ? seqs.config_seq : -1;
    k->roster_seq = seqs.roster_seq;
    return e;
}

enum err figures_keep_quorum(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *p, struct figures *f)
{
    struct quorum_rule rule;
    struct quorum_input input = {0};
    enum err e = quorum_rule_read(arena, p, &rule);
    if (e != OK || !rule.category) return e == OK ? quorum_put(arena, p, &rule, &input, f) : e;
    struct kept_event *k = find_event(keep, p->event_id);
    k->used = ++keep->clock;
    e = bring_up_to_date(k, db, p, &rule);
    if (e == OK) {
        input = (struct quorum_input){.eligible = quorum_expected(f, &rule), .by_group = count_by_group(k, f->as_of_ms), .turns = k->turns, .turn_count = k->turn_count,
                                      .changes = k->changes, .change_count = k->change_count, .known = k->known};
        e = quorum_put(arena, p, &rule, &input, f);
    }
    if (e == OK) e = learn(k, p, f);
    if (e != OK) forget(k);
    return e;
}

enum err figures_read_kept(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *p, int64_t now_ms, struct figures *ret)
{
    if (!keep || db_in_transaction(db)) return figures_read(db, arena, p, now_ms, ret);
    pthread_mutex_lock(&keep->lock); /* before the view begins: views then follow each other as what is kept does */
    enum err e = db_snapshot_begin(db);
    if (e == OK) e = figures_read_view(keep, db, arena, p, now_ms, ret);
    db_snapshot_end(db);
    pthread_mutex_unlock(&keep->lock);
    return e;
}
