/* What a hall technician writes behind a wall's address: ?w=1920&h=960&safe=4&transparent=1. The page draws by it (web/js); the server only carries it along,
 * and carries nothing else: numbers that no screen has, words and unknown keys are dropped. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_FRAME_QUERY_H
#define PLENUM_SERVER_PAGES_FRAME_QUERY_H

#include "core/base/arena.h"
#include "server/http/http.h"

#define FRAME_SIDE_LEAST 16 /* pixels */
#define FRAME_SIDE_MOST 32768

/* `safe` is a margin in percent of each side ("4", "2.5", "4%") or in pixels ("40px"); what the page makes of one that is too large is the page's matter.
 * From the texts of the four values, each may be NULL: "?w=1920&h=960&safe=4&transparent=1" with those that are good; "" when none is. NULL: out of memory. */
char *frame_query_of(struct arena *arena, const char *w, const char *h, const char *safe, const char *transparent);
/* From the request's own query. */
char *frame_query(struct http_request *req);

#endif
