/* Inside of the room: a device that goes and comes back. When it is tried again, and what is said about it, once.
 *
 * Tried again after 0.25 s, doubling up to 4 s (0.5 s for one that is only not plugged in: looking costs nothing), anew when it has worked for a while: a loose
 * plug fills no screen. One owner, one thread. */
#ifndef PLENUM_SCANNER_ATTEND_H
#define PLENUM_SCANNER_ATTEND_H

#include "scanner/frames/frames.h"

struct attend {
    struct device_settings settings;
    bool has_told;
    enum device_state told, seen; /* what was said last; what was found last */
    int64_t pause_ms, good_since_ms; /* 0: not good now */
    int64_t search_ms;               /* not before */
};

void attend_init(struct attend *attend, const struct device_settings *settings);
/* It works. Said when the last word was another; `text` may be NULL when nothing needs to be said of a first start. */
void attend_tell_good(struct attend *attend, const char *device, const char *text);
/* It does not: says so, and waits. False: told to stop. */
bool attend_wait(struct attend *attend, enum device_state state, const char *text);
/* Whether to look for it at other nodes now: every two seconds, since to open somebody else's device may wake it up. */
bool attend_may_search(struct attend *attend);
/* What an errno of open(2) or ioctl(2) says about a device. */
enum device_state attend_state_of_errno(int number);
/* Waits for `fd` (-1: only for time to pass), at most `ms` (-1: for ever). 1: something is to be read, or wrong, with *ret_events; 0: the time is over; -1:
 * told to stop. */
int attend_poll(const struct attend *attend, int fd, int ms, short *ret_events);

#endif
