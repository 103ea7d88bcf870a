/* GET /delegation/{event}: for the head of a delegation (phone) and for the desk. Without unit= the list of those that may be seen (delegation_list.c); a head of
 * one is led to it. With unit= who is here, who is missing, who is absent and why; part=live gives only what changes, for the script (web/js/delegation.js), with an
 * ETag. Works without JavaScript: every number stands on the page as it was made, every act is a form. */
#include "server/pages/delegation.h"

#include "core/base/clock.h"
#include "core/congress/badges/handover.h"
#include "core/congress/title.h"

#include <inttypes.h>
#include <string.h>

#define GATE_COOKIE "plenum_gate"

enum err delegation_scope_of(struct http_request *req, int64_t event_id, struct delegation_scope *ret)
{
    const struct principal *p = principal_of(req);
    int64_t *units;
    *ret = (struct delegation_scope){.all = (p->roles & WHO_STAFF) != 0};
    if (ret->all) return OK;
    if (p->is_badge_head) {
        ret->units = &p->head_unit_id;
        ret->unit_count = 1;
        return OK;
    }
    enum err e = account_head_units(&p->account, req->arena, event_id, &units, &ret->unit_count);
    if (e == OK) ret->units = units;
    return e;
}

const char *delegation_path(struct http_request *req, const char *unit, const char *more)
{
    struct buf path;
    buf_init(&path, BUF_LIMIT_LINE);
    buf_printf(&path, "/delegation/%s?unit=", http_param(req, "event"));
    buf_put_url(&path, unit);
    buf_puts(&path, more);
    char *text = buf_ok(&path) ? arena_strdup(req->arena, buf_text(&path)) : NULL;
    buf_release(&path);
    return text;
}

/* --- people -------------------------------------------------------------------------------------------------------------------------------- */

struct page {
    struct staff_page staff;
    struct delegation delegation;
    struct delegation_member *members;
    size_t count;
    int64_t now_ms;
};

static json_t *member_json(struct page *page, const struct delegation_member *m)
{
    struct view *view = &page->staff.view;
    json_t *row = json_object();
    view_put(row, "code", m->code);
    view_put(row, "name", m->name);
    view_put(row, "honorific", m->honorific);
    view_put(row, "number", m->number);
    view_put_title(view, row, "title", m->title);
    view_put_flag(row, "is_alternate", m->is_alternate);
    view_put_flag(row, "is_head", m->is_head);
    view_put_flag(row, "by_group", m->by_group);
    view_put_flag(row, "excused", m->excused);
    view_put_flag(row, "was_absent", m->was_absent);
    view_put(row, "reason", m->reason);
    if (m->since_ms != DB_NULL) view_put(row, "since", i18n_time(view->arena, page->staff.event.timezone, m->since_ms));
    const struct programme_area *area = m->place == DELEGATION_ELSEWHERE ? programme_area_by_id(page->staff.programme, m->area_id) : NULL;
    if (area) view_put_title(view, row, "area", area->title);
    return row;
}

/* Who is expected is ticked: the absent are unticked. An alternate comes only where somebody says so. */
static void put_people(struct page *page)
{
    struct view *view = &page->staff.view;
    json_t *lists[4] = {0};
    static const char *const names[4] = {[DELEGATION_MISSING] = "missing", [DELEGATION_ABSENT] = "absent", [DELEGATION_HERE] = "here", [DELEGATION_ELSEWHERE] = "here"};
    for (size_t i = 0; i < 3; i++) lists[i] = json_array();
    lists[DELEGATION_ELSEWHERE] = lists[DELEGATION_HERE];
    size_t shown = 0;
    for (size_t i = 0; i < page->count; i++) {
        const struct delegation_member *m = &page->members[i];
        if (m->place == DELEGATION_MISSING && ++shown > DELEGATION_PEOPLE_MOST) continue;
        json_t *row = member_json(page, m);
        view_put_flag(row, "ticked", m->place == DELEGATION_MISSING && !m->is_alternate);
        json_array_append_new(lists[m->place], row);
    }
    for (size_t i = 0; i < 3; i++) {
        view_put_flag(view->root, arena_printf(view->arena, "any_%s", names[i]), json_array_size(lists[i]) > 0);
        view_put_json(view->root, names[i], lists[i]);
    }
    view_put_flag(view->root, "any_out", json_array_size(lists[DELEGATION_MISSING]) + json_array_size(lists[DELEGATION_ABSENT]) > 0);
    view_put_flag(view->root, "more_missing", shown > DELEGATION_PEOPLE_MOST);
}

