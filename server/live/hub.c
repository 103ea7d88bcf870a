#include "server/live/hub.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/thread.h"

#include <stdlib.h>
#include <string.h>

static struct frame *frame_make(const char *data, size_t length, int64_t seq)
{
    struct frame *frame = malloc(sizeof *frame + length);
    if (!frame) return NULL;
    *frame = (struct frame){.references = 1, .seq = seq, .length = length};
    memcpy(frame->data, data, length);
    return frame;
}

void live_frame_drop(struct frame *frame)
{
    if (frame && --frame->references == 0) free(frame);
}

/* "id: boot-seq", "event: name", one "data:" line per line of text. */
static struct frame *frame_of_event(const struct live_hub *hub, int64_t seq, const char *name, const char *text)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_printf(&out, "id: %s-%lld\nevent: %s\n", hub->boot, (long long)seq, name);
    for (const char *p = text;;) {
        size_t length = strcspn(p, "\r\n");
        buf_puts(&out, "data: ");
        buf_add(&out, p, length);
        buf_putc(&out, '\n');
        p += length;
        if (!*p) break;
        p += *p == '\r' && p[1] == '\n' ? 2 : 1;
    }
    buf_putc(&out, '\n');
    struct frame *frame = buf_ok(&out) ? frame_make(out.data, out.length, seq) : NULL;
    buf_release(&out);
    return frame;
}

void live_wake(struct live_stream *stream)
{
    if (!stream->asleep) return;
    stream->asleep = false;
    http_stream_wake(stream->req);
}

static void wake_channel(struct live_channel *channel)
{
    for (struct live_stream *stream = channel->streams; stream; stream = stream->next) live_wake(stream);
}

enum err live_channel_get(struct live_hub *hub, const char *name, struct live_channel **ret)
{
    for (struct live_channel *channel = hub->channels; channel; channel = channel->next)
        if (strcmp(channel->name, name) == 0) {
            *ret = channel;
            return OK;
        }
    if (hub->channel_count >= hub->config.channel_limit) return ERR_LIMIT;
    struct live_channel *channel = calloc(1, sizeof *channel);
    if (!channel) return ERR_NOMEM;
    channel->name = strdup(name);
    channel->ring = calloc(hub->config.ring_size, sizeof(struct frame *));
    if (!channel->name || !channel->ring) {
        free(channel->name);
        free(channel->ring);
        free(channel);
        return ERR_NOMEM;
    }
    channel->next = hub->channels;
    hub->channels = channel;
    hub->channel_count++;
    *ret = channel;
    return OK;
}

static void ring_clear(struct live_hub *hub, struct live_channel *channel)
{
    for (unsigned i = 0; i < channel->count; i++) live_frame_drop(channel->ring[(channel->first + i) % hub->config.ring_size]);
    channel->first = channel->count = 0;
}

static void ring_push(struct live_hub *hub, struct live_channel *channel, struct frame *frame)
{
    if (channel->count == hub->config.ring_size) {
        struct frame *oldest = channel->ring[channel->first];
        channel->floor = oldest->seq;
        live_frame_drop(oldest);
        channel->first = (channel->first + 1) % hub->config.ring_size;
        channel->count--;
    }
    channel->ring[(channel->first + channel->count++) % hub->config.ring_size] = frame;
}

enum err live_set_snapshot(struct live_hub *hub, const char *name, const char *text, int tell)
{
    struct live_channel *channel;
    if (strlen(text) > LIVE_SNAPSHOT_LONGEST) return ERR_LIMIT;
    pthread_mutex_lock(&hub->mutex);
    enum err err = live_channel_get(hub, name, &channel);
    if (err) goto out;
    bool told = tell || !channel->snapshot; /* the first is for those who came before it */
    int64_t seq = channel->seq + told;
    struct frame *frame = frame_of_event(hub, seq, "snapshot", text);
    if (!frame) {
        err = ERR_NOMEM;
        goto out;
    }
    live_frame_drop(channel->snapshot);
    channel->snapshot = frame;
    channel->seq = seq;
    if (told) { /* it says more than all events before it */
        ring_clear(hub, channel);
        channel->floor = seq;
        wake_channel(channel);
    }
out:
    pthread_mutex_unlock(&hub->mutex);
    return err;
}

enum err live_publish(struct live_hub *hub, const char *name, const char *event, const char *data)
{
    struct live_channel *channel;
    if (strlen(data) > LIVE_EVENT_LONGEST || strpbrk(event, "\r\n:")) return ERR_LIMIT;
    pthread_mutex_lock(&hub->mutex);
    enum err err = live_channel_get(hub, name, &channel);
    if (err) goto out;
    struct frame *frame = frame_of_event(hub, channel->seq + 1, event, data);
    if (!frame) {
        err = ERR_NOMEM;
        goto out;
    }
    channel->seq++;
    hub->events++;
    ring_push(hub, channel, frame);
    wake_channel(channel);
out:
    pthread_mutex_unlock(&hub->mutex);
    return err;
}

