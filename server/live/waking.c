/* The live thread: when the figures are looked at, and when sleeping streams are woken. Publishing only rings; a thousand streams are woken here. */
#include "server/live/hub.h"

#include "core/base/clock.h"
#include "core/base/thread.h"

#define WAKE_MS 20u    /* at least between two wakings: what is published together is sent together */
#define WAKE_AT_ONCE 64 /* then the workers have a moment for the doors */
#define WAKE_PAUSE_MS 1

void live_link_init(struct live_link *link)
{
    link->previous = link->next = link;
}

void live_link_add(struct live_link *ring, struct live_link *link)
{
    link->previous = ring->previous;
    link->next = ring;
    ring->previous->next = link;
    ring->previous = link;
}

void live_link_take(struct live_link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    live_link_init(link);
}

/* All of `from` to the end of `to`. */
static void move_all(struct live_link *from, struct live_link *to)
{
    if (from->next == from) return;
    from->next->previous = to->previous;
    to->previous->next = from->next;
    from->previous->next = to;
    to->previous = from->previous;
    live_link_init(from);
}

/* A sleeper's connection is suspended: nobody else touches its request until it is resumed here, so that needs no lock. */
static void wake_all(struct live_hub *hub, struct live_link *waking)
{
    struct http_request *sleepers[WAKE_AT_ONCE];
    size_t count = WAKE_AT_ONCE;
    for (bool closing = false; count == WAKE_AT_ONCE;) {
        count = 0;
        pthread_mutex_lock(&hub->mutex);
        while (count < WAKE_AT_ONCE && waking->next != waking) {
            struct live_stream *stream = (struct live_stream *)(void *)waking->next;
            live_link_take(&stream->sleep);
            stream->asleep = false;
            sleepers[count++] = stream->req;
        }
        closing = hub->closing;
        pthread_mutex_unlock(&hub->mutex);
        for (size_t i = 0; i < count; i++) http_stream_wake(sleepers[i]);
        if (count == WAKE_AT_ONCE && !closing) clock_sleep_ms(WAKE_PAUSE_MS);
    }
}

static void wake_sleepers(struct live_hub *hub, bool everybody)
{
    struct live_link waking;
    live_link_init(&waking);
    pthread_mutex_lock(&hub->mutex);
    for (struct live_channel *channel = hub->channels; channel; channel = channel->next) {
        if (everybody || channel->has_news) move_all(&channel->sleepers, &waking);
        channel->has_news = false;
    }
    pthread_mutex_unlock(&hub->mutex);
    wake_all(hub, &waking);
}

/* A heartbeat for all; who has not taken one piece since long ago gives its place to others. */
static void beat(struct live_hub *hub)
{
    int64_t now = clock_steady_ms();
    pthread_mutex_lock(&hub->mutex);
    for (struct live_channel *channel = hub->channels; channel; channel = channel->next)
        for (struct live_stream *stream = channel->streams; stream; stream = stream->next) {
            stream->beat_due = true;
            if (stream->asleep || stream->cut || now - stream->taken_ms < (int64_t)hub->config.stuck_ms) continue;
            stream->cut = true;
            hub->cut++;
            http_stream_cut(stream->req);
        }
    pthread_mutex_unlock(&hub->mutex);
    wake_sleepers(hub, true);
}

/* When the thread has what to do next; steady ms. */
struct plan {
    int64_t tick, told, beat, woken;
};

static int64_t next_tick(const struct live_hub *hub, const struct plan *plan)
{
    int64_t soonest = plan->told + hub->config.tick_ms;
    return hub->bell.poked && soonest < plan->tick ? soonest : plan->tick;
}

static int64_t next_moment(const struct live_hub *hub, const struct plan *plan)
{
    int64_t moment = next_tick(hub, plan);
    if (plan->beat < moment) moment = plan->beat;
    if (hub->bell.has_news && plan->woken + WAKE_MS < moment) moment = plan->woken + WAKE_MS;
    return hub->bell.beat_wanted ? 0 : moment;
}

/* The bell's mutex is held, and let go while something is done. */
static void do_what_is_due(struct live_hub *hub, struct plan *plan)
{
    struct live_bell *bell = &hub->bell;
    int64_t now = clock_steady_ms();
    bool is_tick = now >= next_tick(hub, plan), is_beat = now >= plan->beat || bell->beat_wanted, told = false;
    if (is_tick) bell->poked = false;
    if (is_beat) bell->beat_wanted = false;
    pthread_mutex_unlock(&bell->mutex);
    if (is_tick && hub->config.on_tick) told = hub->config.on_tick(hub->config.context, hub);
    if (is_tick) plan->tick = now + hub->config.tick_ms;
    if (told) plan->told = now;
    if (is_beat) {
        beat(hub);
        plan->beat = now + hub->config.heartbeat_ms;
    }
    pthread_mutex_lock(&bell->mutex);
    if (!bell->has_news || clock_steady_ms() < plan->woken + WAKE_MS) return;
    bell->has_news = false;
    pthread_mutex_unlock(&bell->mutex);
    plan->woken = clock_steady_ms();
    wake_sleepers(hub, false);
    pthread_mutex_lock(&bell->mutex);
}

static void *thread_main(void *arg)
{
    struct live_hub *hub = arg;
    struct live_bell *bell = &hub->bell;
    int64_t now = clock_steady_ms();
    struct plan plan = {.tick = now + hub->config.tick_ms, .beat = now + hub->config.heartbeat_ms, .told = now - hub->config.tick_ms, .woken = now - WAKE_MS};
    pthread_mutex_lock(&bell->mutex);
    while (!bell->closing) {
        int64_t wait = next_moment(hub, &plan) - clock_steady_ms();
        if (wait > 0) (void)thread_wait(&bell->changed, &bell->mutex, wait);
        else do_what_is_due(hub, &plan);
    }
    pthread_mutex_unlock(&bell->mutex);
    return NULL;
}

enum err live_bell_start(struct live_hub *hub)
{
    (void)pthread_mutex_init(&hub->bell.mutex, NULL);
    thread_condition_init(&hub->bell.changed);
    hub->thread_runs = pthread_create(&hub->thread, NULL, thread_main, hub) == 0;
    if (hub->thread_runs) (void)pthread_setname_np(hub->thread, "live"); /* as top shows it */
    return hub->thread_runs ? OK : ERR_NOMEM;
}

void live_bell_stop(struct live_hub *hub)
{
    if (!hub->thread_runs) return;
    pthread_mutex_lock(&hub->bell.mutex);
    hub->bell.closing = true;
    pthread_cond_signal(&hub->bell.changed);
    pthread_mutex_unlock(&hub->bell.mutex);
    (void)pthread_join(hub->thread, NULL);
    hub->thread_runs = false;
    wake_sleepers(hub, true);
}

void live_bell_free(struct live_hub *hub)
{
    (void)pthread_cond_destroy(&hub->bell.changed);
    (void)pthread_mutex_destroy(&hub->bell.mutex);
}

static void ring(struct live_hub *hub, bool *what)
{
    pthread_mutex_lock(&hub->bell.mutex);
    if (!*what) pthread_cond_signal(&hub->bell.changed);
    *what = true;
    pthread_mutex_unlock(&hub->bell.mutex);
}

void live_poke(struct live_hub *hub)
{
    ring(hub, &hub->bell.poked);
}

void live_ring_news(struct live_hub *hub)
{
    ring(hub, &hub->bell.has_news);
}

void live_ring_beat(struct live_hub *hub)
{
    ring(hub, &hub->bell.beat_wanted);
}
