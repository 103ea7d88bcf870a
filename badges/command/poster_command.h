/* Private to plenum-badges: --poster. */
#ifndef PLENUM_BADGES_POSTER_COMMAND_H
#define PLENUM_BADGES_POSTER_COMMAND_H

#include "badges/command/session.h"

enum err poster_command(struct session *s, struct fault *fault);

#endif
