/* GET /api/v1/events/{event}/live: Server-Sent Events for walls (no names) and desks (names). */
#include "server/app.h"
#include "server/live_feed.h"

#include <inttypes.h>

/* A signed-out or disabled account learns names no longer than this. */
#define DESK_LEASE_MS 60000
#define WALL_LEASE_MS 60000 /* a wall that was shut out, and an account that looks at what walls get */
#define DEVICE_LEASE_MS 5000 /* a stolen device that was revoked hears no more */

void live_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!programme) return;
    const struct app *app = app_of(req);
    const char *wanted = http_query(req, "for");
    bool desk = (principal_of(req)->roles & WHO_STAFF) && !(wanted && wanted[0] == 'w'); /* staff may look at what the wall gets: ?for=wall */
    char *channel = live_feed_channel(req->arena, desk, programme->slug);
    const struct principal *p = principal_of(req);
    const int64_t lease_ms = desk ? DESK_LEASE_MS : p->is_device ? DEVICE_LEASE_MS : WALL_LEASE_MS;
    enum err e = channel ? live_feed_open(app->feed, programme->slug) : ERR_NOMEM;
    const char *owner = p->is_device ? arena_printf(req->arena, "device %" PRId64, p->device.id) : p->session.id_hash;
    if (e == OK && !owner) e = ERR_NOMEM;
    if (e == OK) live_stream(req, app->hub, &(struct live_wish){channel, http_header(req, "Last-Event-ID"), owner, lease_ms});
    else reply_error(req, e, NULL);
}
