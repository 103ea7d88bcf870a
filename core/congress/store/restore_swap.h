/* A whole data folder put in the place of another, when a server starts. Everything stands beside the data folder DIR, on the same disk:
 *
 *     DIR.restoring           prepared: unpacked, checked, of our schema; .restore.json in it says of what
 *     DIR.before-DATE-TIME    what stood at DIR before a restore; kept until somebody deletes it
 *
 * Two marks make the swap: DIR/.restore-agreed names the folder that takes DIR's place at the next start, and in that folder .restore-from names where what
 * stood there is after the exchange (renameat2, RENAME_EXCHANGE: both names in one step, which a power cut leaves done or not done). What follows (the kept
 * backups go along, the old folder gets its name) can be done again. No mark is in a backup or a mirror: their names begin with a dot. */
#ifndef PLENUM_CONGRESS_RESTORE_SWAP_H
#define PLENUM_CONGRESS_RESTORE_SWAP_H

#include "core/congress/store/backup.h"

struct restore_prepared {
    const char *source, *actor, *program; /* "" when not known */
    int64_t prepared_ms, made_ms;         /* made_ms 0: the backup does not say */
    struct backup_contents contents;
    const char *const *warnings;          /* sentences of the checks that a doctor makes */
    size_t warning_count;
};

/* Unpacks the backup at `path` beside the data folder `data` and checks it as `plenum doctor` does: what makes it unusable is an error, the rest a warning. One
 * that was prepared before goes. ERR_TIMEOUT stopped, ERR_FULL, ERR_DENIED another passphrase or, with reason backup_place, a data folder that cannot be exchanged;
 * ERR_INPUT no backup, damaged, or of a newer version: nothing stays. */
enum err restore_prepare(const char *data, const char *path, const struct backup_options *options, const char *source, const char *actor, struct fault *fault);
/* ERR_NOT_FOUND: nothing is prepared. */
enum err restore_prepared_read(struct arena *arena, const char *data, struct restore_prepared *ret);
/* The database of what is prepared, to look into; the caller closes it. */
enum err restore_prepared_open(const char *data, struct db **ret, struct fault *fault);
/* It goes; also what an unfinished preparation left. */
enum err restore_drop(const char *data);
/* What was being unpacked when somebody pulled the plug. At the start, before anything is prepared. */
void restore_sweep(const char *data);

/* "before-20261122-203015": states that were kept, the newest first. */
enum err restore_kept(struct arena *arena, const char *data, const char *const **ret, size_t *ret_count);
enum err restore_forget(const char *data, const char *kept, struct fault *fault);

/* At the next start what is prepared (`kept` NULL) or a kept state takes the place of the data folder. Its epoch becomes higher than `now`'s, every device gets a
 * whole roster, nobody is signed in, its audit log says who did it. `now` is the database of the running server. */
enum err restore_agree(struct db *now, const char *data, const char *kept, const char *actor, struct fault *fault);

/* At the start, before the folder is opened, by whoever will hold its lock: does what was agreed, or what was not done to its end; usually nothing.
 * *ret_done: another folder stands there now. An agreement that cannot be kept is taken back, with a sentence in `fault` and OK. ERR_BUSY: somebody has the lock. */
enum err restore_carry_out(const char *folder, bool *ret_done, struct fault *fault);

#endif
