/* The files of a bulk run. Private to core/congress/photos. */
#ifndef PLENUM_CONGRESS_PHOTOS_GATHER_H
#define PLENUM_CONGRESS_PHOTOS_GATHER_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct photo_file {
    const char *path, *name, *folder; /* name: without its folder; folder: the name of that, NULL for a file that was named itself */
    int64_t changed_ns;
    const char *flaw; /* why it cannot even be opened; NULL: it may be */
};

struct photo_files {
    struct photo_file *items;
    size_t count, capacity;
};

/* Files as they are named, folders with all beneath them, in the order of their names. What begins with a dot, and what systems leave behind (Thumbs.db), is
 * passed over; links to folders are not followed. ERR_NOT_FOUND, ERR_IO; ERR_LIMIT above PHOTO_FILES_MOST, or nested too deep. */
enum err photo_files_gather(struct arena *arena, const char *const *paths, size_t count, struct photo_files *ret, struct fault *fault);

#endif
