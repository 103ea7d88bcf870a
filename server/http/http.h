/* Requests and replies: the only door between the network and the handlers. Knows nothing of congresses or databases.
 *
 * Life of a request: head checked (framing, host, path) → route found → origin checked → hook `authorize` → body read → handler. The
 * handler makes exactly one reply, or calls http_defer / http_run_in_pool and replies later. A handler that does neither gets a 500.
 * Handlers run on a worker thread of the listener and must not take longer than a few milliseconds; anything slower, and any wait, goes
 * through http_defer or the pool. All texts reached from a request are valid UTF-8 without control characters unless said otherwise,
 * live in the request, and die with it.
 *
 * Threads: a request belongs to one thread at a time: its worker, or between http_defer and http_resume whoever defers it. Functions
 * with a `struct http_request *` are called by that owner only. Functions with a `struct http_server *` are thread-safe. */
#ifndef PLENUM_SERVER_HTTP_H
#define PLENUM_SERVER_HTTP_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_server;
struct http_request;
struct pool; /* server/pool/pool.h */

/* ---- doors ------------------------------------------------------------------------------------------------------------------ */

enum http_method { HTTP_GET = 1, HTTP_POST = 2, HTTP_PUT = 4, HTTP_PATCH = 8, HTTP_DELETE = 16 }; /* HEAD arrives as HTTP_GET */

enum http_route_flag {
    HTTP_ANY_HOST = 1,   /* answers to any host name (badge pages: printed badges outlive addresses) */
    HTTP_FOLD_FIRST = 2, /* the first segment matches in either case: /D/… as /d/… */
    HTTP_SECRET = 4,     /* the path carries a token: never logged */
    HTTP_COMPRESS = 8,   /* the reply may be compressed although it depends on a secret and the request has a query or body (see replies) */
    HTTP_API = 16,       /* errors are application/problem+json whatever Accept says; paths under /api/ are this anyway */
    HTTP_OWN_TOKEN = 32  /* the handler compares a form token of its own: accept_form is not asked */
};

struct http_route {
    enum http_method method;
    const char *pattern;   /* "/d/{token}/f/{document}"; the last segment may be "{path*}": one segment or more */
    uint32_t who;          /* mask of roles, read by the authorize hook alone */
    unsigned flags;        /* enum http_route_flag */
    size_t body_limit;     /* bytes; 0 = a body is refused with 413 */
    void (*handle)(struct http_request *req);
    const char *name;      /* of the handler, for messages */
    const char *help;      /* one line */
};

/* ---- the server --------------------------------------------------------------------------------------------------------------- */

struct http_hooks {
    /* May this request go on? OK: yes (req->principal may be set). Else: refused; the hook has made a reply, or a 403 is made. Called
     * on the worker thread before the handler, and before the body is read when there is one, so it sees no body: a CSRF token in a
     * form field is checked by http_hooks.accept_form, one in a header here. NULL: everybody may. */
    enum err (*authorize)(void *context, struct http_request *req);
    /* Called after the body of an unsafe method without "Authorization: Bearer" was read; same results. May be NULL. */
    enum err (*accept_form)(void *context, struct http_request *req);
    /* Is this name ("host" or "host:port", lower case) one of ours? Thread-safe and quick. NULL: every host is. */
    bool (*host_is_ours)(void *context, const char *host);
    /* A whole HTML error page appended to `out`. NULL: a plain one of our own. */
    void (*error_page)(void *context, struct http_request *req, int status, const char *code, const char *sentence, struct buf *out);
    /* What every worker thread has of its own (a database connection), made at its first http_worker_state and closed at stop.
     * `open` may return NULL (failed; tried again next time). */
    void *(*worker_open)(void *context);
    void (*worker_close)(void *context, void *state);
    /* One line per finished request, without secrets; NULL: no log. Thread-safe. */
    void (*log)(void *context, const char *line);
};

