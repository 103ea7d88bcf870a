#include "server/serve_parts.h"
#include "server/tls/authority.h"

#include <stdlib.h>

enum err serve_tls_load(struct app *app, const char *cert_file, const char *key_file, const char *const *names, size_t count, struct fault *fault)
{
    struct tls_material *tls = calloc(1, sizeof *tls);
    if (!tls) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = tls_material_load(app->store.folder, cert_file, key_file, names, count, tls, fault);
    if (e != OK) {
        free(tls);
        return e;
    }
    app->tls = tls;
    app->fingerprint = tls->fingerprint;
    app->pin = tls->pin;
    return OK;
}

const char *serve_tls_certificate(const struct app *app)
{
    return app->tls ? app->tls->certificate_pem : NULL;
}

const char *serve_tls_key(const struct app *app)
{
    return app->tls ? app->tls->key_pem : NULL;
}

void serve_tls_release(struct app *app)
{
    if (!app->tls) return;
    tls_material_release(app->tls);
    free(app->tls);
    app->tls = NULL;
}
