/* The event file (format plenum-events/1, DESIGN.md §4, docs/event-file.schema.json): import and export.
 *
 * Import is an upsert by code, all or nothing: everything is worked out and checked in memory, files are in the blob store before the one write transaction
 * begins, and the plan is made again inside it. Choices where the format is silent: docs/decisions/0003-event-file.md.
 *
 * What stands in the JSON columns of `event` afterwards (keys in this order, absent when null):
 *     venue          {"name": title, "address": title, "phone": of the desk there, as it is dialled}
 *     colors         {"primary": "#rrggbb"}
 *     wifi           {"ssid": "…", "password": "…", "security": "WPA"|"WEP"|"nopass"}
 *     streams        [{"title": title, "url": "…", "session": code}]
 *     quorum         {"category": code, "rule": "at_least"|"more_than", "fraction": "2/3"}
 *     slides         [{"file": path, "blob": sha256, "caption": title, "seconds": 10, "pages": "2-5", "state": "off", "from": ms, "until": ms}]
 *     wall_welcome   {"text": title, "picture": path, "blob": sha256}
 *     announcements  [{"text": title, "from": ms, "until": ms, "to": ["wall", "phone"], "urgent": false}]
 * and of delegate.absence {"excused": true, "reason": "…"}, document.audience {"categories": [code, …]}; lists (admits, speakers, roles, needs) are JSON
 * lists of texts. A title is a text or a map from language to text; unit.name and person.title hold plain text, or such a map (title_pick reads all). */
#ifndef PLENUM_EVENT_FILE_H
#define PLENUM_EVENT_FILE_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

#define EVENT_FILE_LIMIT (64u * 1024u * 1024u)
#define EVENT_CATEGORIES_MOST 64
#define EVENT_PEOPLE_MOST 400000

struct import_options {
    const char *file;      /* the event file */
    const char *folder;    /* the data folder; made when missing, unless dry_run */
    const char *starts_on; /* "2026-12-01" or "today": each event is moved by whole days so that it begins then; NULL: as written */
    const char *only_event; /* slug: the other events of the file are left out; NULL: all */
    bool dry_run;
    bool prune; /* rows that the file's lists do not name go */
    const char *actor; /* for the audit log: "command line" */
};

/* The report: {"dry_run": …, "counts": {"person": {"new", "changed", "same", "removed"}, …}, "changes": [{"entity", "code", "event", "place", "kind", "fields":
 * [{"field", "old", "new"}]}]}; a new reference. On ERR_INPUT and ERR_CONFLICT the fault names the place, and nothing was changed. */
enum err event_file_import(const struct import_options *options, json_t **ret_report, struct fault *fault);

/* The event with its units and people as an event file; a new reference. Sensitive attributes only when asked for. No tokens. ERR_NOT_FOUND: no such
 * event. The files that it names are not in it: see event_file_export_files. */
enum err event_file_export(struct db *db, const char *slug, bool with_sensitive, json_t **ret, struct fault *fault);
/* Copies the files that an exported event names from the data folder to beneath `folder`, at their paths. ERR_CONFLICT when another file is there. */
enum err event_file_export_files(struct db *db, const char *data_folder, const char *slug, const char *folder, struct fault *fault);

/* The register, or a unit of it with all beneath it (unit_id not 0), as an event file without events: attribute types, units, people; sensitive attributes only of the
 * types that are named. A new reference. */
enum err event_file_export_members(struct db *db, int64_t unit_id, const char *const *sensitive, size_t sensitive_count, json_t **ret, struct fault *fault);

/* Rows of lists (core/congress/export), in the order of the badge list and of receipt, as JSON objects. Times RFC 3339, UTC, milliseconds. `take` may add keys; it
 * borrows. Its error ends the walk. */
enum err export_each_delegate(struct db *db, int64_t event_id, enum err (*take)(void *context, json_t *object), void *context);
enum err export_each_checkin(struct db *db, int64_t event_id, enum err (*take)(void *context, json_t *object), void *context);
/* A list of objects as CSV with a header line (UTF-8 with BOM, CRLF); the columns are keys, NULL-terminated. */
enum err export_csv(const json_t *list, const char *const *columns, struct buf *out);

#endif
