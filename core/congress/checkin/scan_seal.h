/* The seals of scans.
 *
 * A scan that waits in a gate's queue has its badge's token sealed to the server's key: the gate itself cannot open it, and whoever steals a gate with a full
 * queue has no badge. The scan's id is sealed with it, so that it cannot be sent again as another scan.
 *
 * And the seal of a scan file: what a gate holds, carried by hand when the network never comes back (plenum-scanner queue export, plenum import).
 *
 * The key is made from the hash of the device's key, which both sides have: the device from its key, the server from its list of devices. So a file can be
 * made, changed and read only by that device and the server; whoever finds the USB stick has neither tokens nor a way to check anybody in. No database. */
#ifndef PLENUM_CONGRESS_SCAN_SEAL_H
#define PLENUM_CONGRESS_SCAN_SEAL_H

#include "core/base/arena.h"
#include "core/base/crypto.h"
#include "core/base/id.h"

#define SCAN_FILE_FORMAT "plenum-scans/1"

/* The server's: secret, and the public one as devices get it. */
struct scan_key {
    uint8_t secret[CRYPTO_MAILBOX_BYTES];
    const char *public_key;
};
#define SCAN_SEALED_MOST 200 /* characters */
#define SCAN_OVERRIDE_MOST 300 /* bytes of a reason */

/* NULL when `public_key` is none, or out of memory. */
char *scan_seal_token(struct arena *arena, const char *public_key, const char *scan_id, const char *token);
/* False when it was not sealed for this key and this scan. What comes out is not yet known to be a token. */
bool scan_unseal_token(struct arena *arena, const struct scan_key *key, const char *scan_id, const char *sealed, const char **ret_token);

/* `key_hash`: lower-case hex SHA-256 of the device's key. The sealed text as base64url; NULL when out of memory. */
char *scan_seal(struct arena *arena, const char *key_hash, const char *text);
/* NULL when it was not sealed by that device, or was changed. */
char *scan_unseal(struct arena *arena, const char *key_hash, const char *sealed);

#endif
