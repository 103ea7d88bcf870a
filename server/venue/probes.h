/* What phones and computers ask on a new network to find out whether it leads to the internet, and what they want to hear. Where the venue's DNS points
 * these names here and the organiser has decided so (docs/decisions/0023-venue.md), the server answers; else a phone without internet leaves
 * the Wi-Fi, or asks its owner. */
#ifndef PLENUM_SERVER_VENUE_PROBES_H
#define PLENUM_SERVER_VENUE_PROBES_H

#include "server/http/http.h"

struct probe {
    const char *host; /* without port, lower case */
    const char *path;
    int status;       /* 200 or 204 */
    const char *type, *body; /* NULL with 204 */
    const char *header;      /* NULL, or the name of one more header whose value is "online" */
};

/* NULL when nobody asks that there. `host` as in the request: lower case, perhaps with a port. Only these pairs are answered, never a path alone: a
 * page of ours stays what it is. */
const struct probe *probes_find(const char *host, const char *path);
/* Of all of them, for tests and documents; NULL after the last. */
const struct probe *probes_at(size_t index);

/* Replies when this request is such a question and they are answered here; false: nothing was replied. */
bool probes_reply(struct http_request *req);

#endif
