#include "server/serve_parts.h"
#include "server/tls/authority.h"

#include <stdlib.h>
#include <string.h>

/* The hosts of all public URLs. An event's URL that no certificate can name must not keep the server from starting: its badges are plain HTTP. */
static const char *const *collect_names(struct app *app, size_t *ret_count)
{
    const char *ignored, **names = arena_array(&app->arena, app->event_url_count + 1, sizeof *names);
    size_t count = 0;
    if (!names) return NULL;
    names[count++] = app->public_url;
    for (size_t i = 0; i < app->event_url_count; i++)
        if (tls_name_tidy(&app->arena, app->event_urls[i], &ignored) == OK) names[count++] = app->event_urls[i];
    *ret_count = count;
    return names;
}

enum err serve_tls_load(struct app *app, const char *cert_file, const char *key_file, struct fault *fault)
{
    size_t count = 0;
    const char *const *names = collect_names(app, &count);
    struct tls_material *tls = names ? calloc(1, sizeof *tls) : NULL;
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

/* The host to call: the one that the listener was bound to, or, bound to all, the public URL's. Brackets stay. */
static const char *secure_host(struct app *app, const char *listen_tls)
{
    const char *colon = strrchr(listen_tls, ':');
    size_t length = colon ? (size_t)(colon - listen_tls) : 0;
    static const char *const everywhere[] = {"", "0.0.0.0", "[::]", "::", "*"};
    for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++) {
        if (strlen(everywhere[i]) != length || strncmp(listen_tls, everywhere[i], length) != 0) continue;
        const char *host = strstr(app->public_url, "://") + 3;
        return arena_strndup(&app->arena, host, host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":"));
    }
    return arena_strndup(&app->arena, listen_tls, length);
}

enum err serve_tls_publish(struct app *app, const char *listen_tls, struct fault *fault)
{
    const char *host = app->tls_port ? secure_host(app, listen_tls) : "";
    if (app->plain_port) app->plain_base = arena_printf(&app->arena, "http://127.0.0.1:%u", app->plain_port);
    if (app->tls_port && host) app->secure_base = arena_printf(&app->arena, "https://%s:%u", host, app->tls_port);
    app->pairing_url = app->secure_base ? arena_printf(&app->arena, "%s/#%s", app->secure_base, app->pin) : app->plain_base;
    if ((app->plain_port && !app->plain_base) || (app->tls_port && !app->secure_base) || ((app->plain_base || app->secure_base) && !app->pairing_url))
        return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = setting_write(app->store.db, "pairing_url", app->pairing_url);
    return e == OK ? OK : db_fault(app->store.db, e, fault, "keep the pairing URL");
}

const char *serve_tls_certificate(const struct app *app)
{
    return app->tls ? app->tls->certificate_pem : NULL;
}

const char *serve_tls_key(const struct app *app)
{
    return app->tls ? app->tls->key_pem : NULL;
}

const char *serve_tls_authority(const struct app *app)
{
    return app->tls ? app->tls->authority_pem : NULL;
}

void serve_tls_release(struct app *app)
{
    if (!app->tls) return;
    tls_material_release(app->tls);
    free(app->tls);
    app->tls = NULL;
}
