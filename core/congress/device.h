/* Scanners and their keys: a one-time pairing code, typed once, becomes a device with a secret key (DESIGN.md §5, §10).
 *
 * As in core/congress/account.h, `_make` functions need no database and the others store inside the caller's transaction. Only hashes of codes
 * and keys are stored. */
#ifndef PLENUM_CONGRESS_DEVICE_H
#define PLENUM_CONGRESS_DEVICE_H

#include "core/base/arena.h"
#include "core/base/crypto.h"
#include "core/base/err.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAIRING_MS (INT64_C(10) * 60 * 1000) /* a code is good for so long */
#define PAIRING_CODE_SIZE 10                 /* "XXXX-XXXX" and NUL: 40 random bits */
#define DEVICE_CODE_SIZE 9
#define DEVICE_NAME_LONGEST 64 /* code points */

struct pairing {
    char code[PAIRING_CODE_SIZE]; /* shown once */
    char code_hash[CRYPTO_HASH_HEX];
    int64_t event_id, gate_id;
    int64_t expires_ms;
};

void pairing_make(int64_t event_id, int64_t gate_id, int64_t now_ms, struct pairing *ret);
/* In a transaction; also throws out codes that were used or are too old. */
enum err pairing_insert(struct db *db, const struct pairing *pairing, int64_t now_ms);

struct device {
    int64_t id;
    const char *code;       /* how it is called in lists and exports */
    const char *name;
    int64_t event_id, gate_id;
    const char *event_slug, *gate_code;
    int64_t created_ms;
    int64_t revoked_ms;      /* DB_NULL: it may send */
    int64_t last_seen_ms;    /* DB_NULL: never */
    int64_t clock_offset_ms; /* device minus server at the last contact; DB_NULL: not measured */
    int64_t roster_version;  /* that it said it has; DB_NULL: none */
    int64_t roster_ms;       /* when it asked for the list last; DB_NULL: never */
    int64_t waiting, waiting_since_ms, set_aside; /* what it said of its queue then; DB_NULL: nothing */
    int64_t account_id;      /* a browser of this account (the scan page); DB_NULL: paired with a code */
    const char *account;     /* its name; NULL */
};

/* What a device is before it is stored: names and secrets. */
struct device_new {
    int64_t id;
    char code[DEVICE_CODE_SIZE];
    char key_hash[CRYPTO_HASH_HEX];
    const char *name; /* tidied, arena */
    const char *key;  /* the secret, given out once; arena */
};

/* ERR_INPUT when the name is empty, too long or not text; ERR_NOMEM. */
enum err device_make(struct arena *arena, const char *name, struct device_new *ret, struct fault *fault);

/* In a transaction: uses up the code (as typed: either case, hyphens and spaces do not matter) and stores the device. ERR_NOT_FOUND:
 * the code is wrong, was used, or is too old. `ret` may be NULL. */
enum err pairing_redeem(struct db *db, struct arena *arena, const char *code, const struct device_new *device, int64_t now_ms, struct device *ret);

/* In a transaction: a device without a code, for somebody who is signed in (account_id; DB_NULL: nobody). The caller has looked whether they may. */
struct device_place {
    int64_t event_id, gate_id, account_id;
};
enum err device_add(struct db *db, const struct device_new *device, const struct device_place *place, int64_t now_ms);

/* By its key, also when revoked (the caller looks at revoked_ms, so that a revoked scanner learns why). ERR_NOT_FOUND. */
enum err device_by_key(struct db *db, struct arena *arena, const char *key, struct device *ret);
enum err device_by_code(struct db *db, struct arena *arena, const char *code, struct device *ret);
/* Of one event, or of all (event_id 0), oldest first. */
enum err device_list(struct db *db, struct arena *arena, int64_t event_id, struct device **ret_rows, size_t *ret_count);

/* In a transaction. ERR_NOT_FOUND: no such device; revoking twice keeps the first time. */
enum err device_revoke(struct db *db, const char *code, int64_t now_ms);
/* In a transaction: what was learnt at a contact; DB_NULL leaves a figure as it was. */
enum err device_seen(struct db *db, int64_t device_id, int64_t now_ms, int64_t clock_offset_ms, int64_t roster_version);

/* In a transaction: the device asked for the list, and said how it is; DB_NULL for what it did not say. */
struct device_report {
    int64_t now_ms, roster_version;
    int64_t waiting, waiting_since_ms, set_aside;
};
enum err device_report(struct db *db, int64_t device_id, const struct device_report *report);

#endif
