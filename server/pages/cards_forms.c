/* POST /admin/-/register/cards: do= make (person=, or unit=: all who never had one), replace (person=, seen=, reason=), withdraw (person=, reason=), hand
 * (person=, people= or unit=; to=), scan (card=: what a scanner typed), unhand (handover=), spoiled (run=, spoiled=), list (unit=, state=: as CSV). back=person
 * leads back to the person's page. For organisers of all events. */
#include "core/base/clock.h"
#include "core/congress/badges/handover.h"
#include "core/congress/badges/member_card.h"
#include "core/congress/badges/print_log.h"
#include "core/congress/badges/reissue.h"
#include "core/congress/title.h"
#include "server/pages/cards.h"
#include "server/print_badges.h"
#include "server/refusal.h"

#include <stdlib.h>
#include <string.h>

#define LIST_PART 2000
#define REASON_MOST 200

struct card_form {
    const char *person, *unit, *reason, *to, *done;
    struct badge_list_filter people;
    int64_t id, seen; /* of a run or handover; DB_NULL: not said */
    bool spoiled;
    size_t count;
    bool counts;
    enum err error;
    struct fault fault;
    struct buf list;
};

static const char *form_word(struct http_request *req, const char *name)
{
    const char *word = http_form(req, name);
    return word && *word ? word : NULL;
}

/* --- and then ------------------------------------------------------------------------------------------------------------------------------------ */

static void go_back(struct http_request *req, const struct card_form *f)
{
    const char *back = form_word(req, "back");
    struct buf to;
    buf_init(&to, BUF_LIMIT_LINE);
    if (back && f->person) {
        buf_puts(&to, "/admin/-/register/people/");
        buf_put_url(&to, f->person);
        buf_printf(&to, "?card=%s#card", f->done);
    } else {
        buf_printf(&to, "/admin/-/register/cards?done=%s", f->done);
        if (f->unit) buf_puts(&to, "&unit="), buf_put_url(&to, f->unit);
        if (f->counts) buf_printf(&to, "&count=%zu", f->count);
    }
    http_reply_redirect(req, 303, buf_text(&to));
    buf_release(&to);
}

/* What a person can put right stands on the page itself. */
static void tell(struct http_request *req, enum err e, const struct fault *fault)
{
    bool theirs = (e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_NOT_FOUND) && fault && fault->text[0];
    if (theirs) cards_page_show(req, e == ERR_CONFLICT ? 409 : e == ERR_INPUT ? 400 : 404, arena_strdup(req->arena, refusal_of_fault(req, fault)));
    else reply_error(req, e, fault);
}

static void stored(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == OK) go_back(req, req->state);
    else tell(req, e, fault);
}

/* --- made ------------------------------------------------------------------------------------------------------------------------------------------ */

static enum err run_turn(void *context, enum err (*apply)(struct db *, void *, struct fault *), void *arg, struct fault *fault)
{
    return writer_run(context, apply, arg, fault);
}

static void make_work(struct http_request *req, void *thread_state)
{
    struct card_form *f = req->state;
    struct worker *worker = thread_state;
    const struct badge_list_filter filter = {.only = f->person ? &f->person : NULL, .only_count = f->person ? 1 : 0, .unit = f->person ? NULL : f->unit};
    f->error = worker ? member_card_issue_by(worker->db, run_turn, app_of(req)->writer, &filter, actor_of(req), clock_now_ms(), &f->count, &f->fault) : ERR_BUSY;
}

static void made(struct http_request *req)
{
    struct card_form *f = req->state;
    f->counts = true;
    f->done = f->count ? "made" : "none_made";
    if (f->error == OK) go_back(req, f);
    else tell(req, f->error, &f->fault);
}

/* --- replaced, withdrawn --------------------------------------------------------------------------------------------------------------------------- */

