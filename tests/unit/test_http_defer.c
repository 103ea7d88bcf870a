/* # threads: also under the thread sanitizer */
/* Requests that wait: deferred and resumed by other threads, run in the pool, clients that vanish meanwhile, a full queue, stopping in
 * the middle of it all. */
#include "server/pool/pool.h"
#include "tests/unit/http_kit.h"

#include <pthread.h>
#include <stdatomic.h>

/* A thread that resumes what it is given, after a moment, out of order. */
struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct http_request *waiting[512];
    size_t count;
    bool stop;
};

struct app {
    struct waiter waiter;
    struct pool *pool;
    atomic_int ended, resumed, states_open, states_closed, handled;
    atomic_bool gate; /* slow jobs wait for it */
};

static void *waiter_main(void *arg)
{
    struct waiter *waiter = arg;
    unsigned seed = 7;
    pthread_mutex_lock(&waiter->mutex);
    while (!waiter->stop || waiter->count) {
        if (!waiter->count) {
            pthread_cond_wait(&waiter->changed, &waiter->mutex);
            continue;
        }
        size_t i = (size_t)rand_r(&seed) % waiter->count;
        struct http_request *req = waiter->waiting[i];
        waiter->waiting[i] = waiter->waiting[--waiter->count];
        pthread_mutex_unlock(&waiter->mutex);
        if (seed % 4 == 0) usleep(seed % 300);
        req->state = arena_printf(req->arena, "%s, told by another thread", (char *)req->state);
        http_resume(req);
        pthread_mutex_lock(&waiter->mutex);
    }
    pthread_mutex_unlock(&waiter->mutex);
    return NULL;
}

static void on_end(void *data)
{
    atomic_fetch_add(&((struct app *)data)->ended, 1);
}

static void wait_more(struct http_request *req);

static void after_wait(struct http_request *req)
{
    struct app *app = req->context;
    atomic_fetch_add(&app->resumed, 1);
    if (http_query(req, "again") && !strstr(req->state, "again")) {
        req->state = arena_printf(req->arena, "again %s", (char *)req->state);
        wait_more(req);
        return;
    }
    http_reply_text(req, 200, "text/plain", req->state ? req->state : "no memory");
}

static void wait_more(struct http_request *req)
{
    struct app *app = req->context;
    req->resume = after_wait;
    http_defer(req);
    pthread_mutex_lock(&app->waiter.mutex);
    app->waiter.waiting[app->waiter.count++] = req;
    pthread_cond_signal(&app->waiter.changed);
    pthread_mutex_unlock(&app->waiter.mutex);
}

static void handle_wait(struct http_request *req)
{
    struct app *app = req->context;
    atomic_fetch_add(&app->handled, 1);
    (void)http_at_end(req, on_end, app);
    int *state = http_worker_state(req);
    req->state = arena_printf(req->arena, "%s%s", http_query(req, "n"), state && *state == 42 ? "" : " without state");
    wait_more(req);
}

static void handle_at_once(struct http_request *req) /* resumed before the handler returns */
{
    req->resume = after_wait;
    req->state = arena_strdup(req->arena, "at once");
    http_defer(req);
    http_resume(req);
}

static void handle_no_continuation(struct http_request *req)
{
    http_defer(req);
    http_resume(req);
}

static void work_reply(struct http_request *req, void *thread_state)
{
    struct app *app = req->context;
    while (atomic_load(&app->gate)) usleep(500);
    http_reply_text(req, 200, "text/plain", thread_state ? "from the pool" : "no state");
}

static void handle_pool(struct http_request *req)
{
    struct app *app = req->context;
    atomic_fetch_add(&app->handled, 1);
    (void)http_at_end(req, on_end, app);
    http_run_in_pool(req, app->pool, work_reply);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/wait", 0, 0, 0, handle_wait, "handle_wait", ""},
    {HTTP_GET, "/at-once", 0, 0, 0, handle_at_once, "handle_at_once", ""},
    {HTTP_GET, "/no-continuation", 0, 0, 0, handle_no_continuation, "handle_no_continuation", ""},
    {HTTP_GET, "/pool", 0, 0, 0, handle_pool, "handle_pool", ""},
};

static void *state_open(void *context)
{
    int *state = malloc(sizeof *state);
    if (state) *state = 42;
    atomic_fetch_add(&((struct app *)context)->states_open, 1);
    return state;
}

static void state_close(void *context, void *state)
{
    free(state);
    atomic_fetch_add(&((struct app *)context)->states_closed, 1);
}

#define CLIENTS 64
struct client {
    struct kit *kit;
    int number, vanish, good, wrong;
};

static void *client_main(void *arg)
{
    struct client *client = arg;
    unsigned seed = (unsigned)client->number + 1;
    for (int round = 0; round < 12; round++) {
        char text[200], want[100];
        int fd = kit_connect(client->kit);
        for (int i = 0; i < 4; i++) {
            (void)snprintf(text, sizeof text, "GET /wait?n=%d-%d-%d%s HTTP/1.1\r\nHost: here\r\n\r\n", client->number, round, i, i % 2 ? "&again" : "");
            (void)kit_send(fd, text, strlen(text));
            if (client->vanish && rand_r(&seed) % 3 == 0) {
                struct linger linger = {1, 0};
                if (rand_r(&seed) % 2) (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger); /* a reset, not an end */
                break;
            }
            struct answer answer = kit_read(fd, 0, 10000);
            (void)snprintf(want, sizeof want, "%d-%d-%d, told", client->number, round, i);
            if (answer.status == 200 && strstr(answer.body, want)) client->good++;
            else if (client->wrong++ < 3) printf("# %s: %d %s closed %d\n", want, answer.status, answer.body ? answer.body : "", answer.closed);
            answer_free(&answer);
        }
        close(fd);
    }
    return NULL;
}

