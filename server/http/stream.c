#include "server/http/stream.h"

#include "server/http/internal.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PIECE_TLS 2048       /* of memory per stream for what is being sent */
#define PIECE_PLAIN 64       /* the same where it is seldom used */
#define SENT_AT_ONCE 8192
#define TURNS 4              /* of one stream, before others */
#define SEND_BUFFER 65536    /* of the kernel's, at most */
#define STREAM_ARENA 4000u   /* less than the arena's habit, so that it takes what is needed */
#define UNSENT_MOST 16384u   /* of it not yet on the line */

struct running {
    struct http_stream stream;
    struct connection *connection;
    char *rest; /* what did not fit into the socket; NULL: nothing */
    size_t rest_length, rest_sent;
};

/* The library's way: through a buffer that it keeps. */
static ssize_t read_piece(void *cls, uint64_t position, char *out, size_t room)
{
    struct running *running = cls;
    (void)position;
    long n = running->stream.read(running->stream.data, out, room);
    return n == HTTP_STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

/* How much the socket took; -1: it is broken. */
static ssize_t send_some(const struct running *running, const char *data, size_t length)
{
    ssize_t n = send(running->connection->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : n;
}

static bool keep_rest(struct running *running, const char *data, size_t length)
{
    running->rest = malloc(length);
    if (!running->rest) return false;
    memcpy(running->rest, data, length);
    running->rest_length = length;
    running->rest_sent = 0;
    return true;
}

/* One byte of the rest for the library: while it holds something of ours it waits for the socket. */
static ssize_t wait_for_socket(struct running *running, char *out)
{
    *out = running->rest[running->rest_sent++];
    return 1;
}

/* True: all of the rest is out. */
static bool send_rest(struct running *running, bool *broken)
{
    ssize_t n = send_some(running, running->rest + running->rest_sent, running->rest_length - running->rest_sent);
    *broken = n < 0;
    if (n > 0) running->rest_sent += (size_t)n;
    if (running->rest_sent < running->rest_length) return false;
    free(running->rest);
    running->rest = NULL;
    return true;
}

/* Without TLS the bytes go straight into the socket (the library has sent the head before it asks): one call for all that is new, and no buffer for each stream
 * but while its socket is full. */
static ssize_t send_pieces(void *cls, uint64_t position, char *out, size_t room)
{
    struct running *running = cls;
    char piece[SENT_AT_ONCE];
    bool broken = false;
    for (int turn = 0; turn < TURNS; turn++) {
        if (running->rest && !send_rest(running, &broken)) return broken ? MHD_CONTENT_READER_END_WITH_ERROR : wait_for_socket(running, out);
        long n = running->stream.read(running->stream.data, piece, sizeof piece);
        if (n <= 0) return n == HTTP_STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : n;
        ssize_t sent = send_some(running, piece, (size_t)n);
        if (sent < 0) return MHD_CONTENT_READER_END_WITH_ERROR;
        if (sent < n && !keep_rest(running, piece + sent, (size_t)(n - sent))) return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    return running->rest ? wait_for_socket(running, out) : read_piece(cls, position, out, room); /* others have their turn */
}

static void end_stream(void *cls)
{
    struct running *running = cls;
    running->stream.close(running->stream.data);
    free(running->rest);
    free(running);
}

/* A phone that was switched off sends no word: the kernel finds out. Failing options only make that slower. */
static void prepare_socket(int fd)
{
    int one = 1, idle = 20, between = 10, tries = 3;
    unsigned longest = 30000, unsent = UNSENT_MOST;
    int buffer = SEND_BUFFER;
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof between);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &longest, sizeof longest);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

void http_reply_stream(struct http_request *req, const char *content_type, const struct http_stream *stream)
{
    struct exchange *x = exchange_of(req);
    struct running *running = malloc(sizeof *running);
    bool is_tls = x->connection->is_tls;
    struct MHD_Response *response = NULL;
    if (running && !x->replied && !req->is_head) {
        *running = (struct running){.stream = *stream, .connection = x->connection};
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, is_tls ? PIECE_TLS : PIECE_PLAIN, is_tls ? read_piece : send_pieces, running, end_stream);
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
    prepare_socket(x->connection->fd);
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

void http_stream_cut(struct http_request *req)
{
    (void)shutdown(exchange_of(req)->connection->fd, SHUT_RDWR);
}

/* Of its request a stream needs no more than what the log will say: a thousand screens hold no thousand arenas. */
void stream_let_go(struct exchange *x)
{
    char *path = x->ends ? NULL : strdup(x->req.safe_path);
    if (!path) return;
    arena_release(&x->arena);
    x->headers = x->query = x->form = x->params = x->reply_headers = (struct http_pairs){0};
    x->target = (struct target){0};
    x->raw_target = NULL;
    x->req.path = x->req.host = x->req.content_type = x->req.safe_path = "-";
    x->req.principal = x->req.state = NULL;
    x->arena.limit = STREAM_ARENA;
    char *kept = arena_strdup(&x->arena, path);
    if (kept) x->req.safe_path = kept;
    free(path);
}
