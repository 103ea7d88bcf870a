/* The local authority of a data folder: what `plenum serve` needs for HTTPS without anybody buying a certificate.
 *
 *     DIR/tls/authority.key   EC P-256; 0600     signs the server's certificates
 *     DIR/tls/authority.crt   10 years           what phones and browsers may install; its fingerprint never changes
 *     DIR/tls/server.key      EC P-256; 0600     stays across renewals, because scanners pin it
 *     DIR/tls/server.crt      397 days           made again when a name is missing or it runs out within 30 days
 *     DIR/tls/lock            held while any of them is made
 *
 * A file that is damaged, missing beside its partner, or does not belong to the others is told, never silently replaced: a new key or a
 * new authority makes every paired scanner and every phone distrust this server. docs/decisions/0006-local-authority.md says why. */
#ifndef PLENUM_SERVER_TLS_AUTHORITY_H
#define PLENUM_SERVER_TLS_AUTHORITY_H

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "server/tls/certificate.h"
#include "server/tls/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_SERVER_DAYS 397      /* the longest that browsers take is 398 for public and 825 (Apple) for private authorities */
#define TLS_RENEW_DAYS 30
#define TLS_AUTHORITY_DAYS 3652  /* 10 years */
/* 2026-01-01: an earlier clock is a laptop with an empty battery, and what it signed would be worthless tomorrow. */
#define TLS_EARLIEST_MS INT64_C(1767225600000)

struct tls_material {
    struct arena arena;          /* owns the texts below */
    char *certificate_pem;       /* chain: the server's certificate first, then the authority's */
    char *key_pem;               /* secret; wiped by tls_material_release */
    char *authority_pem;         /* NULL with files of the user's own */
    char pin[TLS_PIN_SIZE];      /* of the server's key: "sha256//…" */
    char fingerprint[TLS_FINGERPRINT_SIZE]; /* of the authority's certificate; with files of one's own, of the server's */
    int64_t not_after_ms;        /* of the server's certificate */
    int64_t authority_not_after_ms; /* 0 with files of one's own */
    const char *authority_name;  /* "Plenum local authority 3F9A"; NULL with files of one's own */
    struct tls_names names;      /* that the server's certificate is good for */
    bool made;                   /* the authority was made by this call */
    bool renewed;                /* the server's certificate was made by this call */
    bool due;                    /* a renewal is due that was not allowed */
};

/* Loads, and makes or renews what is missing. `cert_file` and `key_file` (both or none) are the user's own and then nothing is made;
 * `extra_names` are hosts or URLs (the public URL) that the certificate must also be good for. Waits up to 5 s for another program that
 * makes it at the same time. On failure *ret is untouched and the fault is one sentence that says what to do: ERR_USAGE one of two files
 * given, ERR_INPUT damaged or foreign files, wrong clock, wrong name, ERR_NOT_FOUND, ERR_IO, ERR_FULL, ERR_BUSY, ERR_NOMEM. */
enum err tls_material_load(const char *data_folder, const char *cert_file, const char *key_file, const char *const *extra_names, size_t count,
                           struct tls_material *ret, struct fault *fault);
/* Accepts a zeroed one. */
void tls_material_release(struct tls_material *material);

/* The same with everything from outside made explicit. */
struct tls_wish {
    const char *data_folder;
    const char *cert_file, *key_file; /* NULL: the folder's own */
    const struct tls_names *names;
    int64_t now_ms;
    bool may_write; /* false: nothing is made (ERR_NOT_FOUND), a due renewal is only told */
};
enum err tls_material_load_wish(const struct tls_wish *wish, struct tls_material *ret, struct fault *fault);

/* Whether a server's certificate must be made again. Pure. */
bool tls_is_renewal_due(const struct tls_certificate *server, const struct tls_names *wanted, int64_t now_ms);

/* DIR/tls/NAME; NULL when out of memory. */
char *tls_path(struct arena *arena, const char *data_folder, const char *name);

#endif
