/* The code that is typed once at a screen. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_SCREEN_CODE_H
#define PLENUM_SERVER_PAGES_SCREEN_CODE_H

#include "core/base/arena.h"
#include "server/http/http.h"

#include <stdbool.h>

/* Letters and digits alone count, read as badge tokens are: people type blanks and hyphens, and O for 0. `typed` may be NULL. In constant time. */
bool screen_code_matches(struct arena *arena, const char *typed, const char *code);

/* Six digits for a wall are few, so tries are counted: by the browser (four cost nothing, then it waits longer and longer), by its address, and over all together.
 * One that guesses from many places shuts nobody out for longer than the five seconds in which the next try becomes free, and this machine itself never.
 * A right one stays counted for its address: who has the code cannot use up everybody's tries with it, nor fill the table of sessions.
 * Taken BEFORE anything is compared; false: not now. Then what became of it. */
bool screen_try_take(struct http_request *req);
void screen_try_right(struct http_request *req);
void screen_try_wrong(struct http_request *req); /* a browser that had no word yet gets one, and is counted from now on */

#endif
