#include "server/live_scene.h"

#include <string.h>

enum err live_scene_put(struct arena *arena, const struct scene_board *board, json_t *snapshot)
{
    json_t *scene = NULL;
    enum err e = scene_board_json(arena, board, &scene);
    return e == OK && json_object_set_new(snapshot, "scene", scene) != 0 ? ERR_NOMEM : e;
}

static uint64_t hash(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *text; text++) h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h;
}

bool live_scene_tell(struct live_hub *hub, struct arena *arena, const struct scene_board *board, const char *wall, const char *desk, struct live_scene_told *told)
{
    json_t *scene = NULL;
    char *text = scene_board_json(arena, board, &scene) == OK ? json_text(arena, scene) : NULL;
    json_decref(scene);
    if (!text) return false; /* the next look tells it */
    struct live_scene_told now = {true, hash(text)};
    bool fits = strlen(text) <= LIVE_EVENT_LONGEST, other = told->begun && now.hash != told->hash;
    if (other && fits) {
        (void)live_publish(hub, wall, "scene", text);
        (void)live_publish(hub, desk, "scene", text);
    }
    *told = now;
    return !other || fits;
}
