/* What a gate may keep of a badge: an id made from its token, and a record sealed with a key made from its token (other contexts, so
 * neither tells the other). A stolen device names nobody and can check in nobody: the server takes tokens, never ids. */
#ifndef PLENUM_CONGRESS_BADGE_TOKEN_H
#define PLENUM_CONGRESS_BADGE_TOKEN_H

#include "core/base/arena.h"
#include "core/base/crypto.h"

#define BADGE_TOKEN_ID_SIZE CRYPTO_HASH_HEX

/* Lower-case hex of BLAKE2b-256 of the 16 token characters, personalised "plenum-badge-id". */
void badge_token_id(const char *token, char out[BADGE_TOKEN_ID_SIZE]);

/* Seals a text for those who hold the token (context "plenum-badge-key"); base64url. NULL when out of memory. */
char *badge_token_seal(struct arena *arena, const char *token, const char *text);
/* NULL when it was not sealed for this token. */
char *badge_token_unseal(struct arena *arena, const char *token, const char *sealed);

#endif
