/* The backups that lie in the data folder, DIR/backups: made by a press or regularly, or brought here by an upload.
 *
 *     NAME             the backup (core/congress/store/backup.h), "….tar.gz" or "….sealed"; 0600
 *     NAME.json        what is known of it without opening it; one that has none is shown with its size alone
 *     uploads/         what is on its way here (core/congress/papers/upload.h)
 *     regular.json     how often by itself; of this machine: in no backup, in no mirror, and taken along by a restore
 *
 * The folder itself is in no backup and in no mirror. Disk work: not on a request thread. */
#ifndef PLENUM_CONGRESS_BACKUP_SHELF_H
#define PLENUM_CONGRESS_BACKUP_SHELF_H

#include "core/base/crypto_stream.h"
#include "core/congress/store/backup.h"

#define SHELF_NAME_SIZE 101
#define SHELF_SPARE (INT64_C(64) << 20)       /* of the disk, for the check-ins */
#define SHELF_UPLOAD_MOST (INT64_C(64) << 30) /* of a backup that is brought here */

struct shelf_item {
    const char *name;
    int64_t size, made_ms; /* made_ms: of an uploaded one when it came */
    bool is_sealed, is_regular, is_uploaded, is_known; /* is_known: made here, so that the contents are known */
    struct backup_contents contents;
    const char *program, *actor, *sha256; /* NULL: not known */
    int64_t checked_ms;    /* when its bytes were last found to be what was written; 0: never */
};

/* Letters, digits, ".", "-", "_", at most 100 of them, with the ending of a backup. */
bool shelf_is_name(const char *name);
/* DIR/backups/NAME in the arena; NULL: no such name, or out of memory. */
char *shelf_path(struct arena *arena, const char *data, const char *name);

/* The newest first; half-written ones are not among them. */
enum err shelf_list(struct arena *arena, const char *data, struct shelf_item **ret, size_t *ret_count);
/* ERR_NOT_FOUND. */
enum err shelf_find(struct arena *arena, const char *data, const char *name, struct shelf_item *ret, struct fault *fault);
enum err shelf_remove(const char *data, const char *name, struct fault *fault);

struct shelf_wish {
    struct backup_options options; /* with them the disk is watched: ERR_FULL before check-ins have no room left */
    const char *actor;
    bool is_regular;
};
/* Makes one, reads it back, and writes down what is in it. ERR_FULL, ERR_TIMEOUT: nothing of it stays. `name` gets SHELF_NAME_SIZE bytes. */
enum err shelf_make(const struct store *store, const struct shelf_wish *wish, char *name, struct fault *fault);
/* Reads it whole: are its bytes those that were written? ERR_CONFLICT: no. One that was uploaded is held against what came. */
enum err shelf_check(const char *data, const char *name, const struct backup_options *options, struct fault *fault);
/* What lies at `path` becomes a backup of the shelf, by the name that its sender gave it or one like it. ERR_INPUT: it does not begin as one. */
enum err shelf_take(const char *data, const char *path, const char *wanted, const char *actor, char *name, struct fault *fault);
/* Is there room for `bytes`, and some for the check-ins? ERR_FULL. */
enum err shelf_check_room(const char *data, int64_t bytes, struct fault *fault);
/* What was being made when somebody pulled the plug. At the start, before anything is made. */
void shelf_sweep(const char *data);

struct shelf_regular {
    int64_t hours;  /* 0: off */
    int64_t keep;   /* that many of those made so; older ones go when a newer one is whole */
    char key[CRYPTO_STREAM_KEY_SIZE]; /* "" : they lie open */
};
enum err shelf_regular_read(const char *data, struct shelf_regular *ret, struct fault *fault);
enum err shelf_regular_write(const char *data, const struct shelf_regular *regular, struct fault *fault);
enum err shelf_prune(const char *data, int64_t keep, struct fault *fault);

#endif
