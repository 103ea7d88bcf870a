/* A helper's phone: its own camera opens the badge's address, this card answers with one big button. Works without JavaScript.
 * The scan's number is made with the page, so that a form sent twice is one scan; the answer stands on the page that follows. */
#include "server/pages/card.h"

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/card.h"
#include "core/congress/delegates/amend.h"
#include "core/congress/photos/photos.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/live_feed.h"

#include <stdio.h>
#include <string.h>

#define GATE_COOKIE "plenum_gate"

const char *card_needs_words(struct view *view, const char *stored)
{
    json_t *list = NULL;
    const char *joined = NULL;
    if (stored == NULL || json_read(stored, strlen(stored), &list, NULL) != OK) return NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *need = json_string_value(json_array_get(list, i));
        if (need == NULL) continue;
        const char *words = view_words(view, arena_printf(view->arena, "need.%s", need));
        joined = joined == NULL ? words : arena_printf(view->arena, "%s, %s", joined, words);
    }
    json_decref(list);
    return joined;
}

static const char *gate_title(struct view *view, const struct programme *programme, int64_t id)
{
    const struct programme_gate *gate = id == DB_NULL ? NULL : programme_gate_by_id(programme, id);
    return gate == NULL ? NULL : title_pick(view->arena, gate->title, view->tag);
}

/* What came of the button: asked of the record by the number of the scan, because whoever makes a code may write any address into it. */
static enum err put_result(struct view *view, struct db *db, const struct programme *programme, const struct delegate_page *delegate)
{
    struct card_result r;
    const char *scan_id = http_query(view->req, "scan");
    if (scan_id == NULL || !id_is_uuid(scan_id)) return OK;
    enum err err = card_result_load(db, view->arena, scan_id, principal_of(view->req)->account.id, delegate->delegate_id, clock_now_ms(), &r);
    if (err != OK) return err == ERR_NOT_FOUND ? OK : err;
    json_t *result = json_object();
    const char *reason = reason_code(r.reason);
    bool moved = r.outcome == OUTCOME_admitted || r.outcome == OUTCOME_left || r.outcome == OUTCOME_handed_out;
    view_put(result, "outcome", r.undone ? "undone" : outcome_name(r.outcome));
    view_put(result, "words", view_words(view, r.undone ? "desk.undone" : arena_printf(view->arena, "desk.outcome.%s", outcome_name(r.outcome))));
    if (!r.undone && reason != NULL) view_put(result, "more", view_words(view, arena_printf(view->arena, "desk.reason.%s", reason)));
    if (r.outcome == OUTCOME_already_in && r.first_ms != DB_NULL) view_put(result, "when", i18n_time(view->arena, programme->timezone, r.first_ms));
    view_put(result, "where", gate_title(view, programme, r.outcome == OUTCOME_already_in ? r.first_gate_id : r.gate_id));
    if (!r.undone && moved) view_put(result, "undo", scan_id);
    view_put_flag(result, "refused", !r.undone && (r.outcome == OUTCOME_refused || r.outcome == OUTCOME_invalid));
    view_put_json(view->root, "result", result);
    return OK;
}

/* The door is remembered. Nobody is counted at a door that nobody chose: with several, the first time there is none. */
static void put_gates(struct view *view, const struct programme *programme)
{
    const char *code = http_cookie(view->req, GATE_COOKIE);
    const struct programme_gate *chosen = code == NULL ? NULL : programme_gate_by_code(programme, code);
    if (chosen == NULL && programme->gate_count == 1) chosen = &programme->gates[0];
    view_put_gates(view, programme, chosen == NULL ? NULL : chosen->code);
    view_put_flag(view->root, "choose_gate", chosen == NULL);
}

static void put_state(struct view *view, const struct programme *programme, const struct delegate_page *delegate, int64_t gate_id)
{
    static const char *const names[] = {[DELEGATE_NEVER] = "never", [DELEGATE_IN] = "in", [DELEGATE_OUT] = "out"};
    const char *name = names[delegate->presence];
    view_put(view->root, "state", name);
    view_put(view->root, "state_words", view_words(view, arena_printf(view->arena, "desk.%s", name)));
    if (delegate->presence != DELEGATE_IN) return;
    view_put(view->root, "since", i18n_time(view->arena, programme->timezone, delegate->since_ms));
    view_put(view->root, "since_gate", gate_title(view, programme, gate_id));
}

