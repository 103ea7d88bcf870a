/* Load generator for POST /api/v1/checkins: keep-alive connections, one scan a request, each with a number of its own.
 *     load_checkins PORT KEY GATE TOKENS CONNECTIONS SECONDS
 * TOKENS is a file with one token a line; they are scanned in, then out, then in again, in turn. SIGTERM ends it sooner. Prints one JSON line: acknowledgements
 * a second, percentiles of the time from request to answer in ms, the longest, answers that were not 200. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/id.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define MOST_SAMPLES 4000000

struct connection {
    int fd;
    char in[16384];
    size_t have;
    int64_t sent_us;
};

struct load {
    int port, epoll, signals;
    int64_t until_us;
    const char *key, *gate;
    char (*tokens)[ID_TOKEN_SIZE];
    size_t token_count, next;
    float *samples;
    size_t sample_count, bad;
};

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("connect");
        exit(1);
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void send_scan(struct load *load, struct connection *c)
{
    char body[512], request[1024], uuid[ID_UUID_SIZE], now[CLOCK_TEXT_SIZE];
    size_t turn = load->next / load->token_count, at = load->next % load->token_count;
    load->next++;
    id_uuid7(uuid);
    int n = snprintf(
        body, sizeof body,
        "{\"scan_id\":\"%s\",\"token\":\"%s\",\"gate\":\"%s\",\"direction\":\"%s\",\"scanned_at\":\"%s\",\"age_ms\":0,\"decision\":\"ask\"}", uuid,
        load->tokens[at], load->gate, turn % 2 ? "out" : "in", clock_format(clock_now_ms(), now));
    int m = snprintf(request, sizeof request,
                     "POST /api/v1/checkins HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nContent-Type: "
                     "application/json\r\nContent-Length: %d\r\n\r\n%s",
                     load->port, load->key, n, body);
    c->sent_us = clock_steady_us();
    c->have = 0;
    if (write(c->fd, request, (size_t)m) != m) {
        perror("write");
        exit(1);
    }
}

/* True when the whole answer is there. */
static int answer_complete(struct connection *c)
{
    c->in[c->have] = '\0';
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(c->in, "content-length:");
    if (!length || length > end) return -1;
    return c->have >= (size_t)(end + 4 - c->in) + strtoul(length + 15, NULL, 10);
}

static void on_readable(struct load *load, struct connection *c, int go_on)
{
    ssize_t n = read(c->fd, c->in + c->have, sizeof c->in - 1 - c->have);
    if (n <= 0) {
        fprintf(stderr, "the server closed a connection: %s\n", n ? strerror(errno) : c->in);
        exit(1);
    }
    c->have += (size_t)n;
    if (answer_complete(c) != 1) return;
    if (strncmp(c->in, "HTTP/1.1 200", 12) != 0) load->bad++;
    else if (load->sample_count < MOST_SAMPLES) load->samples[load->sample_count++] = (float)(clock_steady_us() - c->sent_us) / 1000.0f;
    if (go_on) send_scan(load, c);
    else c->sent_us = 0;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void read_tokens(struct load *load, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[64];
    if (!f) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, f)) {
        load->tokens = realloc(load->tokens, (load->token_count + 1) * sizeof *load->tokens);
        line[strcspn(line, "\n")] = '\0';
        if (id_token_read(line, load->tokens[load->token_count])) load->token_count++;
    }
    fclose(f);
}

/* SIGTERM is an event like others. */
static void watch_signals(struct load *load)
{
    sigset_t set;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    load->signals = signalfd(-1, &set, SFD_CLOEXEC);
    (void)epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->signals, &event);
}

static void on_signal(struct load *load)
{
    struct signalfd_siginfo info;
    if (read(load->signals, &info, sizeof info) == sizeof info) load->until_us = clock_steady_us();
}

static void run(struct load *load, int count)
{
    struct epoll_event events[256];
    int waiting = count;
    while (waiting > 0) {
        int n = epoll_wait(load->epoll, events, 256, 1000);
        int go_on = clock_steady_us() < load->until_us;
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (c) on_readable(load, c, go_on);
            else on_signal(load);
            if (c && c->sent_us == 0) waiting--;
        }
        if (n == 0 && clock_steady_us() > load->until_us + 10000000) break;
    }
}

int main(int argc, char **argv)
{
    if (argc != 7 || crypto_init() != OK) {
        fputs("usage: load_checkins PORT KEY GATE TOKENS CONNECTIONS SECONDS\n", stderr);
        return 2;
    }
    struct load load = {.port = (int)strtol(argv[1], NULL, 10), .key = argv[2], .gate = argv[3], .epoll = epoll_create1(EPOLL_CLOEXEC)};
    int count = (int)strtol(argv[5], NULL, 10);
    read_tokens(&load, argv[4]);
    load.samples = calloc(MOST_SAMPLES, sizeof *load.samples);
    struct connection *connections = calloc((size_t)count, sizeof *connections);
    if (!load.samples || !connections || !load.token_count) return 1;
    for (int i = 0; i < count; i++) {
        connections[i].fd = connect_to(load.port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        (void)epoll_ctl(load.epoll, EPOLL_CTL_ADD, connections[i].fd, &event);
    }
    int64_t begin = clock_steady_us();
    load.until_us = begin + strtol(argv[6], NULL, 10) * 1000000;
    watch_signals(&load);
    for (int i = 0; i < count; i++) send_scan(&load, &connections[i]);
    run(&load, count);
    double seconds = (double)(clock_steady_us() - begin) / 1e6;
    qsort(load.samples, load.sample_count, sizeof *load.samples, compare);
    size_t n = load.sample_count;
    printf("{\"per_second\": %.1f, \"p50\": %.2f, \"p99\": %.2f, \"longest\": %.2f, \"bad\": %zu}\n", (double)n / seconds, n ? load.samples[n / 2] : 0.0f,
           n ? load.samples[n * 99 / 100] : 0.0f, n ? load.samples[n - 1] : 0.0f, load.bad);
    return load.bad || !n ? 1 : 0;
}
