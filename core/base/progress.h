/* For programs: a progress bar on standard error, and Ctrl-C that waits until no file is half. One thread; begun before any other thread is, so that the
 * signals wait in all of them. A struct of zeros that was not begun shows no bar and never stops. */
#ifndef PLENUM_BASE_PROGRESS_H
#define PLENUM_BASE_PROGRESS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct progress {
    const char *doing; /* what the bar says; may be NULL */
    bool wanted, open; /* wanted: a bar is shown */
    sigset_t stops, before;
};

/* From here on SIGINT, SIGTERM and SIGHUP wait; a bar is shown when standard error is a terminal. */
void progress_begin(struct progress *progress, const char *doing);
/* For on_progress (data: a struct progress): false when one of them waits. */
bool progress_show(void *data, size_t done, size_t total);
bool progress_is_stopped(const struct progress *progress);
/* Ends the line of the bar, if one is open: before anything else is said. */
void progress_end(struct progress *progress);
/* A signal that waited ends the program here. */
void progress_finish(struct progress *progress);

#endif
