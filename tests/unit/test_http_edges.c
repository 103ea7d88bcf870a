/* # threads: also under the thread sanitizer */
/* What is written down and what is not; error pages; half-closed and pipelining clients; many bodies, many connections; TLS. */
#include "core/base/file.h"
#include "server/live/live.h"
#include "server/pool/pool.h"
#include "tests/unit/http_kit.h"

#include <pthread.h>

struct app {
    pthread_mutex_t mutex;
    struct buf log;
    struct pool *pool;
    struct live_hub *hub;
};

static void plain(struct http_request *req)
{
    http_reply_text(req, 200, "text/plain", http_param(req, "a") ? http_param(req, "a") : "plain");
}

static void work(struct http_request *req, void *thread_state)
{
    (void)thread_state;
    clock_sleep_ms(2);
    http_reply_text(req, 200, "text/plain", http_query(req, "n"));
}

static void pooled(struct http_request *req)
{
    http_run_in_pool(req, ((struct app *)req->context)->pool, work);
}

static void live(struct http_request *req)
{
    live_stream(req, ((struct app *)req->context)->hub, &(struct live_wish){.channel = "a"});
}

static void injecting(struct http_request *req)
{
    int good = http_set_header(req, "X-A", "b\r\nX-Evil: 1") == ERR_INPUT && http_set_header(req, "X B", "b") == ERR_INPUT && http_set_header(req, "",
        "b") == ERR_INPUT &&
               http_set_cookie(req, "a", "b; Domain=evil", "/", 1) == ERR_INPUT && http_set_header(req, "X-Good", "yes") == OK;
    http_reply_redirect(req, 303, good ? "/fine" : "/wrong");
}

static void broken(struct http_request *req)
{
    struct buf out;
    buf_init(&out, 3);
    buf_puts(&out, "too long");
    http_reply_buf(req, 200, "text/plain", &out);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/plain", 0, 0, 0, plain, "plain", ""},
    {HTTP_GET, "/d/{a}", 0, HTTP_SECRET | HTTP_FOLD_FIRST, 0, plain, "plain", ""},
    {HTTP_POST, "/body", 0, 0, 1 << 20, plain, "plain", ""},
    {HTTP_GET, "/pool", 0, 0, 0, pooled, "pooled", ""},
    {HTTP_GET, "/live", 0, 0, 0, live, "live", ""},
    {HTTP_GET, "/inject", 0, 0, 0, injecting, "injecting", ""},
    {HTTP_GET, "/broken", 0, 0, 0, broken, "broken", ""},
};

static void on_log(void *context, const char *line)
{
    struct app *app = context;
    pthread_mutex_lock(&app->mutex);
    buf_printf(&app->log, "%s\n", line);
    pthread_mutex_unlock(&app->mutex);
}

static void error_page(void *context, struct http_request *req, int status, const char *code, const char *sentence, struct buf *out)
{
    (void)context;
    (void)req;
    buf_printf(out, "<p>%d %s %s</p>", status, code, sentence);
}

static void test_log(struct kit *kit, struct app *app)
{
    CHECK(&kit->check, kit_status(kit, "GET /d/SECRETTOKEN HTTP/1.1\r\nHost: here\r\n\r\n") == 200);
    CHECK(&kit->check, kit_status(kit, "GET /D/SECRETTOKEN?q=SECRETQUERY HTTP/1.1\r\nHost: here\r\n\r\n") == 200);
    CHECK(&kit->check, kit_status(kit, "POST /d/SECRETTOKEN HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc") == 405);
    CHECK(&kit->check, kit_status(kit, "GET /d/SECRETTOKEN/none HTTP/1.1\r\nHost: here\r\n\r\n") == 404);
    CHECK(&kit->check, kit_status(kit, "GET /d/SECRETTOKEN?q=%zz HTTP/1.1\r\nHost: here\r\n\r\n") == 400);
    CHECK(&kit->check, kit_status(kit, "GET /plain?q=SECRETQUERY HTTP/1.1\r\nHost: here\r\n\r\n") == 200);
    clock_sleep_ms(50);
    pthread_mutex_lock(&app->mutex);
    CHECK(&kit->check, !strstr(buf_text(&app->log), "SECRET"));
    CHECK(&kit->check, strstr(buf_text(&app->log), "127.0.0.1 GET /d/{a} 200 11 ") && strstr(buf_text(&app->log), "127.0.0.1 GET /plain 200 5 "));
    pthread_mutex_unlock(&app->mutex);
}

