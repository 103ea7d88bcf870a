/* Where everybody was: stays from the scans that had been made by then and were known by then. */
#include "core/congress/figures/past.h"
#include "core/congress/figures/count.h"
#include "core/congress/checkin/checkin.h"

#include <stdlib.h>
#include <string.h>

enum { SAID_NOTHING, SAID_ADMITTED, SAID_LEFT, SAID_ALREADY_IN, SAID_HANDED_OUT }; /* as figures_scans numbers outcomes */

struct past_scan {
    int64_t delegate_id, true_ms, received_ms, id;
    int64_t gate_id;
    uint8_t said;
    bool by_group;
};

/* Of a million scans: not in an arena, which would keep each size that the list had. */
struct scan_list {
    struct past_scan *scans;
    size_t count, capacity;
    const struct sql_figures_undone_row *undone; /* by scan */
    size_t undone_count;
    const struct sql_figures_told_row *told; /* by scan */
    size_t told_count;
};

static int compare_undone(const void *a, const void *b)
{
    const struct sql_figures_undone_row *x = a, *y = b;
    return x->scan != y->scan ? (x->scan < y->scan ? -1 : 1) : 0;
}

static int compare_told(const void *a, const void *b)
{
    const struct sql_figures_told_row *x = a, *y = b;
    return x->scan != y->scan ? (x->scan < y->scan ? -1 : 1) : 0;
}

static bool is_undone(const struct scan_list *list, int64_t scan)
{
    const struct sql_figures_undone_row key = {.scan = scan};
    return list->undone_count && bsearch(&key, list->undone, list->undone_count, sizeof key, compare_undone);
}

static int64_t said_then(const struct scan_list *list, int64_t scan, int64_t outcome)
{
    const struct sql_figures_told_row key = {.scan = scan}, *row = list->told_count ? bsearch(&key, list->told, list->told_count, sizeof key, compare_told) : NULL;
    return row ? row->outcome : outcome;
}

static enum err add_scan(void *context, const struct sql_figures_scans_row *row)
{
    struct scan_list *list = context;
    int64_t said = said_then(list, row->id, row->outcome);
    if (said == SAID_NOTHING || is_undone(list, row->id)) return OK;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4096;
        struct past_scan *scans = realloc(list->scans, capacity * sizeof *scans);
        if (!scans) return ERR_NOMEM;
        list->scans = scans;
        list->capacity = capacity;
    }
    list->scans[list->count++] = (struct past_scan){row->delegate_id, row->true_ms, row->received_ms, row->id, row->gate_id, (uint8_t)said, row->by_group != 0};
    return OK;
}

/* As the history of one person is read: by true time, then by when they came. */
static int compare_scans(const void *a, const void *b)
{
    const struct past_scan *x = a, *y = b;
    if (x->delegate_id != y->delegate_id) return x->delegate_id < y->delegate_id ? -1 : 1;
    if (x->true_ms != y->true_ms) return x->true_ms < y->true_ms ? -1 : 1;
    if (x->received_ms != y->received_ms) return x->received_ms < y->received_ms ? -1 : 1;
    return x->id != y->id ? (x->id < y->id ? -1 : 1) : 0;
}

static enum err read_scans(struct db *db, struct arena *arena, int64_t event_id, struct figures_moment moment, struct scan_list *ret)
{
    struct sql_figures_undone_row *undone;
    struct sql_figures_told_row *told;
    enum err e = sql_figures_undone(db, arena, event_id, moment.known_ms, &undone, &ret->undone_count);
    if (e == OK) e = sql_figures_told(db, arena, event_id, moment.known_ms, &told, &ret->told_count);
    if (e != OK) return e;
    ret->undone = undone;
    ret->told = told;
    e = sql_figures_scans(db, event_id, moment.at_ms, moment.known_ms, add_scan, ret);
    if (e == OK && ret->count) qsort(ret->scans, ret->count, sizeof *ret->scans, compare_scans);
    return e;
}

/* Once each, however often something was given. */
static void note_handout(const struct programme *p, struct past *past, const struct past_scan *scans, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (scans[i].said == SAID_HANDED_OUT && scans[i].gate_id == scans[at].gate_id) return;
    for (size_t i = 0; i < p->gate_count; i++)
        if (p->gates[i].id == scans[at].gate_id && p->gates[i].kind == GATE_HANDOUT) past->handouts[i]++;
}

static enum err add_stays(struct arena *scratch, const struct programme *p, struct past *past, struct past_person *person,
                          const struct past_scan *scans, size_t count)
{
    struct presence_scan *readings = arena_array(scratch, count, sizeof *readings);
    struct presence_interval *stays;
    int64_t effective_ms;
    size_t n = 0, stay_count;
    if (!readings) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        if (scans[i].said == SAID_HANDED_OUT) note_handout(p, past, scans, i);
        else readings[n++] = (struct presence_scan){scans[i].id, scans[i].gate_id, scans[i].true_ms, scans[i].said == SAID_LEFT, scans[i].by_group,
                                                  scans[i].said == SAID_ALREADY_IN};
    }
    enum err e = presence_of_scans(scratch, p, readings, n, &stays, &stay_count, &effective_ms);
    person->first_stay = past->stay_count;
    person->stay_count = stay_count;
    for (size_t i = 0; e == OK && i < stay_count; i++) past->stays[past->stay_count++] = stays[i];
    return e;
}

static void count_late(const struct programme *p, struct figures_moment moment, const struct scan_list *list, struct past *past)
{
    int64_t since_ms = figures_day_begin(p, moment.at_ms);
    for (size_t i = 0; i < list->count; i++)
        past->corrected += list->scans[i].said != SAID_ALREADY_IN && list->scans[i].received_ms >= since_ms &&
                           list->scans[i].received_ms - list->scans[i].true_ms > FIGURES_LATE_MS;
}

static enum err make_stays(struct arena *arena, const struct programme *p, const struct scan_list *list, struct past *past)
{
    struct arena scratch = {0};
    size_t begun = 0; /* no more stays than admissions */
    for (size_t i = 0; i < list->count; i++) begun += list->scans[i].said == SAID_ADMITTED;
    past->stays = arena_array(arena, begun, sizeof *past->stays);
    enum err e = past->stays ? OK : ERR_NOMEM;
    for (size_t i = 0, next; e == OK && i < list->count; i = next) {
        for (next = i + 1; next < list->count && list->scans[next].delegate_id == list->scans[i].delegate_id;) next++;
        struct past_person *person = past_find(past, list->scans[i].delegate_id);
        if (person) e = add_stays(&scratch, p, past, person, &list->scans[i], next - i);
        arena_clear(&scratch);
    }
    arena_release(&scratch);
    return e;
}

enum err past_read(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, struct past *ret)
{
    struct scan_list list = {0};
    enum err e = past_read_list(db, arena, p, moment, ret);
    ret->handouts = arena_array(arena, p->gate_count, sizeof *ret->handouts);
    if (e == OK && !ret->handouts) e = ERR_NOMEM;
    if (e == OK) e = read_scans(db, arena, p->event_id, moment, &list);
    if (e == OK) e = make_stays(arena, p, &list, ret);
    if (e == OK) count_late(p, moment, &list, ret);
    free(list.scans);
    return e;
}
