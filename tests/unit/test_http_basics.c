/* # threads: also under the thread sanitizer */
/* Routes, parameters, methods, hosts, origins, headers, forms, JSON, cookies, compression. */
#include "tests/unit/http_kit.h"

static void say_path(struct http_request *req)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    const char *a = http_param(req, "a"), *b = http_param(req, "b"), *q = http_query(req, "q");
    buf_printf(&out, "%s|%s|%s|%s", req->route->pattern, a ? a : "-", b ? b : "-", q ? q : "-");
    http_reply_buf(req, 200, "text/plain; charset=utf-8", &out);
}

static void say_body(struct http_request *req)
{
    http_reply(req, 200, "application/octet-stream", req->body, req->body_length);
}

static void say_form(struct http_request *req)
{
    char *text = arena_printf(req->arena, "%s+%s+%s", http_form(req, "name") ? http_form(req, "name") : "-", http_form_at(req, "name",
            1) ? http_form_at(req, "name", 1) : "-",
                              http_cookie(req, "sid") ? http_cookie(req, "sid") : "-");
    http_reply_text(req, 200, "text/plain", text);
}

static void say_json(struct http_request *req)
{
    json_t *body = http_body_json(req);
    if (!body) return;
    http_reply_json(req, 201, json_pack("{s:O, s:b}", "got", body, "bearer", http_bearer(req) != NULL));
}

static void big_page(struct http_request *req)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    for (int i = 0; i < 200; i++) buf_printf(&out, "<p>line %d</p>\n", i);
    http_reply_buf(req, 200, "text/html; charset=utf-8", &out);
}

static void tagged(struct http_request *req)
{
    if (!http_not_modified(req, "v7")) http_reply_text(req, 200, "application/json", "{}");
}

static void nothing(struct http_request *req)
{
    (void)req;
}

static void twice(struct http_request *req)
{
    (void)http_set_cookie(req, "sid", "abc", "/", 60);
    (void)http_set_cookie(req, "lang", "vi", "/", -1);
    http_reply_text(req, 200, "text/plain", "one");
    http_reply_text(req, 500, "text/plain", "two");
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", 0, 0, 0, say_path, "say_path", ""},
    {HTTP_GET, "/a/{a}", 0, 0, 0, say_path, "say_path", ""},
    {HTTP_GET, "/a/fixed", 0, 0, 0, say_path, "say_path", ""},
    {HTTP_GET, "/a/{a}/b/{b}", 0, 0, 0, say_path, "say_path", ""},
    {HTTP_GET, "/static/{a*}", 0, 0, 0, say_path, "say_path", ""},
    {HTTP_GET, "/d/{a}", 0, HTTP_FOLD_FIRST | HTTP_ANY_HOST | HTTP_SECRET, 0, say_path, "say_path", ""},
    {HTTP_POST, "/echo", 0, 0, 1000, say_body, "say_body", ""},
    {HTTP_POST, "/form", 0, 0, 4000, say_form, "say_form", ""},
    {HTTP_POST, "/api/json", 0, 0, 4000, say_json, "say_json", ""},
    {HTTP_POST, "/large", 1, 0, 100000, say_body, "say_body", ""},
    {HTTP_GET, "/big", 0, 0, 0, big_page, "big_page", ""},
    {HTTP_GET, "/d/{a}/big", 0, HTTP_SECRET, 0, big_page, "big_page", ""},
    {HTTP_GET, "/tagged", 0, 0, 0, tagged, "tagged", ""},
    {HTTP_GET, "/nothing", 0, 0, 0, nothing, "nothing", ""},
    {HTTP_GET, "/twice", 0, 0, 0, twice, "twice", ""},
    {HTTP_GET, "/closed", 2, 0, 0, say_path, "say_path", ""},
};

static bool ours(void *context, const char *host)
{
    (void)context;
    return strcmp(host, "here") == 0;
}

static enum err authorize(void *context, struct http_request *req)
{
    (void)context;
    if (req->route->who == 2) {
        http_reply_problem(req, 401, "sign_in", "Please sign in.");
        return ERR_DENIED;
    }
    return req->route->who == 1 && !req->has_bearer ? ERR_DENIED : OK;
}

static enum err accept_form(void *context, struct http_request *req)
{
    (void)context;
    if (!http_cookie(req, "sid") || strcmp(http_cookie(req, "sid"), "guarded") != 0) return OK;
    return http_form(req, "csrf") && strcmp(http_form(req, "csrf"), "right") == 0 ? OK : ERR_DENIED;
}