static void test_pages(struct kit *kit)
{
    struct answer answer = kit_get(kit, "/none", NULL);
    CHECK_TEXT(&kit->check, answer.body, "<p>404 not_found There is nothing at this address.</p>");
    answer_free(&answer);
    answer = kit_get(kit, "/none", "Accept: application/json\r\n");
    CHECK(&kit->check, answer.body && *answer.body == '{');
    answer_free(&answer);
    answer = kit_get(kit, "/inject", NULL);
    CHECK(&kit->check, answer.status == 303 && !strstr(answer.head, "Evil") && answer_header(&answer, "X-Good"));
    CHECK_TEXT(&kit->check, answer_header(&answer, "Location"), "/fine");
    answer_free(&answer);
    CHECK(&kit->check, kit_status(kit, "GET /broken HTTP/1.1\r\nHost: here\r\n\r\n") == 500);
}

/* A client that says all it has to say and closes its side still gets its answer. (Not always one that was deferred: on waking, the
 * library reads the end of the client's side and takes it for the end of the connection.) */
static void test_half_closed(struct kit *kit)
{
    static const char asked[] = "GET /plain HTTP/1.1\r\nHost: here\r\n\r\n";
    int fd = kit_connect(kit);
    (void)kit_send(fd, asked, sizeof asked - 1);
    (void)shutdown(fd, SHUT_WR);
    struct answer answer = kit_read(fd, 0, 2000);
    CHECK(&kit->check, answer.status == 200);
    answer_free(&answer);
    close(fd);
}

static void test_pipelined(struct kit *kit)
{
    struct buf text;
    char want[20];
    int good = 0, fd = kit_connect(kit);
    buf_init(&text, BUF_LIMIT_BODY);
    for (int i = 0; i < 50; i++) buf_printf(&text, "GET /pool?n=%d HTTP/1.1\r\nHost: here\r\n\r\n", i);
    (void)kit_send(fd, text.data, text.length);
    for (int i = 0; i < 50; i++) {
        struct answer answer = kit_read(fd, 0, 2000);
        (void)snprintf(want, sizeof want, "%d", i);
        good += answer.body && strcmp(answer.body, want) == 0;
        answer_free(&answer);
    }
    CHECK(&kit->check, good == 50);
    buf_release(&text);
    close(fd);
}

/* Bodies of 1 MiB, 4 MiB at most in all: who comes when that is held is told to wait, and memory comes back. */
static void test_body_memory(struct kit *kit)
{
    enum { MANY = 8, MOST = 1 << 20 };
    int fds[MANY], busy = 0, served = 0;
    char *data = calloc(1, MOST), head[200];
    int length = snprintf(head, sizeof head, "POST /body HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n", MOST);
    struct http_counters counters = {0};
    for (int i = 0; i < 4; i++) { /* all but the last byte */
        fds[i] = kit_connect(kit);
        (void)kit_send(fds[i], head, (size_t)length);
        (void)kit_send(fds[i], data, MOST - 1);
    }
    for (int i = 0; i < 100 && counters.body_bytes < 4 * (MOST - 1); i++) {
        clock_sleep_ms(10);
        http_server_counters(kit->server, &counters);
    }
    CHECK(&kit->check, counters.body_bytes == 4 * (MOST - 1));
    for (int i = 4; i < MANY; i++) {
        fds[i] = kit_connect(kit);
        (void)kit_send(fds[i], head, (size_t)length);
        struct answer answer = kit_read(fds[i], 0, 2000);
        busy += answer.status == 503;
        answer_free(&answer);
    }
    for (int i = 0; i < 4; i++) {
        (void)kit_send(fds[i], data, 1);
        struct answer answer = kit_read(fds[i], 0, 2000);
        served += answer.status == 200;
        answer_free(&answer);
    }
    CHECK(&kit->check, busy == 4 && served == 4);
    for (int i = 0; i < MANY; i++) close(fds[i]);
    for (int i = 0; i < 100 && counters.body_bytes; i++) {
        clock_sleep_ms(10);
        http_server_counters(kit->server, &counters);
    }
    CHECK(&kit->check, counters.body_bytes == 0);
    free(data);
}

