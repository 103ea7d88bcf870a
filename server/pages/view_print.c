/* The parts of a view that come from printing: moments, and badges whose address is not ours any more; and what tells of the second copy. */
#include "server/mirror_job.h"
#include "server/pages/view.h"

#include <string.h>

char *view_moment(struct view *view, const char *timezone, int64_t ms)
{
    return arena_printf(view->arena, "%s %s", i18n_time(view->arena, timezone, ms), i18n_date_range(view->arena, timezone, ms, ms));
}

enum err view_put_host_warnings(struct view *view, struct db *db, const struct programme *programme)
{
    struct event_page_host *hosts;
    size_t count;
    enum err err = event_page_print_hosts(db, view->arena, programme->event_id, &hosts, &count);
    if (err != OK) return err;
    const char *current = strstr(view->app->public_url, "://");
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (app_answers_to(view->app, hosts[i].host)) continue;
        json_t *warning = json_object();
        view_put(warning, "printed", hosts[i].host);
        view_put(warning, "current", current == NULL ? view->app->public_url : current + 3);
        view_put_number(warning, "badges", hosts[i].badges);
        view_put(warning, "at", view_moment(view, programme->timezone, hosts[i].printed_ms));
        json_array_append_new(list, warning);
    }
    view_put_json(view->root, "warnings", list);
    return OK;
}

void view_put_mirror(struct view *view)
{
    struct mirror_state state;
    mirror_job_state(view->app->mirror, &state);
    if (!state.is_on) return;
    json_t *out = json_object();
    view_put_flag(out, "bad", mirror_state_is_bad(&state));
    view_put_flag(out, "whole", state.is_whole);
    view_put(out, "folder", state.folder);
    view_put(out, "trouble", state.trouble[0] ? state.trouble : NULL);
    if (state.is_whole) view_put_number(out, "behind", (state.lag_ms + 999) / 1000);
    if (state.missing > 0) view_put_number(out, "missing", state.missing);
    view_put_json(view->root, "mirror", out);
}
