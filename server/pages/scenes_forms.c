/* POST /admin/{event}/wall. do= scene, programme, all, message: a press, for one wall= or all; undo takes one back (seq=). name, end, end_all, code: the walls
 * themselves. plan, span, unspan: what the programme shows. Each is one transaction; walls hear of it at once. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "server/live_feed.h"
#include "server/pages/form_fields.h"
#include "server/pages/messages.h"
#include "server/pages/scenes.h"
#include "server/refusal.h"

#include <inttypes.h>
#include <string.h>

enum act { ACT_PRESS, ACT_UNDO, ACT_NAME, ACT_END, ACT_CODE, ACT_PLAN, ACT_SPAN, ACT_UNSPAN };

struct form {
    enum act act;
    int64_t event_id, wall_id, id; /* id: of what is undone or taken away */
    struct scene_press press;
    const char *name;
    const struct programme *programme; /* borrowed until the write is handed over */
    struct plan_row *plan;
    size_t plan_count;
    int64_t from_ms, until_ms;
    enum scene_name scene;
    int64_t done_seq;
};

/* One line of the programme of scenes that is to be another one than it is. */
struct plan_row {
    bool of_phase, usual; /* usual: the session has no scene of its own any more */
    enum scene_phase phase;
    int64_t session_id;
    enum scene_name scene;
};

/* --- the transaction ------------------------------------------------------------------------------------------------------------------------ */

static enum err apply_plan(const struct scene_work *work, const struct form *f)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < f->plan_count; i++) {
        const struct plan_row *row = &f->plan[i];
        e = row->of_phase ? scene_rule_phase(work, row->phase, &row->scene) : scene_rule_session(work, row->session_id, row->usual ? NULL : &row->scene);
    }
    return e;
}

static enum err apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct form *f = req->state;
    const int64_t now_ms = clock_now_ms();
    const struct scene_work scene = {db, req->arena, &tools->ids, f->event_id, now_ms, http_param(req, "event"), actor_of(req), fault};
    const struct wall_work wall = {db, req->arena, f->event_id, now_ms, http_param(req, "event"), actor_of(req), fault};
    switch (f->act) {
    case ACT_PRESS: return scene_switch(&scene, &f->press, &f->done_seq);
    case ACT_UNDO: return scene_undo(&scene, f->id);
    case ACT_NAME: return wall_rename(&wall, f->wall_id, f->name);
    case ACT_END: return wall_end(&wall, f->wall_id);
    case ACT_CODE: return wall_code_renew(&wall);
    case ACT_PLAN: return apply_plan(&scene, f);
    case ACT_SPAN: return scene_rule_span(&scene, f->from_ms, f->until_ms, f->scene);
    case ACT_UNSPAN: return scene_rule_span_end(&scene, f->id);
    }
    return ERR_BUG;
}

static void tell(struct http_request *req, enum err err, const struct fault *fault)
{
    bool theirs = (err == ERR_INPUT || err == ERR_CONFLICT || err == ERR_LIMIT) && fault && fault->text[0];
    if (theirs) scenes_show(req, err == ERR_CONFLICT ? 409 : 400, refusal_of_fault(req, fault));
    else reply_error(req, err, fault && fault->text[0] ? fault : NULL);
}

static void applied(struct http_request *req)
{
    static const char *const done[] = {[ACT_PRESS] = "switched", [ACT_UNDO] = "undone", [ACT_NAME] = "renamed", [ACT_END] = "ended", [ACT_CODE] = "code",
                                       [ACT_PLAN] = "plan", [ACT_SPAN] = "plan", [ACT_UNSPAN] = "plan"};
    const struct form *f = req->state;
    const struct fault *fault = NULL;
    const char *event = http_param(req, "event");
    enum err err = write_result(req, &fault);
    if (err != OK) {
        tell(req, err, fault);
        return;
    }
    live_feed_scene(app_of(req)->feed, event);
    char *target = f->wall_id && f->act != ACT_END ? arena_printf(req->arena, "&for=%" PRId64, f->wall_id) : arena_strdup(req->arena, "");
    char *seq = f->done_seq ? arena_printf(req->arena, "&seq=%" PRId64, f->done_seq) : arena_strdup(req->arena, "");
    char *place = target && seq ? arena_printf(req->arena, "/admin/%s/wall?done=%s%s%s", event, done[f->act], target, seq) : NULL;
    if (place) http_reply_redirect(req, 303, place);
    else reply_error(req, ERR_NOMEM, NULL);
}

