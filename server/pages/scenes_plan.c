/* The parts of /admin/{event}/wall that change seldom: what the programme shows, and where walls are opened. */
#include "server/pages/scenes.h"
#include "server/qr_path.h"

#include <inttypes.h>
#include <string.h>

/* All scenes but the message, which has no place in a programme. `chosen` SCENE_COUNT: none of them. */
static json_t *choices(struct view *view, int chosen)
{
    json_t *list = json_array();
    for (int i = 0; i < SCENE_COUNT; i++) {
        if (i == SCENE_MESSAGE) continue;
        json_t *out = json_object();
        view_put(out, "scene", scene_word((enum scene_name)i));
        view_put(out, "words", view_words(view, arena_printf(view->arena, "scenes.name.%s", scene_word((enum scene_name)i))));
        view_put_flag(out, "chosen", i == chosen);
        json_array_append_new(list, out);
    }
    return list;
}

static json_t *phase_view(struct view *view, const struct scene_rules *rules, enum scene_phase phase)
{
    json_t *out = json_object();
    view_put(out, "phase", scene_phase_word(phase));
    view_put(out, "words", view_words(view, arena_printf(view->arena, "scenes.phase.%s", scene_phase_word(phase))));
    view_put_json(out, "choices", choices(view, (int)rules->phases[phase]));
    return out;
}

static json_t *session_view(struct view *view, const struct programme *programme, const struct scene_rules *rules, const struct programme_session *session)
{
    json_t *out = json_object();
    int chosen = SCENE_COUNT;
    for (size_t i = 0; i < rules->session_count; i++)
        if (rules->sessions[i].session_id == session->id) chosen = (int)rules->sessions[i].scene;
    view_put(out, "code", session->code);
    view_put_title(view, out, "title", session->title);
    view_put(out, "when", view_moment(view, programme->timezone, session->starts_ms));
    view_put_json(out, "choices", choices(view, chosen));
    return out;
}

static json_t *span_view(struct view *view, const struct programme *programme, const struct scene_span *span)
{
    json_t *out = json_object();
    view_put(out, "id", arena_printf(view->arena, "%" PRId64, span->id));
    view_put(out, "from", view_moment(view, programme->timezone, span->from_ms));
    view_put(out, "until", view_moment(view, programme->timezone, span->until_ms));
    view_put(out, "words", view_words(view, arena_printf(view->arena, "scenes.name.%s", scene_word(span->scene))));
    return out;
}

void scenes_put_plan(struct view *view, const struct programme *programme, const struct scene_rules *rules)
{
    json_t *phases = json_array(), *sessions = json_array(), *spans = json_array();
    for (int i = 0; i < SCENE_PHASE_COUNT; i++) json_array_append_new(phases, phase_view(view, rules, (enum scene_phase)i));
    for (size_t i = 0; i < programme->session_count; i++) json_array_append_new(sessions, session_view(view, programme, rules, &programme->sessions[i]));
    for (size_t i = 0; i < rules->span_count; i++) json_array_append_new(spans, span_view(view, programme, &rules->spans[i]));
    view_put_json(view->root, "phases", phases);
    view_put_flag(view->root, "has_sessions", programme->session_count > 0);
    view_put_json(view->root, "sessions", sessions);
    view_put_flag(view->root, "has_spans", rules->span_count > 0);
    view_put_json(view->root, "spans", spans);
    view_put_json(view->root, "span_choices", choices(view, SCENE_COUNT));
}

/* Walls need no secret, so they use the plain address, which no browser has to be taught to trust. */
void scenes_put_address(struct view *view, const struct event_page *event)
{
    const struct app *app = view->app;
    const char *base = app->public_url ? app->public_url : app->plain_base;
    const char *bare = base && strstr(base, "://") ? strstr(base, "://") + 3 : base;
    unsigned size;
    if (!base) return;
    const char *url = arena_printf(view->arena, "%s/w", base);
    const char *path = url ? qr_path(view->arena, url, &size) : NULL;
    view_put(view->root, "short", arena_printf(view->arena, "%s/w", strncmp(base, "http://", 7) == 0 ? bare : base));
    view_put(view->root, "short_frame", "/w?w=1920&h=960&safe=4&transparent=1");
    if (path) view_put_json(view->root, "qr", json_pack("{s:I, s:s}", "size", (json_int_t)size, "path", path));
    if (event->display_code && strlen(event->display_code) == WALL_CODE_SIZE - 1)
        view_put(view->root, "code", arena_printf(view->arena, "%.3s %.3s", event->display_code, event->display_code + 3));
}
