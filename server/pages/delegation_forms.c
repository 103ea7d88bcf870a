/* The acts of a delegation's page: POST /delegation/{event}/checkin, /undo, /absence, /report, /handover. Each bears a number made with its page, so that a form sent
 * twice counts once; each asks in its transaction whether everybody it names is of a delegation of the one who asks. What was done stands on the page that follows. */
#include "core/base/clock.h"
#include "core/congress/badges/handover.h"
#include "server/live_feed.h"
#include "server/pages/delegation.h"
#include "server/refusal.h"

#include <stdlib.h>
#include <string.h>

struct act {
    const char *unit, *request;
    struct delegation_scope scope;
    const char **people;
    size_t count, at;            /* at: those before are done */
    int64_t now_ms;
    /* of a check-in */
    const char *gate;
    struct checkin_answer *answers;
    /* of taking one back */
    struct group_undo undo, undo_next;
    bool more;
    /* of absences */
    struct delegation_absences absences;
    size_t here, here_next;
    int64_t said;
    struct handover_wish handover;
    struct handover_result handed;
};

/* Everything a form of this page has. False: the reply is made. */
static bool begin(struct http_request *req, const char *number, struct act **ret)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!programme) return false;
    struct act *act = arena_alloc(req->arena, sizeof *act);
    if (act) act->people = arena_array(req->arena, DELEGATION_PEOPLE_MOST + 1, sizeof *act->people);
    if (!act || !act->people || delegation_scope_of(req, programme->event_id, &act->scope) != OK) {
        reply_reason(req, REASON_busy);
        return false;
    }
    act->unit = http_form(req, "unit");
    act->request = http_form(req, number);
    act->now_ms = clock_now_ms();
    while (act->count <= DELEGATION_PEOPLE_MOST && (act->people[act->count] = http_form_at(req, "person", act->count))) act->count++;
    if (!act->unit || !act->unit[0] || !act->request || !id_is_uuid(act->request)) {
        reply_reason(req, REASON_bad_request);
        return false;
    }
    req->state = act;
    *ret = act;
    return true;
}

/* What somebody can put right stands on the page itself; a stranger's people are no page. */
static void tell(struct http_request *req, const char *unit, enum err e, const struct fault *fault)
{
    bool theirs = e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_NOT_FOUND || e == ERR_TIMEOUT || e == ERR_LIMIT;
    if (e == ERR_DENIED) reply_reason_with(req, REASON_forbidden, refusal_of_fault(req, fault));
    else if (!theirs || !fault->reason) reply_error(req, e, fault);
    else delegation_show(req, unit, e == ERR_INPUT || e == ERR_LIMIT ? 400 : e == ERR_NOT_FOUND ? 404 : 409, refusal_of_fault(req, fault));
}

/* Of a transaction that is over. False: what went wrong is told. */
static bool is_stored(struct http_request *req)
{
    const struct act *act = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) tell(req, act->unit, e, fault);
    return e == OK;
}

static void go_back(struct http_request *req, const struct act *act, const char *more)
{
    http_reply_redirect(req, 303, delegation_path(req, act->unit, more));
}

/* --- a bus ---------------------------------------------------------------------------------------------------------------------------------- */

static enum err checkin_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct act *act = req->state;
    const struct principal *p = principal_of(req);
    const struct group_wish wish = {.event = http_param(req, "event"), .request = act->request, .unit = act->unit, .gate = act->gate, .scope = &act->scope,
                                    .people = act->people, .count = act->count, .actor = actor_of(req), .account_id = p->is_staff ? p->account.id : DB_NULL,
                                    .now_ms = act->now_ms};
    return group_apply(db, req->arena, tools, &wish, act->at, act->answers, fault);
}

static void checkin_stored(struct http_request *req)
{
    struct act *act = req->state;
    if (!is_stored(req)) return;
    size_t end = act->at + DELEGATION_PIECE < act->count ? act->at + DELEGATION_PIECE : act->count;
    live_feed_answers(app_of(req)->feed, http_param(req, "event"), act->answers + act->at, end - act->at);
    act->at = end;
    if (act->at < act->count) request_write(req, checkin_store, checkin_stored);
    else go_back(req, act, arena_printf(req->arena, "&group=%s#result", act->request));
}

void delegation_checkin_post(struct http_request *req)
{
    struct act *act;
    if (!begin(req, "group", &act)) return;
    act->gate = http_form(req, "gate");
    act->answers = arena_array(req->arena, act->count + 1, sizeof *act->answers);
    if (!act->gate || !act->answers) {
        reply_reason(req, act->gate ? REASON_busy : REASON_bad_request);
        return;
    }
    http_set_cookie(req, "plenum_gate", act->gate, "/", 30L * 24 * 3600);
    request_write(req, checkin_store, checkin_stored);
}

static enum err undo_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct act *act = req->state;
    act->undo_next = act->undo;
    return group_take_back(db, req->arena, tools, &act->undo_next, &act->more, fault);
}