/* --- figures -------------------------------------------------------------------------------------------------------------------------------- */

static void put_count(json_t *object, const struct delegation_count *c)
{
    view_put_number(object, "expected", c->expected);
    view_put_number(object, "here", c->here);
    view_put_number(object, "missing", c->missing);
    view_put_number(object, "absent", c->absent);
    if (c->elsewhere) view_put_number(object, "elsewhere", c->elsewhere);
    if (c->alternates) view_put_number(object, "alternates", c->alternates);
    if (c->by_group) view_put_number(object, "by_group", c->by_group);
}

/* What was reported, and whether it still is so. */
static void put_report(struct page *page)
{
    struct view *view = &page->staff.view;
    const struct delegation_report *r = page->delegation.report;
    if (!r) return;
    json_t *report = json_object();
    view_put(report, "at", view_moment(view, page->staff.event.timezone, r->made_ms));
    view_put(report, "by", r->actor);
    view_put_number(report, "said", r->said);
    view_put_number(report, "expected", r->count.expected);
    if (r->said != r->count.here) view_put_number(report, "counted", r->count.here);
    if (r->count.here != page->delegation.count.here) view_put_number(report, "now", page->delegation.count.here);
    view_put_json(view->root, "report", report);
}

static void put_figures(struct page *page)
{
    struct view *view = &page->staff.view;
    json_t *unit = json_object(), *count = json_object();
    view_put(unit, "code", page->delegation.code);
    view_put_title(view, unit, "name", page->delegation.name);
    view_put_json(view->root, "unit", unit);
    put_count(count, &page->delegation.count);
    view_put_json(view->root, "count", count);
    view_put(view->root, "as_of", i18n_time(view->arena, page->staff.event.timezone, page->now_ms));
    put_report(page);
}

/* --- what is done here ------------------------------------------------------------------------------------------------------------------------ */

/* Doors that let somebody in; the one used last is chosen. With one there is nothing to choose. */
static void put_gates(struct page *page)
{
    struct view *view = &page->staff.view;
    const struct programme *p = page->staff.programme;
    const char *chosen = http_cookie(view->req, GATE_COOKIE);
    json_t *gates = json_array();
    for (size_t i = 0; i < p->gate_count; i++) {
        const struct programme_gate *gate = &p->gates[i];
        if (gate->kind != GATE_ENTRY || !gate->lets_in) continue;
        json_t *one = json_object();
        view_put(one, "code", gate->code);
        view_put_title(view, one, "title", gate->title);
        view_put_flag(one, "chosen", chosen && strcmp(chosen, gate->code) == 0);
        json_array_append_new(gates, one);
    }
    view_put_flag(view->root, "has_gates", json_array_size(gates) > 0);
    view_put_flag(view->root, "choose_gate", json_array_size(gates) > 1);
    view_put_json(view->root, "gates", gates);
}

static void put_request(struct view *view, const char *name)
{
    char id[ID_UUID_SIZE];
    id_uuid7(id);
    view_put(view->root, name, id);
}

