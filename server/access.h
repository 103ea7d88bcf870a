/* Who asks, and whether they may: sessions, device keys, CSRF tokens, host names. The hooks of http_config. */
#ifndef PLENUM_SERVER_ACCESS_H
#define PLENUM_SERVER_ACCESS_H

#include "server/app.h"

#define SESSION_COOKIE "plenum_session"
#define HEAD_COOKIE "plenum_head" /* of a head of delegation: the browser in which they gave badge and PIN (core/congress/papers/pin_session.h) */

/* http_hooks.authorize: finds the principal, compares its roles with the route's. */
enum err access_authorize(void *context, struct http_request *req);
/* http_hooks.accept_form: what a cookie alone allows needs the session's CSRF token too, in X-CSRF-Token or the form field `csrf`. */
enum err access_accept_form(void *context, struct http_request *req);
/* http_hooks.host_is_ours: numeric addresses (which no foreign name can be pointed at), localhost, this machine's name, the public URLs. */
bool access_host_is_ours(void *context, const char *host);

/* TLS, or this machine itself: what is said here is read by nobody else. */
bool access_is_private(const struct http_request *req);
/* Whether this account works over this connection. Over plain HTTP from elsewhere, where cookies and passwords are read by whoever listens: only by the organiser's
 * recorded decision, and only an account that is worth no more than the desk (DESIGN.md §10). */
bool access_takes_account(const struct http_request *req, const struct account *account);

#endif
