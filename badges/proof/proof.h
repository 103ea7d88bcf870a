/* Proof before paper: every page of a finished PDF is drawn at 150 dpi by another program (pdftoppm, in a child process with bounds on time
 * and memory); each QR code is read from the pixels and compared with the badge that must be there, and ink is looked for where the layout has
 * no box that it could belong to. */
#ifndef PLENUM_BADGES_PROOF_H
#define PLENUM_BADGES_PROOF_H

#include "badges/badges.h"
#include "core/base/arena.h"

enum badge_flaw_kind { FLAW_UNREAD, FLAW_OTHER_CODE, FLAW_INK };

struct badge_flaw {
    size_t index; /* of the badge in the run; of stray ink beside all badges: the first of the page */
    enum badge_flaw_kind kind;
    const char *got; /* FLAW_OTHER_CODE: what was read there */
    double x, y;     /* FLAW_INK: a place of it on the badge, millimetres */
    bool back;
};

struct badge_proof {
    size_t pages, codes;       /* drawn; read and right */
    struct badge_flaw *flaws;  /* in the arena */
    size_t flaw_count;
};

/* `pdf` is what badges_write made of the same run. ERR_CONFLICT when a code is missing or wrong, or ink is outside of the boxes (the sentence lists the
 * first ones, *ret all), ERR_NOT_FOUND when pdftoppm is not installed, ERR_TIMEOUT when it stands still. *ret is also set with ERR_CONFLICT. */
enum err badges_verify(const struct badge_run *run, const struct buf *pdf, struct arena *arena, struct badge_proof *ret, struct fault *fault);

#endif
