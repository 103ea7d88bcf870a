/* Keeps a second copy of a database current, by its write-ahead log: what a commit changed goes over, never the whole file again.
 *
 *     TARGET, TARGET-wal     at every moment, also after a kill or a power cut, a database as it was at some commit of the source
 *
 * How, and why no commit can be missed: docs/decisions/0028-mirror.md. One thread; the source may be read and written by any number of others meanwhile. A step
 * holds no lock of the source while it writes to the target, which may be slow; once in some 2000 pages of the log it keeps writers waiting for as long as the
 * engine's own checkpoint would. An error leaves the target as sound as it was: close, and begin anew. */
#ifndef PLENUM_DB_FOLLOW_H
#define PLENUM_DB_FOLLOW_H

#include "core/base/err.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct db_follow;

/* Files, no URLs; `stop` (borrowed) ends a long first copy with ERR_BUSY. Nothing is written yet. */
enum err db_follow_open(const char *source, const char *target, const atomic_bool *stop, struct db_follow **ret, struct fault *fault);

/* Brings the copy to what was committed when the call began, and durable. The first one copies everything, beside what the target holds, and then takes its
 * place. *ret_bytes is what went over. ERR_FULL, ERR_IO, ERR_NOT_FOUND…: about source or target, the sentence says which. */
enum err db_follow_step(struct db_follow *follow, int64_t *ret_bytes, struct fault *fault);

void db_follow_close(struct db_follow *follow); /* accepts NULL */

/* Reads every page and index of a database file that nobody uses. ERR_INPUT with the first thing that is wrong. */
enum err db_file_check(const char *path, struct fault *fault);

#endif
