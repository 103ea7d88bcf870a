#include "server/pages/staff_return.h"

#include "server/access.h"
#include "server/pages/view.h"

#include <stdatomic.h>
#include <string.h>

#define MARK_COOKIE "plenum_staff"
#define OVER_TLS "tls" /* where the session is: over plain HTTP its cookie is not sent */
#define MARK_SECONDS (30 * 24 * 3600)

/* Not by http_set_cookie, whose cookies are Strict, and Secure over TLS: this one holds no secret and is to be found from everywhere. */
void staff_return_mark(struct http_request *req, bool signed_in)
{
    const char *value = !signed_in ? "" : req->is_tls ? OVER_TLS : "plain";
    const char *text = arena_printf(req->arena, MARK_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d", value, signed_in ? MARK_SECONDS : 0);
    if (text != NULL) (void)http_set_header(req, "Set-Cookie", text);
}

/* The same host over https, so that its cookies are found; else the address that staff are told. NULL: there is none. */
static const char *secure_base(struct http_request *req)
{
    const struct app *app = app_of(req);
    if (app->tls_port == 0) return NULL;
    size_t length = req->host[0] == '[' ? strcspn(req->host, "]") + 1 : strcspn(req->host, ":");
    if (length == 0 || !access_host_is_ours(req->context, req->host)) return app->secure_base;
    return arena_printf(req->arena, "https://%.*s:%u", (int)length, req->host, app->tls_port);
}

bool staff_return_reply(struct http_request *req)
{
    struct view view;
    const char *token = http_param(req, "token"), *wanted = http_query(req, "view");
    const char *mark = http_cookie(req, MARK_COOKIE);
    if (mark == NULL || principal_of(req)->is_staff || token == NULL || wanted != NULL || strcmp(token, "me") == 0) return false;
    const bool elsewhere = !req->is_tls && strcmp(mark, OVER_TLS) == 0 && app_of(req)->tls_port != 0;
    const bool again = http_query(req, "here") != NULL, here = !elsewhere && (access_is_private(req) || atomic_load(&app_of(req)->plain_desk));
    const char *base = here ? "" : secure_base(req);
    if (base == NULL) return false; /* staff work nowhere but on the laptop itself */
    if (!view_begin(&view, req)) return true;
    const char *card = arena_printf(req->arena, "%s/d/%s", base, token);
    if (!again || !here) {
        view_put(view.root, "go", arena_printf(req->arena, here ? "%s?here=1" : "%s", card));
        view_put(view.root, "href", arena_printf(req->arena, here ? "%s?here=1" : "%s", card));
    } else {
        view_put(view.root, "login", arena_printf(req->arena, "/login?next=/d/%s", token));
    }
    view_put(view.root, "delegate", arena_printf(req->arena, "/d/%s?view=delegate", token));
    view_set_title(&view, view_words(&view, "card.sign_in_link"));
    view_reply(&view, 200, "staff_return");
    return true;
}
