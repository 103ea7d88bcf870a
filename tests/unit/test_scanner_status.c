/* The status page's requests: whom it answers, and what is no request at all. */
#include "scanner/status/request.h"
#include "scanner/status/assets.h"
#include "core/base/json.h"
#include "tests/unit/check.h"

#include <stdlib.h>

/* Reads from memory of exactly that size, so that a sanitizer sees a step beyond. */
static int read_head(const char *text, struct status_request *ret)
{
    size_t length = strlen(text);
    char *copy = malloc(length + 1);
    if (!copy) return -1;
    memcpy(copy, text, length);
    size_t head = status_head_length(copy, length);
    int refused = head ? status_request_read(copy, head, 8090, ret) : -2;
    free(copy);
    return refused;
}

static int with_host(const char *host)
{
    char text[512];
    struct status_request request;
    (void)snprintf(text, sizeof text, "GET /events HTTP/1.1\r\nHost: %s\r\nUser-Agent: x\r\n\r\n", host);
    return read_head(text, &request);
}

static int with_lines(const char *lines)
{
    char text[512];
    struct status_request request;
    (void)snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: 127.0.0.1:8090\r\n%s\r\n", lines);
    return read_head(text, &request);
}

static void test_hosts(struct check *c)
{
    CHECK(c, with_host("127.0.0.1:8090") == 0);
    CHECK(c, with_host("localhost:8090") == 0);
    CHECK(c, with_host("LOCALHOST:8090") == 0);
    CHECK(c, with_host("  [::1]:8090\t") == 0);
    static const char *const others[] = {"", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:80901", "gate.example:8090",
                                          "127.0.0.1.gate.example:8090", "localhost:8090@x", "0.0.0.0:8090"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) CHECK(c, with_host(others[i]) == 421);
    struct status_request request;
    CHECK(c, read_head("GET / HTTP/1.1\r\nAccept: x\r\n\r\n", &request) == 421);
    CHECK(c, with_lines("Host: 127.0.0.1:8090\r\n") == 400);
}

static void test_other_pages(struct check *c)
{
    CHECK(c, with_lines("Sec-Fetch-Site: none\r\n") == 0);
    CHECK(c, with_lines("Sec-Fetch-Site: same-origin\r\n") == 0);
    CHECK(c, with_lines("Sec-Fetch-Site: cross-site\r\n") == 403);
    CHECK(c, with_lines("Sec-Fetch-Site: same-site\r\n") == 403);
    CHECK(c, with_lines("Origin: http://127.0.0.1:8090\r\n") == 0);
    CHECK(c, with_lines("Origin: http://127.0.0.1:8091\r\n") == 403);
    CHECK(c, with_lines("Origin: null\r\n") == 403);
    CHECK(c, with_lines("Content-Length: 5\r\n") == 400);
    CHECK(c, with_lines("Transfer-Encoding: chunked\r\n") == 400);
    CHECK(c, with_lines(" folded: x\r\n") == 400);
    CHECK(c, with_lines("no colon\r\n") == 400);
}

static void test_lines(struct check *c)
{
    struct status_request request;
    CHECK(c, read_head("GET /page.js?x=1 HTTP/1.1\r\nHost: localhost:8090\r\n\r\n", &request) == 0);
    CHECK_TEXT(c, request.path, "/page.js");
    CHECK(c, read_head("POST / HTTP/1.1\r\nHost: localhost:8090\r\n\r\n", &request) == 405);
    CHECK(c, read_head("GET http://localhost:8090/ HTTP/1.1\r\nHost: localhost:8090\r\n\r\n", &request) == 400);
    CHECK(c, read_head("GET /\r\nHost: localhost:8090\r\n\r\n", &request) == 400);
    CHECK(c, read_head("GET / HTTP/2.0\r\nHost: localhost:8090\r\n\r\n", &request) == 400);
    CHECK(c, read_head("GET\r\n\r\n", &request) == 421);
    CHECK(c, read_head("\r\n\r\n", &request) == 421);
    CHECK(c, read_head("GET / HTTP/1.1\r\nHost: localhost:8090\r\n", &request) == -2);
    char text[600] = "GET /";
    memset(text + 5, 'a', 300);
    (void)snprintf(text + 305, sizeof text - 305, " HTTP/1.1\r\nHost: localhost:8090\r\n\r\n");
    CHECK(c, read_head(text, &request) == 414);
}

/* Every prefix and every single damaged byte of a good head is refused or read, and nothing is touched beyond it. */
static void test_damage(struct check *c)
{
    static const char good[] = "GET /events?a HTTP/1.1\r\nHost: 127.0.0.1:8090\r\nOrigin: http://127.0.0.1:8090\r\n\r\n";
    static const char bytes[] = {'\0', '\r', '\n', ' ', ':', '/', '\x7f', (char)0xff};
    size_t length = sizeof good - 1, read = 0;
    for (size_t i = 0; i < length; i++)
        for (size_t k = 0; k < sizeof bytes; k++) {
            char *copy = malloc(length);
            if (!copy) continue;
            struct status_request request;
            memcpy(copy, good, length);
            copy[i] = bytes[k];
            size_t head = status_head_length(copy, length);
            if (head && status_request_read(copy, head, 8090, &request) == 0) read++;
            free(copy);
        }
    CHECK(c, read > 0 && read < length * sizeof bytes);
}

static void test_words(struct check *c)
{
    size_t languages = 0, keys = 0;
    for (size_t i = 0; i < status_asset_count; i++) {
        json_t *words = NULL;
        if (strncmp(status_assets[i].path, "/words/", 7) != 0) continue;
        CHECK(c, json_read((const char *)status_assets[i].data, status_assets[i].length, &words, NULL) == OK);
        languages++;
        if (!keys) keys = json_object_size(words);
        CHECK(c, json_object_size(words) == keys && keys > 60);
        CHECK(c, json_is_string(json_object_get(words, "gate.outcome.lost")) && json_is_string(json_object_get(words, "desk.reason.revoked")));
        json_decref(words);
    }
    CHECK(c, languages == 4);
}

int main(void)
{
    struct check c = {0};
    test_hosts(&c);
    test_other_pages(&c);
    test_lines(&c);
    test_damage(&c);
    test_words(&c);
    return check_done(&c, "scanner_status");
}
