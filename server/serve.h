/* `plenum serve`: the running server, from open to stop. */
#ifndef PLENUM_SERVER_SERVE_H
#define PLENUM_SERVER_SERVE_H

#include "core/base/opt.h"
#include "server/app.h"

struct serve_options {
    struct opt_list spares;     /* addresses of spare laptops; empty: as stored */
    const char *data, *listen, *listen_tls, *tls_cert, *tls_key, *public_url, *welcome, *mirror;
    bool commit_each; /* one commit per request: only for measuring */
    bool store_nothing; /* check-ins are decided but rolled back: only for measuring */
    bool practice;      /* on a rehearsal's practice copy, and nothing else; loopback only */
};

/* Everything up to open listeners; prints the addresses. The caller then waits and calls serve_stop. */
enum err serve_start(const struct serve_options *options, struct app *app, struct fault *fault);
void serve_stop(struct app *app); /* accepts one that serve_start has left half open */

#endif
