#include "server/live_feed.h"
#include "server/hot_papers.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/checkin/scan_json.h"
#include "core/congress/event_page.h"
#include "core/congress/figures/keep.h"
#include "core/congress/papers/pin.h"
#include "server/app.h"
#include "server/live_messages.h"
#include "server/live_scene.h"
#include "server/live_slides.h"
#include "server/live_welcome.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MOST_EVENTS 32
#define RETRY_MS 5000 /* a picture that cannot be made is not tried, and not complained of, at every tick */

/* What one event's channels show. */
struct feed_event {
    char slug[64];
    struct programme_seqs seqs;
    int64_t next_change_ms;
    int64_t made_ms, made_steady_ms; /* of the snapshot, by both clocks */
    bool names_on_wall, pins_guessed, asked; /* asked: something happened that the change numbers do not tell: to a question, to a scene */
    bool greets; /* a screen that greets was opened */
    struct live_told told;
    struct live_slides slides;
    struct live_scene_told scene;
};

struct live_feed {
    struct app *app;
    atomic_bool greets;   /* some event has a screen that greets */
    pthread_mutex_t lock; /* guards all below */
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
    enum err e = store_connect(&app->store, DB_READ, &feed->db, fault);
    if (e != OK) {
        free(feed);
        return e;
    }
    feed->app = app;
    pthread_mutex_init(&feed->lock, NULL);
    *ret = feed;
    return OK;
}

