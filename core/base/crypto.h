/* Randomness, hashes, seals and passwords. The only place of libsodium in the core.
 *
 * All functions are thread-safe after crypto_init. Secrets never reach logs. */
#ifndef PLENUM_BASE_CRYPTO_H
#define PLENUM_BASE_CRYPTO_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_HASH_BYTES 32
#define CRYPTO_HASH_HEX 65 /* with NUL */

/* Once at the start of a program. */
enum err crypto_init(void);

void crypto_random(void *out, size_t length);
/* Uniform in [0, bound). */
uint32_t crypto_random_below(uint32_t bound);

/* SHA-256 (FIPS 180-4), as bytes and as lower-case hex. */
void crypto_sha256(const void *data, size_t length, uint8_t out[CRYPTO_HASH_BYTES]);
void crypto_sha256_hex(const void *data, size_t length, char out[CRYPTO_HASH_HEX]);

/* SHA-256 of a stream of pieces. */
struct crypto_sha256_state {
    _Alignas(16) unsigned char opaque[256];
};
void crypto_sha256_start(struct crypto_sha256_state *state);
void crypto_sha256_add(struct crypto_sha256_state *state, const void *data, size_t length);
void crypto_sha256_end(struct crypto_sha256_state *state, char out_hex[CRYPTO_HASH_HEX]);

/* BLAKE2b-256 of `data` personalised by `context` (RFC 7693): different contexts give unrelated values from one secret. */
void crypto_derive(const char *context, const void *data, size_t length, uint8_t out[CRYPTO_HASH_BYTES]);

void crypto_hex(const uint8_t *bytes, size_t length, char *out /* 2*length+1 */);

/* Base64url without padding (RFC 4648 §5). */
char *crypto_base64_encode(struct arena *arena, const void *data, size_t length);
/* NULL when the text is not base64url. */
uint8_t *crypto_base64_decode(struct arena *arena, const char *text, size_t *ret_length);

/* `bytes` random bytes as base64url: keys, session ids, display keys. */
char *crypto_random_text(struct arena *arena, size_t bytes);

/* Authenticated encryption (XChaCha20-Poly1305) with a 32-byte key; the nonce is random and goes first. */
uint8_t *crypto_seal(struct arena *arena, const uint8_t key[CRYPTO_HASH_BYTES], const void *plain, size_t length, size_t *ret_length);
/* NULL when it was not sealed with this key or was changed. */
uint8_t *crypto_unseal(struct arena *arena, const uint8_t key[CRYPTO_HASH_BYTES], const void *sealed, size_t length, size_t *ret_length);

/* A text sealed, as base64url, under a key that is derived from `secret` in a `context` (crypto_derive), and back. NULL: out of memory, or not sealed so. */
char *crypto_seal_text(struct arena *arena, const char *context, const char *secret, const char *text);
char *crypto_unseal_text(struct arena *arena, const char *context, const char *secret, const char *sealed);

/* A mailbox (X25519, libsodium's sealed box): whoever has its public key can put a text in, also whoever did so cannot take it out again without the secret one.
 * Public keys and what was put in are base64url; `crypto_mailbox_put` gives NULL for what is no key or out of memory, `crypto_mailbox_take` for what was put
 * into another one, or was changed. One put or take costs about a tenth of a millisecond. */
#define CRYPTO_MAILBOX_BYTES 32
#define CRYPTO_MAILBOX_TEXT 43 /* characters of a public key */
void crypto_mailbox_make(uint8_t ret_secret[CRYPTO_MAILBOX_BYTES]);
char *crypto_mailbox_public(struct arena *arena, const uint8_t secret[CRYPTO_MAILBOX_BYTES]);
char *crypto_mailbox_put(struct arena *arena, const char *public_key, const char *text);
char *crypto_mailbox_take(struct arena *arena, const uint8_t secret[CRYPTO_MAILBOX_BYTES], const char *sealed);

/* Ed25519 (RFC 8032). A signature is a pure function of key and message. The secret key is the seed and the public key, 64 bytes. */
#define CRYPTO_PUBLIC_BYTES 32
#define CRYPTO_SECRET_BYTES 64
#define CRYPTO_SIGNATURE_BYTES 64
void crypto_signature_key(uint8_t ret_public[CRYPTO_PUBLIC_BYTES], uint8_t ret_secret[CRYPTO_SECRET_BYTES]);
void crypto_signature_make(const uint8_t secret[CRYPTO_SECRET_BYTES], const void *message, size_t length, uint8_t ret[CRYPTO_SIGNATURE_BYTES]);
bool crypto_signature_check(const uint8_t public_key[CRYPTO_PUBLIC_BYTES], const void *message, size_t length, const uint8_t signature[CRYPTO_SIGNATURE_BYTES]);
/* Overwrites a secret that is no longer needed. */
void crypto_forget(void *secret, size_t length);

/* Compares in constant time; texts of other lengths are unequal. */
bool crypto_equal(const char *a, const char *b);

/* argon2id (RFC 9106) at libsodium's interactive cost, about 60 ms and 64 MB: job pool only, never a request thread.
 * `out` holds CRYPTO_PASSWORD_SIZE bytes. */
#define CRYPTO_PASSWORD_SIZE 128
enum err crypto_password_hash(const char *password, char out[CRYPTO_PASSWORD_SIZE]);
bool crypto_password_verify(const char *hash, const char *password);

#endif