static void test_parallel(struct kit *kit)
{
    pthread_t threads[CLIENTS];
    static struct client clients[CLIENTS];
    int good = 0, wrong = 0, steady = 0;
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){kit, i, i % 2, 0, 0};
        CHECK(&kit->check, pthread_create(&threads[i], NULL, client_main, &clients[i]) == 0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        (void)pthread_join(threads[i], NULL);
        good += clients[i].good;
        wrong += clients[i].wrong;
        if (!clients[i].vanish) steady += clients[i].good;
    }
    CHECK(&kit->check, wrong == 0);
    CHECK(&kit->check, steady == CLIENTS / 2 * 12 * 4);
    CHECK(&kit->check, good > steady);
}

static void test_simple(struct kit *kit)
{
    struct answer answer = kit_get(kit, "/at-once", NULL);
    CHECK_TEXT(&kit->check, answer.body, "at once");
    answer_free(&answer);
    answer = kit_get(kit, "/no-continuation", NULL);
    CHECK(&kit->check, answer.status == 500);
    answer_free(&answer);
    answer = kit_get(kit, "/pool", NULL);
    CHECK_TEXT(&kit->check, answer.body, "from the pool");
    answer_free(&answer);
}

/* 2 run, 4 wait, the rest is told to come again. */
static void test_full_pool(struct kit *kit, struct app *app)
{
    int fds[20], busy = 0, served = 0;
    atomic_store(&app->gate, true);
    for (int i = 0; i < 20; i++) {
        fds[i] = kit_connect(kit);
        (void)kit_send(fds[i], "GET /pool HTTP/1.1\r\nHost: here\r\n\r\n", 34);
        clock_sleep_ms(5);
    }
    for (int i = 6; i < 20; i++) {
        struct answer answer = kit_read(fds[i], 0, 30000);
        busy += answer.status == 503 && answer_header(&answer, "Retry-After");
        answer_free(&answer);
    }
    struct pool_counters counters;
    pool_counters(app->pool, &counters);
    CHECK(&kit->check, counters.running == 2 && counters.queued == 4 && counters.refused == 14);
    close(fds[0]); /* gone while its job runs */
    close(fds[5]); /* gone while its job waits */
    clock_sleep_ms(20);
    atomic_store(&app->gate, false);
    for (int i = 1; i < 5; i++) {
        struct answer answer = kit_read(fds[i], 0, 30000);
        served += answer.status == 200;
        answer_free(&answer);
    }
    if (!CHECK(&kit->check, busy == 14 && served == 4)) printf("# busy %d, served %d\n", busy, served);
    for (int i = 1; i < 20; i++)
        if (i != 5) close(fds[i]);
}

struct late {
    struct app *app;
    int ms;
};

static void *open_gate_late(void *arg)
{
    struct late *late = arg;
    clock_sleep_ms(late->ms);
    atomic_store(&late->app->gate, false);
    return NULL;
}

/* Stopping waits for what is under way, and its answers still go out. */
static void test_stop(struct kit *kit, struct app *app)
{
    pthread_t thread;
    struct late late = {app, 200};
    int fd = kit_connect(kit), idle = kit_connect(kit);
    atomic_store(&app->gate, true);
    (void)kit_send(fd, "GET /pool HTTP/1.1\r\nHost: here\r\n\r\n", 34);
    clock_sleep_ms(50);
    CHECK(&kit->check, pthread_create(&thread, NULL, open_gate_late, &late) == 0);
    int64_t start = clock_steady_ms();
    http_server_stop(kit->server);
    int64_t took = clock_steady_ms() - start;
    CHECK(&kit->check, took >= 100 && took < 1500);
    struct answer answer = kit_read(fd, 0, 1000);
    CHECK_TEXT(&kit->check, answer.body, "from the pool");
    answer_free(&answer);
    (void)pthread_join(thread, NULL);
    close(fd);
    close(idle);
}

int main(void)
{
    static struct app app;
    struct kit kit = {0};
    pthread_t waiter;
    (void)pthread_mutex_init(&app.waiter.mutex, NULL);
    (void)pthread_cond_init(&app.waiter.changed, NULL);
    CHECK(&kit.check, pthread_create(&waiter, NULL, waiter_main, &app.waiter) == 0);
    CHECK(&kit.check, pool_start(&(struct pool_config){.queue_limit = 4, .context = &app, .thread_open = state_open, .thread_close = state_close}, &app.pool) == OK);
    kit_start(&kit, (struct http_config){.routes = routes, .route_count = sizeof routes / sizeof *routes, .context = &app,
                                         .hooks = {.worker_open = state_open, .worker_close = state_close}});
    test_simple(&kit);
    test_parallel(&kit);
    test_full_pool(&kit, &app);
    test_stop(&kit, &app);
    pthread_mutex_lock(&app.waiter.mutex);
    app.waiter.stop = true;
    pthread_cond_signal(&app.waiter.changed);
    pthread_mutex_unlock(&app.waiter.mutex);
    (void)pthread_join(waiter, NULL);
    pool_stop(app.pool);
    CHECK(&kit.check, atomic_load(&app.ended) == atomic_load(&app.handled)); /* none is forgotten, whatever happened to its client */
    CHECK(&kit.check, atomic_load(&app.states_open) >= 3 && atomic_load(&app.states_open) == atomic_load(&app.states_closed));
    return check_done(&kit.check, "http deferred requests and pool");
}
