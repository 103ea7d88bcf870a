/* Queues at doors as pure arithmetic: no clock, no thread, no chance but a given one; the same in gives the same out. Times are milliseconds of the
 * rehearsal's own clock, which begins with the first possible arrival.
 *
 * A lane is one scanner with its queue. Who comes stands in the shortest of those that they may use and stays there; a lane serves one at a time, in order. */
#ifndef PLENUM_SERVER_REHEARSE_QUEUE_H
#define PLENUM_SERVER_REHEARSE_QUEUE_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define QUEUE_LANES_MOST 64

/* --- chance that can be repeated (SplitMix64, Steele, Lea and Flood 2014) ------------------------------------------------------------------ */

struct dice {
    uint64_t state; /* the seed */
};
uint64_t dice_next(struct dice *dice);
double dice_fraction(struct dice *dice); /* [0, 1) */
size_t dice_below(struct dice *dice, size_t bound); /* bound > 0 */

/* When people come: the share of the span, 0 to 1, by which the share `u` of all is there. A rush that grows to its height at three quarters of the span (the Beta
 * distribution with 4 and 2): by nine tenths, where the session begins, 92 of 100 are there. */
double rush_time(double u);
#define RUSH_BEGINNING 0.9

/* How long one person takes before a scanner, without the server's answer: mostly 0.6 to 1.4 of the usual time, one in twelve three times as long (the badge is in
 * the bag). `mean_ms` is the mean of all. */
int64_t service_time(struct dice *dice, int64_t mean_ms);

/* --- lanes ------------------------------------------------------------------------------------------------------------------------------------ */

struct queue_lane {
    int64_t *ends; /* of those who joined, in order */
    size_t count, capacity, gone;
};
struct queues {
    struct arena *arena;
    size_t lane_count;
    struct queue_lane lanes[QUEUE_LANES_MOST];
};

void queues_begin(struct queues *queues, struct arena *arena, size_t lane_count);
/* Calls come in the order of time. `allowed`: lanes as bits; 0 stands for all. Of equal ones the first. */
size_t queues_shortest(struct queues *queues, int64_t at_ms, uint64_t allowed);
enum err queues_join(struct queues *queues, size_t lane, int64_t at_ms, int64_t service_ms, int64_t *ret_begins_ms, int64_t *ret_ends_ms);

/* --- what came of it -------------------------------------------------------------------------------------------------------------------------- */

struct queue_turn {
    int64_t joins_ms, begins_ms, ends_ms;
};
struct queue_figures {
    size_t people, longest_queue; /* a queue: who came and is not served yet, of one lane or of all together, as the turns are */
    int64_t longest_queue_ms;     /* when */
    int64_t median_ms, p95_ms, longest_ms; /* waited until served */
};
/* Turns in any order; nobody: zeros. */
enum err queue_measure(struct arena *arena, const struct queue_turn *turns, size_t count, struct queue_figures *ret);
/* Who came by `at_ms` and is not served yet. */
size_t queue_turns_waiting(const struct queue_turn *turns, size_t count, int64_t at_ms);

/* The same people with another number of lanes, all of them open to everybody. `turns`: joins_ms, by time; ends - begins is the time that each takes. */
enum err queue_what_if(struct arena *arena, const struct queue_turn *turns, size_t count, size_t lanes, struct queue_turn **ret);

/* The value that `percent` of 100 do not exceed (nearest rank); sorts. 0 for none. */
int64_t percentile(int64_t *values, size_t count, unsigned percent);

#endif