/* --- reading what was sent ---------------------------------------------------------------------------------------------------------------------- */

static enum err read_texts(struct http_request *req, struct db *db, const char **ret, struct fault *fault)
{
    json_t *texts;
    enum err e = form_read_texts(req, db, "text", messages_tidy_field, NULL, &texts, fault);
    return e == OK ? scene_message(req->arena, texts, ret, fault) : e;
}

/* A sentence that stands among the announcements, in all its languages; one that does not say in which is in the organisation's first. */
static enum err read_ready(struct http_request *req, struct db *db, int64_t event_id, int64_t id, const char **ret, struct fault *fault)
{
    struct announcement a;
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    size_t count;
    json_t *stored = NULL;
    enum err e = announcement_find(db, req->arena, event_id, id, &a);
    if (e == OK) e = messages_languages(db, req->arena, tags, &count);
    if (e != OK) return e;
    if (json_read(a.text, strlen(a.text), &stored, NULL) != OK) stored = json_string(a.text);
    json_t *texts = json_is_object(stored) ? json_incref(stored) : json_pack("{s:O?}", tags[0], stored);
    json_decref(stored);
    e = texts ? scene_message(req->arena, texts, ret, fault) : ERR_NOMEM;
    json_decref(texts);
    return e;
}

/* A form that was shown once may be used for several presses by going back to it: what was pressed makes them different ones. */
static enum err read_press(struct http_request *req, struct db *db, struct form *f, const char *action, struct fault *fault)
{
    const char *request = http_form(req, "request"), *scene = http_form(req, "scene");
    int64_t ready = messages_read_id(http_form(req, "ready"));
    f->act = ACT_PRESS;
    f->press = (struct scene_press){.wall_id = f->wall_id, .mode = SCENE_BY_HAND, .name = SCENE_MESSAGE};
    enum err e = OK;
    if (strcmp(action, "programme") == 0) f->press.mode = SCENE_BY_PROGRAMME;
    else if (strcmp(action, "all") == 0) f->press.mode = SCENE_AS_ALL;
    else if (strcmp(action, "message") == 0) e = ready ? read_ready(req, db, f->event_id, ready, &f->press.text, fault) : read_texts(req, db, &f->press.text, fault);
    else if (!scene_from_word(scene, &f->press.name) || f->press.name == SCENE_MESSAGE) e = ERR_INPUT;
    if (e != OK) return e;
    if (request && strlen(request) < ID_UUID_SIZE)
        f->press.request = arena_printf(req->arena, "%s-%s-%s", request, action, f->press.mode == SCENE_BY_HAND ? scene_word(f->press.name) : "x");
    return OK;
}

static bool add_row(struct http_request *req, struct form *f, size_t *capacity, struct plan_row row)
{
    if (arena_grow(req->arena, &f->plan, capacity, f->plan_count, sizeof *f->plan) != 0) return false;
    f->plan[f->plan_count++] = row;
    return true;
}

static enum err read_phases(struct http_request *req, const struct scene_rules *rules, struct form *f, size_t *capacity)
{
    for (int i = 0; i < SCENE_PHASE_COUNT; i++) {
        enum scene_phase phase = (enum scene_phase)i;
        struct plan_row row = {.of_phase = true, .phase = phase};
        const char *word = http_form(req, arena_printf(req->arena, "phase_%s", scene_phase_word(phase)));
        if (!word) continue;
        if (!scene_from_word(word, &row.scene)) return ERR_INPUT;
        if (rules->phases[phase] != row.scene && !add_row(req, f, capacity, row)) return ERR_NOMEM;
    }
    return OK;
}

