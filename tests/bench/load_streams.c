/* Many screens: opens COUNT live streams, says "open" when each has its first snapshot, reads until its input ends, then prints one JSON line.
 *     load_streams PORT PATH COOKIE COUNT [ACKS CONNECTIONS]
 * ACKS is what load_checkins wrote meanwhile, over so many CONNECTIONS: for its acknowledgements, the time until each stream showed so many people. That many
 * requests may be committed and not acknowledged yet, so a stream is believed to show the n-th scan only when it shows n + CONNECTIONS - 1 people: the times
 * are upper bounds. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD 1024 /* of an event is looked at */
#define MOST_COOKIES 64

struct seen {
    int64_t at_us, attended;
};

struct stream {
    int fd;
    char event[HEAD];
    size_t have;
    char last;
    bool in_head, has_snapshot;
    struct seen *seen;
    size_t seen_count, seen_capacity;
};

struct load {
    int epoll;
    struct stream *streams;
    size_t count, open, ended;
    uint64_t bytes, reads, snapshots, stats, checkins, beats;
};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void start(struct load *load, struct stream *s, int port, const char *path, const char *cookie)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char request[2048];
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; "
                     "rv:115.0) Gecko/20100101 Firefox/115.0\r\nAccept-Language: vi,en-US;q=0.7,en;q=0.3\r\nAccept-Encoding: gzip, deflate\r\nCookie: %s\r\n\r\n",
                     path, port, cookie);
    if (write(s->fd, request, (size_t)n) != n) fail("write");
    (void)fcntl(s->fd, F_SETFL, O_NONBLOCK);
    s->in_head = true;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, s->fd, &event) != 0) fail("epoll_ctl");
}

static void note(struct stream *s, int64_t attended, int64_t now)
{
    if (s->seen_count && s->seen[s->seen_count - 1].attended >= attended) return;
    if (s->seen_count == s->seen_capacity) {
        s->seen_capacity = s->seen_capacity ? s->seen_capacity * 2 : 64;
        s->seen = realloc(s->seen, s->seen_capacity * sizeof *s->seen);
        if (!s->seen) fail("realloc");
    }
    s->seen[s->seen_count++] = (struct seen){now, attended};
}

static void take_event(struct load *load, struct stream *s, int64_t now)
{
    s->event[s->have < HEAD ? s->have : HEAD - 1] = '\0';
    s->have = 0;
    if (s->in_head) {
        if (!strstr(s->event, " 200 ")) {
            fprintf(stderr, "no stream: %.200s\n", s->event);
            exit(1);
        }
        s->in_head = false;
        return;
    }
    bool is_snapshot = strstr(s->event, "event: snapshot\n") != NULL, is_stats = strstr(s->event, "event: stats\n") != NULL;
    const char *attended = is_snapshot || is_stats ? strstr(s->event, "\"attended\":") : NULL;
    load->snapshots += is_snapshot;
    load->stats += is_stats;
    load->checkins += strstr(s->event, "event: checkin\n") != NULL;
    load->beats += s->event[0] == ':';
    if (attended) note(s, strtoll(attended + 11, NULL, 10), now);
    if (is_snapshot && !s->has_snapshot) {
        s->has_snapshot = true;
        load->open++;
    }
}

/* Lines end with \n or, in the head, \r\n; an empty one ends the event. */
static void take_bytes(struct load *load, struct stream *s, const char *data, size_t length, int64_t now)
{
    for (size_t i = 0; i < length; i++) {
        if (data[i] == '\r') continue;
        if (s->have < HEAD) s->event[s->have] = data[i];
        s->have++;
        if (data[i] == '\n' && s->last == '\n') take_event(load, s, now);
        s->last = data[i];
    }
}

static void on_readable(struct load *load, struct stream *s)
{
    static char data[65536];
    ssize_t n = read(s->fd, data, sizeof data);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
        load->ended++;
        close(s->fd);
        return;
    }
    load->bytes += (uint64_t)n;
    load->reads++;
    take_bytes(load, s, data, (size_t)n, load_now_us());
}

