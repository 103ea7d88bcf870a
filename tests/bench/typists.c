/* Load generator: desks that type letter by letter, each on a keep-alive connection of its own.
 *     typists PORT COOKIE QUERIES DESKS INTERVAL SECONDS
 * QUERIES is a file with one path a line; desk n begins at its n-th part and goes round. INTERVAL: ms from one letter to the next, 0: as soon as the answer is
 * there. Times are from when the letter was due, so that a late server is not spared. Prints one JSON line: requests a second, percentiles and the longest in
 * ms, answers that were not 200, the path that took longest. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MOST_SAMPLES 4000000
#define MOST_DESKS 256

struct desk {
    int fd;
    size_t next, have;
    int64_t due; /* of the letter that is under way, or of the next one */
    bool waiting;
    char in[65536];
};

struct load {
    int port, epoll;
    const char *cookie;
    char **paths;
    size_t path_count, sample_count, bad, desk_count;
    int64_t interval, until, longest, *samples;
    const char *slowest;
};

static void stop(const char *what)
{
    perror(what);
    exit(1);
}

static void read_paths(struct load *load, const char *file)
{
    FILE *f = fopen(file, "r");
    char line[2048];
    if (!f) stop(file);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        load->paths = realloc(load->paths, (load->path_count + 1) * sizeof *load->paths);
        if (!load->paths || !(load->paths[load->path_count++] = strdup(line))) stop("memory");
    }
    fclose(f);
    if (!load->path_count) stop(file);
}

static void open_desk(struct load *load, struct desk *desk)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = desk};
    int one = 1;
    desk->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (desk->fd < 0 || connect(desk->fd, (struct sockaddr *)&address, sizeof address) != 0) stop("connect");
    (void)setsockopt(desk->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)epoll_ctl(load->epoll, EPOLL_CTL_ADD, desk->fd, &event);
}

static void type_letter(struct load *load, struct desk *desk)
{
    char request[4096];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\nAccept: application/json\r\n\r\n", load->paths[desk->next],
                     load->port, load->cookie);
    desk->have = 0;
    desk->waiting = true;
    if (write(desk->fd, request, (size_t)n) != n) stop("write");
}

static bool is_complete(struct desk *desk)
{
    desk->in[desk->have] = '\0';
    const char *end = strstr(desk->in, "\r\n\r\n"), *length = strcasestr(desk->in, "content-length:");
    return end && length && length < end && desk->have >= (size_t)(end + 4 - desk->in) + strtoul(length + 15, NULL, 10);
}

static void on_answer(struct load *load, struct desk *desk)
{
    ssize_t n = read(desk->fd, desk->in + desk->have, sizeof desk->in - 1 - desk->have);
    if (n <= 0) stop("the server closed a connection");
    desk->have += (size_t)n;
    if (!is_complete(desk)) return;
    int64_t now = load_now_us(), took = now - desk->due;
    if (strncmp(desk->in, "HTTP/1.1 200", 12) != 0) load->bad++;
    if (load->sample_count < MOST_SAMPLES) load->samples[load->sample_count++] = took;
    if (took > load->longest) {
        load->longest = took;
        load->slowest = load->paths[desk->next];
    }
    desk->next = (desk->next + 1) % load->path_count;
    desk->due = load->interval ? desk->due + load->interval : now;
    desk->waiting = false;
}

static void run(struct load *load, struct desk *desks)
{
    struct epoll_event events[MOST_DESKS];
    for (int64_t now = load_now_us(); now < load->until; now = load_now_us()) {
        int64_t next = load->until;
        for (size_t i = 0; i < load->desk_count; i++) {
            if (!desks[i].waiting && desks[i].due <= now) type_letter(load, &desks[i]);
            if (!desks[i].waiting && desks[i].due < next) next = desks[i].due;
        }
        int64_t left = next - load_now_us();
        struct timespec wait = {left > 0 ? left / 1000000 : 0, left > 0 ? left % 1000000 * 1000 : 0};
        int n = epoll_pwait2(load->epoll, events, MOST_DESKS, &wait, NULL);
        for (int i = 0; i < n; i++) on_answer(load, events[i].data.ptr);
    }
}

static double ms_at(const struct load *load, size_t percent_of_hundredths)
{
    return (double)load->samples[load->sample_count * percent_of_hundredths / 10000] / 1000.0;
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fputs("usage: typists PORT COOKIE QUERIES DESKS INTERVAL SECONDS\n", stderr);
        return 2;
    }
    struct load load = {.port = (int)strtol(argv[1], NULL, 10), .cookie = argv[2], .epoll = epoll_create1(EPOLL_CLOEXEC), .desk_count = strtoul(argv[4], NULL, 10),
                        .interval = strtol(argv[5], NULL, 10) * 1000};
    read_paths(&load, argv[3]);
    if (load.desk_count < 1 || load.desk_count > MOST_DESKS) return 2;
    load.samples = calloc(MOST_SAMPLES, sizeof *load.samples);
    struct desk *desks = calloc(load.desk_count, sizeof *desks);
    if (!load.samples || !desks) return 1;
    int64_t begin = load_now_us();
    load.until = begin + strtol(argv[6], NULL, 10) * 1000000;
    for (size_t i = 0; i < load.desk_count; i++) {
        open_desk(&load, &desks[i]);
        desks[i].next = i * load.path_count / load.desk_count;
        desks[i].due = begin + load.interval * (int64_t)i / (int64_t)load.desk_count; /* nobody types in step */
    }
    run(&load, desks);
    if (!load.sample_count) return 1;
    double seconds = (double)(load_now_us() - begin) / 1e6;
    load_sort(load.samples, load.sample_count);
    printf("{\"per_second\": %.1f, \"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f, \"longest\": %.3f, \"requests\": %zu, \"bad\": %zu, \"slowest\": \"%s\"}\n",
           (double)load.sample_count / seconds, ms_at(&load, 5000), ms_at(&load, 9900), ms_at(&load, 9990), (double)load.longest / 1000.0, load.sample_count, load.bad,
           load.slowest);
    return load.bad ? 1 : 0;
}
