/* The thread: connections, and what is sent to whom. */
#include "scanner/status/status.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "scanner/status/assets.h"
#include "scanner/status/board.h"
#include "scanner/status/portraits.h"
#include "scanner/status/request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 12
#define STATE_EVERY_MS 1000
#define PATIENCE_MS 5000             /* for a request's head, and for a reader that takes nothing */
#define UNREAD_MOST (256u * 1024u)   /* a browser that lies so far behind starts anew */
#define RECENT 16                    /* results that may come between two turns of the thread */

struct client {
    int fd; /* -1 = free */
    bool is_live, is_done; /* takes events; is closed as soon as all is written */
    int64_t since_ms; /* the last time that something went on */
    char head[STATUS_HEAD_MOST];
    size_t head_length;
    struct buf out;
    size_t written;
};

struct status {
    struct status_settings settings;
    int port, listen_fd, wake_fd;
    pthread_t thread;
    bool has_thread;
    atomic_bool stop;
    atomic_bool is_watched; /* a page is open: only then is a photo asked for */
    struct portraits *portraits; /* NULL: none are shown */
    char boot[CRYPTO_HASH_HEX];
    /* the thread's alone */
    struct queue queue;
    struct roster roster;
    struct client clients[CLIENTS];
    int64_t state_due_ms;
    uint64_t given; /* results that the browsers have */
    pthread_mutex_t lock;
    /* under the lock */
    struct buf recent[RECENT]; /* whole events, by their number modulo RECENT */
    uint64_t made;
    struct board_device device;
    struct buf last; /* the newest result alone, for a page that comes later */
    char last_id[ID_UUID_SIZE];
    int64_t last_ms;
};

/* --- connections ----------------------------------------------------------------------------------------------------------------- */

static void client_close(struct client *client)
{
    if (client->fd >= 0) close(client->fd);
    buf_release(&client->out);
    *client = (struct client){.fd = -1};
}

