/* The pages of accounts, shown again by their forms. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_ACCOUNTS_H
#define PLENUM_SERVER_PAGES_ACCOUNTS_H

#include "core/congress/account_manage.h"
#include "server/pages/console.h"

struct accounts_said {
    int status;           /* of the reply */
    const char *problem;  /* in the reader's words; NULL: none */
    const char *password; /* that was just made, shown this once; NULL: none */
    const char *name;     /* whose it is; or what was typed, to be put right */
};

void accounts_show(struct http_request *req, const struct accounts_said *said);
void account_show(struct http_request *req, int64_t id, const struct accounts_said *said);

/* `sessions` that are open and `tries` of the history, as both pages about an account show them. `keep_id`: the session that is used now, which is not ended by a
 * click (0: none). */
enum err accounts_put_history(struct view *view, struct db *db, int64_t account_id, int64_t keep_id);

#endif
