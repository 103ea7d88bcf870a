/* Sends what the queue holds, in the background, and keeps the roster fresh. One thread with a database connection and an HTTP client of
 * its own.
 *
 * Order is kept: always the oldest waiting scans, up to 64 at once, and nothing newer before they are settled. Away servers, broken
 * connections, 429 and 5xx are tried again after 0.5 s, doubling to 15 s, with jitter. An answer `invalid` sets that scan aside. A batch
 * that is refused as a whole (4xx) is sent one by one, to find the scan that it is about. 401 stops the sending until the next start:
 * the key was revoked; the queue is kept.
 *
 * Another address of the list has its turn whenever one does not answer. Behind a new epoch stands another machine that took over from a copy: what it may
 * lack is sent again. A server of an older epoch than one that was heard is no server of ours any more.
 *
 * All functions are thread-safe. */
#ifndef PLENUM_SCANNER_SYNC_H
#define PLENUM_SCANNER_SYNC_H

#include "core/base/err.h"
#include "scanner/queue/queue.h"
#include "core/net/http_client.h"

#include <stdbool.h>
#include <stdint.h>

enum sync_event {
    SYNC_REACHED,   /* the server answers (again) */
    SYNC_LOST,      /* it does not */
    SYNC_REVOKED,   /* it will not hear this device any more */
    SYNC_SET_ASIDE, /* it will never take one scan; the text says which and why */
    SYNC_DIFFERS,   /* it recorded another outcome than the person was told */
    SYNC_TROUBLE    /* anything else that a person should read */
};

struct sync_settings {
    struct http_servers *servers; /* instead of `server`; NULL; borrowed */
    const char *spool, *server, *key, *authority, *pin, *event; /* borrowed for the life of the sync */
    /* Called on the sync thread; must be quick and thread-safe. */
    void (*tell)(void *ctx, enum sync_event event, const char *text);
    void *ctx;
};

struct sync;

enum err sync_start(const struct sync_settings *settings, struct sync **ret, struct fault *fault);
/* Ends a running request and the thread. Accepts NULL. */
void sync_stop(struct sync *sync);

/* There is something new in the queue. */
void sync_poke(struct sync *sync);
/* Whether asking the server makes sense now: false from a failure until the server was heard again. */
bool sync_reachable(struct sync *sync);
/* The door's own question was not answered. */
void sync_report_lost(struct sync *sync, const char *why);
/* The door's own question was answered: the clock offset is measured by the roster's answers, but contact is contact. */
void sync_report_reached(struct sync *sync);
/* The door's own question was answered with 401. */
void sync_report_revoked(struct sync *sync);

struct sync_state {
    bool reachable, revoked, has_asked_roster;
    int64_t waiting, set_aside;
    int64_t contact_ms; /* clock_steady_ms() of the last answer; 0 = never */
};
void sync_get_state(struct sync *sync, struct sync_state *ret);

/* Waits until the first attempt at the roster has ended, in either way, at most `most_ms`. */
void sync_wait_first(struct sync *sync, int64_t most_ms);
/* Sends until nothing waits. Gives up when the server has not been heard for `most_ms`, when the key is revoked, or when `stop_fd` (-1 =
 * none) becomes readable. Returns what still waits. */
int64_t sync_drain(struct sync *sync, int64_t most_ms, int stop_fd);

#endif
