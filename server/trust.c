#include "server/trust.h"

#include "core/base/clock.h"
#include "core/base/crypto.h"

#include <stdio.h>
#include <string.h>

char *trust_plain_base(struct arena *arena, const char *public_url, unsigned plain_port)
{
    const char *host = strstr(public_url, "://");
    if (!host) return NULL;
    host += 3;
    size_t length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    if (strncmp(public_url, "http://", 7) == 0) return arena_strdup(arena, public_url);
    if (plain_port == 80) return arena_printf(arena, "http://%.*s", (int)length, host);
    return arena_printf(arena, "http://%.*s:%u", (int)length, host, plain_port);
}

static const char *until_of(struct arena *arena, int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(ms, text);
    return arena_strndup(arena, text, 10);
}

enum err trust_guide_fill(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const struct tls_material *material,
                          const struct trust_places *places, struct trust_guide *ret)
{
    const char *plain = places->plain, *host = strstr(plain, "://");
    *ret = (struct trust_guide){
        .language = i18n_tag(language), .title = i18n_text(i18n, language, "trust.title"), .who = i18n_text(i18n, language, "trust.who"),
        .scan = i18n_text(i18n, language, "trust.scan"), .on_phone = i18n_text(i18n, language, "trust.or"), .called = i18n_text(i18n, language, "trust.called"),
        .until = i18n_text(i18n, language, "trust.until"), .compare = i18n_text(i18n, language, "trust.fingerprint"),
        .then = i18n_text(i18n, language, "trust.then"), .warning = i18n_text(i18n, language, "trust.warn"), .removal = i18n_text(i18n, language, "trust.remove"),
        .platform = {i18n_text(i18n, language, "trust.iphone"), i18n_text(i18n, language, "trust.android")}, .name = material->authority_name,
        .good_until = until_of(arena, material->authority_not_after_ms), .fingerprint = material->fingerprint,
        .download = arena_printf(arena, "%s/authority.crt", plain), .page = arena_printf(arena, "%s/trust", host ? host + 3 : plain), .secure = places->secure};
    static const char *const platforms[] = {"iphone", "android"};
    for (unsigned side = 0; side < 2; side++)
        for (unsigned i = 0; i < TRUST_STEPS; i++) {
            char key[40];
            (void)snprintf(key, sizeof key, "trust.%s.%u", platforms[side], i + 1);
            ret->steps[side][i] = i18n_text(i18n, language, key);
        }
    return ret->good_until && ret->download && ret->page && ret->secure ? OK : ERR_NOMEM;
}

/* The base64 between the lines of the first certificate of a PEM text, which is its DER form. */
static char *body_of(struct arena *arena, const char *pem)
{
    const char *begin = strstr(pem, "-----BEGIN CERTIFICATE-----"), *end = begin ? strstr(begin, "-----END CERTIFICATE-----") : NULL;
    if (!end) return NULL;
    begin += strlen("-----BEGIN CERTIFICATE-----");
    char *body = arena_alloc(arena, (size_t)(end - begin) + 1), *out = body;
    for (const char *p = begin; body && p < end; p++)
        if (*p != '\n' && *p != '\r' && *p != ' ') *out++ = *p;
    if (body) *out = '\0';
    return body;
}

/* A UUID (version 8: of our own making, RFC 9562) from the certificate, so that installing it again replaces it. */
static const char *uuid_of(struct arena *arena, const char *body, const char *part)
{
    uint8_t h[CRYPTO_HASH_BYTES];
    const char *all = arena_printf(arena, "%s %s", part, body);
    if (!all) return NULL;
    crypto_sha256(all, strlen(all), h);
    return arena_printf(arena, "%02X%02X%02X%02X-%02X%02X-8%X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", h[0], h[1], h[2], h[3], h[4], h[5], h[6] & 0xFu, h[7],
                        (h[8] & 0x3Fu) | 0x80u, h[9], h[10], h[11], h[12], h[13], h[14], h[15]);
}

static void put_xml(struct buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '&') buf_puts(out, "&amp;");
        else if (*p == '<') buf_puts(out, "&lt;");
        else if (*p == '>') buf_puts(out, "&gt;");
        else buf_putc(out, *p);
    }
}

static void put_pair(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "<key>%s</key><string>", key);
    put_xml(out, text);
    buf_puts(out, "</string>\n");
}

char *trust_profile_make(struct arena *arena, const char *authority_pem, const char *name, const char *about)
{
    struct buf out;
    const char *body = body_of(arena, authority_pem);
    const char *inner = body ? uuid_of(arena, body, "certificate") : NULL, *outer = body ? uuid_of(arena, body, "profile") : NULL;
    if (!inner || !outer) return NULL;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_puts(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
                   "<plist version=\"1.0\"><dict>\n<key>PayloadContent</key><array><dict>\n<key>PayloadContent</key><data>");
    buf_printf(&out, "%s</data>\n", body);
    put_pair(&out, "PayloadCertificateFileName", "plenum-authority.crt");
    put_pair(&out, "PayloadDisplayName", name);
    buf_printf(&out, "<key>PayloadIdentifier</key><string>plenum.authority.%s</string>\n<key>PayloadType</key><string>com.apple.security.root</string>\n", inner);
    put_pair(&out, "PayloadUUID", inner);
    buf_puts(&out, "<key>PayloadVersion</key><integer>1</integer>\n</dict></array>\n");
    put_pair(&out, "PayloadDescription", about);
    put_pair(&out, "PayloadDisplayName", name);
    buf_printf(&out, "<key>PayloadIdentifier</key><string>plenum.%s</string>\n<key>PayloadRemovalDisallowed</key><false/>\n", outer);
    put_pair(&out, "PayloadType", "Configuration");
    put_pair(&out, "PayloadUUID", outer);
    buf_puts(&out, "<key>PayloadVersion</key><integer>1</integer>\n</dict></plist>\n");
    char *text = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}
