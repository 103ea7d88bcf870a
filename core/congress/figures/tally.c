#include "core/congress/figures/tally.h"
#include "core/base/clock.h"
#include "core/congress/checkin/history.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

int tally_compare_keys(const void *a, const void *b)
{
    const struct tally_key *x = a, *y = b;
    if (x->measure != y->measure) return x->measure < y->measure ? -1 : 1;
    if (x->dimension != y->dimension) return x->dimension < y->dimension ? -1 : 1;
    if (x->key_id != y->key_id) return x->key_id < y->key_id ? -1 : 1;
    if (x->until_ms != y->until_ms) return x->until_ms < y->until_ms ? -1 : 1;
    return 0;
}

struct key_list {
    struct arena *arena;
    struct tally_key *keys;
    size_t count, capacity;
    bool failed;
};

static void add_key(struct key_list *list, int64_t measure, int64_t dimension, int64_t key_id, int64_t until_ms)
{
    if (list->failed || arena_grow(list->arena, &list->keys, &list->capacity, list->count, sizeof *list->keys) != 0) {
        list->failed = true;
        return;
    }
    list->keys[list->count++] = (struct tally_key){measure, dimension, key_id, until_ms};
}

static void add_interval(struct key_list *list, const struct programme *p, const struct presence_interval *i, int64_t category, int64_t delegation)
{
    bool first_area = p->area_count > 0 && p->areas[0].id == i->area_id;
    add_key(list, TALLY_ATTENDED, TALLY_AREA, i->area_id, 0);
    add_key(list, TALLY_ATTENDED, TALLY_GATE, i->gate_id, 0);
    for (size_t k = 0; k < p->session_count; k++) {
        const struct programme_session *s = &p->sessions[k];
        if (s->area_id == i->area_id && i->from_ms < s->ends_ms && i->until_ms > s->starts_ms) add_key(list, TALLY_ATTENDED, TALLY_SESSION, s->id, 0);
    }
    if (first_area) {
        add_key(list, TALLY_ATTENDED, TALLY_EVENT, 0, 0);
        add_key(list, TALLY_ATTENDED, TALLY_CATEGORY, category, 0);
        add_key(list, TALLY_ATTENDED, TALLY_DELEGATION, delegation, 0);
    }
    if (i->closed) return;
    add_key(list, TALLY_PRESENT, TALLY_AREA, i->area_id, i->until_ms);
    add_key(list, TALLY_PRESENT, TALLY_GATE, i->gate_id, i->until_ms);
    if (!first_area) return;
    add_key(list, TALLY_PRESENT, TALLY_EVENT, 0, i->until_ms);
    add_key(list, TALLY_PRESENT, TALLY_CATEGORY, category, i->until_ms);
    add_key(list, TALLY_PRESENT, TALLY_DELEGATION, delegation, i->until_ms);
}

int64_t tally_day(const struct programme *p, int64_t at_ms)
{
    int64_t day = at_ms < p->opens_ms ? -1 : 0;
    for (size_t i = 0; day >= 0 && i < p->midnight_count && p->midnights[i] <= at_ms; i++) day++;
    return day;
}

/* The minute of each day's first arrival in the first area. Who is in over midnight does not arrive again. */
static void add_arrivals(struct key_list *list, const struct programme *p, const struct presence_interval *intervals, size_t count)
{
    int64_t seen = INT64_MIN;
    for (size_t i = 0; i < count; i++) {
        if (!p->area_count || intervals[i].area_id != p->areas[0].id) continue;
        int64_t day = tally_day(p, intervals[i].from_ms);
        if (day != seen) add_key(list, TALLY_ATTENDED, TALLY_MINUTE, intervals[i].from_ms / CLOCK_MINUTE, 0);
        seen = day;
    }
}

