/* Load generator for POST /api/v1/checkins: keep-alive connections, one scan a request, each with a number of its own.
 *     load_checkins PORT KEY GATE TOKENS CONNECTIONS SECONDS [RATE [ACKS]]
 * TOKENS is a file with one token a line; they are scanned in, then out, then in again, in turn. RATE: scans a second at most; 0: as fast as the answers come.
 * ACKS is a file that gets, as pairs of int64, how many people have come in for the first time and the steady µs at which the client knew it, for load_streams.
 * SIGTERM ends the load sooner. Prints one JSON line: acknowledgements a second, percentiles of the time from request to answer in ms, the longest, and how many
 * answers were not 200. */
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
    int64_t until_us, due_us, step_us; /* step: between two scans; 0: none */
    int64_t (*acks)[2];
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
    if (load->sample_count <= load->token_count && load->sample_count) {
        load->acks[load->sample_count - 1][0] = (int64_t)load->sample_count;
        load->acks[load->sample_count - 1][1] = clock_steady_us();
    }
    c->sent_us = 0;
    if (go_on && !load->step_us) send_scan(load, c);
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

/* With a rate: whoever is free sends what is due. Gives how many wait for an answer. */
static int send_due(struct load *load, struct connection *connections, int count)
{
    int waiting = 0;
    for (int i = 0; i < count; i++) {
        int64_t now = clock_steady_us();
        if (load->step_us && !connections[i].sent_us && now >= load->due_us && now < load->until_us) {
            load->due_us += load->step_us;
            send_scan(load, &connections[i]);
        }
        waiting += connections[i].sent_us != 0;
    }
    return waiting;
}

static void run(struct load *load, struct connection *connections, int count)
{
    struct epoll_event events[256];
    while (send_due(load, connections, count) > 0 || clock_steady_us() < load->until_us) {
        int n = epoll_wait(load->epoll, events, 256, load->step_us ? 1 : 1000);
        int go_on = clock_steady_us() < load->until_us;
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (c) on_readable(load, c, go_on);
            else on_signal(load);
        }
        if (n == 0 && clock_steady_us() > load->until_us + 10000000) break;
    }
}

static int write_acks(const struct load *load, const char *path)
{
    size_t count = load->sample_count < load->token_count ? load->sample_count : load->token_count;
    FILE *f = fopen(path, "w");
    if (!f) return 1;
    size_t written = fwrite(load->acks, sizeof *load->acks, count, f);
    return fclose(f) != 0 || written != count;
}

int main(int argc, char **argv)
{
    if (argc < 7 || argc > 9 || crypto_init() != OK) {
        fputs("usage: load_checkins PORT KEY GATE TOKENS CONNECTIONS SECONDS [RATE [ACKS]]\n", stderr);
        return 2;
    }
    struct load load = {.port = (int)strtol(argv[1], NULL, 10), .key = argv[2], .gate = argv[3], .epoll = epoll_create1(EPOLL_CLOEXEC)};
    int count = (int)strtol(argv[5], NULL, 10);
    read_tokens(&load, argv[4]);
    load.samples = calloc(MOST_SAMPLES, sizeof *load.samples);
    struct connection *connections = calloc((size_t)count, sizeof *connections);
    load.acks = calloc(load.token_count + 1, sizeof *load.acks);
    if (!load.samples || !connections || !load.acks || !load.token_count) return 1;
    for (int i = 0; i < count; i++) {
        connections[i].fd = connect_to(load.port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        (void)epoll_ctl(load.epoll, EPOLL_CTL_ADD, connections[i].fd, &event);
    }
    int64_t begin = clock_steady_us();
    long rate = argc > 7 ? strtol(argv[7], NULL, 10) : 0;
    load.step_us = rate > 0 ? 1000000 / rate : 0;
    load.due_us = begin;
    load.until_us = begin + strtol(argv[6], NULL, 10) * 1000000;
    watch_signals(&load);
    for (int i = 0; !load.step_us && i < count; i++) send_scan(&load, &connections[i]);
    run(&load, connections, count);
    double seconds = (double)(clock_steady_us() - begin) / 1e6;
    qsort(load.samples, load.sample_count, sizeof *load.samples, compare);
    size_t n = load.sample_count;
    printf("{\"per_second\": %.1f, \"p50\": %.2f, \"p99\": %.2f, \"longest\": %.2f, \"bad\": %zu}\n", (double)n / seconds, n ? load.samples[n / 2] : 0.0f,
           n ? load.samples[n * 99 / 100] : 0.0f, n ? load.samples[n - 1] : 0.0f, load.bad);
    if (argc > 8 && write_acks(&load, argv[8]) != 0) return 1;
    return load.bad || !n ? 1 : 0;
}
