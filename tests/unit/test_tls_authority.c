/* # threads: also under the thread sanitizer */
/* The local authority: what is made, what stays across renewals, what is told; and handshakes by openssl and curl with a server of ours. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "server/http/http.h"
#include "server/tls/authority.h"
#include "tests/unit/check.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW INT64_C(1796083200000) /* 2026-12-01 */

struct bench {
    struct check check;
    struct arena arena;
    char folder[64];
    struct tls_names names;
};

/* Exit status of a shell command; its output is dropped. */
static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...)
{
    char command[4096], quiet[4200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(command, sizeof command, format, args);
    va_end(args);
    (void)snprintf(quiet, sizeof quiet, "( %s ) >/dev/null 2>&1 </dev/null", command);
    int status = system(quiet);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static enum err load(struct bench *b, int64_t now_ms, bool may_write, struct tls_material *ret, struct fault *fault)
{
    const struct tls_wish wish = {b->folder, NULL, NULL, &b->names, now_ms, may_write};
    return tls_material_load_wish(&wish, ret, fault);
}

/* A good result is released; for checks that want the error alone. */
static enum err try_load(struct bench *b, int64_t now_ms, bool may_write, struct fault *fault)
{
    struct tls_material material = {0};
    enum err e = load(b, now_ms, may_write, &material, fault);
    tls_material_release(&material);
    return e;
}

static unsigned mode_of(struct bench *b, const char *name)
{
    struct stat st;
    return stat(tls_path(&b->arena, b->folder, name), &st) ? 0 : st.st_mode & 0777;
}

static void test_names(struct bench *b)
{
    static const struct {
        const char *text, *want;
    } table[] = {{"https://Hall.Example.org:8443/#x", "hall.example.org"}, {"10.0.0.2:8080", "10.0.0.2"}, {"[2001:DB8::1]:8443", "2001:db8::1"},
                 {"http://[::1]/", "::1"}, {"2001:db8:0:0::2", "2001:db8::2"}, {"LAPTOP.local.", "laptop.local"}, {"my_pc", "my_pc"}, {"", NULL},
                 {"*.example.org", NULL}, {"fe80::1%eth0", NULL}, {"-a.org", NULL}, {"a-.org", NULL}, {"a..org", NULL}, {"hội.vn", NULL}, {"a b", NULL}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *got = NULL;
        enum err e = tls_name_tidy(&b->arena, table[i].text, &got);
        CHECK(&b->check, e == (table[i].want ? OK : ERR_INPUT));
        CHECK_TEXT(&b->check, got, table[i].want);
    }
    struct tls_names names = {0};
    CHECK(&b->check, tls_names_of_machine(&names, &b->arena) == OK);
    size_t count = names.count;
    CHECK(&b->check, count >= 3 && tls_names_have(&names, "localhost") && tls_names_have(&names, "127.0.0.1") && tls_names_have(&names, "::1"));
    CHECK(&b->check, tls_names_add(&names, &b->arena, "LOCALHOST:1") == OK && names.count == count);
    char many[32];
    for (int i = 0; i < 2 * TLS_NAMES_MOST; i++) {
        (void)snprintf(many, sizeof many, "10.1.0.%d", i);
        CHECK(&b->check, tls_names_add(&names, &b->arena, many) == OK);
    }
    CHECK(&b->check, names.count == TLS_NAMES_MOST);
}

static void test_first_start(struct bench *b)
{
    struct tls_material m = {0};
    struct fault fault = {0};
    CHECK(&b->check, try_load(b, NOW, false, &fault) == ERR_NOT_FOUND && strstr(fault.text, "plenum tls init"));
    CHECK(&b->check, mode_of(b, "authority.key") == 0);
    CHECK(&b->check, try_load(b, TLS_EARLIEST_MS - 1, true, &fault) == ERR_INPUT && strstr(fault.text, "2025-12-31"));
    CHECK(&b->check, mode_of(b, "authority.key") == 0);
    CHECK(&b->check, load(b, NOW, true, &m, &fault) == OK && m.made && m.renewed && !m.due);
    CHECK(&b->check, mode_of(b, "authority.key") == 0600 && mode_of(b, "server.key") == 0600 && mode_of(b, "server.crt") == 0644);
    CHECK(&b->check, strncmp(m.authority_name, "Plenum local authority ", 23) == 0 && strlen(m.authority_name) == 27);
    CHECK(&b->check, strlen(m.fingerprint) == 95 && strlen(m.pin) == 8 + 44 && strncmp(m.pin, "sha256//", 8) == 0);
    CHECK(&b->check, m.not_after_ms - NOW == (TLS_SERVER_DAYS - 1) * CLOCK_DAY && m.authority_not_after_ms > NOW + 3650 * CLOCK_DAY);
    CHECK(&b->check, tls_names_cover(&m.names, &b->names) && m.names.count == b->names.count);
    CHECK(&b->check, strncmp(m.certificate_pem, "-----BEGIN CERTIFICATE", 22) == 0 && strstr(m.certificate_pem, m.authority_pem));
    CHECK(&b->check, strstr(m.key_pem, "-----BEGIN PRIVATE KEY") == m.key_pem);
    tls_material_release(&m);
}

static int verify(struct bench *b, const char *options)
{
    return run("cd %s/tls && openssl verify -x509_strict -attime %lld %s -CAfile authority.crt server.crt", b->folder, (long long)(NOW / 1000), options);
}

/* What another implementation says of them. */
static void test_by_openssl(struct bench *b)
{
    const char *folder = b->folder;
    struct tls_material m = {0};
    CHECK(&b->check, load(b, NOW, false, &m, NULL) == OK && !m.made && !m.renewed);
    CHECK(&b->check, verify(b, "-purpose sslserver -verify_hostname hall.example.org") == 0);
    CHECK(&b->check, verify(b, "-purpose sslserver -verify_ip 10.0.0.2") == 0);
    CHECK(&b->check, verify(b, "-purpose sslclient") != 0);
    CHECK(&b->check, verify(b, "-verify_hostname other.example.org") != 0);
    CHECK(&b->check, run("openssl x509 -in %s/tls/authority.crt -noout -fingerprint -sha256 | grep -F 'Fingerprint=%s'", folder, m.fingerprint) == 0);
    CHECK(&b->check, run("openssl x509 -in %s/tls/authority.crt -noout -text | grep -F 'CA:TRUE, pathlen:0'", folder) == 0);
    CHECK(&b->check, run("openssl x509 -in %s/tls/authority.crt -noout -text | grep -F 'NIST CURVE: P-256'", folder) == 0);
    CHECK(&b->check, run("test \"$(openssl x509 -in %s/tls/authority.crt -noout -ext keyUsage | tail -1 | tr -d ' ')\" = CertificateSign", folder) == 0);
    CHECK(&b->check, run("test \"sha256//$(openssl pkey -in %s/tls/server.key -pubout -outform DER | openssl dgst -sha256 -binary | base64)\" = '%s'", folder,
                         m.pin) == 0);
    tls_material_release(&m);
}

static void test_renewal(struct bench *b)
{
    struct tls_material first = {0}, later = {0};
    CHECK(&b->check, load(b, NOW, true, &first, NULL) == OK && !first.made && !first.renewed);
    int64_t edge = first.not_after_ms - TLS_RENEW_DAYS * CLOCK_DAY;
    CHECK(&b->check, load(b, edge - 1000, true, &later, NULL) == OK && !later.renewed && strcmp(first.certificate_pem, later.certificate_pem) == 0);
    tls_material_release(&later);
    CHECK(&b->check, load(b, edge, false, &later, NULL) == OK && later.due && !later.renewed);
    tls_material_release(&later);
    CHECK(&b->check, load(b, edge, true, &later, NULL) == OK && later.renewed && !later.made && later.not_after_ms > first.not_after_ms);
    CHECK_TEXT(&b->check, later.pin, first.pin);
    CHECK_TEXT(&b->check, later.fingerprint, first.fingerprint);
    CHECK_TEXT(&b->check, later.key_pem, first.key_pem);
    CHECK_TEXT(&b->check, later.authority_pem, first.authority_pem);
    CHECK(&b->check, strcmp(first.certificate_pem, later.certificate_pem) != 0);
    tls_material_release(&later);
    CHECK(&b->check, load(b, NOW, true, &later, NULL) == OK && later.renewed); /* the clock was ahead then: not yet good now */
    tls_material_release(&later);
    CHECK(&b->check, tls_names_add(&b->names, &b->arena, "192.168.77.9") == OK);
    CHECK(&b->check, load(b, NOW, true, &later, NULL) == OK && later.renewed && tls_names_have(&later.names, "192.168.77.9"));
    CHECK_TEXT(&b->check, later.pin, first.pin);
    tls_material_release(&later);
    b->names.count--; /* a name too many is no reason */
    CHECK(&b->check, load(b, NOW, true, &later, NULL) == OK && !later.renewed);
    int64_t end = later.authority_not_after_ms;
    tls_material_release(&later);
    CHECK(&b->check, load(b, end - 100 * CLOCK_DAY, true, &later, NULL) == OK && later.not_after_ms == end); /* never beyond its authority */
    tls_material_release(&later);
    tls_material_release(&first);
    CHECK(&b->check, load(b, NOW, true, &later, NULL) == OK);
    tls_material_release(&later);
}

/* One file of the folder is harmed by `harm` (a shell command, in DIR/tls); loading must say `want`, write nothing, and be well again after. */
static void harmed(struct bench *b, const char *harm, const char *want)
{
    struct fault fault = {0};
    CHECK(&b->check, run("rm -rf %s.keep && cp -a %s %s.keep && cd %s/tls && { %s; }", b->folder, b->folder, b->folder, b->folder, harm) == 0);
    CHECK(&b->check, run("rm -rf %s.seen && cp -a %s %s.seen", b->folder, b->folder, b->folder) == 0);
    enum err e = try_load(b, NOW, true, &fault);
    if (!CHECK(&b->check, e == ERR_INPUT && strstr(fault.text, want))) printf("# %s: %s: \"%s\"\n", harm, err_name(e), fault.text);
    CHECK(&b->check, try_load(b, NOW, false, NULL) == ERR_INPUT);
    CHECK(&b->check, run("diff -r %s %s.seen", b->folder, b->folder) == 0);
    CHECK(&b->check, run("rm -rf %s %s.seen && mv %s.keep %s", b->folder, b->folder, b->folder, b->folder) == 0);
    CHECK(&b->check, try_load(b, NOW, true, NULL) == OK);
}

static void test_harm(struct bench *b)
{
    /* An authority that ran out long ago, whatever this machine's clock says today. */
    const char *old = "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x "
                      "-keyout authority.key -out x.csr && : > x.db && echo 01 > x.srl && "
                      "printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=x.db\\nserial=x.srl\\nnew_certs_dir=.\\ndefault_md=sha256\\npolicy=p\\nx509_extensions=e\\n"
                      "[p]\\ncommonName=supplied\\n[e]\\nbasicConstraints=critical,CA:true\\n' > x.cnf && "
                      "openssl ca -batch -notext -config x.cnf -selfsign -keyfile authority.key -in x.csr -startdate 20200101000000Z "
                      "-enddate 20210101000000Z -out authority.crt && rm -f x.* 01.pem";
    harmed(b, "head -c 80 authority.key > x && mv x authority.key", "authority.key: not a private key");
    harmed(b, "sed -i 2d server.key", "server.key: not a private key");
    harmed(b, ": > authority.crt", "authority.crt: not a certificate");
    harmed(b, "printf 'a\\0b' > authority.crt", "authority.crt: not a PEM file");
    harmed(b, "truncate -s 200 server.crt", "server.crt: not a certificate");
    harmed(b, "openssl ec -aes128 -passout pass:x -in authority.key -out x && mv x authority.key", "passphrase");
    harmed(b, "rm authority.key", "authority.key is missing");
    harmed(b, "rm authority.crt", "authority.crt is missing");
    harmed(b, "rm authority.key authority.crt", "is missing");
    harmed(b, "rm server.key", "server.key is missing");
    harmed(b, "cp server.key authority.key", "authority.key does not belong to");
    harmed(b, "cp server.crt authority.crt; cp server.key authority.key", "not the certificate of an authority");
    harmed(b, "cp authority.key server.key", "server.crt does not belong to");
    harmed(b, old, ": set the clock");
    harmed(b, "openssl req -x509 -key server.key -days 3000 -subj /CN=x -out server.crt", "was not signed by");
    harmed(b, "cp server.crt authority.crt", "authority.key does not belong to");
}

static void test_clock_and_leftovers(struct bench *b)
{
    struct tls_material before = {0}, after = {0};
    struct fault fault = {0};
    CHECK(&b->check, load(b, NOW, true, &before, NULL) == OK);
    CHECK(&b->check, try_load(b, NOW - 30 * CLOCK_DAY, true, &fault) == ERR_INPUT && strstr(fault.text, "says 2026-11-01"));
    CHECK(&b->check, try_load(b, before.authority_not_after_ms, true, &fault) == ERR_INPUT && strstr(fault.text, "set the clock"));
    CHECK(&b->check, run("rm %s/tls/server.crt", b->folder) == 0); /* can be made from what is there */
    CHECK(&b->check, try_load(b, NOW, false, NULL) == ERR_NOT_FOUND);
    CHECK(&b->check, load(b, NOW, true, &after, NULL) == OK && after.renewed && !after.made);
    CHECK_TEXT(&b->check, after.pin, before.pin);
    tls_material_release(&after);
    CHECK(&b->check, run("cd %s/tls && rm authority.* server.crt && chmod 644 server.key", b->folder) == 0); /* what the fault advises */
    CHECK(&b->check, load(b, NOW, true, &after, NULL) == OK && after.made && mode_of(b, "server.key") == 0600);
    CHECK_TEXT(&b->check, after.pin, before.pin);
    CHECK(&b->check, strcmp(after.fingerprint, before.fingerprint) != 0);
    tls_material_release(&after);
    CHECK(&b->check, run("cd %s/tls && rm authority.crt server.*", b->folder) == 0); /* power cut after the first file */
    CHECK(&b->check, load(b, NOW, true, &after, NULL) == OK && after.made);
    tls_material_release(&after);
    tls_material_release(&before);
}

static void test_own_files(struct bench *b)
{
    char cert[128], key[128], other[128];
    struct tls_material m = {0};
    struct fault fault = {0};
    (void)snprintf(cert, sizeof cert, "%s/own.crt", b->folder);
    (void)snprintf(key, sizeof key, "%s/own.key", b->folder);
    (void)snprintf(other, sizeof other, "%s/tls/server.key", b->folder);
    CHECK(&b->check, run("openssl req -x509 -newkey rsa:2048 -nodes -days 60 -subj /CN=own -addext subjectAltName=DNS:own.example.org "
                         "-keyout %s -out %s", key, cert) == 0);
    const char *const extra[] = {"https://hall.example.org:8443"};
    CHECK(&b->check, tls_material_load(b->folder, cert, key, extra, 1, &m, &fault) == OK && !m.authority_pem && !m.made);
    CHECK(&b->check, tls_names_have(&m.names, "own.example.org") && strlen(m.fingerprint) == 95);
    tls_material_release(&m);
    CHECK(&b->check, tls_material_load(b->folder, cert, NULL, NULL, 0, &m, &fault) == ERR_USAGE);
    CHECK(&b->check, tls_material_load(b->folder, cert, other, NULL, 0, &m, &fault) == ERR_INPUT && strstr(fault.text, "does not belong to"));
    CHECK(&b->check, tls_material_load(b->folder, key, key, NULL, 0, &m, &fault) == ERR_INPUT && strstr(fault.text, "not a certificate"));
    CHECK(&b->check, tls_material_load(b->folder, "/nowhere.crt", key, NULL, 0, &m, &fault) == ERR_NOT_FOUND);
    const struct tls_wish late = {b->folder, cert, key, &b->names, clock_now_ms() + 61 * CLOCK_DAY, true};
    CHECK(&b->check, tls_material_load_wish(&late, &m, &fault) == ERR_INPUT && strstr(fault.text, "own.crt is good from"));
    const char *const bad[] = {"*.example.org"};
    CHECK(&b->check, tls_material_load(b->folder, NULL, NULL, bad, 1, &m, &fault) == ERR_INPUT && strstr(fault.text, "*.example.org"));
}

static void say_hello(struct http_request *req)
{
    http_reply_text(req, 200, "text/plain; charset=utf-8", "hello");
}

/* Exit code of curl: 0 for an answer, 60 for a certificate that it does not trust, 90 for another key than the pinned one. */
static int ask(uint16_t port, const char *options, const char *host)
{
    return run("curl -sS --noproxy '*' --max-time 10 --fail %s https://%s:%u/hello", options, host, port);
}

static void test_handshake(struct bench *b)
{
    static const struct http_route routes[] = {{HTTP_GET, "/hello", 1, 0, 0, say_hello, "say_hello", ""}};
    struct tls_material m = {0};
    struct fault fault = {0};
    struct http_server *server = NULL;
    char pin[160], authority[160];
    CHECK(&b->check, run("rm -rf %s/tls", b->folder) == 0); /* the real clock now */
    const char *const extra[] = {"http://hall.example.org:8080"};
    if (!CHECK(&b->check, tls_material_load(b->folder, NULL, NULL, extra, 1, &m, &fault) == OK)) printf("# %s\n", fault.text);
    struct http_config config = {.listen_tls = "127.0.0.1:0", .tls_certificate = m.certificate_pem, .tls_key = m.key_pem, .routes = routes, .route_count = 1};
    if (!CHECK(&b->check, http_server_start(&config, &server, &fault) == OK)) {
        printf("# %s\n", fault.text);
        tls_material_release(&m);
        return;
    }
    uint16_t port = http_server_port_tls(server);
    (void)snprintf(pin, sizeof pin, "-k --pinnedpubkey '%s'", m.pin);
    (void)snprintf(authority, sizeof authority, "--cacert %s/tls/authority.crt", b->folder);
    CHECK(&b->check, ask(port, pin, "127.0.0.1") == 0);
    CHECK(&b->check, ask(port, authority, "127.0.0.1") == 0 && ask(port, authority, "localhost") == 0);
    CHECK(&b->check, run("curl -sS --noproxy '*' --fail %s --resolve hall.example.org:%u:127.0.0.1 https://hall.example.org:%u/hello", authority, port, port) == 0);
    CHECK(&b->check, run("curl -sS --noproxy '*' --fail %s --resolve no.example.org:%u:127.0.0.1 https://no.example.org:%u/hello", authority, port, port) == 60);
    CHECK(&b->check, ask(port, "", "127.0.0.1") == 60); /* nobody trusts it unasked */
    CHECK(&b->check, ask(port, "-k --pinnedpubkey 'sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='", "127.0.0.1") == 90);
    CHECK(&b->check, run("openssl s_client -connect 127.0.0.1:%u -CAfile %s/tls/authority.crt -verify_return_error -verify_ip 127.0.0.1 -tls1_2", port, b->folder) == 0);
    CHECK(&b->check, run("openssl s_client -connect 127.0.0.1:%u -CAfile %s/tls/authority.crt -verify_return_error -tls1_3", port, b->folder) == 0);
    CHECK(&b->check, run("openssl s_client -connect 127.0.0.1:%u -tls1_1 -cipher DEFAULT@SECLEVEL=0", port) != 0);
    http_server_stop(server);
    server = NULL;
    const char *const more[] = {"hall.example.org", "10.99.98.97"}; /* a renewal, and the same scanner */
    struct tls_material renewed = {0};
    CHECK(&b->check, tls_material_load(b->folder, NULL, NULL, more, 2, &renewed, &fault) == OK && renewed.renewed && !renewed.made);
    config.tls_certificate = renewed.certificate_pem;
    config.tls_key = renewed.key_pem;
    CHECK(&b->check, http_server_start(&config, &server, &fault) == OK);
    CHECK(&b->check, ask(http_server_port_tls(server), pin, "127.0.0.1") == 0);
    CHECK(&b->check, ask(http_server_port_tls(server), authority, "127.0.0.1") == 0);
    http_server_stop(server);
    tls_material_release(&renewed);
    tls_material_release(&m);
}

/* Several programs at the first start agree on one authority. */
static void test_race(struct bench *b)
{
    CHECK(&b->check, run("rm -rf %s/tls", b->folder) == 0);
    pid_t children[6];
    for (size_t i = 0; i < 6; i++) {
        children[i] = fork();
        if (children[i]) continue;
        struct tls_material m = {0};
        int made = load(b, NOW, true, &m, NULL) == OK ? (m.made ? 1 : 0) : 9;
        tls_material_release(&m);
        _exit(made);
    }
    int makers = 0;
    for (size_t i = 0; i < 6; i++) {
        int status = 0;
        CHECK(&b->check, children[i] > 0 && waitpid(children[i], &status, 0) == children[i] && WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        makers += WEXITSTATUS(status);
    }
    CHECK(&b->check, makers == 1);
}

int main(void)
{
    struct bench b = {.folder = "/tmp/plenum-tls-XXXXXX"};
    (void)signal(SIGPIPE, SIG_IGN);
    if (crypto_init() || !mkdtemp(b.folder)) return 1;
    static const char *const names[] = {"localhost", "127.0.0.1", "::1", "laptop", "10.0.0.2", "2001:db8::7", "hall.example.org"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) CHECK(&b.check, tls_names_add(&b.names, &b.arena, names[i]) == OK);
    test_names(&b);
    test_first_start(&b);
    test_by_openssl(&b);
    test_renewal(&b);
    test_harm(&b);
    test_clock_and_leftovers(&b);
    test_own_files(&b);
    test_race(&b);
    test_handshake(&b);
    (void)run("rm -rf %s %s.keep %s.seen", b.folder, b.folder, b.folder);
    arena_release(&b.arena);
    return check_done(&b.check, "test_tls_authority");
}
