/* The forms of the console's page of badges: a run that did not come out, badges handed over, and taken back. */
#include "core/base/clock.h"
#include "core/congress/badges/handover.h"
#include "core/congress/badges/print_log.h"
#include "server/pages/badges.h"
#include "server/pages/view.h"
#include "server/print_badges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void badges_page_return(struct http_request *req, const char *done)
{
    http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/badges?done=%s", http_param(req, "event"), done));
}

/* What a person can put right stands on the page itself; the rest is an error page. */
static void tell(struct http_request *req, enum err err, const struct fault *fault)
{
    bool theirs = err == ERR_INPUT || err == ERR_CONFLICT || err == ERR_NOT_FOUND;
    if (!theirs || fault->text[0] == '\0') reply_error(req, err, fault);
    else badges_page_show(req, err == ERR_CONFLICT ? 409 : err == ERR_INPUT ? 400 : 404, fault->text);
}

static const char *word_of(struct http_request *req, const char *name)
{
    const char *word = http_form(req, name);
    return word != NULL && word[0] != '\0' ? word : NULL;
}

/* --- print runs ---------------------------------------------------------------------------------------------------------------------------- */

struct spoil {
    int64_t event_id, run_id;
    bool spoiled;
};

static enum err spoil_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct spoil *s = req->state;
    (void)tools;
    return print_log_mark_spoiled(db, s->event_id, s->run_id, s->spoiled, actor_of(req), clock_now_ms(), fault);
}

static void spoil_stored(struct http_request *req)
{
    const struct spoil *s = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err == OK) badges_page_return(req, s->spoiled ? "spoiled" : "good");
    else tell(req, err, fault);
}

void badges_spoiled_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    if (programme == NULL) return;
    const char *spoiled = http_form(req, "spoiled");
    struct spoil *s = arena_alloc(req->arena, sizeof *s);
    if (s == NULL || spoiled == NULL || (strcmp(spoiled, "0") != 0 && strcmp(spoiled, "1") != 0)) {
        reply_reason(req, s == NULL ? REASON_busy : REASON_bad_request);
        return;
    }
    if (!handover_read_id(http_param(req, "run"), &s->run_id)) {
        reply_reason(req, REASON_not_found);
        return;
    }
    s->event_id = programme->event_id;
    s->spoiled = spoiled[0] == '1';
    req->state = s;
    request_write(req, spoil_store, spoil_stored);
}

/* --- handing over -------------------------------------------------------------------------------------------------------------------------- */

struct handing {
    struct handover_wish wish;
    struct handover_result result;
    int64_t id; /* to be undone */
};

static enum err handing_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct handing *h = req->state;
    return handover_record(db, req->arena, &tools->ids, &h->wish, &h->result, fault);
}

static void handing_stored(struct http_request *req)
{
    const struct handing *h = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) tell(req, err, fault);
    else badges_page_return(req, h->result.already_count > 0 && !h->wish.again ? "handed_some" : h->result.unprinted_count > 0 ? "handed_unprinted" : "handed");
}

void badges_handover_post(struct http_request *req)
{
    struct fault fault = {0};
    struct badge_list_filter people = {0};
    struct worker *worker = worker_of(req);
    if (worker == NULL || event_of(req, worker, NULL) == NULL) return;
    struct handing *h = arena_alloc(req->arena, sizeof *h);
    enum err err = h == NULL ? ERR_NOMEM : print_badges_split(req->arena, http_form(req, "people"), &people, &fault);
    if (err == OK) {
        h->wish = (struct handover_wish){.event = http_param(req, "event"), .unit = word_of(req, "unit"), .people = people.only, .people_count = people.only_count,
                                         .to_name = word_of(req, "to"), .to_person = word_of(req, "to_person"), .again = word_of(req, "again") != NULL,
                                         .actor = actor_of(req), .now_ms = clock_now_ms()};
        req->state = h;
        request_write(req, handing_store, handing_stored);
    } else {
        tell(req, err, &fault);
    }
}

static enum err undo_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct handing *h = req->state;
    (void)tools;
    return handover_undo(db, http_param(req, "event"), h->id, actor_of(req), clock_now_ms(), fault);
}

static void undo_stored(struct http_request *req)
{
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err == OK) badges_page_return(req, "undone");
    else tell(req, err, fault);
}

void badges_handover_undo_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (worker == NULL || event_of(req, worker, NULL) == NULL) return;
    struct handing *h = arena_alloc(req->arena, sizeof *h);
    if (h == NULL || !handover_read_id(http_param(req, "handover"), &h->id)) {
        reply_reason(req, h == NULL ? REASON_busy : REASON_not_found);
        return;
    }
    req->state = h;
    request_write(req, undo_store, undo_stored);
}
