/* GET /admin/{event}/wall: what hangs on the walls, switched from the phone in the organiser's hand. ?for= one wall; ?part=live: what changes, alone. Forms are in
 * scenes_forms.c; everything works without JavaScript, with it the page follows what others switch. */
#include "server/pages/scenes.h"

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/figures/keep.h"
#include "core/congress/title.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SWITCHING_MS 2000 /* a wall that says so long after a press what it shows has had time to switch */
#define TEXT_SEEN 120 /* bytes of a ready sentence in the list to choose from */

struct page {
    struct staff_page staff;
    struct scene_board board;
    struct scene_rules rules;
    struct figures figures;
    struct wall *walls;
    size_t wall_count;
    const struct wall *wall; /* that the buttons are for; NULL: all */
    bool is_gone;            /* that wall was shut out meanwhile */
    int64_t now_ms;
};

/* --- words --------------------------------------------------------------------------------------------------------------------------------- */

static const char *scene_words(struct view *view, const char *kind, enum scene_name name)
{
    return view_words(view, arena_printf(view->arena, "scenes.%s.%s", kind, scene_word(name)));
}

static const char *wall_name(struct view *view, const struct wall *wall)
{
    return wall->name ? wall->name : arena_printf(view->arena, "%s %" PRId64, view_words(view, "scenes.wall"), wall->number);
}

/* "08:00", or with its day when that is not today's. */
static const char *moment(struct page *p, int64_t ms)
{
    const char *zone = p->staff.event.timezone, *whole = view_moment(&p->staff.view, zone, ms), *today = view_moment(&p->staff.view, zone, p->now_ms);
    const char *day = whole ? strchr(whole, ' ') : NULL, *this_day = today ? strchr(today, ' ') : NULL;
    return day && this_day && strcmp(day, this_day) == 0 ? arena_strndup(p->staff.view.arena, whole, (size_t)(day - whole)) : whole;
}

/* --- what hangs there ------------------------------------------------------------------------------------------------------------------------ */

static const char *count_of(struct view *view, int64_t part, int64_t whole)
{
    return arena_printf(view->arena, "%" PRId64 " / %" PRId64, part, whole);
}

static void put_quorum(struct page *p, json_t *out)
{
    struct view *view = &p->staff.view;
    const struct figures_quorum *q = &p->figures.quorum;
    if (!q->known) return;
    view_put(out, "big", count_of(view, q->present, q->required));
    view_put(out, "small", view_words(view, q->reached ? "scenes.reached" : "scenes.required"));
}

static void put_session(struct page *p, json_t *out)
{
    struct view *view = &p->staff.view;
    const struct programme_session *session = programme_session_at(p->staff.programme, DB_NULL, p->now_ms);
    view_put(out, "text", session ? title_pick(view->arena, session->title, view->tag) : view_words(view, "scenes.nothing_on"));
    if (session) view_put(out, "small", arena_printf(view->arena, "%s – %s", i18n_time(view->arena, p->staff.event.timezone, session->starts_ms),
                                                     i18n_time(view->arena, p->staff.event.timezone, session->ends_ms)));
}

/* What a person in the hall sees, in a few words: the small picture of a wall. */
static json_t *state_view(struct page *p, const struct scene_state *s)
{
    struct view *view = &p->staff.view;
    json_t *out = json_object();
    view_put(out, "scene", scene_word(s->name));
    view_put(out, "words", scene_words(view, "name", s->name));
    view_put_flag(out, "by_hand", s->mode == SCENE_BY_HAND);
    view_put_flag(out, "is_black", s->name == SCENE_BLACK);
    if (s->since_ms != DB_NULL) view_put(out, "since", moment(p, s->since_ms));
    if (s->mode == SCENE_BY_HAND) view_put_actor(view, out, "actor", s->actor);
    switch (s->name) {
    case SCENE_ATTENDANCE:
        view_put(out, "big", count_of(view, p->figures.event.present, p->figures.event.expected));
        view_put(out, "small", view_words(view, "figures.present"));
        break;
    case SCENE_QUORUM: put_quorum(p, out); break;
    case SCENE_PROGRAMME: put_session(p, out); break;
    case SCENE_WELCOME: view_put_title(view, out, "text", p->staff.event.title); break;
    case SCENE_MESSAGE: view_put_title(view, out, "text", s->text); break;
    default: view_put(out, "small", scene_words(view, "about", s->name)); break;
    }
    return out;
}

static bool is_silent(const struct page *p, const struct wall *wall)
{
    return p->now_ms - (wall->seen_ms != DB_NULL ? wall->seen_ms : wall->made_ms) > WALL_SILENT_MS;
}

/* What a wall said before the press says nothing of what it shows since: no alarm until it had time to answer, or was heard again. */
static bool was_heard_since(const struct wall *wall, const struct scene_state *state)
{
    return wall->seen_ms != DB_NULL && (state->since_ms == DB_NULL || wall->seen_ms > state->since_ms + SWITCHING_MS);
}