void live_feed_free(struct live_feed *feed)
{
    if (!feed) return;
    for (size_t i = 0; i < feed->count; i++) live_slides_release(&feed->events[i].slides);
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

/* The small event for those who want the totals only; the snapshot has everything. */
static void publish_totals(struct live_feed *feed, const struct figures *f, const char *wall, const char *desk)
{
    json_t *totals = figures_json(f);
    if (!totals) return;
    (void)json_object_del(totals, "by_delegation");
    (void)json_object_del(totals, "by_session");
    (void)json_object_del(totals, "quorums");
    (void)json_object_del(totals, "arrivals");
    char *text = json_text(&feed->arena, totals);
    json_decref(totals);
    if (!text || strlen(text) > LIVE_EVENT_LONGEST) return;
    (void)live_publish(feed->app->hub, wall, "stats", text);
    (void)live_publish(feed->app->hub, desk, "stats", text);
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

/* Under the lock. */
static enum err make_snapshot(struct live_feed *feed, struct db *db, struct feed_event *event, bool tell)
{
    const struct programme *programme;
    struct figures figures;
    struct live_messages messages;
    struct scene_board board;
    json_t *snapshot = NULL;
    int64_t now = clock_now_ms(), slides_change = INT64_MAX;
    event->asked = false;
    enum err e = programme_cached(&feed->programmes, db, event->slug, &programme, &event->seqs);
    if (e == OK) e = figures_read_kept(feed->app->figures, db, &feed->arena, programme, now, &figures);
    if (e == OK) e = live_messages_read(db, &feed->arena, event->seqs.event_id, now, &messages);
    if (e == OK) e = scene_board_read(db, &feed->arena, programme, now, &board);
    if (e == OK) e = event_page_wall(db, &feed->arena, programme, &figures, now, &snapshot);
    if (e == OK) e = live_slides_put(&event->slides, db, &feed->arena, event->slug, event->seqs.config_seq, now, snapshot, &slides_change);
    if (e == OK) e = live_scene_put(&feed->arena, &board, snapshot);
    if (e != OK) {
        json_decref(snapshot);
        return e;
    }
    char *text = json_text(&feed->arena, snapshot), *more = live_messages_put(&messages, snapshot) == OK ? json_text(&feed->arena, snapshot) : NULL;
    char *wall = live_feed_channel(&feed->arena, false, event->slug), *desk = live_feed_channel(&feed->arena, true, event->slug);
    e = text && more && wall && desk ? OK : ERR_NOMEM;
    if (messages.next_change_ms < slides_change) slides_change = messages.next_change_ms;
    int64_t next = figures.next_change_ms < slides_change ? figures.next_change_ms : slides_change;
    note_next(event, board.next_change_ms < next ? board.next_change_ms : next, now);
    event->names_on_wall = programme->names_on_wall;
    if (e == OK) e = live_set_snapshot(feed->app->hub, wall, text, tell);
    if (e == OK) e = live_set_snapshot(feed->app->hub, desk, more, tell);
    if (e == OK && tell) publish_totals(feed, &figures, wall, desk);
    if (e == OK) live_messages_tell(feed->app->hub, &feed->arena, &messages, json_object_get(snapshot, "announcements"), wall, desk, &event->told);
    if (e == OK) live_scene_tell(feed->app->hub, &feed->arena, &board, wall, desk, &event->scene);
    json_decref(snapshot);
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

void live_feed_tick(void *context, struct live_hub *hub)
{
    struct app *app = context;
    struct live_feed *feed = app->feed;
    (void)hub;
    hot_papers_sweep(app->hot_papers);
    if (!feed) return;
    pthread_mutex_lock(&feed->lock);
    for (size_t i = 0; i < feed->count; i++) {
        struct feed_event *event = &feed->events[i];
        if (!has_changed(feed, event)) continue;
        enum err e = make_snapshot(feed, feed->db, event, true);
        if (e != OK) {
            log_line(LOG_WARNING, "live", "%s: the screens could not be brought up to date: %s", event->slug, err_name(e));
            note_next(event, clock_now_ms() + RETRY_MS, clock_now_ms());
        }
        arena_clear(&feed->arena);
    }
    pthread_mutex_unlock(&feed->lock);
}

enum err live_feed_open(struct live_feed *feed, const char *slug)
{
    if (strlen(slug) >= sizeof feed->events[0].slug) return ERR_NOT_FOUND;
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
        if (e == OK) feed->count++;
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
    if (e == OK) atomic_store(&feed->greets, true);
    arena_clear(&feed->arena);
    pthread_mutex_unlock(&feed->lock);
    return e;
}

/* Who came in is greeted now, not at the next tick. Under the lock. */
static void greet(struct live_feed *feed, const char *slug, const struct checkin_answer *answers, size_t count)
{
    const struct programme *programme;
    const char *last = NULL;
    if (programme_cached(&feed->programmes, feed->db, slug, &programme, NULL) != OK) return;
    for (size_t i = 0; i < count; i++) {
        const struct checkin_answer *a = &answers[i];
        const struct programme_gate *gate = a->outcome == OUTCOME_admitted && !a->replayed && a->first_gate ? programme_gate_by_code(programme, a->first_gate) : NULL;
        if (!gate || gate->code == last) continue;
        last = gate->code; /* an array of a thousand is of one gate */
        if (live_welcome_set(feed->app->hub, feed->db, &feed->arena, programme, gate, false) != OK) break; /* the next tick tries again */
    }
    arena_clear(&feed->arena);
}

static void publish_answer(struct live_feed *feed, struct arena *arena, const char *desk, const char *wall, bool names, const struct checkin_answer *a)
{
    char at[CLOCK_TEXT_SIZE];
    json_t *whole = scan_answer_json(arena, a, "vi");
    if (!whole) return;
    (void)json_object_set_new(whole, "at", json_string(clock_format(clock_now_ms(), at)));
    char *text = json_text(arena, whole);
    json_decref(whole);
    if (text) (void)live_publish(feed->app->hub, desk, "checkin", text);
    if (a->outcome == OUTCOME_refused) return; /* that is between the desk and the person */
    json_t *plain = json_pack("{s:s,s:s,s:s?,s:s?}", "at", at, "outcome", outcome_name(a->outcome), "category", a->category, "name",
                              names && a->outcome == OUTCOME_admitted ? a->name : NULL);
    text = plain ? json_text(arena, plain) : NULL;
    json_decref(plain);
    if (text) (void)live_publish(feed->app->hub, wall, "checkin", text);
}

void live_feed_answers(struct live_feed *feed, const char *slug, const struct checkin_answer *answers, size_t count)
{
    struct arena arena = {0};
    char *desk = live_feed_channel(&arena, true, slug), *wall = live_feed_channel(&arena, false, slug);
    bool watched = desk && wall && live_listeners(feed->app->hub, desk) + live_listeners(feed->app->hub, wall) > 0;
    bool names = false;
    if (watched || atomic_load(&feed->greets)) { /* else no scan waits for a picture that is being made */
        pthread_mutex_lock(&feed->lock);
        const struct feed_event *event = find_event(feed, slug);
        names = event && event->names_on_wall;
        if (event && event->greets) greet(feed, slug, answers, count);
        pthread_mutex_unlock(&feed->lock);
    }
    for (size_t i = 0; watched && i < count; i++)
        if (!answers[i].replayed && answers[i].outcome != OUTCOME_invalid) publish_answer(feed, &arena, desk, wall, names, &answers[i]);
    arena_release(&arena);
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
        if (wall && desk) live_scene_tell(feed->app->hub, &feed->arena, &board, wall, desk, &event->scene);
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
