/* Who asks, and whether they may: sessions, device keys, CSRF tokens, host names. The hooks of http_config. */
#ifndef PLENUM_SERVER_ACCESS_H
#define PLENUM_SERVER_ACCESS_H

#include "server/app.h"

#define SESSION_COOKIE "plenum_session"

/* http_hooks.authorize: finds the principal, compares its roles with the route's. */
enum err access_authorize(void *context, struct http_request *req);
/* http_hooks.accept_form: what a cookie alone allows needs the session's CSRF token too, in X-CSRF-Token or the form field `csrf`. */
enum err access_accept_form(void *context, struct http_request *req);
/* http_hooks.host_is_ours: numeric addresses (which no foreign name can be pointed at), localhost, this machine's name, the public URLs. */
bool access_host_is_ours(void *context, const char *host);

/* Whether staff may sign in over this connection: TLS, loopback, or (desk role only) the organiser's recorded decision. */
bool access_is_private(const struct http_request *req);

#endif
