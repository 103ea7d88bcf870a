#include "core/congress/scene/scene.h"

#include "catalogue.h"
#include "core/congress/json_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static enum scene_mode mode_of(const char *word)
{
    return strcmp(word, "hand") == 0 ? SCENE_BY_HAND : strcmp(word, "all") == 0 ? SCENE_AS_ALL : SCENE_BY_PROGRAMME;
}

/* --- rules -------------------------------------------------------------------------------------------------------------------------------- */

enum err scene_rules_read(struct db *db, struct arena *arena, int64_t event_id, struct scene_rules *ret)
{
    struct sql_scene_rules_row *rows;
    size_t count;
    struct scene_rules rules;
    scene_rules_default(&rules);
    enum err e = sql_scene_rules(db, arena, event_id, &rows, &count);
    if (e != OK) return e;
    struct scene_session_rule *sessions = arena_array(arena, count + 1, sizeof *sessions);
    struct scene_span *spans = arena_array(arena, count + 1, sizeof *spans);
    if (!sessions || !spans) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct sql_scene_rules_row *row = &rows[i];
        enum scene_name scene;
        enum scene_phase phase;
        if (!scene_from_word(row->scene, &scene)) continue; /* of a newer version */
        if (row->session_id != DB_NULL) sessions[rules.session_count++] = (struct scene_session_rule){row->session_id, scene};
        else if (row->from_ms != DB_NULL) spans[rules.span_count++] = (struct scene_span){row->id, row->from_ms, row->until_ms, scene};
        else if (scene_phase_from_word(row->phase, &phase)) rules.phases[phase] = scene;
    }
    rules.sessions = sessions;
    rules.spans = spans;
    *ret = rules;
    return OK;
}

/* --- what hangs there ---------------------------------------------------------------------------------------------------------------------- */

static struct scene_state state_of(const struct sql_scene_newest_row *row, const struct scene_moment *planned)
{
    struct scene_state state = {.name = planned->scene, .mode = SCENE_BY_PROGRAMME, .since_ms = planned->since_ms,
                                .session = planned->session ? planned->session->code : NULL};
    enum scene_name name;
    if (!row) return state;
    state.seq = row->seq;
    state.actor = row->actor;
    if (mode_of(row->mode) != SCENE_BY_HAND || !scene_from_word(row->scene, &name)) {
        if (row->at_ms > state.since_ms) state.since_ms = row->at_ms; /* DB_NULL is less than any moment */
        return state;
    }
    state.mode = SCENE_BY_HAND;
    state.name = name;
    state.since_ms = row->at_ms;
    state.text = name == SCENE_MESSAGE ? row->text : NULL;
    return state;
}

static enum err read_presses(struct db *db, struct arena *arena, int64_t event_id, struct scene_board *board)
{
    struct sql_scene_newest_row *rows;
    struct sql_walls_row *walls;
    size_t count, wall_count, at = 0;
    const struct sql_scene_newest_row *all = NULL;
    enum err e = sql_scene_newest(db, arena, event_id, &rows, &count);
    if (e == OK) e = sql_walls(db, arena, event_id, &walls, &wall_count);
    if (e != OK) return e;
    board->walls = arena_array(arena, count + 1, sizeof *board->walls);
    if (!board->walls) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        if (rows[i].wall_id == 0) all = &rows[i];
    board->all = state_of(all, &board->planned);
    for (size_t i = 0; i < count; i++) {
        bool there = false;
        for (size_t k = 0; k < wall_count; k++) there = there || walls[k].id == rows[i].wall_id;
        if (!there || mode_of(rows[i].mode) == SCENE_AS_ALL || (all && rows[i].seq < all->seq)) continue;
        board->walls[at++] = (struct scene_of_wall){rows[i].wall_id, state_of(&rows[i], &board->planned)};
    }
    board->wall_count = at;
    return OK;
}

enum err scene_board_read(struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct scene_board *ret)
{
    struct scene_rules rules;
    struct scene_board board = {0};
    enum err e = scene_rules_read(db, arena, programme->event_id, &rules);
    if (e != OK) return e;
    scene_plan_at(programme, &rules, now_ms, &board.planned);
    board.then = board.planned;
    board.next_change_ms = board.planned.until_ms;
    if (board.next_change_ms != INT64_MAX) scene_plan_at(programme, &rules, board.next_change_ms, &board.then);
    e = read_presses(db, arena, programme->event_id, &board);
    if (e == OK) *ret = board;
    return e;
}

const struct scene_state *scene_of(const struct scene_board *board, int64_t wall_id)
{
    for (size_t i = 0; i < board->wall_count; i++)
        if (board->walls[i].wall_id == wall_id) return &board->walls[i].state;
    return &board->all;
}

static json_t *state_json(const struct scene_state *s)
{
    json_t *text = json_null();
    if (s->text && json_read(s->text, strlen(s->text), &text, NULL) != OK) text = json_string(s->text);
    return json_pack("{s:s, s:s, s:o, s:o, s:s?}", "name", scene_word(s->name), "by", s->mode == SCENE_BY_HAND ? "hand" : "programme", "since",
                     json_time_or_null(s->since_ms), "text", text, "session", s->session);
}

enum err scene_board_json(struct arena *arena, const struct scene_board *board, json_t **ret)
{
    bool failed = false;
    json_t *walls = json_sure(json_object(), &failed);
    for (size_t i = 0; !failed && i < board->wall_count; i++) {
        const char *key = arena_printf(arena, "%" PRId64, board->walls[i].wall_id);
        failed = !key || json_object_set_new(walls, key, state_json(&board->walls[i].state)) != 0;
    }
    json_t *out = json_pack("{s:o, s:o}", "all", json_sure(state_json(&board->all), &failed), "walls", walls);
    if (failed || !out) {
        json_decref(out);
        return ERR_NOMEM;
    }
    *ret = out;
    return OK;
}
