/* POST /admin/-/accounts: one more account (name=, role=, event=, unit=, until=). POST /admin/-/accounts/{account}: do= password, disable, enable, grant, take, end (one
 * session), end_all. Both need version=, the one that was shown. A password is made here, shown once, and has to be changed: its hash costs 60 ms, in the job pool. */
#include "core/base/clock.h"
#include "server/access.h"
#include "server/pages/accounts.h"
#include "server/pages/messages.h"
#include "server/refusal.h"

#include "catalogue.h"

#include <string.h>

struct form {
    struct account_change change; /* id 0: a new account */
    const char *word, *name;
    char password[ACCOUNT_PASSWORD_SIZE], hash[CRYPTO_PASSWORD_SIZE];
    enum err error;
};

static enum err refuse_input(struct fault *fault, const char *reason, const char *sentence)
{
    return fault_because(fault, ERR_INPUT, reason, NULL, "%s", sentence);
}

/* event= a slug, or "-" for all of them. The zone by which its end is read. */
static enum err read_event(struct http_request *req, struct db *db, struct account_role *role, const char **ret_zone, struct fault *fault)
{
    const char *slug = http_form(req, "event");
    struct sql_export_event_find_row row;
    if (!slug || !*slug) return refuse_input(fault, "account_event", "an event is needed");
    if (strcmp(slug, "-") == 0) return console_zone(db, req->arena, clock_now_ms(), ret_zone);
    enum err e = sql_export_event_find(db, req->arena, slug, &row);
    if (e == ERR_NOT_FOUND) return refuse_input(fault, "account_event", "there is no such event");
    if (e == OK) role->event_id = row.id;
    if (e == OK) *ret_zone = row.timezone;
    return e;
}

/* unit= the code, of a head and of nobody else. */
static enum err read_unit(struct http_request *req, struct db *db, struct account_role *role, struct fault *fault)
{
    const char *code = http_form(req, "unit");
    struct sql_unit_find_row row;
    if (role->kind != ACCOUNT_HEAD) return OK;
    enum err e = code && *code ? sql_unit_find(db, req->arena, code, &row) : ERR_NOT_FOUND;
    if (e == ERR_NOT_FOUND) return refuse_input(fault, "account_unit", "a head of a delegation needs the code of one");
    if (e == OK) role->unit_id = row.id;
    return e;
}

static enum err read_role(struct http_request *req, struct db *db, struct account_role *role, struct fault *fault)
{
    const char *kind = http_form(req, "role"), *zone = "UTC";
    if (!kind || !account_role_from_name(kind, &role->kind)) return refuse_input(fault, "account_role", "a role is needed");
    enum err e = read_event(req, db, role, &zone, fault);
    if (e == OK) e = read_unit(req, db, role, fault);
    return e == OK ? console_read_day_end(req, "until", zone, &role->until_ms, fault) : e;
}

static bool read_act(const char *word, struct form *f)
{
    static const struct {
        const char *word;
        enum account_act act;
    } acts[] = {{"password", ACCOUNT_NEW_PASSWORD}, {"disable", ACCOUNT_DISABLE}, {"enable", ACCOUNT_ENABLE},      {"grant", ACCOUNT_GRANT},
                {"take", ACCOUNT_TAKE},             {"end", ACCOUNT_END_SESSION}, {"end_all", ACCOUNT_END_SESSIONS}};
    for (size_t i = 0; word && i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(acts[i].word, word) != 0) continue;
        f->change.act = acts[i].act;
        f->word = acts[i].word;
        return true;
    }
    return false;
}

/* What was refused is said on the page that the form stands on. */
static void show_again(struct http_request *req, enum err error, const struct fault *fault)
{
    const struct form *f = req->state;
    bool of_page = fault->reason && (error == ERR_INPUT || error == ERR_CONFLICT || error == ERR_DENIED);
    if (!of_page) {
        reply_error(req, error, fault);
        return;
    }
    struct accounts_said said = {.status = error == ERR_INPUT ? 400 : error == ERR_CONFLICT ? 409 : 403, .problem = refusal_of_fault(req, fault), .name = f->name};
    if (f->change.id) account_show(req, f->change.id, &said);
    else accounts_show(req, &said);
}

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct form *f = req->state;
    struct account_doing d = {db, req->arena, fault, clock_now_ms(), principal_of(req)->account.id};
    (void)tools;
    enum err e = f->change.id ? account_manage_change(&d, &f->change) : account_manage_make(&d, f->name, f->hash, &f->change.role, NULL);
    return e == OK || fault->reason ? e : db_fault(db, e, fault, "the account");
}

static void stored(struct http_request *req)
{
    const struct form *f = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        show_again(req, e, fault);
        return;
    }
    struct accounts_said said = {.status = 200, .password = f->password, .name = f->name};
    if (f->change.id && f->change.act == ACCOUNT_NEW_PASSWORD) account_show(req, f->change.id, &said);
    else if (!f->change.id) accounts_show(req, &said);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/-/accounts/%lld?done=%s", (long long)f->change.id, f->word));
}

/* On a thread of the pool. */
static void make_password(struct http_request *req, void *thread_state)
{
    struct form *f = req->state;
    (void)thread_state;
    account_make_password(f->password);
    f->error = crypto_password_hash(f->password, f->hash);
}

static void password_made(struct http_request *req)
{
    struct form *f = req->state;
    f->change.hash = f->hash;
    if (f->error != OK) reply_error(req, f->error, NULL);
    else request_write(req, store, stored);
}

static void go_with_password(struct http_request *req)
{
    req->resume = password_made;
    http_run_in_pool(req, app_of(req)->pool, make_password);
}

static struct form *begin(struct http_request *req)
{
    struct form *f = arena_alloc(req->arena, sizeof *f);
    if (!f) reply_reason(req, REASON_busy);
    else *f = (struct form){0};
    return req->state = f;
}

void accounts_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = console_enter(req, false);
    struct form *f = worker ? begin(req) : NULL;
    if (!f) return;
    const char *typed = http_form(req, "name");
    f->name = typed && strlen(typed) <= 4 * ACCOUNT_NAME_LONGEST ? account_tidy_name(req->arena, typed, NULL) : NULL;
    enum err e = f->name ? read_role(req, worker->db, &f->change.role, &fault) : refuse_input(&fault, "account_name", "a name is needed");
    if (e != OK) show_again(req, e, &fault);
    else go_with_password(req);
}

void account_post(struct http_request *req)
{
    struct fault fault = {0};
    struct account account;
    struct worker *worker = console_enter(req, false);
    struct form *f = worker ? begin(req) : NULL;
    if (!f) return;
    f->change.id = messages_read_id(http_param(req, "account"));
    f->change.version = messages_read_id(http_form(req, "version"));
    f->change.sign_in_id = messages_read_id(http_form(req, "session"));
    enum err e = account_by_id(worker->db, req->arena, f->change.id, &account);
    if (e == OK && account_reach_of(&principal_of(req)->account, &account) == ACCOUNT_HIDDEN) e = ERR_NOT_FOUND;
    if (e == OK && !read_act(http_form(req, "do"), f)) e = ERR_INPUT;
    if (e == OK && (f->change.act == ACCOUNT_GRANT || f->change.act == ACCOUNT_TAKE)) e = read_role(req, worker->db, &f->change.role, &fault);
    if (e == OK) f->name = account.name;
    if (e != OK) show_again(req, e, &fault);
    else if (f->change.act == ACCOUNT_NEW_PASSWORD) go_with_password(req);
    else request_write(req, store, stored);
}
