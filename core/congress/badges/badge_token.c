#include "core/congress/badges/badge_token.h"

#include <string.h>

void badge_token_id(const char *token, char out[BADGE_TOKEN_ID_SIZE])
{
    uint8_t id[CRYPTO_HASH_BYTES];
    crypto_derive("plenum-badge-id", token, strlen(token), id);
    crypto_hex(id, sizeof id, out);
}

char *badge_token_seal(struct arena *arena, const char *token, const char *text)
{
    uint8_t key[CRYPTO_HASH_BYTES];
    size_t length;
    crypto_derive("plenum-badge-key", token, strlen(token), key);
    uint8_t *sealed = crypto_seal(arena, key, text, strlen(text), &length);
    return sealed ? crypto_base64_encode(arena, sealed, length) : NULL;
}

char *badge_token_unseal(struct arena *arena, const char *token, const char *sealed)
{
    uint8_t key[CRYPTO_HASH_BYTES];
    size_t raw_length, length;
    uint8_t *raw = crypto_base64_decode(arena, sealed, &raw_length);
    if (!raw) return NULL;
    crypto_derive("plenum-badge-key", token, strlen(token), key);
    uint8_t *text = crypto_unseal(arena, key, raw, raw_length, &length);
    return text ? arena_strndup(arena, (const char *)text, length) : NULL;
}