/* Their photo, so that people are told apart, and what came of one that was just taken. */
static enum err put_photo(struct view *view, struct db *db, const struct delegate_page *delegate)
{
    const char *sha256 = NULL, *done = http_query(view->req, "photo") != NULL ? http_query(view->req, "done") : NULL;
    if (delegate->person_code == NULL) return OK;
    view_put(view->root, "person_code", delegate->person_code);
    enum err err = photo_find(db, view->arena, delegate->event, delegate->person_code, &sha256);
    if (err != OK) return err;
    /* The address changes with the photo, so that no browser shows the old one. */
    if (sha256 != NULL)
        view_put(view->root, "face", arena_printf(view->arena, "/api/v1/events/%s/delegates/%s/photo?%.8s", delegate->event, delegate->person_code, sha256));
    const char *words = done == NULL ? "" : view_words(view, arena_printf(view->arena, "photos.outcome.%.20s", done));
    if (words[0] == '\0') return OK;
    json_t *result = json_object();
    bool good = strcmp(done, "new") == 0 || strcmp(done, "replaced") == 0 || strcmp(done, "same") == 0;
    const char *why = http_query(view->req, "why");
    view_put(result, "kind", good ? "admitted" : "refused");
    view_put(result, "words", words);
    if (why != NULL) view_put(result, "more", view_words(view, arena_printf(view->arena, "photos.why.%.30s", why)));
    view_put_json(view->root, "photo_result", result);
    return OK;
}

static void put_greet(struct view *view, const struct programme *programme, bool greet)
{
    for (size_t i = 0; i < programme->gate_count; i++)
        if (programme->gates[i].greets) view_put_flag(view->root, "greets_here", true);
    view_put_flag(view->root, "greet", greet);
}

void card_reply(struct view *view, struct worker *worker, const char *token, const struct delegate_page *delegate)
{
    struct event_page event;
    const struct programme *programme;
    struct programme_seqs seqs;
    enum err err = programme_cached(&worker->programmes, worker->db, delegate->event, &programme, &seqs);
    if (err == OK) err = event_page_load(worker->db, view->arena, delegate->event, &event);
    if (err == OK) err = put_photo(view, worker->db, delegate);
    struct card_facts extra = {.gate_id = DB_NULL};
    if (err == OK) err = card_facts_load(worker->db, view->arena, delegate->delegate_id, &extra);
    if (err == OK) err = put_result(view, worker->db, programme, delegate);
    if (err != OK) {
        reply_error(view->req, err, NULL);
        return;
    }
    char scan_id[ID_UUID_SIZE];
    id_uuid7(scan_id);
    view_put_event(view, &event, false);
    view_set_title(view, view_words(view, "desk.link"));
    card_put_person(view, delegate, programme);
    put_state(view, programme, delegate, extra.gate_id);
    put_gates(view, programme);
    put_greet(view, programme, extra.greet);
    view_put(view->root, "note", extra.note);
    view_put(view->root, "needs", card_needs_words(view, delegate->needs));
    view_put(view->root, "scan_id", scan_id);
    view_put(view->root, "token", token);
    json_t *facts = json_array();
    view_add_fact(view, facts, "fact.seat", delegate->seat, true);
    view_add_fact(view, facts, "fact.number", delegate->number, true);
    view_add_fact(view, facts, "fact.badge_box", delegate->badge_box, false);
    view_add_fact(view, facts, "fact.group", delegate->group, false);
    view_add_fact(view, facts, "fact.room", delegate->room, false);
    view_add_fact(view, facts, "fact.transport", delegate->transport, false);
    view_add_fact(view, facts, "fact.born", view_date(view, delegate->born), false);
    view_put_json(view->root, "facts", facts);
    view_reply(view, 200, "card");
}

struct card_scan {
    char token[ID_TOKEN_SIZE];
    struct checkin_scan scan;
    struct checkin_source source;
    struct checkin_answer answer;
};

static enum err card_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)fault;
    struct card_scan *card = req->state;
    return checkin_apply(db, req->arena, tools, &card->source, &card->scan, &card->answer);
}

static void card_done(struct http_request *req)
{
    const struct card_scan *card = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    live_feed_answers(app_of(req)->feed, card->source.event, &card->answer, 1);
    http_reply_redirect(req, 303, arena_printf(req->arena, "/d/%s?scan=%s", card->token, card->scan.scan_id));
}

