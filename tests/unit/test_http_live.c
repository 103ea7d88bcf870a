/* # threads: also under the thread sanitizer */
/* Server-Sent Events: first picture, ids, going on after a break, gaps, slow readers, the limit, heartbeats, stopping. */
#include "server/live/live.h"
#include "tests/unit/http_kit.h"

#include <pthread.h>
#include <stdatomic.h>

struct app {
    struct live_hub *hub;
    atomic_int ticks;
};

static void handle_live(struct http_request *req)
{
    struct app *app = req->context;
    const char *event = http_param(req, "event");
    live_stream(req, app->hub, &(struct live_wish){event, http_header(req, "Last-Event-ID"), http_header(req, "X-Owner"), strcmp(event, "leased") == 0 ? 300 : 0});
}

static const struct http_route routes[] = {{HTTP_GET, "/live/{event}", 0, 0, 0, handle_live, "handle_live", ""}};

static bool on_tick(void *context, struct live_hub *hub)
{
    (void)hub;
    atomic_fetch_add(&((struct app *)context)->ticks, 1);
    return false;
}

static int subscribe_as(struct kit *kit, const char *event, const char *header, const char *value)
{
    char text[300];
    int fd = kit_connect(kit);
    (void)snprintf(text, sizeof text, "GET /live/%s HTTP/1.1\r\nHost: here\r\n%s%s%s%s\r\n", event, value ? header : "", value ? ": " : "", value ? value : "",
                   value ? "\r\n" : "");
    (void)kit_send(fd, text, strlen(text));
    return fd;
}

static int subscribe(struct kit *kit, const char *event, const char *last)
{
    return subscribe_as(kit, event, "Last-Event-ID", last);
}

/* Reads lines until an empty one; "" when nothing came in `ms`. */
static const char *read_event(int fd, char *out, size_t size, int ms)
{
    size_t n = 0;
    out[0] = '\0';
    while (n + 1 < size && kit_byte(fd, out + n, ms) > 0) {
        out[++n] = '\0';
        if (n >= 2 && out[n - 1] == '\n' && out[n - 2] == '\n') return out;
    }
    return out;
}

static void check_event(struct kit *kit, int fd, const char *want, int line)
{
    char text[8192];
    (void)read_event(fd, text, sizeof text, 3000);
    if (!check_report(&kit->check, strstr(text, want) != NULL, want, __FILE__, line)) printf("# line %d got \"%s\"\n", line, text);
}
#define EVENT(fd, want) check_event(kit, fd, want, __LINE__)

/* Head and "retry" of a new stream. */
static int open_stream(struct kit *kit, const char *event, const char *last)
{
    int fd = subscribe(kit, event, last);
    struct answer answer = kit_read(fd, 1, 3000);
    CHECK(&kit->check, answer.status == 200);
    CHECK_TEXT(&kit->check, answer_header(&answer, "Content-Type"), "text/event-stream; charset=utf-8");
    CHECK_TEXT(&kit->check, answer_header(&answer, "Cache-Control"), "no-store");
    CHECK(&kit->check, !answer_header(&answer, "Transfer-Encoding"));
    answer_free(&answer);
    EVENT(fd, "retry: 2000\n");
    return fd;
}

/* The id of the last event read into `text`. */
static void take_id(const char *text, char id[64])
{
    id[0] = '\0';
    const char *p = strstr(text, "id: ");
    if (p) (void)snprintf(id, 64, "%.*s", (int)strcspn(p + 4, "\n"), p + 4);
}

