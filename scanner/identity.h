/* The pairing: which server this device talks to, as whom, for which gate. Kept in the spool folder as device.json, mode 0600, because it
 * holds the key. */
#ifndef PLENUM_SCANNER_IDENTITY_H
#define PLENUM_SCANNER_IDENTITY_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/net/http_client.h"

struct identity {
    const char *server, *device, *key, *event, *gate; /* in the arena */
    const char *authority;                            /* PEM file of the server's certificate authority, or NULL */
    struct http_servers servers; /* `server` and where else it may be; the texts in the arena */
    const char *seal_key; /* what the server wants waiting scans sealed to; only after identity_pair, which does not store it; "" = it did not say */
    const char *spares;   /* likewise: where else the server may be */
    const char *pin;                                  /* "sha256//…" of the server's key, or NULL */
};

/* ERR_NOT_FOUND with a sentence when the spool was never paired. */
enum err identity_load(struct arena *arena, const char *spool, struct identity *ret, struct fault *fault);
enum err identity_store(const char *spool, const struct identity *identity, struct fault *fault);

/* Exchanges a one-time code for a key (POST /api/v1/pair). `wanted` has server, authority and pin; the rest comes from the server. Nothing is
 * stored. ERR_DENIED when the code is unknown, used or too old. */
enum err identity_pair(struct arena *arena, const struct identity *wanted, const char *code, const char *name, struct identity *ret, struct fault *fault);

#endif
