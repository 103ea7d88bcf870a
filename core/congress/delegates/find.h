/* Finding a delegate at the desk: by name with or without accents, badge number, seat, code, unit, the tail of a phone number. */
#ifndef PLENUM_CONGRESS_FIND_H
#define PLENUM_CONGRESS_FIND_H

#include "core/base/json.h"
#include "core/congress/programme/programme.h"
#include "core/db/db.h"

#define FIND_MOST 20

/* {"results": [{code, number, name, …}], "more": bool} as docs/api.md describes; what was typed may also be a badge (URL or token). The caller owns *ret.
 * ERR_INPUT: more than 200 bytes were typed. */
enum err delegates_find(struct db *db, struct arena *arena, const struct programme *programme, const char *typed, int64_t now_ms, json_t **ret);

#endif
