/* Private to plenum-badges: what its command line asks for, carried out. */
#ifndef PLENUM_BADGES_COMMAND_H
#define PLENUM_BADGES_COMMAND_H

#include "core/base/err.h"
#include "core/base/opt.h"

#include <stdbool.h>

struct badge_options {
    const char *event, *layout, *unit, *output, *public_url, *data, *order, *duplex, *page, *desk_phone, *separators, *show_layout, *spoiled, *reissue, *print;
    const char *sign_for, *to, *to_person, *handed_over, *undo_handover, *languages, *gate;
    struct opt_list only, except;
    long volume, threads, copies, timeout; /* volume 0: one file; copies 0: one; timeout 0: the usual; threads -1: as many as there are processors */
    long blanks; /* -1: the usual */
    bool verify, allow_missing, not_printed, changed, again, runs, printers, member_cards, handovers, poster, pin_slips, paper_list, present, json, version;
};

/* Prints warnings to standard error and the result to standard output; what goes wrong is for the caller to print. */
enum err badges_command(const struct badge_options *options, struct fault *fault);

/* The file of a ready layout to standard output. */
enum err badges_show_layout(const char *name, struct fault *fault);

#endif
