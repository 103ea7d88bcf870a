/* # threads: also under the thread sanitizer */
/* Files and assets: ranges, conditions, names; the pure functions by table and the same over a socket, plain and under TLS (the TLS
 * client is the curl program). Duplicate and ambiguous routes. */
#include "core/base/file.h"
#include "server/http/validators.h"
#include "tests/unit/http_kit.h"

#include <fcntl.h>
#include <sys/stat.h>

struct papers {
    char path[128];
};

#define SIZE 300000

static void send_paper(struct http_request *req)
{
    struct papers *papers = req->context;
    struct http_file file = {.fd = open(papers->path, O_RDONLY | O_CLOEXEC), .size = SIZE, .content_type = "application/pdf", .etag = "hash1",
                             .name = "Báo cáo \"chính trị\".pdf", .cache = HTTP_PRIVATE_KEEP};
    http_reply_file(req, &file);
}

static void send_page(struct http_request *req)
{
    struct papers *papers = req->context;
    struct http_file file = {.fd = open(papers->path, O_RDONLY | O_CLOEXEC), .size = 0, .content_type = "text/html", .name = "x.html"};
    http_reply_file(req, &file);
}

static void send_asset(struct http_request *req)
{
    static const struct http_asset asset = {"text/css", "e1", "plain css", 9, "\x1f\x8bpacked", 8};
    http_reply_asset(req, &asset, HTTP_IMMUTABLE);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/paper", 0, 0, 0, send_paper, "send_paper", ""},
    {HTTP_GET, "/page", 0, 0, 0, send_page, "send_page", ""},
    {HTTP_GET, "/asset", 0, 0, 0, send_asset, "send_asset", ""},
};

