/* What happened just now, told to waiting screens: Server-Sent Events.
 *
 * A hub has channels by name (an event's slug). A channel holds the newest snapshot (a whole picture of the truth) and a small ring of
 * events since. A stream begins with the snapshot, then gets events; one that is slow or missed something gets the newest snapshot,
 * never a backlog. Event ids are "boot-seq": another boot, or a seq no longer in the ring, means snapshot.
 *
 * Threads: everything is thread-safe. Publishing takes a short lock and never waits for a client; sleeping streams are woken by the live thread, all that was
 * published in 20 ms at once. docs/decisions/0048-streams.md. */
#ifndef PLENUM_SERVER_LIVE_H
#define PLENUM_SERVER_LIVE_H

#include "core/base/err.h"
#include "server/http/http.h"

#include <stdbool.h>
#include <stdint.h>

struct live_hub;

#define LIVE_EVENT_LONGEST 4096u             /* bytes of one event's data */
#define LIVE_SNAPSHOT_LONGEST (1024u * 1024u)

struct live_config {
    unsigned stream_limit;  /* 0 = 2000; more get 503 with Retry-After */
    unsigned owner_limit;   /* of one owner's; 0 = 64; more get 429 with Retry-After */
    unsigned channel_limit; /* 0 = 64 */
    unsigned ring_size;     /* events kept per channel; 0 = 128 */
    unsigned heartbeat_ms;  /* a comment to each stream; 0 = 15 000 */
    unsigned tick_ms;       /* on_tick runs so often, and so long after one that told something at the soonest; 0 = 250 */
    unsigned retry_ms;      /* told to the browser; 0 = 2000 */
    unsigned stuck_ms;      /* a stream that has taken nothing for so long is cut, at the next heartbeat; 0 = 60 000 */
    void *context;
    /* On the live thread: looks for changes by this process and others and publishes; true: something was told. May be NULL. Must return soon. */
    bool (*on_tick)(void *context, struct live_hub *hub);
};

enum err live_hub_start(const struct live_config *config, struct live_hub **ret);
/* Ends all streams and the live thread (on_tick runs no more); new streams get 503. Call before http_server_stop. */
void live_hub_close(struct live_hub *hub);
/* After http_server_stop. Accepts NULL. */
void live_hub_free(struct live_hub *hub);

/* Makes `text` (JSON without line breaks, or any UTF-8) the channel's newest snapshot. With `tell` it is also sent to all open streams,
 * as event "snapshot". ERR_LIMIT: too long or too many channels. */
enum err live_set_snapshot(struct live_hub *hub, const char *channel, const char *text, int tell);
/* Sends event `name` with `data` to the channel's streams and keeps it in the ring. The caller sets a snapshot that already contains
 * it before or with it, so that late comers miss nothing. ERR_LIMIT as above. */
enum err live_publish(struct live_hub *hub, const char *channel, const char *name, const char *data);

/* Something has changed that on_tick should look at: it runs now, or tick_ms after the last time that it told something. Waits for nobody. */
void live_poke(struct live_hub *hub);

/* How many streams listen to the channel: figures nobody watches need no making. */
unsigned live_listeners(struct live_hub *hub, const char *channel);

struct live_wish {
    const char *channel;
    const char *last_event_id; /* the header's value, or NULL */
    const char *owner;         /* by whose cookie or key, so that one alone cannot take every place; of our making, nothing an asker can choose. NULL: not counted */
    int64_t lease_ms;          /* 0: none. After it (at the next event or heartbeat) the stream says "again" and ends, and who still may opens it anew: rights are
                                * looked at only when a stream opens, so what carries names is on a lease */
};

/* Answers the request with the channel's stream. */
void live_stream(struct http_request *req, struct live_hub *hub, const struct live_wish *wish);

struct live_counters {
    unsigned streams, channels;
    uint64_t events, snapshots_sent, refused, cut;
};
void live_counters(struct live_hub *hub, struct live_counters *ret);

#endif
