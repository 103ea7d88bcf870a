/* Shared by the files of core/congress/purge. */
#ifndef PLENUM_CONGRESS_PURGE_PRIVATE_H
#define PLENUM_CONGRESS_PURGE_PRIVATE_H

#include "core/congress/purge/purge.h"

#define PURGE_TRACES "purge.traces" /* a setting: since when some are owed */

struct purge_lines {
    int64_t event_id;
    const char *slug;
    struct {
        char sha256[CRYPTO_HASH_HEX];
    } *photos; /* whose files go after COMMIT; of the arena */
    size_t photo_count, photo_capacity;
};

/* In a transaction: all that stands behind one line of the event's list, and the person, when they are of this event alone. The arena grows. */
enum err purge_line(struct db *db, struct arena *arena, struct purge_lines *lines, int64_t delegate_id);

/* A photo's file, when there is one. */
enum err purge_remove_photo(const char *folder, const char *sha256, struct fault *fault);

#endif
