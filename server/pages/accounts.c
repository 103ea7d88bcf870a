/* GET /admin/-/accounts: who may work here, as what, and the form for one more. GET /admin/-/accounts/{account}: one of them: roles with their ends, password, how they
 * signed in, sessions that are open. An organiser of some events sees and changes what belongs to these (core/congress/account_manage.h). */
#include "server/pages/accounts.h"
#include "core/base/clock.h"
#include "core/congress/sign_in.h"
#include "server/pages/messages.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#define TRIES_SHOWN 50

static const struct account *asker(const struct http_request *req) { return &principal_of(req)->account; }

/* --- one role --- */

static json_t *role_json(struct view *view, const struct account_role_named *named, const char *zone)
{
    json_t *row = json_object();
    const struct account_role *role = &named->role;
    const char *own_zone = named->timezone ? named->timezone : zone;
    view_put(row, "role", account_role_name(role->kind));
    view_put(row, "words", view_words(view, arena_printf(view->arena, "role.%s", account_role_name(role->kind))));
    view_put(row, "event", named->slug);
    if (named->title) view_put_title(view, row, "title", named->title);
    view_put(row, "unit", named->unit_code);
    if (named->unit_name) view_put_title(view, row, "unit_name", named->unit_name);
    if (role->until_ms != DB_NULL) {
        view_put(row, "until", view_moment(view, own_zone, role->until_ms - 1));
        view_put(row, "day", console_day_of_end(view->arena, own_zone, role->until_ms));
        view_put_flag(row, "ended", role->until_ms <= clock_now_ms());
    }
    view_put_flag(row, "may", account_may_grant(asker(view->req), role));
    return row;
}

/* An organiser of some events is told nothing of the others. */
static bool is_told(const struct view *view, const struct account_role_named *named)
{
    const struct account *who = asker(view->req);
    return named->role.event_id == 0 || named->account_id == who->id || account_may(who, ACCOUNT_ORGANISER, named->role.event_id);
}

/* Those of one account, which stand together in the list. */
static void put_roles(struct view *view, json_t *object, const struct account_role_named *named, size_t count, int64_t id, const char *zone)
{
    json_t *roles = json_array();
    for (size_t i = 0; i < count; i++)
        if (named[i].account_id == id && is_told(view, &named[i])) json_array_append_new(roles, role_json(view, &named[i], zone));
    view_put_json(object, "roles", roles);
}

/* --- the forms' choices --- */

static enum err put_choices(struct view *view, struct db *db)
{
    struct event_page_line *lines;
    size_t count;
    enum err e = event_page_list(db, view->arena, &lines, &count);
    if (e != OK) return e;
    json_t *events = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!account_may(asker(view->req), ACCOUNT_ORGANISER, lines[i].id)) continue;
        json_t *row = json_object();
        view_put(row, "slug", lines[i].slug);
        view_put_title(view, row, "title", lines[i].title);
        json_array_append_new(events, row);
    }
    view_put_json(view->root, "events", events);
    view_put_flag(view->root, "of_all", console_is_of_all(view->req));
    return OK;
}

static void put_said(struct view *view, const struct accounts_said *said)
{
    view_put(view->root, "problem", said->problem);
    view_put(view->root, "typed", said->problem ? said->name : NULL);
    if (!said->password) return;
    json_t *made = json_object();
    view_put(made, "name", said->name);
    view_put(made, "password", said->password);
    view_put_json(view->root, "made", made);
}

/* --- all --- */

static int64_t last_of(const struct sql_sign_in_last_row *rows, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].account_id == id) return rows[i].at_ms;
    return DB_NULL;
}

