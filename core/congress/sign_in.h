/* Who signed in when, and from what kind of connection and browser; sessions that are open now (docs/decisions/0057-console.md).
 *
 * There is no address, no name of a machine and nothing that was typed: a hall shares one address, and a wrong "name" is often a password. Tries with a name that is
 * no account's are only counted by the waits of server/pages/throttle.h. Rows are kept for SIGN_IN_KEPT_MS.
 *
 * Functions with a `struct db *` belong to that connection's thread; those that write run in the caller's transaction. */
#ifndef PLENUM_CONGRESS_SIGN_IN_H
#define PLENUM_CONGRESS_SIGN_IN_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/congress/account.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGN_IN_KEPT_MS (INT64_C(366) * 24 * 60 * 60 * 1000)

enum sign_in_outcome {
    SIGN_IN_DONE,
    SIGN_IN_WRONG,   /* the password */
    SIGN_IN_REFUSED, /* the password was right, and this account does not work over such a connection, or is disabled */
    SIGN_IN_CHANGED  /* the own password was changed: a new session */
};

struct sign_in {
    int64_t id, account_id, at_ms;
    enum sign_in_outcome outcome;
    const char *way;              /* "here" this machine, "https", "air" plain HTTP from elsewhere */
    const char *browser, *machine; /* families: "firefox", "android"; "other" */
    int64_t ended_ms;             /* somebody ended its session; DB_NULL */
    const char *ended_by;         /* NULL */
};

const char *sign_in_outcome_name(enum sign_in_outcome outcome); /* "in", "wrong", "refused", "changed" */

/* What a browser says of itself (User-Agent; may be NULL), as two words of a short list. Static. */
void sign_in_read_browser(const char *user_agent, const char **ret_browser, const char **ret_machine);

/* Its id is made by the caller (core/base/id.h), so that a session can name it. Also throws out what is too old. */
enum err sign_in_write(struct db *db, const struct sign_in *sign_in);
/* The newest first, those before `before_id` (INT64_MAX: all), at most `most`. */
enum err sign_in_list(struct db *db, struct arena *arena, int64_t account_id, int64_t before_id, size_t most, struct sign_in **ret, size_t *ret_count);
/* Wrong passwords since then. */
enum err sign_in_count_wrong(struct db *db, struct arena *arena, int64_t account_id, int64_t since_ms, int64_t *ret);

struct sign_in_session {
    int64_t sign_in_id; /* DB_NULL: from before there was a history */
    int64_t since_ms, until_ms;
    const char *way, *browser, *machine; /* NULL then */
};
/* Those that are open now, the newest first. */
enum err sign_in_sessions(struct db *db, struct arena *arena, int64_t account_id, int64_t now_ms, struct sign_in_session **ret, size_t *ret_count);
/* ERR_NOT_FOUND: it is not open (any more). */
enum err sign_in_end(struct db *db, int64_t account_id, int64_t sign_in_id, const char *actor, int64_t now_ms);
/* All of the account but one (NULL: all). */
enum err sign_in_end_others(struct db *db, int64_t account_id, const struct web_session *but, const char *actor, int64_t now_ms, int64_t *ret_count);

#endif