struct http_config {
    const char *listen;     /* "0.0.0.0:8080", "[::]:8080", "127.0.0.1:0"; NULL: no plain listener */
    const char *listen_tls; /* NULL: no TLS listener */
    const char *tls_certificate, *tls_key; /* PEM text; borrowed until stop */
    void (*tls_callback)(void); /* not NULL: instead of both, a gnutls_certificate_retrieve_function2 that is asked at each handshake; it finds tls_context by */
    void *tls_context;          /* http_tls_context(gnutls_session_get_ptr(session)) */
    const struct http_route *routes;       /* borrowed until stop */
    size_t route_count;
    void *context; /* the application, given to hooks and as req->context */
    struct http_hooks hooks;
    unsigned workers;            /* per listener; 0 = processors */
    unsigned connection_limit;   /* over all listeners; 0 = 6000 */
    size_t arena_limit;          /* bytes a request may take from its arena; 0 = 16 MiB */
    size_t body_memory;          /* bytes of all bodies being held at once, then 503; 0 = 256 MiB */
    unsigned request_timeout_ms; /* a request must be complete in this, plus a second for each 16 KB of its length; 0 = 20 000 */
    unsigned idle_timeout_ms;    /* between requests, and for a reply that does not move; 0 = 30 000 */
};

/* Opens the listeners and begins to answer. ERR_USAGE: wrong address; ERR_INPUT: certificate, or routes that are duplicate or ambiguous (the
 * fault names them); ERR_BUSY: the address is in use. */
enum err http_server_start(const struct http_config *config, struct http_server **ret, struct fault *fault);

/* Stops taking connections, waits until every deferred request was resumed (whoever holds them must still run: pools, writer, hubs are
 * stopped after this, hubs told by live_hub_close before), lets replies go out for up to 2 s, closes the rest. Accepts NULL. */
void http_server_stop(struct http_server *server);

/* http_config.tls_context of the server whose connection this is, inside of tls_callback; NULL: of none that is open. */
void *http_tls_context(void *session_pointer);

/* The port really listened on (0 when there is no such listener). */
uint16_t http_server_port(const struct http_server *server);
uint16_t http_server_port_tls(const struct http_server *server);

/* Checks a table of routes without a server: duplicates, ambiguous or malformed patterns. */
enum err http_routes_check(const struct http_route *routes, size_t count, struct fault *fault);

struct http_counters {
    uint64_t requests[6];   /* finished, by status class: [2] is 2xx; [0] those without a reply (client gone) */
    uint64_t cut;           /* connections cut for being too slow */
    uint64_t refused_heads; /* requests refused for their framing or host */
    unsigned connections, active, deferred; /* now: open; being answered; of these waiting */
    size_t body_bytes;      /* held now */
};
void http_server_counters(const struct http_server *server, struct http_counters *ret);

/* ---- the request ------------------------------------------------------------------------------------------------------------ */

enum http_origin {
    HTTP_ORIGIN_SAME,   /* the browser says that our own page sent this */
    HTTP_ORIGIN_UNKNOWN /* nothing said (no browser, or one that hides it: "Origin: null"); with a cookie only a CSRF token proves it */
};                      /* a foreign origin never reaches a handler of an unsafe method */

struct http_request {
    struct arena *arena;            /* dies with the request, bounded */
    void *context;                  /* http_config.context */
    const struct http_route *route; /* never NULL in hooks and handlers; NULL in error_page for unknown URLs */
    enum http_method method;
    bool is_head;
    bool is_tls, is_loopback;       /* is_loopback: the peer's address, not the Host */
    bool is_self;                   /* this machine called itself: by loopback, or by the address that it also came from */
    bool has_bearer;                /* "Authorization: Bearer" was sent */
    enum http_origin origin;        /* meaningful for unsafe methods */
    const char *path;               /* percent-decoded, no query: "/d/ABC" */
    const char *safe_path;          /* for logs: the pattern when the route is secret, "-" when there is none, else the path */
    const char *host;               /* "host" or "host:port" as sent, lower case; "" from an HTTP/1.0 client without one */
    const char *peer;               /* numeric address */
    const char *body;               /* NUL-terminated, any bytes; "" when none */
    size_t body_length;
    const char *content_type;       /* "application/json": lower case, without parameters; "" when none */
    void *principal;                /* set by the authorize hook; memory in the arena */
    void *state;                    /* the handler's own, kept over http_defer */
    void (*resume)(struct http_request *req); /* continuation, see http_defer */
    const char *problem_reason, *problem_about; /* of the problem that is replied, for programs; NULL: none */
};

