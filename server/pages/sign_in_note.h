/* How somebody came to the form to sign in, as the history keeps it (core/congress/sign_in.h). Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_SIGN_IN_NOTE_H
#define PLENUM_SERVER_PAGES_SIGN_IN_NOTE_H

#include "core/congress/sign_in.h"
#include "server/app.h"

/* With a new id; all texts are static. */
void sign_in_note_fill(struct http_request *req, int64_t account_id, enum sign_in_outcome outcome, struct sign_in *ret);
/* Noted by the writer in its own time: whoever tries a password waits no longer for a name that is there than for one that is not. A note that finds no room is left. */
void sign_in_note(struct http_request *req, int64_t account_id, enum sign_in_outcome outcome);

#endif
