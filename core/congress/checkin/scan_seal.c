#include "core/congress/checkin/scan_seal.h"

#include <string.h>

#define CONTEXT "plenum-scan-file"

char *scan_seal(struct arena *arena, const char *key_hash, const char *text) { return crypto_seal_text(arena, CONTEXT, key_hash, text); }

char *scan_unseal(struct arena *arena, const char *key_hash, const char *sealed) { return crypto_unseal_text(arena, CONTEXT, key_hash, sealed); }

char *scan_seal_token(struct arena *arena, const char *public_key, const char *scan_id, const char *token)
{
    const char *text = arena_printf(arena, "%s %s", scan_id, token);
    return text ? crypto_mailbox_put(arena, public_key, text) : NULL;
}

bool scan_unseal_token(struct arena *arena, const struct scan_key *key, const char *scan_id, const char *sealed, const char **ret_token)
{
    const char *text = crypto_mailbox_take(arena, key->secret, sealed);
    size_t length = strlen(scan_id);
    if (!text || strncmp(text, scan_id, length) != 0 || text[length] != ' ') return false;
    *ret_token = text + length + 1;
    return true;
}
