/* What a layout prints, in the words of the print log: only of that a change since printing counts. */
#ifndef PLENUM_BADGES_SHOWN_H
#define PLENUM_BADGES_SHOWN_H

#include "badges/badges.h"
#include "core/congress/badges/print_log.h"

/* Texts in every language, alternatives and conditions included: what could be seen is looked at. `duplex`: of the run; without backs theirs does not count.
 * A photo's place counts for the photo and, as it shows initials without one, for the name. */
print_facts badges_shown_facts(const struct badge_layout *layout, enum badge_duplex duplex);

#endif
