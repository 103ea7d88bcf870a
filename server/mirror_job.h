/* `plenum serve --mirror DIR`: a thread that keeps a second copy of the data folder current (core/congress/store/mirror.h).
 *
 * It reads beside everybody else and never makes a check-in wait for the copy. When the copy's place is gone, full or slow, the log says so at once and again
 * every minute, mirror_job_state tells every screen, and it tries again after 1 s, then ever later up to 15 s. */
#ifndef PLENUM_SERVER_MIRROR_JOB_H
#define PLENUM_SERVER_MIRROR_JOB_H

#include "core/congress/store/mirror.h"

#include <stdbool.h>
#include <stdint.h>

struct mirror_job;

/* `folder` may be absent or away now: the server starts, and says so. */
enum err mirror_job_start(const struct store *store, const char *folder, struct mirror_job **ret, struct fault *fault);
/* After the last write: what is still missing goes over (a few seconds at most). Accepts NULL. */
void mirror_job_stop(struct mirror_job *job);

struct mirror_state {
    bool is_on;      /* there is a mirror at all */
    bool is_whole;   /* the copy has had a whole database since the start */
    bool is_failing; /* the last attempt failed */
    int64_t lag_ms;  /* everything acknowledged longer ago is in the copy; -1: not whole yet */
    int64_t missing; /* papers and pictures that are still to be copied; -1: not looked for yet */
    int64_t bytes;   /* written since the start */
    char folder[256];
    char trouble[256]; /* the sentence, when failing */
};
/* Late: a person should look. */
#define MIRROR_LATE_MS 15000
bool mirror_state_is_bad(const struct mirror_state *state);
/* Thread-safe. NULL: is_on is false. */
void mirror_job_state(struct mirror_job *job, struct mirror_state *ret);
/* Another machine has taken over from the copy: whoever has scans belongs there. Thread-safe; accepts NULL. */
bool mirror_job_is_over(struct mirror_job *job);

#endif
