/* Asking the server over HTTP. The only includer of curl.h.
 *
 * A client keeps its connection between requests and belongs to one thread. Proxies of the environment are not used: the server is in
 * this house. Redirects are not followed: a hotel's login page is not our server. */
#ifndef PLENUM_NET_HTTP_CLIENT_H
#define PLENUM_NET_HTTP_CLIENT_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_client;

/* Once in a program, before threads; and at its end. */
enum err http_client_start(void);
void http_client_finish(void);

/* Where the server may be: this laptop, and the spare one that takes over. All have the same key. Shared by the clients of a program; thread-safe. */
#define HTTP_SERVERS_MOST 8
struct http_servers {
    const char *urls[HTTP_SERVERS_MOST]; /* borrowed */
    _Atomic size_t count;
    _Atomic unsigned turn;
};
const char *http_servers_now(const struct http_servers *servers);
/* Adds those of a list, with spaces between, that are new, valid, and as safe (https where the first one is) while there is room; true when there was one. The
 * texts are made in the arena. By one thread only, while others read. */
bool http_servers_add(struct http_servers *servers, struct arena *arena, const char *list);
void http_servers_next(struct http_servers *servers); /* nobody answers there: the next one's turn */

struct http_settings {
    const char *server;       /* "https://10.0.0.2:8443", without a path; borrowed */
    const struct http_servers *servers; /* instead of `server`: the one whose turn it is; the pin is for those with https; NULL; borrowed */
    const char *key;          /* Authorization: Bearer …; NULL = none; borrowed */
    const char *authority;    /* PEM file that signs the server's certificate; NULL = the system's; borrowed */
    const char *pin;          /* "sha256//…" of the server's public key: then this key is trusted, whatever its certificate says; NULL; borrowed */
    const char *accept;       /* what kind of answer is wanted; NULL = JSON; borrowed */
    const atomic_bool *stop;  /* ends a running request when true; NULL = none; borrowed */
};
struct http_client *http_client_new(const struct http_settings *settings); /* NULL when out of memory */
void http_client_free(struct http_client *client);

#define HTTP_ETAG_SIZE 128
#define HTTP_EPOCH_SIZE 48
#define HTTP_SEAL_SIZE 64
#define HTTP_SPARES_SIZE 1024
#define HTTP_NO_COPY INT64_C(-2)
struct http_answer {
    long status;
    struct buf body; /* owned by the caller: http_answer_release */
    bool (*take)(void *context, const char *data, size_t length); /* gets what comes instead of `body`; false ends the request. NULL; for streams and large files */
    void *context;
    char etag[HTTP_ETAG_SIZE];
    long retry_after_s; /* 0 = not said */
    char epoch[HTTP_EPOCH_SIZE]; /* Plenum-Epoch; "" = not said */
    char seal_key[HTTP_SEAL_SIZE]; /* Plenum-Seal: what waiting scans are sealed to; "" = not said */
    char spares[HTTP_SPARES_SIZE]; /* Plenum-Spares: where else the server may be, addresses with spaces between; "" = not said */
    int64_t copy_lag_ms;         /* Plenum-Copy-Lag: HTTP_NO_COPY, or -1 there is none that is whole, or its lag */
};
void http_answer_init(struct http_answer *answer, size_t body_limit);
void http_answer_release(struct http_answer *answer);

/* GET when `body` is NULL, else POST of JSON. `etag` (may be NULL) goes as If-None-Match. OK when the server answered, whatever the
 * status. ERR_TIMEOUT after `timeout_ms` for all of it; ERR_NETWORK when it could not be reached or the connection broke; ERR_LIMIT for
 * a body above the answer's limit; ERR_DENIED when its certificate or key is not the one that we trust. */
enum err http_client_ask(struct http_client *client, const char *path, const char *body, const char *etag, long timeout_ms, struct http_answer *answer,
                         struct fault *fault);

/* One more header, with the next request only: "Name: value", less than 100 characters. Copied. */
void http_client_say(struct http_client *client, const char *header);

/* "http://host[:port]" or https, without path, user or query. */
bool http_server_is_valid(const char *server);

/* "sha256//" and the base64 of 32 bytes, as CURLOPT_PINNEDPUBLICKEY takes it. */
bool http_pin_is_valid(const char *pin);

/* Takes "https://host:8443/#sha256//…", as pairing gives it, apart: the server without a slash at its end, and the pin, NULL when there
 * is none. ERR_USAGE with a sentence. */
enum err http_server_split(struct arena *arena, const char *url, const char **ret_server, const char **ret_pin, struct fault *fault);

#endif
