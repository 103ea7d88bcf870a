/* The roster of a gate: who may pass, as ids and sealed records; whole or as what changed since (DESIGN.md §5, §6).
 *
 * The JSON is described in docs/api.md. A record names its person only to who holds the badge's token. Slow for large events (a seal per
 * badge): made in the job pool. */
#ifndef PLENUM_CONGRESS_ROSTER_H
#define PLENUM_CONGRESS_ROSTER_H

#include "core/base/json.h"
#include "core/congress/programme/programme.h"
#include "core/db/db.h"

/* Changes after version `since` (0: everything). *ret is owned by the caller. Everything is read from one view of the database. */
enum err roster_read(struct db *db, const char *slug, int64_t gate_id, int64_t since, int64_t now_ms, json_t **ret);

#endif
