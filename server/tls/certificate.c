#include "server/tls/certificate.h"

#include "core/base/crypto.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>

#define CHAIN_MOST 16

static enum err told(struct fault *fault, int code, enum err kind, const char *what)
{
    if (code == GNUTLS_E_MEMORY_ERROR) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return fault_set(fault, kind, "%s (%s)", what, gnutls_strerror(code));
}

static gnutls_datum_t datum_of(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

/* Moves what the library allocated into the arena, and wipes it there: it may be a key. */
static enum err take_text(struct arena *arena, gnutls_datum_t *data, char **ret, struct fault *fault)
{
    char *text = arena_strndup(arena, (const char *)data->data, data->size);
    gnutls_memset(data->data, 0, data->size);
    gnutls_free(data->data);
    if (!text) return fault_set(fault, ERR_NOMEM, "not enough memory");
    *ret = text;
    return OK;
}

/* "sha256//" and base64 of the hash of a key's SubjectPublicKeyInfo. */
static enum err pin_of(gnutls_pubkey_t key, char pin[TLS_PIN_SIZE], struct fault *fault)
{
    gnutls_datum_t der = {0}, text = {0};
    uint8_t hash[CRYPTO_HASH_BYTES];
    int code = gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der);
    if (code < 0) return told(fault, code, ERR_INPUT, "the public key cannot be read");
    crypto_sha256(der.data, der.size, hash);
    gnutls_free(der.data);
    gnutls_datum_t raw = {hash, sizeof hash};
    code = gnutls_base64_encode2(&raw, &text);
    if (code < 0) return told(fault, code, ERR_BUG, "the pin cannot be written");
    (void)snprintf(pin, TLS_PIN_SIZE, "sha256//%.*s", (int)text.size, (const char *)text.data);
    gnutls_free(text.data);
    return OK;
}

enum err tls_key_make(struct arena *arena, char **ret_pem, struct fault *fault)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_datum_t pem = {0};
    int code = gnutls_x509_privkey_init(&key);
    if (code < 0) return told(fault, code, ERR_BUG, "no key could be made");
    code = gnutls_x509_privkey_generate(key, GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (code >= 0) code = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
    gnutls_x509_privkey_deinit(key);
    if (code < 0) return told(fault, code, ERR_BUG, "no key could be made");
    return take_text(arena, &pem, ret_pem, fault);
}

static enum err key_import(const char *pem, gnutls_x509_privkey_t *ret, struct fault *fault)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_datum_t data = datum_of(pem);
    int code = gnutls_x509_privkey_init(&key);
    if (code >= 0) code = gnutls_x509_privkey_import2(key, &data, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (code >= 0) {
        *ret = key;
        return OK;
    }
    if (key) gnutls_x509_privkey_deinit(key);
    bool locked = code == GNUTLS_E_DECRYPTION_FAILED || strstr(pem, "ENCRYPTED");
    return told(fault, code, ERR_INPUT, locked ? "the private key is locked with a passphrase: give one without" : "not a private key in PEM form, or damaged");
}

enum err tls_key_pin(const char *key_pem, char pin[TLS_PIN_SIZE], struct fault *fault)
{
    gnutls_x509_privkey_t raw = NULL;
    gnutls_privkey_t key = NULL;
    gnutls_pubkey_t open = NULL;
    enum err e = key_import(key_pem, &raw, fault);
    if (e) return e;
    int code = gnutls_privkey_init(&key);
    if (code >= 0) code = gnutls_pubkey_init(&open);
    if (code >= 0) code = gnutls_privkey_import_x509(key, raw, 0);
    if (code >= 0) code = gnutls_pubkey_import_privkey(open, key, 0, 0);
    e = code < 0 ? told(fault, code, ERR_INPUT, "the private key cannot be used") : pin_of(open, pin, fault);
    if (open) gnutls_pubkey_deinit(open);
    if (key) gnutls_privkey_deinit(key); /* `raw` stays ours without an import flag */
    gnutls_x509_privkey_deinit(raw);
    return e;
}

