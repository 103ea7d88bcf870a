/* GET /desk/{event}/questions: delegates' questions with the form to answer; an open page asks again with the ETag. POST: an answer, own or ready; "I am answering
 * this"; the organiser opens and closes the questions. */
#include "core/base/clock.h"
#include "core/congress/messages/questions.h"
#include "server/live_feed.h"
#include "server/pages/view.h"
#include "server/refusal.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MOST 300

/* Ready answers, in the order of the screen: "ask.ready.…" of web/i18n. */
static const char *const ready_words[] = {"come", "coming", "soon", "page", "done"};
#define READY_COUNT (sizeof ready_words / sizeof ready_words[0])

/* In the language of whoever asked, as far as that is one of ours. */
static const char *ready_text(struct http_request *req, const char *language, const char *word)
{
    enum i18n_language one = view_language(req);
    const struct view view = {.app = app_of(req)};
    (void)(language && i18n_read_tag(language, &one));
    for (size_t i = 0; word && i < READY_COUNT; i++)
        if (strcmp(ready_words[i], word) == 0) return i18n_text(view_i18n(&view), one, arena_printf(req->arena, "ask.ready.%s", word));
    return NULL;
}

static void put_ready(struct view *view, json_t *item, const char *language)
{
    json_t *list = json_array();
    enum i18n_language one = view->language;
    (void)(language && i18n_read_tag(language, &one));
    for (size_t i = 0; i < READY_COUNT; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "word", ready_words[i], "text", ready_text(view->req, language, ready_words[i])));
    view_put(item, "tag", i18n_tag(one));
    view_put(item, "dir", i18n_direction(one));
    view_put_json(item, "ready", list);
}

static const char *desk_key(struct http_request *req)
{
    char *key = arena_alloc(req->arena, QUESTION_KEY_SIZE);
    if (key) question_desk_key(principal_of(req)->session.id_hash, key);
    return key ? key : "";
}

static json_t *question_view(struct view *view, const struct event_page *event, const struct question *q, int64_t now_ms)
{
    json_t *item = json_object();
    view_put(item, "id", arena_printf(view->arena, "%" PRId64, q->id));
    view_put(item, "words", q->words);
    view_put(item, "asked", i18n_time(view->arena, event->timezone, q->asked_ms));
    view_put(item, "name", q->name);
    view_put(item, "number", q->number);
    view_put_title(view, item, "unit", q->unit);
    view_put(item, "answer", q->answer);
    view_put(item, "actor", q->actor);
    if (q->answered_ms != DB_NULL) view_put(item, "known", arena_printf(view->arena, "%" PRId64, q->answered_ms));
    if (q->answered_ms != DB_NULL) view_put(item, "answered", i18n_time(view->arena, event->timezone, q->answered_ms));
    view_put_flag(item, "seen", q->seen_ms != DB_NULL);
    bool mine = q->taken_key && strcmp(q->taken_key, desk_key(view->req)) == 0;
    view_put_flag(item, "taken_you", mine);
    if (q->taken_key && !mine) view_put(item, "taken_by", q->taken_by);
    if (q->taken_key && !mine) view_put(item, "taken", q->taken_key);
    put_ready(view, item, q->language);
    if (q->answer) return item;
    int64_t waits = now_ms > q->asked_ms ? (now_ms - q->asked_ms) / CLOCK_MINUTE : 0;
    view_put_flag(item, "is_open", true);
    view_put(item, "waits", arena_printf(view->arena, "%" PRId64, waits));
    view_put(item, "since", arena_printf(view->arena, "%" PRId64, q->asked_ms));
    return item;
}

