#include "catalogue.h"
#include "docs-bundle/bundle.h"

#include <string.h>

enum err bundle_trust_find(struct arena *arena, const char *data_folder, struct db *db, const char *key, enum bundle_trust *ret, const char **ret_name,
    struct fault *fault)
{
    struct bundle_key own;
    struct sql_docs_signer_get_row row;
    struct fault why = {0};
    *ret = TRUST_NONE;
    *ret_name = NULL;
    enum err e = data_folder ? bundle_key_open(arena, data_folder, false, NULL, &own, NULL, &why) : ERR_NOT_FOUND;
    if (e == OK) {
        bool is_own = strcmp(own.text, key) == 0;
        crypto_forget(&own.secret, sizeof own.secret);
        *ret = is_own ? TRUST_OWN : TRUST_NONE;
        *ret_name = is_own ? own.name : NULL;
        if (is_own) return OK;
    }
    if (!db) return OK;
    e = sql_docs_signer_get(db, arena, key, &row);
    if (e == ERR_NOT_FOUND) return OK;
    if (e != OK) return db_fault(db, e, fault, "read whom this folder trusts");
    *ret = TRUST_LISTED;
    *ret_name = row.name;
    return OK;
}