static void test_story(struct kit *kit, struct app *app)
{
    char text[8192], id[64], first[64];
    CHECK(&kit->check, live_set_snapshot(app->hub, "a", "{\"n\":1}", 0) == OK);
    int fd = open_stream(kit, "a", NULL);
    (void)read_event(fd, text, sizeof text, 3000);
    CHECK(&kit->check, strstr(text, "event: snapshot\ndata: {\"n\":1}\n\n") != NULL);
    take_id(text, first);
    CHECK(&kit->check, strlen(first) == 18 && strcmp(first + 16, "-1") == 0);
    CHECK(&kit->check, live_publish(app->hub, "a", "checkin", "{\"c\":2}") == OK);
    (void)read_event(fd, text, sizeof text, 3000);
    take_id(text, id);
    CHECK(&kit->check, strstr(text, "event: checkin\ndata: {\"c\":2}\n\n") && strncmp(id, first, 17) == 0 && strcmp(id + 16, "-2") == 0);
    CHECK(&kit->check, live_publish(app->hub, "b", "checkin", "other channel") == OK);
    CHECK(&kit->check, live_publish(app->hub, "a", "note", "two\nlines\r\nthree") == OK);
    EVENT(fd, "data: two\ndata: lines\ndata: three\n\n");
    CHECK(&kit->check, live_listeners(app->hub, "a") == 1 && live_listeners(app->hub, "none") == 0);
    close(fd);
    fd = open_stream(kit, "a", id); /* goes on where it was, without a picture */
    EVENT(fd, "event: note\n");
    close(fd);
    fd = open_stream(kit, "a", "0123456789abcdef-2"); /* another boot */
    EVENT(fd, "event: snapshot\n");
    EVENT(fd, "event: checkin\n"); /* what came after the picture */
    EVENT(fd, "event: note\n");
    CHECK(&kit->check, live_set_snapshot(app->hub, "a", "{\"n\":5}", 1) == OK);
    EVENT(fd, "data: {\"n\":5}\n");
    close(fd);
    fd = open_stream(kit, "a", id); /* a told picture says more than the events before it */
    EVENT(fd, "data: {\"n\":5}\n");
    for (int i = 0; i < 20; i++) (void)live_publish(app->hub, "a", "checkin", "x");
    (void)live_set_snapshot(app->hub, "a", "{\"n\":25}", 0);
    int late = open_stream(kit, "a", id); /* the ring of 8 has forgotten */
    EVENT(late, "data: {\"n\":25}\n");
    (void)live_publish(app->hub, "a", "checkin", "y");
    EVENT(late, "data: y\n");
    close(late);
    close(fd);
    fd = open_stream(kit, "a", "nonsense-");
    EVENT(fd, "event: snapshot\n");
    close(fd);
    CHECK(&kit->check, live_publish(app->hub, "a", "bad\nname", "x") == ERR_LIMIT);
    fd = open_stream(kit, "later", NULL); /* before anything was ever said */
    (void)live_set_snapshot(app->hub, "later", "now", 0);
    EVENT(fd, "event: snapshot\ndata: now\n");
    EVENT(fd, ": k\n"); /* heartbeat */
    close(fd);
    CHECK(&kit->check, atomic_load(&app->ticks) > 0);
}

/* The number in "id: boot-number"; -1: a line without one (greeting, heartbeat). */
static long id_of(const char *text)
{
    const char *id = strstr(text, "id: "), *dash = id ? strchr(id, '-') : NULL;
    return dash ? atol(dash + 1) : -1;
}

/* While one screen does not read, 30 000 events pass: it gets the newest picture then, and nobody waited for it. How many it gets before is chance (what fits
 * into the sockets, who comes first), so what is looked at holds in every case: it learns of the end, and where events are missing there is a picture. */
static void test_slow(struct kit *kit, struct app *app)
{
    int fd = subscribe(kit, "slow", NULL);
    char pad[2000];
    memset(pad, 'x', sizeof pad - 1);
    pad[sizeof pad - 1] = '\0';
    (void)live_set_snapshot(app->hub, "slow", "start", 0);
    clock_sleep_ms(50);
    int64_t start = clock_steady_ms();
    for (int i = 0; i < 30000; i++) (void)live_publish(app->hub, "slow", "checkin", pad);
    (void)live_set_snapshot(app->hub, "slow", "finish", 1);
    (void)live_publish(app->hub, "slow", "last", "z");
    CHECK(&kit->check, clock_steady_ms() - start < 5000);
    char *text = malloc(65536);
    int events = 0, finished = 0, last = 0, gaps = 0;
    long before = -1; /* after a picture: what it stands for may be newer than its number */
    for (int64_t until = clock_steady_ms() + 30000; !last && clock_steady_ms() < until;) {
        if (!*read_event(fd, text, 65536, 10000)) break;
        long id = id_of(text);
        bool is_picture = strstr(text, "event: snapshot") != NULL;
        events += strstr(text, "event: checkin") != NULL;
        finished += strstr(text, "data: finish\n") != NULL;
        last += strstr(text, "data: z\n") != NULL;
        if (id >= 0 && !is_picture) gaps += before >= 0 && id != before + 1;
        if (id >= 0) before = is_picture ? -1 : id;
    }
    if (!CHECK(&kit->check, last && finished && !gaps && events < 15000))
        printf("# slow reader: %d events, picture %d, last %d, gaps %d\n", events, finished, last, gaps);
    free(text);
    close(fd);
}

