/* One delegate as the desk's card shows them, fresh, and which version of them that is. */
#ifndef PLENUM_CONGRESS_CARD_H
#define PLENUM_CONGRESS_CARD_H

#include "core/base/json.h"
#include "core/congress/programme/programme.h"
#include "core/db/db.h"

/* The delegate with this code or number, as a result of delegates_find and beside it: "version" (what struct amend.version takes; it changes with every fact
 * that the desk may change or an import brings, and with no scan), "gate_title", "stands_for" and "replaced_by" {"code", "name", "at", "by"} or null (at and by
 * null where the list said so and no desk), "last" {"scan_id", "at", "direction", "outcome", "gate", "by", "undone"} the newest scan or null, "changed"
 * {"kind", "at", "by", "request"} the newest change of a desk or null. Titles are in `language`. The caller owns *ret. Errors as amend_history. */
enum err delegate_card(struct db *db, struct arena *arena, const struct programme *programme, const char *code, const char *language, int64_t now_ms,
                       json_t **ret, struct fault *fault);

/* The delegate with this code or number. Errors as delegate_card. */
enum err delegate_by_code(struct db *db, struct arena *arena, const struct programme *programme, const char *code, int64_t *ret_id, struct fault *fault);

#endif
