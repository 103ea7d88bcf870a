/* What the pages of an event show: its head, its sessions, and the wall's whole picture.
 *
 * Titles stay as they are stored (text or language map): whoever shows them picks the language (core/congress/title.h). All texts live in
 * the arena. */
#ifndef PLENUM_CONGRESS_EVENT_PAGE_H
#define PLENUM_CONGRESS_EVENT_PAGE_H

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/congress/figures/figures.h"
#include "core/congress/programme/programme.h"
#include "core/db/db.h"

struct event_page {
    int64_t id, starts_ms, ends_ms, config_seq;
    const char *slug, *kind, *title, *timezone;
    const char *venue, *colors, *wifi, *streams; /* JSON as core/congress/event_file/event_file.h says; may be NULL */
    const char *display_code; /* NULL: none */
    bool asks_pin, names_on_wall;
};
/* ERR_NOT_FOUND: no such event. */
enum err event_page_load(struct db *db, struct arena *arena, const char *slug, struct event_page *ret);

struct event_page_line {
    int64_t id, starts_ms, ends_ms, expected;
    const char *slug, *kind, *title, *timezone, *venue;
};
/* All events by beginning. */
enum err event_page_list(struct db *db, struct arena *arena, struct event_page_line **ret, size_t *ret_count);

struct event_page_session {
    const char *code, *title, *room, *speakers; /* speakers: JSON list or NULL */
    int64_t starts_ms, ends_ms;
};
/* In order of time. */
enum err event_page_sessions(struct db *db, struct arena *arena, int64_t event_id, struct event_page_session **ret, size_t *ret_count);

/* The organisation's name (stored title); "" when there is none yet. */
enum err event_page_organization(struct db *db, struct arena *arena, const char **ret_name);

/* One scan as the desk lists it. */
struct event_page_scan {
    const char *scan_id, *outcome, *reason, *direction, *name, *number, *gate; /* gate: stored title; name NULL: nobody known, or a blank */
    int64_t received_ms;
    bool undone;
    bool grouped; /* checked in with a delegation (/delegation), not by themselves */
};
/* The newest scans first, at most `most`. Names: for the desk only. */
enum err event_page_scans(struct db *db, struct arena *arena, int64_t event_id, int64_t most, struct event_page_scan **ret, size_t *ret_count);

/* The hosts that badges of the event (0: of all events) and member cards were printed with and how many each, without those printed again since; the newest first. */
struct event_page_host {
    const char *event; /* slug; NULL: member cards */
    const char *host;  /* "192.168.1.10:8080" */
    int64_t badges, printed_ms;
};
enum err event_page_print_hosts(struct db *db, struct arena *arena, int64_t event_id, struct event_page_host **ret, size_t *ret_count);

/* The wall's snapshot: the figures (figures_json) and beside them
 *     "title": title, "quorum_title": title of the category that the quorum asks for, or null, "timezone": "…",
 *     "delegations": [{"code", "name": title, "expected", "attended", "present"}, … in protocol order],
 *     "now": {"code", "title": title, "room": "…", "starts": "…", "ends": "…"} or null, "next": the same,
 *     "programme": [the same form, all sessions in order], "announcements": what announcement_wall gives.
 * No names of people. Owned by the caller. */
enum err event_page_wall(struct db *db, struct arena *arena, const struct programme *programme, const struct figures *figures, int64_t now_ms, json_t **ret);

#endif
