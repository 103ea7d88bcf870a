/* GET and POST /login, POST /logout. The password is checked in the job pool (60 ms on purpose), the session is stored by the writer.
 *
 * Nobody has a session yet when they sign in, so the form is tied to the browser by a cookie of its own: the same random text in both. */
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/papers/pin_session.h"
#include "server/access.h"
#include "server/pages/sign_in_note.h"
#include "server/pages/staff_return.h"
#include "server/pages/throttle.h"
#include "server/pages/view.h"

#include <stdatomic.h>
#include <string.h>

#define LOGIN_COOKIE "plenum_login"
#define LOGIN_COOKIE_SECONDS 3600

struct login {
    const char *name, *password, *next;
    enum err error;
    bool passed;
    struct account account; /* id 0: there is none of that name */
    struct sign_in sign_in;
    struct web_session session;
    const char *cookie;
};

/* Only a path of ours: never another site, not by "//host" or "/\host" either. */
static const char *local_path(const char *next)
{
    bool fine = next != NULL && next[0] == '/' && next[1] != '/' && next[1] != '\\' && strlen(next) < 512;
    for (const char *p = next; fine && *p != '\0'; p++)
        if ((unsigned char)*p <= ' ' || *p == '\\' || *p == 0x7f) fine = false;
    return fine ? next : "/admin";
}

static bool may_sign_in(const struct http_request *req)
{
    return access_is_private(req) || atomic_load(&app_of(req)->plain_desk);
}

/* The form, or, when it is not `allowed`, where the secure one is. */
static void reply_with(struct http_request *req, bool allowed, int status, const char *next, const char *name, const char *problem_key)
{
    struct view view;
    if (!view_begin(&view, req)) return;
    view_set_title(&view, view_words(&view, "login.title"));
    view_put(view.root, "next", local_path(next));
    view_put(view.root, "name", name);
    if (problem_key != NULL) view_put(view.root, "problem", view_words(&view, problem_key));
    if (allowed) {
        const char *secret = http_cookie(req, LOGIN_COOKIE);
        if (secret == NULL || strlen(secret) != 32) secret = crypto_random_text(req->arena, 24);
        http_set_cookie(req, LOGIN_COOKIE, secret, "/login", LOGIN_COOKIE_SECONDS);
        view_put(view.root, "csrf", secret);
        view_put_flag(view.root, "allowed", true);
    } else if (view.app->secure_base != NULL) {
        view_put(view.root, "secure_url", arena_printf(req->arena, "%s/login", view.app->secure_base));
    }
    view_reply(&view, status, "login");
}

static void login_reply(struct http_request *req, int status, const char *next, const char *name, const char *problem_key)
{
    reply_with(req, may_sign_in(req), status, next, name, problem_key);
}

void login_get(struct http_request *req)
{
    login_reply(req, 200, http_query(req, "next"), NULL, NULL);
}

/* On a thread of the pool. */
static void login_check(struct http_request *req, void *thread_state)
{
    struct login *login = req->state;
    struct worker *worker = thread_state;
    struct account account;
    login->error = worker == NULL ? ERR_BUSY : account_find(worker->db, req->arena, login->name, &account);
    if (login->error != OK && login->error != ERR_NOT_FOUND) return;
    if (login->error == OK) login->account = account;
    login->passed = account_verify(login->error == OK ? &account : NULL, login->password) && login->error == OK;
    login->error = OK;
    if (!login->passed) return;
    sign_in_note_fill(req, account.id, SIGN_IN_DONE, &login->sign_in);
    login->error = web_session_make(req->arena, WEB_SESSION_STAFF, account.id, clock_now_ms(), &login->session, &login->cookie);
    login->session.sign_in_id = login->sign_in.id;
}

static enum err login_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    struct login *login = req->state;
    int64_t now_ms = clock_now_ms();
    enum err err = sign_in_write(db, &login->sign_in);
    if (err == OK) err = web_session_insert(db, &login->session, now_ms);
    return err == OK ? audit_write(db, now_ms, login->account.name, "sign_in", login->account.name, NULL) : err;
}