/* Writes what the browser takes now; the rest waits for poll. */
static void client_flush(struct client *client)
{
    if (client->fd < 0) return;
    if (!buf_ok(&client->out)) {
        client_close(client);
        return;
    }
    while (client->written < client->out.length) {
        ssize_t n = send(client->fd, client->out.data + client->written, client->out.length - client->written, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (n <= 0) {
            client_close(client);
            return;
        }
        client->written += (size_t)n;
        client->since_ms = clock_steady_ms();
    }
    buf_clear(&client->out);
    client->written = 0;
    if (client->is_done) client_close(client);
}

static void put_head(struct client *client, int code, const char *type, int64_t length)
{
    static const struct { int code; const char *phrase; } phrases[] = {
        {200, "OK"}, {400, "Bad Request"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {414, "URI Too Long"},
        {421, "Misdirected Request"}, {503, "Service Unavailable"}};
    const char *phrase = "Error";
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (phrases[i].code == code) phrase = phrases[i].phrase;
    buf_printf(&client->out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nConnection: close\r\n", code, phrase, type);
    if (length >= 0) buf_printf(&client->out, "Content-Length: %" PRId64 "\r\n", length);
    if (code == 405) buf_puts(&client->out, "Allow: GET\r\n");
    buf_puts(&client->out, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nX-Frame-Options: DENY\r\n"
                           "Cross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n"
                           "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                           "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\r\n");
}

static void reply(struct client *client, int code, const char *type, const void *data, size_t length)
{
    put_head(client, code, type, (int64_t)length);
    buf_add(&client->out, data, length);
    client->is_done = true;
}

static void refuse(struct client *client, int code)
{
    static const char text[] = "This page is for the operator's own screen: open it as http://127.0.0.1:PORT/ on the scanner's machine.\n";
    reply(client, code, "text/plain; charset=utf-8", text, sizeof text - 1);
}

static void reply_aside(struct status *status, struct client *client)
{
    struct buf body;
    buf_init(&body, BUF_LIMIT_BODY);
    enum err e = board_put_aside(&body, &status->queue, NULL);
    if (e != OK || !buf_ok(&body)) refuse(client, 503);
    else reply(client, 200, "application/json", body.data, body.length);
    buf_release(&body);
}

static void reply_photo(struct status *status, struct client *client, const char *scan_id)
{
    struct buf picture;
    buf_init(&picture, PORTRAIT_BYTES_MOST);
    bool has = status->portraits && portraits_get(status->portraits, scan_id, &picture);
    if (has && buf_ok(&picture)) reply(client, 200, "image/jpeg", picture.data, picture.length);
    else refuse(client, 404);
    buf_release(&picture);
}

static void put_photo(struct buf *out, const char *scan_id)
{
    buf_printf(out, "{\"scan_id\":\"%s\"}", scan_id);
}

static void put_state(struct status *status, struct buf *out)
{
    buf_puts(out, "event: state\ndata: ");
    struct buf body;
    buf_init(&body, BUF_LIMIT_LINE);
    pthread_mutex_lock(&status->lock);
    struct board_device device = status->device;
    pthread_mutex_unlock(&status->lock);
    board_put_state(&body, &status->settings, &status->queue, &status->roster, &device);
    buf_puts(out, buf_ok(&body) ? buf_text(&body) : "{}");
    buf_puts(out, "\n\n");
    buf_release(&body);
}

/* Who comes: which run of the scanner this is, how things stand, and the last result with its age, so that a page that was away knows it without
 * taking it for a new one. */
static void begin_events(struct status *status, struct client *client)
{
    put_head(client, 200, "text/event-stream; charset=utf-8", -1);
    buf_printf(&client->out, "retry: 500\nevent: hello\ndata: {\"boot\":\"%.16s\"}\n\n", status->boot);
    put_state(status, &client->out);
    pthread_mutex_lock(&status->lock);
    if (status->last.length)
        buf_printf(&client->out, "event: last\ndata: {\"age_ms\":%" PRId64 ",\"scan\":%s}\n\n", clock_steady_ms() - status->last_ms, buf_text(&status->last));
    if (status->portraits && portraits_get(status->portraits, status->last_id, NULL)) {
        buf_puts(&client->out, "event: photo\ndata: ");
        put_photo(&client->out, status->last_id);
        buf_puts(&client->out, "\n\n");
    }
    pthread_mutex_unlock(&status->lock);
    client->is_live = true;
    atomic_store(&status->is_watched, true);
}

static void answer(struct status *status, struct client *client, size_t head_length)
{
    struct status_request request;
    int refused = status_request_read(client->head, head_length, status->port, &request);
    if (refused) {
        refuse(client, refused);
        return;
    }
    if (strcmp(request.path, "/events") == 0) {
        begin_events(status, client);
        return;
    }
    if (strcmp(request.path, "/aside.json") == 0) {
        reply_aside(status, client);
        return;
    }
    if (strncmp(request.path, "/photo/", 7) == 0) {
        reply_photo(status, client, request.path + 7);
        return;
    }
    for (size_t i = 0; i < status_asset_count; i++) {
        const struct status_asset *asset = &status_assets[i];
        if (strcmp(asset->path, request.path) != 0) continue;
        reply(client, 200, asset->type, asset->data, asset->length);
        return;
    }
    refuse(client, 404);
}

static void client_read(struct status *status, struct client *client)
{
    char rest[512];
    bool reads_head = !client->is_live && !client->is_done;
    char *into = reads_head ? client->head + client->head_length : rest;
    size_t room = reads_head ? sizeof client->head - client->head_length : sizeof rest;
    ssize_t n = recv(client->fd, into, room, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (n <= 0) {
        client_close(client);
        return;
    }
    if (!reads_head) return; /* one request a connection: what comes after it is not looked at */
    client->head_length += (size_t)n;
    client->since_ms = clock_steady_ms();
    size_t length = status_head_length(client->head, client->head_length);
    if (length) answer(status, client, length);
    else if (client->head_length == sizeof client->head) refuse(client, 400);
    client_flush(client);
}

/* A free place; else that of who has been silent longest, pages that are open last. */
static struct client *find_place(struct status *status)
{
    struct client *oldest = NULL;
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *c = &status->clients[i];
        if (c->fd < 0) return c;
        bool is_better = !oldest || (oldest->is_live && !c->is_live) || (oldest->is_live == c->is_live && c->since_ms < oldest->since_ms);
        if (is_better) oldest = c;
    }
    client_close(oldest);
    return oldest;
}

static void accept_client(struct status *status)
{
    int fd = accept4(status->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    struct client *client = find_place(status);
    client->fd = fd;
    client->since_ms = clock_steady_ms();
    buf_init(&client->out, BUF_LIMIT_BODY);
}

/* --- the thread ------------------------------------------------------------------------------------------------------------------ */

static void send_to_all(struct status *status, const struct buf *event)
{
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *c = &status->clients[i];
        if (c->fd < 0 || !c->is_live || !buf_ok(event)) continue;
        if (c->out.length - c->written > UNREAD_MOST) {
            client_close(c);
            continue;
        }
        buf_add(&c->out, event->data, event->length);
        client_flush(c);
    }
}

static void send_results(struct status *status)
{
    struct buf event;
    buf_init(&event, BUF_LIMIT_BODY);
    pthread_mutex_lock(&status->lock);
    if (status->made - status->given > RECENT) status->given = status->made - RECENT;
    for (; status->given < status->made; status->given++) buf_puts(&event, buf_text(&status->recent[status->given % RECENT]));
    pthread_mutex_unlock(&status->lock);
    if (event.length) send_to_all(status, &event);
    buf_release(&event);
}

static void send_state(struct status *status)
{
    bool is_wanted = false;
    int64_t now = clock_steady_ms();
    for (size_t i = 0; i < CLIENTS; i++) is_wanted = is_wanted || status->clients[i].is_live;
    atomic_store(&status->is_watched, is_wanted);
    if (now < status->state_due_ms) return;
    status->state_due_ms = now + STATE_EVERY_MS;
    if (!is_wanted) return;
    struct buf event;
    buf_init(&event, BUF_LIMIT_BODY);
    put_state(status, &event);
    send_to_all(status, &event);
    buf_release(&event);
}

static void drop_late(struct status *status)
{
    int64_t now = clock_steady_ms();
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *c = &status->clients[i];
        bool owes = !c->is_live || c->out.length > c->written;
        if (c->fd >= 0 && owes && now - c->since_ms > PATIENCE_MS) client_close(c);
    }
}

static void *run(void *arg)
{
    struct status *status = arg;
    while (!atomic_load(&status->stop)) {
        struct pollfd polls[CLIENTS + 2] = {{.fd = status->listen_fd, .events = POLLIN}, {.fd = status->wake_fd, .events = POLLIN}};
        for (size_t i = 0; i < CLIENTS; i++) {
            const struct client *c = &status->clients[i];
            polls[i + 2] = (struct pollfd){.fd = c->fd, .events = (short)(POLLIN | (c->out.length > c->written ? POLLOUT : 0))};
        }
        int64_t left = status->state_due_ms - clock_steady_ms();
        int ready = poll(polls, CLIENTS + 2, left < 0 ? 0 : (int)left);
        uint64_t count;
        if (ready > 0 && polls[1].revents && read(status->wake_fd, &count, sizeof count) < 0 && errno != EAGAIN) break;
        for (size_t i = 0; ready > 0 && i < CLIENTS; i++) {
            struct client *c = &status->clients[i];
            if (c->fd >= 0 && (polls[i + 2].revents & POLLOUT)) client_flush(c);
            if (c->fd >= 0 && (polls[i + 2].revents & (POLLIN | POLLHUP | POLLERR))) client_read(status, c);
        }
        send_results(status);
        send_state(status);
        drop_late(status);
        if (ready > 0 && polls[0].revents) accept_client(status);
    }
    return NULL;
}

static void wake(struct status *status)
{
    uint64_t one = 1;
    while (write(status->wake_fd, &one, sizeof one) < 0 && errno == EINTR) {}
}

/* Hands an event over by copy; `body` is one line of JSON; `result` NULL: it is none. */
static void hand_over(struct status *status, const char *event, const struct buf *body, const struct result *result)
{
    if (!buf_ok(body)) return;
    pthread_mutex_lock(&status->lock);
    struct buf *place = &status->recent[status->made % RECENT];
    buf_clear(place);
    buf_printf(place, "event: %s\nid: %s-%" PRIu64 "\ndata: %s\n\n", event, status->boot, status->made + 1, buf_text(body));
    status->made++;
    if (result) {
        buf_clear(&status->last);
        buf_puts(&status->last, buf_text(body));
        status->last_ms = clock_steady_ms();
        (void)snprintf(status->last_id, sizeof status->last_id, "%s", result->scan_id ? result->scan_id : "");
    }
    pthread_mutex_unlock(&status->lock);
    wake(status);
}

/* --- opening and closing --------------------------------------------------------------------------------------------------------- */

static enum err open_socket(struct status *status, struct fault *fault)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)status->settings.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int on = 1;
    status->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (status->listen_fd < 0) return fault_set(fault, err_from_errno(errno), "--status: %s", strerror(errno));
    (void)setsockopt(status->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* a restart must not wait for old connections */
    bool is_bound = bind(status->listen_fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(status->listen_fd, 16) == 0 &&
                    getsockname(status->listen_fd, (struct sockaddr *)&address, &length) == 0;
    if (!is_bound && errno == EADDRINUSE)
        return fault_set(fault, ERR_BUSY, "--status %d: another program has this port; choose another", status->settings.port);
    if (!is_bound) return fault_set(fault, err_from_errno(errno), "--status %d: %s", status->settings.port, strerror(errno));
    status->port = ntohs(address.sin_port);
    status->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return status->wake_fd >= 0 ? OK : fault_set(fault, err_from_errno(errno), "--status: %s", strerror(errno));
}

/* Its event, which goes to all pages. On the thread of the portraits. */
static void tell_photo(void *ctx, const char *scan_id)
{
    struct buf body;
    buf_init(&body, BUF_LIMIT_LINE);
    put_photo(&body, scan_id);
    hand_over(ctx, "photo", &body, NULL);
    buf_release(&body);
}

static enum err start_threads(struct status *status, struct fault *fault)
{
    struct portraits_settings portraits = {.sync = status->settings.sync, .ready = tell_photo, .ctx = status};
    if (status->settings.photos) {
        portraits.server = *status->settings.photos;
        enum err e = portraits_start(&portraits, &status->portraits, fault);
        if (e != OK) return e;
    }
    status->has_thread = pthread_create(&status->thread, NULL, run, status) == 0;
    return status->has_thread ? OK : fault_set(fault, ERR_NOMEM, "cannot start the thread of --status");
}

enum err status_start(const struct status_settings *settings, struct status **ret, struct fault *fault)
{
    struct status *status = calloc(1, sizeof *status);
    uint8_t boot[8];
    if (!status) return fault_set(fault, ERR_NOMEM, "not enough memory for --status");
    status->settings = *settings;
    status->listen_fd = status->wake_fd = -1;
    for (size_t i = 0; i < CLIENTS; i++) status->clients[i].fd = -1;
    for (size_t i = 0; i < RECENT; i++) buf_init(&status->recent[i], BUF_LIMIT_LINE);
    buf_init(&status->last, BUF_LIMIT_LINE);
    pthread_mutex_init(&status->lock, NULL);
    crypto_random(boot, sizeof boot);
    crypto_hex(boot, sizeof boot, status->boot);
    enum err e = open_socket(status, fault);
    if (e == OK) e = queue_open(settings->spool, false, &status->queue, fault);
    if (e == OK) e = start_threads(status, fault);
    if (e != OK) {
        status_stop(status);
        return e;
    }
    *ret = status;
    return OK;
}

void status_stop(struct status *status)
{
    if (!status) return;
    atomic_store(&status->stop, true);
    if (status->has_thread) {
        wake(status);
        pthread_join(status->thread, NULL);
    }
    portraits_stop(status->portraits); /* which the thread looked at, and which may still wake it */
    for (size_t i = 0; i < CLIENTS; i++) client_close(&status->clients[i]);
    for (size_t i = 0; i < RECENT; i++) buf_release(&status->recent[i]);
    buf_release(&status->last);
    roster_release(&status->roster);
    queue_close(&status->queue);
    if (status->listen_fd >= 0) close(status->listen_fd);
    if (status->wake_fd >= 0) close(status->wake_fd);
    pthread_mutex_destroy(&status->lock);
    free(status);
}

int status_port(const struct status *status) { return status->port; }

/* --- what happens at the door ---------------------------------------------------------------------------------------------------- */

void status_result(struct status *status, const struct result *result)
{
    struct buf body;
    buf_init(&body, BUF_LIMIT_LINE);
    board_put_result(&body, result);
    hand_over(status, "scan", &body, result);
    buf_release(&body);
    /* Only what the server has answered: of nothing else does it know yet. */
    bool is_known = result->from == FROM_SERVER && result->scan_id && result->name;
    if (is_known && status->portraits && atomic_load(&status->is_watched)) portraits_wish(status->portraits, result->scan_id);
}

void status_foreign(struct status *status, enum foreign_kind kind)
{
    struct buf body;
    buf_init(&body, BUF_LIMIT_LINE);
    board_put_foreign(&body, kind);
    hand_over(status, "foreign", &body, NULL);
    buf_release(&body);
}

void status_device(struct status *status, const struct device_news *news)
{
    pthread_mutex_lock(&status->lock);
    status->device.is_known = true;
    status->device.state = news->state;
    (void)snprintf(status->device.name, sizeof status->device.name, "%s", news->device);
    pthread_mutex_unlock(&status->lock);
    wake(status);
}
