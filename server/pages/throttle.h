/* Growing waits after wrong passwords, by account name (a hall shares one address, so never by that). Memory only: a restart forgets.
 *
 * The first four wrong tries cost nothing, then 2 s, 4 s, 8 s … up to 15 minutes; a right password, or an hour of peace, clears it. Names share
 * a fixed table, so that nobody can fill memory; a name that is pushed out starts anew. Thread-safe. */
#ifndef PLENUM_SERVER_THROTTLE_H
#define PLENUM_SERVER_THROTTLE_H

#include <stdint.h>

#define THROTTLE_FREE_TRIES 4

struct throttle;

struct throttle *throttle_new(void); /* NULL: out of memory */
/* With other waits: milliseconds after so many failures. */
struct throttle *throttle_new_with(int64_t (*wait_of)(unsigned failures));
void throttle_free(struct throttle *throttle); /* accepts NULL */

/* Milliseconds to wait before the next try for this name; 0: now. `now_ms` is clock_steady_ms. */
int64_t throttle_wait(struct throttle *throttle, const char *name, int64_t now_ms);
/* One try, BEFORE it is looked at: 0, and it counts as a wrong one; else how long it has to wait, and nothing is counted. Asking and counting are one step, so
 * that many tries at once are never more than there are. */
int64_t throttle_take(struct throttle *throttle, const char *name, int64_t now_ms);
void throttle_passed(struct throttle *throttle, const char *name); /* it was right: all is forgotten */
void throttle_spare(struct throttle *throttle, const char *name);  /* it was not looked at after all */

#endif
