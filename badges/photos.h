/* Private to badges: the photos of a run, each made small in a child process of its own, several at a time. */
#ifndef PLENUM_BADGES_PHOTOS_H
#define PLENUM_BADGES_PHOTOS_H

#include "badges/badges.h"
#include "core/base/arena.h"

struct photo_flaw {
    size_t index; /* of the badge */
    const char *sentence;
};

struct photo_list {
    size_t read; /* photos that are fine */
    struct photo_flaw *flaws; /* in the arena: their badges show initials */
    size_t flaw_count;
};

/* Reads paths[i] (NULL: none) into badges[i].photo; everything lives in the arena. A photo that cannot be read or decoded is a flaw, never an error of
 * the run. ERR_NOMEM; ERR_TIMEOUT when on_progress stops it. */
enum err photos_load(struct badge *badges, const char *const *paths, size_t count, const struct photo_wish *wish, unsigned threads, struct arena *arena,
                     bool (*on_progress)(void *data, size_t done, size_t total), void *progress_data, struct photo_list *ret, struct fault *fault);

#endif
