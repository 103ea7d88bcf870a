#include "server/http/stream.h"

#include "server/http/internal.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#define PIECE 2048 /* of memory per stream for what is being sent */

static ssize_t read_piece(void *cls, uint64_t position, char *out, size_t room)
{
    struct http_stream *running = cls;
    (void)position;
    long n = running->read(running->data, out, room);
    return n == HTTP_STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void end_stream(void *cls)
{
    struct http_stream *running = cls;
    running->close(running->data);
    free(running);
}

/* A phone that was switched off sends no word: the kernel finds out. Failing options only make that slower. */
static void watch_peer(int fd)
{
    int one = 1, idle = 20, between = 10, tries = 3;
    unsigned longest = 30000;
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof between);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &longest, sizeof longest);
}

void http_reply_stream(struct http_request *req, const char *content_type, const struct http_stream *stream)
{
    struct exchange *x = exchange_of(req);
    struct http_stream *running = malloc(sizeof *running);
    struct MHD_Response *response = NULL;
    if (running && !x->replied && !req->is_head) {
        *running = *stream;
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, read_piece, running, end_stream);
    }
    if (!response) {
        stream->close(stream->data);
        free(running);
        if (req->is_head) http_reply(req, 200, content_type, "", 0);
        else http_reply_problem(req, 503, "busy", "Out of memory.");
        return;
    }
    /* No chunks around the events: the end of the connection is the end of the stream. */
    (void)MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    watch_peer(x->connection->fd);
    x->is_stream = true;
    x->close_after = true;
    (void)http_set_header(req, "X-Accel-Buffering", "no");
    reply_with(x, 200, content_type, response, 0);
}

void http_stream_sleep(struct http_request *req)
{
    struct exchange *x = exchange_of(req);
    atomic_fetch_add(&x->server->sleeping, 1);
    MHD_suspend_connection(x->mhd);
}

void http_stream_wake(struct http_request *req)
{
    struct exchange *x = exchange_of(req);
    struct http_server *server = x->server;
    MHD_resume_connection(x->mhd);
    atomic_fetch_sub(&server->sleeping, 1);
}
