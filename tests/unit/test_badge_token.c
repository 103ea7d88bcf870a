/* What a gate keeps of a badge: ids that tell nothing, records that open with the token only. */
#include "core/congress/badges/badge_token.h"
#include "tests/unit/check.h"

#define TOKEN "7ZQ4M0RTX8WK3D5N"
#define OTHER "7ZQ4M0RTX8WK3D5P"

/* BLAKE2b-256 with the context as person parameter (RFC 7693), made with Python's hashlib: blake2b(token, digest_size=32, person=b"plenum-badge-id"). */
static void test_id(struct check *check)
{
    char id[BADGE_TOKEN_ID_SIZE], other[BADGE_TOKEN_ID_SIZE];
    badge_token_id(TOKEN, id);
    CHECK_TEXT(check, id, "9e3aa1c64dea63d65a387856858023380aa94bec633aba9942966433f3577c2f");
    badge_token_id(OTHER, other);
    CHECK(check, strlen(id) == 64 && strcmp(id, other) != 0);
}

static void test_seal(struct check *check)
{
    struct arena arena = {0};
    static const char text[] = "{\"name\":\"Đặng Thị Hồng Thắm\",\"seat\":\"A1\"}";
    char id[BADGE_TOKEN_ID_SIZE];
    char *sealed = badge_token_seal(&arena, TOKEN, text), *again = badge_token_seal(&arena, TOKEN, text);
    CHECK(check, sealed && again && strcmp(sealed, again) != 0); /* a nonce of its own each time */
    if (!sealed) return;
    CHECK_TEXT(check, badge_token_unseal(&arena, TOKEN, sealed), text);
    CHECK(check, strspn(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(sealed));
    CHECK(check, !strstr(sealed, TOKEN) && !badge_token_unseal(&arena, OTHER, sealed));
    badge_token_id(TOKEN, id);
    CHECK(check, !badge_token_unseal(&arena, id, sealed)); /* what the roster shows opens nothing */
    CHECK(check, !badge_token_unseal(&arena, "", sealed));
    CHECK_TEXT(check, badge_token_unseal(&arena, TOKEN, badge_token_seal(&arena, TOKEN, "")), "");
    arena_release(&arena);
}

/* A changed, cut or foreign record never opens, whatever byte it is. */
static void test_damage(struct check *check)
{
    struct arena arena = {0};
    char *sealed = badge_token_seal(&arena, TOKEN, "{\"name\":\"Võ Thị Mỹ Duyên\"}");
    size_t length = sealed ? strlen(sealed) : 0, opened = 0;
    CHECK(check, length > 50);
    for (size_t i = 0; i + 1 < length; i++) { /* the last character has bits that mean nothing */
        char *bad = arena_strdup(&arena, sealed);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        opened += badge_token_unseal(&arena, TOKEN, bad) != NULL;
        bad[i] = '\0';
        opened += badge_token_unseal(&arena, TOKEN, bad) != NULL;
    }
    CHECK(check, opened == 0);
    CHECK(check, !badge_token_unseal(&arena, TOKEN, "not base64!") && !badge_token_unseal(&arena, TOKEN, ""));
    arena_release(&arena);
}

int main(void)
{
    struct check check = {0};
    if (crypto_init() != OK) return 1;
    test_id(&check);
    test_seal(&check);
    test_damage(&check);
    return check_done(&check, "badge token");
}
