/* The room of a delegation, GET and POST /delegation/{event}. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_DELEGATION_H
#define PLENUM_SERVER_PAGES_DELEGATION_H

#include "core/congress/delegation/group.h"
#include "server/pages/staff_page.h"

/* Whose people the one who asks may see in this event: the desk and the organiser everybody's, a head their own. ERR_NOMEM. */
enum err delegation_scope_of(struct http_request *req, int64_t event_id, struct delegation_scope *ret);

/* Where the page of a delegation is. */
const char *delegation_path(struct http_request *req, const char *unit, const char *more);

/* The page of one delegation with what went wrong (words of our own; NULL: nothing); on a worker. */
void delegation_show(struct http_request *req, const char *unit, int status, const char *problem);

/* The list: on a thread of the pool. */
void delegation_list_show(struct http_request *req);

#endif