static void test_limit(struct kit *kit, struct app *app)
{
    int fds[60], good = 0;
    struct live_counters counters;
    for (int i = 0; i < 200; i++) { /* those of the tests before are noticed gone */
        live_counters(app->hub, &counters);
        if (!counters.streams) break;
        clock_sleep_ms(20);
    }
    CHECK(&kit->check, counters.streams == 0);
    (void)live_set_snapshot(app->hub, "many", "many", 0);
    for (int i = 0; i < 50; i++) {
        fds[i] = subscribe(kit, "many", NULL);
        struct answer answer = kit_read(fds[i], 1, 3000);
        good += answer.status == 200;
        answer_free(&answer);
    }
    CHECK(&kit->check, good == 50);
    int fd = subscribe(kit, "many", NULL);
    struct answer answer = kit_read(fd, 0, 3000);
    CHECK(&kit->check, answer.status == 503 && answer_header(&answer, "Retry-After"));
    answer_free(&answer);
    close(fd);
    (void)live_publish(app->hub, "many", "all", "everybody");
    int told = 0;
    for (int i = 0; i < 50; i++) {
        char text[400];
        for (int j = 0; j < 6; j++)
            if (strstr(read_event(fds[i], text, sizeof text, 3000), "everybody")) {
                told++;
                break;
            }
    }
    CHECK(&kit->check, told == 50);
    for (int i = 0; i < 50; i += 2) close(fds[i]); /* half of them leave */
    for (int i = 0; i < 200; i++) {
        live_counters(app->hub, &counters);
        if (counters.streams == 25) break;
        clock_sleep_ms(20);
    }
    CHECK(&kit->check, counters.streams == 25);
}

struct storm {
    struct app *app;
    atomic_bool stop;
};

static void *publish_storm(void *arg)
{
    struct storm *storm = arg;
    for (int i = 0; !atomic_load(&storm->stop); i++) {
        (void)live_publish(storm->app->hub, "storm", "n", "1");
        if (i % 5 == 0) (void)live_set_snapshot(storm->app->hub, "storm", "s", i % 2);
        if (i % 16 == 0) usleep(200);
    }
    return NULL;
}

static void *subscribe_storm(void *arg)
{
    struct kit *kit = arg;
    char text[512];
    for (int i = 0; i < 60; i++) {
        int fd = subscribe(kit, "storm", NULL);
        for (int j = 0; j < i % 7; j++) (void)read_event(fd, text, sizeof text, 500);
        close(fd);
    }
    return NULL;
}

/* Joining, leaving and publishing at once; then the end with open streams: each is closed by us, soon. */
static void test_storm_and_stop(struct kit *kit, struct app *app)
{
    pthread_t publisher, subscribers[4];
    struct storm storm = {.app = app};
    CHECK(&kit->check, pthread_create(&publisher, NULL, publish_storm, &storm) == 0);
    for (int i = 0; i < 4; i++) CHECK(&kit->check, pthread_create(&subscribers[i], NULL, subscribe_storm, kit) == 0);
    for (int i = 0; i < 4; i++) (void)pthread_join(subscribers[i], NULL);
    atomic_store(&storm.stop, true);
    (void)pthread_join(publisher, NULL);
    int open = open_stream(kit, "a", NULL), closed = 0;
    int64_t start = clock_steady_ms();
    live_hub_close(app->hub);
    int refused = subscribe(kit, "a", NULL);
    struct answer answer = kit_read(refused, 0, 2000);
    CHECK(&kit->check, answer.status == 503);
    answer_free(&answer);
    close(refused);
    http_server_stop(kit->server);
    CHECK(&kit->check, clock_steady_ms() - start < 3000);
    free(kit_drain(open, 1000, &closed));
    CHECK(&kit->check, closed);
    close(open);
    live_hub_free(app->hub);
}

