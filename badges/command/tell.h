/* Private to plenum-badges: what a run tells; warnings on standard error, the result on standard output. */
#ifndef PLENUM_BADGES_TELL_H
#define PLENUM_BADGES_TELL_H

#include "badges/command/session.h"

/* Before the work: who was printed already, what those who are left out no longer say rightly. */
void tell_log(struct session *s);
/* After it: long addresses, cut texts, missing characters, bad photos. */
void tell_warnings(const struct session *s);
void tell_result(struct session *s, int64_t took_ms);
/* --not-printed or --changed leave nobody: no file is written, and that is no failure. */
void tell_nothing(const struct session *s);

#endif
