#include "server/live/hub.h"

#include "core/base/buf.h"
#include "core/base/crypto.h"

#include <stdlib.h>
#include <string.h>

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
    live_link_init(&channel->sleepers);
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
    struct frame *frame = live_frame_event("snapshot", text);
    if (!frame) return ERR_NOMEM;
    bool told = false;
    pthread_mutex_lock(&hub->mutex);
    enum err err = live_channel_get(hub, name, &channel);
    if (err) goto out;
    told = tell || !channel->snapshot; /* the first is for those who came before it */
    channel->seq += told;
    live_frame_number(frame, hub->boot, channel->seq);
    struct frame *before = channel->snapshot;
    channel->snapshot = frame;
    frame = before;
    if (told) { /* it says more than all events before it */
        ring_clear(hub, channel);
        channel->floor = channel->seq;
        channel->has_news = true;
    }
out:
    live_frame_drop(frame);
    pthread_mutex_unlock(&hub->mutex);
    if (told) live_ring_news(hub);
    return err;
}

enum err live_publish(struct live_hub *hub, const char *name, const char *event, const char *data)
{
    struct live_channel *channel;
    if (strlen(data) > LIVE_EVENT_LONGEST || strpbrk(event, "\r\n:")) return ERR_LIMIT;
    struct frame *frame = live_frame_event(event, data);
    if (!frame) return ERR_NOMEM;
    pthread_mutex_lock(&hub->mutex);
    enum err err = live_channel_get(hub, name, &channel);
    if (err == OK) {
        live_frame_number(frame, hub->boot, ++channel->seq);
        hub->events++;
        ring_push(hub, channel, frame);
        channel->has_news = true;
    } else live_frame_drop(frame);
    pthread_mutex_unlock(&hub->mutex);
    if (err == OK) live_ring_news(hub);
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
    *ret = (struct live_counters){hub->stream_count, hub->channel_count, hub->events, hub->snapshots_sent, hub->refused, hub->cut};
    pthread_mutex_unlock(&hub->mutex);
}

static void set_defaults(struct live_config *config)
{
    if (!config->stream_limit) config->stream_limit = 2000;
    if (!config->owner_limit) config->owner_limit = 64;
    if (!config->channel_limit) config->channel_limit = 64;
    if (!config->ring_size) config->ring_size = 128;
    if (!config->heartbeat_ms) config->heartbeat_ms = 15000;
    if (!config->tick_ms) config->tick_ms = 250;
    if (!config->retry_ms) config->retry_ms = 2000;
    if (!config->stuck_ms) config->stuck_ms = 60000;
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
    buf_init(&greeting, BUF_LIMIT_LINE);
    buf_printf(&greeting, "retry: %u\n\n", hub->config.retry_ms);
    if (buf_ok(&greeting)) hub->greeting = live_frame_make(greeting.data, greeting.length);
    buf_release(&greeting);
    hub->beat = live_frame_make(beat, sizeof beat - 1);
    hub->again = live_frame_make(again, sizeof again - 1);
    enum err err = live_bell_start(hub);
    if (err == OK && hub->greeting && hub->beat && hub->again) {
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
    pthread_mutex_unlock(&hub->mutex);
    live_bell_stop(hub);
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
    live_bell_free(hub);
    (void)pthread_mutex_destroy(&hub->mutex);
    free(hub);
}
