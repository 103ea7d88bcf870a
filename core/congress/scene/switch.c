/* What the organiser does with scenes: presses, and what the programme shows. */
#include "core/congress/scene/scene.h"

#include "catalogue.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include <inttypes.h>
#include <string.h>

static const char *mode_word(enum scene_mode mode)
{
    return mode == SCENE_BY_HAND ? "hand" : mode == SCENE_BY_PROGRAMME ? "programme" : "all";
}

static bool is_request(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return length >= 8 && length <= 64 && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == length;
}

static enum err audit(const struct scene_work *w, const char *action, const char *detail)
{
    return audit_write(w->db, w->now_ms, w->actor, action, w->event, detail);
}

static enum err refuse_later(const struct scene_work *w)
{
    return fault_because(w->fault, ERR_CONFLICT, "scene_later", NULL, "somebody has switched the walls since: look at what they show now");
}

/* A press that was taken already; `changed` when the walls do not show what it said any more. ERR_NOT_FOUND: a new one. */
static enum err find_request(const struct scene_work *w, const char *request, int64_t *ret_seq, bool *ret_changed)
{
    struct sql_scene_request_row row;
    struct sql_scene_newer_row newer;
    enum err e = sql_scene_request(w->db, w->arena, request, &row);
    if (e != OK) return e;
    if (row.event_id != w->event_id) return ERR_CONFLICT;
    e = sql_scene_newer(w->db, w->arena, w->event_id, row.seq, row.wall_id, &newer);
    if (e != OK) return e;
    *ret_seq = row.seq;
    *ret_changed = row.undone_ms != DB_NULL || newer.count > 0;
    return OK;
}

static enum err check_press(const struct scene_work *w, const struct scene_press *p)
{
    struct sql_wall_find_row wall;
    if (!is_request(p->request)) return fault_because(w->fault, ERR_INPUT, "scene_form", NULL, "this form is incomplete: open the page anew");
    if (p->wall_id == 0 && p->mode == SCENE_AS_ALL) return fault_because(w->fault, ERR_INPUT, "scene_form", NULL, "all walls cannot be as all walls");
    if (p->mode == SCENE_BY_HAND && p->name == SCENE_MESSAGE && !p->text)
        return fault_because(w->fault, ERR_INPUT, "scene_text", NULL, "a message needs a text");
    return p->wall_id ? sql_wall_find(w->db, w->arena, w->event_id, p->wall_id, &wall) : OK;
}

enum err scene_switch(const struct scene_work *work, const struct scene_press *press, int64_t *ret_seq)
{
    struct sql_scene_next_seq_row next;
    bool changed = false, by_hand = press->mode == SCENE_BY_HAND;
    enum err e = check_press(work, press);
    if (e != OK) return e;
    e = find_request(work, press->request, ret_seq, &changed);
    if (e == OK) return changed ? refuse_later(work) : OK;
    if (e != ERR_NOT_FOUND) return e;
    e = sql_scene_next_seq(work->db, work->arena, work->event_id, &next);
    if (e != OK) return e;
    const struct sql_scene_insert_in in = {work->event_id, next.seq, press->request, press->wall_id, mode_word(press->mode), by_hand ? scene_word(press->name) : NULL,
                                           by_hand && press->name == SCENE_MESSAGE ? press->text : NULL, work->now_ms, work->actor};
    e = sql_scene_insert(work->db, &in, NULL);
    if (e != OK) return e;
    *ret_seq = next.seq;
    return audit(work, by_hand ? "scene by hand" : press->mode == SCENE_BY_PROGRAMME ? "scene by programme" : "scene as all",
                 arena_printf(work->arena, "{\"wall\":%" PRId64 ",\"scene\":\"%s\"}", press->wall_id, by_hand ? scene_word(press->name) : ""));
}

enum err scene_undo(const struct scene_work *work, int64_t seq)
{
    struct sql_scene_one_row row;
    struct sql_scene_newer_row newer;
    enum err e = sql_scene_one(work->db, work->arena, work->event_id, seq, &row);
    if (e != OK) return e;
    e = sql_scene_newer(work->db, work->arena, work->event_id, seq, row.wall_id, &newer);
    if (e != OK) return e;
    if (newer.count > 0) return refuse_later(work);
    if (row.undone_ms != DB_NULL) return OK;
    e = sql_scene_undo(work->db, &(struct sql_scene_undo_in){work->event_id, seq, work->now_ms, work->actor}, NULL);
    return e == OK ? audit(work, "scene undone", arena_printf(work->arena, "{\"wall\":%" PRId64 "}", row.wall_id)) : e;
}

