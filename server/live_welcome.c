#include "server/live_welcome.h"

#include "core/base/clock.h"

enum err live_welcome_json(struct db *db, struct arena *arena, const struct programme *programme, const struct programme_gate *gate, int64_t now_ms, json_t **ret)
{
    struct welcome_guest *guests;
    size_t count;
    char at[CLOCK_TEXT_SIZE];
    enum err e = welcome_guests(db, arena, programme, gate, now_ms, &guests, &count);
    if (e != OK) return e;
    json_t *list = json_array();
    bool failed = !list;
    for (size_t i = 0; i < count && !failed; i++) {
        const struct welcome_guest *g = &guests[i];
        failed = json_array_append_new(list, json_pack("{s:s,s:s,s:s?,s:s?,s:b,s:s}", "scan_id", g->scan_id, "name", g->name, "honorific", g->honorific, "seat", g->seat,
                                                       "photo", g->has_photo, "at", clock_format(g->received_ms, at))) != 0;
    }
    json_t *picture = json_pack("{s:b,s:s,s:o}", "on", gate->greets, "as_of", clock_format(now_ms, at), "guests", list);
    if (failed || !picture) {
        json_decref(picture);
        return ERR_NOMEM;
    }
    *ret = picture;
    return OK;
}

char *live_welcome_channel(struct arena *arena, const char *event, const char *gate)
{
    return arena_printf(arena, "welcome:%s:%s", event, gate);
}

enum err live_welcome_set(struct live_hub *hub, struct db *db, struct arena *arena, const struct programme *programme, const struct programme_gate *gate, bool always)
{
    json_t *picture = NULL;
    const char *channel = live_welcome_channel(arena, programme->slug, gate->code);
    if (!channel) return ERR_NOMEM;
    if (!always && live_listeners(hub, channel) == 0) return OK;
    enum err e = live_welcome_json(db, arena, programme, gate, clock_now_ms(), &picture);
    const char *text = e == OK ? json_text(arena, picture) : NULL;
    json_decref(picture);
    if (e == OK && !text) e = ERR_NOMEM;
    return e == OK ? live_set_snapshot(hub, channel, text, true) : e;
}
