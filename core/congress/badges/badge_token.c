#include "core/congress/badges/badge_token.h"

#include <string.h>

#define KEY_CONTEXT "plenum-badge-key"

void badge_token_id(const char *token, char out[BADGE_TOKEN_ID_SIZE])
{
    uint8_t id[CRYPTO_HASH_BYTES];
    crypto_derive("plenum-badge-id", token, strlen(token), id);
    crypto_hex(id, sizeof id, out);
}

char *badge_token_seal(struct arena *arena, const char *token, const char *text) { return crypto_seal_text(arena, KEY_CONTEXT, token, text); }

char *badge_token_unseal(struct arena *arena, const char *token, const char *sealed) { return crypto_unseal_text(arena, KEY_CONTEXT, token, sealed); }
