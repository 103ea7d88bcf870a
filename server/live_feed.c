#include "server/live_feed.h"
#include "server/hot_papers.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/event_page.h"
#include "core/congress/figures/keep.h"
#include "core/congress/papers/pin.h"
#include "server/app.h"
#include "server/live_delta.h"
#include "server/live_messages.h"
#include "server/live_scans.h"
#include "server/live_scene.h"
#include "server/live_slides.h"
#include "server/live_welcome.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MOST_EVENTS LIVE_SCANS_EVENTS
#define RETRY_MS 5000 /* a picture that cannot be made is not tried, and not complained of, at every tick */

/* What one event's channels show. */
struct feed_event {
    char slug[64];
    struct programme_seqs seqs;
    int64_t next_change_ms;
    int64_t made_ms, made_steady_ms; /* of the snapshot, by both clocks */
    bool names_on_wall, pins_guessed, asked; /* asked: something happened that the change numbers do not tell: to a question, to a scene */
    bool greets;        /* a screen that greets was opened */
    struct live_delta delta;
    uint64_t structure; /* of the last snapshot */
    int64_t whole_ms;   /* steady, when one was told to everybody */
    struct live_told told;
    struct live_slides slides;
    struct live_scene_told scene;
};

struct live_feed {
    struct app *app;
    struct live_scans *scans;
    pthread_mutex_t lock; /* guards all below. No scan waits for it: pictures are made under it */
    struct db *db;        /* the feed's own reader */
    struct programme_cache programmes;
    struct arena arena;
    struct feed_event events[MOST_EVENTS];
    size_t count;
};

enum err live_feed_new(struct app *app, struct live_feed **ret, struct fault *fault)
{
    struct live_feed *feed = calloc(1, sizeof *feed);
    if (!feed) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = live_scans_new(&feed->scans);
    if (e == OK) e = store_connect(&app->store, DB_READ, &feed->db, fault);
    if (e != OK) {
        live_scans_free(feed->scans);
        free(feed);
        return fault && fault->text[0] ? e : fault_set(fault, e, "not enough memory");
    }
    feed->app = app;
    pthread_mutex_init(&feed->lock, NULL);
    *ret = feed;
    return OK;
}

static void release_event(struct feed_event *event)
{
    live_delta_release(&event->delta);
    live_slides_release(&event->slides);
}

void live_feed_free(struct live_feed *feed)
{
    if (!feed) return;
    for (size_t i = 0; i < feed->count; i++) release_event(&feed->events[i]);
    live_scans_free(feed->scans);
    programme_cache_release(&feed->programmes);
    arena_release(&feed->arena);
    db_close(feed->db);
    pthread_mutex_destroy(&feed->lock);
    free(feed);
}

char *live_feed_channel(struct arena *arena, bool desk, const char *event)
{
    return arena_printf(arena, "%s:%s", desk ? "desk" : "wall", event);
}

/* Desks hear when somebody begins to guess PINs, and when it is over. Looked at with every snapshot. */
static void watch_pins(struct live_feed *feed, struct db *db, struct feed_event *event, int64_t now)
{
    struct pin_alarm alarm;
    if (pin_alarm_read(db, event->seqs.event_id, now, &alarm) != OK || alarm.is_on == event->pins_guessed) return;
    event->pins_guessed = alarm.is_on;
    if (alarm.is_on) log_line(LOG_WARNING, "pin", "%s: somebody is guessing PINs: %lld badges in five minutes", event->slug, (long long)alarm.recent);
    char *desk = live_feed_channel(&feed->arena, true, event->slug);
    char *text = arena_printf(&feed->arena, "{\"alarm\":%s,\"recent\":%lld,\"day\":%lld}", alarm.is_on ? "true" : "false", (long long)alarm.recent,
                              (long long)alarm.day);
    if (desk && text) (void)live_publish(feed->app->hub, desk, "pins", text);
}

/* Sessions and announcements come and go by the clock alone, and a wall should hear of its server now and then. */
static void note_next(struct feed_event *event, int64_t change_ms, int64_t now)
{
    event->next_change_ms = change_ms < now + LIVE_FEED_REFRESH_MS ? change_ms : now + LIVE_FEED_REFRESH_MS;
    event->made_ms = now;
    event->made_steady_ms = clock_steady_ms();
}

