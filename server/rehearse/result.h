/* What a rehearsal measured, added up, and what of it would have broken. */
#ifndef PLENUM_SERVER_REHEARSE_RESULT_H
#define PLENUM_SERVER_REHEARSE_RESULT_H

#include "server/rehearse/findings.h"
#include "server/rehearse/play.h"

#define RESULT_WAIT_MOST_MS (INT64_C(10) * 60 * 1000) /* who waits longer walks away, or pushes */
#define RESULT_WAIT_GOOD_MS (INT64_C(5) * 60 * 1000)  /* what is recommended for */
#define RESULT_WHAT_IF 6

struct result_times {
    size_t count, failed, slow; /* slow: longer than a scanner asks */
    int64_t p50_us, p95_us, p99_us, longest_us;
    const char *failure;        /* the first; "" */
};

struct result_refusal {
    enum reason reason;
    const struct programme_gate *gate;
    unsigned category; /* 64: nobody's */
    size_t count;
    bool side;         /* at the door of another room */
};

struct result_what_if {
    size_t scanners, waiting; /* waiting: when the session begins */
    struct queue_figures figures;
};

struct result {
    struct queue_figures lanes[RUSH_LANES_MOST], all; /* all: of the main lanes */
    size_t scans_of[RUSH_LANES_MOST];
    size_t waiting;                                   /* when the session begins */
    struct result_times times[SAMPLE_COUNT];
    size_t scans, answered, outcomes[OUTCOME_COUNT], conflicts, surprises;
    const char *surprise;                             /* the first, in words */
    struct result_refusal *refusals;
    size_t refusal_count, refusal_capacity;
    size_t kept_most, sent_late;
    int64_t sent_late_us, late_ms, attended;          /* attended: distinct people who were let into the event's first area */
    struct result_what_if what_if[RESULT_WHAT_IF];
    size_t what_if_count, recommended;                /* recommended: the fewest scanners with which nobody waits longer than RESULT_WAIT_GOOD_MS; 0: none */
};

enum err result_make(struct arena *arena, struct play *play, struct result *ret);

/* What was found in the copy and on the walls afterwards. */
struct result_after {
    int64_t recorded, recorded_invalid, shown; /* scans in the copy; attended by GET …/stats, -1: it did not answer */
    int64_t wall_ms;                           /* until the walls agreed; -1: they did not */
    int64_t missing_papers;
    bool recount_agrees, server_lived;
    char recount[256];
};
void findings_of_play(struct findings *findings, const struct play *play, const struct result *result, const struct result_after *after);

#endif