/* Somebody takes every place and says nothing: long before the usual time there is room again. */
static void test_crowd(struct kit *kit)
{
    int fds[100], status = 0;
    for (int i = 0; i < 100; i++) fds[i] = kit_connect(kit);
    clock_sleep_ms(100);
    CHECK(&kit->check, kit_status(kit, "GET /plain HTTP/1.1\r\nHost: here\r\n\r\n") == 0);
    int64_t start = clock_steady_ms();
    while (status != 200 && clock_steady_ms() - start < 4000) {
        clock_sleep_ms(50);
        status = kit_status(kit, "GET /plain HTTP/1.1\r\nHost: here\r\n\r\n");
    }
    int64_t took = clock_steady_ms() - start;
    if (!CHECK(&kit->check, status == 200 && took < 2000)) printf("# %lld ms\n", (long long)took);
    for (int i = 0; i < 100; i++) close(fds[i]);
}

static void test_tls(struct kit *kit, struct app *app)
{
    char folder[] = "/tmp/plenum-http-edges-XXXXXX", port[8], *key = NULL, *certificate = NULL;
    size_t length;
    int closed = 0;
    struct arena arena = {0};
    struct fault fault = {0};
    struct http_server *server = NULL;
    if (!CHECK(&kit->check, mkdtemp(folder) != NULL)) return;
    (void)setenv("D", folder, 1);
    CHECK(&kit->check, system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout $D/key -out "
        "$D/pem 2>/dev/null") == 0);
    (void)file_read(&arena, file_join(&arena, folder, "key"), 10000, &key, &length, NULL);
    (void)file_read(&arena, file_join(&arena, folder, "pem"), 10000, &certificate, &length, NULL);
    struct http_config config = {.listen = "127.0.0.1:0", .listen_tls = "127.0.0.1:0", .tls_key = key, .tls_certificate = certificate,
        .routes = routes, .request_timeout_ms = 400,
                                 .route_count = sizeof routes / sizeof *routes, .context = app};
    if (!CHECK(&kit->check, http_server_start(&config, &server, &fault) == OK)) return;
    (void)snprintf(port, sizeof port, "%u", http_server_port_tls(server));
    (void)setenv("PORT", port, 1);
    (void)live_set_snapshot(app->hub, "a", "first picture", 0);
    CHECK(&kit->check, system("(sleep 0.2; curl -sk -o $D/pool https://127.0.0.1:$PORT/pool?n=77) & curl -skN --max-time 1 -o $D/live "
        "https://127.0.0.1:$PORT/live; wait; "
                              "grep -q 'data: first picture' $D/live && grep -q '^: k' $D/live && test \"$(cat $D/pool)\" = 77") == 0);
    CHECK(&kit->check, system("curl -sk -X POST -H 'Origin: http://127.0.0.1:'$PORT -d a=b -o /dev/null -w '%{http_code}' "
        "https://127.0.0.1:$PORT/body | grep -q 403") == 0);
    int fd = kit_connect_port(http_server_port_tls(server)); /* never says hello */
    free(kit_drain(fd, 2000, &closed));
    CHECK(&kit->check, closed);
    close(fd);
    fd = kit_connect_port(http_server_port_tls(server)); /* speaks plain HTTP to the TLS port */
    (void)kit_send(fd, "GET /plain HTTP/1.1\r\nHost: here\r\n\r\n", 35);
    char *got = kit_drain(fd, 2000, &closed);
    CHECK(&kit->check, closed && !strstr(got, "200 OK"));
    free(got);
    close(fd);
    live_hub_close(app->hub);
    http_server_stop(server);
    CHECK(&kit->check, system("rm -rf $D") == 0);
    arena_release(&arena);
}

int main(void)
{
    struct kit kit = {0};
    static struct app app;
    (void)crypto_init();
    (void)pthread_mutex_init(&app.mutex, NULL);
    buf_init(&app.log, BUF_LIMIT_BODY);
    CHECK(&kit.check, pool_start(&(struct pool_config){0}, &app.pool) == OK);
    CHECK(&kit.check, live_hub_start(&(struct live_config){.heartbeat_ms = 200, .tick_ms = 50}, &app.hub) == OK);
    kit_start(&kit, (struct http_config){.routes = routes, .route_count = sizeof routes / sizeof *routes, .context = &app, .body_memory = 4 << 20,
        .connection_limit = 60,
                                         .request_timeout_ms = 4000, .hooks = {.log = on_log, .error_page = error_page}});
    test_log(&kit, &app);
    test_pages(&kit);
    test_half_closed(&kit);
    test_pipelined(&kit);
    test_body_memory(&kit);
    test_crowd(&kit);
    http_server_stop(kit.server);
    test_tls(&kit, &app);
    live_hub_free(app.hub);
    pool_stop(app.pool);
    buf_release(&app.log);
    return check_done(&kit.check, "http edges");
}