static enum err put_groups(struct page *page)
{
    struct view *view = &page->staff.view;
    struct group_line *lines;
    size_t n;
    enum err e = group_lines(page->staff.worker->db, view->arena, page->staff.event.id, page->delegation.unit_id, page->now_ms - CHECKIN_UNDO_MS, &lines, &n);
    json_t *list = json_array();
    for (size_t i = 0; e == OK && i < n; i++) {
        if (lines[i].undone_ms != DB_NULL || lines[i].admitted == 0) continue;
        json_t *one = json_object();
        view_put(one, "request", lines[i].request);
        view_put(one, "at", i18n_time(view->arena, page->staff.event.timezone, lines[i].made_ms));
        view_put(one, "by", lines[i].actor);
        view_put_number(one, "count", lines[i].admitted);
        json_array_append_new(list, one);
    }
    view_put_flag(view->root, "any_groups", json_array_size(list) > 0);
    view_put_json(view->root, "groups", list);
    return e;
}

static json_t *answer_json(struct view *view, const struct group_answer *a)
{
    json_t *row = json_object();
    const char *reason = reason_code(a->reason);
    view_put(row, "name", a->name);
    view_put(row, "words", view_words(view, arena_printf(view->arena, "desk.outcome.%.20s", outcome_name(a->outcome))));
    if (reason) view_put(row, "why", view_words(view, arena_printf(view->arena, "desk.reason.%.40s", reason)));
    return row;
}

/* The answer to the form that led here: how many went in; whoever did not, by name and with the reason. */
static enum err put_answers(struct page *page, const char *request)
{
    struct view *view = &page->staff.view;
    struct group_answer *answers;
    size_t n, admitted = 0;
    if (!id_is_uuid(request)) return OK;
    enum err e = group_answers(page->staff.worker->db, view->arena, page->staff.event.id, page->delegation.unit_id, request, &answers, &n);
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    json_t *result = json_object(), *already = json_array(), *refused = json_array();
    for (size_t i = 0; i < n; i++) {
        admitted += answers[i].outcome == OUTCOME_admitted && !answers[i].undone;
        if (answers[i].outcome == OUTCOME_already_in) json_array_append_new(already, answer_json(view, &answers[i]));
        else if (answers[i].outcome != OUTCOME_admitted) json_array_append_new(refused, answer_json(view, &answers[i]));
    }
    view_put_number(result, "admitted", (int64_t)admitted);
    view_put_flag(result, "any_admitted", admitted > 0);
    view_put_flag(result, "any_already", json_array_size(already) > 0);
    view_put_flag(result, "any_refused", json_array_size(refused) > 0);
    view_put_json(result, "already", already);
    view_put_json(result, "refused", refused);
    view_put_json(view->root, "result", result);
    return OK;
}

/* Who has which badges, for the desk. */
static enum err put_handovers(struct page *page)
{
    struct view *view = &page->staff.view;
    struct handover *all;
    size_t n;
    enum err e = handover_list(page->staff.worker->db, view->arena, page->staff.event.slug, &all, &n, NULL);
    json_t *list = json_array();
    for (size_t i = 0; e == OK && i < n; i++) {
        if (!all[i].unit_code || strcmp(all[i].unit_code, page->delegation.code) != 0 || all[i].undone_ms != DB_NULL) continue;
        json_t *one = json_object();
        view_put(one, "to", all[i].to_name);
        view_put(one, "at", view_moment(view, page->staff.event.timezone, all[i].made_ms));
        view_put(one, "by", all[i].actor);
        view_put_number(one, "badges", all[i].badges);
        json_array_append_new(list, one);
    }
    view_put_json(view->root, "handovers", list);
    view_put_flag(view->root, "is_staff", true);
    for (size_t i = 0; i < page->count; i++)
        if (page->members[i].is_head) view_put(view->root, "head_name", page->members[i].name);
    return e;
}

/* --- the page ------------------------------------------------------------------------------------------------------------------------------- */

static enum err find(struct page *page, const char *unit)
{
    struct delegation_scope scope;
    struct http_request *req = page->staff.view.req;
    page->now_ms = clock_now_ms();
    enum err e = delegation_scope_of(req, page->staff.event.id, &scope);
    if (e == OK) e = delegation_find(page->staff.worker->db, req->arena, page->staff.programme, unit, page->now_ms, &page->delegation, &page->members, &page->count);
    bool theirs = e == OK && delegation_in_scope(&scope, page->delegation.unit_id);
    if ((e == OK && !theirs) || (e == ERR_NOT_FOUND && !scope.all)) e = ERR_DENIED; /* nobody learns which units there are */
    view_put_flag(page->staff.view.root, "has_list", e == OK && (scope.all || scope.unit_count > 1));
    return e;
}

