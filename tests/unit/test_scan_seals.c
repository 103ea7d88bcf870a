/* The seals that a browser makes (web/js/scan/seal.js) are opened here, and ours are what it opens: tests/fixtures/seals.json holds both sides. */
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/congress/badges/badge_token.h"
#include "core/congress/checkin/scan_seal.h"
#include "tests/unit/check.h"

static const char *text_of(const json_t *fixture, const char *key)
{
    const char *text = json_string_value(json_object_get(fixture, key));
    return text ? text : "";
}

static void read_hex(const char *hex, uint8_t *out, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned byte = 0;
        (void)sscanf(hex + 2 * i, "%2x", &byte);
        out[i] = (uint8_t)byte;
    }
}

static void test_badge(struct check *c, struct arena *arena, const json_t *fixture)
{
    char id[BADGE_TOKEN_ID_SIZE];
    badge_token_id(text_of(fixture, "token"), id);
    CHECK_TEXT(c, id, text_of(fixture, "badge_id"));
    const char *record = badge_token_unseal(arena, text_of(fixture, "token"), text_of(fixture, "record"));
    CHECK(c, record && strstr(record, text_of(json_object_get(fixture, "person"), "name")));
}

static void test_page(struct check *c, struct arena *arena, const json_t *fixture)
{
    struct scan_key key;
    const char *token = NULL;
    char key_hash[CRYPTO_HASH_HEX];
    read_hex(text_of(fixture, "mailbox_secret"), key.secret, sizeof key.secret);
    key.public_key = crypto_mailbox_public(arena, key.secret);
    CHECK_TEXT(c, key.public_key, text_of(fixture, "mailbox_public"));
    CHECK(c, strlen(text_of(fixture, "sealed_by_page")) < SCAN_SEALED_MOST);
    CHECK(c, scan_unseal_token(arena, &key, text_of(fixture, "scan_id"), text_of(fixture, "sealed_by_page"), &token));
    CHECK_TEXT(c, token, text_of(fixture, "token"));
    CHECK(c, !scan_unseal_token(arena, &key, "0190b1c2-0000-7000-8000-00000000abce", text_of(fixture, "sealed_by_page"), &token));
    crypto_sha256_hex(text_of(fixture, "device_key"), strlen(text_of(fixture, "device_key")), key_hash);
    CHECK_TEXT(c, scan_unseal(arena, key_hash, text_of(fixture, "file_by_page")), text_of(fixture, "file_text"));
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    struct fault fault = {0};
    json_t *fixture = NULL;
    char *text;
    size_t length;
    if (crypto_init() != OK || file_read(&arena, "tests/fixtures/seals.json", 65536, &text, &length, &fault) != OK || json_read(text, length, &fixture, &fault) != OK) {
        printf("not ok: %s\n", fault.text);
        return 1;
    }
    test_badge(&c, &arena, fixture);
    test_page(&c, &arena, fixture);
    json_decref(fixture);
    arena_release(&arena);
    return check_done(&c, "scan seals");
}
