/* The files beside the database in a second copy: papers and pictures, once each by their name, and the keys. One thread. */
#ifndef PLENUM_SERVER_MIRROR_FILES_H
#define PLENUM_SERVER_MIRROR_FILES_H

#include "core/congress/store/store.h"

struct mirror_files;

/* `data` the data folder, `copy` where it goes; borrowed. */
enum err mirror_files_new(const char *data, const char *copy, struct mirror_files **ret, struct fault *fault);
void mirror_files_free(struct mirror_files *files); /* accepts NULL */

/* Copies what is new: of blobs, those added since the last time (all of them at first, and every ten minutes); of other files, those that changed. Each is whole
 * or not there. `between` is called after every MB with the bytes since the last call; when it fails, so does this. A blob that is missing here is no error: it is
 * told by `plenum doctor`. */
enum err mirror_files_copy(struct mirror_files *files, struct db *db, enum err (*between)(void *context, int64_t bytes, struct fault *fault), void *context,
                           struct fault *fault);
/* Blobs that the last time could not be copied because it ended before. */
int64_t mirror_files_missing(const struct mirror_files *files);

/* No entry but the note's leftovers, or one of our own names. */
bool mirror_files_is_empty(const char *folder);

#endif
