/* Who does what to an event, and when: what every act of an organiser on its papers, words and pictures takes. Borrowed, for the length of one transaction of the
 * writer; texts of faults are for the organiser. */
#ifndef PLENUM_CONGRESS_DOING_H
#define PLENUM_CONGRESS_DOING_H

#include "core/base/id.h"
#include "core/db/db.h"

struct doing {
    struct db *db;
    struct arena *arena; /* of the request: what is read or made lives there */
    struct id_source *ids;
    int64_t event_id, now_ms;
    const char *actor; /* as the audit log names them */
    struct fault *fault;
};

#endif
