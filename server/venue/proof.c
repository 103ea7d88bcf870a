#include "server/venue/proof.h"

#include "core/base/crypto.h"
#include "core/congress/store/store.h"

#include <stdio.h>
#include <string.h>

enum err proof_key_read(struct db *db, struct arena *arena, bool make, const char **ret)
{
    enum err e = setting_read(db, arena, "proof_key", ret);
    if (e != OK || *ret || !make) return e;
    *ret = crypto_random_text(arena, 32);
    return *ret ? setting_write(db, "proof_key", *ret) : ERR_NOMEM;
}

bool proof_make(const char *key, const char *nonce, char ret[PROOF_SIZE])
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char text[256];
    uint8_t digest[CRYPTO_HASH_BYTES];
    size_t length = nonce ? strlen(nonce) : 0;
    if (!key || strlen(key) > 128 || length == 0 || length > PROOF_NONCE_LONGEST || strspn(nonce, allowed) != length) return false;
    int n = snprintf(text, sizeof text, "%s|%s", key, nonce);
    crypto_derive("venue-proof", text, (size_t)n, digest);
    crypto_hex(digest, sizeof digest, ret);
    return true;
}