static void test_validators(struct kit *kit)
{
    struct check *c = &kit->check;
    CHECK(c, etag_listed("\"a\"", "a") && etag_listed("W/\"a\"", "a") && etag_listed("\"b\", W/\"a\"", "a") && etag_listed("*", "a"));
    CHECK(c, !etag_listed("\"ab\"", "a") && !etag_listed("a", "a") && !etag_listed("", "a") && !etag_listed("\"a", "a") && !etag_listed("\"b\" \"", "a"));
    CHECK(c, if_range_holds("\"a\"", "a", -1) && !if_range_holds("W/\"a\"", "a", -1) && !if_range_holds("Sat, 21 Nov 2026 10:00:00 GMT", "a", -1));
    CHECK(c, encoding_accepts_gzip("gzip") && encoding_accepts_gzip("deflate, GZIP;q=0.1") && encoding_accepts_gzip("*") && encoding_accepts_gzip("x-gzip"));
    CHECK(c, !encoding_accepts_gzip(NULL) && !encoding_accepts_gzip("") && !encoding_accepts_gzip("gzip;q=0") && !encoding_accepts_gzip("gzip; q=0.000, *") &&
                 !encoding_accepts_gzip("br") && !encoding_accepts_gzip("*;q=0") && !encoding_accepts_gzip("gzipped"));
    static const struct {
        const char *header;
        int64_t size;
        enum range_result result;
        int64_t first, last;
    } ranges[] = {{"bytes=0-0", 10, RANGE_PART, 0, 0}, {"bytes=0-9", 10, RANGE_PART, 0, 9}, {"bytes=5-", 10, RANGE_PART, 5, 9}, {"bytes=9-99", 10, RANGE_PART, 9, 9},
                  {"bytes=-3", 10, RANGE_PART, 7, 9}, {"bytes=-99", 10, RANGE_PART, 0, 9}, {"Bytes= 1-2 ", 10, RANGE_PART, 1, 2}, {"bytes=10-", 10,
                      RANGE_UNSATISFIABLE, 0, 0},
                  {"bytes=-0", 10, RANGE_UNSATISFIABLE, 0, 0}, {"bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0}, {"bytes=3-2", 10, RANGE_WHOLE, 0, 0},
                  {"bytes=-", 10, RANGE_WHOLE, 0, 0}, {"bytes=a-b", 10, RANGE_WHOLE, 0, 0}, {"bytes=0-1,3-4", 10, RANGE_WHOLE, 0, 0}, {"lines=0-1",
                      10, RANGE_WHOLE, 0, 0},
                  {"bytes=0-99999999999999999999", 10, RANGE_PART, 0, 9}, {"bytes=99999999999999999999-", 10, RANGE_UNSATISFIABLE, 0, 0},
                  {"bytes=--1", 10, RANGE_WHOLE, 0, 0}, {"bytes=1", 10, RANGE_WHOLE, 0, 0}, {NULL, 10, RANGE_WHOLE, 0, 0}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        int64_t first = 0, last = 0;
        enum range_result result = range_read(ranges[i].header, ranges[i].size, &first, &last);
        if (!CHECK(c, result == ranges[i].result && first == ranges[i].first && last == ranges[i].last)) printf("# %s\n", ranges[i].header);
    }
    struct arena arena = {0};
    CHECK_TEXT(c, disposition_text(&arena, true, "a b.pdf"), "attachment; filename=\"a b.pdf\"");
    CHECK_TEXT(c, disposition_text(&arena, false, "Đại hội.pdf"), "inline; filename=\"dai hoi.pdf\"; filename*=UTF-8''%C4%90%E1%BA%A1i%20h%E1%BB%99i.pdf");
    CHECK_TEXT(c, disposition_text(&arena, true, "文件\r\n\"x\\.pdf"), "attachment; filename=\"_____x_.pdf\"; filename*=UTF-8''%E6%96%87%E4%BB%B6%0D%0A%22x%5C.pdf");
    CHECK_TEXT(c, disposition_text(&arena, true, "bad\xff"), "attachment");
    CHECK_TEXT(c, disposition_text(&arena, true, NULL), "attachment");
    arena_release(&arena);
}

static void check_range(struct kit *kit, const char *range, int status, const char *content_range, size_t first, size_t length)
{
    char headers[200];
    (void)snprintf(headers, sizeof headers, "Range: %s\r\n", range);
    struct answer answer = kit_get(kit, "/paper", headers);
    int good = answer.status == status && answer.length == length;
    for (size_t i = 0; good && i < length; i++) good = (unsigned char)answer.body[i] == (unsigned char)((first + i) * 2654435761u >> 24);
    if (!CHECK(&kit->check, good)) printf("# %s: %d, %zu bytes\n", range, answer.status, answer.length);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Content-Range"), content_range);
    answer_free(&answer);
}

static void test_ranges(struct kit *kit)
{
    check_range(kit, "bytes=0-9", 206, "bytes 0-9/300000", 0, 10);
    check_range(kit, "bytes=4095-12345", 206, "bytes 4095-12345/300000", 4095, 8251);
    check_range(kit, "bytes=-7", 206, "bytes 299993-299999/300000", 299993, 7);
    check_range(kit, "bytes=299999-", 206, "bytes 299999-299999/300000", 299999, 1);
    check_range(kit, "bytes=0-1,5-6", 200, NULL, 0, SIZE);
    check_range(kit, "bytes=x", 200, NULL, 0, SIZE);
    struct answer answer = kit_get(kit, "/paper", "Range: bytes=300000-\r\nAccept: application/json\r\n");
    CHECK(&kit->check, answer.status == 416);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Content-Range"), "bytes */300000");
    answer_free(&answer);
    answer = kit_get(kit, "/paper", "Range: bytes=0-9\r\nIf-Range: \"hash1\"\r\n");
    CHECK(&kit->check, answer.status == 206);
    answer_free(&answer);
    answer = kit_get(kit, "/paper", "Range: bytes=0-9\r\nIf-Range: \"hash0\"\r\n");
    CHECK(&kit->check, answer.status == 200 && answer.length == SIZE);
    answer_free(&answer);
    answer = kit_get(kit, "/paper", "Range: bytes=0-9\r\nIf-None-Match: \"hash1\"\r\n");
    CHECK(&kit->check, answer.status == 304);
    CHECK_TEXT(&kit->check, answer_header(&answer, "ETag"), "\"hash1\"");
    answer_free(&answer);
    answer = kit_ask(kit, "HEAD /paper HTTP/1.1\r\nHost: here\r\n\r\n");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Content-Length"), "300000");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Accept-Ranges"), "bytes");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Cache-Control"), "private, max-age=31536000, immutable");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Content-Disposition"),
               "inline; filename=\"Bao cao _chinh tri_.pdf\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20%22ch%C3%ADnh%20tr%E1%BB%8B%22.pdf");
    answer_free(&answer);
    answer = kit_get(kit, "/page", NULL); /* a page that somebody uploaded must not run here */
    CHECK(&kit->check, answer.status == 200 && strncmp(answer_header(&answer, "Content-Disposition"), "attachment", 10) == 0);
    answer_free(&answer);
}

static void test_assets(struct kit *kit)
{
    struct answer answer = kit_get(kit, "/asset", NULL);
    CHECK_TEXT(&kit->check, answer.body, "plain css");
    CHECK_TEXT(&kit->check, answer_header(&answer, "ETag"), "\"e1\"");
    answer_free(&answer);
    answer = kit_get(kit, "/asset", "Accept-Encoding: gzip\r\n");
    CHECK(&kit->check, answer.length == 8);
    CHECK_TEXT(&kit->check, answer_header(&answer, "ETag"), "\"e1-gz\"");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Vary"), "Accept-Encoding");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Cache-Control"), "public, max-age=31536000, immutable");
    answer_free(&answer);
    answer = kit_get(kit, "/asset", "Accept-Encoding: gzip\r\nIf-None-Match: \"e1-gz\"\r\n");
    CHECK(&kit->check, answer.status == 304);
    answer_free(&answer);
    answer = kit_get(kit, "/asset", "If-None-Match: \"e1-gz\"\r\n");
    CHECK(&kit->check, answer.status == 200);
    answer_free(&answer);
}

