/* The data folder: one database, the blobs beside it, and the lock of the one `serve`.
 *
 *     DIR/plenum.db          SQLite (core/db); 0600
 *     DIR/blobs/ab/abcdef…   papers and pictures, named by SHA-256, never changed; 0600
 *     DIR/lock               held by `plenum serve`, and by restore and purge
 *
 * The folder and its copies hold badge tokens: it is made with mode 0700. */
#ifndef PLENUM_CONGRESS_STORE_H
#define PLENUM_CONGRESS_STORE_H

#include "core/base/arena.h"
#include "core/base/crypto.h"
#include "core/base/err.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

enum store_mode {
    STORE_READ,  /* must exist and have the newest schema; read-only */
    STORE_WRITE, /* must exist; an older schema is brought to the newest, unless a server runs on it */
    STORE_CREATE, /* as STORE_WRITE, made when missing */
    STORE_PRACTICE /* as STORE_WRITE, a rehearsal's practice copy only; all other modes refuse one (core/congress/store/practice.h) */
};

struct store {
    const char *folder; /* absolute where possible; owned */
    const char *database; /* path of the database; owned */
    struct db *db;      /* owned; belongs to the opener's thread */
};

/* The folder that a program works on: the option's value, else $PLENUM_DATA, else "./plenum-data". Borrowed. */
const char *store_choose_folder(const char *option);

/* ERR_NOT_FOUND with a sentence when there is no database and the mode does not make one. */
enum err store_open(const char *folder, enum store_mode mode, struct store *ret, struct fault *fault);
void store_close(struct store *store); /* accepts a zeroed one */

/* One more connection to the same database, for another thread. The caller closes it. */
enum err store_connect(const struct store *store, enum db_mode mode, struct db **ret, struct fault *fault);

/* The lock of `serve`: ERR_BUSY when another program holds it. Freed by file_unlock. */
enum err store_lock(const struct store *store, int *ret_fd, struct fault *fault);

/* --- blobs --- */

#define BLOB_LIMIT (INT64_C(512) * 1024 * 1024)

struct blob {
    char sha256[CRYPTO_HASH_HEX];
    int64_t size;
    uint32_t crc;           /* zip_crc32 of its bytes */
    const char *media_type; /* found in the bytes; static text, never NULL */
};

/* What a file is, without storing it: hash, size, type. ERR_LIMIT above `longest` bytes. */
enum err blob_probe_file(const char *path, int64_t longest, struct blob *ret, struct fault *fault);
/* Copies a file into the folder (temporary file, fsync, rename, fsync of the folder); nothing is written when it is there already. The row in the
 * database is the caller's (blob_insert), in its transaction; a blob without a row is garbage that does no harm. */
enum err blob_put_file(const char *folder, const char *path, int64_t longest, struct blob *ret, struct fault *fault);
/* The same for bytes in memory. */
enum err blob_put_data(const char *folder, const void *data, size_t length, struct blob *ret, struct fault *fault);
/* The same for bytes that `write` puts into a file, and whose hash is known: what comes is held against `expected` (sha256 and size; crc and media_type are
 * the caller's). `write` is not called when the blob is there already. ERR_CONFLICT: the bytes are others. */
enum err blob_put_known(const char *folder, const struct blob *expected, enum err (*write)(void *context, int fd, struct fault *fault), void *context,
    struct fault *fault);
/* Adds the CRC of papers that an older version stored without; those that are missing or damaged are left (`plenum doctor` names them) and
 * counted in *ret_left. For the one that holds the folder's lock. */
enum err blob_add_crcs(const struct store *store, int64_t *ret_added, int64_t *ret_left, struct fault *fault);
/* DIR/blobs/ab/abcdef…; NULL when `sha256` is not 64 lower-case hex digits, or out of memory. */
char *blob_path(struct arena *arena, const char *folder, const char *sha256);
/* The type by the first bytes (and `length` of them, 512 are enough); "application/octet-stream" when unknown, "text/plain; charset=utf-8"
 * for text. `name` helps only to tell office files, which are ZIPs; it may be NULL. */
const char *blob_sniff(const void *data, size_t length, const char *name);

/* --- settings and audit, in the caller's transaction --- */

/* NULL in *ret when not set. */
enum err setting_read(struct db *db, struct arena *arena, const char *name, const char **ret);
enum err setting_write(struct db *db, const char *name, const char *value);
/* `actor` "command line", an account's name, a device's code; `subject` what it was done to: an event's slug, "slug/CODE" of a person in it, or a thing's own name;
 * `detail` JSON, a word, or NULL. Never a token, a PIN, a password, or the value of a sensitive attribute. A new action gets words: "audit.say.ACTION" in web/i18n, and
 * a line in core/congress/audit/audit.c. */
enum err audit_write(struct db *db, int64_t at_ms, const char *actor, const char *action, const char *subject, const char *detail);
/* The same where the subject does not name the event (a paper's code, a post's number). DB_NULL: of none. */
enum err audit_write_of(struct db *db, int64_t event_id, int64_t at_ms, const char *actor, const char *action, const char *subject, const char *detail);

#endif
