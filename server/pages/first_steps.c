#include "server/pages/first_steps.h"
#include "catalogue.h"

#include <string.h>

#define STEPS 5

/* Lists are taken in by a room of their own. */
static bool has_door(const char *pattern)
{
    size_t count;
    const struct http_route *routes = routes_table(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(routes[i].pattern, pattern) == 0) return true;
    return false;
}

enum err first_steps_put(struct view *view, struct db *db, int64_t event_id, const char *slug, bool always)
{
    static const char *const keys[STEPS] = {"organization", "made", "people", "printed", "door"};
    struct sql_setup_started_row started = {0};
    struct sql_pages_organization_row organization;
    enum err e = sql_pages_organization(db, view->arena, &organization);
    bool done[STEPS] = {e == OK, slug != NULL};
    if (e == ERR_NOT_FOUND) e = OK;
    if (e == OK && slug) e = sql_setup_started(db, view->arena, event_id, &started);
    if (e != OK) return e;
    done[2] = started.delegates > 0;
    done[3] = started.printed > 0;
    done[4] = started.devices > 0;
    int left = 0;
    json_t *steps = json_object();
    for (size_t i = 0; i < STEPS; i++) {
        json_t *step = json_object();
        view_put(step, "state", done[i] ? "is-done" : left == 0 ? "is-next" : "is-later");
        view_put_flag(step, "is_done", done[i]);
        left += !done[i];
        view_put_json(steps, keys[i], step);
    }
    view_put(steps, "of", slug);
    view_put_flag(steps, "has_import", has_door("/admin/{event}/import"));
    view_put_flag(steps, "open", left > 0 && !(done[3] && done[4]));
    if (left == 0 && !always) json_decref(steps);
    else view_put_json(view->root, "steps", steps);
    return OK;
}
