/* What the live channels tell of scenes: `scene` in each snapshot, and the event `scene` at once when it is another one. Private to server/live_feed.c.
 *
 *     {"all": S, "walls": {"<wall id>": S}}      core/congress/scene/scene.h
 *
 * A wall shows walls[its id] where that is there, else all. A picture that is too large for one event (long messages on several walls)
 * comes with a snapshot alone, as soon. */
#ifndef PLENUM_SERVER_LIVE_SCENE_H
#define PLENUM_SERVER_LIVE_SCENE_H

#include "core/congress/scene/scene.h"
#include "server/live/live.h"

/* What was told last; zeroed at first. */
struct live_scene_told {
    bool begun;
    uint64_t hash;
};

/* Adds `scene` to a snapshot. */
enum err live_scene_put(struct arena *arena, const struct scene_board *board, json_t *snapshot);
/* Publishes `scene` where it is not what was told last; at the first time nothing is published: who comes gets a snapshot. False: it is too large for one event, or
 * memory is short, and a snapshot has to tell it. */
bool live_scene_tell(struct live_hub *hub, struct arena *arena, const struct scene_board *board, const char *wall, const char *desk, struct live_scene_told *told);

#endif