static void check_body(struct kit *kit, const char *path, const char *want)
{
    struct answer answer = kit_get(kit, path, NULL);
    CHECK(&kit->check, answer.status == 200);
    if (!CHECK_TEXT(&kit->check, answer.body, want)) printf("# %s: %d\n", path, answer.status);
    answer_free(&answer);
}

static void check_status(struct kit *kit, const char *request, int want)
{
    int got = kit_status(kit, request);
    if (!CHECK(&kit->check, got == want)) printf("# %.60s: %d, wanted %d\n", request, got, want);
}

static void test_routes(struct kit *kit)
{
    check_body(kit, "/", "/|-|-|-");
    check_body(kit, "/a/x", "/a/{a}|x|-|-");
    check_body(kit, "/a/fixed", "/a/fixed|-|-|-");
    check_body(kit, "/a/Nguy%E1%BB%85n%20A/b/%C4%91", "/a/{a}/b/{b}|Nguyễn A|đ|-");
    check_body(kit, "/a/100%25", "/a/{a}|100%|-|-");
    check_body(kit, "/a/x?q=1%2B1+%3D+2&q=no", "/a/{a}|x|-|1+1 = 2");
    check_body(kit, "/a/x?r=1&q", "/a/{a}|x|-|");
    check_body(kit, "/static/css/page.css", "/static/{a*}|css/page.css|-|-");
    check_body(kit, "/d/TOKEN", "/d/{a}|TOKEN|-|-");
    check_body(kit, "/D/TOKEN", "/d/{a}|TOKEN|-|-");
    check_status(kit, "GET /A/x HTTP/1.1\r\nHost: here\r\n\r\n", 404);
    check_status(kit, "GET /none HTTP/1.1\r\nHost: here\r\n\r\n", 404);
    check_status(kit, "GET /static HTTP/1.1\r\nHost: here\r\n\r\n", 404);
    check_status(kit, "GET /a/x/b/y/c HTTP/1.1\r\nHost: here\r\n\r\n", 404);
    struct answer answer = kit_get(kit, "/a/%C4%91/?q=1", NULL);
    CHECK(&kit->check, answer.status == 308);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Location"), "/a/%C4%91?q=1");
    answer_free(&answer);
}

static void test_methods(struct kit *kit)
{
    struct answer answer = kit_ask(kit, "POST /a/x HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n");
    CHECK(&kit->check, answer.status == 405);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Allow"), "GET, HEAD, OPTIONS");
    answer_free(&answer);
    answer = kit_ask(kit, "OPTIONS /echo HTTP/1.1\r\nHost: here\r\n\r\n");
    CHECK(&kit->check, answer.status == 204);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Allow"), "POST, OPTIONS");
    answer_free(&answer);
    check_status(kit, "BREW /a/x HTTP/1.1\r\nHost: here\r\n\r\n", 501);
    check_status(kit, "get /a/x HTTP/1.1\r\nHost: here\r\n\r\n", 501);
    check_status(kit, "TRACE /a/x HTTP/1.1\r\nHost: here\r\n\r\n", 501);
    check_status(kit, "CONNECT here:80 HTTP/1.1\r\nHost: here\r\n\r\n", 400);
    answer = kit_ask(kit, "HEAD /a/x HTTP/1.1\r\nHost: here\r\n\r\n");
    CHECK(&kit->check, answer.status == 200);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Content-Length"), "12");
    answer_free(&answer);
    int fd = kit_connect(kit); /* nothing follows the head of a HEAD: the next answer begins right there */
    const char two[] = "HEAD /a/x HTTP/1.1\r\nHost: here\r\n\r\nGET /a/y HTTP/1.1\r\nHost: here\r\n\r\nGET /none HTTP/1.1\r\nHost: here\r\n\r\n";
    (void)kit_send(fd, two, sizeof two - 1);
    answer = kit_read(fd, 1, 3000);
    answer_free(&answer);
    answer = kit_read(fd, 0, 3000);
    CHECK_TEXT(&kit->check, answer.body, "/a/{a}|y|-|-");
    answer_free(&answer);
    answer = kit_read(fd, 0, 3000);
    CHECK(&kit->check, answer.status == 404);
    answer_free(&answer);
    close(fd);
}

