/* The list of delegations, and GET and POST /admin/{event}/heads: who answers for which delegation, and the organiser's decisions about it. */
#include "server/pages/delegation.h"

#include "core/base/clock.h"
#include "core/congress/title.h"

#include <string.h>

/* --- the list ------------------------------------------------------------------------------------------------------------------------------- */

/* In protocol order, and in no other: nobody is shown who is worst. */
static json_t *line_json(struct staff_page *page, const struct delegation *d)
{
    struct view *view = &page->view;
    json_t *row = json_object();
    view_put(row, "href", delegation_path(view->req, d->code, ""));
    view_put(row, "code", d->code);
    view_put_title(view, row, "name", d->name);
    view_put_number(row, "expected", d->count.expected);
    view_put_number(row, "here", d->count.here);
    view_put_number(row, "missing", d->count.missing);
    view_put_number(row, "absent", d->count.absent);
    if (d->count.elsewhere) view_put_number(row, "elsewhere", d->count.elsewhere);
    if (!d->report) return row;
    json_t *report = json_object();
    view_put_number(report, "said", d->report->said);
    view_put(report, "at", view_moment(view, page->event.timezone, d->report->made_ms));
    view_put(report, "by", d->report->actor);
    if (d->report->said != d->report->count.here) view_put_number(report, "counted", d->report->count.here);
    if (d->report->count.here != d->count.here) view_put_number(report, "now", d->count.here);
    view_put_json(row, "report", report);
    return row;
}

static void list_work(struct http_request *req, void *thread_state)
{
    struct staff_page page;
    struct delegation_scope scope;
    struct delegation *list;
    size_t count, reported = 0;
    int64_t now_ms = clock_now_ms();
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    struct view *view = &page.view;
    enum err e = delegation_scope_of(req, page.event.id, &scope);
    if (e == OK) e = delegation_list(page.worker->db, req->arena, page.programme, &scope, now_ms, &list, &count);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(rows, line_json(&page, &list[i]));
        reported += list[i].report != NULL;
    }
    view_put_json(view->root, "delegations", rows);
    view_put_flag(view->root, "any", count > 0);
    view_put_number(view->root, "reported", (int64_t)reported);
    view_put_number(view->root, "of", (int64_t)count);
    view_put(view->root, "as_of", i18n_time(view->arena, page.event.timezone, now_ms));
    view_set_title(view, view_words(view, "delegation.link"));
    view_set_style(view, "delegation");
    view_reply(view, 200, "delegations");
}

void delegation_list_show(struct http_request *req)
{
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, list_work);
}

/* --- heads ------------------------------------------------------------------------------------------------------------------------------------ */

static void add_heads(struct view *view, json_t *row, const char *key, const struct delegation_head *heads, size_t count, int64_t unit_id)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (heads[i].unit_id != unit_id) continue;
        json_t *one = json_object();
        view_put(one, "name", heads[i].name);
        view_put(one, "code", heads[i].code);
        json_array_append_new(list, one);
    }
    view_put_flag(row, arena_printf(view->arena, "any_%s", key), json_array_size(list) > 0);
    view_put_json(row, key, list);
}

/* The codes of all heads, for the slips with their PINs (POST /admin/{event}/pins.pdf). */
static void put_only(struct view *view, const struct delegation_head *heads, size_t count)
{
    struct buf only;
    buf_init(&only, BUF_LIMIT_LINE);
    for (size_t i = 0; i < count; i++) buf_printf(&only, "%s%s", i ? "," : "", heads[i].code);
    if (count && buf_ok(&only)) view_put(view->root, "only", buf_text(&only));
    buf_release(&only);
}

static void heads_work(struct http_request *req, void *thread_state)
{
    static const struct delegation_scope everybody = {.all = true};
    struct staff_page page;
    struct delegation *list;
    struct delegation_head *heads, *accounts;
    struct delegation_settings settings;
    size_t count, head_count, account_count;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    struct view *view = &page.view;
    struct db *db = page.worker->db;
    enum err e = delegation_list(db, req->arena, page.programme, &everybody, clock_now_ms(), &list, &count);
    if (e == OK) e = delegation_heads(db, req->arena, page.event.id, &heads, &head_count);
    if (e == OK) e = delegation_head_accounts(db, req->arena, page.event.id, &accounts, &account_count);
    if (e == OK) e = delegation_settings_read(db, page.event.id, &settings);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        view_put(row, "href", delegation_path(req, list[i].code, ""));
        view_put(row, "code", list[i].code);
        view_put_title(view, row, "name", list[i].name);
        add_heads(view, row, "heads", heads, head_count, list[i].unit_id);
        add_heads(view, row, "accounts", accounts, account_count, list[i].unit_id);
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "delegations", rows);
    view_put_flag(view->root, "any", count > 0);
    view_put_flag(view->root, "group_quorum", settings.group_quorum);
    view_put_flag(view->root, "head_pin", settings.head_pin);
    put_only(view, heads, head_count);
    staff_page_put_done(view, "heads.done.");
    view_set_title(view, view_words(view, "heads.title"));
    view_set_style(view, "delegation");
    view_reply(view, 200, "admin_heads");
}

void heads_page_get(struct http_request *req)
{
    if (!staff_enter(req, NULL)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, heads_work);
}

struct decision {
    int64_t event_id;
    struct delegation_settings settings;
};

static enum err decision_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct decision *d = req->state;
    (void)fault;
    enum err e = delegation_settings_set(db, d->event_id, http_param(req, "event"), &d->settings, actor_of(req), clock_now_ms());
    programme_cache_expire(&tools->programmes);
    return e;
}

static void decision_stored(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/heads?done=decided", http_param(req, "event")));
}

/* Both stand in the form: 1 or 0. */
static bool read_flag(struct http_request *req, const char *name, bool *ret)
{
    const char *word = http_form(req, name);
    *ret = word && strcmp(word, "1") == 0;
    return word && (*ret || strcmp(word, "0") == 0);
}

void heads_page_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!programme) return;
    struct decision *d = arena_alloc(req->arena, sizeof *d);
    if (!d || !read_flag(req, "group_quorum", &d->settings.group_quorum) || !read_flag(req, "head_pin", &d->settings.head_pin)) {
        reply_reason(req, d ? REASON_bad_request : REASON_busy);
        return;
    }
    d->event_id = programme->event_id;
    req->state = d;
    request_write(req, decision_store, decision_stored);
}
