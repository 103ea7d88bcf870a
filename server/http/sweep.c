/* The table of open connections and the thread that cuts those too slow to be honest. The library's own timeout restarts with every
 * byte, so one byte a second would hold a connection for ever (facts §7).
 *
 * A connection is cut by shutdown(2) only; the library then sees it end and cleans up as always. Entries leave the table, under its
 * mutex, before the library closes the descriptor, so that the sweeper never touches a number that means another connection. */
#include "core/base/clock.h"
#include "core/base/thread.h"
#include "server/http/internal.h"

#include <arpa/inet.h>
#include <linux/tcp.h> /* the C library's own header lacks tcpi_bytes_acked */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LEAST_PROGRESS 4096u /* bytes a reply must move in one idle_timeout */

unsigned request_timeout(const struct http_server *server)
{
    return server->config.request_timeout_ms;
}

unsigned idle_timeout(const struct http_server *server)
{
    return server->config.idle_timeout_ms;
}

static void read_peer(struct connection *connection, const struct sockaddr *address)
{
    if (!address) return;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        (void)inet_ntop(AF_INET, &in->sin_addr, connection->peer, sizeof connection->peer);
        connection->is_loopback = ntohl(in->sin_addr.s_addr) >> 24 == 127;
        return;
    }
    if (address->sa_family != AF_INET6) return;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
    if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
        (void)inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], connection->peer, sizeof connection->peer);
        connection->is_loopback = in6->sin6_addr.s6_addr[12] == 127;
        return;
    }
    (void)inet_ntop(AF_INET6, &in6->sin6_addr, connection->peer, sizeof connection->peer);
    connection->is_loopback = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

/* Who calls an own address of this machine comes from that address. */
static bool came_from_here(const struct connection *connection)
{
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    struct connection here = {0};
    if (connection->fd < 0 || getsockname(connection->fd, (struct sockaddr *)&own, &length) != 0) return false;
    read_peer(&here, (const struct sockaddr *)&own);
    return here.peer[0] && strcmp(here.peer, connection->peer) == 0;
}

static void connection_open(struct listener *listener, struct MHD_Connection *mhd, void **context)
{
    struct http_server *server = listener->server;
    const union MHD_ConnectionInfo *info;
    struct connection *connection = calloc(1, sizeof *connection);
    *context = connection;
    if (!connection) return; /* its first request is then dropped */
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    read_peer(connection, info ? info->client_addr : NULL);
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    connection->fd = info ? info->connect_fd : -1;
    connection->is_self = connection->is_loopback || came_from_here(connection);
    connection->is_tls = listener->is_tls;
    connection->server = server;
    connection->exchange.connection = connection;
    atomic_store(&connection->deadline, clock_steady_ms() + request_timeout(server));
    atomic_fetch_add(&server->connections, 1);
    pthread_mutex_lock(&server->mutex);
    connection->next = server->table;
    if (server->table) server->table->previous = connection;
    server->table = connection;
    pthread_mutex_unlock(&server->mutex);
}

static void connection_close(struct http_server *server, struct connection *connection)
{
    pthread_mutex_lock(&server->mutex);
    if (connection->previous) connection->previous->next = connection->next;
    else server->table = connection->next;
    if (connection->next) connection->next->previous = connection->previous;
    pthread_mutex_unlock(&server->mutex);
    exchange_release(&connection->exchange);
    arena_release(&connection->exchange.arena);
    free(connection);
    atomic_fetch_sub(&server->connections, 1);
}

void connection_on_change(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code)
{
    struct listener *listener = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) connection_open(listener, mhd, context);
    else if (*context) connection_close(listener->server, *context);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) *context = NULL;
}

/* Has this reply stopped moving? What the client's kernel has acknowledged is the measure. */
static bool reply_is_stuck(const struct http_server *server, struct connection *connection, int64_t now)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    unsigned number = atomic_load(&connection->reply_number);
    if (getsockopt(connection->fd, IPPROTO_TCP, TCP_INFO, &info, &length)) return false;
    if (number != connection->watched_number || info.tcpi_bytes_acked - connection->watched_acked >= LEAST_PROGRESS) {
        connection->watched_number = number;
        connection->watched_acked = info.tcpi_bytes_acked;
        connection->watched_since = now;
        return false;
    }
    return now - connection->watched_since > (int64_t)idle_timeout(server);
}

static bool is_too_slow(const struct http_server *server, struct connection *connection, int64_t now, bool crowded)
{
    int phase = atomic_load(&connection->phase);
    if (phase == PHASE_SEND) return reply_is_stuck(server, connection, now);
    if (phase != PHASE_HEAD && phase != PHASE_BODY) return false;
    int64_t deadline = atomic_load(&connection->deadline);
    /* When places run out, whoever only waits goes early: a twentieth of the time after its last request, a quarter before its first. */
    if (crowded && phase == PHASE_HEAD) {
        bool served = atomic_load(&connection->reply_number) != 0;
        deadline -= served ? (int64_t)idle_timeout(server) / 20 * 19 : (int64_t)request_timeout(server) / 4 * 3;
    }
    return now > deadline;
}

static void sweep(struct http_server *server)
{
    int64_t now = clock_steady_ms();
    bool crowded = atomic_load(&server->connections) > server->config.connection_limit / 4 * 3;
    for (struct connection *connection = server->table; connection; connection = connection->next) {
        if (connection->fd < 0 || !is_too_slow(server, connection, now, crowded)) continue;
        (void)shutdown(connection->fd, SHUT_RDWR);
        connection->fd = -1;
        atomic_fetch_add(&server->cut, 1);
    }
}

static void *sweeper_main(void *cls)
{
    struct http_server *server = cls;
    unsigned least = request_timeout(server) < idle_timeout(server) ? request_timeout(server) : idle_timeout(server);
    int64_t step = least / 4 < 20 ? 20 : least / 4 > 1000 ? 1000 : least / 4;
    pthread_mutex_lock(&server->mutex);
    while (!server->sweeper_stop) {
        (void)thread_wait(&server->changed, &server->mutex, step);
        sweep(server);
    }
    pthread_mutex_unlock(&server->mutex);
    return NULL;
}

enum err sweeper_start(struct http_server *server)
{
    if (pthread_create(&server->sweeper, NULL, sweeper_main, server)) return ERR_NOMEM;
    server->sweeper_runs = true;
    return OK;
}

void sweeper_stop(struct http_server *server)
{
    if (!server->sweeper_runs) return;
    pthread_mutex_lock(&server->mutex);
    server->sweeper_stop = true;
    pthread_cond_signal(&server->changed);
    pthread_mutex_unlock(&server->mutex);
    (void)pthread_join(server->sweeper, NULL);
    server->sweeper_runs = false;
}