static void test_hosts(struct kit *kit)
{
    check_status(kit, "GET /a/x HTTP/1.1\r\nHost: HERE\r\n\r\n", 200);
    check_status(kit, "GET /a/x HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421);
    check_status(kit, "GET /none HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421);
    check_status(kit, "GET /d/x HTTP/1.1\r\nHost: evil.example\r\n\r\n", 200);
    check_status(kit, "GET http://here/a/x HTTP/1.1\r\nHost: here\r\n\r\n", 200);
    check_status(kit, "GET http://other/a/x HTTP/1.1\r\nHost: here\r\n\r\n", 400);
    check_status(kit, "GET /a/x HTTP/1.0\r\n\r\n", 421);
    check_status(kit, "GET /d/x HTTP/1.0\r\n\r\n", 200);
}

#define POST(extra) "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n" extra "\r\nhi"
static void test_origins(struct kit *kit)
{
    check_status(kit, POST(""), 200);
    check_status(kit, POST("Origin: http://here\r\n"), 200);
    check_status(kit, POST("Origin: https://here\r\n"), 200); /* behind a TLS front */
    check_status(kit, POST("Origin: http://evil.example\r\n"), 403);
    check_status(kit, POST("Origin: http://here.evil.example\r\n"), 403);
    check_status(kit, POST("Origin: http://here:81\r\n"), 403);
    check_status(kit, POST("Origin: http://evil.example\r\nAuthorization: Bearer k\r\n"), 200);
    check_status(kit, POST("Referer: http://here/page\r\n"), 200);
    check_status(kit, POST("Referer: http://evil.example/here\r\n"), 403);
    check_status(kit, POST("Sec-Fetch-Site: same-origin\r\nOrigin: null\r\n"), 200);
    check_status(kit, POST("Sec-Fetch-Site: cross-site\r\n"), 403);
    check_status(kit, POST("Sec-Fetch-Site: same-site\r\nOrigin: http://here\r\n"), 403);
    check_status(kit, POST("Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.example\r\n"), 403);
    check_status(kit, POST("Origin: null\r\n"), 200); /* unknown: left to the CSRF token */
}

static void test_headers(struct kit *kit)
{
    struct answer answer = kit_get(kit, "/big", NULL);
    CHECK(&kit->check, strstr(answer_header(&answer, "Content-Security-Policy"), "script-src 'self'") != NULL);
    CHECK(&kit->check, !strstr(answer_header(&answer, "Content-Security-Policy"), "unsafe"));
    CHECK_TEXT(&kit->check, answer_header(&answer, "X-Content-Type-Options"), "nosniff");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Referrer-Policy"), "no-referrer");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Cache-Control"), "no-store");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Vary"), "Accept-Encoding");
    CHECK(&kit->check, !answer_header(&answer, "Content-Encoding"));
    answer_free(&answer);
    answer = kit_get(kit, "/none", NULL);
    CHECK(&kit->check, strncmp(answer_header(&answer, "Content-Security-Policy"), "default-src 'none'", 18) == 0);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Content-Type"), "text/html; charset=utf-8");
    answer_free(&answer);
    answer = kit_get(kit, "/api/none", NULL);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Content-Type"), "application/problem+json");
    CHECK_TEXT(&kit->check, answer.body,
               "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"code\":\"not_found\",\"detail\":\"There is nothing at this address.\"}");
    answer_free(&answer);
    answer = kit_get(kit, "/twice", NULL);
    CHECK(&kit->check, answer.status == 200);
    CHECK_TEXT(&kit->check, answer.body, "one");
    CHECK(&kit->check, strstr(answer.head, "sid=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Strict\r\n") != NULL);
    CHECK(&kit->check, strstr(answer.head, "lang=vi; Path=/; HttpOnly; SameSite=Strict\r\n") != NULL);
    answer_free(&answer);
    check_status(kit, "GET /nothing HTTP/1.1\r\nHost: here\r\n\r\n", 500);
    check_status(kit, "GET /closed HTTP/1.1\r\nHost: here\r\n\r\n", 401);
}

static int is_packed(struct kit *kit, const char *path, const char *headers)
{
    struct answer answer = kit_get(kit, path, headers);
    const char *encoding = answer_header(&answer, "Content-Encoding");
    int packed = encoding && strcmp(encoding, "gzip") == 0 && (unsigned char)answer.body[0] == 0x1f && (unsigned char)answer.body[1] == 0x8b;
    answer_free(&answer);
    return packed;
}