/* The value of {name} in the route's pattern; NULL when the pattern has none. */
const char *http_param(const struct http_request *req, const char *name);
/* The first query parameter of that name, decoded; NULL when absent. _at: the index-th of that name. */
const char *http_query(struct http_request *req, const char *name);
const char *http_query_at(struct http_request *req, const char *name, size_t index);
/* A field of an application/x-www-form-urlencoded body, decoded; NULL when absent, at most 512 fields are read. */
const char *http_form(struct http_request *req, const char *name);
const char *http_form_at(struct http_request *req, const char *name, size_t index);
/* A file of a multipart/form-data body, at most 128 parts; its plain fields are found by http_form. False when there is none, or none was chosen. `ret_name`: as
 * the browser calls it, without folders; the data is not terminated. _at: the index-th of that name. */
bool http_form_file(const struct http_request *req, const char *name, const char **ret_name, const char **ret_data, size_t *ret_length);
bool http_form_file_at(const struct http_request *req, const char *name, size_t index, const char **ret_name, const char **ret_data, size_t *ret_length);
/* A request header by name in any case, the first when repeated; NULL when absent. Bytes above 127 are as sent. */
const char *http_header(const struct http_request *req, const char *name);
const char *http_cookie(struct http_request *req, const char *name);
/* The token of "Authorization: Bearer …"; NULL when absent. */
const char *http_bearer(const struct http_request *req);
/* The whole body as JSON: 415 problem unless the type is application/json, 400 with line and column when it does not parse; NULL then,
 * and the reply is made. The value is freed with the request. */
json_t *http_body_json(struct http_request *req);
/* This worker thread's state (http_hooks.worker_open); NULL when it could not be made. Not on pool threads. */
void *http_worker_state(struct http_request *req);
/* Calls `end(data)` once when the request is over, replied or not; newest first. ERR_NOMEM: nothing was registered. */
enum err http_at_end(struct http_request *req, void (*end)(void *data), void *data);

/* ---- replies: exactly one per request ---------------------------------------------------------------------------------------- */

/* Every reply carries Content-Security-Policy, X-Content-Type-Options and Referrer-Policy, and "Cache-Control: no-store" unless set.
 * Bodies of text, JSON, CSS, JavaScript or SVG from 600 bytes on are compressed for clients that take gzip; not so where the request has a
 * cookie or a secret path and also a query or body, which the reply could show next to a secret (BREACH), unless HTTP_COMPRESS. When
 * memory runs out the connection is closed. Of several replies to one request the first stands. */

/* Before replying. Replaces an earlier value, except Set-Cookie and Link which add up. ERR_INPUT for control characters. */
enum err http_set_header(struct http_request *req, const char *name, const char *value);
/* "name=value; Path=/; HttpOnly; SameSite=Strict", Secure on TLS. max_age in seconds, -1: until the browser closes, 0: forget it. */
enum err http_set_cookie(struct http_request *req, const char *name, const char *value, const char *path, long max_age);

void http_reply(struct http_request *req, int status, const char *content_type, const void *data, size_t length); /* copies */
void http_reply_text(struct http_request *req, int status, const char *content_type, const char *text);            /* copies */
/* Takes the buffer's memory over and leaves it zeroed; a failed buffer becomes a 500. */
void http_reply_buf(struct http_request *req, int status, const char *content_type, struct buf *buf);
/* Writes the value and releases the caller's reference; NULL becomes a 500 (a failed building). */
void http_reply_json(struct http_request *req, int status, json_t *value);
void http_reply_empty(struct http_request *req, int status); /* 204 and the like */
/* 303 after a POST, 302, 307 or 308; `location` is a path of ours or a whole URL. */
void http_reply_redirect(struct http_request *req, int status, const char *location);
/* application/problem+json {type, title, status, code, detail} for API paths and clients that ask for JSON, else the error page; with `reason` and `about` where
 * req->problem_reason and problem_about are set (RFC 9457, section 3.2).
 * 503 and 429 get "Retry-After: 2" unless set. */
