/* Open pages of a hall: each phone asks for news with the ETag that it has, again and again, on a new connection each time (a server that is crowded closes
 * those that wait, so this is the worst that browsers do).
 *
 *     news PORT TOKENS PHONES EVERY SECONDS WORD
 *
 * TOKENS holds a badge's token a line. PHONES begin evenly over EVERY seconds and ask every EVERY seconds, for SECONDS. A phone has seen it when a reply's
 * text holds WORD. Writes one line of JSON; times of the first and last sight are CLOCK_MONOTONIC µs, so that whoever published can subtract. One thread; loopback. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MOST 65536
#define ETAG_MOST 64
#define PATIENCE_US (INT64_C(20) * 1000000) /* for one reply */
#define MILLION INT64_C(1000000)

struct phone {
    char token[24], etag[ETAG_MOST];
    char *reply;       /* while it is asking; REPLY_MOST */
    size_t length;
    int fd;            /* -1: waits */
    bool sent;
    int64_t next, began, seen; /* µs; seen 0: not yet */
};

struct hall {
    struct phone *phones;
    int64_t *times;
    size_t count, polls, room, unchanged, whole, errors;
    const char *word;
    char first_error[96];
    int epoll;
    unsigned port;
    int64_t every;
};

static void hang_up(struct hall *hall, struct phone *p, const char *error)
{
    if (error && !hall->errors++) (void)snprintf(hall->first_error, sizeof hall->first_error, "%.60s", error);
    if (p->fd >= 0) (void)close(p->fd);
    p->fd = -1;
    free(p->reply);
    p->reply = NULL;
}

static void call(struct hall *hall, struct phone *p, int64_t now)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)hall->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = p};
    p->next = now + hall->every;
    p->began = now;
    p->length = 0;
    p->sent = false;
    p->reply = malloc(REPLY_MOST);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool good = p->reply && p->fd >= 0 && (connect(p->fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS);
    if (!good || epoll_ctl(hall->epoll, EPOLL_CTL_ADD, p->fd, &event) != 0) hang_up(hall, p, strerror(errno));
}

static void ask(struct hall *hall, struct phone *p)
{
    char text[512];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = p};
    int n = snprintf(text, sizeof text, "GET /d/%s/news HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nAccept-Language: vi\r\n%s%s%s\r\n", p->token,
                     p->etag[0] ? "If-None-Match: " : "", p->etag, p->etag[0] ? "\r\n" : "");
    p->sent = true;
    if (send(p->fd, text, (size_t)n, MSG_NOSIGNAL) != n || epoll_ctl(hall->epoll, EPOLL_CTL_MOD, p->fd, &event) != 0) hang_up(hall, p, strerror(errno));
}

/* A whole reply: counted, its ETag kept, looked through for the word. */
static void end_reply(struct hall *hall, struct phone *p, const char *body, int64_t now)
{
    const char *etag = strcasestr(p->reply, "\r\nETag: ");
    bool unchanged = strncmp(p->reply, "HTTP/1.1 304 ", 13) == 0;
    if (hall->polls < hall->room) hall->times[hall->polls] = now - p->began;
    hall->polls++;
    hall->unchanged += unchanged;
    hall->whole += !unchanged;
    if (etag && etag < body) (void)snprintf(p->etag, sizeof p->etag, "%.*s", (int)strcspn(etag + 8, "\r"), etag + 8);
    if (!p->seen && strstr(body, hall->word)) p->seen = now;
    hang_up(hall, p, p->etag[0] ? NULL : "no ETag");
}

static void listen_to(struct hall *hall, struct phone *p, int64_t now)
{
    ssize_t n = recv(p->fd, p->reply + p->length, REPLY_MOST - 1 - p->length, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        hang_up(hall, p, n ? strerror(errno) : "closed before the end");
        return;
    }
    p->length += (size_t)n;
    p->reply[p->length] = '\0';
    const char *end = strstr(p->reply, "\r\n\r\n"), *length = strcasestr(p->reply, "\r\nContent-Length:");
    if (!end) return;
    bool unchanged = strncmp(p->reply, "HTTP/1.1 304 ", 13) == 0;
    if (!unchanged && strncmp(p->reply, "HTTP/1.1 200 ", 13) != 0) hang_up(hall, p, p->reply);
    else if (!unchanged && (!length || length > end)) hang_up(hall, p, "no length");
    else if (unchanged || p->length - (size_t)(end + 4 - p->reply) >= strtoul(length + 17, NULL, 10)) end_reply(hall, p, end + 4, now);
    else if (p->length + 1 >= REPLY_MOST) hang_up(hall, p, "a reply too long");
}

