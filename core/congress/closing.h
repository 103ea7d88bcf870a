/* An event is closed by its organiser: from then on its gates take nobody, whatever the programme says (programme_closes_ms). What a gate tells later of before is
 * taken, as always; the desk may override with a reason; papers, figures, walls and the public page stay as they are. It can be opened again, with a reason, and
 * check-ins go on until the event's end. Each time is recorded (docs/decisions/0056-events.md). */
#ifndef PLENUM_CONGRESS_CLOSING_H
#define PLENUM_CONGRESS_CLOSING_H

#include "core/congress/doing.h"

#define CLOSING_NOTE_LONGEST 400 /* code points */

/* In a transaction. `note` may be NULL. ERR_CONFLICT close_closed: it is closed already. ERR_INPUT close_note: longer. */
enum err event_close(const struct doing *doing, const char *slug, const char *note);
/* ERR_CONFLICT close_open: it is not closed. ERR_INPUT close_reason: none was given; close_note: a longer one. */
enum err event_reopen(const struct doing *doing, const char *slug, const char *reason);

struct closing {
    int64_t closed_ms, reopened_ms; /* DB_NULL: still closed */
    const char *closed_by, *note, *reopened_by, *reason;
};
/* The newest first. */
enum err event_closings(struct db *db, struct arena *arena, int64_t event_id, struct closing **ret, size_t *ret_count);

#endif
