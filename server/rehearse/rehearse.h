/* `plenum rehearse`: the morning's rush, the evening before, against a practice copy (core/congress/store/practice.h). docs/decisions/0031-rehearsal.md says
 * what is simulated and what is measured. The data folder is only read. */
#ifndef PLENUM_SERVER_REHEARSE_REHEARSE_H
#define PLENUM_SERVER_REHEARSE_REHEARSE_H

#include "core/base/json.h"
#include "core/congress/store/practice.h"
#include "server/rehearse/host.h"
#include "server/rehearse/result.h"

struct rehearse_options {
    const char *data, *event, *session, *scratch; /* session, scratch: NULL = chosen */
    long gates, people, minutes, speed, seed, service; /* speed 0: so that it takes about three quarters of a minute; service: seconds */
    bool keep;
};

struct rehearsal {
    const struct rehearse_options *options;
    struct arena arena;
    struct store store, copy_store;
    struct programme *programme;
    struct rush_wish wish;
    struct rush plan;
    struct rush_person *people;
    size_t people_count, people_total, without_badge, expected[64];
    struct practice_copy copy;
    struct host host;
    struct play *play;
    struct progress progress;
    int64_t speed, origin_ms, took_ms;
    size_t swept;            /* copies that killed rehearsals left */
    struct findings findings;
    struct result result;
    struct result_after after;
    const char *kept;        /* where the copy is, with --keep */
};

/* All of it, up to what is to be shown. The copy is gone when it returns, in any case but --keep. ERR_BUSY with "stopped": a signal waits; rehearse_end lets it through.
 * What was found is no error. */
enum err rehearse_run(const struct rehearse_options *options, struct rehearsal *ret, struct fault *fault);
void rehearse_end(struct rehearsal *rehearsal);

/* report.c: what is shown. */
void rehearse_print(const struct rehearsal *rehearsal);
/* report_json.c: the same for programs. NULL when out of memory. */
json_t *rehearse_json(const struct rehearsal *rehearsal);

#endif
