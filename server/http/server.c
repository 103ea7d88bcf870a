/* Starting and stopping: sockets, the library's daemons, their options. */
#include "core/base/clock.h"
#include "core/base/thread.h"
#include "server/http/internal.h"

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096
#define STOP_MS 2000 /* for requests that run when the server stops */

/* The library says a line for each client that goes away; what matters is counted by ourselves. */
static void drop_message(void *cls, const char *format, va_list args)
{
    (void)cls;
    (void)format;
    (void)args;
}

/* "ADDR:PORT", "[ADDR6]:PORT", ":PORT". */
static enum err resolve(const char *text, struct addrinfo **ret, struct fault *fault)
{
    char host[256] = "";
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host) return fault_set(fault, ERR_USAGE, "%s: not ADDRESS:PORT", text);
    size_t length = (size_t)(colon - text);
    const char *start = text;
    if (length >= 2 && start[0] == '[' && start[length - 1] == ']') {
        start++;
        length -= 2;
    }
    memcpy(host, start, length);
    const char *port = colon + 1;
    size_t digits = strspn(port, "0123456789");
    if (!digits || port[digits] || digits > 5 || strtol(port, NULL, 10) > 65535) return fault_set(fault, ERR_USAGE, "%s: not a port number", text);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    if (getaddrinfo(*host ? host : NULL, port, &hints, ret)) return fault_set(fault, ERR_INPUT, "%s: no such address", text);
    return OK;
}

static enum err open_socket(const char *text, int *ret_fd, uint16_t *ret_port, struct fault *fault)
{
    struct addrinfo *address = NULL;
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    int one = 1;
    enum err err = resolve(text, &address, fault);
    if (err) return err;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) || bind(fd, address->ai_addr, address->ai_addrlen) || listen(fd, BACKLOG) ||
        getsockname(fd, (struct sockaddr *)&bound, &length)) {
        err = errno == EADDRINUSE ? ERR_BUSY : errno == EACCES ? ERR_DENIED : ERR_IO;
        (void)fault_set(fault, err, "%s: %s", text, err == ERR_BUSY ? "another program listens there" : err_name(err_from_errno(errno)));
        goto out;
    }
    *ret_port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port : ((struct sockaddr_in *)&bound)->sin_port);
    *ret_fd = fd;
    fd = -1;
out:
    if (fd >= 0) (void)close(fd);
    freeaddrinfo(address);
    return err;
}

/* The limit is over all listeners and workers; the library's own would be divided among its threads, which fill unevenly. */
static enum MHD_Result may_connect(void *cls, const struct sockaddr *address, socklen_t length)
{
    struct http_server *server = cls;
    (void)address;
    (void)length;
    return atomic_load(&server->connections) < server->config.connection_limit && !atomic_load(&server->stopping) ? MHD_YES : MHD_NO;
}

static enum err listener_start(struct http_server *server, struct listener *listener, const char *address, bool is_tls, struct fault *fault)
{
    const struct http_config *config = &server->config;
    int fd = -1;
    *listener = (struct listener){.server = server, .is_tls = is_tls, .quiesced_fd = -1};
    enum err err = open_socket(address, &fd, &listener->port, fault);
    if (err) return err;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (is_tls ? MHD_USE_TLS : 0);
    unsigned slowest = config->request_timeout_ms > config->idle_timeout_ms ? config->request_timeout_ms : config->idle_timeout_ms;
    struct MHD_OptionItem tls_options[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)config->tls_certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)config->tls_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem asked_options[] = {{MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(intptr_t)config->tls_callback}, tls_options[2], {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem no_options[] = {{MHD_OPTION_END, 0, NULL}};
    listener->daemon = MHD_start_daemon(flags, 0, may_connect, server, exchange_on_data, listener, MHD_OPTION_EXTERNAL_LOGGER, drop_message, NULL,
                                        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, config->workers, MHD_OPTION_CONNECTION_LIMIT,
                                        config->connection_limit * config->workers, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_MEMORY,
                                        MHD_OPTION_CONNECTION_TIMEOUT, slowest / 1000 + 1, MHD_OPTION_URI_LOG_CALLBACK, exchange_on_target, listener,
                                        MHD_OPTION_NOTIFY_COMPLETED, exchange_on_end, server, MHD_OPTION_NOTIFY_CONNECTION, connection_on_change, listener,
                                        MHD_OPTION_ARRAY, !is_tls ? no_options : config->tls_callback ? asked_options : tls_options, MHD_OPTION_END);
    if (listener->daemon) return OK;
    (void)close(fd);
    return fault_set(fault, ERR_INPUT, "%s: the listener did not start%s", address, is_tls ? "; are certificate and key right?" : "");
}

static void set_defaults(struct http_config *config)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!config->workers) config->workers = processors > 0 ? (unsigned)processors : 1;
    if (config->workers > 64) config->workers = 64;
    if (config->workers < 2) config->workers = 2; /* the library wants no pool of one */
    if (!config->connection_limit) config->connection_limit = 6000;
    if (!config->arena_limit) config->arena_limit = 16u << 20;
    if (!config->body_memory) config->body_memory = 256u << 20;
    if (!config->request_timeout_ms) config->request_timeout_ms = 20000;
    if (!config->idle_timeout_ms) config->idle_timeout_ms = 30000;
}

