/* A whole data folder in one file, and back. The file is a tar archive (pax, gzip): "plenum.db" (a consistent copy), "blobs/…", and whatever else lies in
 * the folder (the local authority's keys), after a first entry "plenum-backup.json" that says what it is.
 *
 * It holds badge tokens, keys and password hashes: it is written with mode 0600 and must be kept like a key. */
#ifndef PLENUM_CONGRESS_BACKUP_H
#define PLENUM_CONGRESS_BACKUP_H

#include "core/congress/store/store.h"

struct backup_figures {
    int64_t blobs, bytes; /* papers and pictures; all bytes before compression */
};

/* While others read and write. The database is copied first and the blobs that the copy names after it: blobs never change and never go while a
 * server may run. ERR_FULL, ERR_IO; ERR_CONFLICT when a blob is missing or is not what its name says (then there is no backup). */
enum err backup_write(const struct store *store, const char *path, struct backup_figures *ret, struct fault *fault);

/* Into a data folder that is empty or not there, all or nothing: everything is unpacked and checked (hashes, schema) beside it, then renamed. ERR_CONFLICT
 * when the folder has something in it; ERR_BUSY when a server has its lock; ERR_INPUT when the file is no backup or is damaged. */
enum err backup_restore(const char *path, const char *folder, struct backup_figures *ret, struct fault *fault);

/* Every blob that the database names: there, and its bytes are what its name says. `complain` is called for each that is not; returns how many
 * are bad in *ret_bad. */
enum err backup_check_blobs(struct db *db, const char *folder, void (*complain)(void *context, const char *sentence), void *context,
    int64_t *ret_total, int64_t *ret_bad,
                            struct fault *fault);

#endif
