/* The server of a rehearsal: this very program, `serve --practice`, as a child on loopback at a free port. It ends with us, however we end. */
#ifndef PLENUM_SERVER_REHEARSE_HOST_H
#define PLENUM_SERVER_REHEARSE_HOST_H

#include "core/base/progress.h"
#include "core/congress/store/store.h"

#include <sys/types.h>

struct host {
    pid_t pid;
    char url[64]; /* "http://127.0.0.1:40123" */
    const char *log; /* what it says: in the copy; borrowed */
};

/* Returns when it answers. `copy`: open, of the practice copy; `folder` where it is. ERR_TIMEOUT, or ERR_IO with its last line when it ended; ERR_BUSY: `progress` was
 * stopped. */
enum err host_start(struct host *host, struct db *copy, const char *folder, const char *log, const struct progress *progress, struct fault *fault);
/* False: it ended by itself. */
bool host_is_alive(struct host *host);
/* In peace within ten seconds, else by force. Accepts one that does not run. */
void host_stop(struct host *host);

#endif
