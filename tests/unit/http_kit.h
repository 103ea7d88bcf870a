/* A server in this process and raw sockets to speak to it, for test_http_*.c. */
#ifndef PLENUM_TESTS_HTTP_KIT_H
#define PLENUM_TESTS_HTTP_KIT_H

#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "server/http/http.h"
#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct kit {
    struct check check;
    struct http_server *server;
    uint16_t port;
};

/* Starts on a free port of loopback; exits the test when it does not. */
static inline void kit_start(struct kit *kit, struct http_config config)
{
    struct fault fault = {0};
    signal(SIGPIPE, SIG_IGN);
    (void)crypto_init();
    if (!config.listen) config.listen = "127.0.0.1:0";
    if (http_server_start(&config, &kit->server, &fault)) {
        printf("# cannot start: %s\n", fault.text);
        exit(1);
    }
    kit->port = http_server_port(kit->server);
}

static inline int kit_connect_port(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (fd >= 0) (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static inline int kit_connect(const struct kit *kit)
{
    return kit_connect_port(kit->port);
}

static inline int kit_send(int fd, const void *data, size_t length)
{
    const char *p = data;
    while (length) {
        ssize_t n = send(fd, p, length, MSG_NOSIGNAL);
        if (n <= 0) return -1;
        p += n;
        length -= (size_t)n;
    }
    return 0;
}

struct answer {
    int status;      /* 0: nothing came */
    char *head;      /* with the status line; NUL-terminated */
    char *body;      /* as framed by Content-Length or chunks, or until the end */
    size_t length;
    int closed;      /* the server closed after it */
};

static inline void answer_free(struct answer *answer)
{
    free(answer->head);
    free(answer->body);
    *answer = (struct answer){0};
}

/* The value of a header in memory of this thread; NULL when absent. */
static inline const char *answer_header(const struct answer *answer, const char *name)
{
    static _Thread_local char value[4096];
    size_t length = strlen(name);
    for (const char *line = answer->head; line && *line; line = strstr(line, "\r\n") ? strstr(line, "\r\n") + 2 : NULL)
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *p = line + length + 1;
            while (*p == ' ') p++;
            (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(p, "\r\n"), p);
            return value;
        }
    return NULL;
}

/* One byte at a time is slow but never reads into the next answer. Waits at most `ms` for each byte. -1: nothing, 0: closed. */
static inline int kit_byte(int fd, char *out, int ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (poll(&wait, 1, ms) <= 0) return -1;
    ssize_t n = recv(fd, out, 1, 0);
    return n > 0 ? 1 : 0;
}

static inline int kit_fill(int fd, char *out, size_t length, int ms)
{
    size_t n = 0;
    while (n < length) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, ms) <= 0) return -1;
        ssize_t got = recv(fd, out + n, length - n, 0);
        if (got <= 0) return -1;
        n += (size_t)got;
    }
    return 0;
}

/* Reads one answer; `head_only` for HEAD. */
static inline struct answer kit_read(int fd, int head_only, int ms)
{
    struct answer answer = {0};
    size_t size = 65536, n = 0;
    int result = 1;
    answer.head = calloc(1, size);
    while (n + 1 < size && (result = kit_byte(fd, answer.head + n, ms)) > 0)
        if (++n >= 4 && memcmp(answer.head + n - 4, "\r\n\r\n", 4) == 0) break;
    if (result <= 0) {
        answer.closed = result == 0;
        return answer;
    }
    answer.status = atoi(answer.head + 9);
    const char *length = answer_header(&answer, "Content-Length");
    if (length) answer.length = (size_t)atoll(length);
    answer.body = calloc(1, answer.length + 1);
    if (!head_only && answer.status != 304 && answer.status != 204 && answer.length && kit_fill(fd, answer.body, answer.length, ms)) answer.status = -1;
    return answer;
}

/* Sends a text and reads one answer on a new connection. */
static inline struct answer kit_ask(const struct kit *kit, const char *text)
{
    int fd = kit_connect(kit);
    (void)kit_send(fd, text, strlen(text));
    struct answer answer = kit_read(fd, strncmp(text, "HEAD ", 5) == 0, 5000);
    close(fd);
    return answer;
}

/* GET with extra header lines ("A: b\r\n"). */
static inline struct answer kit_get(const struct kit *kit, const char *path, const char *headers)
{
    char text[8192];
    (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: here\r\n%s\r\n", path, headers ? headers : "");
    return kit_ask(kit, text);
}

static inline int kit_status(const struct kit *kit, const char *text)
{
    struct answer answer = kit_ask(kit, text);
    int status = answer.status;
    answer_free(&answer);
    return status;
}

/* Everything until the server closes, or `ms` without a byte; NUL-terminated, to be freed. *ret_closed: it did close. */
static inline char *kit_drain(int fd, int ms, int *ret_closed)
{
    size_t size = 1u << 16, n = 0;
    char *out = calloc(1, size + 1);
    *ret_closed = 0;
    while (n < size) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, ms) <= 0) break;
        ssize_t got = recv(fd, out + n, size - n, 0);
        if (got <= 0) {
            *ret_closed = 1;
            break;
        }
        n += (size_t)got;
    }
    return out;
}

#endif
