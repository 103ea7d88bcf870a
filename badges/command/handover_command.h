/* Private to plenum-badges: --sign-for, --handed-over, --handovers and --undo-handover. */
#ifndef PLENUM_BADGES_HANDOVER_COMMAND_H
#define PLENUM_BADGES_HANDOVER_COMMAND_H

#include "badges/command/session.h"

/* Whether one of them is asked for. */
bool handover_is_wanted(const struct badge_options *options);

/* Carries it out; tells on standard output. Of --member-cards it is the cards of a unit instead of the badges of a delegation. */
enum err handover_command(struct session *s, struct fault *fault);

#endif
