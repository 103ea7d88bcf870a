/* Plays a plan against a server over real connections: a thread and a connection for each scanner, phones that come and go, walls that listen.
 *
 * The rehearsal's clock runs `speed` times as fast as ours. A person's walk and the time in which they show their badge are simulated; what the server takes for its
 * answer is measured, and added to the rehearsal's clock as it was (at most what a scanner waits for it). */
#ifndef PLENUM_SERVER_REHEARSE_PLAY_H
#define PLENUM_SERVER_REHEARSE_PLAY_H

#include "core/base/id.h"
#include "core/base/progress.h"
#include "server/rehearse/rush.h"

#include <pthread.h>
#include <stdatomic.h>

/* What was measured, in microseconds. Thread-safe. */
struct samples {
    pthread_mutex_t mutex;
    int64_t *us;
    size_t count, capacity, failed; /* failed: no answer, or not the right one */
    size_t lost;                    /* not kept, for want of memory */
    char failure[128];              /* the first one, in words; "" */
};
void samples_add(struct samples *samples, int64_t us);
void samples_fail(struct samples *samples, const char *format, ...) __attribute__((format(printf, 2, 3)));

enum sample_kind { SAMPLE_CHECKIN, SAMPLE_LATE, SAMPLE_ROSTER, SAMPLE_PAGE, SAMPLE_PAPER, SAMPLE_COUNT };

/* One read of a code, and what became of it. */
struct play_scan {
    const struct visit *visit;
    char scan_id[40], nobody[ID_TOKEN_SIZE]; /* nobody: the code of VISIT_FOREIGN */
    bool again;      /* the second of VISIT_TWICE */
    bool answered;   /* the server acknowledged it */
    bool offline;    /* decided by the scanner, sent later */
    struct admission_answer told, answer; /* told: to the person; answer: what is recorded */
    struct admission_answer expected;
    bool conflict;
    int64_t at_ms;   /* of the rehearsal's clock */
};

struct play;
struct play_lane {
    struct play *play;
    struct rush_lane *lane;
    const char *key;
    struct http_client *client;
    struct play_scan *scans; /* room for two a visit */
    size_t scan_count;
    size_t *kept, kept_count; /* scans that wait for the network */
    size_t kept_most, sent_late;
    int64_t sent_late_us, late_ms; /* late_ms: how far it fell behind the rehearsal's clock, at most */
    size_t roster_bytes;
};

struct play_wall {
    struct play *play;
    const char *key;
    char line[4096];
    size_t length;
    bool skips;      /* a line that is too long is passed over */
    char event[32];
    size_t events;
    atomic_llong attended; /* of the last figures; -1: none yet */
    bool opened;
};
#define PLAY_WALLS 2
#define PLAY_PHONES 6

struct play {
    struct rush *plan;
    const char *url, *slug;
    int64_t speed, started_us, origin_ms; /* origin: the server's true time when the rehearsal's clock is 0 */
    atomic_bool stop, walls_stop;
    atomic_size_t steps, next_phone;
    struct samples samples[SAMPLE_COUNT];
    struct play_lane lanes[RUSH_LANES_MOST];
    struct play_wall walls[PLAY_WALLS];
    pthread_t wall_threads[PLAY_WALLS];
    _Atomic int64_t *in_area; /* of each of the plan's people: the area that they are in by what was told; 0: nowhere */
    _Atomic int64_t *in_since, *in_lane;
};

/* `keys`: of the plan's lanes, in their order. *ret is in the arena. */
enum err play_new(struct arena *arena, struct rush *plan, const char *url, const char *slug, const char *const *keys, int64_t speed, struct play **ret);
void play_free(struct play *play); /* accepts NULL */
/* Returns when all is over, or `progress` was stopped (ERR_BUSY). The walls listen on until play_walls_end, but for an error. */
enum err play_run(struct play *play, struct progress *progress, struct fault *fault);
/* Waits until both walls show that so many attended, at most `most_ms`. How long it took; -1: they did not. */
int64_t play_walls_wait(struct play *play, int64_t attended, int64_t most_ms);
/* Ends them: at once when the server has ended, else within about a second. May be called twice. */
void play_walls_end(struct play *play);

/* --- parts (play_lane.c, play_phone.c, play_wall.c): bodies of the threads ------------------------------------------------------------------------ */
void *play_lane_run(void *lane);
void *play_phone_run(void *play);
void *play_wall_run(void *wall);
/* Waits for a moment of the rehearsal's clock; false: stopped. *ret_late_ms (may be NULL): how late it is, on the rehearsal's clock. */
bool play_wait(struct play *play, int64_t at_ms, int64_t *ret_late_ms);

#endif