/* What was made of an event at one moment. */
struct picture {
    struct figures figures;
    struct live_messages messages;
    json_t *snapshot, *totals; /* the snapshot of walls; the figures alone */
    const char *wall, *desk;   /* the channels */
    const char *for_wall, *for_desk;
};

static enum err make_texts(struct live_feed *feed, struct feed_event *event, struct picture *p)
{
    struct arena *arena = &feed->arena;
    p->wall = live_feed_channel(arena, false, event->slug);
    p->desk = live_feed_channel(arena, true, event->slug);
    p->for_wall = json_text(arena, p->snapshot);
    if (!p->wall || !p->desk || !p->for_wall || live_messages_put(&p->messages, p->snapshot) != OK) return ERR_NOMEM;
    p->for_desk = json_text(arena, p->snapshot);
    return p->for_desk ? OK : ERR_NOMEM;
}

/* A few screens get the whole picture at every change; many get what has changed, and the whole where that is not enough. */
static enum err set_snapshot(struct live_feed *feed, const char *channel, const char *text, bool tell, bool is_needed)
{
    bool is_cheap = strlen(text) * live_listeners(feed->app->hub, channel) <= LIVE_FEED_CHEAP;
    return live_set_snapshot(feed->app->hub, channel, text, tell && (is_needed || is_cheap));
}

/* Sets both snapshots and tells what there is to tell. At first nothing: who comes begins with a snapshot. */
static enum err show(struct live_feed *feed, struct feed_event *event, struct picture *p, bool tell)
{
    const char *stats = NULL;
    int64_t now = clock_steady_ms();
    uint64_t structure = live_delta_structure(&feed->arena, p->snapshot, p->totals, p->messages.announcements);
    enum err e = make_texts(feed, event, p);
    enum err fits = e == OK && tell ? live_delta_stats(&event->delta, &feed->arena, p->totals, LIVE_EVENT_LONGEST, &stats) : e;
    bool is_needed = structure != event->structure || fits != OK || (event->delta.owes && now - event->whole_ms >= LIVE_FEED_OWED_MS);
    if (e == OK) e = set_snapshot(feed, p->wall, p->for_wall, tell, is_needed);
    if (e == OK) e = set_snapshot(feed, p->desk, p->for_desk, tell, is_needed);
    if (e == OK && (is_needed || !tell)) e = live_delta_whole(&event->delta, p->totals);
    if (e != OK) return e;
    if (is_needed) event->whole_ms = now;
    event->structure = structure;
    if (stats) (void)live_publish(feed->app->hub, p->wall, "stats", stats);
    if (stats) (void)live_publish(feed->app->hub, p->desk, "stats", stats);
    return OK;
}

/* Under the lock. */
static enum err make_snapshot(struct live_feed *feed, struct db *db, struct feed_event *event, bool tell)
{
    const struct programme *programme;
    struct picture p = {0};
    struct scene_board board;
    int64_t now = clock_now_ms(), slides_change = INT64_MAX;
    event->asked = false;
    enum err e = programme_cached(&feed->programmes, db, event->slug, &programme, &event->seqs);
    if (e == OK) e = figures_read_kept(feed->app->figures, db, &feed->arena, programme, now, &p.figures);
    if (e == OK) e = live_messages_read(db, &feed->arena, event->seqs.event_id, now, &p.messages);
    if (e == OK) e = scene_board_read(db, &feed->arena, programme, now, &board);
    if (e == OK) e = event_page_wall(db, &feed->arena, programme, &p.figures, now, &p.snapshot);
    if (e == OK) e = live_slides_put(&event->slides, db, &feed->arena, event->slug, event->seqs.config_seq, now, p.snapshot, &slides_change);
    if (e == OK) e = live_scene_put(&feed->arena, &board, p.snapshot);
    if (e != OK) {
        json_decref(p.snapshot);
        return e;
    }
    if (p.messages.next_change_ms < slides_change) slides_change = p.messages.next_change_ms;
    int64_t next = p.figures.next_change_ms < slides_change ? p.figures.next_change_ms : slides_change;
    note_next(event, board.next_change_ms < next ? board.next_change_ms : next, now);
    event->names_on_wall = programme->names_on_wall;
    p.totals = figures_json(&p.figures);
    e = p.totals ? show(feed, event, &p, tell) : ERR_NOMEM;
    if (e == OK) live_messages_tell(feed->app->hub, &feed->arena, &p.messages, json_object_get(p.snapshot, "announcements"), p.wall, p.desk, &event->told);
    if (e == OK) (void)live_scene_tell(feed->app->hub, &feed->arena, &board, p.wall, p.desk, &event->scene);
    json_decref(p.snapshot);
    json_decref(p.totals);
    for (size_t i = 0; e == OK && i < programme->gate_count; i++) e = live_welcome_set(feed->app->hub, db, &feed->arena, programme, &programme->gates[i], false);
    if (e == OK) watch_pins(feed, db, event, now);
    return e;
}

