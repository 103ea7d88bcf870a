/* A hall of phones: each connects at its own moment, opens its page, then what comes after it, at the speed of its radio.
 *
 *     phones PORT PLANS PHONES SECONDS SLOW RATE PID
 *
 * PLANS holds a line for each phone (used in turn): paths with a blank between, the page first. PHONES begin evenly over SECONDS; of a hundred SLOW read no
 * more than RATE bytes a second through a small window. PID: the server, whose memory is sampled. Writes one line of JSON: what went wrong, how long the
 * page took from connect to its last byte, the server's memory before, at most and at the end. One thread; loopback. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MOST 4096
#define PATHS_MOST 4
#define PATIENCE_US (INT64_C(180) * 1000000) /* for one phone */
#define SLOW_WINDOW 16384

struct phone {
    int fd;                 /* -1: not begun, or done */
    int64_t begins, began;  /* µs */
    const char *paths[PATHS_MOST];
    int path_count, path;
    char head[HEAD_MOST];
    size_t head_length;
    bool in_body, slow, resting, sent, is_done;
    int64_t left, got;      /* of the body; got: since the phone began, for its rate */
};

struct hall {
    struct phone *phones;
    int64_t *pages;         /* µs, of each page that came */
    size_t count, page_count, done, errors, at_once, most_at_once;
    int epoll;
    unsigned port;
    int64_t rate, bytes;
    char first_error[160];
    long rss_before, rss_most, pid;
};

/* KB that the server holds. */
static long read_rss(long pid)
{
    char path[64];
    long total, resident = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/statm", pid);
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    if (fscanf(f, "%ld %ld", &total, &resident) != 2) resident = 0;
    (void)fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void end_phone(struct hall *hall, struct phone *p, const char *error)
{
    if (error) {
        const char *what = p->path < p->path_count ? strrchr(p->paths[p->path], '/') : "";
        if (!hall->errors++) (void)snprintf(hall->first_error, sizeof hall->first_error, "%s (%s)", error, what);
    }
    (void)close(p->fd);
    p->fd = -1;
    p->is_done = true;
    hall->done++;
    hall->at_once--;
}

static void watch(const struct hall *hall, struct phone *p, uint32_t events, int how)
{
    struct epoll_event event = {.events = events, .data.ptr = p};
    (void)epoll_ctl(hall->epoll, how, p->fd, &event);
}

static void begin_phone(struct hall *hall, struct phone *p, int64_t now)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)hall->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int window = SLOW_WINDOW;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    p->began = now;
    hall->at_once++;
    if (hall->at_once > hall->most_at_once) hall->most_at_once = hall->at_once;
    if (p->fd >= 0 && p->slow) (void)setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    if (p->fd < 0 || (connect(p->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)) {
        end_phone(hall, p, strerror(errno));
        return;
    }
    watch(hall, p, EPOLLOUT, EPOLL_CTL_ADD);
}

static void send_request(struct hall *hall, struct phone *p)
{
    char text[1024];
    int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nAccept-Encoding: gzip\r\nAccept-Language: vi\r\n"
                     "User-Agent: Mozilla/5.0 (phone)\r\n\r\n", p->paths[p->path]);
    p->head_length = 0;
    p->in_body = false;
    if (n < 0 || (size_t)n >= sizeof text || send(p->fd, text, (size_t)n, MSG_NOSIGNAL) != n) {
        end_phone(hall, p, "the request did not go out");
        return;
    }
    watch(hall, p, EPOLLIN, EPOLL_CTL_MOD);
}

static void end_reply(struct hall *hall, struct phone *p)
{
    if (p->path == 0) hall->pages[hall->page_count++] = load_now_us() - p->began;
    if (++p->path == p->path_count) end_phone(hall, p, NULL);
    else send_request(hall, p);
}

/* The head is complete: a good status and a length. Gives where the body begins in it, or 0 when the phone gave up. */
static size_t read_head(struct hall *hall, struct phone *p)
{
    p->head[p->head_length] = '\0';
    char *end = strstr(p->head, "\r\n\r\n"), *length = strcasestr(p->head, "\r\nContent-Length:");
    if (!end) {
        if (p->head_length + 1 < HEAD_MOST) return 0;
        end_phone(hall, p, "no end of the head");
        return 0;
    }
    if (strncmp(p->head, "HTTP/1.1 200 ", 13) != 0 || !length || length > end) {
        char why[64];
        (void)snprintf(why, sizeof why, "%.40s", p->head);
        end_phone(hall, p, why);
        return 0;
    }
    p->left = strtoll(length + 17, NULL, 10);
    p->in_body = true;
    return (size_t)(end + 4 - p->head);
}

static void take(struct hall *hall, struct phone *p, int64_t n)
{
    p->left -= n;
    p->got += n;
    hall->bytes += n;
    if (p->left < 0) end_phone(hall, p, "more than its length");
    else if (p->left == 0) end_reply(hall, p);
}

static void read_some(struct hall *hall, struct phone *p, char *piece, size_t size, int64_t now)
{
    if (p->slow && p->in_body) {
        int64_t may = (now - p->began) * hall->rate / 1000000 - p->got;
        if (may < 1024 && may < p->left) { /* its radio is busy: looked at again at the next turn of the clock */
            p->resting = true;
            watch(hall, p, 0, EPOLL_CTL_MOD);
            return;
        }
        if ((int64_t)size > may && may > 0) size = (size_t)may;
    }
    char *to = p->in_body ? piece : p->head + p->head_length;
    size_t room = p->in_body ? size : HEAD_MOST - 1 - p->head_length;
    ssize_t n = recv(p->fd, to, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        end_phone(hall, p, n == 0 ? "closed before the end" : strerror(errno));
        return;
    }
    if (p->in_body) {
        take(hall, p, n);
        return;
    }
    p->head_length += (size_t)n;
    size_t begin = read_head(hall, p);
    if (begin && p->fd >= 0) take(hall, p, (int64_t)(p->head_length - begin));
}

