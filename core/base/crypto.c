#include "core/base/crypto.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct crypto_sha256_state) >= sizeof(crypto_hash_sha256_state), "sha256 state fits");

enum err crypto_init(void)
{
    return sodium_init() < 0 ? ERR_BUG : OK;
}

void crypto_random(void *out, size_t length)
{
    randombytes_buf(out, length);
}

uint32_t crypto_random_below(uint32_t bound)
{
    return randombytes_uniform(bound);
}

void crypto_hex(const uint8_t *bytes, size_t length, char *out)
{
    sodium_bin2hex(out, 2 * length + 1, bytes, length);
}

void crypto_sha256(const void *data, size_t length, uint8_t out[CRYPTO_HASH_BYTES])
{
    crypto_hash_sha256(out, data, length);
}

void crypto_sha256_hex(const void *data, size_t length, char out[CRYPTO_HASH_HEX])
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256(data, length, hash);
    crypto_hex(hash, sizeof hash, out);
}

void crypto_sha256_start(struct crypto_sha256_state *state)
{
    crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)state->opaque);
}

void crypto_sha256_add(struct crypto_sha256_state *state, const void *data, size_t length)
{
    crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)state->opaque, data, length);
}

void crypto_sha256_end(struct crypto_sha256_state *state, char out_hex[CRYPTO_HASH_HEX])
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)state->opaque, hash);
    crypto_hex(hash, sizeof hash, out_hex);
}

void crypto_derive(const char *context, const void *data, size_t length, uint8_t out[CRYPTO_HASH_BYTES])
{
    unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES] = {0};
    size_t n = strlen(context);
    memcpy(personal, context, n < sizeof personal ? n : sizeof personal);
    crypto_generichash_blake2b_salt_personal(out, CRYPTO_HASH_BYTES, data, length, NULL, 0, NULL, personal);
}

