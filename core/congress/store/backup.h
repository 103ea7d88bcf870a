/* A whole data folder in one file, and back. The file is a tar archive (pax, gzip): "plenum.db" (a consistent copy), "blobs/…", and whatever else lies in
 * the folder (the local authority's keys), after a first entry "plenum-backup.json" that says what it is.
 *
 * It holds badge tokens, keys and password hashes: it is written with mode 0600 and must be kept like a key, or sealed with a passphrase, which nobody can replace. */
#ifndef PLENUM_CONGRESS_BACKUP_H
#define PLENUM_CONGRESS_BACKUP_H

#include "core/congress/store/store.h"

/* What is in a data folder. */
struct backup_contents {
    int64_t events, people, delegates, scans;
    int64_t newest_ms; /* of the audit log; DB_NULL: it is empty */
    char server[48];   /* whose it is (core/congress/store/mirror.h); "" when it never served */
};
enum err backup_count(struct db *db, struct backup_contents *ret);

struct backup_figures {
    int64_t blobs, bytes; /* papers and pictures; all bytes before compression */
    int64_t made_ms;      /* everything acknowledged before is in it; of a restore 0 when it does not say */
    struct backup_contents contents;
    char program[32];     /* the version that wrote it; of a restore "" when it does not say */
};

/* How. All may be NULL. */
struct backup_options {
    const char *passphrase; /* the file is sealed with it (core/base/crypto_stream.h) */
    const char *key;        /* or with this (crypto_stream_make_key) */
    /* Bytes, now and then; total is near, of a restore those of the file. False: stop, which is ERR_TIMEOUT, and nothing is left behind. */
    bool (*progress)(void *context, int64_t done, int64_t total);
    void *context;
};

/* While others read and write. The database is copied first and the blobs that the copy names after it: blobs never change and never go while a
 * server may run. ERR_FULL, ERR_IO; ERR_CONFLICT when a blob is missing or is not what its name says (then there is no backup). */
enum err backup_write(const struct store *store, const char *path, struct backup_figures *ret, struct fault *fault);
/* The same with options, which may be NULL. Of a sealed one nothing lies unsealed beside the file: the copy of the database is made in the data folder. */
enum err backup_write_with(const struct store *store, const char *path, const struct backup_options *options, struct backup_figures *ret, struct fault *fault);
/* Whether a passphrase is needed to restore it. ERR_NOT_FOUND, ERR_IO. */
enum err backup_is_sealed(const char *path, bool *ret);

/* Into a data folder that is empty or not there, all or nothing: everything is unpacked and checked (hashes, schema) beside it, then renamed. ERR_CONFLICT
 * when the folder has something in it; ERR_BUSY when a server has its lock; ERR_INPUT when the file is no backup or is damaged. */
enum err backup_restore(const char *path, const char *folder, struct backup_figures *ret, struct fault *fault);
/* The same of one that may be sealed; ERR_DENIED: it is, and the passphrase is another or NULL. */
enum err backup_restore_with(const char *path, const char *folder, const char *passphrase, struct backup_figures *ret, struct fault *fault);

/* The same, watched; of the options the key is not used. */
enum err backup_restore_watched(const char *path, const char *folder, const struct backup_options *options, struct backup_figures *ret, struct fault *fault);

/* Every blob that the database names: there, and its bytes are what its name says. `complain` is called for each that is not; returns how many
 * are bad in *ret_bad. */
enum err backup_check_blobs(struct db *db, const char *folder, void (*complain)(void *context, const char *sentence), void *context,
    int64_t *ret_total, int64_t *ret_bad,
                            struct fault *fault);

#endif
