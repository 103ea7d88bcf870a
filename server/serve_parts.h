/* Parts of server/serve.c that stand in files of their own. */
#ifndef PLENUM_SERVER_SERVE_PARTS_H
#define PLENUM_SERVER_SERVE_PARTS_H

#include "server/app.h"

/* TLS: the local authority's or the user's own certificate, kept in app->tls. */
enum err serve_tls_load(struct app *app, const char *cert_file, const char *key_file, struct fault *fault);
/* Once the ports are known: where staff and scanners find this server (plain_base, secure_base, pairing_url). The last is kept in the data folder for `plenum
 * device pair`, which does not know how this server was started. `listen_tls` as on the command line. */
enum err serve_tls_publish(struct app *app, const char *listen_tls, struct fault *fault);
const char *serve_tls_authority(const struct app *app); /* NULL without TLS, or with a certificate of the user's own */
/* Takes a renewed certificate into use without a restart: `asked` (SIGHUP) in any case, else when the files of the user's own have changed, or when the local
 * authority's is due (a month before its end, or when this machine has an address that it does not name). With another key it is refused, because paired
 * scanners know the key; then, and when it cannot be read, the old one is shown further and the log says so. Main thread. */
void serve_tls_look(struct app *app, bool asked);
void serve_tls_release(struct app *app);

/* An installation without accounts gets an organiser "admin", whose password is printed once. */
enum err serve_first_account(struct app *app, struct fault *fault);

/* Where everything is, for the person at the laptop; warnings about printed badges that point elsewhere. `welcome` (may be NULL) is an event whose pages and
 * one delegate's page, with its QR code, are shown too. */
void serve_print_addresses(struct app *app, const char *welcome);

#endif
