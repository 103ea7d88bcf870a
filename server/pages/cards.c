/* GET /admin/-/register/cards: the member cards of everybody, or of a unit with those beneath it (unit=): how many were made, printed, handed over, withdrawn; who
 * (state=, after=, id=); the print runs. GET …/cards.pdf: those cards on paper. For organisers of all events. Tokens stand nowhere here but in the QR codes of the
 * PDF. */
#include "server/pages/cards.h"
#include "core/base/clock.h"
#include "core/congress/badges/print_log.h"
#include "server/pages/messages.h"
#include "server/print_badges.h"

#include <string.h>

#define RUNS_SHOWN 20
#define CARDS_HREF "/admin/-/register/cards"

struct shown {
    int status;
    const char *problem;
};

static const char *word(struct http_request *req, const char *name)
{
    const char *text = http_query(req, name);
    if (!text) text = http_form(req, name);
    return text && *text ? text : NULL;
}

/* --- counts ------------------------------------------------------------------------------------------------------------------------------------- */

static const char *href_of(struct view *view, const char *unit, const char *state)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_puts(&out, CARDS_HREF "?");
    if (unit) buf_puts(&out, "unit="), buf_put_url(&out, unit);
    if (state) buf_printf(&out, "%sstate=%s", unit ? "&" : "", state);
    const char *text = buf_ok(&out) ? arena_strdup(view->arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

static void put_count(struct view *view, json_t *rows, const char *unit, const char *state, int64_t count, const char *asked)
{
    json_t *row = json_object();
    view_put(row, "words", view_words(view, arena_printf(view->arena, "cards.state.%s", state ? state : "all")));
    view_put(row, "count", arena_printf(view->arena, "%lld", (long long)count));
    view_put(row, "href", href_of(view, unit, state));
    view_put_flag(row, "chosen", asked && state ? strcmp(asked, state) == 0 : !asked && !state);
    json_array_append_new(rows, row);
}

static enum err put_counts(struct register_view *r, int64_t unit_id, const char *unit, const char *asked)
{
    struct view *view = &r->view;
    struct card_counts counts;
    json_t *rows = json_array();
    enum err e = card_list_counts(r->db, view->arena, unit_id, &counts);
    view_put_json(view->root, "counts", rows);
    if (e != OK) return e;
    put_count(view, rows, unit, NULL, counts.people, asked);
    for (int i = 0; i < CARD_STATE_COUNT; i++) put_count(view, rows, unit, card_state_name((enum card_state)i), counts.of[i], asked);
    put_count(view, rows, unit, "replaced", counts.replaced, asked);
    int64_t good = counts.of[CARD_MADE] + counts.of[CARD_PRINTED] + counts.of[CARD_HANDED];
    view_put_flag(view->root, "any_good", good > 0);
    if (counts.of[CARD_NONE]) view_put(view->root, "to_make", arena_printf(view->arena, "%lld", (long long)counts.of[CARD_NONE]));
    if (counts.of[CARD_MADE]) view_put(view->root, "to_print", arena_printf(view->arena, "%lld", (long long)counts.of[CARD_MADE]));
    return OK;
}

/* --- who ------------------------------------------------------------------------------------------------------------------------------------------ */

static void put_when(struct register_view *r, json_t *row, const char *key, int64_t ms)
{
    if (ms != DB_NULL) view_put(row, key, view_moment(&r->view, r->zone, ms));
}

static json_t *line_json(struct register_view *r, const struct card_line *line)
{
    struct view *view = &r->view;
    json_t *row = json_object();
    view_put(row, "name", line->name);
    view_put(row, "code", line->code);
    view_put(row, "href", arena_printf(view->arena, "%s#card", register_href(view, "people", line->code)));
    if (line->unit) view_put_title(view, row, "unit", line->unit);
    view_put(row, "state", view_words(view, arena_printf(view->arena, "cards.state.%s", card_state_name(line->state))));
    view_put_flag(row, "bad", line->state == CARD_WITHDRAWN);
    if (line->issue > 1) view_put_number(row, "issue", line->issue);
    view_put_flag(row, "may_hand", line->state == CARD_MADE || line->state == CARD_PRINTED);
    if (line->state == CARD_MADE) put_when(r, row, "made", line->made_ms);
    if (line->state == CARD_PRINTED) put_when(r, row, "printed", line->printed_ms);
    if (line->state == CARD_WITHDRAWN) put_when(r, row, "revoked", line->revoked_ms);
    if (line->state != CARD_HANDED) return row;
    view_put(row, "to", line->to_name);
    put_when(r, row, "handed", line->handed_ms);
    return row;
}

static enum err put_people(struct register_view *r, int64_t unit_id, const char *unit, const char *state)
{
    struct view *view = &r->view;
    struct card_line *lines;
    size_t count;
    const char *after = http_query(view->req, "after"), *href = href_of(view, unit, state);
    enum err e = card_list_page(r->db, view->arena, unit_id, card_state_from_name(state), after, after ? messages_read_id(http_query(view->req, "id")) : 0,
                                REGISTER_PAGE + 1, &lines, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count && i < REGISTER_PAGE; i++) json_array_append_new(rows, line_json(r, &lines[i]));
    view_put_json(view->root, "people", rows);
    view_put_flag(view->root, "any_person", count > 0);
    if (after) view_put(view->root, "first", href);
    if (count <= REGISTER_PAGE) return OK;
    struct buf next;
    buf_init(&next, BUF_LIMIT_LINE);
    buf_printf(&next, "%s&after=", href);
    buf_put_url(&next, lines[REGISTER_PAGE - 1].sort);
    buf_printf(&next, "&id=%lld", (long long)lines[REGISTER_PAGE - 1].person_id);
    view_put(view->root, "next", buf_text(&next));
    buf_release(&next);
    return OK;
}

/* --- on paper --------------------------------------------------------------------------------------------------------------------------------------- */

static enum err put_runs(struct register_view *r)
{
    struct view *view = &r->view;
    struct print_log_entry *runs;
    size_t count;
    enum err e = print_log_runs(r->db, view->arena, 0, RUNS_SHOWN, &runs, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        view_put(row, "id", arena_printf(view->arena, "%lld", (long long)runs[i].id));
        put_when(r, row, "at", runs[i].printed_ms);
        view_put_actor(view, row, "by", runs[i].actor);
        view_put(row, "layout", runs[i].layout);
        view_put_number(row, "cards", runs[i].badges);
        view_put_flag(row, "spoiled", runs[i].spoiled_ms != DB_NULL);
        json_array_append_new(rows, row);
    }
    view_put_flag(view->root, "any_run", count > 0);
    view_put_json(view->root, "runs", rows);
    return OK;
}

/* --- the page ------------------------------------------------------------------------------------------------------------------------------------------ */

static enum err fill(struct register_view *r)
{
    struct view *view = &r->view;
    const char *code = word(view->req, "unit"), *state = word(view->req, "state");
    struct register_unit unit = {.id = 0};
    enum err e = code ? register_unit_by_code(r->db, view->arena, code, &unit) : OK;
    if (e != OK) return e;
    if (card_state_from_name(state) == CARD_ANY_STATE) state = NULL;
    if (code) {
        view_put(view->root, "unit_code", code);
        view_put_title(view, view->root, "unit_name", unit.name);
        view_put(view->root, "unit_href", register_href(view, "units", code));
    }
    view_put(view->root, "state_asked", state);
    e = put_counts(r, unit.id, code, state);
    if (e == OK) e = put_people(r, unit.id, code, state);
    return e == OK ? put_runs(r) : e;
}

static void page_work(struct http_request *req, void *thread_state)
{
    const struct shown *shown = req->state;
    struct register_view r;
    const char *done = http_query(req, "done"), *count = http_query(req, "count");
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = fill(&r);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put(r.view.root, "problem", shown->problem);
    if (done) view_put(r.view.root, "done", view_words(&r.view, arena_printf(req->arena, "cards.done.%.20s", done)));
    if (done && count) view_put_number(r.view.root, "done_count", messages_read_id(count));
    view_set_title(&r.view, view_words(&r.view, "cards.title"));
    view_set_style(&r.view, "admin");
    view_reply(&r.view, shown->status, "house_cards");
}

void cards_page_show(struct http_request *req, int status, const char *problem)
{
    struct shown *shown = arena_alloc(req->arena, sizeof *shown);
    if (!shown) {
        reply_reason(req, REASON_busy);
        return;
    }
    *shown = (struct shown){status, problem};
    req->state = shown;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page_work);
}