static void login_stored(struct http_request *req)
{
    const struct login *login = req->state;
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    http_set_cookie(req, SESSION_COOKIE, login->cookie, "/", (long)(WEB_SESSION_MS / 1000));
    staff_return_mark(req, true);
    http_set_cookie(req, LOGIN_COOKIE, "", "/login", 0);
    http_reply_redirect(req, 303, login->next);
}

static void login_checked(struct http_request *req)
{
    struct login *login = req->state;
    struct throttle *throttle = pages_throttle(app_of(req)->pages);
    if (login->error != OK) {
        throttle_spare(throttle, login->name);
        reply_error(req, login->error, NULL);
        return;
    }
    if (!login->passed) {
        log_line(LOG_NOTICE, "pages", "a sign-in was refused (from %s)", req->peer);
        if (login->account.id) sign_in_note(req, login->account.id, SIGN_IN_WRONG);
        login_reply(req, 401, login->next, login->name, "login.wrong");
        return;
    }
    throttle_passed(throttle, login->name);
    if (!access_takes_account(req, &login->account)) { /* said only to who knows the password */
        log_line(LOG_NOTICE, "pages", "an account with more than the desk's rights came over plain HTTP (from %s)", req->peer);
        sign_in_note(req, login->account.id, SIGN_IN_REFUSED);
        reply_with(req, false, 403, login->next, NULL, NULL);
        return;
    }
    request_write(req, login_store, login_stored);
}

void login_post(struct http_request *req)
{
    const char *secret = http_cookie(req, LOGIN_COOKIE), *sent = http_form(req, "csrf");
    const char *typed = http_form(req, "name"), *password = http_form(req, "password"), *next = local_path(http_form(req, "next"));
    if (!may_sign_in(req)) {
        login_reply(req, 403, next, NULL, NULL);
        return;
    }
    /* As accounts are stored: keyboards that write Vietnamese differently, and blanks around it, are the same name, also when it has to wait. */
    const char *name = typed == NULL || strlen(typed) > 4 * ACCOUNT_NAME_LONGEST ? NULL : account_tidy_name(req->arena, typed, NULL);
    if (name == NULL || password == NULL || strlen(password) > ACCOUNT_PASSWORD_LONGEST) {
        login_reply(req, 401, next, NULL, "login.wrong");
        return;
    }
    if (secret == NULL || sent == NULL || !crypto_equal(secret, sent)) {
        login_reply(req, 403, next, name, "login.stale");
        return;
    }
    struct login *login = arena_alloc(req->arena, sizeof *login);
    if (login == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (throttle_take(pages_throttle(app_of(req)->pages), name, clock_steady_ms()) > 0) {
        login_reply(req, 429, next, name, "login.wait");
        return;
    }
    *login = (struct login){.name = name, .password = password, .next = next};
    req->state = login;
    req->resume = login_checked;
    http_run_in_pool(req, app_of(req)->pool, login_check);
}

static enum err logout_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    const char *cookie = http_cookie(req, SESSION_COOKIE), *head = http_cookie(req, HEAD_COOKIE);
    const struct principal *p = principal_of(req);
    enum err err = OK;
    if (p->is_staff && p->session.sign_in_id != DB_NULL) err = sign_in_end(db, p->account.id, p->session.sign_in_id, p->account.name, clock_now_ms());
    if (err == OK || err == ERR_NOT_FOUND) err = cookie == NULL ? OK : web_session_delete(db, cookie);
    /* Of a head by badge and PIN: else whoever holds this phone next would come in again without the PIN. */
    return err == OK && head != NULL ? pin_session_end(db, head) : err;
}

static void logout_stored(struct http_request *req)
{
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return;
    }
    http_set_cookie(req, SESSION_COOKIE, "", "/", 0);
    http_set_cookie(req, HEAD_COOKIE, "", "/", 0);
    staff_return_mark(req, false);
    http_reply_redirect(req, 303, "/login");
}

void logout_post(struct http_request *req)
{
    request_write(req, logout_store, logout_stored);
}
