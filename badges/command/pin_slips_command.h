/* Private to plenum-badges: --pin-slips. */
#ifndef PLENUM_BADGES_PIN_SLIPS_COMMAND_H
#define PLENUM_BADGES_PIN_SLIPS_COMMAND_H

#include "badges/command/session.h"

enum err pin_slips_command(struct session *session, struct fault *fault);

#endif
