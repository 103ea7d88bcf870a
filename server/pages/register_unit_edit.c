/* GET, POST /admin/-/register/new-unit (parent=) and /admin/-/register/units/{unit}/edit: a new unit, and what is known of one: its name, code, what is above it.
 * POST: do=save, seen=. GET, POST /admin/-/register/units/{unit}/close: it is closed, or goes into another (unit=, day=): its people move in slices, so that whoever
 * else writes has their turn; do=open: it was not closed. */
#include "core/base/clock.h"
#include "core/congress/register/edit.h"
#include "core/congress/title.h"
#include "server/pages/messages.h"
#include "server/pages/register_form.h"
#include "server/refusal.h"

#include <string.h>

#define SLICE 100 /* people that move in one piece of work of the writer at most */

static bool is_new(const struct http_request *req) { return http_param(req, "unit") == NULL; }

/* --- the page --- */

static void put_line(struct register_form *form, const char *name, const char *value, enum register_line_kind kind, const char *how)
{
    struct register_view *r = form->r;
    const struct register_line_of line = {.name = name, .label = register_field_words(r, name), .value = value, .kind = kind,
                                          .how = how ? view_words(&r->view, how) : NULL, .needed = is_new(r->view.req) && strcmp(name, "code") == 0};
    register_form_line(form, &line);
}

static const char *number_text(struct view *view, int64_t number)
{
    return number == DB_NULL ? NULL : arena_printf(view->arena, "%lld", (long long)number);
}

static enum err put_lines(struct register_form *form, const struct register_unit *unit)
{
    struct register_view *r = form->r;
    struct view *view = &r->view;
    struct register_unit above = {0};
    enum err e = unit->parent_id != DB_NULL ? register_unit_by_id(r->db, view->arena, unit->parent_id, &above) : OK;
    const char *parent = above.code ? above.code : is_new(view->req) ? http_query(view->req, "parent") : NULL;
    if (e != OK) return e;
    register_form_words(form, "name", view_words(view, "register.unit_name"), unit->name, true);
    put_line(form, "code", unit->code, LINE_TEXT, "register.how.unit_code");
    e = register_form_unit(form, "parent", register_field_words(r, "parent"), parent, view_words(view, "register.top"), unit->id);
    put_line(form, "level", unit->level, LINE_TEXT, "register.how.level");
    put_line(form, "sector", unit->sector, LINE_TEXT, NULL);
    put_line(form, "order", number_text(view, unit->sort_order), LINE_NUMBER, "register.how.order");
    put_line(form, "members", number_text(view, unit->members), LINE_NUMBER, "register.how.members");
    return e;
}

static enum err put_version(struct register_form *form, const struct register_unit *unit)
{
    struct view *view = &form->r->view;
    struct register_change *changes;
    size_t count;
    int64_t version = 0;
    enum err e = register_unit_version(form->r->db, unit->id, &version);
    if (e == OK) e = register_changes_of_unit(form->r->db, view->arena, unit->id, INT64_MAX, REGISTER_PAGE, &changes, &count);
    if (e != OK) return e;
    register_form_since(form, changes, count, messages_read_id(http_form(view->req, "seen")));
    view_put(view->root, "seen", arena_printf(view->arena, "%lld", (long long)version));
    return OK;
}

static enum err find_unit(struct register_view *r, struct register_unit *unit)
{
    *unit = (struct register_unit){.parent_id = DB_NULL, .sort_order = DB_NULL, .members = DB_NULL};
    return is_new(r->view.req) ? OK : register_unit_by_code(r->db, r->view.arena, http_param(r->view.req, "unit"), unit);
}

static void put_frame(struct register_view *r, const struct register_unit *unit, const char *heading)
{
    struct view *view = &r->view;
    const char *href = unit->code ? register_href(view, "units", unit->code) : NULL;
    view_put(view->root, "heading", view_words(view, heading));
    if (unit->name) view_put_title(view, view->root, "about", unit->name);
    view_put(view->root, "back", href ? href : "/admin/-/register");
    view_put(view->root, "action", href ? arena_printf(view->arena, "%s/edit", href) : "/admin/-/register/new-unit");
    view_set_title(view, view_words(view, heading));
    view_set_style(view, "admin");
}

static void page_work(struct http_request *req, void *thread_state)
{
    const struct register_ask *ask = req->state;
    struct register_view r;
    struct register_form form;
    struct register_unit unit;
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = find_unit(&r, &unit);
    if (e == OK) e = register_form_begin(&form, &r, &ask->said, "");
    if (e == OK && !is_new(req)) e = put_version(&form, &unit);
    if (e == OK) e = put_lines(&form, &unit);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_frame(&r, &unit, unit.code ? "register.edit_unit" : "register.new_unit_title");
    view_reply(&r.view, ask->said.status ? ask->said.status : 200, "house_form");
}

void register_unit_edit_get(struct http_request *req)
{
    if (register_ask_begin(req, page_work)) register_ask_show(req);
}

/* --- saving --- */

static enum err read_number(struct http_request *req, const char *name, bool *ret_says, int64_t *ret, struct fault *fault)
{
    const char *text = http_form(req, name);
    int64_t number = 0;
    *ret_says = text != NULL;
    *ret = DB_NULL;
    if (!text || !*text) return OK;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9' || number > 100000000) return fault_because(fault, ERR_INPUT, "register_value", name, "%s: is no number", name);
        number = number * 10 + (*p - '0');
    }
    *ret = number;
    return OK;
}