void card_checkin_post(struct http_request *req)
{
    const char *scan_id = http_form(req, "scan_id"), *gate = http_form(req, "gate"), *direction = http_form(req, "direction"), *token = http_form(req, "token");
    struct card_scan *card = arena_alloc(req->arena, sizeof *card);
    if (card == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    int64_t made_ms; /* the badge was read when its page was made: a form sent twice is the same scan only when it says the same time */
    if (scan_id == NULL || gate == NULL || direction == NULL || token == NULL || !id_uuid7_time(scan_id, &made_ms) || !text_is_code(gate) ||
        !id_token_read(token, card->token)) {
        reply_reason(req, REASON_bad_request);
        return;
    }
    int64_t now_ms = clock_now_ms();
    card->scan = (struct checkin_scan){.scan_id = scan_id, .token = card->token, .gate = gate, .going_out = strcmp(direction, "out") == 0,
                                       .scanned_ms = made_ms, .age_ms = 0, .asks = true, .roster = DB_NULL};
    card->source = (struct checkin_source){.event = http_param(req, "event"), .gate_id = DB_NULL, .device_id = DB_NULL,
                                           .account_id = principal_of(req)->account.id, .received_ms = now_ms};
    req->state = card;
    http_set_cookie(req, GATE_COOKIE, gate, "/", 30L * 24 * 3600);
    request_write(req, card_apply, card_done);
}

/* --- the smaller buttons ------------------------------------------------------------------------------------------------------------------------- */

struct card_change {
    char token[ID_TOKEN_SIZE];
    const char *scan_id, *person;
    bool greet;
    char request[ID_UUID_SIZE];
};

static enum err undo_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct card_change *change = req->state;
    const struct checkin_source source = {.event = http_param(req, "event"), .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = principal_of(req)->account.id,
                                          .received_ms = clock_now_ms(), .actor = actor_of(req)};
    (void)fault;
    return checkin_undo(db, req->arena, tools, &source, change->scan_id, NULL);
}

static void undo_done(struct http_request *req)
{
    const struct card_change *change = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err == ERR_TIMEOUT) {
        reply_reason(req, REASON_undo_too_late);
        return;
    }
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    live_feed_undone(app_of(req)->feed, http_param(req, "event"), change->scan_id);
    http_reply_redirect(req, 303, arena_printf(req->arena, "/d/%s?scan=%s", change->token, change->scan_id));
}

static enum err greet_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct card_change *change = req->state;
    const struct programme *programme;
    struct amended done;
    enum err err = programme_cached(&tools->programmes, db, http_param(req, "event"), &programme, NULL);
    if (err != OK) return err;
    const struct amend amend = {.db = db, .arena = req->arena, .tools = tools, .programme = programme, .request = change->request, .actor = actor_of(req),
                                .now_ms = clock_now_ms(), .fault = fault};
    const struct amend_facts facts = {.says_greet = true, .greet = change->greet};
    return amend_correct(&amend, change->person, &facts, &done);
}

static void greet_done(struct http_request *req)
{
    const struct card_change *change = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) reply_error(req, err, fault);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/d/%s", change->token));
}

static struct card_change *change_of(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (worker == NULL || event_of(req, worker, NULL) == NULL) return NULL;
    const char *token = http_form(req, "token");
    struct card_change *change = arena_alloc(req->arena, sizeof *change);
    if (change == NULL) reply_reason(req, REASON_busy);
    if (change == NULL) return NULL;
    *change = (struct card_change){.scan_id = http_form(req, "scan_id"), .person = http_form(req, "person"), .greet = http_form(req, "greet") != NULL};
    id_uuid7(change->request);
    req->state = change;
    if (token != NULL && id_token_read(token, change->token)) return change;
    reply_reason(req, REASON_bad_request);
    return NULL;
}

void card_undo_post(struct http_request *req)
{
    const struct card_change *change = change_of(req);
    if (change == NULL) return;
    if (change->scan_id == NULL || !id_is_uuid(change->scan_id)) reply_reason(req, REASON_bad_request);
    else request_write(req, undo_apply, undo_done);
}

void card_greet_post(struct http_request *req)
{
    const struct card_change *change = change_of(req);
    if (change == NULL) return;
    if (change->person == NULL) reply_reason(req, REASON_bad_request);
    else request_write(req, greet_apply, greet_done);
}
