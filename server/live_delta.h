/* What of the figures is told as a small event, and what only a whole snapshot can tell. Private to server/live_feed.c. */
#ifndef PLENUM_SERVER_LIVE_DELTA_H
#define PLENUM_SERVER_LIVE_DELTA_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/json.h"

#include <stddef.h>
#include <stdint.h>

/* What the screens of an event know. Zeroed at first; belongs to one thread at a time. */
struct live_delta {
    json_t *told; /* owned; figures */
    size_t turn;  /* of the delegations, who comes first next time */
    bool owes;    /* something changed that no event has told */
};
void live_delta_release(struct live_delta *delta);

/* A whole snapshot with these figures (figures_json) is told, or is what everybody begins with. */
enum err live_delta_whole(struct live_delta *delta, const json_t *figures);

/* The event `stats`, at most `longest` bytes, from what is known to these figures. Small parts are always in it. `arrivals`, `quorums` and `fixed` are when they have
 * changed, of `by_delegation` and `by_session` those items that have, as far as there is room: delegations that had none come first the next time, all else is
 * owed to the next snapshot. ERR_LIMIT: not even the small parts have room. */
enum err live_delta_stats(struct live_delta *delta, struct arena *arena, const json_t *figures, size_t longest, const char **ret);

/* A hash of all in a snapshot that `stats` does not carry (titles, names, the programme, news, scenes, …) and of `more`. While it stays, the screens need no
 * whole snapshot. */
uint64_t live_delta_structure(struct arena *arena, const json_t *snapshot, const json_t *figures, const char *more);

#endif
