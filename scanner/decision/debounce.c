#include "scanner/decision/debounce.h"
#include "core/base/crypto.h"

#include <string.h>

void debounce_init(struct debounce *debounce, int64_t absence_ms)
{
    *debounce = (struct debounce){.absence_ms = absence_ms};
}

bool debounce_is_new(struct debounce *debounce, const char *text, size_t length, int64_t now_ms)
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    size_t place = 0;
    if (debounce->absence_ms <= 0) return true;
    crypto_derive("plenum-debounce", text, length, hash);
    for (size_t i = 0; i < DEBOUNCE_KEYS; i++) {
        if (debounce->items[i].used && memcmp(debounce->items[i].key, hash, sizeof debounce->items[i].key) == 0) {
            bool is_new = now_ms - debounce->items[i].seen_ms >= debounce->absence_ms;
            debounce->items[i].seen_ms = now_ms;
            return is_new;
        }
        if (!debounce->items[place].used) continue;
        if (!debounce->items[i].used || debounce->items[i].seen_ms < debounce->items[place].seen_ms) place = i;
    }
    debounce->items[place].used = true;
    debounce->items[place].seen_ms = now_ms;
    memcpy(debounce->items[place].key, hash, sizeof debounce->items[place].key);
    return true;
}
