/* A question over the network, as a phone would ask it. From this machine it proves that the address is ours and the port is served; whether a phone gets
 * through the access point only a phone can tell. */
#include "server/venue/venue.h"

#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "server/tls/client.h"
#include "server/venue/proof.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 2000
#define ANSWER_LONGEST 4096

enum reach { REACH_US, REACH_OTHER, REACH_CLOSED, REACH_UNKNOWN_NAME, REACH_UNTRUSTED };

static bool split(const char *host, bool secure, char *name, size_t size, char *port, size_t port_size)
{
    const char *inside = host[0] == '[' ? host + 1 : host;
    const size_t length = strcspn(inside, host[0] == '[' ? "]" : ":");
    const char *colon = strchr(inside + length, ':');
    if (length == 0 || length >= size) return false;
    memcpy(name, inside, length);
    name[length] = '\0';
    (void)snprintf(port, port_size, "%.5s", colon ? colon + 1 : secure ? "443" : "80");
    return true;
}

static bool wait_for(int fd, short what, int64_t until_ms)
{
    struct pollfd one = {.fd = fd, .events = what};
    const int64_t left = until_ms - clock_steady_ms();
    return left > 0 && poll(&one, 1, (int)left) == 1;
}

/* A connected socket, or -1. */
static int call(const struct addrinfo *to, int64_t until_ms)
{
    int error = 0, fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t length = sizeof error;
    if (fd < 0) return -1;
    (void)connect(fd, to->ai_addr, to->ai_addrlen);
    if (wait_for(fd, POLLOUT, until_ms) && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0) return fd;
    (void)close(fd);
    return -1;
}

static void talk(int fd, const char *question, char *answer, int64_t until_ms)
{
    size_t got = 0;
    if (send(fd, question, strlen(question), MSG_NOSIGNAL) != (ssize_t)strlen(question)) return;
    while (got < ANSWER_LONGEST && wait_for(fd, POLLIN, until_ms)) {
        const ssize_t n = recv(fd, answer + got, ANSWER_LONGEST - got, 0);
        if (n <= 0) break;
        got += (size_t)n;
    }
    answer[got] = '\0';
}

static enum reach ask(const struct venue_host *host, const char *key)
{
    char name[256], port[8], nonce[33], question[512], proof[PROOF_SIZE], answer[ANSWER_LONGEST + 1] = "";
    uint8_t raw[16];
    struct addrinfo *to = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    crypto_random(raw, sizeof raw);
    crypto_hex(raw, sizeof raw, nonce);
    if (!split(host->host, host->secure, name, sizeof name, port, sizeof port) || getaddrinfo(name, port, &hints, &to) != 0) return REACH_UNKNOWN_NAME;
    const int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
    int fd = call(to, until_ms);
    freeaddrinfo(to);
    if (fd < 0) return REACH_CLOSED;
    (void)snprintf(question, sizeof question, "GET /here/%s HTTP/1.1\r\nHost: %.255s\r\nConnection: close\r\n\r\n", nonce, host->host);
    bool trusted = true;
    if (host->secure) trusted = tls_client_talk(fd, name, question, answer, sizeof answer, PATIENCE_MS);
    else talk(fd, question, answer, until_ms);
    (void)close(fd);
    const bool us = proof_make(key, nonce, proof) && strstr(answer, proof);
    if (!us) return REACH_OTHER;
    return trusted ? REACH_US : REACH_UNTRUSTED;
}

void venue_reach(const struct venue_plan *plan, const char *key, struct venue_list *list)
{
    static const char *const states[] = {[REACH_US] = "ok", [REACH_OTHER] = "other", [REACH_CLOSED] = "closed", [REACH_UNKNOWN_NAME] = "no_name",
                                         [REACH_UNTRUSTED] = "untrusted"};
    for (size_t i = 0; i < plan->host_count; i++) {
        const struct venue_host *host = &plan->hosts[i];
        const enum reach how = ask(host, key);
        venue_add(list, host->printed ? "printed" : "host", states[how], how == REACH_US ? VENUE_OK : how == REACH_UNTRUSTED ? VENUE_WARNING : VENUE_BAD, host->host,
                  NULL, NULL);
    }
}