/* The first certificate of a text, which may be a chain. */
static enum err certificate_import(const char *pem, gnutls_x509_crt_t *ret, struct fault *fault)
{
    gnutls_x509_crt_t chain[CHAIN_MOST];
    unsigned count = CHAIN_MOST;
    gnutls_datum_t data = datum_of(pem);
    int code = gnutls_x509_crt_list_import(chain, &count, &data, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
    if (code < 1) return told(fault, code < 0 ? code : GNUTLS_E_NO_CERTIFICATE_FOUND, ERR_INPUT, "not a certificate in PEM form, or damaged");
    for (int i = 1; i < code; i++) gnutls_x509_crt_deinit(chain[i]);
    *ret = chain[0];
    return OK;
}

/* What every certificate of ours has; the subject's key id goes in too. */
static int certificate_begin(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *common_name, int64_t not_before_ms, int64_t not_after_ms)
{
    unsigned char serial[16], id[64];
    size_t id_size = sizeof id;
    crypto_random(serial, sizeof serial);
    serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40); /* positive, and as long each time (RFC 5280 §4.1.2.2) */
    int code = gnutls_x509_crt_set_version(crt, 3);
    if (code >= 0) code = gnutls_x509_crt_set_key(crt, key);
    if (code >= 0) code = gnutls_x509_crt_set_serial(crt, serial, sizeof serial);
    if (code >= 0) code = gnutls_x509_crt_set_activation_time(crt, (time_t)(not_before_ms / 1000));
    if (code >= 0) code = gnutls_x509_crt_set_expiration_time(crt, (time_t)(not_after_ms / 1000));
    if (code >= 0) code = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, common_name, (unsigned)strlen(common_name));
    if (code >= 0) code = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, id, &id_size);
    if (code >= 0) code = gnutls_x509_crt_set_subject_key_id(crt, id, id_size);
    return code;
}

static enum err certificate_export(struct arena *arena, gnutls_x509_crt_t crt, char **ret_pem, struct fault *fault)
{
    gnutls_datum_t pem = {0};
    int code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
    if (code < 0) return told(fault, code, ERR_BUG, "the certificate cannot be written");
    return take_text(arena, &pem, ret_pem, fault);
}

enum err tls_authority_make(struct arena *arena, const char *key_pem, const char *common_name, int64_t not_before_ms, int64_t not_after_ms, char **ret_pem,
                            struct fault *fault)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t crt = NULL;
    enum err e = key_import(key_pem, &key, fault);
    if (e) return e;
    int code = gnutls_x509_crt_init(&crt);
    if (code >= 0) code = certificate_begin(crt, key, common_name, not_before_ms, not_after_ms);
    if (code >= 0) code = gnutls_x509_crt_set_basic_constraints(crt, 1, 0);
    if (code >= 0) code = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_KEY_CERT_SIGN);
    if (code >= 0) code = gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
    e = code < 0 ? told(fault, code, ERR_BUG, "the authority's certificate could not be made") : certificate_export(arena, crt, ret_pem, fault);
    if (crt) gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    return e;
}

static int add_names(gnutls_x509_crt_t crt, const struct tls_names *names)
{
    int code = 0;
    for (size_t i = 0; i < names->count && code >= 0; i++) {
        unsigned char address[sizeof(struct in6_addr)];
        const char *name = names->items[i];
        size_t size = inet_pton(AF_INET, name, address) == 1 ? 4 : inet_pton(AF_INET6, name, address) == 1 ? 16 : 0;
        code = gnutls_x509_crt_set_subject_alt_name(crt, size ? GNUTLS_SAN_IPADDRESS : GNUTLS_SAN_DNSNAME, size ? (const void *)address : name,
                                                    (unsigned)(size ? size : strlen(name)), GNUTLS_FSAN_APPEND);
    }
    return code;
}

/* So that a phone finds the issuer by key and not by name alone. */
static int add_issuer_key_id(gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer)
{
    unsigned char id[64];
    size_t size = sizeof id;
    int code = gnutls_x509_crt_get_subject_key_id(issuer, id, &size, NULL);
    return code < 0 ? code : gnutls_x509_crt_set_authority_key_id(crt, id, size);
}

enum err tls_server_make(struct arena *arena, const struct tls_signer *signer, const char *key_pem, const struct tls_names *names, int64_t not_before_ms,
                         int64_t not_after_ms, char **ret_pem, struct fault *fault)
{
    gnutls_x509_privkey_t signer_key = NULL, key = NULL;
    gnutls_x509_crt_t issuer = NULL, crt = NULL;
    int code = 0;
    enum err e = key_import(signer->key_pem, &signer_key, fault);
    if (e == OK) e = key_import(key_pem, &key, fault);
    if (e == OK) e = certificate_import(signer->certificate_pem, &issuer, fault);
    if (e) goto out;
    code = gnutls_x509_crt_init(&crt);
    if (code >= 0) code = certificate_begin(crt, key, "Plenum server", not_before_ms, not_after_ms);
    if (code >= 0) code = add_names(crt, names);
    if (code >= 0) code = gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
    if (code >= 0) code = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (code >= 0) code = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
    if (code >= 0) code = add_issuer_key_id(crt, issuer);
    if (code >= 0) code = gnutls_x509_crt_sign2(crt, issuer, signer_key, GNUTLS_DIG_SHA256, 0);
    e = code < 0 ? told(fault, code, ERR_BUG, "the server's certificate could not be made") : certificate_export(arena, crt, ret_pem, fault);
out:
    if (crt) gnutls_x509_crt_deinit(crt);
    if (issuer) gnutls_x509_crt_deinit(issuer);
    if (key) gnutls_x509_privkey_deinit(key);
    if (signer_key) gnutls_x509_privkey_deinit(signer_key);
    return e;
}

