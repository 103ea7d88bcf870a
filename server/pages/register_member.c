/* GET, POST /admin/-/register/people/{person}/membership: where somebody belongs. POST: do=move (unit=, day=), do=end (how=, day=), do=return (unit=, day=);
 * do=correct: the periods as they really were (from0=, began0=, unit0=, until0=, ended0=, drop0= …); what was believed stays in the history. seen= the version that
 * was shown. */
#include "core/base/clock.h"
#include "core/congress/register/edit.h"
#include "core/congress/title.h"
#include "server/pages/messages.h"
#include "server/pages/register_form.h"

#include <stdlib.h>
#include <string.h>

#define PERIODS_MOST 60

static bool is_act(const struct register_ask *ask, const char *act) { return ask->act && strcmp(ask->act, act) == 0; }

/* --- what happened --- */

static const struct register_said nothing_said;

/* One of the page's forms: what was refused stands at the one that was sent. */
static enum err begin_form(struct register_form *form, struct register_view *r, const char *act)
{
    const struct register_ask *ask = r->view.req->state;
    return register_form_begin(form, r, is_act(ask, act) ? &ask->said : &nothing_said, arena_printf(r->view.arena, "%s_", act));
}

static void put_day(struct register_form *form, const char *label, const char *today)
{
    struct view *view = &form->r->view;
    const struct register_line_of day = {.name = "day", .label = view_words(view, label), .value = today, .kind = LINE_DATE,
                                         .how = view_words(view, "register.how.past_day"), .needed = true};
    register_form_line(form, &day);
}

static enum err put_acts(struct register_view *r, const struct register_person *person, const char *today)
{
    struct view *view = &r->view;
    struct register_form form;
    bool member = person->unit_id != DB_NULL;
    const struct register_option ends[] = {{"left", view_words(view, "register.ended.left")}, {"retired", view_words(view, "register.ended.retired")},
                                           {"died", view_words(view, "register.ended.died")}, {"removed", view_words(view, "register.ended.removed")}};
    enum err e = begin_form(&form, r, member ? "move" : "return");
    if (e == OK) e = register_form_unit(&form, "unit", view_words(view, member ? "register.new_unit" : "register.unit"), NULL,
                                          view_words(view, "register.choose"), 0);
    if (e == OK) put_day(&form, member ? "register.moves_on" : "register.comes_on", today);
    if (e == OK && member) e = begin_form(&form, r, "end");
    if (e == OK && member) register_form_choice(&form, "how", view_words(view, "register.how_ended"), "left", ends, 4);
    if (e == OK && member) put_day(&form, "register.goes_on", today);
    view_put_flag(view->root, "is_member", member);
    return e;
}

/* --- the history, to be corrected --- */

static void put_choice(struct view *view, json_t *row, const char *key, const char *const *codes, size_t count, const char *prefix, const char *chosen)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_object();
        view_put(one, "code", codes[i]);
        view_put(one, "title", view_words(view, arena_printf(view->arena, "register.%s.%s", prefix, codes[i])));
        view_put_flag(one, "chosen", chosen && strcmp(codes[i], chosen) == 0);
        json_array_append_new(list, one);
    }
    view_put_json(row, key, list);
}

static const char *sent_at(struct http_request *req, const char *name, size_t i)
{
    return http_form(req, arena_printf(req->arena, "%s%zu", name, i));
}

/* NULL: an empty row, for what is missing. */
static void put_row(struct register_view *r, json_t *rows, const struct register_period *p, bool sent)
{
    static const char *const began[] = {"listed", "joined", "moved_in", "returned"}, *const ended[] = {"left", "retired", "died", "moved_out", "removed"};
    struct view *view = &r->view;
    size_t i = json_array_size(rows);
    json_t *row = json_object();
    view_put(row, "i", arena_printf(view->arena, "%zu", i));
    view_put(row, "row_from", sent ? sent_at(view->req, "from", i) : p ? p->from_day : "");
    view_put(row, "row_until", sent ? sent_at(view->req, "until", i) : p && !p->is_open ? p->until_day : "");
    view_put(row, "row_unit", sent ? sent_at(view->req, "unit", i) : p && p->unit_code ? p->unit_code : "");
    put_choice(view, row, "began", began, 4, "began", sent ? sent_at(view->req, "began", i) : p ? register_began_name(p->began) : "joined");
    put_choice(view, row, "ended", ended, 5, "ended", sent ? sent_at(view->req, "ended", i) : p && !p->is_open ? register_ended_name(p->ended) : "left");
    view_put_flag(row, "drop", sent && sent_at(view->req, "drop", i));
    view_put_flag(row, "is_new", p == NULL);
    json_array_append_new(rows, row);
}

