/* Keys and certificates: PEM text in, PEM text out. No files, no clock. The only place of GnuTLS beside libmicrohttpd's own use.
 *
 * All keys that are made are EC P-256, all certificates X.509 v3 signed with SHA-256 (RFC 5280). Texts live in the given arena; keys in
 * it are the caller's to wipe. Thread-safe. Errors: ERR_INPUT for a text that is not what it should be, ERR_NOMEM, ERR_BUG. */
#ifndef PLENUM_SERVER_TLS_CERTIFICATE_H
#define PLENUM_SERVER_TLS_CERTIFICATE_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "server/tls/names.h"

#include <stdbool.h>
#include <stdint.h>

#define TLS_PIN_SIZE 64          /* "sha256//" and 44 characters of base64 */
#define TLS_FINGERPRINT_SIZE 96  /* 32 bytes as "AB:CD:…" and NUL */

/* What a certificate says. Of a chain: what its first one says. */
struct tls_certificate {
    char fingerprint[TLS_FINGERPRINT_SIZE]; /* SHA-256 of its DER form, upper-case hex with colons, as browsers show it */
    char pin[TLS_PIN_SIZE];                 /* SHA-256 of its SubjectPublicKeyInfo (RFC 7469), as CURLOPT_PINNEDPUBLICKEY takes it */
    int64_t not_before_ms, not_after_ms;
    const char *common_name;                /* "" when none */
    struct tls_names names;                 /* subjectAltName; entries of other kinds are left out */
    bool is_authority;                      /* basicConstraints CA */
};

enum err tls_key_make(struct arena *arena, char **ret_pem, struct fault *fault);
/* The pin of a private key of any kind; ERR_INPUT when it is damaged or locked with a passphrase. */
enum err tls_key_pin(const char *key_pem, char pin[TLS_PIN_SIZE], struct fault *fault);

/* Self-signed: basicConstraints CA with path length 0, keyUsage keyCertSign. */
enum err tls_authority_make(struct arena *arena, const char *key_pem, const char *common_name, int64_t not_before_ms, int64_t not_after_ms, char **ret_pem,
                            struct fault *fault);

struct tls_signer {
    const char *key_pem, *certificate_pem;
};
/* For serverAuth, with `names` as subjectAltName. */
enum err tls_server_make(struct arena *arena, const struct tls_signer *signer, const char *key_pem, const struct tls_names *names, int64_t not_before_ms,
                         int64_t not_after_ms, char **ret_pem, struct fault *fault);

enum err tls_certificate_read(struct arena *arena, const char *pem, struct tls_certificate *ret, struct fault *fault);
/* Whether `pem` carries a good signature of `authority_pem`; the time is not looked at. A text that cannot be read: false. */
bool tls_certificate_is_signed_by(const char *pem, const char *authority_pem);

/* Whether the first certificate of the text names this host or address, by the rules of browsers (a wildcard stands for one label). */
bool tls_certificate_names_host(const char *pem, const char *host);
/* Whether who signed it is missing behind it, and it did not sign itself: a server must send the whole chain but its end. */
bool tls_certificate_stands_alone(const char *pem);

#endif
