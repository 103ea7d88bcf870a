/* From the congress to a print run: the only part of badges that knows core/congress. */
#ifndef PLENUM_BADGES_FROM_LIST_H
#define PLENUM_BADGES_FROM_LIST_H

#include "badges/badges.h"
#include "core/base/arena.h"
#include "core/congress/badges/badge_list.h"

/* A run of all badges of the list in the given layout (NULL: the default); texts are borrowed from the list and the arena. The caller adds
 * allow_missing and progress. ERR_NOMEM. */
enum err badges_run_from_list(const struct badge_list *list, const char *layout, struct arena *arena, struct badge_run *ret);

/* The days of an event in one line: "01–02/12/2026", in English "1–2 December 2026". NULL when out of memory or the zone is not known. */
const char *badges_dates_text(struct arena *arena, const char *timezone, const char *language, int64_t starts_ms, int64_t ends_ms);

#endif
