/* What the files of server/http share. The only place of microhttpd.h. Nothing outside this folder includes it. */
#ifndef PLENUM_SERVER_HTTP_INTERNAL_H
#define PLENUM_SERVER_HTTP_INTERNAL_H

#include "server/http/http.h"
#include "server/http/multipart.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#define HTTP_TARGET_LONGEST 4096u
#define HTTP_HEADERS_MOST 64u
#define HTTP_QUERY_MOST 64u
#define HTTP_FORM_MOST 2048u /* a table with a field for each of 1 500 units */
#define HTTP_SEGMENTS_MOST 24u
#define HTTP_PARAMS_MOST 8u
#define HTTP_CONNECTION_MEMORY (16u * 1024u)

struct http_pair {
    const char *name, *value;
};
struct http_pairs { /* items in the request's arena */
    struct http_pair *items;
    size_t count, capacity;
};
enum err pairs_add(struct arena *arena, struct http_pairs *pairs, const char *name, const char *value);
const char *pairs_find(const struct http_pairs *pairs, const char *name, size_t index); /* exact */

/* A refusal made before any handler: close is set when what follows on the connection cannot be trusted. */
struct refusal {
    int status;
    const char *code, *sentence;
    bool close;
};

/* ---- routes (route.c) */

struct route_table;
enum err route_table_make(const struct http_route *routes, size_t count, struct route_table **ret, struct fault *fault);
void route_table_free(struct route_table *table);
struct route_match {
    const struct http_route *route; /* NULL: none for this method */
    unsigned methods;               /* all methods that the path has */
    const struct http_route *any;   /* some route of that path, for its flags */
};
/* `segments` are decoded; params go to `params`. */
enum err route_table_find(const struct route_table *table, enum http_method method, char *const *segments, size_t count, struct arena *arena,
                          struct route_match *ret, struct http_pairs *params);

/* ---- targets (target.c) */

struct target {
    char *path; /* decoded, begins with '/' */
    char *segments[HTTP_SEGMENTS_MOST];
    size_t segment_count;
    bool trailing_slash; /* "/a/": segments are those of "/a" */
    const char *query;   /* raw, "" when none */
    const char *authority; /* of an absolute-form target, lower case; NULL */
};
/* False with a refusal when the target is not one that we answer. */
bool target_read(struct arena *arena, const char *raw, struct target *ret, struct refusal *refusal);
/* name=value&…, '+' is a space. False: bad escapes, not UTF-8, control characters (line ends and tabs are allowed), too many. */
bool target_read_pairs(struct arena *arena, const char *text, size_t length, size_t most, struct http_pairs *pairs);
bool host_is_wellformed(const char *host);

/* ---- one connection and the request on it */

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_WORK, PHASE_SEND, PHASE_STREAM };
enum defer_state { DEFER_NONE, DEFER_WANTED, DEFER_SUSPENDED, DEFER_READY };

struct at_end {
    struct at_end *next;
    void (*end)(void *data);
    void *data;
};

struct exchange {
    struct http_request req; /* first: a request is an exchange */
    struct http_server *server;
    struct connection *connection;
    struct MHD_Connection *mhd;
    struct arena arena;
    char *raw_target;
    const char *target_place; /* where the library had it: framing.c */
    const char *http_method, *http_version; /* as sent */
    struct target target;
    struct http_pairs headers, query, form, params, reply_headers;
    struct http_parts *parts; /* of a multipart body; else NULL */
    struct buf body;
    size_t received;     /* bytes of body seen */
    size_t body_counted; /* of them in server->body_bytes */
    bool has_body, is_chunked;
    bool begun;       /* counted as active */
    bool head_done, authorized, handled;
    bool body_too_long, body_no_memory;
    bool close_after; /* "Connection: close" with the reply */
    bool replied;
    bool no_compress, is_stream;
    int status;
    size_t reply_length;
    int64_t started_us;
    struct MHD_Response *response; /* made, not queued yet */
    json_t *json;
    struct at_end *ends;
    _Atomic int defer;
};

struct connection {
    struct connection *previous, *next; /* in server->table */
    struct http_server *server;
    int fd;
    bool is_tls, is_loopback, is_self;
    char peer[INET6_ADDRSTRLEN];
    _Atomic int phase;
    _Atomic int64_t deadline;       /* steady ms; HEAD and BODY */
    _Atomic unsigned reply_number;  /* which reply is being sent */
    unsigned watched_number;        /* the rest belongs to the sweeper */
    uint64_t watched_acked;
    int64_t watched_since;
    struct exchange exchange;
};

struct listener {
    struct http_server *server;
    struct MHD_Daemon *daemon;
    bool is_tls;
    uint16_t port;
    int quiesced_fd;
};

struct worker_state { /* per thread, in a list so that stop can close them */
    struct worker_state *next;
    struct http_server *server;
    void *state;
};

struct http_server {
    struct http_config config;
    struct route_table *routes;
    struct listener plain, tls;
    pthread_key_t worker_key;
    bool worker_key_made;
    bool strict_layout; /* the library version whose parse buffer we know: framing.c */

    pthread_mutex_t mutex; /* table, workers, sweeper's stop */
    pthread_cond_t changed;
    struct connection *table;
    struct worker_state *workers;
    pthread_t sweeper;
    bool sweeper_runs, sweeper_stop;

    _Atomic bool stopping;
    _Atomic unsigned connections, active, deferred, sleeping; /* sleeping: suspended streams */
    _Atomic size_t body_bytes;
    _Atomic uint64_t requests[6];
    _Atomic uint64_t cut, refused_heads;
};

static inline struct exchange *exchange_of(const struct http_request *req)
{
    return (struct exchange *)(uintptr_t)req;
}

/* exchange.c: the callbacks given to the library */
void *exchange_on_target(void *server, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result exchange_on_data(void *listener, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                 const char *data, size_t *size, void **state);
void exchange_on_end(void *server, struct MHD_Connection *mhd, void **state, enum MHD_RequestTerminationCode why);
void exchange_release(struct exchange *x);

/* framing.c: head of the request; false with a refusal */
bool framing_check(struct exchange *x, struct refusal *refusal);
bool origin_check(struct exchange *x);

/* defer.c */
enum MHD_Result exchange_settle(struct exchange *x);
void worker_states_close(struct http_server *server);

/* stream.c */
void stream_let_go(struct exchange *x);

/* reply.c */
void reply_refusal(struct exchange *x, const struct refusal *refusal);
/* Gives `response` (taken over, NULL: memory ran out) the headers of every reply and makes it the reply. */
void reply_with(struct exchange *x, int status, const char *content_type, struct MHD_Response *response, size_t length);
bool reply_has_header(const struct exchange *x, const char *name);
const char *reply_phrase(int status);
bool accepts_gzip(const struct exchange *x);

/* kept.c: bytes that are sent from files. NULL: out of memory, or no descriptor left. */
int kept_duplicate(const struct http_kept *kept);
struct MHD_Response *kept_part_mapped(struct http_kept *kept, int64_t first, int64_t length);
struct MHD_Response *pieces_part(const struct http_pieces *pieces, int64_t first, int64_t length);

/* sweep.c */
void connection_on_change(void *listener, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code);
enum err sweeper_start(struct http_server *server);
void sweeper_stop(struct http_server *server);
unsigned request_timeout(const struct http_server *server);
unsigned idle_timeout(const struct http_server *server);

#endif