static void undo_stored(struct http_request *req)
{
    struct act *act = req->state;
    if (!is_stored(req)) return;
    act->undo = act->undo_next;
    if (act->more) {
        request_write(req, undo_store, undo_stored);
        return;
    }
    act->unit = act->undo.unit;
    go_back(req, act, act->undo.kept ? arena_printf(req->arena, "&done=undone_some&came=%zu#result", act->undo.kept) : "&done=undone#result");
}

void delegation_undo_post(struct http_request *req)
{
    struct act *act;
    if (!begin(req, "group", &act)) return;
    act->undo = (struct group_undo){.event = http_param(req, "event"), .request = act->request, .scope = &act->scope, .actor = actor_of(req), .now_ms = act->now_ms};
    request_write(req, undo_store, undo_stored);
}

/* --- who is not coming ------------------------------------------------------------------------------------------------------------------------ */

static enum err absence_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct act *act = req->state;
    const struct programme *programme;
    enum err e = programme_cached(&tools->programmes, db, http_param(req, "event"), &programme, NULL);
    if (e == OK) e = delegation_unit_in(db, req->arena, &act->scope, act->unit, &act->absences.unit_id, fault);
    if (e != OK) return e;
    const struct amend a = {.db = db, .arena = req->arena, .tools = tools, .programme = programme, .request = act->request, .actor = actor_of(req), .now_ms = act->now_ms,
                            .fault = fault};
    act->absences.people = act->people;
    act->absences.count = act->count;
    act->here_next = act->here;
    return delegation_set_absences(&a, &act->absences, act->at, &act->here_next);
}

static void absence_stored(struct http_request *req)
{
    struct act *act = req->state;
    if (!is_stored(req)) return;
    act->here = act->here_next;
    act->at += DELEGATION_PIECE;
    if (act->at < act->count) request_write(req, absence_store, absence_stored);
    else if (act->here) go_back(req, act, arena_printf(req->arena, "&done=absence_here&came=%zu#result", act->here));
    else go_back(req, act, act->absences.is_absent ? "&done=absence#result" : "&done=coming#result");
}

void delegation_absence_post(struct http_request *req)
{
    struct act *act;
    if (!begin(req, "request", &act)) return;
    const char *absent = http_form(req, "absent"), *excused = http_form(req, "excused");
    if (!absent || (strcmp(absent, "1") != 0 && strcmp(absent, "0") != 0)) {
        reply_reason(req, REASON_bad_request);
        return;
    }
    if (act->count == 0) {
        delegation_show(req, act->unit, 400, refusal_words(req, "delegation_nobody", NULL, "nobody is named"));
        return;
    }
    act->absences.is_absent = absent[0] == '1';
    act->absences.excused = act->absences.is_absent && excused && strcmp(excused, "1") == 0;
    act->absences.reason = act->absences.is_absent ? http_form(req, "reason") : NULL;
    request_write(req, absence_store, absence_stored);
}

/* --- the number ------------------------------------------------------------------------------------------------------------------------------- */

static enum err report_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct act *act = req->state;
    const struct programme *programme;
    int64_t unit_id;
    enum err e = programme_cached(&tools->programmes, db, http_param(req, "event"), &programme, NULL);
    if (e == OK) e = delegation_unit_in(db, req->arena, &act->scope, act->unit, &unit_id, fault);
    if (e != OK) return e;
    const struct delegation_saying saying = {.request = act->request, .unit = act->unit, .scope = &act->scope, .said = act->said, .now_ms = act->now_ms,
                                             .actor = actor_of(req)};
    return delegation_add_report(db, req->arena, &tools->ids, programme, &saying, fault);
}

static void report_stored(struct http_request *req)
{
    if (is_stored(req)) go_back(req, req->state, "&done=report#result");
}

void delegation_report_post(struct http_request *req)
{
    struct act *act;
    if (!begin(req, "request", &act)) return;
    const char *said = http_form(req, "said");
    bool is_number = said && said[0] && strlen(said) <= 5 && strspn(said, "0123456789") == strlen(said);
    act->said = is_number ? strtol(said, NULL, 10) : -1;
    request_write(req, report_store, report_stored);
}

/* --- all badges, to the one who signs for them ---------------------------------------------------------------------------------------------------- */

static enum err handover_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct act *act = req->state;
    return handover_record(db, req->arena, &tools->ids, &act->handover, &act->handed, fault);
}

static void handover_stored(struct http_request *req)
{
    const struct act *act = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    bool theirs = e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_NOT_FOUND;
    if (e == OK) go_back(req, act, act->handed.already_count && !act->handover.again ? "&done=handed_some#result" : "&done=handed#result");
    else if (theirs && fault->text[0]) delegation_show(req, act->unit, e == ERR_CONFLICT ? 409 : 400, refusal_of_fault(req, fault));
    else reply_error(req, e, fault);
}

void delegation_handover_post(struct http_request *req)
{
    struct act *act;
    if (!begin(req, "request", &act)) return;
    const char *again = http_form(req, "again");
    act->handover = (struct handover_wish){.event = http_param(req, "event"), .unit = act->unit, .to_name = http_form(req, "to"), .again = again && again[0],
                                           .actor = actor_of(req), .now_ms = act->now_ms};
    request_write(req, handover_store, handover_stored);
}
