/* Replies that are made while the connection lives: for server/live.
 *
 * `read` runs on the request's worker thread and fills at most `room` bytes. When there is nothing now it must, under its own lock,
 * mark itself asleep, call http_stream_sleep and return 0; whoever has something later takes the same lock, clears the mark and calls
 * http_stream_wake once. `close` runs once when the stream is over, however it ended; nothing is called after it. */
#ifndef PLENUM_SERVER_HTTP_STREAM_H
#define PLENUM_SERVER_HTTP_STREAM_H

#include "server/http/http.h"

#define HTTP_STREAM_END (-1)

struct http_stream {
    long (*read)(void *data, char *out, size_t room);
    void (*close)(void *data);
    void *data;
};

/* Replies 200 with an endless body. The socket gets keep-alive, a 30 s limit on unacknowledged data and a small buffer: what is late is told in its newest form,
 * not as a backlog in the kernel. The request's arena is let go when the handler has returned: what `read` needs lives elsewhere. On failure the request is
 * replied with a problem and `close` is called. */
void http_reply_stream(struct http_request *req, const char *content_type, const struct http_stream *stream);

/* Only from `read`, and only on its request. */
void http_stream_sleep(struct http_request *req);
void http_stream_wake(struct http_request *req);
/* Ends the connection of a stream whose client takes nothing; not of one that sleeps. From any thread, while `close` is held off (by the lock that it takes). */
void http_stream_cut(struct http_request *req);

#endif
