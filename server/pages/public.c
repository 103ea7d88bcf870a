/* GET /: the events, with what anyone may know: titles, dates, venue. */
#include "core/base/clock.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/kiosk.h"
#include "server/venue/probes.h"

#include <string.h>

static const char *venue_name(struct view *view, const char *stored)
{
    json_t *venue = NULL;
    if (stored == NULL || json_read(stored, strlen(stored), &venue, NULL) != OK) return NULL;
    const char *name = arena_strdup(view->arena, title_pick_json(json_object_get(venue, "name"), view->tag, NULL));
    json_decref(venue);
    return name;
}

void home_get(struct http_request *req)
{
    struct view view;
    if (probes_reply(req)) return;
    if (!access_host_is_ours(app_of(req), req->host)) {
        http_reply_problem(req, 421, "unknown_host", "This server does not answer to this host name.");
        return;
    }
    struct worker *worker = worker_of(req);
    if (worker == NULL || !view_begin(&view, req)) return;
    const char *organization;
    struct event_page_line *lines;
    size_t count;
    enum err err = event_page_organization(worker->db, req->arena, &organization);
    if (err == OK) err = event_page_list(worker->db, req->arena, &lines, &count);
    if (err != OK) {
        reply_error(req, err, NULL);
        return;
    }
    json_t *events = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *event = json_object();
        view_put(event, "slug", lines[i].slug);
        view_put_title(&view, event, "title", lines[i].title);
        view_put(event, "dates", i18n_date_range(req->arena, lines[i].timezone, lines[i].starts_ms, lines[i].ends_ms));
        view_put(event, "venue", venue_name(&view, lines[i].venue));
        json_array_append_new(events, event);
    }
    view_put_json(view.root, "events", events);
    view_put_title(&view, view.root, "organization", organization);
    view_set_title(&view, view_words(&view, "home.title"));
    view_reply(&view, 200, "home");
}
