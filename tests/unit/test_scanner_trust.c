/* # threads: also under the thread sanitizer */
/* Whom a scanner takes for its server: pinned key, authority, neither; and the pairing URL that carries the pin. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "scanner/identity.h"
#include "core/net/http_client.h"
#include "server/http/http.h"
#include "server/tls/authority.h"
#include "tests/unit/check.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define OTHER_PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

struct bench {
    struct check check;
    struct arena arena;
    char folder[64];
    struct tls_material material;
    struct http_server *server;
    const char *secure, *plain, *authority;
};

static void say_hello(struct http_request *req)
{
    http_reply_text(req, 200, "text/plain; charset=utf-8", "hello");
}

/* As the real door: devices by TLS only; here also on loopback, because this test has no other address. */
static void pair(struct http_request *req)
{
    if (!req->is_tls) http_reply_problem(req, 403, "secure_only", "Staff sign in over the secure address.");
    else http_reply_text(req, 201, "application/json", "{\"device\":\"d1\",\"key\":\"k1\",\"event\":\"e1\",\"gate\":\"main\"}");
}

static enum err ask(struct bench *b, const struct http_settings *settings, struct fault *fault)
{
    struct http_answer answer;
    struct http_client *client = http_client_new(settings);
    http_answer_init(&answer, 4096);
    enum err e = client ? http_client_ask(client, "/hello", NULL, NULL, 5000, &answer, fault) : ERR_NOMEM;
    if (e == OK) CHECK_TEXT(&b->check, buf_text(&answer.body), "hello");
    if (e == OK) e = http_client_ask(client, "/hello", NULL, NULL, 5000, &answer, fault); /* over the connection that was kept */
    http_answer_release(&answer);
    http_client_free(client);
    return e;
}

static void test_split(struct bench *b)
{
    static const struct {
        const char *url, *server, *pin;
    } good[] = {{"https://10.0.0.2:8443/#" OTHER_PIN, "https://10.0.0.2:8443", OTHER_PIN}, {"https://hall.example.org#" OTHER_PIN, "https://hall.example.org", OTHER_PIN},
                {"https://[fd00::2]:8443/", "https://[fd00::2]:8443", NULL}, {"http://127.0.0.1:8080//", "http://127.0.0.1:8080", NULL}};
    static const char *const bad[] = {"", "#", "10.0.0.2:8443", "https://", "https://h/path", "https://h/path#" OTHER_PIN, "https://h?x", "http://h/#" OTHER_PIN,
                                      "https://h/#", "https://h/#sha256//AAAA", "https://h/#sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                                      "https://h/#" OTHER_PIN "=", "https://h/#" OTHER_PIN ";sha256//x", "https://user@h/"};
    struct fault fault;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char *server = NULL, *pin = NULL;
        CHECK(&b->check, http_server_split(&b->arena, good[i].url, &server, &pin, &fault) == OK);
        CHECK_TEXT(&b->check, server, good[i].server);
        CHECK_TEXT(&b->check, pin, good[i].pin);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *server = NULL, *pin = NULL;
        if (!CHECK(&b->check, http_server_split(&b->arena, bad[i], &server, &pin, &fault) == ERR_USAGE)) printf("# \"%s\"\n", bad[i]);
    }
}

/* What a server says of spare ones is added once, while there is room, and never a less safe one. */
static void test_spares(struct bench *b)
{
    struct http_servers servers = {.urls = {"https://10.0.0.2:8443"}, .count = 1}, plain = {.urls = {"http://127.0.0.1:8080"}, .count = 1};
    CHECK(&b->check, !http_servers_add(&servers, &b->arena, "") && !http_servers_add(&servers, &b->arena, "https://10.0.0.2:8443"));
    CHECK(&b->check, !http_servers_add(&servers, &b->arena, "http://10.0.0.3:8080 ftp://x https:// https://h/path x") && servers.count == 1);
    CHECK(&b->check, http_servers_add(&servers, &b->arena, " https://10.0.0.3:8443  https://10.0.0.3:8443 https://10.0.0.4:8443") && servers.count == 3);
    CHECK_TEXT(&b->check, servers.urls[1], "https://10.0.0.3:8443");
    CHECK_TEXT(&b->check, servers.urls[2], "https://10.0.0.4:8443");
    CHECK(&b->check, !http_servers_add(&servers, &b->arena, "https://10.0.0.4:8443"));
    CHECK(&b->check, http_servers_add(&servers, &b->arena, "https://a https://b https://c https://d https://e https://f https://g") &&
                      servers.count == HTTP_SERVERS_MOST);
    CHECK(&b->check, http_servers_add(&plain, &b->arena, "http://127.0.0.1:8081") && plain.count == 2);
}

