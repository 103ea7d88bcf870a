/* GET and POST /password: a new password for the account that is signed in. One that somebody else made has to be changed before anything else.
 * Both hashes cost 60 ms on purpose, so they are made in the job pool; all other sessions of the account end with the change. */
#include "core/base/clock.h"
#include "server/access.h"
#include "server/pages/sign_in_note.h"
#include "server/pages/throttle.h"
#include "server/pages/view.h"

#include <string.h>

struct change {
    const char *old, *fresh;
    bool passed;
    enum err error;
    char hash[CRYPTO_PASSWORD_SIZE];
    struct sign_in sign_in;
    struct web_session session;
    const char *cookie;
};

static void password_reply(struct http_request *req, int status, const char *problem_key)
{
    struct view view;
    if (!view_begin(&view, req)) return;
    view_set_title(&view, view_words(&view, "password.title"));
    view_put_flag(view.root, "must_change", principal_of(req)->account.must_change);
    if (problem_key != NULL) view_put(view.root, "problem", view_words(&view, problem_key));
    view_reply(&view, status, "password");
}

bool view_ask_new_password(struct http_request *req)
{
    const struct principal *p = principal_of(req);
    if (!p->is_staff || !p->account.must_change) return false;
    http_reply_redirect(req, 302, "/password");
    return true;
}

void password_get(struct http_request *req)
{
    password_reply(req, 200, NULL);
}

/* On a thread of the pool. */
static void change_check(struct http_request *req, void *thread_state)
{
    struct change *change = req->state;
    const struct account *account = &principal_of(req)->account;
    (void)thread_state;
    change->passed = account_verify(account, change->old);
    if (!change->passed) return;
    change->error = crypto_password_hash(change->fresh, change->hash);
    if (change->error == OK) change->error = web_session_make(req->arena, WEB_SESSION_STAFF, account->id, clock_now_ms(), &change->session, &change->cookie);
    sign_in_note_fill(req, account->id, SIGN_IN_CHANGED, &change->sign_in);
    change->session.sign_in_id = change->sign_in.id;
}

static enum err change_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    const struct change *change = req->state;
    const struct account *account = &principal_of(req)->account;
    int64_t now_ms = clock_now_ms();
    enum err err = sign_in_end_others(db, account->id, NULL, account->name, now_ms, NULL);
    if (err == OK) err = account_set_password(db, account->id, change->hash, false);
    if (err == OK) err = sign_in_write(db, &change->sign_in);
    if (err == OK) err = web_session_insert(db, &change->session, now_ms);
    return err == OK ? audit_write(db, now_ms, account->name, "password", account->name, NULL) : err;
}

static void change_stored(struct http_request *req)
{
    const struct change *change = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    http_set_cookie(req, SESSION_COOKIE, change->cookie, "/", (long)(WEB_SESSION_MS / 1000));
    http_reply_redirect(req, 303, "/admin");
}

static void change_checked(struct http_request *req)
{
    struct change *change = req->state;
    struct throttle *throttle = pages_throttle(app_of(req)->pages);
    const char *name = principal_of(req)->account.name;
    if (change->error != OK) {
        throttle_spare(throttle, name);
        reply_error(req, change->error, NULL);
        return;
    }
    if (!change->passed) {
        sign_in_note(req, principal_of(req)->account.id, SIGN_IN_WRONG);
        password_reply(req, 401, "password.wrong");
        return;
    }
    throttle_passed(throttle, name);
    request_write(req, change_store, change_stored);
}

void password_post(struct http_request *req)
{
    const char *old = http_form(req, "old"), *fresh = http_form(req, "new"), *again = http_form(req, "again");
    if (old == NULL || fresh == NULL || again == NULL || strlen(old) > ACCOUNT_PASSWORD_LONGEST || account_check_password(fresh, NULL) != OK) {
        password_reply(req, 400, "password.rule");
        return;
    }
    if (strcmp(fresh, again) != 0 || strcmp(fresh, old) == 0) {
        password_reply(req, 400, strcmp(fresh, again) != 0 ? "password.unequal" : "password.same");
        return;
    }
    struct change *change = arena_alloc(req->arena, sizeof *change);
    if (change == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (throttle_take(pages_throttle(app_of(req)->pages), principal_of(req)->account.name, clock_steady_ms()) > 0) {
        password_reply(req, 429, "login.wait");
        return;
    }
    change->old = old;
    change->fresh = fresh;
    req->state = change;
    req->resume = change_checked;
    http_run_in_pool(req, app_of(req)->pool, change_check);
}
