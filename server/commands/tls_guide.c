#include "server/commands/tls_guide.h"

#include "core/base/file.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/event_page.h"
#include "core/congress/store/store.h"
#include "server/trust.h"

#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_PORT 8080u
#define SECURE_PORT 8443u

/* What the data folder knows of itself. */
struct known {
    const char *public_url, *secure, *language;
    unsigned plain_port;
};

static enum err read_language(struct db *db, struct arena *arena, const char **ret)
{
    struct sql_import_organization_list_row *rows;
    size_t count = 0;
    enum err e = sql_import_organization_list(db, arena, &rows, &count);
    if (e == OK && count) *ret = badge_list_language(arena, rows[0].languages);
    return e;
}

/* The pairing address is "https://HOST:PORT/#sha256//…"; what stands before the path is where staff go. */
static enum err read_known(const struct tls_guide *g, struct arena *arena, struct known *known, struct fault *fault)
{
    struct store store = {0};
    const char *database = file_join(arena, g->folder, "plenum.db"), *port = NULL, *pairing = NULL;
    bool guessed;
    if (!database) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (!file_exists(database)) return OK;
    enum err e = store_open(g->folder, STORE_READ, &store, fault);
    if (e) return e;
    e = setting_read(store.db, arena, "plain_port", &port);
    if (e == OK) e = setting_read(store.db, arena, "pairing_url", &pairing);
    if (e == OK) e = read_language(store.db, arena, &known->language);
    if (e) e = db_fault(store.db, e, fault, "read the settings");
    if (port) known->plain_port = (unsigned)strtoul(port, NULL, 10);
    if (e == OK) e = public_url_choose(store.db, arena, g->public_url, NULL, known->plain_port, &known->public_url, &guessed, fault);
    if (e == OK && pairing && strncmp(pairing, "https://", 8) == 0) known->secure = arena_strndup(arena, pairing, 8 + strcspn(pairing + 8, "/"));
    store_close(&store);
    return e;
}

/* A folder that was never served: the first address that others can reach. */
static const char *guess_url(const struct tls_guide *g, struct arena *arena)
{
    for (size_t i = 0; i < g->names->count; i++) {
        const char *name = g->names->items[i];
        if (strspn(name, "0123456789.") == strlen(name) && strncmp(name, "127.", 4) != 0) return arena_printf(arena, "http://%s:%u", name, PLAIN_PORT);
    }
    return arena_printf(arena, "http://127.0.0.1:%u", PLAIN_PORT);
}

static enum err find_places(const struct tls_guide *g, struct arena *arena, struct trust_places *places, const char **ret_language, struct fault *fault)
{
    struct known known = {.language = "vi", .plain_port = PLAIN_PORT};
    enum err e = read_known(g, arena, &known, fault);
    if (e) return e;
    if (!known.public_url) known.public_url = g->public_url ? g->public_url : guess_url(g, arena);
    if (known.public_url && !strstr(known.public_url, "://"))
        return fault_set(fault, ERR_INPUT, "--public-url: \"%s\" is not http://host or http://host:port", known.public_url);
    places->plain = known.public_url ? trust_plain_base(arena, known.public_url, known.plain_port) : NULL;
    const char *host = places->plain ? places->plain + strlen("http://") : NULL;
    if (!known.secure && host)
        known.secure = arena_printf(arena, "https://%.*s:%u", (int)(host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/")), host, SECURE_PORT);
    places->secure = known.secure;
    *ret_language = g->language ? g->language : known.language;
    return places->plain && places->secure ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
}

static enum err write_pdf(const struct trust_guide *page, const char *file, struct fault *fault)
{
    struct fonts *fonts = NULL;
    struct buf pdf;
    buf_init(&pdf, BUF_LIMIT_BODY);
    enum err e = fonts_new(&fonts, fault);
    if (e == OK) e = trust_guide_write(page, fonts, &pdf, fault);
    if (e == OK) e = file_write_atomic(file, pdf.data, pdf.length, 0644, fault);
    buf_release(&pdf);
    fonts_free(fonts);
    return e;
}

enum err tls_guide_write(const struct tls_guide *g, struct arena *arena, struct fault *fault)
{
    struct i18n *i18n = NULL;
    struct trust_places places = {0};
    struct trust_guide page;
    const char *word = NULL;
    enum i18n_language language;
    if (!g->material->authority_pem)
        return fault_set(fault, ERR_INPUT, "a certificate of your own needs no guide: phones trust it already, or trust whom it comes from");
    enum err e = find_places(g, arena, &places, &word, fault);
    if (e == OK && !i18n_read_tag(word, &language)) e = fault_set(fault, ERR_USAGE, "--language \"%.40s\": the guide is there in vi, en, pt, ar", word);
    if (e == OK) e = i18n_load(&i18n, fault);
    if (e == OK && trust_guide_fill(arena, i18n, language, g->material, &places, &page) != OK) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = write_pdf(&page, g->file, fault);
    if (e == OK) printf("%s: for phones that open %s, then %s\n", g->file, page.download, page.secure);
    i18n_free(i18n);
    return e;
}