static void wake(struct hall *hall, int64_t now)
{
    for (size_t i = 0; i < hall->count; i++) {
        struct phone *p = &hall->phones[i];
        if (p->is_done) continue;
        if (p->fd < 0 && now >= p->begins) begin_phone(hall, p, now);
        else if (p->fd >= 0 && now - p->began > PATIENCE_US) end_phone(hall, p, "gave up waiting");
        else if (p->fd >= 0 && p->resting) {
            p->resting = false;
            watch(hall, p, EPOLLIN, EPOLL_CTL_MOD);
        }
    }
}

static void run(struct hall *hall)
{
    static char piece[262144];
    struct epoll_event events[256];
    int64_t start = load_now_us(), next = 0, sample = 0;
    for (size_t i = 0; i < hall->count; i++) hall->phones[i].begins += start;
    while (hall->done < hall->count) {
        int64_t now = load_now_us();
        if (now >= next) {
            wake(hall, now);
            next = now + 5000;
        }
        if (now >= sample) {
            long rss = read_rss(hall->pid);
            if (rss > hall->rss_most) hall->rss_most = rss;
            sample = now + 100000;
        }
        int n = epoll_wait(hall->epoll, events, 256, 2);
        now = load_now_us();
        for (int i = 0; i < n; i++) {
            struct phone *p = events[i].data.ptr;
            if (p->fd < 0) continue;
            if (!p->sent && (events[i].events & EPOLLOUT)) {
                p->sent = true;
                send_request(hall, p);
            } else if (p->sent || (events[i].events & (EPOLLERR | EPOLLHUP))) read_some(hall, p, piece, sizeof piece, now);
        }
    }
}

static bool load_plans(struct hall *hall, const char *file, int64_t span, int slow)
{
    char line[2048], **lines = NULL;
    size_t count = 0;
    FILE *f = fopen(file, "r");
    while (f && fgets(line, sizeof line, f)) {
        char **more = realloc(lines, (count + 1) * sizeof *lines);
        if (!more) return false;
        lines = more;
        lines[count++] = strdup(line);
    }
    if (!f || !count) return false;
    (void)fclose(f);
    for (size_t i = 0; i < hall->count; i++) {
        struct phone *p = &hall->phones[i];
        char *copy = strdup(lines[i % count]), *rest = copy;
        if (!copy) return false;
        p->fd = -1;
        p->begins = hall->count > 1 ? span * (int64_t)i / (int64_t)(hall->count - 1) : 0;
        p->slow = (int)(i * 37 % 100) < slow;
        for (char *word; p->path_count < PATHS_MOST && (word = strtok_r(rest, " \n", &rest)) != NULL;) p->paths[p->path_count++] = word;
        if (!p->path_count) return false;
    }
    return true;
}

static double at_share(const struct hall *hall, double share)
{
    return hall->page_count ? (double)hall->pages[(size_t)(share * (double)(hall->page_count - 1))] / 1000 : 0;
}

int main(int count, char **words)
{
    struct hall hall = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
    if (count != 8) {
        (void)fprintf(stderr, "usage: phones PORT PLANS PHONES SECONDS SLOW RATE PID\n");
        return 2;
    }
    load_raise_file_limit();
    hall.port = (unsigned)strtoul(words[1], NULL, 10);
    hall.count = strtoul(words[3], NULL, 10);
    hall.rate = strtoll(words[6], NULL, 10);
    hall.pid = strtol(words[7], NULL, 10);
    hall.phones = calloc(hall.count + 1, sizeof *hall.phones);
    hall.pages = calloc(hall.count + 1, sizeof *hall.pages);
    int64_t span = strtoll(words[4], NULL, 10) * 1000000;
    if (hall.epoll < 0 || !hall.phones || !hall.pages || !load_plans(&hall, words[2], span, (int)strtol(words[5], NULL, 10))) {
        (void)fprintf(stderr, "phones: no memory, or no plans in %s\n", words[2]);
        return 1;
    }
    hall.rss_before = hall.rss_most = read_rss(hall.pid);
    int64_t start = load_now_us();
    run(&hall);
    double seconds = (double)(load_now_us() - start) / 1e6;
    load_sort(hall.pages, hall.page_count);
    (void)printf("{\"phones\": %zu, \"errors\": %zu, \"first_error\": \"%s\", \"seconds\": %.1f, \"megabytes\": %.0f, \"at_once\": %zu, ", hall.count, hall.errors,
                 hall.first_error, seconds, (double)hall.bytes / 1e6, hall.most_at_once);
    (void)printf("\"p50_ms\": %.1f, \"p99_ms\": %.1f, \"max_ms\": %.1f, \"rss_before_kb\": %ld, \"rss_most_kb\": %ld, \"rss_end_kb\": %ld}\n",
                 at_share(&hall, 0.5), at_share(&hall, 0.99), at_share(&hall, 1), hall.rss_before, hall.rss_most, read_rss(hall.pid));
    return hall.errors ? 1 : 0;
}
