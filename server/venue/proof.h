/* How `plenum doctor --venue` and the console know that it is this server, with this data folder, that answers at an address: the answer to a nonce can
 * only be made with a key that lies in the data folder (setting `proof_key`). It proves no more and opens nothing. */
#ifndef PLENUM_SERVER_VENUE_PROOF_H
#define PLENUM_SERVER_VENUE_PROOF_H

#include "core/base/arena.h"
#include "core/db/db.h"

#include <stdbool.h>

#define PROOF_NONCE_LONGEST 64
#define PROOF_SIZE 65 /* hex, with NUL */

/* The folder's key; with `make` a new one when there is none. *ret NULL: none. */
enum err proof_key_read(struct db *db, struct arena *arena, bool make, const char **ret);
/* False: no key, or a nonce that is empty, too long, or of other characters than A-Z a-z 0-9 - _. */
bool proof_make(const char *key, const char *nonce, char ret[PROOF_SIZE]);

#endif
