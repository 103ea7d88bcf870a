#include "core/congress/papers/pin_session.h"
#include "core/base/crypto.h"

#include "catalogue.h"

#include <string.h>

static const char *const kind_names[] = {[PIN_SESSION_BADGE] = "badge", [PIN_SESSION_NUMBER] = "number", [PIN_SESSION_KIOSK] = "kiosk"};

static void hash_cookie(const char *cookie, char out[CRYPTO_HASH_HEX])
{
    crypto_sha256_hex(cookie, strlen(cookie), out);
}

enum err pin_session_add(struct db *db, struct arena *arena, const struct pin_session *session, int64_t now_ms, const char **ret_cookie)
{
    char hash[CRYPTO_HASH_HEX];
    const char *cookie = crypto_random_text(arena, 32);
    if (!cookie) return ERR_NOMEM;
    hash_cookie(cookie, hash);
    const struct sql_pin_session_insert_in in = {.id_hash = hash, .delegate_id = session->delegate_id, .created_ms = now_ms, .expires_ms = session->expires_ms,
                                                 .kind = kind_names[session->kind], .passed = session->passed};
    enum err e = sql_pin_session_delete_expired(db, now_ms, NULL);
    if (e == OK) e = sql_pin_session_insert(db, &in, NULL);
    if (e == OK) *ret_cookie = cookie;
    return e;
}

enum err pin_session_find(struct db *db, struct arena *arena, const char *cookie, int64_t now_ms, struct pin_session *ret)
{
    char hash[CRYPTO_HASH_HEX];
    struct sql_pin_session_find_row row;
    hash_cookie(cookie, hash);
    enum err e = sql_pin_session_find(db, arena, hash, now_ms, &row);
    if (e != OK) return e;
    *ret = (struct pin_session){.delegate_id = row.delegate_id, .expires_ms = row.expires_ms, .passed = row.passed != 0};
    for (size_t i = 0; i < sizeof kind_names / sizeof *kind_names; i++)
        if (strcmp(row.kind, kind_names[i]) == 0) ret->kind = (enum pin_session_kind)i;
    return OK;
}

enum err pin_session_pass(struct db *db, const char *cookie)
{
    char hash[CRYPTO_HASH_HEX];
    hash_cookie(cookie, hash);
    return sql_pin_session_pass(db, hash, NULL);
}

enum err pin_session_end(struct db *db, const char *cookie)
{
    char hash[CRYPTO_HASH_HEX];
    hash_cookie(cookie, hash);
    return sql_pin_session_delete(db, hash, NULL);
}

enum err pin_session_token(struct db *db, int64_t delegate_id, char ret[ID_TOKEN_SIZE])
{
    struct arena arena = {0};
    struct sql_pin_token_row row;
    enum err e = sql_pin_token(db, &arena, delegate_id, &row);
    if (e == OK) e = id_token_read(row.token, ret) ? OK : ERR_NOT_FOUND;
    arena_release(&arena);
    return e;
}