static enum err apply_replace(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct card_form *f = req->state;
    struct reissue reissue;
    enum err e = reissue_plan_card(db, req->arena, &tools->ids, f->person, &reissue, fault);
    if (e == OK && f->seen != DB_NULL && f->seen != reissue.issue - 1)
        return fault_because(fault, ERR_CONFLICT, "card_replaced", f->person, "somebody else replaced this card meanwhile");
    reissue.reason = f->reason;
    return e == OK ? reissue_apply(db, &reissue, actor_of(req), clock_now_ms(), fault) : e;
}

static enum err apply_withdraw(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct card_form *f = req->state;
    (void)tools;
    return reissue_withdraw_card(db, req->arena, f->person, f->reason, actor_of(req), clock_now_ms(), fault);
}

/* --- handed over ------------------------------------------------------------------------------------------------------------------------------------- */

static enum err apply_hand(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct card_form *f = req->state;
    struct handover_result result;
    const char *const *people = f->person ? &f->person : f->people.only;
    struct handover_wish wish = {.unit = people ? NULL : f->unit, .people = people, .people_count = f->person ? 1 : f->people.only_count, .to_name = f->to,
                                 .to_person = f->to ? NULL : f->person, .actor = actor_of(req), .now_ms = clock_now_ms()};
    enum err e = handover_record(db, req->arena, &tools->ids, &wish, &result, fault);
    if (e != OK) return e;
    f->count = result.count;
    f->counts = true;
    return OK;
}

/* The card itself says whose it is: they take it. */
static enum err apply_scan(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct card_form *f = req->state;
    enum err e = card_list_scanned(db, req->arena, http_form(req, "card"), &f->person, fault);
    return e == OK ? apply_hand(db, req, tools, fault) : e;
}

static enum err apply_unhand(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct card_form *f = req->state;
    (void)tools;
    return handover_undo(db, NULL, f->id, actor_of(req), clock_now_ms(), fault);
}

static enum err apply_spoiled(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct card_form *f = req->state;
    (void)tools;
    return print_log_mark_spoiled(db, 0, f->id, f->spoiled, actor_of(req), clock_now_ms(), fault);
}

/* --- as a list ------------------------------------------------------------------------------------------------------------------------------------------ */

static void put_moment(struct buf *out, int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    buf_putc(out, ',');
    if (ms == DB_NULL) return;
    clock_format(ms, text);
    buf_puts(out, text);
}

static void put_line(struct arena *arena, struct buf *out, const struct card_line *line)
{
    buf_put_csv(out, line->code);
    buf_putc(out, ',');
    buf_put_csv(out, line->name);
    buf_putc(out, ',');
    buf_put_csv(out, line->unit_code ? line->unit_code : "");
    buf_putc(out, ',');
    buf_put_csv(out, line->unit ? title_pick(arena, line->unit, "vi") : "");
    buf_printf(out, ",%s,%lld", card_state_name(line->state), (long long)line->issue);
    put_moment(out, line->made_ms);
    put_moment(out, line->printed_ms);
    put_moment(out, line->handed_ms);
    buf_putc(out, ',');
    buf_put_csv(out, line->to_name ? line->to_name : "");
    put_moment(out, line->revoked_ms);
    buf_puts(out, "\r\n");
}

static enum err write_list(struct db *db, struct http_request *req, struct card_form *f)
{
    struct arena arena = {0};
    struct register_unit unit = {.id = 0};
    struct card_line *lines, last = {.sort = NULL};
    size_t count = LIST_PART;
    int state = card_state_from_name(form_word(req, "state"));
    enum err e = f->unit ? register_unit_by_code(db, req->arena, f->unit, &unit) : OK;
    buf_puts(&f->list, "\xEF\xBB\xBF" "code,name,unit,unit_name,state,issue,made,printed,handed,to,withdrawn\r\n");
    while (e == OK && count == LIST_PART) {
        const char *after = last.sort ? arena_strdup(req->arena, last.sort) : NULL;
        arena_clear(&arena);
        e = card_list_page(db, &arena, unit.id, state, after, last.person_id, LIST_PART, &lines, &count);
        for (size_t i = 0; e == OK && i < count; i++) put_line(&arena, &f->list, &lines[i]);
        if (e == OK && count) last = lines[count - 1];
        f->count += e == OK ? count : 0;
    }
    arena_release(&arena);
    return e == OK && !buf_ok(&f->list) ? ERR_NOMEM : e;
}

