/* What a screen that greets at a gate is told: the whole picture each time, so that nothing can be missed or stay.
 *
 *     {"on": true, "as_of": "…", "guests": [{"scan_id", "name", "honorific": "…"|null, "seat": "…"|null, "photo": true, "at": "…"}, …]}
 *
 * The newest first; who is no longer in it within core/congress/welcome.h's WELCOME_RECENT_MS was taken back. "on" false: this gate greets no more. */
#ifndef PLENUM_SERVER_LIVE_WELCOME_H
#define PLENUM_SERVER_LIVE_WELCOME_H

#include "core/base/json.h"
#include "core/congress/welcome.h"
#include "server/live/live.h"

/* The picture of now; a new reference. */
enum err live_welcome_json(struct db *db, struct arena *arena, const struct programme *programme, const struct programme_gate *gate, int64_t now_ms, json_t **ret);
/* The channel's name: "welcome:SLUG:GATE". NULL: out of memory. */
char *live_welcome_channel(struct arena *arena, const char *event, const char *gate);
/* Sets the gate's picture; `always` also where nobody listens yet. */
enum err live_welcome_set(struct live_hub *hub, struct db *db, struct arena *arena, const struct programme *programme, const struct programme_gate *gate, bool always);

#endif
