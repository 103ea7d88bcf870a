/* A file sealed with a passphrase, piece by piece: libsodium's secretstream (XChaCha20-Poly1305) under a key that argon2id makes of the passphrase.
 *
 *     16 bytes   "plenum-sealed/1\n"
 *      4 + 4     argon2id: passes, KiB of memory; little-endian
 *     16         salt
 *     24         secretstream's header
 *     pieces     each CRYPTO_PIECE bytes and 17 more, sealed; the first of them also seals what stands before it; the last, which may be shorter or empty, says that
 *                it is the last: a file that was cut off, extended or reordered is not opened
 *
 * One thread per stream. Keys are forgotten at the end. */
#ifndef PLENUM_BASE_CRYPTO_STREAM_H
#define PLENUM_BASE_CRYPTO_STREAM_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_PIECE ((size_t)65536)
#define CRYPTO_PASSPHRASE_LEAST 12 /* code points: whoever has the file may try without end */
#define CRYPTO_PASSPHRASE_LONGEST 512

struct crypto_stream;

/* Whether the file begins as a sealed one; ERR_IO, ERR_NOT_FOUND. */
enum err crypto_stream_is(const char *path, bool *ret);

/* Begins one in `fd`; making the key takes about a second and 256 MB. ERR_NOMEM, ERR_IO, ERR_FULL. */
enum err crypto_stream_seal(int fd, const char *passphrase, struct crypto_stream **ret);
/* The same by a key that was made of a passphrase before and kept, for files that are sealed when nobody is there to type. Such a file is opened by the passphrase. Who
 * has the key opens it too: it is kept where everything that it seals lies open anyway. ERR_INPUT: no such key. */
#define CRYPTO_STREAM_KEY_SIZE 98
enum err crypto_stream_make_key(const char *passphrase, char out[CRYPTO_STREAM_KEY_SIZE]);
enum err crypto_stream_seal_by_key(int fd, const char *key, struct crypto_stream **ret);
enum err crypto_stream_write(struct crypto_stream *stream, const void *data, size_t length);

/* Opens the one at the beginning of `fd`. ERR_DENIED: another passphrase, or the beginning was changed; ERR_INPUT: no sealed file, or one that asks for more memory than
 * any of ours. */
enum err crypto_stream_open(int fd, const char *passphrase, struct crypto_stream **ret);
/* The next piece, borrowed until the next call; *ret_length 0 at the end. ERR_INPUT: it was changed or cut off. */
enum err crypto_stream_read(struct crypto_stream *stream, const void **ret_data, size_t *ret_length);

/* Writes the last piece of one that is being sealed; OK for one that is read. Frees it in every case; accepts NULL. */
enum err crypto_stream_end(struct crypto_stream *stream);

#endif