void http_reply_problem(struct http_request *req, int status, const char *code, const char *sentence);

enum http_cache {
    HTTP_NO_STORE,     /* default of dynamic replies */
    HTTP_REVALIDATE,   /* private, no-cache: kept, asked each time with the ETag */
    HTTP_IMMUTABLE,    /* public, a year: the URL names the content */
    HTTP_PRIVATE_KEEP  /* private, a year, immutable: papers behind a token */
};
void http_set_cache(struct http_request *req, enum http_cache cache);

/* For dynamic replies with a validator: sets ETag ("abc" is sent quoted) and, when If-None-Match has it, replies 304 and returns true. */
bool http_not_modified(struct http_request *req, const char *etag);

/* An open file that many replies send from, counted. Thread-safe. */
struct http_kept;
/* Takes `fd` over in every case; the caller holds the first reference. The file has `size` bytes and is never truncated. NULL: out of memory. */
struct http_kept *http_kept_new(int fd, int64_t size);
struct http_kept *http_kept_add(struct http_kept *kept); /* one more reference: gives `kept` */
void http_kept_drop(struct http_kept *kept);             /* the last one closes the file; accepts NULL */

struct http_file {
    struct http_kept *kept;   /* not NULL: instead of fd; the caller's reference is taken over in every case */
    int fd;                   /* taken over in every case */
    int64_t size;             /* bytes from offset 0: no more than there are, and the file must never be truncated, only replaced by rename */
    const char *content_type;
    const char *etag;         /* without quotes, strong; NULL: none */
    int64_t modified_ms;      /* Last-Modified: since when the bytes at this address are these; 0: none */
    const char *name;         /* Content-Disposition (RFC 6266) in any script; NULL: none */
    bool attachment;          /* else inline; types other than PDF, pictures, audio, video are always attachments */
    enum http_cache cache;
};
/* The conditions of RFC 9110 §13, single Range with If-Range (several are answered whole), HEAD; sendfile on plain HTTP, mapped memory under TLS. */
void http_reply_file(struct http_request *req, const struct http_file *file);

struct http_piece {
    const void *data;  /* NULL: the bytes of a file from its beginning */
    const char *key;   /* of that file */
    int64_t length;    /* > 0 */
};
struct http_pieces { /* all of it lives in the request's arena */
    const struct http_piece *items;
    size_t count;
    /* Called when the first byte of a file is due, on the worker thread: a reference to it, or NULL: the reply breaks off. */
    struct http_kept *(*open)(void *context, const char *key, int64_t length);
    void *context;
};
/* As http_reply_file, of bytes that lie in several places; `file` has neither kept nor fd, and the size of all pieces. Takes a fixed amount of memory. */
void http_reply_pieces(struct http_request *req, const struct http_file *file, const struct http_pieces *pieces);

struct http_asset { /* static bytes that live as long as the program */
    const char *content_type;
    const char *etag; /* without quotes */
    const void *data;
    size_t length;
    const void *gzip; /* the same compressed; NULL: none */
    size_t gzip_length;
};
void http_reply_asset(struct http_request *req, const struct http_asset *asset, enum http_cache cache);

/* ---- later ------------------------------------------------------------------------------------------------------------------ */

/* The handler returns without a reply; http_resume must follow exactly once, from any thread, even before the handler returned. Then
 * req->resume(req) runs on the request's worker thread and replies (or defers again). Between the two the caller's side owns the request:
 * it may use the arena, and may even make the reply itself, in which case resume may be NULL. Its memory stays valid until resumed even
 * when the client has gone; after http_resume only the continuation touches it. The continuation is not called when the client is
 * gone: what must happen then belongs into http_at_end. */
void http_defer(struct http_request *req);
void http_resume(struct http_request *req);
/* Takes http_defer back, before anybody else was told of the request. */
void http_undefer(struct http_request *req);

/* Defers, runs work(req, thread_state) on a thread of the pool, resumes. `work` may reply itself, or leave it to req->resume. When the
 * pool's queue is full a "503 busy" with Retry-After is made. */
void http_run_in_pool(struct http_request *req, struct pool *pool, void (*work)(struct http_request *req, void *thread_state));

#endif