void cards_page_get(struct http_request *req)
{
    if (console_enter(req, true)) cards_page_show(req, 200, NULL);
}

void cards_pdf_get(struct http_request *req)
{
    if (console_enter(req, true)) print_badges_answer(req);
}

/* --- of one person ------------------------------------------------------------------------------------------------------------------------------------- */

static json_t *issue_json(struct register_view *r, const struct card_issue *card)
{
    json_t *row = json_object();
    view_put_number(row, "issue", card->issue);
    put_when(r, row, "made", card->made_ms);
    put_when(r, row, "printed", card->printed_ms);
    put_when(r, row, "revoked", card->revoked_ms);
    view_put_flag(row, "alive", card->revoked_ms == DB_NULL); /* not "good": what a row lacks is looked for around it */
    if (card->handover_id == DB_NULL) return row;
    view_put(row, "to", card->to_name);
    view_put_actor(&r->view, row, "handed_by", card->handed_by);
    put_when(r, row, "handed", card->handed_ms);
    view_put(row, "handover", arena_printf(r->view.arena, "%lld", (long long)card->handover_id));
    return row;
}

enum err cards_put_person(struct register_view *r, const struct register_person *person)
{
    struct card_issue *cards;
    size_t count;
    enum err e = card_list_of_person(r->db, r->view.arena, person->id, &cards, &count);
    if (e != OK) return e;
    bool good = count > 0 && cards[0].revoked_ms == DB_NULL;
    const char *done = http_query(r->view.req, "card");
    json_t *out = json_object(), *rows = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(rows, issue_json(r, &cards[i]));
    view_put_json(out, "issues", rows);
    view_put_flag(out, "none", count == 0);
    view_put_flag(out, "good", good);
    view_put_flag(out, "withdrawn", count > 0 && !good);
    view_put_flag(out, "may_hand", good && cards[0].handover_id == DB_NULL);
    if (count) view_put_number(out, "newest", cards[0].issue);
    if (done) view_put(out, "done", view_words(&r->view, arena_printf(r->view.arena, "cards.done.%.20s", done)));
    view_put_json(r->view.root, "card", out);
    return OK;
}
