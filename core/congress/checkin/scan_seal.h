/* The seal of a scan file: what a gate holds, carried by hand when the network never comes back (plenum-scanner queue export, plenum import).
 *
 * The key is made from the hash of the device's key, which both sides have: the device from its key, the server from its list of devices. So a file can be
 * made, changed and read only by that device and the server; whoever finds the USB stick has neither tokens nor a way to check anybody in. No database. */
#ifndef PLENUM_CONGRESS_SCAN_SEAL_H
#define PLENUM_CONGRESS_SCAN_SEAL_H

#include "core/base/arena.h"

#define SCAN_FILE_FORMAT "plenum-scans/1"

/* `key_hash`: lower-case hex SHA-256 of the device's key. The sealed text as base64url; NULL when out of memory. */
char *scan_seal(struct arena *arena, const char *key_hash, const char *text);
/* NULL when it was not sealed by that device, or was changed. */
char *scan_unseal(struct arena *arena, const char *key_hash, const char *sealed);

#endif
