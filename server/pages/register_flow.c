/* GET /admin/-/register/flow: who came and went between two days, unit by unit (from=, until=; format=csv, xlsx: the same to take along). GET
 * /admin/-/register/lacking: how complete the data of each unit are, field by field (format= likewise). GET /admin/-/register/changes: what was changed, when and by
 * whom (from=, until= days, before=). For organisers of all events. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/person_facts.h"
#include "core/congress/title.h"
#include "server/pages/messages.h"
#include "server/pages/register.h"
#include "server/pages/register_table.h"

#include <string.h>

#define ROWS_MOST 3000

static const char *day_of(struct http_request *req, const char *name)
{
    const char *text = http_query(req, name);
    return text && strlen(text) == 10 && person_date_is_good(text) ? text : NULL;
}

static void run(struct http_request *req, void (*work)(struct http_request *req, void *thread_state))
{
    if (!console_enter(req, true)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, work);
}

/* --- who came and went --- */

static void add_flow_columns(struct register_table *t)
{
    struct view *view = &t->r->view;
    register_table_column(t, view_words(view, "register.unit"));
    register_table_column(t, register_field_words(t->r, "code"));
    register_table_column(t, view_words(view, "register.opening"));
    for (int i = 0; i < REGISTER_BEGAN_COUNT; i++)
        register_table_column(t, view_words(view, arena_printf(view->arena, "register.began.%s", register_began_name((enum register_began)i))));
    for (int i = 0; i < REGISTER_ENDED_COUNT; i++)
        register_table_column(t, view_words(view, arena_printf(view->arena, "register.ended.%s", register_ended_name((enum register_ended)i))));
    register_table_column(t, view_words(view, "register.closing"));
}

static void add_flow_row(struct register_table *t, const char *name, const char *code, int depth, const struct register_flow *flow)
{
    register_table_row(t, name, code, depth);
    register_table_number(t, flow->opening);
    for (int i = 0; i < REGISTER_BEGAN_COUNT; i++) register_table_number(t, flow->began[i]);
    for (int i = 0; i < REGISTER_ENDED_COUNT; i++) register_table_number(t, flow->ended[i] ? -flow->ended[i] : 0);
    register_table_number(t, flow->closing);
}

static enum err put_flow(struct register_table *t, const char *from, const char *until)
{
    struct register_view *r = t->r;
    struct register_flow_list list;
    enum err e = register_flow_read(r->db, r->view.arena, from, until, REGISTER_NOW, &list);
    if (e != OK) return e;
    add_flow_columns(t);
    add_flow_row(t, view_words(&r->view, "register.all"), NULL, 0, &list.all);
    for (size_t i = 0; i < list.count && i < ROWS_MOST; i++)
        add_flow_row(t, title_pick(r->view.arena, list.units[i].name, r->view.tag), list.units[i].code, list.units[i].depth, &list.units[i].below);
    return t->failed ? ERR_NOMEM : OK;
}

static void flow_work(struct http_request *req, void *thread_state)
{
    struct register_view r;
    struct register_table table;
    char today[REGISTER_DAY_SIZE];
    const char *from = day_of(req, "from"), *until = day_of(req, "until");
    if (!register_view_begin(&r, req, thread_state)) return;
    struct view *view = &r.view;
    bool given = from && until, backwards = given && strcmp(from, until) > 0;
    enum err e = register_table_begin(&table, &r, "changes");
    if (e == OK) e = register_today(r.db, req->arena, clock_now_ms(), today);
    if (e == OK && given && !backwards) e = put_flow(&table, from, until);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    if (given && !backwards && register_table_sent(&table, arena_printf(req->arena, "%s – %s", from, until))) return;
    view_put(view->root, "from", from ? from : arena_printf(req->arena, "%.4s-01-01", today));
    view_put(view->root, "until", until ? until : arena_strdup(req->arena, today));
    view_put_flag(view->root, "backwards", backwards);
    if (given && !backwards) register_table_put(&table, arena_printf(req->arena, "?from=%s&until=%s", from, until));
    view_set_title(view, view_words(view, "register.flow_page"));
    view_set_style(view, "admin");
    view_reply(view, 200, "house_flow");
}

void register_flow_get(struct http_request *req) { run(req, flow_work); }

/* --- how complete --- */

