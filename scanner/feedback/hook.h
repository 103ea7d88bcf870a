/* --on-result: runs the operator's program for each result, in a process of its own, never through a shell.
 *
 * Arguments: outcome, reason (or ""), name (or ""). Environment: PLENUM_OUTCOME, PLENUM_REASON, PLENUM_NAME, PLENUM_DELEGATION,
 * PLENUM_CATEGORY, PLENUM_SEAT, PLENUM_BADGE_BOX, PLENUM_GATE, PLENUM_DIRECTION, PLENUM_SCAN_ID. Its output goes to standard error. After HOOK_LIMIT_MS
 * its process group is killed. Up to HOOK_MOST run side by side; when all are busy the next result is not passed on, which is said.
 * One owner, one thread. */
#ifndef PLENUM_SCANNER_HOOK_H
#define PLENUM_SCANNER_HOOK_H

#include "core/base/err.h"
#include "scanner/feedback/feedback.h"

#define HOOK_LIMIT_MS 5000
#define HOOK_MOST 16

struct hook;

/* ERR_INPUT when the program cannot be run. */
enum err hook_start(const char *program, struct hook **ret, struct fault *fault);
/* Returns at once. ERR_BUSY when too many still run. */
enum err hook_run(struct hook *hook, const struct result *result, struct fault *fault);
void hook_stop(struct hook *hook); /* waits for what runs, at most HOOK_LIMIT_MS; accepts NULL */

#endif