/* "1920 × 960 · margin 4 % · see-through", from "w=1920&h=960&safe=4&transparent=1", which our own code wrote. */
static const char *frame_words(struct view *view, const char *frame)
{
    long w = 0, h = 0;
    const char *at = frame ? frame : "", *safe = NULL, *out = "";
    bool clear = strstr(at, "transparent=1") != NULL;
    for (; *at; at += strcspn(at, "&"), at += *at == '&') {
        if (strncmp(at, "w=", 2) == 0) w = strtol(at + 2, NULL, 10);
        else if (strncmp(at, "h=", 2) == 0) h = strtol(at + 2, NULL, 10);
        else if (strncmp(at, "safe=", 5) == 0) safe = arena_strndup(view->arena, at + 5, strcspn(at + 5, "&"));
    }
    if (w && h) out = arena_printf(view->arena, "%ld × %ld", w, h);
    if (safe) out = arena_printf(view->arena, "%s%s%s %s%s", out, *out ? " · " : "", view_words(view, "scenes.safe"), safe, strstr(safe, "px") ? "" : " %");
    if (clear) out = arena_printf(view->arena, "%s%s%s", out, *out ? " · " : "", view_words(view, "scenes.transparent"));
    return out;
}

static json_t *wall_view(struct page *p, const struct wall *wall)
{
    struct view *view = &p->staff.view;
    const struct scene_state *state = scene_of(&p->board, wall->id);
    enum scene_name shows;
    json_t *out = state_view(p, state);
    view_put(out, "id", arena_printf(view->arena, "%" PRId64, wall->id));
    view_put(out, "name", wall_name(view, wall));
    view_put(out, "given", wall->name);
    view_put_flag(out, "own", state != &p->board.all);
    view_put_flag(out, "chosen", p->wall == wall);
    view_put_flag(out, "silent", is_silent(p, wall));
    if (wall->seen_ms != DB_NULL) view_put(out, "seen", moment(p, wall->seen_ms));
    if (wall->width != DB_NULL && wall->height != DB_NULL) view_put(out, "size", arena_printf(view->arena, "%" PRId64 " × %" PRId64, wall->width, wall->height));
    view_put(out, "frame", frame_words(view, wall->frame));
    bool heard = !is_silent(p, wall) && was_heard_since(wall, state);
    if (heard && scene_from_word(wall->shows, &shows) && shows != state->name) view_put(out, "differs", scene_words(view, "name", shows));
    return out;
}

/* --- buttons ------------------------------------------------------------------------------------------------------------------------------------ */

static void put_buttons(struct page *p, const struct scene_state *state)
{
    struct view *view = &p->staff.view;
    json_t *buttons = json_array();
    for (int i = 0; i < SCENE_COUNT; i++) {
        json_t *out = json_object();
        view_put(out, "scene", scene_word((enum scene_name)i));
        view_put(out, "words", scene_words(view, "name", (enum scene_name)i));
        view_put(out, "about", scene_words(view, "about", (enum scene_name)i));
        view_put_flag(out, "on", state->name == (enum scene_name)i);
        view_put_flag(out, "is_message", i == SCENE_MESSAGE);
        json_array_append_new(buttons, out);
    }
    view_put_json(view->root, "buttons", buttons);
    view_put(view->root, "planned", scene_words(view, "name", p->board.planned.scene));
    if (p->board.next_change_ms != INT64_MAX) view_put(view->root, "then_at", moment(p, p->board.next_change_ms));
    view_put(view->root, "then", scene_words(view, "name", p->board.then.scene));
    view_put_flag(view->root, "follows", state->mode != SCENE_BY_HAND && (!p->wall || state != &p->board.all));
    view_put_flag(view->root, "as_all", p->wall && state == &p->board.all);
}

/* A press can be taken back by whoever just made it; black by anyone, because it looks like a fault. */
static void put_undo(struct page *p, const struct scene_state *state)
{
    struct view *view = &p->staff.view;
    const char *asked = http_query(view->req, "seq");
    bool own = asked && state->seq && messages_read_id(asked) == state->seq;
    bool black = state->name == SCENE_BLACK && state->mode == SCENE_BY_HAND;
    if (state->seq && (own || black)) view_put(view->root, "undo", arena_printf(view->arena, "%" PRId64, state->seq));
    view_put_flag(view->root, "dark", state->name == SCENE_BLACK);
}

static void put_live(struct page *p)
{
    char request[ID_UUID_SIZE];
    struct view *view = &p->staff.view;
    const struct scene_state *state = p->wall ? scene_of(&p->board, p->wall->id) : &p->board.all;
    json_t *walls = json_array();
    id_uuid7(request);
    for (size_t i = 0; i < p->wall_count; i++) json_array_append_new(walls, wall_view(p, &p->walls[i]));
    view_put(view->root, "request", request);
    view_put_json(view->root, "now", state_view(p, state));
    view_put(view->root, "target", p->wall ? wall_name(view, p->wall) : view_words(view, "scenes.all"));
    view_put(view->root, "for", p->wall ? arena_printf(view->arena, "%" PRId64, p->wall->id) : "0");
    view_put_flag(view->root, "for_all", !p->wall);
    view_put_flag(view->root, "has_walls", p->wall_count > 0);
    view_put_json(view->root, "walls", walls);
    view_put(view->root, "clock", i18n_time(view->arena, p->staff.event.timezone, p->now_ms));
    put_buttons(p, state);
    put_undo(p, state);
}

