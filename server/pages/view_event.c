/* The parts of a view that come from an event: its head, its programme, its announcements. */
#include "server/pages/view.h"

#include "core/base/zone.h"
#include "core/congress/programme/stream.h"
#include "core/congress/title.h"

#include <string.h>

static json_t *stored_read(const char *stored)
{
    json_t *value = NULL;
    if (stored == NULL || json_read(stored, strlen(stored), &value, NULL) != OK) return NULL;
    return value;
}

static void put_picked(struct view *view, json_t *object, const char *key, const json_t *title)
{
    view_put(object, key, title_pick_json(title, view->tag, NULL));
}

static void put_venue(struct view *view, json_t *out, const char *stored)
{
    json_t *value = stored_read(stored), *venue = json_object();
    put_picked(view, venue, "name", json_object_get(value, "name"));
    put_picked(view, venue, "address", json_object_get(value, "address"));
    if (json_object_size(venue) > 0) view_put_json(out, "venue", venue);
    else json_decref(venue);
    json_decref(value);
}

static void put_wifi(json_t *out, const char *stored)
{
    json_t *value = stored_read(stored);
    const char *ssid = json_string_value(json_object_get(value, "ssid"));
    if (ssid != NULL) {
        json_t *wifi = json_object();
        view_put(wifi, "ssid", ssid);
        view_put(wifi, "password", json_string_value(json_object_get(value, "password")));
        view_put_json(out, "wifi", wifi);
    }
    json_decref(value);
}

json_t *view_stream(struct view *view, const json_t *item)
{
    char host[STREAM_HOST_SIZE];
    const char *url = json_string_value(json_object_get(item, "url"));
    enum stream_place place = stream_place_of(url, host);
    if (place == STREAM_UNUSABLE) return NULL; /* only web addresses become links: the file may come from anybody */
    bool venue = place == STREAM_VENUE || app_answers_to(view->app, host);
    json_t *stream = json_object();
    const char *title = title_pick_json(json_object_get(item, "title"), view->tag, NULL);
    view_put(stream, "title", *title ? title : host);
    view_put(stream, "url", url);
    view_put(stream, "place", venue ? "venue" : "internet");
    view_put(stream, "place_words", view_words(view, venue ? "streams.venue" : "streams.internet"));
    return stream;
}

static void put_streams(struct view *view, const char *stored)
{
    json_t *value = stored_read(stored), *list = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *stream = view_stream(view, json_array_get(value, i));
        if (stream) json_array_append_new(list, stream);
    }
    view_put_json(view->root, "streams", list);
    json_decref(value);
}

void view_put_event(struct view *view, const struct event_page *event, bool inside)
{
    json_t *out = json_object();
    view_put(out, "slug", event->slug);
    view_put(out, "timezone", event->timezone);
    view_put_title(view, out, "title", event->title);
    view_put(out, "dates", i18n_date_range(view->arena, event->timezone, event->starts_ms, event->ends_ms));
    view_put(out, "theme", arena_printf(view->arena, "/e/%s/theme.css?v=%lld", event->slug, (long long)event->config_seq));
    put_venue(view, out, event->venue);
    if (inside) put_wifi(out, event->wifi);
    view_put_json(view->root, "event", out);
    put_streams(view, event->streams);
}

char *view_speakers(struct arena *arena, const char *stored)
{
    json_t *list = stored_read(stored);
    char *joined = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name == NULL) continue;
        joined = joined == NULL ? arena_strdup(arena, name) : arena_printf(arena, "%s · %s", joined, name);
    }
    json_decref(list);
    return joined;
}

static const struct programme_session *programme_find(const struct programme *programme, const char *code)
{
    for (size_t i = 0; programme != NULL && i < programme->session_count; i++)
        if (strcmp(programme->sessions[i].code, code) == 0) return &programme->sessions[i];
    return NULL;
}

static json_t *session_view(struct view *view, const struct event_page *event, const struct event_page_session *session)
{
    json_t *out = json_object();
    view_put_title(view, out, "title", session->title);
    view_put_title(view, out, "room", session->room);
    view_put(out, "from", i18n_time(view->arena, event->timezone, session->starts_ms));
    view_put(out, "until", i18n_time(view->arena, event->timezone, session->ends_ms));
    view_put(out, "speakers", view_speakers(view->arena, session->speakers));
    return out;
}

/* What is on, else what comes: stands near the top of the page. */
static void put_highlight(struct view *view, const json_t *session, bool is_now)
{
    json_t *highlight = json_copy((json_t *)(uintptr_t)session);
    view_put_flag(highlight, "is_now", is_now);
    view_put(highlight, "label", view_words(view, is_now ? "programme.now" : "programme.next"));
    view_put_json(view->root, "highlight", highlight);
}

enum err view_put_programme(struct view *view, struct db *db, const struct event_page *event, const struct programme *programme, category_set categories,
                            int64_t now_ms)
{
    struct event_page_session *sessions;
    size_t count;
    enum err err = event_page_sessions(db, view->arena, event->id, &sessions, &count);
    if (err != OK) return err;
    json_t *days = json_array(), *list = NULL;
    int64_t day_end = INT64_MIN;
    bool next_told = false;
    for (size_t i = 0; i < count; i++) {
        const struct programme_session *known = programme_find(programme, sessions[i].code);
        if (known != NULL && (known->admits & categories) == 0) continue;
        if (sessions[i].starts_ms >= day_end) {
            json_t *day = json_object();
            int64_t begin;
            if (zone_day(event->timezone, sessions[i].starts_ms, &begin, &day_end) != OK) day_end = INT64_MAX;
            view_put(day, "date", i18n_date(view->arena, view_i18n(view), view->language, event->timezone, sessions[i].starts_ms));
            list = json_array();
            view_put_json(day, "sessions", list);
            json_array_append_new(days, day);
        }
        json_t *out = session_view(view, event, &sessions[i]);
        bool is_now = sessions[i].starts_ms <= now_ms && now_ms < sessions[i].ends_ms;
        bool is_next = !next_told && sessions[i].starts_ms > now_ms;
        next_told = next_told || is_next;
        if (is_now || (is_next && json_object_get(view->root, "highlight") == NULL)) put_highlight(view, out, is_now);
        view_put_flag(out, "is_now", is_now);
        view_put_flag(out, "is_next", is_next);
        json_array_append_new(list, out);
    }
    view_put_flag(view->root, "has_days", json_array_size(days) > 0);
    view_put_json(view->root, "days", days);
    return OK;
}

enum err view_put_announcements(struct view *view, struct db *db, int64_t event_id, const struct announcement_reader *reader, int64_t now_ms)
{
    struct announcement *list;
    size_t count;
    enum err err = announcement_shown(db, view->arena, event_id, reader, now_ms, &list, &count);
    if (err != OK) return err;
    json_t *urgent = json_array(), *calm = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *line = json_object();
        const char *tag = "";
        view_put(line, "text", title_pick_language(view->arena, list[i].text, view->tag, &tag));
        if (tag[0] != '\0' && strcmp(tag, view->tag) != 0) view_put(line, "tag", arena_strdup(view->arena, tag));
        json_array_append_new(list[i].urgent ? urgent : calm, line);
    }
    view_put_json(view->root, "urgent_news", urgent);
    view_put_json(view->root, "calm_news", calm);
    return OK;
}
