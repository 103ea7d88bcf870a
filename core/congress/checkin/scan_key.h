/* The key that gates seal their waiting scans to (core/congress/checkin/scan_seal.h): in the database (setting `scan_key`), so that backups, the second copy and a
 * takeover have it. The database holds all tokens anyway. */
#ifndef PLENUM_CONGRESS_SCAN_KEY_H
#define PLENUM_CONGRESS_SCAN_KEY_H

#include "core/congress/checkin/scan_seal.h"
#include "core/db/db.h"

/* Makes it when there is none and `make` says so; else ERR_NOT_FOUND: nothing was ever sealed to it. `public_key` lives in the arena. */
enum err scan_key_read(struct db *db, struct arena *arena, bool make, struct scan_key *ret);

#endif