enum err tally_of_person(struct arena *arena, const struct programme *programme, int64_t category_id, int64_t delegation_id,
                         const struct presence_interval *intervals, size_t interval_count, struct tally_key **ret_keys, size_t *ret_count)
{
    struct key_list list = {.arena = arena};
    if (delegation_id == DB_NULL) delegation_id = 0;
    for (size_t i = 0; i < interval_count; i++) add_interval(&list, programme, &intervals[i], category_id, delegation_id);
    add_arrivals(&list, programme, intervals, interval_count);
    if (list.failed) return ERR_NOMEM;
    if (list.count) qsort(list.keys, list.count, sizeof *list.keys, tally_compare_keys);
    size_t n = 0;
    for (size_t i = 0; i < list.count; i++)
        if (n == 0 || tally_compare_keys(&list.keys[n - 1], &list.keys[i]) != 0) list.keys[n++] = list.keys[i];
    *ret_keys = list.keys;
    *ret_count = n;
    return OK;
}

static enum err step(struct db *db, int64_t event_id, const struct tally_key *key, int64_t by)
{
    return sql_tally_add(db, &(struct sql_tally_add_in){.event_id = event_id, .measure = key->measure, .dimension = key->dimension,
                                                        .key_id = key->key_id, .until_ms = key->until_ms, .step = by}, NULL);
}

static enum err sink_add(struct tally_sink *sink, int64_t event_id, const struct tally_key *key, int64_t by)
{
    if (sink->count == sink->capacity) {
        size_t capacity = sink->capacity ? sink->capacity * 2 : 1024;
        struct tally_change *changes = realloc(sink->changes, capacity * sizeof *changes);
        if (!changes) return ERR_NOMEM;
        sink->changes = changes;
        sink->capacity = capacity;
    }
    sink->changes[sink->count++] = (struct tally_change){event_id, *key, by};
    return OK;
}

enum err tally_add_difference(struct tally_sink *sink, int64_t event_id, const struct tally_key *before, size_t before_count,
                              const struct tally_key *after, size_t after_count)
{
    size_t i = 0, k = 0;
    enum err e = OK;
    while (e == OK && (i < before_count || k < after_count)) {
        int order = i == before_count ? 1 : k == after_count ? -1 : tally_compare_keys(&before[i], &after[k]);
        if (order < 0) e = sink_add(sink, event_id, &before[i++], -1);
        else if (order > 0) e = sink_add(sink, event_id, &after[k++], 1);
        else i++, k++;
    }
    return e;
}

static int compare_changes(const void *a, const void *b)
{
    const struct tally_change *x = a, *y = b;
    if (x->event_id != y->event_id) return x->event_id < y->event_id ? -1 : 1;
    return tally_compare_keys(&x->key, &y->key);
}

enum err tally_sink_flush(struct tally_sink *sink, struct db *db)
{
    enum err e = OK;
    if (sink->count) qsort(sink->changes, sink->count, sizeof *sink->changes, compare_changes);
    for (size_t i = 0; e == OK && i < sink->count;) {
        const struct tally_change *first = &sink->changes[i];
        int64_t by = 0;
        for (; i < sink->count && compare_changes(first, &sink->changes[i]) == 0; i++) by += sink->changes[i].by;
        if (by) e = step(db, first->event_id, &first->key, by);
    }
    if (e == OK) sink->count = 0;
    return e;
}

void tally_sink_release(struct tally_sink *sink)
{
    free(sink->changes);
    *sink = (struct tally_sink){0};
}

enum err tally_area_count(struct db *db, const struct tally_sink *sink, int64_t event_id, int64_t area_id, int64_t now_ms, int64_t *ret_count)
{
    struct sql_tally_area_present_row row;
    enum err e = sql_tally_area_present(db, NULL, event_id, area_id, now_ms, &row);
    if (e != OK) return e;
    for (size_t i = 0; sink && i < sink->count; i++) {
        const struct tally_change *c = &sink->changes[i];
        if (c->event_id == event_id && c->key.measure == TALLY_PRESENT && c->key.dimension == TALLY_AREA && c->key.key_id == area_id &&
            c->key.until_ms > now_ms)
            row.total += c->by;
    }
    *ret_count = row.total;
    return OK;
}