static enum err read_sessions(struct http_request *req, const struct scene_rules *rules, struct form *f, size_t *capacity)
{
    for (size_t i = 0; i < f->programme->session_count; i++) {
        const struct programme_session *session = &f->programme->sessions[i];
        const char *word = http_form(req, arena_printf(req->arena, "session_%s", session->code));
        struct plan_row row = {.session_id = session->id, .usual = word && !*word};
        bool had = false;
        enum scene_name was = SCENE_COUNT;
        if (!word) continue;
        if (!row.usual && !scene_from_word(word, &row.scene)) return ERR_INPUT;
        for (size_t k = 0; k < rules->session_count; k++)
            if (rules->sessions[k].session_id == session->id) had = true, was = rules->sessions[k].scene;
        bool same = row.usual ? !had : had && was == row.scene;
        if (!same && !add_row(req, f, capacity, row)) return ERR_NOMEM;
    }
    return OK;
}

static enum err read_plan(struct http_request *req, struct db *db, struct form *f)
{
    struct scene_rules rules;
    size_t capacity = 0;
    f->act = ACT_PLAN;
    enum err e = scene_rules_read(db, req->arena, f->event_id, &rules);
    if (e == OK) e = read_phases(req, &rules, f, &capacity);
    return e == OK ? read_sessions(req, &rules, f, &capacity) : e;
}

static enum err read_span(struct http_request *req, struct form *f, struct fault *fault)
{
    const char *zone = f->programme->timezone, *from = http_form(req, "from"), *until = http_form(req, "until");
    f->act = ACT_SPAN;
    if (!scene_from_word(http_form(req, "scene"), &f->scene)) return ERR_INPUT;
    if (!from || !until || zone_parse(zone, from, &f->from_ms) != OK || zone_parse(zone, until, &f->until_ms) != OK)
        return fault_because(fault, ERR_INPUT, "paper_time", NULL, "a time is needed, as 2026-12-01T07:30");
    return OK;
}

static enum err read_form(struct http_request *req, struct db *db, struct form *f, struct fault *fault)
{
    static const char *const presses[] = {"scene", "programme", "all", "message"};
    static const struct { const char *word; enum act act; } plain[] = {
        {"undo", ACT_UNDO}, {"name", ACT_NAME}, {"end", ACT_END}, {"end_all", ACT_END}, {"code", ACT_CODE}, {"unspan", ACT_UNSPAN}};
    const char *action = http_form(req, "do");
    if (!action) return ERR_INPUT;
    for (size_t i = 0; i < sizeof presses / sizeof *presses; i++)
        if (strcmp(action, presses[i]) == 0) return read_press(req, db, f, action, fault);
    if (strcmp(action, "plan") == 0) return read_plan(req, db, f);
    if (strcmp(action, "span") == 0) return read_span(req, f, fault);
    f->id = messages_read_id(http_form(req, strcmp(action, "undo") == 0 ? "seq" : "id"));
    f->name = http_form(req, "name");
    if (strcmp(action, "end_all") == 0) f->wall_id = 0;
    else if ((strcmp(action, "end") == 0 || strcmp(action, "name") == 0) && !f->wall_id) return ERR_INPUT; /* "all" only where that was pressed */
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(action, plain[i].word) != 0) continue;
        f->act = plain[i].act;
        return OK;
    }
    return ERR_INPUT;
}

void scenes_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct form *f = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *f);
    if (programme == NULL) return;
    if (f == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *f = (struct form){.event_id = programme->event_id, .wall_id = messages_read_id(http_form(req, "wall")), .programme = programme};
    enum err err = read_form(req, worker->db, f, &fault);
    if (err != OK) {
        tell(req, err, &fault);
        return;
    }
    f->programme = NULL;
    req->state = f;
    request_write(req, apply, applied);
}
