/* What the live channels tell of announcements and questions: walls what they show, desks that and who waits for an answer. Private to server/live_feed.c. */
#ifndef PLENUM_SERVER_LIVE_MESSAGES_H
#define PLENUM_SERVER_LIVE_MESSAGES_H

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/db/db.h"
#include "server/live/live.h"

#include <stdbool.h>
#include <stdint.h>

/* What was told last; zeroed at first. */
struct live_told {
    bool begun;
    uint64_t announcements, questions; /* hashes of the texts */
    int64_t asked, waiting;
};

/* Of one moment. */
struct live_messages {
    const char *announcements; /* of the desk: [{"text": title, "urgent": bool, "to": ["wall", "phone"], "some": bool}], urgent ones first; "some": not for every phone */
    const char *questions;     /* {"waiting": 2, "asked": 9, "oldest": "…" or null, "mark": another one after every change} */
    int64_t waiting, asked;
    int64_t next_change_ms;    /* INT64_MAX: none */
};
enum err live_messages_read(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, struct live_messages *ret);
/* Adds both to a desk's snapshot. */
enum err live_messages_put(const struct live_messages *messages, json_t *snapshot);
/* Publishes `announcement` and `questions` where they are not what was told last; `on_wall`: what the walls' snapshot has. At the first time nothing is published:
 * who comes gets a snapshot. */
void live_messages_tell(struct live_hub *hub, struct arena *arena, const struct live_messages *messages, const json_t *on_wall, const char *wall, const char *desk,
                        struct live_told *told);

#endif
