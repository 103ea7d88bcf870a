/* Which walls there are: screens that somebody opened with the event's six digits. A wall is a browser session; one that is shut out has to give the code again
 * and is another wall then. Texts live in the arena. Not thread-safe: one connection. */
#ifndef PLENUM_CONGRESS_SCENE_WALL_H
#define PLENUM_CONGRESS_SCENE_WALL_H

#include "core/base/id.h"
#include "core/congress/account.h"
#include "core/db/db.h"

#define WALLS_MOST 64          /* of an event; more screens show what all show, and have no number */
#define WALL_NAME_LETTERS 40
#define WALL_SIDE_MOST 32768   /* pixels */
#define WALL_FRAME_SIZE 64
#define WALL_CODE_SIZE 7       /* six digits */
#define WALL_OPEN_MS WEB_SESSION_MS /* a code opens, and a wall stays open, so long after its event's end */
#define WALL_SILENT_MS INT64_C(75000) /* a wall that was not heard for so long is off, or has no line; it says every half minute that it is there */

struct wall {
    int64_t id, number;
    const char *name;            /* NULL: none was given */
    int64_t made_ms, seen_ms;    /* seen_ms, width, height: DB_NULL, frame, shows: NULL: never heard */
    int64_t width, height;
    const char *frame, *shows;
};
/* Those that are not shut out, by number. */
enum err wall_list(struct db *db, struct arena *arena, int64_t event_id, struct wall **ret, size_t *ret_count);

/* --- writing: in the caller's transaction --- */

/* A new wall of the event; 0 when there are WALLS_MOST. */
enum err wall_register(struct db *db, struct arena *arena, struct id_source *ids, int64_t event_id, int64_t now_ms, int64_t *ret_id);
/* The wall of a display's session, which gets one where it has none. `session_hash`: its id_hash. */
enum err wall_of_session(struct db *db, struct arena *arena, struct id_source *ids, const struct web_session *session, int64_t now_ms, int64_t *ret_id);

struct wall_report {
    int64_t width, height;       /* DB_NULL: it did not say */
    const char *frame, *shows;   /* may be NULL */
};
enum err wall_report(struct db *db, int64_t wall_id, const struct wall_report *report, int64_t now_ms);

/* `name` as typed; "" takes it away. ERR_INPUT: too long, or no text. ERR_NOT_FOUND. With its line in the audit log, as the others below. */
struct wall_work {
    struct db *db;
    struct arena *arena;
    int64_t event_id, now_ms;
    const char *event, *actor;
    struct fault *fault;
};
enum err wall_rename(const struct wall_work *work, int64_t wall_id, const char *name);
/* Shuts a wall out: its session ends, and its stream within its lease. 0: all of the event. Again is OK. */
enum err wall_end(const struct wall_work *work, int64_t wall_id);

/* --- the code --- */

/* The digits of what was typed, in any script, with any blanks or hyphens between; false when they are not six. */
bool wall_code_read(const char *typed, char out[WALL_CODE_SIZE]);
/* In a transaction: six digits that no other event has. ERR_LIMIT: none was found. */
enum err wall_code_make(struct db *db, struct arena *arena, char out[WALL_CODE_SIZE]);
/* In a transaction: a new code. Walls that are open stay so. */
enum err wall_code_renew(const struct wall_work *work);
/* Which event the code opens now. ERR_NOT_FOUND: none that is not long over. */
enum err wall_code_find(struct db *db, struct arena *arena, const char *code, int64_t now_ms, int64_t *ret_event_id, const char **ret_slug);
/* Gives six digits to events that an older version gave something else; a transaction of its own, none when there is nothing to do. */
enum err wall_code_adopt(struct db *db, struct fault *fault);

#endif