enum err tally_rebuild_expected(struct db *db, int64_t event_id)
{
    struct arena arena = {0};
    struct sql_tally_expected_rows_row *rows;
    size_t n;
    enum err e = sql_tally_clear_measure(db, event_id, TALLY_EXPECTED, NULL);
    if (e == OK) e = sql_tally_expected_rows(db, &arena, event_id, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        e = step(db, event_id, &(struct tally_key){TALLY_EXPECTED, TALLY_EVENT, 0, 0}, rows[i].total);
        if (e == OK) e = step(db, event_id, &(struct tally_key){TALLY_EXPECTED, TALLY_CATEGORY, rows[i].category_id, 0}, rows[i].total);
        if (e == OK) e = step(db, event_id, &(struct tally_key){TALLY_EXPECTED, TALLY_DELEGATION, rows[i].delegation_id, 0}, rows[i].total);
    }
    arena_release(&arena);
    return e;
}

static enum err add_person(struct db *db, struct arena *arena, struct tally_sink *sink, const struct programme *programme,
                           const struct sql_tally_people_row *person)
{
    struct presence_interval *intervals;
    struct tally_key *keys;
    size_t n, key_count;
    enum err e = history_stored_stays(db, arena, person->delegate_id, &intervals, &n);
    if (e != OK) return e;
    e = tally_of_person(arena, programme, person->category_id, person->delegation_id, intervals, n, &keys, &key_count);
    return e == OK ? tally_add_difference(sink, programme->event_id, NULL, 0, keys, key_count) : e;
}

enum err tally_rebuild(struct db *db, int64_t event_id)
{
    struct arena arena = {0}, scratch = {0};
    struct sql_programme_slug_row slug;
    struct programme *programme;
    struct tally_sink sink = {0};
    struct sql_tally_people_row *people;
    size_t n = 0;
    enum err e = sql_programme_slug(db, &arena, event_id, &slug);
    if (e == OK) e = programme_load(db, &arena, slug.slug, &programme);
    if (e == OK) e = tally_rebuild_expected(db, event_id);
    if (e == OK) e = sql_tally_clear_measure(db, event_id, TALLY_ATTENDED, NULL);
    if (e == OK) e = sql_tally_clear_measure(db, event_id, TALLY_PRESENT, NULL);
    if (e == OK) e = sql_tally_people(db, &arena, event_id, &people, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        e = add_person(db, &scratch, &sink, programme, &people[i]);
        arena_clear(&scratch);
    }
    if (e == OK) e = tally_sink_flush(&sink, db);
    tally_sink_release(&sink);
    arena_release(&scratch);
    arena_release(&arena);
    return e;
}

/* Another process may have been quicker: asked again within the transaction. */
static enum err complete(struct db *db, void *arg, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_setting_get_row asked;
    struct sql_doctor_events_row *events;
    size_t n = 0;
    (void)arg;
    enum err e = sql_setting_get(db, &arena, TALLY_REBUILD_SETTING, &asked);
    if (e == OK) e = sql_doctor_events(db, &arena, &events, &n);
    for (size_t i = 0; e == OK && i < n; i++) e = tally_rebuild(db, events[i].id);
    if (e == OK) e = sql_setting_forget(db, TALLY_REBUILD_SETTING, NULL);
    arena_release(&arena);
    return e == OK || e == ERR_NOT_FOUND ? OK : db_fault(db, e, fault, "count the figures anew");
}

enum err tally_complete(struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_setting_get_row asked;
    enum err e = sql_setting_get(db, &arena, TALLY_REBUILD_SETTING, &asked);
    arena_release(&arena);
    if (e == ERR_NOT_FOUND) return OK;
    return e == OK ? db_transaction(db, complete, NULL, fault) : db_fault(db, e, fault, "look for figures to count anew");
}
