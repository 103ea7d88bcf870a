/* What the doors answered, on its way to the screens: the check-in path leaves it here and rings, the live thread takes it. As many as ordinary doors have are told
 * one by one; of a flood the rest is only counted, and no JSON is made for it. Thread-safe; its lock is held for moments. */
#ifndef PLENUM_SERVER_LIVE_SCANS_H
#define PLENUM_SERVER_LIVE_SCANS_H

#include "core/base/err.h"
#include "core/congress/checkin/checkin.h"

#include <stdbool.h>

#define LIVE_SCANS_EVENTS 32
#define LIVE_SCANS_SECOND 50 /* of each event told one by one: so many at once, and so many a second */
#define LIVE_SCANS_EXPECT_MS 5000

struct live_scans;

struct live_scan { /* texts of events `checkin`; freed with it */
    struct live_scan *next;
    const char *desk, *wall; /* NULL: not told there */
};
struct live_scans_taken {
    struct live_scan *list;  /* in their order; the taker frees each with free() */
    uint64_t untold;         /* those that are not in it */
    bool any;                /* something was answered since the last taking */
};

enum err live_scans_new(struct live_scans **ret);
void live_scans_free(struct live_scans *scans); /* accepts NULL */

/* From now on the event's answers may be kept for live_scans_take. Again is fine. ERR_LIMIT: too many events. */
enum err live_scans_watch(struct live_scans *scans, const char *event);
/* Somebody is about to listen: answers are kept from now on. False: the event is not watched. */
bool live_scans_expect(struct live_scans *scans, const char *event);
/* Whether somebody listens (whoever is expected comes within LIVE_SCANS_EXPECT_MS), and whether names of who comes in may be shown on the event's walls. */
void live_scans_allow(struct live_scans *scans, const char *event, bool heard, bool names_on_wall);

/* True: there is something to take that was not there before. */
bool live_scans_put(struct live_scans *scans, const char *event, const struct checkin_answer *answers, size_t count);
void live_scans_take(struct live_scans *scans, const char *event, struct live_scans_taken *ret);

#endif
