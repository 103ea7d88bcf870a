/* One open stream: what it gets next, and when it sleeps. */
#include "server/live/hub.h"

#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

static void take(struct live_stream *stream, struct frame *frame)
{
    frame->references++;
    stream->current = frame;
    stream->offset = 0;
}

/* The oldest event this stream has not had; NULL: none. In a ring no number is missing. */
static struct frame *next_event(const struct live_stream *stream)
{
    const struct live_channel *channel = stream->channel;
    if (!channel->count || stream->last >= channel->seq) return NULL;
    int64_t first = channel->ring[channel->first]->seq, passed = stream->last < first ? 0 : stream->last - first + 1;
    return channel->ring[(channel->first + (unsigned)passed) % stream->hub->config.ring_size];
}

/* Behind by more than the ring can tell, or by half of it: the newest picture is shorter and truer than the backlog. */
static bool needs_snapshot(const struct live_stream *stream)
{
    const struct live_channel *channel = stream->channel;
    if (!channel->snapshot) return false;
    if (stream->last < channel->floor) return true;
    return channel->snapshot->seq > stream->last && channel->seq - stream->last > (int64_t)stream->hub->config.ring_size / 2;
}

static bool pick(struct live_stream *stream, int64_t now)
{
    struct live_channel *channel = stream->channel;
    struct frame *event;
    if (!stream->greeted) {
        stream->greeted = true;
        take(stream, stream->hub->greeting);
        return true;
    }
    if (stream->ended) return false;
    if (now >= stream->until) {
        stream->ended = true;
        take(stream, stream->hub->again);
        return true;
    }
    if (needs_snapshot(stream)) {
        take(stream, channel->snapshot);
        stream->last = channel->snapshot->seq > channel->floor ? channel->snapshot->seq : channel->floor;
        stream->hub->snapshots_sent++;
        stream->beat_due = false;
        return true;
    }
    event = next_event(stream);
    if (event) {
        take(stream, event);
        stream->last = event->seq;
        stream->beat_due = false;
        return true;
    }
    if (!stream->beat_due) return false;
    stream->beat_due = false;
    take(stream, stream->hub->beat);
    return true;
}

static long read_stream(void *data, char *out, size_t room)
{
    struct live_stream *stream = data;
    struct live_hub *hub = stream->hub;
    int64_t now = clock_steady_ms();
    size_t n = 0;
    pthread_mutex_lock(&hub->mutex);
    while (n < room && !hub->closing && (stream->current || pick(stream, now))) {
        size_t size = stream->current->length - stream->offset;
        if (size > room - n) size = room - n;
        memcpy(out + n, stream->current->data + stream->offset, size);
        n += size;
        stream->offset += size;
        if (stream->offset < stream->current->length) break;
        live_frame_drop(stream->current);
        stream->current = NULL;
    }
    if (n) stream->taken_ms = now; /* what was given before is out */
    bool over = hub->closing || (stream->ended && !stream->current);
    if (!n && !over) {
        stream->asleep = true;
        live_link_add(&stream->channel->sleepers, &stream->sleep);
        http_stream_sleep(stream->req);
    }
    long result = n ? (long)n : over ? HTTP_STREAM_END : 0;
    pthread_mutex_unlock(&hub->mutex);
    return result;
}

static void close_stream(void *data)
{
    struct live_stream *stream = data;
    struct live_hub *hub = stream->hub;
    pthread_mutex_lock(&hub->mutex);
    if (stream->previous) stream->previous->next = stream->next;
    else stream->channel->streams = stream->next;
    if (stream->next) stream->next->previous = stream->previous;
    stream->channel->stream_count--;
    hub->stream_count--;
    live_link_take(&stream->sleep);
    live_frame_drop(stream->current);
    pthread_mutex_unlock(&hub->mutex);
    free(stream);
}

/* "boot-seq" of this boot; -1 else. */
static int64_t read_last_id(const struct live_hub *hub, const struct live_channel *channel, const char *text)
{
    size_t length = strlen(hub->boot);
    if (!text || strncmp(text, hub->boot, length) != 0 || text[length] != '-') return -1;
    const char *digits = text + length + 1;
    size_t count = strspn(digits, "0123456789");
    if (!count || count > 18 || digits[count]) return -1;
    int64_t seq = atoll(digits);
    return seq <= channel->seq ? seq : -1;
}

/* A client that went away shows only when something is written to it, twice. A full hub does not wait for the next heartbeat. */
static void search_for_room(struct live_hub *hub)
{
    int64_t now = clock_steady_ms();
    if (hub->closing || now - hub->searched < 1000) return;
    hub->searched = now;
    live_ring_beat(hub);
}

/* FNV-1a: owners are random words of our own, nobody can make two meet. */
static uint64_t owner_hash(const char *owner)
{
    uint64_t hash = 14695981039346656037u;
    if (!owner) return 0;
    for (const char *p = owner; *p; p++) hash = (hash ^ (uint8_t)*p) * 1099511628211u;
    return hash ? hash : 1;
}

static bool has_all_of_its_own(const struct live_hub *hub, uint64_t owner)
{
    unsigned count = 0;
    if (!owner) return false;
    for (const struct live_channel *channel = hub->channels; channel; channel = channel->next)
        for (const struct live_stream *stream = channel->streams; stream; stream = stream->next) count += stream->owner == owner;
    return count >= hub->config.owner_limit;
}

/* Adds the stream to its channel. ERR_BUSY: no place; ERR_LIMIT: none for this owner. */
static enum err join(struct live_hub *hub, const struct live_wish *wish, struct live_stream *stream)
{
    struct live_channel *channel;
    pthread_mutex_lock(&hub->mutex);
    enum err err = hub->closing || hub->stream_count >= hub->config.stream_limit ? ERR_BUSY : has_all_of_its_own(hub, stream->owner) ? ERR_LIMIT : OK;
    bool owner_has_all = err == ERR_LIMIT;
    if (!err) err = live_channel_get(hub, wish->channel, &channel);
    if (err) {
        hub->refused++;
        search_for_room(hub);
        goto out;
    }
    stream->channel = channel;
    stream->last = read_last_id(hub, channel, wish->last_event_id);
    stream->next = channel->streams;
    if (channel->streams) channel->streams->previous = stream;
    channel->streams = stream;
    channel->stream_count++;
    hub->stream_count++;
out:
    pthread_mutex_unlock(&hub->mutex);
    return err == ERR_LIMIT && !owner_has_all ? ERR_BUSY : err;
}

void live_stream(struct http_request *req, struct live_hub *hub, const struct live_wish *wish)
{
    struct live_stream *stream = calloc(1, sizeof *stream);
    if (stream) {
        *stream = (struct live_stream){.hub = hub, .req = req, .last = -1, .owner = owner_hash(wish->owner), .taken_ms = clock_steady_ms()};
        stream->until = wish->lease_ms ? stream->taken_ms + wish->lease_ms : INT64_MAX;
        live_link_init(&stream->sleep);
    }
    enum err err = stream ? join(hub, wish, stream) : ERR_NOMEM;
    if (err == OK) {
        http_reply_stream(req, "text/event-stream; charset=utf-8", &(struct http_stream){read_stream, close_stream, stream});
        return;
    }
    free(stream);
    (void)http_set_header(req, "Retry-After", "10");
    if (err == ERR_LIMIT) http_reply_problem(req, 429, "too_many_streams", "Too many streams are open by this cookie or key.");
    else http_reply_problem(req, 503, "busy", "Too many screens are listening.");
}
