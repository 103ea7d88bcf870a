/* How credentials are made: one place for import, reissue, walk-ins and member cards. */
#ifndef PLENUM_CONGRESS_CREDENTIAL_H
#define PLENUM_CONGRESS_CREDENTIAL_H

#include "core/base/id.h"
#include "core/congress/badges/badge_token.h"
#include "core/db/db.h"

/* A credential that is not stored yet. The token is a secret: never in logs, audit or messages. */
struct credential_new {
    int64_t id;
    char token[ID_TOKEN_SIZE];
    char token_id[BADGE_TOKEN_ID_SIZE];
};

/* A fresh random token and what gates may know of it. crypto_init must have been called. */
void credential_make(struct id_source *ids, struct credential_new *ret);

/* Whose it is. Ids 0: none. A badge has event and delegate (and a person, unless blank); a member card has a person only. */
struct credential_owner {
    int64_t person_id, event_id, delegate_id;
};
/* In the caller's transaction. Who is to see the new badge at the doors bumps the roster (reissue.h does). */
enum err credential_add(struct db *db, const struct credential_new *credential, const struct credential_owner *owner, int64_t issue, int64_t now_ms);

#endif
