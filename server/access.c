#include "server/access.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/delegation/delegation.h"
#include "core/congress/papers/pin_session.h"
#include "server/mirror_job.h"
#include "server/venue/watch.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool access_is_private(const struct http_request *req)
{
    return req->is_tls || req->is_loopback;
}

static enum err refuse(struct http_request *req, enum reason reason)
{
    reply_reason(req, reason);
    return ERR_DENIED;
}

/* A browser that scans is as good as the account that signed it in: who is disabled or no longer of the desk scans no more. */
static enum err check_owner(struct http_request *req, struct worker *worker, const struct device *device)
{
    struct account owner;
    if (device->account_id == DB_NULL) return OK;
    enum err e = account_by_id(worker->db, req->arena, device->account_id, &owner);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    return e == OK && !owner.disabled && account_may(&owner, ACCOUNT_DESK, device->event_id) ? OK : refuse(req, REASON_device_revoked);
}

static enum err by_key(struct http_request *req, struct worker *worker, struct principal *p)
{
    const char *key = http_bearer(req), *slug = http_param(req, "event");
    enum err e = key ? device_by_key(worker->db, req->arena, key, &p->device) : ERR_NOT_FOUND;
    if (e == ERR_NOT_FOUND) return refuse(req, REASON_unauthorized);
    if (e != OK) return e;
    if (p->device.revoked_ms != DB_NULL) return refuse(req, REASON_device_revoked);
    if ((e = check_owner(req, worker, &p->device)) != OK) return e;
    if (!access_is_private(req)) return refuse(req, REASON_secure_only);
    if (slug && strcmp(slug, p->device.event_slug) != 0) return refuse(req, REASON_forbidden);
    if (mirror_job_is_over(app_of(req)->mirror)) return refuse(req, REASON_busy); /* the gate goes to its next address: two records would be two truths */
    p->is_device = true;
    p->roles |= WHO_DEVICE;
    return OK;
}

/* Doors that are of no event (the list of events) open to who has the role in any; their handlers show only what is theirs. */
static unsigned roles_anywhere(const struct account *account)
{
    unsigned roles = 0;
    for (size_t i = 0; i < account->role_count; i++) {
        if (account->roles[i].kind == ACCOUNT_ORGANISER) roles |= WHO_ORGANISER | WHO_DESK;
        if (account->roles[i].kind == ACCOUNT_DESK) roles |= WHO_DESK;
        if (account->roles[i].kind == ACCOUNT_HEAD) roles |= WHO_HEAD;
    }
    return roles;
}

static unsigned roles_in(const struct account *account, int64_t event_id)
{
    unsigned roles = 0;
    if (account_may(account, ACCOUNT_ORGANISER, event_id)) roles |= WHO_ORGANISER | WHO_DESK;
    if (account_may(account, ACCOUNT_DESK, event_id)) roles |= WHO_DESK;
    if (account_head_unit(account, event_id)) roles |= WHO_HEAD;
    return roles;
}

bool access_takes_account(const struct http_request *req, const struct account *account)
{
    return access_is_private(req) || (atomic_load(&app_of(req)->plain_desk) && account_is_desk_alone(account));
}

static enum err by_cookie(struct http_request *req, struct worker *worker, const char *cookie, struct principal *p)
{
    const char *slug = http_param(req, "event");
    if (!slug) slug = http_query(req, "event");
    struct programme_seqs seqs = {0};
    const struct programme *programme;
    enum err e = slug ? programme_cached(&worker->programmes, worker->db, slug, &programme, &seqs) : OK;
    if (e == ERR_NOT_FOUND) e = OK; /* the handler says so */
    if (e == OK) e = web_session_find(worker->db, req->arena, cookie, clock_now_ms(), &p->session);
    if (e == ERR_NOT_FOUND) return OK;
    if (e != OK) return e;
    if (p->session.kind == WEB_SESSION_DISPLAY) {
        p->is_display = seqs.event_id != 0 && p->session.event_id == seqs.event_id;
        if (p->is_display) p->roles |= WHO_DISPLAY;
        return OK;
    }
    e = account_by_id(worker->db, req->arena, p->session.account_id, &p->account);
    if (e == ERR_NOT_FOUND || (e == OK && p->account.disabled)) return OK;
    if (e != OK) return e;
    p->is_staff = access_takes_account(req, &p->account);
    if (p->is_staff) p->roles |= slug ? roles_in(&p->account, seqs.event_id) : roles_anywhere(&p->account);
    return OK;
}

#define HEAD_COOKIE_LONGEST 128

/* A head of delegation by badge and PIN, on the doors of the delegation alone, where the organiser allowed it; looked at anew with each request, so that a badge issued
 * anew, a mandate that was lost and a changed mind end it at once. A kiosk is a shared screen and no head. */
static enum err by_badge(struct http_request *req, struct worker *worker, struct principal *p)
{
    const char *cookie = http_cookie(req, HEAD_COOKIE), *slug = http_param(req, "event");
    const struct programme *programme;
    struct pin_session session;
    struct delegation_head head;
    uint8_t hash[CRYPTO_HASH_BYTES];
    if (!cookie || !slug || strlen(cookie) > HEAD_COOKIE_LONGEST) return OK;
    enum err e = programme_cached(&worker->programmes, worker->db, slug, &programme, NULL);
    if (e == OK) e = pin_session_find(worker->db, req->arena, cookie, clock_now_ms(), &session);
    if (e == OK && (session.kind == PIN_SESSION_KIOSK || !session.passed)) e = ERR_NOT_FOUND;
    if (e == OK) e = delegation_head_of(worker->db, req->arena, programme->event_id, session.delegate_id, &head);
    if (e == ERR_NOT_FOUND || e == ERR_DENIED) return OK;
    char *csrf = e == OK ? arena_alloc(req->arena, CRYPTO_HASH_HEX) : NULL;
    if (!csrf) return e != OK ? e : ERR_NOMEM;
    crypto_derive("plenum-head-form", cookie, strlen(cookie), hash);
    crypto_hex(hash, sizeof hash, csrf);
    p->is_badge_head = true;
    p->roles |= WHO_BADGE;
    p->head_unit_id = head.unit_id;
    p->head_name = head.name;
    p->head_actor = arena_printf(req->arena, "%s (%s)", head.name, head.code);
    p->head_csrf = csrf;
    return p->head_actor ? OK : ERR_NOMEM;
}