static void listener_stop(struct listener *listener)
{
    if (!listener->daemon) return;
    MHD_stop_daemon(listener->daemon);
    listener->daemon = NULL;
    if (listener->quiesced_fd >= 0) (void)close(listener->quiesced_fd);
}

static void server_free(struct http_server *server)
{
    listener_stop(&server->plain);
    listener_stop(&server->tls);
    sweeper_stop(server);
    worker_states_close(server);
    if (server->worker_key_made) (void)pthread_key_delete(server->worker_key);
    route_table_free(server->routes);
    (void)pthread_cond_destroy(&server->changed);
    (void)pthread_mutex_destroy(&server->mutex);
    free(server);
}

static void init_locks(struct http_server *server)
{
    (void)pthread_mutex_init(&server->mutex, NULL);
    thread_condition_init(&server->changed);
}

enum err http_server_start(const struct http_config *config, struct http_server **ret, struct fault *fault)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server) return fault_set(fault, ERR_NOMEM, "out of memory");
    server->config = *config;
    set_defaults(&server->config);
    init_locks(server);
    server->strict_layout = strcmp(MHD_get_version(), "0.9.75") == 0;
    enum err err = fault_set(fault, ERR_NOMEM, "out of memory");
    if (pthread_key_create(&server->worker_key, NULL)) goto out;
    server->worker_key_made = true;
    err = route_table_make(config->routes, config->route_count, &server->routes, fault);
    if (err) goto out;
    err = sweeper_start(server);
    if (err) goto out;
    if (config->listen) err = listener_start(server, &server->plain, config->listen, false, fault);
    if (err) goto out;
    if (config->listen_tls && !config->tls_callback && (!config->tls_certificate || !config->tls_key))
        err = fault_set(fault, ERR_INPUT, "TLS wants a certificate and its key");
    else if (config->listen_tls) err = listener_start(server, &server->tls, config->listen_tls, true, fault);
    if (err) goto out;
    *ret = server;
    server = NULL;
out:
    if (server) server_free(server);
    return err;
}

void http_server_stop(struct http_server *server)
{
    if (!server) return;
    atomic_store(&server->stopping, true);
    if (server->plain.daemon) server->plain.quiesced_fd = MHD_quiesce_daemon(server->plain.daemon);
    if (server->tls.daemon) server->tls.quiesced_fd = MHD_quiesce_daemon(server->tls.daemon);
    /* The library must not be stopped while a connection is suspended. A request that runs may still be deferred, or deferred again (a long
     * array of scans), so both are watched until nothing was deferred for a while. */
    int64_t until = clock_steady_ms() + STOP_MS;
    for (;;) {
        bool waits = atomic_load(&server->deferred) || atomic_load(&server->sleeping);
        if (waits) until = clock_steady_ms() + STOP_MS;
        if (!waits && (!atomic_load(&server->active) || clock_steady_ms() > until)) break;
        clock_sleep_ms(2);
    }
    server_free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->plain.port;
}

void *http_tls_context(void *session_pointer)
{
    const union MHD_ConnectionInfo *info = session_pointer ? MHD_get_connection_info(session_pointer, MHD_CONNECTION_INFO_SOCKET_CONTEXT) : NULL;
    const struct connection *connection = info ? info->socket_context : NULL;
    return connection ? connection->server->config.tls_context : NULL;
}

uint16_t http_server_port_tls(const struct http_server *server)
{
    return server->tls.port;
}

void http_server_counters(const struct http_server *server, struct http_counters *ret)
{
    for (size_t i = 0; i < sizeof ret->requests / sizeof *ret->requests; i++) ret->requests[i] = atomic_load(&server->requests[i]);
    ret->cut = atomic_load(&server->cut);
    ret->refused_heads = atomic_load(&server->refused_heads);
    ret->connections = atomic_load(&server->connections);
    ret->active = atomic_load(&server->active);
    ret->deferred = atomic_load(&server->deferred);
    ret->body_bytes = atomic_load(&server->body_bytes);
}
