/* Private to plenum-badges: --runs and --spoiled. */
#ifndef PLENUM_BADGES_LOG_COMMAND_H
#define PLENUM_BADGES_LOG_COMMAND_H

#include "badges/command/session.h"

/* Marks the run that --spoiled names, then lists the runs of the event if --runs asks; tells on standard output. */
enum err log_command(struct session *s, struct fault *fault);

#endif