static enum err put_questions(struct view *view, struct db *db, const struct event_page *event)
{
    struct question *list;
    size_t count;
    int64_t waiting = 0, now_ms = clock_now_ms();
    enum err e = question_list(db, view->arena, event->id, SHOWN_MOST, now_ms, &list, &count);
    json_t *out = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        waiting += list[i].answer == NULL;
        json_array_append_new(out, question_view(view, event, &list[i], now_ms));
    }
    view_put_flag(view->root, "has_questions", json_array_size(out) > 0);
    view_put_number(view->root, "waiting", waiting);
    view_put_flag(view->root, "any_waiting", waiting > 0);
    view_put(view->root, "now_ms", arena_printf(view->arena, "%" PRId64, now_ms));
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
    if (e == OK) e = sql_question_marks(worker->db, req->arena, event.id, clock_now_ms() - QUESTION_TAKEN_MS, &marks);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    char *etag = arena_printf(req->arena, "q-%" PRId64 "-%" PRId64 "-%" PRId64 "-%" PRId64 "-%" PRId64 "-%" PRId64 "-%d-%s", event.config_seq, marks.count, marks.waiting,
                              marks.newest, marks.taken, marks.taken_newest, (int)view_language(req), principal_of(req)->session.csrf ? desk_key(req) : "-");
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
    struct question_reply reply;
    const char *event, *take, *close; /* both NULL: an answer */
};

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct form *f = req->state;
    const struct question_reply *r = &f->reply;
    (void)tools;
    if (f->close) return question_close(db, r->event_id, f->close[0] == '1', r->actor, f->event, clock_now_ms(), fault);
    if (f->take && f->take[0] == '0') return question_leave(db, req->arena, r->event_id, r->id, r->key, fault);
    if (f->take) return question_take(db, req->arena, r->event_id, r->id, r->actor, r->key, clock_now_ms(), fault);
    return question_answer(db, req->arena, r, clock_now_ms(), fault);
}

static void stored(struct http_request *req)
{
    const struct form *f = req->state;
    const struct fault *fault = NULL;
    enum err err = write_result(req, &fault);
    if (err == OK) live_feed_questions(app_of(req)->feed, f->event);
    const char *place = f->take ? arena_printf(req->arena, "#q-%" PRId64, f->reply.id) : "";
    if (err == OK) http_reply_redirect(req, 303, arena_printf(req->arena, "/desk/%s/questions%s", f->event, place));
    else if (err == ERR_CONFLICT) show(req, 409, refusal_of_fault(req, fault));
    else reply_error(req, err, fault);
}

static bool is_number(const char *text)
{
    return *text && strlen(text) < 19 && strspn(text, "0123456789") == strlen(text);
}

/* The answer that was written, or the ready one that was pressed. */
static enum err read_answer(struct http_request *req, struct worker *worker, struct form *f, struct fault *fault)
{
    struct sql_question_get_row row;
    const char *ready = http_form(req, "ready");
    if (!ready) return question_tidy(req->arena, http_form(req, "answer"), &f->reply.answer, fault);
    enum err e = sql_question_get(worker->db, req->arena, f->reply.event_id, f->reply.id, &row);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no such question");
    if (e == OK) f->reply.answer = ready_text(req, row.language, ready);
    return e == OK && !f->reply.answer ? fault_set(fault, ERR_INPUT, "there is no such ready answer") : e;
}

static void organiser_closes(struct http_request *req, const char *close)
{
    if (!(principal_of(req)->roles & WHO_ORGANISER)) reply_reason(req, REASON_forbidden);
    else if (strcmp(close, "0") != 0 && strcmp(close, "1") != 0) reply_reason(req, REASON_bad_request);
    else request_write(req, store, stored);
}

void questions_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct form *f = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *f);
    if (programme == NULL) return;
    const char *id = http_form(req, "question"), *known = http_form(req, "known");
    if (f == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *f = (struct form){.reply = {.event_id = programme->event_id, .taken_key = http_form(req, "taken"), .actor = actor_of(req), .key = desk_key(req)},
                       .event = http_param(req, "event"), .take = http_form(req, "take"), .close = http_form(req, "close")};
    req->state = f;
    if (f->close) {
        organiser_closes(req, f->close);
        return;
    }
    if (!id || !is_number(id) || (known && !is_number(known))) {
        reply_reason(req, REASON_not_found);
        return;
    }
    f->reply.id = strtoll(id, NULL, 10);
    f->reply.known_ms = known ? strtoll(known, NULL, 10) : 0;
    enum err err = f->take ? OK : read_answer(req, worker, f, &fault);
    if (err == OK) request_write(req, store, stored);
    else if (err == ERR_INPUT) show(req, 400, fault.text);
    else reply_error(req, err, &fault);
}
