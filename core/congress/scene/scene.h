/* What hangs on the walls: switched by hand, for all walls or one, or by the programme (plan.h).
 *
 * Each press is a row that stays; what holds is the newest that was not undone. A press for all walls is for all: what a wall showed of its own before ends with
 * it. Nothing is kept in memory, so a server that starts again shows what it showed. A press is sent again without harm (`request`).
 * docs/decisions/0045-scenes.md. Texts live in the arena. Not thread-safe: one connection. */
#ifndef PLENUM_CONGRESS_SCENE_SCENE_H
#define PLENUM_CONGRESS_SCENE_SCENE_H

#include "core/base/id.h"
#include "core/base/json.h"
#include "core/congress/scene/plan.h"

#define SCENE_TEXT_LETTERS 240 /* of a message, in one language: what can be read from the last row */
#define SCENE_TEXT_BYTES 3000  /* of all its languages, so that it fits into one event of a stream */
#define SCENE_SPANS_MOST 200   /* of an event */

enum scene_mode { SCENE_BY_HAND, SCENE_BY_PROGRAMME, SCENE_AS_ALL };

/* What a wall shows now. */
struct scene_state {
    enum scene_name name;
    enum scene_mode mode;    /* by hand or by the programme */
    int64_t seq;             /* of the press that made it so; 0: nobody pressed anything */
    int64_t since_ms;        /* DB_NULL: ever since (before the event's first day) */
    const char *text;        /* of a message: a stored title; else NULL */
    const char *actor;       /* who pressed; NULL: nobody */
    const char *session;     /* the code of the session that is on, or whose registration it is; NULL: none */
};
struct scene_of_wall {
    int64_t wall_id;
    struct scene_state state;
};
struct scene_board {
    struct scene_state all;
    struct scene_of_wall *walls; /* those that show something of their own */
    size_t wall_count;
    struct scene_moment planned; /* what the programme would show, also while something else hangs there */
    struct scene_moment then;    /* and after that; the same again where it stays */
    int64_t next_change_ms;      /* the next moment at which something changes by itself; INT64_MAX: never */
};
enum err scene_board_read(struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct scene_board *ret);
/* Of a wall: its own, else that of all. */
const struct scene_state *scene_of(const struct scene_board *board, int64_t wall_id);
/* {"all": S, "walls": {"<wall id>": S}}, S = {"name", "by": "hand" or "programme", "since", "text": title or null, "session": code or null}. Owned by the caller. */
enum err scene_board_json(struct arena *arena, const struct scene_board *board, json_t **ret);

enum err scene_rules_read(struct db *db, struct arena *arena, int64_t event_id, struct scene_rules *ret);

/* --- writing: in the caller's transaction, with its line in the audit log; texts of faults are for the organiser ------------------------------------- */

struct scene_work {
    struct db *db;
    struct arena *arena;
    struct id_source *ids;
    int64_t event_id, now_ms;
    const char *event, *actor; /* slug; account */
    struct fault *fault;
};
struct scene_press {
    const char *request; /* 8 to 64 letters, digits, "-" and "_", another one for each press */
    int64_t wall_id;     /* 0: all walls */
    enum scene_mode mode;
    enum scene_name name; /* by hand */
    const char *text;     /* of a message: a stored title */
};
/* ERR_INPUT: no such request, a message without a text or with too much of it, "as all" for all; ERR_NOT_FOUND: no such wall. The same request again is OK and
 * changes nothing, but ERR_CONFLICT where another press came in between: the walls do not show what was asked for. */
enum err scene_switch(const struct scene_work *work, const struct scene_press *press, int64_t *ret_seq);
/* Takes a press back: what hung there before hangs there again. Again is OK. ERR_CONFLICT: somebody has switched since; ERR_NOT_FOUND. */
enum err scene_undo(const struct scene_work *work, int64_t seq);

/* What the programme shows: `scene` NULL takes the decision back. A message has no place in it (ERR_INPUT). */
enum err scene_rule_phase(const struct scene_work *work, enum scene_phase phase, const enum scene_name *scene);
enum err scene_rule_session(const struct scene_work *work, int64_t session_id, const enum scene_name *scene);
/* ERR_INPUT: the end is not after the beginning; ERR_LIMIT. */
enum err scene_rule_span(const struct scene_work *work, int64_t from_ms, int64_t until_ms, enum scene_name scene);
enum err scene_rule_span_end(const struct scene_work *work, int64_t id);

/* The title of a message from its tidied texts by language (borrowed). ERR_INPUT: none, or too much. */
enum err scene_message(struct arena *arena, json_t *texts, const char **ret, struct fault *fault);

#endif
