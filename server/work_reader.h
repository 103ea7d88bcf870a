/* An upload that is to hang on a wall: looked into, made ready for screens, and put at the end of the playlist (or into the welcome scene) in one transaction.
 * On the thread of server/paper_reader.h. */
#ifndef PLENUM_SERVER_WORK_READER_H
#define PLENUM_SERVER_WORK_READER_H

#include "core/base/id.h"
#include "core/congress/papers/upload.h"
#include "core/db/writer.h"

struct work_taking {
    const char *folder; /* of the data */
    struct writer *writer;
    struct id_source *ids; /* used on the writer thread only */
    bool (*on_page)(void *context, size_t done, size_t total); /* false stops */
    void *context;
};

/* One of the UPLOAD_ROOMs. */
bool work_reader_is_room(const char *room);
/* ERR_INPUT and ERR_LIMIT: it cannot be shown; ERR_TIMEOUT: on_page said stop; else trouble of this machine. */
enum err work_reader_take(const struct work_taking *taking, struct arena *arena, const struct upload *upload, struct fault *fault);

#endif