/* A leased stream tells its events, says "again" when its time is over, and ends. */
static int status_as(struct kit *kit, const char *event, const char *owner, int *ret_fd)
{
    *ret_fd = subscribe_as(kit, event, "X-Owner", owner);
    struct answer answer = kit_read(*ret_fd, 1, 3000);
    int status = answer.status;
    CHECK(&kit->check, status != 429 || answer_header(&answer, "Retry-After"));
    answer_free(&answer);
    return status;
}

/* One owner has four, in all channels together; others have theirs, and who leaves makes room. */
static void test_owner(struct kit *kit)
{
    int fds[4], other, refused, tries = 0, status;
    for (int i = 0; i < 4; i++) CHECK(&kit->check, status_as(kit, i % 2 ? "mine" : "a", "one", &fds[i]) == 200);
    CHECK(&kit->check, status_as(kit, "mine", "one", &refused) == 429);
    close(refused);
    CHECK(&kit->check, status_as(kit, "mine", "two", &other) == 200);
    close(other);
    close(fds[0]);
    do { /* it is noticed gone */
        clock_sleep_ms(20);
        status = status_as(kit, "mine", "one", &other);
        close(other);
    } while (status != 200 && ++tries < 200);
    CHECK(&kit->check, status == 200);
    for (int i = 1; i < 4; i++) close(fds[i]);
}

static void test_lease(struct kit *kit, struct app *app)
{
    char text[512];
    CHECK(&kit->check, live_set_snapshot(app->hub, "leased", "{\"n\":1}", 0) == OK);
    int fd = open_stream(kit, "leased", NULL);
    EVENT(fd, "event: snapshot");
    CHECK(&kit->check, live_publish(app->hub, "leased", "checkin", "{}") == OK);
    EVENT(fd, "event: checkin");
    bool again = false;
    for (int i = 0; i < 5 && !again; i++) again = strstr(read_event(fd, text, sizeof text, 2000), "event: again") != NULL;
    CHECK(&kit->check, again);
    CHECK(&kit->check, kit_byte(fd, text, 2000) <= 0);
    (void)close(fd);
}

/* Whoever takes nothing for too long gives its place to others; whoever sleeps because there is nothing to tell does not. */
static void test_stuck(struct check *check)
{
    struct kit kit = {0};
    struct app app = {0};
    struct live_counters counters = {0};
    char pad[2000];
    memset(pad, 'x', sizeof pad - 1);
    pad[sizeof pad - 1] = '\0';
    struct live_config config = {.heartbeat_ms = 100, .stuck_ms = 1000};
    CHECK(check, live_hub_start(&config, &app.hub) == OK);
    kit_start(&kit, (struct http_config){.routes = routes, .route_count = 1, .context = &app});
    int calm = open_stream(&kit, "calm", NULL), stuck = subscribe(&kit, "stuck", NULL);
    for (int i = 0; i < 1500 && !counters.cut; i++) {
        for (int k = 0; k < 50; k++) (void)live_publish(app.hub, "stuck", "checkin", pad); /* more than the sockets between us hold */
        clock_sleep_ms(20);
        live_counters(app.hub, &counters);
    }
    CHECK(check, counters.cut == 1);
    for (int i = 0; i < 500 && counters.streams != 1; i++) {
        clock_sleep_ms(20);
        live_counters(app.hub, &counters);
    }
    CHECK(check, counters.streams == 1 && live_listeners(app.hub, "calm") == 1);
    close(calm);
    close(stuck);
    live_hub_close(app.hub);
    http_server_stop(kit.server);
    live_hub_free(app.hub);
    check->passed += kit.check.passed;
    check->failed += kit.check.failed;
}

int main(void)
{
    struct kit kit = {0};
    static struct app app;
    (void)crypto_init();
    test_stuck(&kit.check);
    struct live_config config = {.stream_limit = 50, .owner_limit = 4, .ring_size = 8, .heartbeat_ms = 300, .tick_ms = 20, .context = &app, .on_tick = on_tick};
    CHECK(&kit.check, live_hub_start(&config, &app.hub) == OK);
    kit_start(&kit, (struct http_config){.routes = routes, .route_count = 1, .context = &app});
    test_story(&kit, &app);
    test_slow(&kit, &app);
    test_limit(&kit, &app);
    test_owner(&kit);
    test_lease(&kit, &app);
    test_storm_and_stop(&kit, &app);
    return check_done(&kit.check, "http live streams");
}
