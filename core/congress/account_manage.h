/* Accounts as the console makes and changes them: who may change whom, and what is never done (docs/decisions/0057-console.md).
 *
 * An organiser of all events manages every account. An organiser of some events sees the accounts that work in them, gives and takes the roles of desk and head
 * there, and manages (password, sessions, disabling) those whose every role is such a one: whoever also works elsewhere, or is an organiser, is not theirs. Nobody gives
 * what they do not have. Of those who answer for all events, with no end to it, one always remains; nobody disables themselves or takes their own role of an organiser
 * away.
 *
 * Who asks is read anew within the transaction, so a right that was taken a moment ago counts no more. Every change is in the audit log, and counts the account's
 * version up: a form that shows an older one is refused (account_changed). All functions that write run in the caller's transaction, on its connection's thread; refusals
 * have a reason (server/refusal.h). */
#ifndef PLENUM_CONGRESS_ACCOUNT_MANAGE_H
#define PLENUM_CONGRESS_ACCOUNT_MANAGE_H

#include "core/congress/account.h"

struct account_doing {
    struct db *db;
    struct arena *arena;
    struct fault *fault;
    int64_t now_ms;
    int64_t by_id; /* the account that does it */
};

enum account_reach { ACCOUNT_HIDDEN, ACCOUNT_SEEN, ACCOUNT_MANAGED };
enum account_reach account_reach_of(const struct account *who, const struct account *whom);
/* Whether `who` may give and take that role. */
bool account_may_grant(const struct account *who, const struct account_role *role);
/* Whether they manage anything at all: organisers of any event. */
bool account_manages(const struct account *who);

/* ERR_DENIED account_right; ERR_CONFLICT account_taken. `hash` is of a password that was made for them and has to be changed. */
enum err account_manage_make(const struct account_doing *d, const char *name, const char *hash, const struct account_role *role, int64_t *ret_id);

/* What may be done to one; `version` is the one that was shown. */
struct account_change {
    int64_t id, version;
    enum account_act { ACCOUNT_NEW_PASSWORD, ACCOUNT_DISABLE, ACCOUNT_ENABLE, ACCOUNT_GRANT, ACCOUNT_TAKE, ACCOUNT_END_SESSION, ACCOUNT_END_SESSIONS } act;
    const char *hash;         /* ACCOUNT_NEW_PASSWORD */
    struct account_role role; /* ACCOUNT_GRANT, ACCOUNT_TAKE */
    int64_t sign_in_id;       /* ACCOUNT_END_SESSION */
};
/* ERR_NOT_FOUND: no such account, or none that who asks may see; ERR_DENIED account_right, account_own; ERR_CONFLICT account_changed, account_last, account_ended. */
enum err account_manage_change(const struct account_doing *d, const struct account_change *change);

/* The roles of an account as pages call them, also those that have ended; of all (0). In the order of the accounts' ids. */
struct account_role_named {
    int64_t account_id;
    struct account_role role;
    const char *slug, *title, *timezone; /* NULL: every event */
    const char *unit_code, *unit_name;   /* NULL: no head */
};
enum err account_roles_named(struct db *db, struct arena *arena, int64_t account_id, struct account_role_named **ret, size_t *ret_count);

#endif
