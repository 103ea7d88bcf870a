/* GET / and GET /e/{event}: what anyone may know: titles, dates, venue, programme, announcements. Nobody's name but speakers'. */
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

void event_show(struct http_request *req, int status, const struct pin_note *note)
{
    struct view view;
    struct event_page event;
    struct worker *worker = worker_of(req);
    static const struct announcement_reader anybody = {.place = ANNOUNCEMENT_IN_PUBLIC};
    if (worker == NULL || !view_begin(&view, req)) return;
    int64_t now_ms = clock_now_ms();
    enum err err = event_page_load(worker->db, req->arena, http_param(req, "event"), &event);
    if (err == OK) {
        view_put_event(&view, &event, false);
        view_set_title(&view, title_pick(req->arena, event.title, view.tag));
        enter_put(&view, arena_printf(req->arena, "/e/%s/enter", event.slug));
        pin_put_note(&view, note);
        err = view_put_announcements(&view, worker->db, event.id, &anybody, now_ms);
        if (err == OK) err = view_put_programme(&view, worker->db, &event, NULL, 0, now_ms);
    }
    if (err == ERR_NOT_FOUND) reply_reason(req, REASON_unknown_event);
    else if (err != OK) reply_error(req, err, NULL);
    else view_reply(&view, status, "event");
}

void event_get(struct http_request *req)
{
    event_show(req, 200, NULL);
}
