/* Private to plenum-badges: the list for a door without power. */
#ifndef PLENUM_BADGES_PAPER_LIST_COMMAND_H
#define PLENUM_BADGES_PAPER_LIST_COMMAND_H

#include "badges/command/session.h"

/* --paper-list [--gate CODE] [--unit CODE] [--order …] [--blanks COUNT] [--present] -o FILE.pdf: gives row codes to who has none, then draws. */
enum err paper_list_command(struct session *s, struct fault *fault);

#endif