static enum err read_names(struct arena *arena, gnutls_x509_crt_t crt, struct tls_names *names)
{
    for (unsigned i = 0;; i++) {
        unsigned char value[512];
        char text[INET6_ADDRSTRLEN];
        size_t size = sizeof value - 1;
        int kind = gnutls_x509_crt_get_subject_alt_name(crt, i, value, &size, NULL);
        if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) return OK;
        if (kind != GNUTLS_SAN_DNSNAME && kind != GNUTLS_SAN_IPADDRESS) continue;
        value[size < sizeof value ? size : sizeof value - 1] = '\0';
        const char *name = (const char *)value;
        if (kind == GNUTLS_SAN_IPADDRESS) name = size == 4 || size == 16 ? inet_ntop(size == 4 ? AF_INET : AF_INET6, value, text, sizeof text) : NULL;
        if (name && tls_names_add(names, arena, name) == ERR_NOMEM) return ERR_NOMEM;
    }
}

static int read_fingerprint(gnutls_x509_crt_t crt, char out[TLS_FINGERPRINT_SIZE])
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    size_t size = sizeof hash;
    int code = gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, hash, &size);
    for (size_t i = 0; i < size && code >= 0; i++) (void)snprintf(out + 3 * i, 4, i + 1 < size ? "%02X:" : "%02X", hash[i]);
    return code;
}

enum err tls_certificate_read(struct arena *arena, const char *pem, struct tls_certificate *ret, struct fault *fault)
{
    struct tls_certificate read = {0};
    gnutls_x509_crt_t crt = NULL;
    gnutls_pubkey_t key = NULL;
    char common_name[256] = "";
    size_t size = sizeof common_name;
    enum err e = certificate_import(pem, &crt, fault);
    if (e) return e;
    int code = gnutls_pubkey_init(&key);
    if (code >= 0) code = gnutls_pubkey_import_x509(key, crt, 0);
    if (code >= 0) code = read_fingerprint(crt, read.fingerprint);
    e = code < 0 ? told(fault, code, ERR_INPUT, "the certificate cannot be used") : pin_of(key, read.pin, fault);
    if (e) goto out;
    if (gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, common_name, &size) < 0) common_name[0] = '\0';
    read.common_name = arena_strdup(arena, common_name);
    read.not_before_ms = (int64_t)gnutls_x509_crt_get_activation_time(crt) * 1000;
    read.not_after_ms = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
    read.is_authority = gnutls_x509_crt_get_ca_status(crt, NULL) > 0;
    if (!read.common_name || read_names(arena, crt, &read.names)) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) *ret = read;
out:
    if (key) gnutls_pubkey_deinit(key);
    gnutls_x509_crt_deinit(crt);
    return e;
}

bool tls_certificate_is_signed_by(const char *pem, const char *authority_pem)
{
    gnutls_x509_crt_t crt = NULL, authority = NULL;
    unsigned status = 0;
    bool good = certificate_import(pem, &crt, NULL) == OK && certificate_import(authority_pem, &authority, NULL) == OK;
    if (good)
        good = gnutls_x509_crt_verify(crt, &authority, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS, &status) >= 0 &&
               status == 0;
    if (crt) gnutls_x509_crt_deinit(crt);
    if (authority) gnutls_x509_crt_deinit(authority);
    return good;
}

bool tls_certificate_names_host(const char *pem, const char *host)
{
    gnutls_x509_crt_t crt = NULL;
    if (certificate_import(pem, &crt, NULL) != OK) return false;
    bool named = gnutls_x509_crt_check_hostname(crt, host) != 0;
    gnutls_x509_crt_deinit(crt);
    return named;
}

bool tls_certificate_stands_alone(const char *pem)
{
    gnutls_x509_crt_t chain[CHAIN_MOST];
    unsigned count = CHAIN_MOST;
    gnutls_datum_t data = datum_of(pem);
    int code = gnutls_x509_crt_list_import(chain, &count, &data, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
    if (code < 1) return false;
    bool alone = gnutls_x509_crt_check_issuer(chain[0], chain[0]) == 0;
    for (int i = 1; i < code && alone; i++) alone = gnutls_x509_crt_check_issuer(chain[0], chain[i]) == 0;
    for (int i = 0; i < code; i++) gnutls_x509_crt_deinit(chain[i]);
    return alone;
}
