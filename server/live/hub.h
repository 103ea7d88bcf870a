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
    char data[];
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
};

struct live_stream {
    struct live_stream *previous, *next;
    struct live_hub *hub;
    struct live_channel *channel;
    struct http_request *req;
    struct frame *current; /* being sent, from offset */
    size_t offset;
    int64_t last; /* the seq this stream has; -1: nothing */
    int64_t until; /* end of the lease, steady ms; INT64_MAX: none */
    bool greeted, asleep, beat_due, ended;
};

struct live_hub {
    struct live_config config;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t thread;
    bool thread_runs, closing;
    char boot[17];
    struct live_channel *channels;
    unsigned channel_count, stream_count;
    struct frame *greeting, *beat, *again;
    int64_t searched; /* when a full hub last looked for streams whose client has gone */
    uint64_t events, snapshots_sent, refused;
};

/* Under the mutex. */
enum err live_channel_get(struct live_hub *hub, const char *name, struct live_channel **ret);
void live_frame_drop(struct frame *frame); /* accepts NULL */
void live_wake(struct live_stream *stream);
void live_beat(struct live_hub *hub); /* a heartbeat to all streams */

#endif
