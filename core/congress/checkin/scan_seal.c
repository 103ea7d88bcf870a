#include "core/congress/checkin/scan_seal.h"
#include "core/base/crypto.h"

#include <string.h>

static void make_key(const char *key_hash, uint8_t key[CRYPTO_HASH_BYTES]) { crypto_derive("plenum-scan-file", key_hash, strlen(key_hash), key); }

char *scan_seal(struct arena *arena, const char *key_hash, const char *text)
{
    uint8_t key[CRYPTO_HASH_BYTES];
    size_t length;
    make_key(key_hash, key);
    uint8_t *sealed = crypto_seal(arena, key, text, strlen(text), &length);
    crypto_forget(key, sizeof key);
    return sealed ? crypto_base64_encode(arena, sealed, length) : NULL;
}

char *scan_unseal(struct arena *arena, const char *key_hash, const char *sealed)
{
    uint8_t key[CRYPTO_HASH_BYTES];
    size_t raw_length, length;
    uint8_t *raw = crypto_base64_decode(arena, sealed, &raw_length);
    if (!raw) return NULL;
    make_key(key_hash, key);
    uint8_t *text = crypto_unseal(arena, key, raw, raw_length, &length);
    crypto_forget(key, sizeof key);
    return text ? arena_strndup(arena, (const char *)text, length) : NULL;
}
