/* Another program run as a child, for files that strangers made: no shell, bounded time, memory and output, and nothing of ours open in it.
 *
 * The child gets its own process group (all of it is ended when its time is up), an empty standard input, a short environment (PATH, HOME and TMPDIR
 * in its folder, LC_ALL=C.UTF-8, SOURCE_DATE_EPOCH=0 so that what it makes does not depend on the day), no new privileges, and ends with
 * the thread that waits for it. The caller waits. Thread-safe. */
#ifndef PLENUM_BASE_CHILD_H
#define PLENUM_BASE_CHILD_H

#include "core/base/buf.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct child_bounds {
    unsigned cpu_seconds;
    unsigned wall_seconds;
    uint64_t memory;      /* of address space; 0 = no bound. Not held under a sanitizer, whose shadow is larger than any */
    uint64_t file_bytes;  /* the largest file that it may write */
};

/* Runs argv[0] (found by PATH) in `folder` (absolute). What it says on standard output goes to `out` up to its limit (NULL: nowhere). ERR_NOT_FOUND:
 * no such program; ERR_LIMIT: one of the bounds, also that of `out`; ERR_INPUT: it ended with another code than 0, and the fault has the last line that it said. */
enum err child_run(const char *const *argv, const char *folder, const struct child_bounds *bounds, struct buf *out, struct fault *fault);

/* For a child that this process forked by itself and that goes on in our own code or streams what it makes (a photo's decoder, a printer's conversation,
 * pages being drawn): called in the child right after fork, where it is safe. It ends with the thread that forked it, its signals are the usual ones and none
 * is blocked, it gains no privileges, leaves no core file, and has these bounds but for wall_seconds, which the parent has to keep. */
void child_confine(const struct child_bounds *bounds);

/* Bytes of address space that this process has now, on which a forked child's bound of memory is founded; 0: not known. Safe after fork. */
uint64_t child_memory_now(void);

/* Whether PATH has such a program. */
bool child_is_installed(const char *program);

#endif
