/* The second copy of a data folder that `plenum serve --mirror DIR` keeps current, and taking over from it.
 *
 *     DIR/mirror.json        whose copy this is, how current, and a counter that moves while a server writes here
 *     DIR/copy.db, -wal      the database as it was at some commit (core/db/follow.h); 0600
 *     DIR/blobs/ab/abcdef…   papers and pictures, as in a data folder
 *     DIR/files/…            whatever else lies in the data folder: the local authority's keys; 0600
 *
 * It holds badge tokens and keys: keep it like a key. A file system without modes (a stick's) protects nothing.
 *
 * Epochs: a number that each takeover raises and a random part, "2.Xy…". Devices hear it with every roster and talk to no server with a lower one. */
#ifndef PLENUM_CONGRESS_MIRROR_H
#define PLENUM_CONGRESS_MIRROR_H

#include "core/congress/store/store.h"

#define MIRROR_NOTE "mirror.json"
#define MIRROR_DATABASE "copy.db"
#define MIRROR_FILES "files"
#define MIRROR_NAME_SIZE 48
#define MIRROR_BEAT_MS 2000 /* the counter moves about so often */

struct mirror_note {
    char server[MIRROR_NAME_SIZE], epoch[MIRROR_NAME_SIZE];
    int64_t beat;
    int64_t through_ms;   /* all that was acknowledged before is in the copy; 0: not whole yet */
    int64_t missing;      /* blobs that are not there yet */
    int64_t took_over_ms; /* when another machine began to serve from it; 0 */
};

/* ERR_NOT_FOUND: no copy here. ERR_INPUT: not such a note. */
enum err mirror_note_read(const char *folder, struct mirror_note *ret, struct fault *fault);
/* In place, padded to one sector: a stick is not worn by renames every two seconds. */
enum err mirror_note_write(const char *folder, const struct mirror_note *note, struct fault *fault);

/* Who this installation is: made when there is none yet. Both hold MIRROR_NAME_SIZE bytes. In the caller's transaction, or without one. */
enum err mirror_identity(struct db *db, char server[MIRROR_NAME_SIZE], char epoch[MIRROR_NAME_SIZE]);
/* The number of an epoch; 0 for anything else. */
int64_t mirror_epoch_number(const char *epoch);

struct takeover_figures {
    int64_t age_ms;      /* of the copy, by this machine's clock and the note; -1: unknown */
    int64_t through_ms;  /* 0: unknown */
    int64_t blobs, missing;
    char epoch[MIRROR_NAME_SIZE];
    bool note_kept;      /* the copy could be marked as taken over */
};

/* Makes a data folder of a copy, all or nothing; the copy itself is only marked. `folder` is empty or not there. With `anyway` it goes on although a server
 * writes to the copy, or papers are missing; `say` gets a sentence a missing paper. ERR_BUSY a server writes to it; ERR_CONFLICT papers are missing or damaged,
 * the folder is not empty, or the schema is newer than ours; ERR_INPUT no copy, or it is damaged. Takes some seconds to watch the counter. */
enum err mirror_take_over(const char *copy, const char *folder, bool anyway, void (*say)(void *context, const char *sentence), void *context,
                          struct takeover_figures *ret, struct fault *fault);

#endif