static enum err save(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    struct register_unit unit = {0};
    const char *asked = http_param(req, "unit");
    struct register_unit_edit edit = {.code = http_form(req, "code"), .parent = http_form(req, "parent"), .level = http_form(req, "level"),
                                      .sector = http_form(req, "sector"), .seen = messages_read_id(http_form(req, "seen")), .labels_as_stored = true};
    enum err e = register_doing_begin(&doing, db, req, tools, NULL, fault);
    if (e == OK && asked) e = register_unit_by_code(db, req->arena, asked, &unit);
    if (e == OK) e = read_number(req, "order", &edit.says_order, &edit.order, fault);
    if (e == OK) e = read_number(req, "members", &edit.says_members, &edit.members, fault);
    if (e == OK) {
        edit.name = register_form_read_words(req, db, "name", unit.name);
        if (asked && edit.code && !*edit.code) edit.code = NULL;
        e = asked ? register_edit_unit(&doing, asked, &edit) : register_add_unit(&doing, &edit);
    }
    if (e != OK) return fault->text[0] ? e : db_fault(db, e, fault, "the unit");
    ask->to = arena_printf(req->arena, "/admin/-/register/units/%s?done=%s", edit.code ? edit.code : asked, asked ? "saved" : "made");
    return ask->to ? OK : ERR_NOMEM;
}

void register_unit_edit_post(struct http_request *req)
{
    const struct register_ask *ask = register_ask_begin(req, page_work);
    if (!ask) return;
    if (ask->act && strcmp(ask->act, "save") == 0) register_ask_write(req, save);
    else reply_reason(req, REASON_bad_request);
}

/* --- closing --- */

static enum err put_closing(struct register_view *r, struct register_form *form, const struct register_unit *unit)
{
    struct view *view = &r->view;
    struct register_unit_line *units;
    char today[REGISTER_DAY_SIZE];
    size_t count, at = 0;
    const struct register_filter filter = {REGISTER_IN_UNIT, unit->id, 0};
    const struct register_page page = {.most = 1};
    struct register_line *people;
    size_t some = 0;
    enum err e = register_today(r->db, view->arena, clock_now_ms(), today);
    if (e == OK) e = register_units_read(r->db, view->arena, &units, &count);
    if (e == OK) e = register_people_read(r->db, view->arena, &filter, &page, &people, &some);
    if (e != OK) return e;
    while (at < count && units[at].unit_id != unit->id) at++;
    bool is_closed = at < count && units[at].closed_day, any = some || (at < count && units[at].after > at + 1);
    if (is_closed) view_put(view->root, "closed", view_date(view, units[at].closed_day));
    view_put_flag(view->root, "any_within", any);
    if (is_closed) return OK;
    e = register_form_unit(form, "unit", view_words(view, "register.goes_into"), NULL,
                           view_words(view, any ? "register.choose" : "register.into_none"), unit->id);
    const struct register_line_of day = {.name = "day", .label = view_words(view, "register.closes_on"), .value = arena_strdup(view->arena, today), .kind = LINE_DATE,
                                         .how = view_words(view, "register.how.past_day"), .needed = true};
    if (e == OK) register_form_line(form, &day);
    return e;
}

static void closing_work(struct http_request *req, void *thread_state)
{
    const struct register_ask *ask = req->state;
    struct register_view r;
    struct register_form form;
    struct register_unit unit;
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = find_unit(&r, &unit);
    if (e == OK) e = register_form_begin(&form, &r, &ask->said, "");
    if (e == OK) e = put_closing(&r, &form, &unit);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_frame(&r, &unit, "register.close_unit");
    view_put(r.view.root, "action", arena_printf(req->arena, "%s/close", register_href(&r.view, "units", unit.code)));
    view_reply(&r.view, ask->said.status ? ask->said.status : 200, "house_close");
}

void register_unit_close_get(struct http_request *req)
{
    if (register_ask_begin(req, closing_work)) register_ask_show(req);
}

struct closing {
    int64_t left; /* people that have not moved yet */
};

static enum err close_slice(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct closing *closing = ask->more;
    struct register_doing doing;
    struct arena arena = {0}; /* of this slice: the request's would be used up by a large unit */
    const char *code = http_param(req, "unit"), *to = http_form(req, "unit");
    enum err e = register_doing_begin(&doing, db, req, tools, http_form(req, "day"), fault);
    doing.arena = &arena;
    if (e == OK) e = register_close_check(&doing, code, to, &closing->left);
    if (e == OK && closing->left) e = register_close_people(&doing, code, to, SLICE, &closing->left);
    if (e == OK && !closing->left) e = register_close_unit(&doing, code, to);
    arena_release(&arena);
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "the unit");
}

static void slice_closed(struct http_request *req)
{
    struct register_ask *ask = req->state;
    const struct closing *closing = ask->more;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == OK && closing->left) request_write(req, close_slice, slice_closed);
    else if (e == OK) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/-/register/units/%s?done=closed", http_param(req, "unit")));
    else if (register_said_of(req, e, fault, &ask->said)) register_ask_show(req);
    else refusal_reply(req, e, fault);
}

static enum err reopen(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    enum err e = register_doing_begin(&doing, db, req, tools, NULL, fault);
    if (e == OK) e = register_reopen_unit(&doing, http_param(req, "unit"));
    ask->to = arena_printf(req->arena, "/admin/-/register/units/%s?done=opened", http_param(req, "unit"));
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "the unit");
}

void register_unit_close_post(struct http_request *req)
{
    struct register_ask *ask = register_ask_begin(req, closing_work);
    if (!ask) return;
    struct closing *closing = arena_alloc(req->arena, sizeof *closing);
    ask->more = closing;
    if (closing) *closing = (struct closing){0};
    if (closing && ask->act && strcmp(ask->act, "close") == 0) request_write(req, close_slice, slice_closed);
    else if (ask->act && strcmp(ask->act, "open") == 0) register_ask_write(req, reopen);
    else reply_reason(req, REASON_bad_request);
}