static void add_lacking_row(struct register_table *t, const char *name, const char *code, const char *place, int depth, const struct register_count *count)
{
    struct register_view *r = t->r;
    const char *href = register_href(&r->view, "units", place);
    register_table_row(t, name, code, depth);
    register_table_link(t, href);
    register_table_number(t, count->people);
    register_table_number(t, count->complete);
    register_table_text(t, register_percent(&r->view, count->have, count->wanted));
    for (size_t i = 0; i < r->fields.count; i++) {
        if (!r->fields.items[i].wanted || !r->fields.items[i].mask) continue;
        register_table_number(t, count->missing[i]);
        if (count->missing[i]) register_table_link(t, arena_printf(r->view.arena, "%s?missing=%s#people", href, r->fields.items[i].code));
    }
}

static enum err put_lacking(struct register_table *t)
{
    struct register_view *r = t->r;
    struct view *view = &r->view;
    struct register_tree tree;
    enum err e = register_tree_read(r->db, view->arena, &r->fields, &tree);
    if (e != OK) return e;
    register_table_column(t, view_words(view, "register.unit"));
    register_table_column(t, register_field_words(r, "code"));
    register_table_column(t, view_words(view, "register.people"));
    register_table_column(t, view_words(view, "register.whole"));
    register_table_column(t, view_words(view, "register.complete"));
    for (size_t i = 0; i < r->fields.count; i++)
        if (r->fields.items[i].wanted && r->fields.items[i].mask)
            register_table_column(t, arena_printf(view->arena, "%s %s", view_words(view, "register.without"), register_field_words(r, r->fields.items[i].code)));
    add_lacking_row(t, view_words(view, "register.all"), NULL, "*", 0, &tree.all);
    for (size_t i = 0; i < tree.count && i < ROWS_MOST; i++)
        add_lacking_row(t, title_pick(view->arena, tree.units[i].name, view->tag), tree.units[i].code, tree.units[i].code, tree.units[i].depth, &tree.units[i].below);
    add_lacking_row(t, view_words(view, "register.nowhere"), NULL, "~", 0, &tree.nowhere);
    return t->failed ? ERR_NOMEM : OK;
}

static void lacking_work(struct http_request *req, void *thread_state)
{
    struct register_view r;
    struct register_table table;
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = register_table_begin(&table, &r, "data");
    if (e == OK) e = put_lacking(&table);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    if (register_table_sent(&table, NULL)) return;
    register_table_put(&table, "?");
    view_set_title(&r.view, view_words(&r.view, "register.lacking"));
    view_set_style(&r.view, "admin");
    view_reply(&r.view, 200, "house_lacking");
}

void register_lacking_get(struct http_request *req) { run(req, lacking_work); }

/* --- what was changed --- */

static enum err day_ms(struct register_view *r, const char *day, bool end, int64_t *ret)
{
    int64_t noon, begin, behind;
    if (!day) return OK;
    enum err e = zone_parse(r->zone, arena_printf(r->view.arena, "%sT12:00", day), &noon);
    if (e == OK) e = zone_day(r->zone, noon, &begin, &behind);
    if (e == OK) *ret = end ? behind : begin;
    return e;
}

static void changes_work(struct http_request *req, void *thread_state)
{
    struct register_view r;
    struct register_change *changes;
    size_t count;
    int64_t since = 0, until_ms = INT64_MAX, before = messages_read_id(http_query(req, "before"));
    const char *from = day_of(req, "from"), *until = day_of(req, "until");
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = day_ms(&r, from, false, &since);
    if (e == OK) e = day_ms(&r, until, true, &until_ms);
    if (e == OK) e = register_changes_read(r.db, req->arena, since, until_ms, before ? before : INT64_MAX, REGISTER_PAGE + 1, &changes, &count);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    struct view *view = &r.view;
    register_put_changes(&r, changes, count);
    if (count > REGISTER_PAGE)
        view_put(view->root, "older", arena_printf(req->arena, "?before=%lld%s%s%s%s", (long long)changes[REGISTER_PAGE - 1].id, from ? "&from=" : "", from ? from : "",
                                                   until ? "&until=" : "", until ? until : ""));
    if (from) view_put(view->root, "from", from);
    if (until) view_put(view->root, "until", until);
    view_set_title(view, view_words(view, "register.all_changes"));
    view_set_style(view, "admin");
    view_reply(view, 200, "house_all_changes");
}

void register_changes_get(struct http_request *req) { run(req, changes_work); }
