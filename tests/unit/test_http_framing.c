/* # threads: also under the thread sanitizer */
/* Whatever two readers of one byte stream could cut differently is refused with 400, the connection is closed, and a request hidden
 * behind it is never answered. */
#include "tests/unit/http_kit.h"

#include <stdatomic.h>

static void plain(struct http_request *req)
{
    http_reply_text(req, 200, "text/plain", "plain");
}

static void hidden(struct http_request *req)
{
    atomic_fetch_add((atomic_int *)req->context, 1);
    http_reply_text(req, 200, "text/plain", "HIDDEN");
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", 0, 0, 0, plain, "plain", ""},
    {HTTP_GET, "/q/{a}", 0, 0, 0, plain, "plain", ""},
    {HTTP_POST, "/", 0, 0, 1000, plain, "plain", ""},
    {HTTP_GET, "/hidden", 0, 0, 0, hidden, "hidden", ""},
};

struct attack {
    const char *name;
    const char *text;
    size_t length; /* 0: strlen */
    int status;    /* 0: closed without an answer is right too */
};

#define HIDDEN "GET /hidden HTTP/1.1\r\nHost: here\r\n\r\n"
#define RAW(text) text, sizeof(text) - 1
static const struct attack attacks[] = {
    {"two lengths", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\nContent-Length: 36\r\n\r\n" HIDDEN, 0, 400},
    {"two equal lengths", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n" HIDDEN, 0, 400},
    {"length list", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0, 0\r\n\r\n" HIDDEN, 0, 400},
    {"length and chunked", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 41\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"chunked and length", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"masked chunked", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"tabbed chunked", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: \tchunked,\r\n\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"gzip, chunked", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"identity", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: identity\r\n\r\n" HIDDEN, 0, 400},
    {"two encodings", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"chunked in 1.0", "POST / HTTP/1.0\r\nHost: here\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"length abc", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: abc\r\n\r\n" HIDDEN, 0, 400},
    {"length -1", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n" HIDDEN, 0, 400},
    {"length +5", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: +5\r\n\r\n" HIDDEN, 0, 400},
    {"length 0x5", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0x5\r\n\r\n" HIDDEN, 0, 400},
    {"length 5 6", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5 6\r\n\r\n" HIDDEN, 0, 400},
    {"length empty", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length:\r\n\r\n" HIDDEN, 0, 400},
    {"length huge", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9223372036854775807\r\n\r\n" HIDDEN, 0, 400},
    {"length too long", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1001\r\n\r\n" HIDDEN, 0, 413},
    {"no host", "GET / HTTP/1.1\r\n\r\n" HIDDEN, 0, 400},
    {"two hosts", "GET / HTTP/1.1\r\nHost: here\r\nHost: there\r\n\r\n" HIDDEN, 0, 400},
    {"host with space", "GET / HTTP/1.1\r\nHost : here\r\n\r\n" HIDDEN, 0, 400},
    {"bad host", "GET / HTTP/1.1\r\nHost: he re\r\n\r\n" HIDDEN, 0, 400},
    {"host with path", "GET / HTTP/1.1\r\nHost: here/x\r\n\r\n" HIDDEN, 0, 400},
    {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n" HIDDEN, 0, 400},
    {"folded", "GET / HTTP/1.1\r\nHost: here\r\nX: a\r\n b\r\n\r\n" HIDDEN, 0, 400},
    {"folded length", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length:\r\n 0\r\n\r\n" HIDDEN, 0, 400},
    {"first line folded", "GET / HTTP/1.1\r\n Host: here\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"bare LF", "GET / HTTP/1.1\nHost: here\n\n" HIDDEN, 0, 400},
    {"one bare LF", "GET / HTTP/1.1\r\nHost: here\nX: y\r\n\r\n" HIDDEN, 0, 400},
    {"bare LF at the end", "GET / HTTP/1.1\r\nHost: here\r\n\n" HIDDEN, 0, 400},
    {"bare CR in a value", "GET / HTTP/1.1\r\nHost: here\r\nX: a\rContent-Length: 36\r\n\r\n" HIDDEN, 0, 400},
    {"NUL in a value", RAW("GET / HTTP/1.1\r\nHost: here\r\nX: a\0b\r\n\r\n" HIDDEN), 400},
    {"NUL in a name", RAW("GET / HTTP/1.1\r\nHost: here\r\nX\0Y: b\r\n\r\n" HIDDEN), 400},
    {"NUL line", RAW("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\0\r\nContent-Length: 36\r\n\r\n" HIDDEN), 400},
    {"NUL line at the end", RAW("GET / HTTP/1.1\r\nHost: here\r\n\0a: b\r\n\r\n" HIDDEN), 400},
    {"NUL in the host", RAW("GET / HTTP/1.1\r\nHost: here\0.evil\r\n\r\n" HIDDEN), 400},
    {"NUL in the target", RAW("GET /\0x HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN), 400},
    {"NUL in the method", RAW("GE\0T / HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN), 400},
    {"control in a value", "GET / HTTP/1.1\r\nHost: here\r\nX: a\001b\r\n\r\n" HIDDEN, 0, 400},
    {"no colon", "GET / HTTP/1.1\r\nHost: here\r\nnonsense\r\n\r\n" HIDDEN, 0, 400},
    {"empty name", "GET / HTTP/1.1\r\nHost: here\r\n: x\r\n\r\n" HIDDEN, 0, 400},
    {"name with bracket", "GET / HTTP/1.1\r\nHost: here\r\nX(y): x\r\n\r\n" HIDDEN, 0, 400},
    {"space in the target", "GET /a b HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"tab in the target", "GET /a\tb HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"fragment", "GET /#x HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"no target", "GET HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 0},
    {"no version", "GET /\r\nHost: here\r\n\r\n" HIDDEN, 0, 0},
    {"version 9.9", "GET / HTTP/9.9\r\nHost: here\r\n\r\n" HIDDEN, 0, 505},
    {"version 1.2", "GET / HTTP/1.2\r\nHost: here\r\n\r\n" HIDDEN, 0, 505},
    {"garbage", "\001\002\003\r\n\r\n" HIDDEN, 0, 0},
    {"TLS hello", RAW("\026\003\001\002\000\001\000\001\r\n\r\n" HIDDEN), 0},
    {"%00", "GET /q/a%00b HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"not UTF-8", "GET /q/%ff%fe HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"overlong slash", "GET /q/%c0%af HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"raw bytes", "GET /q/\377 HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"escaped line", "GET /q/a%0d%0ab HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"escaped slash", "GET /q/a%2fb HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"dot dot", "GET /q/../hidden HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"escaped dot dot", "GET /q/%2e%2E HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"double slash", "GET //hidden HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"broken escape", "GET /q/%zz HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"cut escape", "GET /q/%4 HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"query %00", "GET /?q=%00 HTTP/1.1\r\nHost: here\r\n\r\n" HIDDEN, 0, 400},
    {"chunk size -1", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" HIDDEN, 0, 400},
    {"chunk size 0x1", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"chunk size space", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n 1\r\na\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"chunk size huge", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" HIDDEN, 0, 413},
    {"chunk too short", "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n" HIDDEN, 0, 400},
    {"NUL trailer", RAW("POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\0\r\n\r\n" HIDDEN), 200},
};

static int count_text(const char *text, const char *what)
{
    int count = 0;
    for (const char *p = strstr(text, what); p; p = strstr(p + 1, what)) count++;
    return count;
}

static void try_attack(struct kit *kit, atomic_int *answered, const struct attack *attack, int drip)
{
    size_t length = attack->length ? attack->length : strlen(attack->text);
    int closed = 0, before = atomic_load(answered);
    int fd = kit_connect(kit);
    for (size_t i = 0; drip && i < length; i++) { /* every byte in a packet of its own: other states of the parser */
        if (kit_send(fd, attack->text + i, 1)) break;
        if (i % 16 == 0) clock_sleep_ms(1);
    }
    if (!drip) (void)kit_send(fd, attack->text, length);
    char *got = kit_drain(fd, 2000, &closed);
    close(fd);
    int status = strncmp(got, "HTTP/1.1 ", 9) == 0 ? atoi(got + 9) : 0;
    int good = status == attack->status || (!drip && !attack->status && status >= 400) || (!attack->status && (!status || status >= 400));
    good = good && closed && atomic_load(answered) == before && !strstr(got, "HIDDEN") && count_text(got, "HTTP/1.1 200") == (attack->status == 200);
    if (!CHECK(&kit->check, good)) printf("# %s%s: %d (wanted %d), closed %d, hidden %d\n%s\n", attack->name, drip ? " dripping" : "", status, attack->status, closed,
                                          atomic_load(answered) - before, got);
    free(got);
}

/* The attacks also as a second request on a connection that was fine, where the parser works in reused memory. */
static void try_after_good(struct kit *kit, atomic_int *answered, const struct attack *attack)
{
    static const char good[] = "GET /q/a-long-enough-path-to-move-what-follows HTTP/1.1\r\nHost: here\r\nX-Filler: something\r\n\r\n";
    size_t length = attack->length ? attack->length : strlen(attack->text);
    int closed = 0, before = atomic_load(answered);
    int fd = kit_connect(kit);
    (void)kit_send(fd, good, sizeof good - 1);
    (void)kit_send(fd, attack->text, length);
    char *got = kit_drain(fd, 2000, &closed);
    close(fd);
    int fine = closed && atomic_load(answered) == before && count_text(got, "HTTP/1.1 200") == 1 + (attack->status == 200);
    if (!CHECK(&kit->check, fine)) printf("# %s after a good one: closed %d, hidden %d\n%s\n", attack->name, closed, atomic_load(answered) - before, got);
    free(got);
}

static void test_limits(struct kit *kit)
{
    struct buf text;
    buf_init(&text, BUF_LIMIT_BODY);
    buf_puts(&text, "GET / HTTP/1.1\r\nHost: here\r\n");
    for (int i = 0; i < 63; i++) buf_printf(&text, "X-%d: y\r\n", i);
    buf_puts(&text, "\r\n");
    CHECK(&kit->check, kit_status(kit, buf_text(&text)) == 200);
    buf_clear(&text);
    buf_puts(&text, "GET / HTTP/1.1\r\nHost: here\r\n");
    for (int i = 0; i < 64; i++) buf_printf(&text, "X-%d: y\r\n", i);
    buf_puts(&text, "\r\n");
    CHECK(&kit->check, kit_status(kit, buf_text(&text)) == 431);
    buf_clear(&text);
    buf_printf(&text, "GET / HTTP/1.1\r\nHost: here\r\nX: %030000d\r\n\r\n", 1);
    CHECK(&kit->check, kit_status(kit, buf_text(&text)) == 431);
    buf_clear(&text);
    buf_printf(&text, "GET / HTTP/1.1\r\nHost: here\r\nX: %06000d\r\n\r\n", 1);
    CHECK(&kit->check, kit_status(kit, buf_text(&text)) == 200);
    buf_clear(&text);
    buf_printf(&text, "GET /q/%05000d HTTP/1.1\r\nHost: here\r\n\r\n", 1);
    CHECK(&kit->check, kit_status(kit, buf_text(&text)) == 414);
    buf_clear(&text);
    buf_printf(&text, "GET /q/%020000d HTTP/1.1\r\nHost: here\r\n\r\n", 1);
    CHECK(&kit->check, kit_status(kit, buf_text(&text)) == 414);
    buf_clear(&text);
    buf_puts(&text, "GET /");
    for (int i = 0; i < 30; i++) buf_puts(&text, "a/");
    buf_puts(&text, "a HTTP/1.1\r\nHost: here\r\n\r\n");
    CHECK(&kit->check, kit_status(kit, buf_text(&text)) == 414);
    buf_release(&text);
}

/* Good requests in every cut: one packet, one byte a packet, many in one packet. */
static void test_good(struct kit *kit)
{
    static const char one[] = "POST / HTTP/1.1\r\nHost: here\r\nX-Empty:\r\nX-Spaces:  a b \t\r\nContent-Length: 3\r\nCookie: a=b\r\n\r\nabc";
    int fd = kit_connect(kit);
    for (size_t i = 0; i < sizeof one - 1; i++) (void)kit_send(fd, one + i, 1);
    struct answer answer = kit_read(fd, 0, 3000);
    CHECK(&kit->check, answer.status == 200);
    answer_free(&answer);
    for (int i = 0; i < 40; i++) (void)kit_send(fd, one, sizeof one - 1);
    int good = 0;
    for (int i = 0; i < 40; i++) {
        answer = kit_read(fd, 0, 3000);
        good += answer.status == 200;
        answer_free(&answer);
    }
    CHECK(&kit->check, good == 40);
    static const char empty_line_first[] = "\r\nGET / HTTP/1.1\r\nHost: here\r\n\r\n"; /* RFC 9112 §2.2 */
    (void)kit_send(fd, empty_line_first, sizeof empty_line_first - 1);
    answer = kit_read(fd, 0, 3000);
    CHECK(&kit->check, answer.status == 200);
    answer_free(&answer);
    struct buf large;
    buf_init(&large, BUF_LIMIT_BODY);
    buf_printf(&large, "GET /q/a?x=%02000d HTTP/1.1\r\nHost: here\r\nCookie: %03000d\r\nX: %04000d\r\n\r\n", 1, 2, 3);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < large.length; i += 97) {
            (void)kit_send(fd, large.data + i, large.length - i < 97 ? large.length - i : 97);
            if (i % 970 == 0) clock_sleep_ms(1);
        }
        answer = kit_read(fd, 0, 3000);
        if (!CHECK(&kit->check, answer.status == 200)) printf("# large head: %d %s\n", answer.status, answer.body);
        answer_free(&answer);
    }
    buf_release(&large);
    static const char expecting[] = "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    (void)kit_send(fd, expecting, sizeof expecting - 1);
    answer = kit_read(fd, 0, 3000);
    CHECK(&kit->check, answer.status == 100);
    answer_free(&answer);
    (void)kit_send(fd, "abc", 3);
    answer = kit_read(fd, 0, 3000);
    CHECK(&kit->check, answer.status == 200);
    answer_free(&answer);
    close(fd);
}

int main(void)
{
    struct kit kit = {0};
    atomic_int answered = 0;
    kit_start(&kit, (struct http_config){.routes = routes, .route_count = sizeof routes / sizeof *routes, .context = &answered});
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        try_attack(&kit, &answered, &attacks[i], 0);
        try_attack(&kit, &answered, &attacks[i], 1);
        try_after_good(&kit, &answered, &attacks[i]);
    }
    CHECK(&kit.check, atomic_load(&answered) == 0);
    CHECK(&kit.check, kit_status(&kit, HIDDEN) == 200);
    test_limits(&kit);
    test_good(&kit);
    http_server_stop(kit.server);
    return check_done(&kit.check, "http framing");
}
