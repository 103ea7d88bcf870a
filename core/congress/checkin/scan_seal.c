#include "core/congress/checkin/scan_seal.h"
#include "core/base/crypto.h"

#define CONTEXT "plenum-scan-file"

char *scan_seal(struct arena *arena, const char *key_hash, const char *text) { return crypto_seal_text(arena, CONTEXT, key_hash, text); }

char *scan_unseal(struct arena *arena, const char *key_hash, const char *sealed) { return crypto_unseal_text(arena, CONTEXT, key_hash, sealed); }