static enum err put_accounts(struct view *view, struct db *db, const char *zone)
{
    struct account *accounts;
    struct account_role_named *named;
    struct sql_sign_in_last_row *last;
    size_t count, named_count, last_count;
    enum err e = account_list(db, view->arena, &accounts, &count);
    if (e == OK) e = account_roles_named(db, view->arena, 0, &named, &named_count);
    if (e == OK) e = sql_sign_in_last(db, view->arena, &last, &last_count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        enum account_reach reach = account_reach_of(asker(view->req), &accounts[i]);
        int64_t seen_ms = last_of(last, last_count, accounts[i].id);
        if (reach == ACCOUNT_HIDDEN) continue;
        json_t *row = json_object();
        view_put(row, "name", accounts[i].name);
        view_put(row, "href", arena_printf(view->arena, "/admin/-/accounts/%lld", (long long)accounts[i].id));
        view_put_flag(row, "disabled", accounts[i].disabled);
        view_put_flag(row, "must_change", accounts[i].must_change && !accounts[i].disabled);
        view_put_flag(row, "own", accounts[i].id == asker(view->req)->id);
        if (reach == ACCOUNT_MANAGED && seen_ms != DB_NULL) view_put(row, "seen", view_moment(view, zone, seen_ms));
        view_put_flag(row, "elsewhere", reach != ACCOUNT_MANAGED);
        put_roles(view, row, named, named_count, accounts[i].id, zone);
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "accounts", rows);
    return OK;
}

void accounts_show(struct http_request *req, const struct accounts_said *said)
{
    struct view view;
    const char *zone;
    struct worker *worker = worker_of(req);
    if (!worker || !view_begin(&view, req)) return;
    enum err e = console_zone(worker->db, req->arena, clock_now_ms(), &zone);
    if (e == OK) e = put_accounts(&view, worker->db, zone);
    if (e == OK) e = put_choices(&view, worker->db);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_said(&view, said);
    view_set_title(&view, view_words(&view, "accounts.title"));
    view_set_style(&view, "admin");
    view_reply(&view, said->status, "accounts");
}

void accounts_get(struct http_request *req)
{
    if (console_enter(req, false)) accounts_show(req, &(struct accounts_said){.status = 200});
}

/* --- one --- */

static void put_way(struct view *view, json_t *row, const char *way, const char *browser, const char *machine)
{
    if (!way) return;
    view_put(row, "way", view_words(view, arena_printf(view->arena, "sign_in.way.%s", way)));
    view_put(row, "browser", view_words(view, arena_printf(view->arena, "sign_in.browser.%s", browser)));
    view_put(row, "machine", view_words(view, arena_printf(view->arena, "sign_in.machine.%s", machine)));
}

static enum err put_sessions(struct view *view, struct db *db, int64_t account_id, int64_t keep_id, const char *zone)
{
    struct sign_in_session *sessions;
    size_t count;
    enum err e = sign_in_sessions(db, view->arena, account_id, clock_now_ms(), &sessions, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        bool known = sessions[i].sign_in_id != DB_NULL;
        if (known) view_put(row, "id", arena_printf(view->arena, "%lld", (long long)sessions[i].sign_in_id));
        view_put(row, "since", view_moment(view, zone, sessions[i].since_ms));
        view_put(row, "until", view_moment(view, zone, sessions[i].until_ms));
        put_way(view, row, sessions[i].way, sessions[i].browser, sessions[i].machine);
        view_put_flag(row, "this", known && sessions[i].sign_in_id == keep_id);
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "sessions", rows);
    view_put_flag(view->root, "any_session", count > 0);
    return OK;
}

static enum err put_tries(struct view *view, struct db *db, int64_t account_id, const char *zone)
{
    struct sign_in *tries;
    size_t count;
    int64_t before = messages_read_id(http_query(view->req, "before"));
    enum err e = sign_in_list(db, view->arena, account_id, before ? before : INT64_MAX, TRIES_SHOWN + 1, &tries, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count && i < TRIES_SHOWN; i++) {
        json_t *row = json_object();
        view_put(row, "at", view_moment(view, zone, tries[i].at_ms));
        view_put(row, "what", view_words(view, arena_printf(view->arena, "sign_in.outcome.%s", sign_in_outcome_name(tries[i].outcome))));
        view_put_flag(row, "bad", tries[i].outcome == SIGN_IN_WRONG || tries[i].outcome == SIGN_IN_REFUSED);
        put_way(view, row, tries[i].way, tries[i].browser, tries[i].machine);
        if (tries[i].ended_ms != DB_NULL) view_put(row, "ended", view_moment(view, zone, tries[i].ended_ms));
        view_put(row, "ended_by", tries[i].ended_by);
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "tries", rows);
    view_put_flag(view->root, "any_try", count > 0);
    if (count > TRIES_SHOWN) view_put(view->root, "older", arena_printf(view->arena, "?before=%lld", (long long)tries[TRIES_SHOWN - 1].id));
    return OK;
}