/* --- the message's form --------------------------------------------------------------------------------------------------------------------------- */

static enum err put_message(struct page *p, const struct scene_state *state, bool again)
{
    struct view *view = &p->staff.view;
    struct db *db = p->staff.worker->db;
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    struct announcement *list;
    size_t tag_count, count;
    enum err e = messages_languages(db, view->arena, tags, &tag_count);
    if (e == OK) e = announcement_open(db, view->arena, p->staff.event.id, &list, &count);
    if (e != OK) return e;
    json_t *texts = json_array(), *ready = json_array(), *stored = NULL;
    if (state->text && json_read(state->text, strlen(state->text), &stored, NULL) != OK) stored = NULL;
    for (size_t i = 0; i < tag_count; i++) {
        json_t *out = json_object();
        const char *text = again ? http_form(view->req, arena_printf(view->arena, "text_%s", tags[i])) : json_string_value(json_object_get(stored, tags[i]));
        view_put(out, "tag", tags[i]);
        view_put(out, "language", messages_language_name(tags[i]));
        view_put(out, "dir", text_is_right_to_left(tags[i]) ? "rtl" : "ltr");
        view_put(out, "text", text);
        json_array_append_new(texts, out);
    }
    json_decref(stored);
    for (size_t i = 0; i < count; i++) {
        if (!list[i].to_wall || announcement_state_at(&list[i], p->now_ms) >= ANNOUNCEMENT_OVER) continue;
        const char *whole = title_pick(view->arena, list[i].text, view->tag);
        size_t *breaks, pieces = whole && strlen(whole) > TEXT_SEEN ? text_letter_breaks(view->arena, whole, &breaks) : 0, length = whole ? strlen(whole) : 0;
        for (size_t k = 0; k < pieces && breaks[k] <= TEXT_SEEN; k++) length = breaks[k];
        json_t *out = json_object();
        view_put(out, "id", arena_printf(view->arena, "%" PRId64, list[i].id));
        view_put(out, "text", pieces ? arena_printf(view->arena, "%.*s…", (int)length, whole) : whole);
        json_array_append_new(ready, out);
    }
    view_put_json(view->root, "texts", texts);
    view_put_flag(view->root, "has_ready", json_array_size(ready) > 0);
    view_put_json(view->root, "ready", ready);
    return OK;
}

/* --- the page --------------------------------------------------------------------------------------------------------------------------------------- */

static enum err read_page(struct page *p)
{
    struct http_request *req = p->staff.view.req;
    struct db *db = p->staff.worker->db;
    const char *wanted = req->method == HTTP_GET ? http_query(req, "for") : http_form(req, "wall");
    int64_t id = messages_read_id(wanted);
    p->now_ms = clock_now_ms();
    enum err e = scene_board_read(db, req->arena, p->staff.programme, p->now_ms, &p->board);
    if (e == OK) e = scene_rules_read(db, req->arena, p->staff.event.id, &p->rules);
    if (e == OK) e = wall_list(db, req->arena, p->staff.event.id, &p->walls, &p->wall_count);
    if (e == OK) e = figures_read_kept(p->staff.worker->app->figures, db, req->arena, p->staff.programme, p->now_ms, &p->figures);
    for (size_t i = 0; e == OK && i < p->wall_count; i++)
        if (id && p->walls[i].id == id) p->wall = &p->walls[i];
    p->is_gone = id && !p->wall;
    return e;
}

void scenes_show(struct http_request *req, int status, const char *problem)
{
    struct page p = {0};
    struct view *view = &p.staff.view;
    if (!staff_page_begin(&p.staff, req)) return;
    enum err e = read_page(&p);
    const char *part = http_query(req, "part");
    if (e == OK && p.is_gone && req->method == HTTP_GET) { /* its buttons must not become those of all walls under somebody's thumb */
        if (part) reply_error(req, ERR_NOT_FOUND, NULL);
        else http_reply_redirect(req, 302, arena_printf(req->arena, "/admin/%s/wall", p.staff.event.slug));
        return;
    }
    if (e == OK) put_live(&p);
    if (e == OK && !part) e = put_message(&p, p.wall ? scene_of(&p.board, p.wall->id) : &p.board.all, problem != NULL);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    if (part) {
        view_reply(view, 200, "scenes_live");
        return;
    }
    scenes_put_plan(view, p.staff.programme, &p.rules);
    scenes_put_address(view, &p.staff.event);
    view_put(view->root, "problem", problem);
    staff_page_put_done(view, "scenes.done.");
    view_set_title(view, view_words(view, "scenes.title"));
    view_set_style(view, "scenes");
    view_set_script(view, "scenes", NULL, 0);
    view_reply(view, status, "scenes");
}

void scenes_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) scenes_show(req, 200, NULL);
}