static void test_compression(struct kit *kit)
{
    CHECK(&kit->check, is_packed(kit, "/big", "Accept-Encoding: br, gzip;q=0.5\r\n"));
    CHECK(&kit->check, !is_packed(kit, "/big", "Accept-Encoding: gzip;q=0\r\n"));
    CHECK(&kit->check, is_packed(kit, "/big", "Accept-Encoding: *\r\n"));
    CHECK(&kit->check, !is_packed(kit, "/big", NULL));
    CHECK(&kit->check, !is_packed(kit, "/a/x", "Accept-Encoding: gzip\r\n")); /* short */
    CHECK(&kit->check, is_packed(kit, "/big?q=1", "Accept-Encoding: gzip\r\n"));
    CHECK(&kit->check, is_packed(kit, "/big", "Accept-Encoding: gzip\r\nCookie: sid=1\r\n"));
    CHECK(&kit->check, !is_packed(kit, "/big?q=1", "Accept-Encoding: gzip\r\nCookie: sid=1\r\n")); /* BREACH */
    CHECK(&kit->check, is_packed(kit, "/d/x/big", "Accept-Encoding: gzip\r\n"));
    CHECK(&kit->check, !is_packed(kit, "/d/x/big?q=1", "Accept-Encoding: gzip\r\n"));
    struct answer answer = kit_get(kit, "/tagged", NULL);
    CHECK_TEXT(&kit->check, answer_header(&answer, "ETag"), "W/\"v7\"");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Cache-Control"), "private, no-cache");
    answer_free(&answer);
    answer = kit_get(kit, "/tagged", "If-None-Match: \"x\", W/\"v7\"\r\n");
    CHECK(&kit->check, answer.status == 304);
    CHECK_TEXT(&kit->check, answer_header(&answer, "ETag"), "W/\"v7\"");
    answer_free(&answer);
    answer = kit_get(kit, "/tagged", "If-None-Match: \"v6\"\r\n");
    CHECK(&kit->check, answer.status == 200);
    answer_free(&answer);
}

static void test_bodies(struct kit *kit)
{
    char text[3000];
    struct answer answer = kit_ask(kit, "POST /form HTTP/1.1\r\nHost: here\r\nCookie: a=1; sid=\"s 1\"; b=2\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
                                        "Content-Length: 36\r\n\r\nname=Tr%E1%BA%A7n+A%0D%0AB&x=&name=2");
    CHECK_TEXT(&kit->check, answer.body, "Trần A\nB+2+s 1");
    answer_free(&answer);
#define FORM(body, n) "POST /form HTTP/1.1\r\nHost: here\r\nCookie: sid=guarded\r\nContent-Type: application/x-www-form-urlencoded\r\n" \
        "Content-Length: " n "\r\n\r\n" body
    check_status(kit, FORM("csrf=right", "10"), 200);
    check_status(kit, FORM("csrf=wrong", "10"), 403);
    check_status(kit, FORM("name=%00", "8"), 400);
    check_status(kit, FORM("name=%ff", "8"), 400);
    check_status(kit, FORM("name=%4", "7"), 400);
    answer = kit_ask(kit, "POST /api/json HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer k1\r\nContent-Type: application/json\r\n"
            "Content-Length: 9\r\n\r\n{\"a\":[1]}");
    CHECK(&kit->check, answer.status == 201);
    CHECK_TEXT(&kit->check, answer.body, "{\"got\":{\"a\":[1]},\"bearer\":true}");
    answer_free(&answer);
    check_status(kit, "POST /api/json HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{]", 400);
    check_status(kit, "POST /api/json HTTP/1.1\r\nHost: here\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415);
    check_status(kit, "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 1001\r\n\r\n", 413); /* at the head: no byte of it was sent */
    check_status(kit, "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413);
    check_status(kit, "GET /a/x HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\n\r\n", 413);
    check_status(kit, "POST /large HTTP/1.1\r\nHost: here\r\nContent-Length: 90000\r\n\r\n", 403); /* who may not is told before sending */
    answer = kit_ask(kit, "POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: 1\r\n\r\n");
    CHECK_TEXT(&kit->check, answer.body, "hello world");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Connection"), "close");
    answer_free(&answer);
    (void)snprintf(text, sizeof text, "POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n%01001d\r\n0\r\n\r\n", 7);
    check_status(kit, text, 413);
    (void)snprintf(text, sizeof text, "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n%01000d", 7);
    check_status(kit, text, 200);
}

int main(void)
{
    struct kit kit = {0};
    kit_start(&kit, (struct http_config){.routes = routes, .route_count = sizeof routes / sizeof *routes,
                                         .hooks = {.authorize = authorize, .accept_form = accept_form, .host_is_ours = ours}});
    test_routes(&kit);
    test_methods(&kit);
    test_hosts(&kit);
    test_origins(&kit);
    test_headers(&kit);
    test_compression(&kit);
    test_bodies(&kit);
    http_server_stop(kit.server);
    return check_done(&kit.check, "http basics");
}