static struct feed_event *find_event(struct live_feed *feed, const char *slug)
{
    for (size_t i = 0; i < feed->count; i++)
        if (strcmp(feed->events[i].slug, slug) == 0) return &feed->events[i];
    return NULL;
}

static bool has_changed(struct live_feed *feed, const struct feed_event *event)
{
    const struct programme *programme;
    struct programme_seqs seqs;
    int64_t now = clock_now_ms();
    if (now >= event->next_change_ms || event->asked) return true;
    if (now < event->made_ms || clock_steady_ms() - event->made_steady_ms >= LIVE_FEED_REFRESH_MS) return true; /* the clock was put back */
    if (programme_cached(&feed->programmes, feed->db, event->slug, &programme, &seqs) != OK) return false;
    return seqs.figures_seq != event->seqs.figures_seq || seqs.config_seq != event->seqs.config_seq;
}

/* What was answered at the doors since the last time, after the figures that count it. */
static void tell_scans(struct live_feed *feed, const struct feed_event *event, struct live_scans_taken *taken)
{
    struct live_hub *hub = feed->app->hub;
    char *wall = live_feed_channel(&feed->arena, false, event->slug), *desk = live_feed_channel(&feed->arena, true, event->slug);
    while (taken->list) {
        struct live_scan *scan = taken->list;
        taken->list = scan->next;
        if (desk && scan->desk) (void)live_publish(hub, desk, "checkin", scan->desk);
        if (wall && scan->wall) (void)live_publish(hub, wall, "checkin", scan->wall);
        free(scan);
    }
    char *untold = arena_printf(&feed->arena, "{\"untold\":%llu}", (unsigned long long)taken->untold);
    if (desk && untold && taken->untold) (void)live_publish(hub, desk, "checkin", untold); /* somebody who is shown there may be among them */
}

/* True: something was told. */
static bool bring_up_to_date(struct live_feed *feed, struct feed_event *event)
{
    struct live_scans_taken taken;
    live_scans_take(feed->scans, event->slug, &taken);
    bool changed = taken.any || has_changed(feed, event);
    enum err e = changed ? make_snapshot(feed, feed->db, event, true) : OK;
    if (e != OK) {
        log_line(LOG_WARNING, "live", "%s: the screens could not be brought up to date: %s", event->slug, err_name(e));
        note_next(event, clock_now_ms() + RETRY_MS, clock_now_ms());
    }
    tell_scans(feed, event, &taken);
    char *wall = live_feed_channel(&feed->arena, false, event->slug), *desk = live_feed_channel(&feed->arena, true, event->slug);
    bool heard = event->greets || !wall || !desk || live_listeners(feed->app->hub, wall) + live_listeners(feed->app->hub, desk) > 0;
    live_scans_allow(feed->scans, event->slug, heard, event->names_on_wall);
    arena_clear(&feed->arena);
    return changed;
}

bool live_feed_tick(void *context, struct live_hub *hub)
{
    struct app *app = context;
    struct live_feed *feed = app->feed;
    bool told = false;
    (void)hub;
    hot_papers_sweep(app->hot_papers);
    if (!feed) return false;
    pthread_mutex_lock(&feed->lock);
    for (size_t i = 0; i < feed->count; i++) told |= bring_up_to_date(feed, &feed->events[i]);
    pthread_mutex_unlock(&feed->lock);
    return told;
}

enum err live_feed_open(struct live_feed *feed, const char *slug)
{
    if (strlen(slug) >= sizeof feed->events[0].slug) return ERR_NOT_FOUND;
    if (live_scans_expect(feed->scans, slug)) return OK; /* a thousand screens that come back do not wait for one another */
    enum err e = OK;
    pthread_mutex_lock(&feed->lock);
    struct feed_event *event = find_event(feed, slug);
    if (!event && feed->count == MOST_EVENTS) e = ERR_LIMIT;
    if (!event && e == OK) {
        event = &feed->events[feed->count];
        *event = (struct feed_event){0};
        memcpy(event->slug, slug, strlen(slug) + 1);
        e = make_snapshot(feed, feed->db, event, false);
        arena_clear(&feed->arena);
        if (e == OK) e = live_scans_watch(feed->scans, slug);
        if (e == OK) feed->count++;
        else release_event(event);
        live_scans_allow(feed->scans, slug, true, event->names_on_wall);
        (void)live_scans_expect(feed->scans, slug);
    }
    pthread_mutex_unlock(&feed->lock);
    return e;
}