unsigned live_listeners(struct live_hub *hub, const char *name)
{
    unsigned count = 0;
    pthread_mutex_lock(&hub->mutex);
    for (struct live_channel *channel = hub->channels; channel; channel = channel->next)
        if (strcmp(channel->name, name) == 0) count = channel->stream_count;
    pthread_mutex_unlock(&hub->mutex);
    return count;
}

void live_counters(struct live_hub *hub, struct live_counters *ret)
{
    pthread_mutex_lock(&hub->mutex);
    *ret = (struct live_counters){hub->stream_count, hub->channel_count, hub->events, hub->snapshots_sent, hub->refused};
    pthread_mutex_unlock(&hub->mutex);
}

void live_beat(struct live_hub *hub)
{
    for (struct live_channel *channel = hub->channels; channel; channel = channel->next)
        for (struct live_stream *stream = channel->streams; stream; stream = stream->next) {
            stream->beat_due = true;
            live_wake(stream);
        }
}

/* Sleeps for a tick; true when the hub closes. */
static bool wait_tick(struct live_hub *hub)
{
    if (!hub->closing) (void)thread_wait(&hub->changed, &hub->mutex, hub->config.tick_ms);
    return hub->closing;
}

static void *thread_main(void *arg)
{
    struct live_hub *hub = arg;
    int64_t next_beat = clock_steady_ms() + hub->config.heartbeat_ms;
    pthread_mutex_lock(&hub->mutex);
    while (!wait_tick(hub)) {
        if (clock_steady_ms() >= next_beat) {
            live_beat(hub);
            next_beat = clock_steady_ms() + hub->config.heartbeat_ms;
        }
        if (!hub->config.on_tick) continue;
        pthread_mutex_unlock(&hub->mutex);
        hub->config.on_tick(hub->config.context, hub);
        pthread_mutex_lock(&hub->mutex);
    }
    pthread_mutex_unlock(&hub->mutex);
    return NULL;
}

static void set_defaults(struct live_config *config)
{
    if (!config->stream_limit) config->stream_limit = 2000;
    if (!config->channel_limit) config->channel_limit = 64;
    if (!config->ring_size) config->ring_size = 64;
    if (!config->heartbeat_ms) config->heartbeat_ms = 15000;
    if (!config->tick_ms) config->tick_ms = 250;
    if (!config->retry_ms) config->retry_ms = 2000;
}

enum err live_hub_start(const struct live_config *config, struct live_hub **ret)
{
    static const char beat[] = ": k\n\n", again[] = "event: again\ndata: {}\n\n";
    uint8_t random[8];
    struct buf greeting;
    struct live_hub *hub = calloc(1, sizeof *hub);
    if (!hub) return ERR_NOMEM;
    hub->config = *config;
    set_defaults(&hub->config);
    crypto_random(random, sizeof random);
    crypto_hex(random, sizeof random, hub->boot);
    hub->boot[16] = '\0';
    (void)pthread_mutex_init(&hub->mutex, NULL);
    thread_condition_init(&hub->changed);
    buf_init(&greeting, BUF_LIMIT_LINE);
    buf_printf(&greeting, "retry: %u\n\n", hub->config.retry_ms);
    if (buf_ok(&greeting)) hub->greeting = frame_make(greeting.data, greeting.length, 0);
    buf_release(&greeting);
    hub->beat = frame_make(beat, sizeof beat - 1, 0);
    hub->again = frame_make(again, sizeof again - 1, 0);
    if (hub->greeting && hub->beat && hub->again && !pthread_create(&hub->thread, NULL, thread_main, hub)) {
        hub->thread_runs = true;
        *ret = hub;
        return OK;
    }
    live_hub_free(hub);
    return ERR_NOMEM;
}

void live_hub_close(struct live_hub *hub)
{
    if (!hub) return;
    pthread_mutex_lock(&hub->mutex);
    hub->closing = true;
    pthread_cond_signal(&hub->changed);
    for (struct live_channel *channel = hub->channels; channel; channel = channel->next) wake_channel(channel);
    pthread_mutex_unlock(&hub->mutex);
    if (hub->thread_runs) (void)pthread_join(hub->thread, NULL);
    hub->thread_runs = false;
}

void live_hub_free(struct live_hub *hub)
{
    if (!hub) return;
    live_hub_close(hub);
    while (hub->channels) {
        struct live_channel *channel = hub->channels;
        hub->channels = channel->next;
        ring_clear(hub, channel);
        live_frame_drop(channel->snapshot);
        free(channel->ring);
        free(channel->name);
        free(channel);
    }
    live_frame_drop(hub->greeting);
    live_frame_drop(hub->beat);
    live_frame_drop(hub->again);
    (void)pthread_cond_destroy(&hub->changed);
    (void)pthread_mutex_destroy(&hub->mutex);
    free(hub);
}
