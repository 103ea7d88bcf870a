/* What desk and console ask of badges: which delegations there are, and of one person's badge where it stands. Reads only. Results live in the arena. */
#ifndef PLENUM_CONGRESS_BADGE_DESK_H
#define PLENUM_CONGRESS_BADGE_DESK_H

#include "core/base/json.h"
#include "core/congress/badges/print_log.h"

struct badge_desk_unit {
    const char *code, *name; /* name: a stored title (core/congress/title.h) */
    int64_t badges, handed;  /* of delegates with a mandate; of these given to somebody who signed for them */
};

/* The delegations of an event in protocol order. */
enum err badge_desk_units(struct db *db, struct arena *arena, int64_t event_id, struct badge_desk_unit **ret, size_t *ret_count);

/* One badge, by person code or badge number:
 *
 *     {"person": code|null, "number", "name", "issue", "delegation": {"code", "name"}|null,
 *      "printed": {"at", "by", "printer", "layout", "host", "issue", "current"}|null, "changes": [{"fact", "before", "now"}],
 *      "handed": {"to", "at"}|null}
 *
 * `printed` is the last print of this kind of paper that counts; `current` false: it was an earlier issue. `changes` of what `shown` names. No token.
 * Names in `language`. ERR_NOT_FOUND: no such event, or nobody with a good badge is called so. */
enum err badge_desk_one(struct db *db, struct arena *arena, const char *event, const char *code, const char *base_url, const char *kind, print_facts shown,
                        const char *language, json_t **ret, struct fault *fault);

#endif
