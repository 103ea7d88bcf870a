/* # threads: also under the thread sanitizer */
/* Clients that are slow on purpose are cut, others are not; the connection limit; counters. */
#include "tests/unit/http_kit.h"

static void plain(struct http_request *req)
{
    http_reply_text(req, 200, "text/plain", "plain");
}

static void large(struct http_request *req)
{
    size_t size = 64u << 20;
    char *data = calloc(1, size);
    http_reply(req, 200, "application/octet-stream", data, data ? size : 0);
    free(data);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", 0, 0, 0, plain, "plain", ""},
    {HTTP_POST, "/", 0, 0, 1000, plain, "plain", ""},
    {HTTP_GET, "/large", 0, 0, 0, large, "large", ""},
};

/* Sends `head`, then `drip` one byte each `gap` ms; how long until the server closes, -1 when it does not in `longest` ms. */
static int64_t time_until_cut(const struct kit *kit, const char *head, char drip, int gap, int longest)
{
    int64_t start = clock_steady_ms();
    int fd = kit_connect(kit), closed = 0;
    (void)kit_send(fd, head, strlen(head));
    while (!closed && clock_steady_ms() - start < longest) {
        char byte;
        if (kit_byte(fd, &byte, gap) == 0 || kit_send(fd, &drip, 1)) closed = 1;
    }
    close(fd);
    return closed ? clock_steady_ms() - start : -1;
}

static void check_cut(struct kit *kit, const char *what, int64_t took)
{
    if (!CHECK(&kit->check, took > 300 && took < 2000)) printf("# %s: %lld ms\n", what, (long long)took);
}

/* A reader that takes a byte now and then: the library sees progress for ever. */
static void test_slow_reader(struct kit *kit)
{
    int fd = kit_connect(kit), small = 4096;
    char byte;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    (void)kit_send(fd, "GET /large HTTP/1.1\r\nHost: here\r\n\r\n", 35);
    struct http_counters before, after;
    http_server_counters(kit->server, &before);
    int64_t start = clock_steady_ms();
    do {
        (void)kit_byte(fd, &byte, 20);
        clock_sleep_ms(20);
        http_server_counters(kit->server, &after);
    } while (after.cut == before.cut && clock_steady_ms() - start < 4000);
    CHECK(&kit->check, after.cut == before.cut + 1);
    close(fd);
    fd = kit_connect(kit); /* a slow but steady one gets it all the time it needs */
    (void)kit_send(fd, "GET /large HTTP/1.1\r\nHost: here\r\n\r\n", 35);
    char *piece = malloc(65536);
    int steady = 1;
    for (int i = 0; i < 60 && steady; i++) {
        steady = kit_fill(fd, piece, 65536, 20000) == 0;
        clock_sleep_ms(25);
    }
    CHECK(&kit->check, steady);
    free(piece);
    close(fd);
}

static void test_limit(struct kit *kit)
{
    int fds[40], open = 0; /* two workers may take the last place at once */
    char byte;
    clock_sleep_ms(200); /* those of the tests before are gone */
    for (int i = 0; i < 40; i++) fds[i] = kit_connect(kit);
    for (int tries = 0; tries < 40 && (tries == 0 || open > 31); tries++) { /* those beyond the limit are closed one by one; a busy machine takes its time */
        clock_sleep_ms(10);
        open = 0;
        for (int i = 0; i < 40; i++) open += kit_byte(fds[i], &byte, 0) == -1;
    }
    if (!CHECK(&kit->check, open == 30 || open == 31)) printf("# %d open\n", open);
    for (int i = 0; i < 40; i++) close(fds[i]);
    clock_sleep_ms(100);
    CHECK(&kit->check, kit_status(kit, "GET / HTTP/1.1\r\nHost: here\r\n\r\n") == 200);
    struct http_counters counters;
    for (int i = 0; i < 100; i++) {
        http_server_counters(kit->server, &counters);
        if (!counters.connections) break;
        clock_sleep_ms(20);
    }
    CHECK(&kit->check, counters.connections == 0 && counters.active == 0 && counters.body_bytes == 0 && counters.deferred == 0);
    CHECK(&kit->check, counters.requests[2] >= 1);
}

int main(void)
{
    struct kit kit = {0};
    kit_start(&kit, (struct http_config){.routes = routes, .route_count = sizeof routes / sizeof *routes, .request_timeout_ms = 500,
        .idle_timeout_ms = 500, .connection_limit = 30});
    check_cut(&kit, "nothing sent", time_until_cut(&kit, "", '\0', 5000, 5000));
    check_cut(&kit, "first line drips", time_until_cut(&kit, "GET /", 'a', 20, 4000));
    check_cut(&kit, "headers drip", time_until_cut(&kit, "GET / HTTP/1.1\r\nHost: here\r\nX: ", 'a', 20, 4000));
    check_cut(&kit, "body drips", time_until_cut(&kit, "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 900\r\n\r\n", 'a', 20, 4000));
    check_cut(&kit, "chunks drip", time_until_cut(&kit, "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n", 'a', 20, 4000));
    check_cut(&kit, "second request drips", time_until_cut(&kit, "GET / HTTP/1.1\r\nHost: here\r\n\r\nGET /", 'a', 20, 4000));
    test_slow_reader(&kit);
    test_limit(&kit);
    http_server_stop(kit.server);
    return check_done(&kit.check, "http slow clients");
}
