#include "server/serve_parts.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "server/tls/authority.h"
#include "server/tls/presented.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* Where the certificate came from, and what it was when it was last looked at. */
struct serve_tls_files {
    char *cert, *key; /* absolute or as given; NULL: the data folder's own */
    struct stat cert_was, key_was;
    int64_t not_after_ms;
    struct tls_names names; /* in `arena` */
    struct arena arena;
};

static void stamp(const struct serve_tls_files *files, struct stat *cert, struct stat *key)
{
    *cert = *key = (struct stat){0};
    if (files->cert) (void)stat(files->cert, cert);
    if (files->key) (void)stat(files->key, key);
}

static bool differs(const struct stat *a, const struct stat *b)
{
    return a->st_ino != b->st_ino || a->st_size != b->st_size || a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

static void remember(struct serve_tls_files *files, const struct tls_material *tls)
{
    arena_clear(&files->arena);
    files->names = (struct tls_names){0};
    files->not_after_ms = tls->not_after_ms;
    for (size_t i = 0; i < tls->names.count; i++) (void)tls_names_add(&files->names, &files->arena, tls->names.items[i]);
}

/* What browsers will say of a certificate of the user's own, while there is time. */
static void warn_of_own(const struct app *app, const char *cert_file, const struct tls_material *tls)
{
    const char *host = strstr(app->public_url, "://");
    char name[256];
    size_t length = host ? strcspn(host + 3, ":/") : 0;
    if (!host || host[3] == '[' || length >= sizeof name) return;
    memcpy(name, host + 3, length);
    name[length] = '\0';
    const int64_t days = (tls->not_after_ms - clock_now_ms()) / CLOCK_DAY;
    if (!tls_certificate_names_host(tls->certificate_pem, name))
        log_line(LOG_WARNING, "tls", "%s does not name \"%s\", the host of the public URL: browsers will warn; open the name that it is for, and serve with --public-url",
                 cert_file, name);
    if (tls_certificate_stands_alone(tls->certificate_pem))
        log_line(LOG_WARNING, "tls", "%s has no certificate of who signed it: many phones will refuse it; give the whole chain (\"fullchain\")", cert_file);
    if (days < TLS_RENEW_DAYS) log_line(LOG_WARNING, "tls", "%s runs out in %lld days", cert_file, (long long)days);
}

static enum err load(struct app *app, const char *cert_file, const char *key_file, struct tls_material *tls, struct fault *fault)
{
    size_t count = 0;
    const char *const *names = collect_names(app, &count);
    if (!names) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return tls_material_load(app->store.folder, cert_file, key_file, names, count, tls, fault);
}

enum err serve_tls_load(struct app *app, const char *cert_file, const char *key_file, struct fault *fault)
{
    struct serve_tls_files *files = app->tls_files = calloc(1, sizeof *files);
    struct tls_material *tls = calloc(1, sizeof *tls);
    if (!tls || !files) {
        free(tls);
        return fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    files->cert = cert_file ? strdup(cert_file) : NULL;
    files->key = key_file ? strdup(key_file) : NULL;
    bool kept = (files->cert || !cert_file) && (files->key || !key_file);
    stamp(files, &files->cert_was, &files->key_was); /* before they are read: what changes between is seen at the next look */
    enum err e = kept ? load(app, cert_file, key_file, tls, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e != OK) {
        free(tls);
        return e;
    }
    app->tls = tls;
    app->fingerprint = tls->fingerprint;
    app->pin = tls->pin;
    remember(files, tls);
    if (cert_file) warn_of_own(app, cert_file, tls);
    return tls_presented_new(tls->certificate_pem, tls->key_pem, &app->tls_shown, fault);
}

/* Whether there is a reason to read the files again. */
static bool has_changed(struct serve_tls_files *files)
{
    struct stat cert, key;
    if (files->cert) {
        stamp(files, &cert, &key);
        bool changed = differs(&cert, &files->cert_was) || differs(&key, &files->key_was);
        files->cert_was = cert;
        files->key_was = key;
        return changed;
    }
    struct arena arena = {0};
    struct tls_names now = {0};
    bool due = clock_now_ms() >= files->not_after_ms - TLS_RENEW_DAYS * CLOCK_DAY;
    if (tls_names_of_machine(&now, &arena) == OK && !tls_names_cover(&files->names, &now)) due = true;
    arena_release(&arena);
    return due;
}

void serve_tls_look(struct app *app, bool asked)
{
    struct serve_tls_files *files = app->tls_files;
    struct tls_material tls = {0};
    struct fault fault = {0};
    char until[CLOCK_TEXT_SIZE];
    if (!files || (!has_changed(files) && !asked)) return;
    enum err e = load(app, files->cert, files->key, &tls, &fault);
    if (e == OK && strcmp(tls.pin, app->tls->pin) != 0)
        e = fault_set(&fault, ERR_CONFLICT, "%s has another key, which paired scanners do not know: renew with the same key (certbot: --reuse-key), or start "
                      "the server again and pair them again", files->cert);
    if (e == OK) e = tls_presented_change(app->tls_shown, tls.certificate_pem, tls.key_pem, &fault);
    if (e == OK) {
        remember(files, &tls);
        if (files->cert) warn_of_own(app, files->cert, &tls);
        clock_format(tls.not_after_ms, until);
        log_line(LOG_NOTICE, "tls", "the certificate was read again: good until %.10s", until);
    } else {
        log_line(LOG_WARNING, "tls", "the certificate stays as it is: %s", fault.text[0] ? fault.text : err_name(e));
    }
    tls_material_release(&tls);
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

const char *serve_tls_authority(const struct app *app)
{
    return app->tls ? app->tls->authority_pem : NULL;
}

void serve_tls_release(struct app *app)
{
    if (app->tls_files) {
        free(app->tls_files->cert);
        free(app->tls_files->key);
        arena_release(&app->tls_files->arena);
    }
    free(app->tls_files);
    tls_presented_free(app->tls_shown);
    if (app->tls) tls_material_release(app->tls);
    free(app->tls);
    app->tls_files = NULL;
    app->tls_shown = NULL;
    app->tls = NULL;
}
