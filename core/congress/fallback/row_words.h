/* How people write hours, days and directions by hand and type them. Private to core/congress/fallback. Pure. */
#ifndef PLENUM_CONGRESS_ROW_WORDS_H
#define PLENUM_CONGRESS_ROW_WORDS_H

#include "core/base/arena.h"
#include "core/base/zone.h"

/* "07:52", "7h52", "7.52", "7h", "0752", "752", with seconds behind; digits of any script. With `hour` (0 to 23; -1: none) two digits alone are its minutes.
 * Writes hour, minute and second. */
bool row_words_time(const char *text, int hour, struct zone_time *ret);

/* "2026-12-01" or "1/12/2026" (also with points or hyphens); digits of any script. Writes year, month and day. */
bool row_words_date(const char *text, struct zone_time *ret);

/* "in", "out", and the same in the languages of our screens. *ret: out. False: neither. */
bool row_words_direction(struct arena *arena, const char *text, bool *ret);

#endif
