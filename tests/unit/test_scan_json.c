/* The check-in doors' JSON: what a scan must have, and that an answer gains keys but loses none. */
#include "core/congress/checkin/scan_json.h"
#include "tests/unit/check.h"

#define NOW INT64_C(1796086800000)
#define SCAN "\"scan_id\":\"01890000-0000-7000-8000-000000000001\",\"gate\":\"main\",\"direction\":\"in\",\"scanned_at\":\"2026-12-01T01:00:00.000Z\""

static void test_answer(struct check *c)
{
    static const char *const keys[] = {"scan_id", "outcome", "reason", "person", "first", "conflict", "replayed"};
    static const char *const person_keys[] = {"code", "name", "delegation", "category", "seat", "badge_box", "number"};
    struct arena arena = {0};
    struct checkin_answer a = {.scan_id = "01890000-0000-7000-8000-000000000001", .outcome = OUTCOME_already_in, .person_code = "P1", .name = "Nguyễn Thị Ánh",
                               .delegation = "{\"vi\":\"Đoàn\",\"en\":\"Delegation\"}", .category = "official", .seat = "A1", .badge_box = "B3", .number = "7",
                               .first_ms = NOW, .first_gate = "main"};
    json_t *answer = scan_answer_json(&arena, &a, "en");
    json_t *person = json_object_get(answer, "person");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) CHECK(c, json_object_get(answer, keys[i]) != NULL);
    for (size_t i = 0; i < sizeof person_keys / sizeof *person_keys; i++) CHECK(c, json_is_string(json_object_get(person, person_keys[i])));
    CHECK_TEXT(c, json_string_value(json_object_get(person, "badge_box")), "B3");
    CHECK_TEXT(c, json_string_value(json_object_get(person, "seat")), "A1");
    CHECK_TEXT(c, json_string_value(json_object_get(person, "number")), "7");
    CHECK_TEXT(c, json_string_value(json_object_get(person, "delegation")), "Delegation");
    json_decref(answer);
    a.badge_box = NULL;
    answer = scan_answer_json(&arena, &a, "en");
    CHECK(c, json_is_null(json_object_get(json_object_get(answer, "person"), "badge_box"))); /* not known: the key is there all the same */
    json_decref(answer);
    a.name = a.number = NULL;
    a.first_ms = DB_NULL;
    answer = scan_answer_json(&arena, &a, "en");
    CHECK(c, json_is_null(json_object_get(answer, "person")) && json_is_null(json_object_get(answer, "first")));
    json_decref(answer);
    arena_release(&arena);
}

static enum reason read(struct arena *arena, const char *text, bool by_desk, struct checkin_scan *ret)
{
    json_t *object = NULL;
    struct fault fault;
    if (json_read(text, strlen(text), &object, NULL) != OK) return REASON_bad_request;
    const struct scan_reading how = {.by_desk = by_desk, .now_ms = NOW};
    enum reason reason = scan_json_read(object, arena, &how, ret, &fault);
    json_decref(object); /* only numbers and what the arena holds are looked at below */
    return reason;
}

static void test_scan(struct check *c)
{
    struct arena arena = {0};
    struct checkin_scan scan;
    CHECK(c, read(&arena, "{" SCAN ",\"token\":\"0000000000000001\",\"badge_box\":\"B3\",\"later\":[1]}", false, &scan) == REASON_none);
    CHECK(c, scan.asks && !scan.going_out && scan.scanned_ms == NOW && scan.age_ms == DB_NULL && scan.roster == DB_NULL);
    CHECK_TEXT(c, scan.token, "0000000000000001");
    static const char *const bad[] = {"{" SCAN "}", "{" SCAN ",\"token\":\"x\"}", "{" SCAN ",\"delegate\":\"P1\"}",
                                      "{" SCAN ",\"token\":\"0000000000000001\",\"age_ms\":-1}",
                                      "{" SCAN ",\"token\":\"0000000000000001\",\"decision\":\"invalid\"}",
                                      "{" SCAN ",\"token\":\"0000000000000001\",\"roster\":-1}", "{\"token\":\"0000000000000001\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(c, read(&arena, bad[i], false, &scan) == REASON_malformed);
    CHECK(c, read(&arena, "{" SCAN ",\"delegate\":\"P1\"}", true, &scan) == REASON_none);
    arena_release(&arena);
}

/* What waits at a gate comes sealed: only for this server, only as this scan. */
static void test_sealed(struct check *c)
{
    struct arena arena = {0};
    struct scan_key key, other;
    crypto_mailbox_make(key.secret);
    crypto_mailbox_make(other.secret);
    key.public_key = crypto_mailbox_public(&arena, key.secret);
    CHECK(c, strlen(key.public_key) == CRYPTO_MAILBOX_TEXT);
    const char *sealed = scan_seal_token(&arena, key.public_key, "01890000-0000-7000-8000-000000000001", "0000000000000001");
    const char *of_another = scan_seal_token(&arena, key.public_key, "01890000-0000-7000-8000-000000000002", "0000000000000001");
    const char *no_token = scan_seal_token(&arena, key.public_key, "01890000-0000-7000-8000-000000000001", "x");
    CHECK(c, sealed && of_another && strlen(sealed) <= SCAN_SEALED_MOST && !strstr(sealed, "0000000000000001"));
    CHECK(c, scan_seal_token(&arena, "no key", "a", "b") == NULL && scan_seal_token(&arena, "", "a", "b") == NULL);
    const struct {
        const char *sealed, *more;
        const struct scan_key *key;
        enum reason reason;
    } cases[] = {{sealed, "", &key, REASON_none}, {sealed, "", &other, REASON_malformed}, {sealed, "", NULL, REASON_malformed}, {of_another, "", &key, REASON_malformed},
                 {no_token, "", &key, REASON_malformed}, {"AAAA", "", &key, REASON_malformed}, {"", "", &key, REASON_malformed}, {"%%", "", &key, REASON_malformed},
                 {sealed, ",\"token\":\"0000000000000001\"", &key, REASON_malformed}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct checkin_scan scan;
        json_t *object = NULL;
        const struct scan_reading how = {.now_ms = NOW, .key = cases[i].key};
        const char *text = arena_printf(&arena, "{" SCAN ",\"sealed\":\"%s\"%s}", cases[i].sealed, cases[i].more);
        CHECK(c, json_read(text, strlen(text), &object, NULL) == OK);
        enum reason reason = scan_json_read(object, &arena, &how, &scan, NULL);
        CHECK(c, reason == cases[i].reason);
        if (reason == REASON_none) CHECK_TEXT(c, scan.token, "0000000000000001");
        json_decref(object);
    }
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    test_answer(&c);
    test_scan(&c);
    CHECK(&c, crypto_init() == OK);
    test_sealed(&c);
    return check_done(&c, "scan_json");
}
