/* The table of all doors, made from routes.def. */
#ifndef PLENUM_SERVER_ROUTES_H
#define PLENUM_SERVER_ROUTES_H

#include "server/http/http.h"

/* Who may pass a door: any of the named. WHO_ANYONE alone lets a stranger in; WHO_BADGE is a head of delegation who is in with badge and PIN. */
enum who { WHO_ANYONE = 1, WHO_BADGE = 2, WHO_DISPLAY = 4, WHO_DEVICE = 8, WHO_DESK = 16, WHO_HEAD = 32, WHO_ORGANISER = 64 };
#define WHO_STAFF (WHO_ORGANISER | WHO_DESK)                     /* an organiser holds WHO_DESK too */
#define WHO_DELEGATION (WHO_STAFF | WHO_HEAD | WHO_BADGE)         /* a head by account, or by badge and PIN */
#define WHO_FIGURES (WHO_STAFF | WHO_DEVICE | WHO_DISPLAY)       /* "key" in DESIGN.md §5 */

#define ROUTE(method, pattern, who, flags, body, handler, help) void handler(struct http_request *req);
#include "server/routes.def"
#undef ROUTE

/* Static; lives as long as the program. */
const struct http_route *routes_table(size_t *ret_count);

#endif
