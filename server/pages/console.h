/* What the console's pages that belong to no event begin with (/admin/-/…). Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_CONSOLE_H
#define PLENUM_SERVER_PAGES_CONSOLE_H

#include "server/pages/view.h"

/* The worker for somebody who may see such a page: a password that somebody else made is changed first, and `of_all` asks for an organiser of every event (else of
 * any). NULL: the reply is made. */
struct worker *console_enter(struct http_request *req, bool of_all);
/* Whether who asks is an organiser of every event. */
bool console_is_of_all(const struct http_request *req);

/* The clocks by which such a page shows moments: those of the event that is on, else of the next, else of the last one; "UTC" where there is none. In the arena. */
enum err console_zone(struct db *db, struct arena *arena, int64_t now_ms, const char **ret);

/* "2026-12-01" as the end of that day by the zone; DB_NULL when the field is empty or missing. ERR_INPUT with reason account_day. */
enum err console_read_day_end(struct http_request *req, const char *key, const char *zone, int64_t *ret, struct fault *fault);
/* And the day again, for the form's field; NULL for DB_NULL. */
const char *console_day_of_end(struct arena *arena, const char *zone, int64_t end_ms);

#endif
