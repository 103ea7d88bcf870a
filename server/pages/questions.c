/* GET /desk/{event}/questions: delegates' questions with the form to answer; an open page asks again with the ETag. POST: an answer; the organiser opens and
 * closes the questions. */
#include "core/base/clock.h"
#include "core/congress/papers/questions.h"
#include "server/pages/view.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MOST 300

static enum err put_questions(struct view *view, struct db *db, const struct event_page *event)
{
    struct question *list;
    size_t count;
    int64_t waiting = 0;
    enum err e = question_list(db, view->arena, event->id, SHOWN_MOST, &list, &count);
    json_t *out = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *item = json_object();
        view_put(item, "id", arena_printf(view->arena, "%" PRId64, list[i].id));
        view_put(item, "words", list[i].words);
        view_put(item, "asked", i18n_time(view->arena, event->timezone, list[i].asked_ms));
        view_put(item, "name", list[i].name);
        view_put(item, "number", list[i].number);
        view_put_title(view, item, "unit", list[i].unit);
        view_put(item, "answer", list[i].answer);
        view_put(item, "actor", list[i].actor);
        if (list[i].answered_ms != DB_NULL) view_put(item, "known", arena_printf(view->arena, "%" PRId64, list[i].answered_ms));
        if (list[i].answered_ms != DB_NULL) view_put(item, "answered", i18n_time(view->arena, event->timezone, list[i].answered_ms));
        view_put_flag(item, "seen", list[i].seen_ms != DB_NULL);
        waiting += list[i].answer == NULL;
        json_array_append_new(out, item);
    }
    view_put_flag(view->root, "has_questions", json_array_size(out) > 0);
    view_put_number(view->root, "waiting", waiting);
    view_put_json(view->root, "questions", out);
    return e;
}

static void show(struct http_request *req, int status, const char *problem)
{
    struct view view;
    struct event_page event;
    struct sql_room_event_row room;
    struct sql_question_marks_row marks;
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    if (programme == NULL) return;
    enum err e = event_page_load(worker->db, req->arena, programme->slug, &event);
    if (e == OK) e = sql_room_event(worker->db, req->arena, event.id, &room);
    if (e == OK) e = sql_question_marks(worker->db, req->arena, event.id, &marks);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    char *etag = arena_printf(req->arena, "q-%" PRId64 "-%" PRId64 "-%" PRId64 "-%" PRId64 "-%d-%s", event.config_seq, marks.count, marks.waiting, marks.newest,
                              (int)view_language(req), principal_of(req)->session.csrf ? "s" : "-");
    if (etag && problem == NULL) {
        http_set_cache(req, HTTP_REVALIDATE);
        if (http_not_modified(req, etag)) return;
    }
    if (!view_begin(&view, req)) return;
    e = put_questions(&view, worker->db, &event);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    static const char *const prefixes[] = {"ask.js_"};
    view_put_event(&view, &event, false);
    view_put(view.root, "problem", problem);
    view_put_flag(view.root, "is_closed", room.questions_closed_ms != DB_NULL);
    view_set_title(&view, view_words(&view, "ask.desk_title"));
    view_set_style(&view, "papers");
    view_set_script(&view, "questions", prefixes, 1);
    view_reply(&view, status, "desk_questions");
}

void questions_get(struct http_request *req)
{
    if (!view_ask_new_password(req)) show(req, 200, NULL);
}

struct form {
    int64_t event_id, id, known_ms; /* known_ms: of the answer that the form showed, 0: none */
    const char *event, *answer, *close; /* close NULL: an answer */
};

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct form *f = req->state;
    (void)tools;
    if (f->close) return question_close(db, f->event_id, f->close[0] == '1', actor_of(req), f->event, clock_now_ms(), fault);
    return question_answer(db, req->arena, f->event_id, f->id, f->known_ms, f->answer, actor_of(req), clock_now_ms(), fault);
}

static void stored(struct http_request *req)
{
    const struct form *f = req->state;
    const struct fault *fault = NULL;
    enum err err = write_result(req, &fault);
    if (err == OK) http_reply_redirect(req, 303, arena_printf(req->arena, "/desk/%s/questions", f->event));
    else if (err == ERR_CONFLICT) show(req, 409, view_words_for(req, "ask.answered_meanwhile"));
    else reply_error(req, err, fault);
}

void questions_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct form *f = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *f);
    if (programme == NULL) return;
    const char *id = http_form(req, "question"), *close = http_form(req, "close");
    if (f == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *f = (struct form){.event_id = programme->event_id, .event = http_param(req, "event"), .close = close};
    req->state = f;
    if (close) {
        if (!(principal_of(req)->roles & WHO_ORGANISER)) reply_reason(req, REASON_forbidden);
        else if (strcmp(close, "0") != 0 && strcmp(close, "1") != 0) reply_reason(req, REASON_bad_request);
        else request_write(req, store, stored);
        return;
    }
    bool number = id && *id && strlen(id) < 19 && strspn(id, "0123456789") == strlen(id);
    const char *known = http_form(req, "known");
    bool known_number = !known || (strlen(known) < 19 && strspn(known, "0123456789") == strlen(known));
    if (!number || !known_number) reply_reason(req, REASON_not_found);
    else if (question_tidy(req->arena, http_form(req, "answer"), &f->answer, &fault) != OK) show(req, 400, fault.text);
    else {
        f->id = strtoll(id, NULL, 10);
        f->known_ms = known ? strtoll(known, NULL, 10) : 0;
        request_write(req, store, stored);
    }
}
