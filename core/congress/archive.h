/* An event as one ZIP that needs no Plenum to be read: papers of all versions, the event file, the record of check-ins with its corrections, fixed figures with
 * their chain, announcements, questions, news, closings, lists as CSV; SHA256SUMS and manifest.json say what is in it and whether it is whole. Without tokens of
 * badges, PINs and sensitive attributes. Entries are stored as they are (docs/decisions/0056-events.md).
 *
 * Memory: one list at a time, and the event file; check-ins go out row by row. */
#ifndef PLENUM_CONGRESS_ARCHIVE_H
#define PLENUM_CONGRESS_ARCHIVE_H

#include "core/base/err.h"
#include "core/db/db.h"

#include <stdint.h>

struct archive;

struct archive_options {
    const char *slug, *data_folder;
    /* NULL: none; what others add (archive_add), before the manifest is made. */
    enum err (*more)(void *more_context, struct archive *archive, struct db *db, int64_t event_id, struct fault *fault);
    void *more_context;
    void (*progress)(void *context, int64_t bytes); /* NULL: none; told after each entry how many bytes there are */
    void *context;
};

/* Writes from where `fd` stands (an empty file); on one unchanging view of the database.
 * ERR_NOT_FOUND: no such event. ERR_CONFLICT: a paper's file is missing, or is not what its name says. */
enum err archive_write(struct db *db, const struct archive_options *options, int fd, int64_t *ret_size, struct fault *fault);

/* For `more`: an entry. */
enum err archive_add(struct archive *archive, const char *name, const void *data, size_t length);

#endif