/* A self-signed certificate made on the spot by the openssl program, and curl as the client. */
static void test_tls(struct kit *kit, struct papers *papers)
{
    char port[8], *key = NULL, *certificate = NULL;
    size_t length;
    struct arena arena = {0};
    struct fault fault = {0};
    struct http_server *server = NULL;
    (void)setenv("P", papers->path, 1);
    CHECK(&kit->check, system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout $P.key -out "
        "$P.pem 2>/dev/null") == 0);
    (void)file_read(&arena, arena_printf(&arena, "%s.key", papers->path), 10000, &key, &length, NULL);
    (void)file_read(&arena, arena_printf(&arena, "%s.pem", papers->path), 10000, &certificate, &length, NULL);
    struct http_config config = {.listen_tls = "127.0.0.1:0", .tls_key = key, .tls_certificate = certificate, .routes = routes, .route_count = 3, .context = papers};
    if (!CHECK(&kit->check, http_server_start(&config, &server, &fault) == OK)) printf("# %s\n", fault.text);
    else {
        (void)snprintf(port, sizeof port, "%u", http_server_port_tls(server));
        (void)setenv("PORT", port, 1);
        CHECK(&kit->check, system("U=https://127.0.0.1:$PORT/paper; curl -sk $U -o $P.1 & curl -sk $U -o $P.2 && wait && cmp $P $P.1 && cmp $P $P.2 && "
                                  "curl -sk -r 4095-12345 $U -o $P.3 && tail -c +4096 $P 2>/dev/null | head -c 8251 | cmp - $P.3") == 0);
        http_server_stop(server);
    }
    config.tls_key = "nonsense";
    CHECK(&kit->check, http_server_start(&config, &server, &fault) == ERR_INPUT);
    CHECK(&kit->check, system("rm -f $P.*") == 0);
    arena_release(&arena);
}

static void test_tables(struct kit *kit)
{
    struct fault fault = {0};
#define R(pattern) {HTTP_GET, pattern, 0, 0, 0, send_page, "send_page", ""}
    static const struct http_route bad[][2] = {{R("/a"), R("/a")}, {R("/a/{x}"), R("/a/{y}")}, {R("/{x}/b"), R("/a/{y}")}, {R("/a/{x*}"), R("/a/{y*}")},
                                               {R("a"), R("/b")}, {R("/a/"), R("/b")}, {R("/a/{X}"), R("/b")}, {R("/a/{x*}/b"), R("/b")}, {R("/a{x}"),
                                                   R("/b")}, {R("//a"), R("/b")}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!CHECK(&kit->check, http_routes_check(bad[i], 2, &fault) == ERR_INPUT)) printf("# %s %s\n", bad[i][0].pattern, bad[i][1].pattern);
    static const struct http_route good[] = {R("/a"), R("/a/{x}"), R("/a/b"), R("/a/{x}/c"), R("/a/{x*}"), R("/"), {HTTP_POST, "/a", 0, 0, 0, send_page, "p", ""}};
    CHECK(&kit->check, http_routes_check(good, sizeof good / sizeof *good, &fault) == OK);
    struct http_server *server = NULL;
    struct http_config config = {.listen = "127.0.0.1:0", .routes = bad[0], .route_count = 2};
    CHECK(&kit->check, http_server_start(&config, &server, &fault) == ERR_INPUT && strstr(fault.text, "twice"));
    config.routes = good;
    config.listen = "nonsense";
    CHECK(&kit->check, http_server_start(&config, &server, &fault) == ERR_USAGE);
    char address[40];
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", kit->port);
    config.listen = address;
    CHECK(&kit->check, http_server_start(&config, &server, &fault) == ERR_BUSY);
}

int main(void)
{
    struct kit kit = {0};
    struct papers papers = {"/tmp/plenum-http-files-XXXXXX"};
    unsigned char *data = malloc(SIZE);
    int fd = mkstemp(papers.path);
    for (size_t i = 0; i < SIZE; i++) data[i] = (unsigned char)(i * 2654435761u >> 24);
    CHECK(&kit.check, fd >= 0 && file_write_all(fd, data, SIZE) == OK);
    close(fd);
    free(data);
    kit_start(&kit, (struct http_config){.routes = routes, .route_count = sizeof routes / sizeof *routes, .context = &papers});
    test_validators(&kit);
    test_ranges(&kit);
    test_assets(&kit);
    test_tables(&kit);
    http_server_stop(kit.server);
    test_tls(&kit, &papers);
    unlink(papers.path);
    return check_done(&kit.check, "http files");
}
