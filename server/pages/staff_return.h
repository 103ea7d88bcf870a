/* A badge that a helper's camera opens. The camera is another program, and some browsers send no SameSite=Strict cookie with what it opens; badges say http, and
 * who signed in over https has no cookie there at all. So signing in leaves a mark beside the session that says nothing but "staff work in this browser", for
 * both schemes and from anywhere. A badge's page that finds the mark and no session opens itself once more (which is then our own page's doing, and the session
 * comes along), over https where staff work there; finds it none even so, it leads to the sign-in page and back. Delegates' phones have no mark and notice nothing.
 * Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_STAFF_RETURN_H
#define PLENUM_SERVER_PAGES_STAFF_RETURN_H

#include "server/app.h"

void staff_return_mark(struct http_request *req, bool signed_in);
/* For GET /d/{token}. True: the reply is made. */
bool staff_return_reply(struct http_request *req);

#endif
