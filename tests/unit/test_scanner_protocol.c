/* Scans and answers as JSON; what else may come from the other side. */
#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/net/http_client.h"
#include "scanner/sync/protocol.h"
#include "tests/unit/check.h"

#include <stdlib.h>

static void test_scan(struct check *c)
{
    struct queue queue = {.boot_id = "this start"};
    struct queued_scan scan = {.scan_id = "018f0000-0000-7000-8000-000000000000", .token = "0123456789ABCDEF", .gate = "main", .direction = "in",
                               .scanned_ms = 1796090400123, .boot_id = "another", .steady_ms = 5, .told = "admitted", .roster = 12};
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    protocol_put_scan(&out, &queue, &scan);
    CHECK_TEXT(c, buf_text(&out), "{\"scan_id\":\"018f0000-0000-7000-8000-000000000000\",\"token\":\"0123456789ABCDEF\",\"gate\":\"main\",\"direction\":\"in\","
                                  "\"scanned_at\":\"2026-12-01T02:00:00.123Z\",\"age_ms\":null,\"decision\":\"admitted\",\"roster\":12}");
    buf_clear(&out);
    scan.boot_id = "this start";
    scan.roster = DB_NULL;
    scan.told = "ask";
    protocol_put_scan(&out, &queue, &scan);
    json_t *value = NULL;
    CHECK(c, json_read(buf_text(&out), out.length, &value, NULL) == OK);
    CHECK(c, json_is_integer(json_object_get(value, "age_ms")) && json_is_null(json_object_get(value, "roster")));
    json_decref(value);
    buf_release(&out);
}

static enum err read_text(struct arena *arena, const char *text, struct scan_answers *ret)
{
    return protocol_read_answers(arena, text, strlen(text), ret, NULL);
}

static void test_answers(struct check *c)
{
    struct arena arena = {0};
    struct scan_answers a = {0};
    static const char good[] =
        "{\"server_time\":\"2026-12-01T02:00:00.000Z\",\"results\":["
        "{\"scan_id\":\"x\",\"outcome\":\"already_in\",\"reason\":null,\"person\":{\"name\":\"Đỗ\",\"seat\":null,\"badge_box\":\"B3\"},"
        "\"first\":{\"at\":\"2026-12-01T01:00:00.000Z\",\"gate\":\"main\"},\"conflict\":true,\"replayed\":true,\"later\":[1]},"
        "{\"scan_id\":\"y\",\"outcome\":\"a_new_word\",\"person\":{\"seat\":\"A1\"},\"first\":null}]}";
    CHECK(c, read_text(&arena, good, &a) == OK && a.count == 2);
    CHECK_TEXT(c, a.items[0].name, "Đỗ");
    CHECK(c, a.items[0].conflict && a.items[0].replayed && !a.items[0].seat && !a.items[0].reason && a.items[0].first_ms == 1796086800000);
    CHECK_TEXT(c, a.items[1].outcome, "a_new_word");
    CHECK(c, a.items[1].first_ms == DB_NULL && !a.items[1].name);
    CHECK_TEXT(c, a.items[0].badge_box, "B3");
    CHECK_TEXT(c, a.items[1].seat, "A1");
    CHECK(c, !a.items[1].badge_box); /* a server that does not know of boxes */
    static const char *const bad[] = {"", "<html>login</html>", "{}", "[]", "{\"results\":{}}", "{\"results\":[1]}", "{\"results\":[{\"scan_id\":\"x\"}]}",
                                      "{\"results\":[{\"scan_id\":1,\"outcome\":\"admitted\"}]}", "{\"results\":[", "{\"results\":[],\"results\":[]}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(c, read_text(&arena, bad[i], &a) == ERR_INPUT);
    CHECK_TEXT(c, protocol_problem_code(&arena, "{\"code\":\"too_many\"}", 19), "too_many");
    CHECK(c, !protocol_problem_code(&arena, "<html>", 6) && !protocol_problem_code(&arena, "{\"code\":7}", 10));
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    CHECK(&c, crypto_init() == OK);
    test_scan(&c);
    test_answers(&c);
    CHECK(&c, http_server_is_valid("http://10.0.0.1:8080") && http_server_is_valid("https://[fe80::1]:8443") && http_server_is_valid("http://may-chu.local"));
    CHECK(&c, !http_server_is_valid("ftp://10.0.0.1") && !http_server_is_valid("http://") && !http_server_is_valid("http://a/b") && !http_server_is_valid("http://u@h"));
    return check_done(&c, "scanner/protocol");
}