char *crypto_base64_encode(struct arena *arena, const void *data, size_t length)
{
    size_t room = sodium_base64_encoded_len(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(arena, room);
    if (text) sodium_bin2base64(text, room, data, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text;
}

uint8_t *crypto_base64_decode(struct arena *arena, const char *text, size_t *ret_length)
{
    size_t length = strlen(text), n;
    uint8_t *data = arena_alloc(arena, length / 4 * 3 + 3);
    if (!data) return NULL;
    if (sodium_base642bin(data, length / 4 * 3 + 3, text, length, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) return NULL;
    *ret_length = n;
    return data;
}

char *crypto_random_text(struct arena *arena, size_t bytes)
{
    uint8_t raw[64];
    if (bytes > sizeof raw) return NULL;
    crypto_random(raw, bytes);
    char *text = crypto_base64_encode(arena, raw, bytes);
    sodium_memzero(raw, sizeof raw);
    return text;
}

uint8_t *crypto_seal(struct arena *arena, const uint8_t key[CRYPTO_HASH_BYTES], const void *plain, size_t length, size_t *ret_length)
{
    uint8_t *out = arena_alloc(arena, crypto_secretbox_xchacha20poly1305_NONCEBYTES + crypto_secretbox_xchacha20poly1305_MACBYTES + length);
    if (!out) return NULL;
    randombytes_buf(out, crypto_secretbox_xchacha20poly1305_NONCEBYTES);
    crypto_secretbox_xchacha20poly1305_easy(out + crypto_secretbox_xchacha20poly1305_NONCEBYTES, plain, length, out, key);
    *ret_length = crypto_secretbox_xchacha20poly1305_NONCEBYTES + crypto_secretbox_xchacha20poly1305_MACBYTES + length;
    return out;
}

uint8_t *crypto_unseal(struct arena *arena, const uint8_t key[CRYPTO_HASH_BYTES], const void *sealed, size_t length, size_t *ret_length)
{
    const size_t head = crypto_secretbox_xchacha20poly1305_NONCEBYTES;
    const size_t over = head + crypto_secretbox_xchacha20poly1305_MACBYTES;
    if (length < over) return NULL;
    uint8_t *out = arena_alloc(arena, length - over + 1);
    if (!out) return NULL;
    const uint8_t *bytes = sealed;
    if (crypto_secretbox_xchacha20poly1305_open_easy(out, bytes + head, length - head, bytes, key) != 0) return NULL;
    *ret_length = length - over;
    return out;
}

char *crypto_seal_text(struct arena *arena, const char *context, const char *secret, const char *text)
{
    uint8_t key[CRYPTO_HASH_BYTES];
    size_t length;
    crypto_derive(context, secret, strlen(secret), key);
    uint8_t *sealed = crypto_seal(arena, key, text, strlen(text), &length);
    crypto_forget(key, sizeof key);
    return sealed ? crypto_base64_encode(arena, sealed, length) : NULL;
}

char *crypto_unseal_text(struct arena *arena, const char *context, const char *secret, const char *sealed)
{
    uint8_t key[CRYPTO_HASH_BYTES];
    size_t raw_length, length;
    uint8_t *raw = crypto_base64_decode(arena, sealed, &raw_length);
    if (!raw) return NULL;
    crypto_derive(context, secret, strlen(secret), key);
    uint8_t *text = crypto_unseal(arena, key, raw, raw_length, &length);
    crypto_forget(key, sizeof key);
    return text ? arena_strndup(arena, (const char *)text, length) : NULL;
}

_Static_assert(CRYPTO_MAILBOX_BYTES == crypto_box_PUBLICKEYBYTES && CRYPTO_MAILBOX_BYTES == crypto_box_SECRETKEYBYTES, "X25519 sizes");

void crypto_mailbox_make(uint8_t ret_secret[CRYPTO_MAILBOX_BYTES])
{
    randombytes_buf(ret_secret, CRYPTO_MAILBOX_BYTES);
}

char *crypto_mailbox_public(struct arena *arena, const uint8_t secret[CRYPTO_MAILBOX_BYTES])
{
    uint8_t key[CRYPTO_MAILBOX_BYTES];
    return crypto_scalarmult_base(key, secret) == 0 ? crypto_base64_encode(arena, key, sizeof key) : NULL;
}

char *crypto_mailbox_put(struct arena *arena, const char *public_key, const char *text)
{
    size_t key_length, length = strlen(text);
    const uint8_t *key = crypto_base64_decode(arena, public_key, &key_length);
    uint8_t *out = arena_alloc(arena, length + crypto_box_SEALBYTES);
    if (!key || key_length != CRYPTO_MAILBOX_BYTES || !out) return NULL;
    if (crypto_box_seal(out, (const unsigned char *)text, length, key) != 0) return NULL;
    return crypto_base64_encode(arena, out, length + crypto_box_SEALBYTES);
}

char *crypto_mailbox_take(struct arena *arena, const uint8_t secret[CRYPTO_MAILBOX_BYTES], const char *sealed)
{
    uint8_t key[CRYPTO_MAILBOX_BYTES];
    size_t length;
    const uint8_t *raw = crypto_base64_decode(arena, sealed, &length);
    if (!raw || length < crypto_box_SEALBYTES || crypto_scalarmult_base(key, secret) != 0) return NULL;
    char *text = arena_alloc(arena, length - crypto_box_SEALBYTES + 1); /* zeroed: NUL behind it */
    return text && crypto_box_seal_open((unsigned char *)text, raw, length, key, secret) == 0 ? text : NULL;
}

_Static_assert(CRYPTO_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES && CRYPTO_SECRET_BYTES == crypto_sign_SECRETKEYBYTES &&
               CRYPTO_SIGNATURE_BYTES == crypto_sign_BYTES, "Ed25519 sizes");

void crypto_signature_key(uint8_t ret_public[CRYPTO_PUBLIC_BYTES], uint8_t ret_secret[CRYPTO_SECRET_BYTES])
{
    (void)crypto_sign_keypair(ret_public, ret_secret);
}

void crypto_signature_make(const uint8_t secret[CRYPTO_SECRET_BYTES], const void *message, size_t length, uint8_t ret[CRYPTO_SIGNATURE_BYTES])
{
    (void)crypto_sign_detached(ret, NULL, message, length, secret);
}

bool crypto_signature_check(const uint8_t public_key[CRYPTO_PUBLIC_BYTES], const void *message, size_t length, const uint8_t signature[CRYPTO_SIGNATURE_BYTES])
{
    return crypto_sign_verify_detached(signature, message, length, public_key) == 0;
}

void crypto_forget(void *secret, size_t length)
{
    sodium_memzero(secret, length);
}

bool crypto_equal(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}

_Static_assert(CRYPTO_PASSWORD_SIZE >= crypto_pwhash_STRBYTES, "password hash fits");

enum err crypto_password_hash(const char *password, char out[CRYPTO_PASSWORD_SIZE])
{
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) return ERR_NOMEM;
    memcpy(out, hash, sizeof hash);
    return OK;
}

bool crypto_password_verify(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
