/* How many seats each unit gets: in proportion to its members, by the method of the largest remainder. Pure; integers only, so that every machine says the same.
 *
 * **Method** (T. Hare, The Election of Representatives, 1859; H. Niemeyer, 1970; so also section 6(2) of the German Federal Elections Act as it stood from 1987 to
 * 2008): a unit's share is seats × its members ÷ all members. It gets the whole part of it; the seats that are left go one each to the largest remainders. Of
 * equal remainders the unit with more members goes first, then the one that stands earlier.
 *
 * **A least number**: whose share is less gets the least number and stands aside with it; the rest is shared anew among the others, until nobody is below. A unit
 * without members gets nothing. */
#ifndef PLENUM_CONGRESS_DRAW_SHARE_H
#define PLENUM_CONGRESS_DRAW_SHARE_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define DRAW_SEATS_MOST 1000000
#define DRAW_MEMBERS_MOST INT64_C(1000000000) /* of all units together */

/* `members` and `ret` have `count` numbers; `ret` adds up to `seats` unless nobody has members. ERR_INPUT: a number is negative or too large; ERR_LIMIT: the least
 * number alone is more than `seats`; ERR_NOMEM. */
enum err draw_share(struct arena *arena, const int64_t *members, size_t count, int64_t seats, int64_t least, int64_t *ret);

#endif