enum err live_feed_open_welcome(struct live_feed *feed, const char *slug, const char *gate_code)
{
    enum err e = live_feed_open(feed, slug);
    const struct programme *programme;
    if (e != OK) return e;
    pthread_mutex_lock(&feed->lock);
    e = programme_cached(&feed->programmes, feed->db, slug, &programme, NULL);
    const struct programme_gate *gate = e == OK ? programme_gate_by_code(programme, gate_code) : NULL;
    if (e == OK && !gate) e = ERR_NOT_FOUND;
    if (e == OK) e = live_welcome_set(feed->app->hub, feed->db, &feed->arena, programme, gate, true);
    if (e == OK) find_event(feed, slug)->greets = true; /* live_feed_open has made it, and none is taken away */
    arena_clear(&feed->arena);
    pthread_mutex_unlock(&feed->lock);
    return e;
}

void live_feed_answers(struct live_feed *feed, const char *slug, const struct checkin_answer *answers, size_t count)
{
    if (live_scans_put(feed->scans, slug, answers, count)) live_poke(feed->app->hub);
}

void live_feed_undone(struct live_feed *feed, const char *slug, const char *scan_id)
{
    struct arena arena = {0};
    char *desk = live_feed_channel(&arena, true, slug);
    char *text = arena_printf(&arena, "{\"scan_id\":\"%s\",\"undone\":true}", scan_id); /* a UUID by its caller's check */
    if (desk && text) (void)live_publish(feed->app->hub, desk, "checkin", text);
    arena_release(&arena);
}

void live_feed_questions(struct live_feed *feed, const char *slug)
{
    pthread_mutex_lock(&feed->lock);
    struct feed_event *event = find_event(feed, slug);
    if (event) event->asked = true;
    pthread_mutex_unlock(&feed->lock);
    live_poke(feed->app->hub);
}

void live_feed_scene(struct live_feed *feed, const char *slug)
{
    const struct programme *programme;
    struct scene_board board;
    pthread_mutex_lock(&feed->lock);
    struct feed_event *event = find_event(feed, slug);
    if (event && programme_cached(&feed->programmes, feed->db, slug, &programme, NULL) == OK &&
        scene_board_read(feed->db, &feed->arena, programme, clock_now_ms(), &board) == OK) {
        char *wall = live_feed_channel(&feed->arena, false, slug), *desk = live_feed_channel(&feed->arena, true, slug);
        bool told = wall && desk && live_scene_tell(feed->app->hub, &feed->arena, &board, wall, desk, &event->scene);
        if (!told) (void)make_snapshot(feed, feed->db, event, true);
    }
    if (event) event->asked = true; /* the next tick's picture has it too */
    arena_clear(&feed->arena);
    pthread_mutex_unlock(&feed->lock);
}

void live_feed_badge(struct live_feed *feed, const char *slug, const char *code, int64_t issue)
{
    struct arena arena = {0};
    char at[CLOCK_TEXT_SIZE], *desk = live_feed_channel(&arena, true, slug);
    json_t *badge = json_pack("{s:s,s:I,s:s}", "person", code, "issue", (json_int_t)issue, "at", clock_format(clock_now_ms(), at));
    char *text = badge ? json_text(&arena, badge) : NULL;
    json_decref(badge);
    if (desk && text) (void)live_publish(feed->app->hub, desk, "badge", text);
    arena_release(&arena);
}

void live_feed_changed(struct live_feed *feed, const struct live_change *change)
{
    struct arena arena = {0};
    char at[CLOCK_TEXT_SIZE], *desk = live_feed_channel(&arena, true, change->event);
    json_t *told = json_pack("{s:s?,s:s,s:s,s:s}", "person", change->code, "by", change->by, "request", change->request, "at", clock_format(clock_now_ms(), at));
    char *text = told ? json_text(&arena, told) : NULL;
    json_decref(told);
    if (desk && text) (void)live_publish(feed->app->hub, desk, "person", text);
    arena_release(&arena);
}