static void wake(struct hall *hall, int64_t now)
{
    for (size_t i = 0; i < hall->count; i++) {
        struct phone *p = &hall->phones[i];
        if (p->fd >= 0 && now - p->began > PATIENCE_US) hang_up(hall, p, "no reply");
        if (p->fd < 0 && now >= p->next) call(hall, p, now);
    }
}

static void run(struct hall *hall, int64_t seconds)
{
    struct epoll_event events[256];
    int64_t start = load_now_us(), next = 0;
    for (size_t i = 0; i < hall->count; i++) hall->phones[i].next = start + hall->every * (int64_t)i / (int64_t)hall->count;
    for (int64_t now = start; now < start + seconds * MILLION; now = load_now_us()) {
        if (now >= next) {
            wake(hall, now);
            next = now + 5000;
        }
        int n = epoll_wait(hall->epoll, events, 256, 2);
        for (int i = 0; i < n; i++) {
            struct phone *p = events[i].data.ptr;
            if (p->fd < 0) continue;
            if (!p->sent) ask(hall, p);
            else listen_to(hall, p, load_now_us());
        }
    }
}

static bool load_tokens(struct hall *hall, const char *file)
{
    char line[64];
    size_t count = 0;
    FILE *f = fopen(file, "r");
    for (; f && count < hall->count && fgets(line, sizeof line, f); count++) {
        struct phone *p = &hall->phones[count];
        p->fd = -1;
        (void)snprintf(p->token, sizeof p->token, "%.*s", (int)strcspn(line, "\r\n"), line);
    }
    if (f) (void)fclose(f);
    return count > 0 && count == hall->count;
}

static void print(struct hall *hall)
{
    int64_t first = 0, last = 0;
    size_t seen = 0, timed = hall->polls < hall->room ? hall->polls : hall->room;
    for (size_t i = 0; i < hall->count; i++) {
        int64_t at = hall->phones[i].seen;
        if (!at) continue;
        seen++;
        if (!first || at < first) first = at;
        if (at > last) last = at;
    }
    load_sort(hall->times, timed);
    double p50 = timed ? (double)hall->times[timed / 2] / 1000 : 0, p99 = timed ? (double)hall->times[timed * 99 / 100] / 1000 : 0;
    (void)printf("{\"phones\": %zu, \"polls\": %zu, \"unchanged\": %zu, \"whole\": %zu, \"errors\": %zu, \"first_error\": \"%.*s\", ",
                 hall->count, hall->polls, hall->unchanged, hall->whole, hall->errors, (int)strcspn(hall->first_error, "\r\n\""), hall->first_error);
    (void)printf("\"seen\": %zu, \"first_seen_us\": %lld, \"last_seen_us\": %lld, \"p50_ms\": %.1f, \"p99_ms\": %.1f}\n", seen,
                 (long long)first, (long long)last, p50, p99);
}

int main(int count, char **words)
{
    struct hall hall = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
    if (count != 7) {
        (void)fprintf(stderr, "usage: news PORT TOKENS PHONES EVERY SECONDS WORD\n");
        return 2;
    }
    load_raise_file_limit();
    hall.port = (unsigned)strtoul(words[1], NULL, 10);
    hall.count = strtoul(words[3], NULL, 10);
    hall.every = strtoll(words[4], NULL, 10) * MILLION;
    hall.word = words[6];
    int64_t seconds = strtoll(words[5], NULL, 10);
    hall.room = hall.count * ((size_t)seconds + 1);
    hall.phones = calloc(hall.count + 1, sizeof *hall.phones);
    hall.times = calloc(hall.room + 1, sizeof *hall.times);
    if (hall.epoll < 0 || !hall.phones || !hall.times || hall.every <= 0 || !load_tokens(&hall, words[2])) {
        (void)fprintf(stderr, "news: no memory, or too few tokens in %s\n", words[2]);
        return 1;
    }
    run(&hall, seconds);
    print(&hall);
    return hall.errors || !hall.polls ? 1 : 0;
}
