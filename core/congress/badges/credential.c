#include "core/congress/badges/credential.h"

#include "catalogue.h"

#include <string.h>

void credential_make(struct id_source *ids, struct credential_new *ret)
{
    ret->id = id_next(ids);
    id_token_make(ret->token);
    badge_token_id(ret->token, ret->token_id);
}

enum err credential_add(struct db *db, const struct credential_new *credential, const struct credential_owner *owner, int64_t issue, int64_t now_ms)
{
    return sql_credential_add(db, &(struct sql_credential_add_in){.id = credential->id, .token = credential->token, .token_id = credential->token_id,
                              .person_id = owner->person_id ? owner->person_id : DB_NULL, .event_id = owner->event_id ? owner->event_id : DB_NULL,
                              .delegate_id = owner->delegate_id ? owner->delegate_id : DB_NULL, .issue = issue, .created_ms = now_ms}, NULL);
}
