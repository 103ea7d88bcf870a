/* Slips for random PINs: A4, eight on a page, one for each person, by delegation. A slip is cut out and folded in three: the flap goes up over the PIN and
 * lies face to face with it (a pattern on it keeps light from showing the digits through), name, delegation and number stay outside. Printed on one side.
 *
 * Texts are UTF-8 and borrowed for the call. Thread-safe as core/typeset is: each thread with fonts of its own. The PDF is a secret, like badges. */
#ifndef PLENUM_BADGES_PIN_SLIPS_H
#define PLENUM_BADGES_PIN_SLIPS_H

#include "core/base/buf.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/papers/pin.h"
#include "core/typeset/fonts.h"

#define PIN_SLIPS_ON_PAGE 8

struct pin_slip {
    const char *unit, *name, *number, *category, *pin; /* all but name and pin may be NULL */
};

struct pin_slips {
    const char *event_title, *language;
    struct pin_slip *slips; /* those of one unit together */
    size_t count;
    bool allow_missing;     /* as badge_run */
};

/* The delegates of the list, for pin_make_slips. In the arena. ERR_NOMEM. */
enum err pin_slips_people(struct arena *arena, const struct badge_list *list, struct pin_people *ret, struct fault *fault);

/* Those of the list who are among `pins` (pin_make_slips), in the order of the list. In the arena. ERR_NOT_FOUND: nobody. */
enum err pin_slips_from_list(struct arena *arena, const struct badge_list *list, const struct pin_of *pins, size_t count, struct pin_slips *ret,
                             struct fault *fault);

/* The PDF appended to `out`: a bookmark for each delegation. ERR_INPUT: a character that no font has (the fault names whose slip). */
enum err pin_slips_write(const struct pin_slips *slips, struct fonts *fonts, struct buf *out, size_t *ret_pages, struct fault *fault);

#endif