/* False when the input has ended. */
static bool run_once(struct load *load, int wait_ms)
{
    struct epoll_event events[256];
    char word[16];
    int n = epoll_wait(load->epoll, events, 256, wait_ms);
    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr) on_readable(load, events[i].data.ptr);
        else if (read(STDIN_FILENO, word, sizeof word) <= 0) return false;
    }
    return true;
}

static void print_latencies(const struct load *load, const char *path, int64_t more)
{
    FILE *f = fopen(path, "r");
    int64_t ack[2], *times = NULL;
    size_t count = 0, capacity = 0, number = 0;
    if (!f || fseek(f, 0, SEEK_END) != 0) fail(path);
    size_t every = (size_t)ftell(f) / sizeof ack / 200 + 1;
    rewind(f);
    while (fread(ack, sizeof ack, 1, f) == 1) {
        if (number++ % every) continue;
        for (size_t i = 0; i < load->count; i++) {
            const struct stream *s = &load->streams[i];
            size_t k = 0;
            while (k < s->seen_count && s->seen[k].attended < ack[0] + more) k++;
            if (k == s->seen_count) continue; /* the last few, of which nobody could know */
            if (count == capacity) times = realloc(times, (capacity = capacity ? capacity * 2 : 4096) * sizeof *times);
            if (!times) fail("realloc");
            times[count++] = s->seen[k].at_us > ack[1] ? s->seen[k].at_us - ack[1] : 0;
        }
    }
    (void)fclose(f);
    load_sort(times, count);
    printf(", \"samples\": %zu", count);
    if (count)
        printf(", \"p50\": %.1f, \"p99\": %.1f, \"longest\": %.1f", (double)times[count / 2] / 1e3, (double)times[count * 99 / 100] / 1e3,
               (double)times[count - 1] / 1e3);
    free(times);
}

/* Several walls' cookies, for one has a limited number of streams. */
static size_t split(char *text, char *ret[MOST_COOKIES])
{
    size_t count = 0;
    while (*text && count < MOST_COOKIES) {
        size_t length = strcspn(text, " ");
        bool more = text[length] == ' ';
        text[length] = '\0';
        if (length) ret[count++] = text;
        text += length + more;
    }
    if (!count) fail("no cookie");
    return count;
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 7) {
        fputs("usage: load_streams PORT PATH \"COOKIE COOKIE…\" COUNT [ACKS CONNECTIONS]\n", stderr);
        return 2;
    }
    load_raise_file_limit();
    struct load load = {.epoll = epoll_create1(EPOLL_CLOEXEC), .count = (size_t)strtoul(argv[4], NULL, 10)};
    load.streams = calloc(load.count ? load.count : 1, sizeof *load.streams);
    if (!load.streams) fail("calloc");
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0) fail("the input must be a pipe");
    char *cookies[MOST_COOKIES];
    size_t cookie_count = split(argv[3], cookies);
    for (size_t i = 0; i < load.count; i++) {
        start(&load, &load.streams[i], (int)strtol(argv[1], NULL, 10), argv[2], cookies[i % cookie_count]);
        if (i % 16 == 15) (void)run_once(&load, 0);
    }
    while (load.open < load.count && !load.ended && run_once(&load, 1000)) continue;
    if (load.open < load.count) fail("not every stream began");
    puts("open");
    (void)fflush(stdout);
    int64_t begin = load_now_us();
    load.bytes = load.reads = load.snapshots = load.stats = load.checkins = load.beats = 0;
    while (run_once(&load, 1000)) continue;
    double seconds = (double)(load_now_us() - begin) / 1e6, each = load.count ? (double)load.count * seconds : 1;
    printf("{\"streams\": %zu, \"ended\": %zu, \"seconds\": %.2f, \"bytes\": %.0f, \"reads\": %.2f, \"snapshots\": %.2f, \"stats\": %.2f, \"checkins\": %.2f", load.count,
           load.ended, seconds, (double)load.bytes / each, (double)load.reads / each, (double)load.snapshots / each, (double)load.stats / each,
           (double)load.checkins / each);
    if (argc == 7) print_latencies(&load, argv[5], strtol(argv[6], NULL, 10) - 1);
    puts("}");
    return load.ended ? 1 : 0;
}
