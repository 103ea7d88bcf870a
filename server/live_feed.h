/* Keeps the live channels true: two for each event, "wall:SLUG" (no person is named, unless the event allows names on walls) and "desk:SLUG" (with names, for
 * staff). The live thread looks every tick whether an event's figures have changed (by this process or another one) and sets new snapshots: at most
 * five a second. Thread-safe. */
#ifndef PLENUM_SERVER_LIVE_FEED_H
#define PLENUM_SERVER_LIVE_FEED_H

#include "core/congress/checkin/checkin.h"
#include "server/live/live.h"

struct app;
struct live_feed;

#define LIVE_FEED_TICK_MS 200
#define LIVE_FEED_CHANNELS 512     /* wall and desk of each event, and the screens that greet at its gates */
#define LIVE_FEED_REFRESH_MS 15000 /* `stats` at least so often */
#define LIVE_FEED_OWED_MS 5000     /* between two snapshots for changes that no event had room for */
#define LIVE_FEED_CHEAP (256u * 1024u) /* bytes for all streams of a channel: so much may a snapshot take at an ordinary change */

/* `app` is borrowed; its hub is set before the first tick. */
enum err live_feed_new(struct app *app, struct live_feed **ret, struct fault *fault);
void live_feed_free(struct live_feed *feed); /* after live_hub_close; accepts NULL */

/* live_config.on_tick, with the application as context. */
bool live_feed_tick(void *app, struct live_hub *hub);

/* Makes sure that both channels of the event have a snapshot. ERR_NOT_FOUND: no such event. On any thread. */
enum err live_feed_open(struct live_feed *feed, const char *event);

/* Makes sure that the channel of the screens that greet at this gate has a picture of now (server/live_welcome.h), which live_feed_tick and live_feed_answers keep
 * true. ERR_NOT_FOUND: no such event or gate. On any thread. */
enum err live_feed_open_welcome(struct live_feed *feed, const char *event, const char *gate);

/* Tells what scans were answered just now. */
void live_feed_answers(struct live_feed *feed, const char *event, const struct checkin_answer *answers, size_t count);
void live_feed_undone(struct live_feed *feed, const char *event, const char *scan_id);
/* Tells the desks (not the walls) that a badge was issued anew: {"person": its code or number, "issue": 2, "at": "…"}. The doors hear it by the roster. */
void live_feed_badge(struct live_feed *feed, const char *event, const char *code, int64_t issue);
/* Tells the desks that somebody on the list was changed: {"person": code or number, "by", "request", "at"}. Whoever sent the request knows its number. */
struct live_change {
    const char *event, *code, *by, *request;
};
void live_feed_changed(struct live_feed *feed, const struct live_change *change);

/* Something happened to a question: the desks hear at the next tick who waits now. */
void live_feed_questions(struct live_feed *feed, const char *event);

/* Something happened to scenes: walls and desks hear it now, by the event `scene` (server/live_scene.h). */
void live_feed_scene(struct live_feed *feed, const char *event);

/* The channel's name in the arena: "wall:SLUG". */
char *live_feed_channel(struct arena *arena, bool desk, const char *event);

#endif
