#include "core/congress/event_page.h"

#include "core/base/clock.h"
#include "core/congress/messages/announcements.h"

#include "catalogue.h"

#include <string.h>

enum err event_page_load(struct db *db, struct arena *arena, const char *slug, struct event_page *ret)
{
    struct sql_pages_event_row row;
    enum err err = sql_pages_event(db, arena, slug, &row);
    if (err != OK) return err;
    *ret = (struct event_page){
        .id = row.id, .starts_ms = row.starts_ms, .ends_ms = row.ends_ms, .config_seq = row.config_seq,
        .slug = row.slug, .kind = row.kind, .title = row.title, .timezone = row.timezone,
        .venue = row.venue, .colors = row.colors, .wifi = row.wifi, .streams = row.streams,
        .display_code = row.display_code, .asks_pin = strcmp(row.documents_access, "pin") == 0, .names_on_wall = row.names_on_wall != 0,
    };
    return OK;
}

enum err event_page_list(struct db *db, struct arena *arena, struct event_page_line **ret, size_t *ret_count)
{
    struct sql_pages_events_row *rows;
    size_t count;
    enum err err = sql_pages_events(db, arena, &rows, &count);
    if (err != OK) return err;
    struct event_page_line *lines = arena_array(arena, count + 1, sizeof *lines);
    if (lines == NULL) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct event_page_line){.id = rows[i].id, .starts_ms = rows[i].starts_ms, .ends_ms = rows[i].ends_ms, .expected = rows[i].expected,
                                            .slug = rows[i].slug, .kind = rows[i].kind, .title = rows[i].title, .timezone = rows[i].timezone,
                                            .venue = rows[i].venue};
    *ret = lines;
    *ret_count = count;
    return OK;
}

enum err event_page_sessions(struct db *db, struct arena *arena, int64_t event_id, struct event_page_session **ret, size_t *ret_count)
{
    struct sql_pages_sessions_row *rows;
    size_t count;
    enum err err = sql_pages_sessions(db, arena, event_id, &rows, &count);
    if (err != OK) return err;
    struct event_page_session *sessions = arena_array(arena, count + 1, sizeof *sessions);
    if (sessions == NULL) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        sessions[i] = (struct event_page_session){.code = rows[i].code, .title = rows[i].title, .room = rows[i].room, .speakers = rows[i].speakers,
                                                  .starts_ms = rows[i].starts_ms, .ends_ms = rows[i].ends_ms};
    *ret = sessions;
    *ret_count = count;
    return OK;
}

enum err event_page_scans(struct db *db, struct arena *arena, int64_t event_id, int64_t most, struct event_page_scan **ret, size_t *ret_count)
{
    struct sql_pages_scans_row *rows;
    size_t count;
    enum err err = sql_pages_scans(db, arena, event_id, most, &rows, &count);
    if (err != OK) return err;
    struct event_page_scan *scans = arena_array(arena, count + 1, sizeof *scans);
    if (scans == NULL) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        scans[i] = (struct event_page_scan){.scan_id = rows[i].scan_id, .outcome = rows[i].outcome, .reason = rows[i].reason, .direction = rows[i].direction,
                                            .name = rows[i].name, .number = rows[i].number, .gate = rows[i].gate, .received_ms = rows[i].received_ms,
                                            .undone = rows[i].undone != 0, .grouped = rows[i].grouped != 0};
    *ret = scans;
    *ret_count = count;
    return OK;
}

enum err event_page_print_hosts(struct db *db, struct arena *arena, int64_t event_id, struct event_page_host **ret, size_t *ret_count)
{
    struct sql_print_run_hosts_row *rows;
    size_t count;
    enum err err = sql_print_run_hosts(db, arena, event_id, &rows, &count);
    if (err != OK) return err;
    struct event_page_host *hosts = arena_array(arena, count + 1, sizeof *hosts);
    if (hosts == NULL) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        hosts[i] = (struct event_page_host){.event = rows[i].slug, .host = rows[i].host, .badges = rows[i].badges, .printed_ms = rows[i].printed_ms};
    *ret = hosts;
    *ret_count = count;
    return OK;
}

enum err event_page_organization(struct db *db, struct arena *arena, const char **ret_name)
{
    struct sql_pages_organization_row row;
    enum err err = sql_pages_organization(db, arena, &row);
    if (err == ERR_NOT_FOUND) row.name = "";
    else if (err != OK) return err;
    *ret_name = row.name;
    return OK;
}

/* A stored title as a JSON value. */
static json_t *title_json(const char *stored)
{
    json_t *value = NULL;
    if (stored == NULL) return json_null();
    if ((stored[0] == '{' || stored[0] == '"') && json_read(stored, strlen(stored), &value, NULL) == OK) return value;
    return json_string(stored);
}

static json_t *session_json(const struct programme_session *session)
{
    char starts[CLOCK_TEXT_SIZE], ends[CLOCK_TEXT_SIZE];
    return json_pack("{s:s, s:o, s:o, s:s, s:s}", "code", session->code, "title", title_json(session->title), "room", title_json(session->room), "starts",
                     clock_format(session->starts_ms, starts), "ends", clock_format(session->ends_ms, ends));
}

static void sessions_put(json_t *wall, const struct programme *programme, int64_t now_ms)
{
    const struct programme_session *now = NULL, *next = NULL;
    for (size_t i = 0; i < programme->session_count; i++) {
        const struct programme_session *session = &programme->sessions[i];
        if (now == NULL && session->starts_ms <= now_ms && now_ms < session->ends_ms) now = session;
        if (next == NULL && session->starts_ms > now_ms) next = session;
    }
    json_object_set_new(wall, "now", now == NULL ? json_null() : session_json(now));
    json_object_set_new(wall, "next", next == NULL ? json_null() : session_json(next));
    /* A wall turns to the next session by itself, also while its line is down. */
    json_t *all = json_array();
    for (size_t i = 0; i < programme->session_count; i++) json_array_append_new(all, session_json(&programme->sessions[i]));
    json_object_set_new(wall, "programme", all);
}

enum err event_page_wall(struct db *db, struct arena *arena, const struct programme *programme, const struct figures *figures, int64_t now_ms, json_t **ret)
{
    struct event_page event;
    enum err err = event_page_load(db, arena, programme->slug, &event);
    if (err != OK) return err;
    json_t *news = NULL;
    err = announcement_wall(db, arena, event.id, now_ms, &news);
    if (err != OK) return err;
    json_t *wall = figures_json(figures), *list = json_array();
    if (wall == NULL || list == NULL) {
        json_decref(wall);
        json_decref(list);
        json_decref(news);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < figures->delegation_count; i++) {
        const struct figures_part *part = &figures->delegations[i];
        json_array_append_new(list, json_pack("{s:s, s:o, s:I, s:I, s:I}", "code", part->code, "name", title_json(part->name), "expected",
                                              (json_int_t)part->count.expected, "attended", (json_int_t)part->count.attended, "present",
                                              (json_int_t)part->count.present));
    }
    const struct programme_category *asked = figures->quorum.known && figures->quorum.category ? programme_category_by_code(programme, figures->quorum.category) : NULL;
    json_object_set_new(wall, "title", title_json(event.title));
    json_object_set_new(wall, "quorum_title", asked ? title_json(asked->title) : json_null());
    json_object_set_new(wall, "timezone", json_string(event.timezone));
    json_object_set_new(wall, "delegations", list);
    sessions_put(wall, programme, now_ms);
    json_object_set_new(wall, "announcements", news);
    *ret = wall;
    return OK;
}
