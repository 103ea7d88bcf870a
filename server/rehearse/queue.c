#include "server/rehearse/queue.h"

#include <stdlib.h>

uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double dice_fraction(struct dice *dice)
{
    return (double)(dice_next(dice) >> 11) / (double)(UINT64_C(1) << 53);
}

size_t dice_below(struct dice *dice, size_t bound)
{
    return (size_t)(dice_next(dice) % bound); /* bound is far below 2^64: the lean is below any notice */
}

double rush_time(double u)
{
    double low = 0, high = 1;
    for (int i = 0; i < 50; i++) { /* the inverse of 5x⁴ − 4x⁵ */
        double x = (low + high) / 2, square = x * x;
        if (square * square * (5 - 4 * x) < u) low = x;
        else high = x;
    }
    return (low + high) / 2;
}

int64_t service_time(struct dice *dice, int64_t mean_ms)
{
    const double slow = 1.0 / 12, mean = (1 - slow) + 3 * slow;
    double share = dice_fraction(dice) < slow ? 3.0 : 0.6 + 0.8 * dice_fraction(dice);
    return (int64_t)((double)mean_ms * share / mean);
}

void queues_begin(struct queues *queues, struct arena *arena, size_t lane_count)
{
    *queues = (struct queues){.arena = arena, .lane_count = lane_count < QUEUE_LANES_MOST ? lane_count : QUEUE_LANES_MOST};
}

size_t queues_shortest(struct queues *queues, int64_t at_ms, uint64_t allowed)
{
    size_t best = 0, fewest = SIZE_MAX;
    for (size_t i = 0; i < queues->lane_count; i++) {
        struct queue_lane *lane = &queues->lanes[i];
        while (lane->gone < lane->count && lane->ends[lane->gone] <= at_ms) lane->gone++;
        size_t here = lane->count - lane->gone;
        if ((allowed && !(allowed >> i & 1)) || here >= fewest) continue;
        best = i;
        fewest = here;
    }
    return best;
}

enum err queues_join(struct queues *queues, size_t lane_number, int64_t at_ms, int64_t service_ms, int64_t *ret_begins_ms, int64_t *ret_ends_ms)
{
    struct queue_lane *lane = &queues->lanes[lane_number];
    if (arena_grow(queues->arena, &lane->ends, &lane->capacity, lane->count, sizeof *lane->ends) != 0) return ERR_NOMEM;
    int64_t free_ms = lane->count ? lane->ends[lane->count - 1] : 0;
    *ret_begins_ms = free_ms > at_ms ? free_ms : at_ms;
    *ret_ends_ms = *ret_begins_ms + service_ms;
    lane->ends[lane->count++] = *ret_ends_ms;
    return OK;
}

/* --- figures ---------------------------------------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int64_t percentile(int64_t *values, size_t count, unsigned percent)
{
    if (count == 0) return 0;
    qsort(values, count, sizeof *values, compare);
    size_t rank = (count * percent + 99) / 100;
    return values[rank ? rank - 1 : 0];
}

/* Who joins and who begins, by time; at one moment those who begin go first, so that who walks straight through never stands in a queue. */
static void find_longest(const int64_t *joins, const int64_t *begins, size_t count, struct queue_figures *figures)
{
    for (size_t joined = 0, begun = 0; joined < count; joined++) {
        while (begun <= joined && begins[begun] <= joins[joined]) begun++;
        size_t waiting = joined + 1 - begun;
        if (waiting <= figures->longest_queue) continue;
        figures->longest_queue = waiting;
        figures->longest_queue_ms = joins[joined];
    }
}

enum err queue_measure(struct arena *arena, const struct queue_turn *turns, size_t count, struct queue_figures *ret)
{
    int64_t *waits = arena_array(arena, count + 1, sizeof *waits), *joins = arena_array(arena, count + 1, sizeof *joins);
    int64_t *begins = arena_array(arena, count + 1, sizeof *begins);
    if (!waits || !joins || !begins) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        joins[i] = turns[i].joins_ms;
        begins[i] = turns[i].begins_ms;
        waits[i] = turns[i].begins_ms - turns[i].joins_ms;
    }
    struct queue_figures figures = {.people = count};
    qsort(joins, count, sizeof *joins, compare);
    qsort(begins, count, sizeof *begins, compare);
    find_longest(joins, begins, count, &figures);
    figures.median_ms = percentile(waits, count, 50);
    figures.p95_ms = percentile(waits, count, 95);
    figures.longest_ms = percentile(waits, count, 100);
    *ret = figures;
    return OK;
}

size_t queue_turns_waiting(const struct queue_turn *turns, size_t count, int64_t at_ms)
{
    size_t waiting = 0;
    for (size_t i = 0; i < count; i++) waiting += turns[i].joins_ms <= at_ms && turns[i].begins_ms > at_ms;
    return waiting;
}

enum err queue_what_if(struct arena *arena, const struct queue_turn *turns, size_t count, size_t lanes, struct queue_turn **ret)
{
    struct queues queues;
    struct queue_turn *out = arena_array(arena, count + 1, sizeof *out);
    enum err e = out ? OK : ERR_NOMEM;
    queues_begin(&queues, arena, lanes);
    for (size_t i = 0; e == OK && i < count; i++) {
        out[i].joins_ms = turns[i].joins_ms;
        size_t lane = queues_shortest(&queues, turns[i].joins_ms, 0);
        e = queues_join(&queues, lane, turns[i].joins_ms, turns[i].ends_ms - turns[i].begins_ms, &out[i].begins_ms, &out[i].ends_ms);
    }
    if (e == OK) *ret = out;
    return e;
}
