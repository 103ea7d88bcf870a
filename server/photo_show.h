/* A stored photo as a reply: decoded and made small in a child, by a thread of the job pool. Whether the one who asks may see it, the handler has decided. */
#ifndef PLENUM_SERVER_PHOTO_SHOW_H
#define PLENUM_SERVER_PHOTO_SHOW_H

#include "server/app.h"

/* `side`: at most so many pixels wide and high. `etag` as http_not_modified takes it, in the request's arena; NULL: none. Sets req->state and req->resume. */
void photo_show_reply(struct http_request *req, const char *sha256, unsigned side, const char *etag);

#endif