/* --- what the programme shows ------------------------------------------------------------------------------------------------------------------ */

static enum err check_rule(const struct scene_work *w, const enum scene_name *scene)
{
    if (scene && *scene == SCENE_MESSAGE) return fault_because(w->fault, ERR_INPUT, "scene_rule", NULL, "a message is shown by hand");
    return OK;
}

static enum err insert_rule(const struct scene_work *w, const char *phase, int64_t session_id, int64_t from_ms, int64_t until_ms, enum scene_name scene)
{
    const struct sql_scene_rule_insert_in in = {id_next(w->ids), w->event_id, phase, session_id, from_ms, until_ms, scene_word(scene)};
    return sql_scene_rule_insert(w->db, &in, NULL);
}

static enum err audit_rule(const struct scene_work *w, const char *where, const enum scene_name *scene)
{
    return audit(w, "scene programme", arena_printf(w->arena, "{\"at\":\"%s\",\"scene\":\"%s\"}", where, scene ? scene_word(*scene) : ""));
}

enum err scene_rule_phase(const struct scene_work *work, enum scene_phase phase, const enum scene_name *scene)
{
    enum err e = check_rule(work, scene);
    if (e == OK) e = sql_scene_rule_phase_clear(work->db, work->event_id, scene_phase_word(phase), NULL);
    if (e == OK && scene) e = insert_rule(work, scene_phase_word(phase), DB_NULL, DB_NULL, DB_NULL, *scene);
    return e == OK ? audit_rule(work, scene_phase_word(phase), scene) : e;
}

enum err scene_rule_session(const struct scene_work *work, int64_t session_id, const enum scene_name *scene)
{
    enum err e = check_rule(work, scene);
    if (e == OK) e = sql_scene_rule_session_clear(work->db, work->event_id, session_id, NULL);
    if (e == OK && scene) e = insert_rule(work, NULL, session_id, DB_NULL, DB_NULL, *scene);
    return e == OK ? audit_rule(work, "session", scene) : e;
}

enum err scene_rule_span(const struct scene_work *work, int64_t from_ms, int64_t until_ms, enum scene_name scene)
{
    struct scene_rules rules;
    enum err e = check_rule(work, &scene);
    if (e != OK) return e;
    if (until_ms <= from_ms) return fault_because(work->fault, ERR_INPUT, "scene_times", NULL, "the end must come after the beginning");
    e = scene_rules_read(work->db, work->arena, work->event_id, &rules);
    if (e != OK) return e;
    for (size_t i = 0; i < rules.span_count; i++) /* a form that was sent twice */
        if (rules.spans[i].from_ms == from_ms && rules.spans[i].until_ms == until_ms && rules.spans[i].scene == scene) return OK;
    if (rules.span_count >= SCENE_SPANS_MOST) return fault_because(work->fault, ERR_LIMIT, "scene_spans", NULL, "no more than %d stretches of time", SCENE_SPANS_MOST);
    e = insert_rule(work, NULL, DB_NULL, from_ms, until_ms, scene);
    return e == OK ? audit_rule(work, "time", &scene) : e;
}

enum err scene_rule_span_end(const struct scene_work *work, int64_t id)
{
    enum err e = sql_scene_rule_delete(work->db, work->event_id, id, NULL);
    return e == OK ? audit_rule(work, "time", NULL) : e;
}

enum err scene_message(struct arena *arena, json_t *texts, const char **ret, struct fault *fault)
{
    const char *tag;
    json_t *text;
    json_object_foreach(texts, tag, text)
        if (text_length(json_string_value(text)) > SCENE_TEXT_LETTERS)
            return fault_because(fault, ERR_INPUT, "scene_long", NULL, "longer than %d letters: nobody could read it from the last row", SCENE_TEXT_LETTERS);
    if (!json_object_size(texts)) return fault_because(fault, ERR_INPUT, "scene_text", NULL, "a message needs a text");
    const char *title = json_text(arena, texts);
    if (!title) return ERR_NOMEM;
    if (strlen(title) > SCENE_TEXT_BYTES) return fault_because(fault, ERR_INPUT, "scene_long", NULL, "all its languages together are too long");
    *ret = title;
    return OK;
}