static void put_believed(struct register_view *r, json_t *rows, const struct register_period *p)
{
    struct view *view = &r->view;
    json_t *row = json_object();
    view_put_title(view, row, "place_name", p->unit_name ? p->unit_name : p->unit_code);
    view_put(row, "from", *p->from_day ? view_date(view, p->from_day) : view_words(view, "register.always"));
    if (!p->is_open) view_put(row, "until", view_date(view, p->until_day));
    view_put(row, "known", view_moment(view, r->zone, p->known_ms));
    view_put_actor(view, row, "actor", p->actor);
    view_put(row, "void", view_moment(view, r->zone, p->void_ms));
    view_put_actor(view, row, "void_actor", p->void_actor);
    json_array_append_new(rows, row);
}

static enum err put_history(struct register_view *r, int64_t person_id)
{
    struct view *view = &r->view;
    const struct register_ask *ask = view->req->state;
    struct register_period *periods;
    struct register_unit_line *units = NULL;
    size_t count, unit_count = 0;
    bool sent = is_act(ask, "correct");
    json_t *rows = json_array(), *believed = json_array(), *names = json_array();
    view_put_json(view->root, "periods", rows);
    view_put_json(view->root, "believed", believed);
    view_put_json(view->root, "units", names);
    enum err e = register_periods_read(r->db, view->arena, person_id, true, &periods, &count);
    if (e == OK) e = register_units_read(r->db, view->arena, &units, &unit_count);
    for (size_t i = 0; e == OK && i < count; i++) {
        if (periods[i].void_ms != INT64_MAX) put_believed(r, believed, &periods[i]);
        else if (!sent) put_row(r, rows, &periods[i], false);
    }
    for (size_t i = 0; e == OK && sent && i < PERIODS_MOST && sent_at(view->req, "from", i); i++) put_row(r, rows, NULL, true);
    if (e == OK && !sent) put_row(r, rows, NULL, false);
    for (size_t i = 0; e == OK && i < unit_count; i++) {
        json_t *one = json_object();
        view_put(one, "code", units[i].code);
        view_put_title(view, one, "title", units[i].name);
        json_array_append_new(names, one);
    }
    view_put_flag(view->root, "any_believed", json_array_size(believed) > 0);
    if (sent) view_put(view->root, "correct_problem", ask->said.problem);
    return e;
}

/* --- the page --- */

static enum err put_head(struct register_view *r, const struct register_person *person)
{
    struct view *view = &r->view;
    const struct register_ask *ask = view->req->state;
    struct register_unit unit;
    int64_t version;
    enum err e = register_person_version(r->db, person->id, &version);
    if (e == OK && person->unit_id != DB_NULL) e = register_unit_by_id(r->db, view->arena, person->unit_id, &unit);
    if (e != OK) return e;
    if (person->unit_id != DB_NULL) view_put_title(view, view->root, "unit_name", unit.name);
    view_put(view->root, "name", person->name);
    view_put(view->root, "href", register_href(view, "people", person->code));
    view_put(view->root, "seen", arena_printf(view->arena, "%lld", (long long)version));
    if (!is_act(ask, "correct") && ask->said.problem) view_put(view->root, "problem", ask->said.problem);
    view_set_title(view, arena_printf(view->arena, "%s – %s", person->name, view_words(view, "register.membership")));
    view_set_style(view, "admin");
    return OK;
}

static void page_work(struct http_request *req, void *thread_state)
{
    const struct register_ask *ask = req->state;
    struct register_view r;
    struct register_person person;
    char today[REGISTER_DAY_SIZE];
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = register_person_by_code(r.db, req->arena, http_param(req, "person"), &person);
    if (e == OK) e = register_today(r.db, req->arena, clock_now_ms(), today);
    if (e == OK) e = put_acts(&r, &person, today);
    if (e == OK) e = put_history(&r, person.id);
    if (e == OK) e = put_head(&r, &person);
    if (e != OK) reply_error(req, e, NULL);
    else view_reply(&r.view, ask->said.status ? ask->said.status : 200, "house_membership");
}

