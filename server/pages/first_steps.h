/* What a newcomer does next, with what is done ticked: from an empty installation to the first printed badge and an open door. Nothing has to be done in this order, and
 * nothing remembers that somebody was here: what is done is read from what there is. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_FIRST_STEPS_H
#define PLENUM_SERVER_PAGES_FIRST_STEPS_H

#include "server/pages/view.h"

/* `steps` for first_steps.html, of this event (NULL: there is none yet). Not put when all is done and `always` is false. */
enum err first_steps_put(struct view *view, struct db *db, int64_t event_id, const char *slug, bool always);

#endif
