/* The console's page of badges: what was printed, what is to be printed, who took what with them. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_BADGES_H
#define PLENUM_SERVER_PAGES_BADGES_H

#include "server/http/http.h"

/* What a form of the page did, as the page that follows tells it: a key of the words "badges.done.…". */
void badges_page_return(struct http_request *req, const char *done);
/* The whole page, with a sentence of what went wrong in it; made in the pool. */
void badges_page_show(struct http_request *req, int status, const char *problem);

#endif