static enum err put_page(struct page *page, const char *problem)
{
    static const char *const prefixes[] = {"js.delegation."};
    struct view *view = &page->staff.view;
    const char *group = http_query(view->req, "group"), *came = http_query(view->req, "came");
    enum err e = put_groups(page);
    if (e == OK && group && !problem) e = put_answers(page, group);
    if (e == OK && (principal_of(view->req)->roles & WHO_STAFF)) e = put_handovers(page);
    put_gates(page);
    put_request(view, "group");
    put_request(view, "absence_request");
    put_request(view, "report_request");
    view_put(view->root, "problem", problem);
    if (!problem) staff_page_put_done(view, "delegation.done.");
    if (!problem && came && strlen(came) < 4 && strspn(came, "0123456789") == strlen(came)) view_put(view->root, "came", came);
    const char *title = title_pick(view->arena, page->delegation.name, view->tag);
    view_set_title(view, title);
    view_set_style(view, "delegation");
    view_set_script(view, "delegation", prefixes, 1);
    view_put(view->root, "live_url", delegation_path(view->req, page->delegation.code, "&part=live"));
    return e;
}

void delegation_show(struct http_request *req, const char *unit, int status, const char *problem)
{
    struct page page = {0};
    if (!staff_page_begin(&page.staff, req)) return;
    enum err e = find(&page, unit);
    if (e == OK) {
        put_figures(&page);
        put_people(&page);
        e = put_page(&page, problem);
    }
    if (e == OK) view_reply(&page.staff.view, status, "delegation");
    else if (e == ERR_DENIED) reply_reason(req, REASON_forbidden);
    else reply_error(req, e, NULL);
}

/* Only what changes, and nothing when nothing did: asked for every few seconds by every open page. */
static void show_live(struct http_request *req, const char *unit)
{
    struct page page = {0};
    struct programme_seqs seqs;
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, &seqs)) return;
    char *etag = arena_printf(req->arena, "%" PRId64 "-%" PRId64 "-%" PRId64 "-%s", seqs.figures_seq, seqs.config_seq, clock_now_ms() / CLOCK_MINUTE,
                              i18n_tag(view_language(req)));
    http_set_cache(req, HTTP_REVALIDATE);
    if (!etag || !staff_page_begin(&page.staff, req)) return;
    enum err e = find(&page, unit);
    if (e == ERR_DENIED) reply_reason(req, REASON_forbidden);
    else if (e != OK) reply_error(req, e, NULL);
    if (e != OK || http_not_modified(req, etag)) return;
    put_figures(&page);
    put_people(&page);
    view_reply(&page.staff.view, 200, "delegation_live");
}

void delegation_get(struct http_request *req)
{
    struct delegation_scope scope;
    const char *unit = http_query(req, "unit"), *part = http_query(req, "part");
    struct worker *worker = staff_enter(req, NULL);
    if (!worker) return;
    if (unit && part && strcmp(part, "live") == 0) {
        show_live(req, unit);
        return;
    }
    if (unit) {
        delegation_show(req, unit, 200, NULL);
        return;
    }
    const struct programme *programme = event_of(req, worker, NULL);
    if (!programme) return;
    const char *own = NULL;
    enum err e = delegation_scope_of(req, programme->event_id, &scope);
    if (e == OK && !scope.all && scope.unit_count == 1) e = delegation_code_of(worker->db, req->arena, scope.units[0], &own);
    if (e != OK && e != ERR_NOT_FOUND) reply_error(req, e, NULL);
    else if (own) http_reply_redirect(req, 302, delegation_path(req, own, ""));
    else delegation_list_show(req);
}