void register_member_get(struct http_request *req)
{
    if (register_ask_begin(req, page_work)) register_ask_show(req);
}

/* --- writing --- */

static enum err refuse_row(struct fault *fault, const char *detail)
{
    return fault_because(fault, ERR_INPUT, "register_periods", detail, "the periods do not fit together: %s", detail);
}

static int by_days(const void *a, const void *b)
{
    const struct register_period *x = a, *y = b;
    int order = strcmp(x->from_day, y->from_day);
    if (order) return order;
    return x->is_open != y->is_open ? (int)x->is_open - (int)y->is_open : strcmp(x->until_day, y->until_day);
}

static enum err read_row(struct register_doing *doing, struct http_request *req, size_t i, struct register_period *ret)
{
    const char *from = sent_at(req, "from", i), *until = sent_at(req, "until", i), *code = sent_at(req, "unit", i), *began = sent_at(req, "began", i),
               *ended = sent_at(req, "ended", i);
    struct register_unit unit;
    enum err e = register_unit_by_code(doing->db, doing->arena, code ? code : "", &unit);
    if (e == ERR_NOT_FOUND) return fault_because(doing->fault, ERR_INPUT, "register_unit", code, "there is no unit \"%.64s\"", code ? code : "");
    if (e != OK) return e;
    *ret = (struct register_period){.unit_id = unit.id, .from_day = from, .until_day = until ? until : "", .is_open = !until || !*until};
    if (!began || !register_began_from_name(began, &ret->began)) return refuse_row(doing->fault, from);
    if (!ret->is_open && (!ended || !register_ended_from_name(ended, &ret->ended))) return refuse_row(doing->fault, from);
    return OK;
}

static enum err correct(struct register_doing *doing, struct http_request *req, const char *code)
{
    struct register_period periods[PERIODS_MOST];
    struct register_person person;
    size_t count = 0;
    enum err e = register_person_by_code(doing->db, doing->arena, code, &person);
    if (e == OK && sent_at(req, "from", PERIODS_MOST)) return refuse_row(doing->fault, "60"); /* those behind would be lost without a word */
    for (size_t i = 0; e == OK && i < PERIODS_MOST && sent_at(req, "from", i); i++) {
        const char *unit = sent_at(req, "unit", i);
        bool empty = !*sent_at(req, "from", i) && (!unit || !*unit);
        if (!empty && !sent_at(req, "drop", i)) e = read_row(doing, req, i, &periods[count++]);
    }
    if (e == OK && count) qsort(periods, count, sizeof *periods, by_days);
    if (e == OK) e = register_correct(doing, person.id, periods, count);
    return e == OK ? audit_write(doing->db, doing->at_ms, doing->actor, "register correct", person.code, NULL) : e;
}

static enum err apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    enum register_ended how = REGISTER_LEFT;
    const char *code = http_param(req, "person"), *unit = http_form(req, "unit"), *ended = http_form(req, "how");
    enum err e = register_doing_begin(&doing, db, req, tools, http_form(req, "day"), fault);
    if (e == OK) e = register_check_seen(&doing, code, messages_read_id(http_form(req, "seen")));
    if (e == OK && is_act(ask, "move")) e = register_move(&doing, code, unit ? unit : "");
    else if (e == OK && is_act(ask, "return")) e = register_return(&doing, code, unit ? unit : "");
    else if (e == OK && is_act(ask, "correct")) e = correct(&doing, req, code);
    else if (e == OK && (!ended || !register_ended_from_name(ended, &how))) e = fault_because(fault, ERR_INPUT, "register_value", "how", "how= is wrong");
    else if (e == OK) e = register_end(&doing, code, how);
    if (e != OK) return fault->text[0] ? e : db_fault(db, e, fault, "the membership");
    ask->to = arena_printf(req->arena, "/admin/-/register/people/%s?done=%s#memberships", code, is_act(ask, "correct") ? "corrected" : "noted");
    return ask->to ? OK : ERR_NOMEM;
}

void register_member_post(struct http_request *req)
{
    const struct register_ask *ask = register_ask_begin(req, page_work);
    if (!ask) return;
    if (is_act(ask, "move") || is_act(ask, "end") || is_act(ask, "return") || is_act(ask, "correct")) register_ask_write(req, apply);
    else reply_reason(req, REASON_bad_request);
}
