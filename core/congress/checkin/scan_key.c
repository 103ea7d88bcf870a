#include "core/congress/checkin/scan_key.h"
#include "core/congress/store/store.h"

#include <string.h>

enum err scan_key_read(struct db *db, struct arena *arena, bool make, struct scan_key *ret)
{
    const char *text = NULL;
    size_t length = 0;
    enum err e = setting_read(db, arena, "scan_key", &text);
    if (e == OK && !text) {
        if (!make) return ERR_NOT_FOUND;
        crypto_mailbox_make(ret->secret);
        text = crypto_base64_encode(arena, ret->secret, sizeof ret->secret);
        e = text ? setting_write(db, "scan_key", text) : ERR_NOMEM;
    }
    if (e != OK) return e;
    const uint8_t *secret = crypto_base64_decode(arena, text, &length);
    if (!secret || length != sizeof ret->secret) return secret ? ERR_INPUT : ERR_NOMEM;
    memcpy(ret->secret, secret, sizeof ret->secret);
    ret->public_key = crypto_mailbox_public(arena, ret->secret);
    return ret->public_key ? OK : ERR_NOMEM;
}