static void test_trust(struct bench *b)
{
    struct fault fault = {0};
    CHECK(&b->check, ask(b, &(struct http_settings){.server = b->secure, .pin = b->material.pin}, &fault) == OK);
    CHECK(&b->check, ask(b, &(struct http_settings){.server = b->secure, .pin = OTHER_PIN}, &fault) == ERR_DENIED && strstr(fault.text, "pair again"));
    CHECK(&b->check, ask(b, &(struct http_settings){.server = b->secure, .pin = OTHER_PIN, .authority = b->authority}, &fault) == ERR_DENIED);
    CHECK(&b->check, ask(b, &(struct http_settings){.server = b->secure}, &fault) == ERR_DENIED && strstr(fault.text, "--authority"));
    CHECK(&b->check, ask(b, &(struct http_settings){.server = b->secure, .authority = b->authority}, &fault) == OK);
    CHECK(&b->check, ask(b, &(struct http_settings){.server = b->secure, .authority = "/nowhere.crt"}, &fault) == ERR_DENIED);
    CHECK(&b->check, ask(b, &(struct http_settings){.server = b->plain}, &fault) == OK);
    CHECK(&b->check, ask(b, &(struct http_settings){.server = b->plain, .pin = b->material.pin}, &fault) == ERR_NETWORK); /* a pin never goes with plain http */
}

static void test_pairing(struct bench *b)
{
    struct fault fault = {0};
    struct identity got, again;
    const char *spool = file_join(&b->arena, b->folder, "spool");
    CHECK(&b->check, file_make_directories(spool, NULL) == OK);
    CHECK(&b->check, identity_pair(&b->arena, &(struct identity){.server = b->plain}, "1", "x", &got, &fault) == ERR_DENIED && strstr(fault.text, "https"));
    CHECK(&b->check, identity_pair(&b->arena, &(struct identity){.server = b->secure, .pin = OTHER_PIN}, "1", "x", &got, &fault) == ERR_DENIED);
    CHECK(&b->check, identity_pair(&b->arena, &(struct identity){.server = b->secure, .pin = b->material.pin}, "1", "x", &got, &fault) == OK);
    CHECK(&b->check, identity_store(spool, &got, &fault) == OK && identity_load(&b->arena, spool, &again, &fault) == OK);
    CHECK_TEXT(&b->check, again.pin, b->material.pin);
    CHECK_TEXT(&b->check, again.server, b->secure);
    got.pin = NULL;
    CHECK(&b->check, identity_store(spool, &got, &fault) == OK && identity_load(&b->arena, spool, &again, &fault) == OK && !again.pin);
    got.pin = "sha256//short";
    CHECK(&b->check, identity_store(spool, &got, &fault) == OK && identity_load(&b->arena, spool, &again, &fault) == ERR_INPUT);
}

int main(void)
{
    static const struct http_route routes[] = {{HTTP_GET, "/hello", 1, 0, 0, say_hello, "say_hello", ""}, {HTTP_POST, "/api/v1/pair", 1, 0, 4096, pair, "pair", ""}};
    struct bench b = {.folder = "/tmp/plenum-trust-XXXXXX"};
    struct fault fault = {0};
    char command[128];
    (void)signal(SIGPIPE, SIG_IGN);
    if (crypto_init() || http_client_start() || !mkdtemp(b.folder)) return 1;
    struct http_config config = {.listen = "127.0.0.1:0", .listen_tls = "127.0.0.1:0", .routes = routes, .route_count = 2};
    enum err e = tls_material_load(b.folder, NULL, NULL, NULL, 0, &b.material, &fault);
    config.tls_certificate = b.material.certificate_pem;
    config.tls_key = b.material.key_pem;
    if (e == OK) e = http_server_start(&config, &b.server, &fault);
    if (!CHECK(&b.check, e == OK)) {
        printf("# %s\n", fault.text);
        return check_done(&b.check, "test_scanner_trust");
    }
    b.secure = arena_printf(&b.arena, "https://127.0.0.1:%u", http_server_port_tls(b.server));
    b.plain = arena_printf(&b.arena, "http://127.0.0.1:%u", http_server_port(b.server));
    b.authority = tls_path(&b.arena, b.folder, "authority.crt");
    test_split(&b);
    test_spares(&b);
    test_trust(&b);
    test_pairing(&b);
    http_server_stop(b.server);
    http_client_finish();
    tls_material_release(&b.material);
    (void)snprintf(command, sizeof command, "rm -rf %s", b.folder);
    CHECK(&b.check, system(command) == 0);
    arena_release(&b.arena);
    return check_done(&b.check, "test_scanner_trust");
}