static void list_work(struct http_request *req, void *thread_state)
{
    struct card_form *f = req->state;
    struct worker *worker = thread_state;
    f->error = worker ? write_list(worker->db, req, f) : ERR_BUSY;
}

static enum err note_list(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct card_form *f = req->state;
    (void)tools;
    const char *detail = arena_printf(req->arena, "{\"rows\":%zu}", f->count);
    enum err e = audit_write(db, clock_now_ms(), actor_of(req), "cards.list", f->unit ? f->unit : "register", detail);
    return e == OK ? OK : db_fault(db, e, fault, "note the list");
}

static void give_list(struct http_request *req)
{
    struct card_form *f = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    (void)http_set_header(req, "Content-Disposition", "attachment; filename=\"member-cards.csv\"");
    http_reply_buf(req, 200, "text/csv; charset=utf-8", &f->list);
}

static void listed(struct http_request *req)
{
    const struct card_form *f = req->state;
    if (f->error != OK) tell(req, f->error, &f->fault);
    else request_write(req, note_list, give_list);
}

/* --- the door ------------------------------------------------------------------------------------------------------------------------------------------- */

static void release_form(void *data)
{
    buf_release(&((struct card_form *)data)->list);
}

static struct card_form *read_form(struct http_request *req)
{
    struct card_form *f = arena_alloc(req->arena, sizeof *f);
    const char *seen = form_word(req, "seen"), *id = form_word(req, "run"), *spoiled = form_word(req, "spoiled");
    if (!f || http_at_end(req, release_form, f) != OK) {
        reply_reason(req, REASON_busy);
        return NULL;
    }
    *f = (struct card_form){.person = form_word(req, "person"), .unit = form_word(req, "unit"), .reason = form_word(req, "reason"), .to = form_word(req, "to"),
                            .seen = seen ? strtoll(seen, NULL, 10) : DB_NULL, .spoiled = spoiled && spoiled[0] == '1'};
    buf_init(&f->list, BUF_LIMIT_FILE);
    if (!id) id = form_word(req, "handover");
    bool good = (!id || handover_read_id(id, &f->id)) && (!f->reason || strlen(f->reason) <= REASON_MOST) &&
                print_badges_split(req->arena, http_form(req, "people"), &f->people, &f->fault) == OK;
    req->state = f;
    if (!good) reply_reason(req, REASON_bad_request);
    return good ? f : NULL;
}

static void run(struct http_request *req, void (*work)(struct http_request *, void *), void (*then)(struct http_request *))
{
    req->resume = then;
    http_run_in_pool(req, app_of(req)->pool, work);
}

void cards_page_post(struct http_request *req)
{
    static const struct {
        const char *act, *done;
        write_apply *apply;
        bool of_person, by_id;
    } acts[] = {{"replace", "replaced", apply_replace, true, false}, {"withdraw", "withdrawn", apply_withdraw, true, false}, {"hand", "handed", apply_hand, false, false},
                {"scan", "handed", apply_scan, false, false}, {"unhand", "unhanded", apply_unhand, false, true}, {"spoiled", "spoiled", apply_spoiled, false, true}};
    const char *act = http_form(req, "do");
    struct card_form *f = console_enter(req, true) ? read_form(req) : NULL;
    if (!f) return;
    if (act && strcmp(act, "make") == 0) {
        run(req, make_work, made);
        return;
    }
    if (act && strcmp(act, "list") == 0) {
        run(req, list_work, listed);
        return;
    }
    for (size_t i = 0; act && i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(act, acts[i].act) != 0 || (acts[i].of_person && !f->person) || (acts[i].by_id && !f->id)) continue;
        f->done = acts[i].done;
        request_write(req, acts[i].apply, stored);
        return;
    }
    reply_reason(req, REASON_bad_request);
}
