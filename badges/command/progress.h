/* Private to plenum-badges: the progress bar, and Ctrl-C that waits until no file is half. */
#ifndef PLENUM_BADGES_PROGRESS_H
#define PLENUM_BADGES_PROGRESS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct progress {
    const char *doing; /* what the bar says */
    bool wanted, open;
    sigset_t stops, before;
};

/* From here on SIGINT, SIGTERM and SIGHUP wait; a bar is shown when standard error is a terminal. */
void progress_begin(struct progress *progress);
/* For on_progress (data: a struct progress): false when one of them waits. */
bool progress_show(void *data, size_t done, size_t total);
bool progress_is_stopped(const struct progress *progress);
/* Ends the line of the bar, if one is open: before anything else is said. */
void progress_end(struct progress *progress);
/* A signal that waited ends the program here. */
void progress_finish(struct progress *progress);

#endif
