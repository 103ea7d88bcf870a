/* Proof before paper: every page of a finished PDF is drawn at 150 dpi by another program (pdftoppm, in a child process with bounds on time
 * and memory), and each QR code is read from the pixels and compared with the badge that must be there. */
#ifndef PLENUM_BADGES_PROOF_H
#define PLENUM_BADGES_PROOF_H

#include "badges/badges.h"
#include "core/base/arena.h"

struct badge_flaw {
    size_t index;    /* of the badge in the run */
    const char *got; /* what was read there; NULL = nothing */
};

struct badge_proof {
    size_t pages, codes;       /* drawn; read and right */
    struct badge_flaw *flaws;  /* in the arena */
    size_t flaw_count;
};

/* `pdf` is what badges_write made of the same run. ERR_CONFLICT when a code is missing or wrong (the sentence lists the first ones, *ret
 * all), ERR_NOT_FOUND when pdftoppm is not installed, ERR_TIMEOUT when it stands still. *ret is also set with ERR_CONFLICT. */
enum err badges_verify(const struct badge_run *run, const struct buf *pdf, struct arena *arena, struct badge_proof *ret, struct fault *fault);

#endif
