/* GET /account: what everybody who is signed in sees of themselves: their roles, how they signed in, where they are signed in now. POST /account: do= end (session=), or
 * end_others: all but this one. The password is changed at /password. */
#include "core/base/clock.h"
#include "core/congress/sign_in.h"
#include "server/access.h"
#include "server/pages/accounts.h"
#include "server/pages/messages.h"

#include <string.h>

static enum err put_own_roles(struct view *view, struct db *db, int64_t id)
{
    struct account_role_named *named;
    size_t count;
    enum err e = account_roles_named(db, view->arena, id, &named, &count);
    if (e != OK) return e;
    json_t *roles = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct account_role *role = &named[i].role;
        if (role->until_ms != DB_NULL && role->until_ms <= clock_now_ms()) continue;
        json_t *row = json_object();
        view_put(row, "words", view_words(view, arena_printf(view->arena, "role.%s", account_role_name(role->kind))));
        if (named[i].title) view_put_title(view, row, "title", named[i].title);
        if (named[i].unit_name) view_put_title(view, row, "unit_name", named[i].unit_name);
        if (role->until_ms != DB_NULL) view_put(row, "until", view_moment(view, named[i].timezone ? named[i].timezone : "UTC", role->until_ms - 1));
        json_array_append_new(roles, row);
    }
    view_put_json(view->root, "roles", roles);
    return OK;
}

void account_own_get(struct http_request *req)
{
    struct view view;
    const struct principal *p = principal_of(req);
    struct worker *worker = console_enter(req, false);
    if (!worker || !view_begin(&view, req)) return;
    enum err e = put_own_roles(&view, worker->db, p->account.id);
    if (e == OK) e = accounts_put_history(&view, worker->db, p->account.id, p->session.sign_in_id);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put(view.root, "name", p->account.name);
    view_put(view.root, "sessions_at", "/account");
    view_put(view.root, "end_word", "end_others");
    view_put(view.root, "end_words", view_words(&view, "sign_in.end_others"));
    if (http_query(req, "done")) view_put(view.root, "done", view_words(&view, "accounts.done.end"));
    view_set_title(&view, view_words(&view, "account.own"));
    view_set_style(&view, "admin");
    view_reply(&view, 200, "account_own");
}

static enum err end_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct principal *p = principal_of(req);
    int64_t one = messages_read_id(http_form(req, "session")), now_ms = clock_now_ms(), count = 1;
    (void)tools;
    enum err e = one ? sign_in_end(db, p->account.id, one, p->account.name, now_ms)
                     : sign_in_end_others(db, p->account.id, &p->session, p->account.name, now_ms, &count);
    if (e == ERR_NOT_FOUND || (e == OK && count == 0)) return OK; /* it has ended already, as was wished */
    if (e == OK) e = audit_write(db, now_ms, p->account.name, "account.session_end", p->account.name, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "end the session");
}

static void ended(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_redirect(req, 303, "/account?done=end");
}

void account_own_post(struct http_request *req)
{
    const char *word = http_form(req, "do");
    bool one = word && strcmp(word, "end") == 0, others = word && strcmp(word, "end_others") == 0;
    if (!console_enter(req, false)) return;
    if ((!one && !others) || (one && !messages_read_id(http_form(req, "session")))) reply_reason(req, REASON_bad_request);
    else request_write(req, end_store, ended);
}
