/* What the files of server/live share. */
#ifndef PLENUM_SERVER_LIVE_HUB_H
#define PLENUM_SERVER_LIVE_HUB_H

#include "server/http/stream.h"
#include "server/live/live.h"

#include <pthread.h>
#include <stdbool.h>

/* Bytes ready to be sent, shared by all streams that still send them. Counted under the hub's mutex. */
struct frame {
    unsigned references;
    int64_t seq;
    size_t length;
    const char *data; /* in room */
    char room[];
};

/* A place in a ring of links; alone it points to itself. */
struct live_link {
    struct live_link *previous, *next;
};

struct live_channel {
    struct live_channel *next;
    char *name;
    int64_t seq;   /* of the newest event or told snapshot */
    int64_t floor; /* whoever has less than this can not go on by the ring */
    struct frame *snapshot; /* NULL: none yet */
    struct frame **ring;    /* config.ring_size places */
    unsigned first, count;
    struct live_stream *streams;
    unsigned stream_count;
    struct live_link sleepers; /* of its streams, those that have had everything */
    bool has_news;             /* for the sleepers: the live thread wakes them */
};

struct live_stream {
    struct live_link sleep; /* first: a sleeper is its stream. Among the sleepers, or those that are being woken, while asleep */
    struct live_stream *previous, *next;
    struct live_hub *hub;
    struct live_channel *channel;
    struct http_request *req;
    struct frame *current; /* being sent, from offset */
    size_t offset;
    int64_t last;     /* the seq this stream has; -1: nothing */
    int64_t until;    /* end of the lease, steady ms; INT64_MAX: none */
    uint64_t owner;   /* a hash of it; 0: none */
    int64_t taken_ms; /* steady, when it was given what it sends */
    bool greeted, asleep, beat_due, ended, cut;
};

/* The live thread's bell: locked for moments only, so that who rings never waits for a screen. */
struct live_bell {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool poked, has_news, beat_wanted, closing;
};

struct live_hub {
    struct live_config config;
    struct live_bell bell;
    pthread_t thread;
    bool thread_runs;
    char boot[17];

    pthread_mutex_t mutex; /* guards all below; never held while a client is written to, or woken */
    bool closing;
    struct live_channel *channels;
    unsigned channel_count, stream_count;
    struct frame *greeting, *beat, *again;
    int64_t searched; /* when a full hub last looked for streams whose client has gone */
    uint64_t events, snapshots_sent, refused, cut;
};

/* frame.c. NULL: out of memory. */
struct frame *live_frame_make(const char *data, size_t length);
/* "event: name", one "data:" line per line of text, with room before it for the id. */
struct frame *live_frame_event(const char *name, const char *text);
/* Once: puts "id: boot-seq" before it. */
void live_frame_number(struct frame *frame, const char *boot, int64_t seq);
void live_frame_drop(struct frame *frame); /* under the mutex once shared; accepts NULL */

/* Under the mutex. */
enum err live_channel_get(struct live_hub *hub, const char *name, struct live_channel **ret);

/* waking.c */
void live_link_init(struct live_link *link);
void live_link_add(struct live_link *ring, struct live_link *link); /* before `ring` */
void live_link_take(struct live_link *link);                        /* out of whatever ring it is in */
enum err live_bell_start(struct live_hub *hub); /* starts the live thread */
void live_bell_stop(struct live_hub *hub);      /* ends it; then wakes all streams, which find the hub closing */
void live_bell_free(struct live_hub *hub);
void live_ring_news(struct live_hub *hub); /* some channel has_news */
void live_ring_beat(struct live_hub *hub); /* a heartbeat to all streams, soon */

#endif