static bool is_page(const struct http_request *req)
{
    return req->method == HTTP_GET && strncmp(req->path, "/api/", 5) != 0 && !(req->route->flags & HTTP_API);
}

/* A password that somebody else made is changed before anything else. Pages lead there by themselves (view_ask_new_password). */
static bool has_to_change_password(const struct http_request *req, const struct principal *p)
{
    bool open = (req->route->who & WHO_ANYONE) || strcmp(req->route->pattern, "/password") == 0;
    return p->is_staff && p->account.must_change && !open && !is_page(req);
}

/* A page sends strangers to the sign-in page; programs get the problem. */
static enum err ask_to_sign_in(struct http_request *req, const struct principal *p)
{
    if (p->is_staff || p->is_device || p->is_display) return refuse(req, REASON_forbidden);
    if (!is_page(req)) return refuse(req, REASON_unauthorized);
    struct buf location;
    buf_init(&location, BUF_LIMIT_LINE);
    buf_puts(&location, "/login?next=");
    buf_put_url(&location, req->path);
    if (buf_ok(&location)) http_reply_redirect(req, 302, buf_text(&location));
    buf_release(&location);
    return ERR_DENIED;
}

enum err access_authorize(void *context, struct http_request *req)
{
    (void)context;
    struct principal *p = arena_alloc(req->arena, sizeof *p);
    if (!p) return refuse(req, REASON_busy);
    req->principal = p;
    p->roles = WHO_ANYONE;
    if (!atomic_load(&app_of(req)->is_open)) return refuse(req, REASON_busy);
    const char *cookie = http_cookie(req, SESSION_COOKIE);
    bool by_badge_only = !req->has_bearer && (req->route->who & WHO_BADGE) && http_cookie(req, HEAD_COOKIE);
    if (req->has_bearer || cookie || by_badge_only) {
        struct worker *worker = worker_of(req);
        if (!worker) return ERR_BUSY;
        enum err e = req->has_bearer ? by_key(req, worker, p) : cookie ? by_cookie(req, worker, cookie, p) : OK;
        if (e == OK && by_badge_only && !p->is_staff) e = by_badge(req, worker, p);
        if (e == ERR_DENIED) return e;
        if (e != OK) {
            reply_error(req, e, NULL);
            return e;
        }
    }
    if (!req->is_self) watch_count(app_of(req)->watch, req->peer, !p->is_staff && !p->is_device && !p->is_display && !p->is_badge_head, clock_now_ms());
    if (!(p->roles & req->route->who)) return ask_to_sign_in(req, p);
    if (!has_to_change_password(req, p)) return OK;
    reply_reason_with(req, REASON_forbidden, "Change the password that was made for you first, at /password.");
    return ERR_DENIED;
}

enum err access_accept_form(void *context, struct http_request *req)
{
    (void)context;
    const struct principal *p = req->principal;
    if (!p->is_staff && !p->is_display && !p->is_badge_head) return OK; /* no cookie of ours decides anything here */
    const char *token = http_header(req, "X-CSRF-Token");
    if (!token) token = http_form(req, "csrf"); /* of either kind of form; other bodies have no fields */
    if (token && crypto_equal(token, p->is_badge_head ? p->head_csrf : p->session.csrf)) return OK;
    return refuse(req, REASON_csrf);
}

static bool is_numeric(const char *name)
{
    unsigned char raw[sizeof(struct in6_addr)];
    char inner[INET6_ADDRSTRLEN + 1];
    size_t n = strlen(name);
    if (inet_pton(AF_INET, name, raw) == 1) return true;
    if (n < 4 || n - 2 >= sizeof inner || name[0] != '[' || name[n - 1] != ']') return false;
    memcpy(inner, name + 1, n - 2);
    inner[n - 2] = '\0';
    return inet_pton(AF_INET6, inner, raw) == 1;
}

/* The host of "http://host:port" equals `name` (no port). */
static bool is_host_of(const char *url, const char *name)
{
    const char *host = url ? strstr(url, "://") : NULL;
    if (!host) return false;
    host += 3;
    size_t n = strcspn(host, ":/");
    return n == strlen(name) && strncasecmp(host, name, n) == 0;
}

bool access_host_is_ours(void *context, const char *host)
{
    const struct app *app = context;
    if (!atomic_load(&app->is_open)) return true; /* access_authorize says to come again */
    char name[256], own[256];
    const char *end = host[0] == '[' ? strchr(host, ']') : NULL;
    size_t n = end ? (size_t)(end - host) + 1 : strcspn(host, ":");
    if (n >= sizeof name) return false;
    memcpy(name, host, n);
    name[n] = '\0';
    if (is_numeric(name) || strcmp(name, "localhost") == 0) return true;
    if (gethostname(own, sizeof own) == 0 && strcasecmp(own, name) == 0) return true;
    if (is_host_of(app->public_url, name) || is_host_of(app->secure_base, name)) return true;
    for (size_t i = 0; i < app->event_url_count; i++)
        if (is_host_of(app->event_urls[i], name)) return true;
    return false;
}