enum err accounts_put_history(struct view *view, struct db *db, int64_t account_id, int64_t keep_id)
{
    const char *zone;
    int64_t wrong = 0, now_ms = clock_now_ms();
    enum err e = console_zone(db, view->arena, now_ms, &zone);
    if (e == OK) e = put_sessions(view, db, account_id, keep_id, zone);
    if (e == OK) e = put_tries(view, db, account_id, zone);
    if (e == OK) e = sign_in_count_wrong(db, view->arena, account_id, now_ms - CLOCK_DAY, &wrong);
    if (e == OK && wrong > 0) view_put_number(view->root, "wrong", wrong);
    return e;
}

static enum err put_account(struct view *view, struct db *db, const struct account *account, enum account_reach reach)
{
    struct account_role_named *named;
    size_t count;
    const char *zone;
    bool own = account->id == asker(view->req)->id, managed = reach == ACCOUNT_MANAGED;
    enum err e = console_zone(db, view->arena, clock_now_ms(), &zone);
    if (e == OK) e = account_roles_named(db, view->arena, account->id, &named, &count);
    if (e == OK) e = put_choices(view, db);
    if (e == OK && managed) e = accounts_put_history(view, db, account->id, own ? principal_of(view->req)->session.sign_in_id : 0);
    if (e != OK) return e;
    view_put(view->root, "name", account->name);
    view_put(view->root, "account", arena_printf(view->arena, "%lld", (long long)account->id));
    view_put(view->root, "version", arena_printf(view->arena, "%lld", (long long)account->version));
    view_put(view->root, "created", view_moment(view, zone, account->created_ms));
    view_put_flag(view->root, "disabled", account->disabled);
    view_put_flag(view->root, "must_change", account->must_change);
    view_put_flag(view->root, "managed", managed);
    view_put(view->root, "sessions_at", arena_printf(view->arena, "/admin/-/accounts/%lld", (long long)account->id));
    if (managed && !own && json_object_get(view->root, "any_session")) view_put(view->root, "end_word", "end_all");
    view_put(view->root, "end_words", view_words(view, "sign_in.end_all"));
    view_put_flag(view->root, "own", own);
    view_put_flag(view->root, "others", managed && !own);
    put_roles(view, view->root, named, count, account->id, zone);
    return OK;
}

void account_show(struct http_request *req, int64_t id, const struct accounts_said *said)
{
    struct view view;
    struct account account;
    struct worker *worker = worker_of(req);
    if (!worker || !view_begin(&view, req)) return;
    enum err e = account_by_id(worker->db, req->arena, id, &account);
    enum account_reach reach = e == OK ? account_reach_of(asker(req), &account) : ACCOUNT_HIDDEN;
    if (e == OK && reach == ACCOUNT_HIDDEN) e = ERR_NOT_FOUND;
    if (e == OK) e = put_account(&view, worker->db, &account, reach);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_said(&view, said);
    const char *done = http_query(req, "done");
    if (done) view_put(view.root, "done", view_words(&view, arena_printf(req->arena, "accounts.done.%.20s", done)));
    view_set_title(&view, account.name);
    view_set_style(&view, "admin");
    view_reply(&view, said->status, "account");
}

void account_get(struct http_request *req)
{
    if (console_enter(req, false)) account_show(req, messages_read_id(http_param(req, "account")), &(struct accounts_said){.status = 200});
}
