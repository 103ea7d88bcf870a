/* One request from its first line to its last byte: the callbacks of libmicrohttpd.
 *
 * The library calls: on_target when the request line was read; on_data first without data (the head is complete), then with pieces of
 * the body, then without data again (all is there) and once more after each resume; on_end when the reply is out or the client gone.
 * A reply queued in the first call closes the connection, so only refusals of requests whose body we will not read are made there. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "server/http/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void exchange_begin(struct exchange *x, struct http_server *server, struct MHD_Connection *mhd, const char *uri)
{
    struct connection *connection = x->connection;
    struct arena kept = x->arena;
    *x = (struct exchange){.connection = connection, .server = server, .mhd = mhd, .arena = kept, .begun = true};
    x->arena.limit = server->config.arena_limit;
    x->started_us = clock_steady_us();
    x->req = (struct http_request){.arena = &x->arena, .context = server->config.context, .is_tls = connection->is_tls,
                                   .is_loopback = connection->is_loopback, .is_self = connection->is_self, .path = "", .safe_path = "-",
                                   .host = "", .peer = connection->peer, .body = "", .content_type = "", .origin = HTTP_ORIGIN_UNKNOWN, .method = HTTP_GET};
    x->raw_target = arena_strdup(&x->arena, uri ? uri : "");
    x->target_place = uri;
    atomic_fetch_add(&server->active, 1);
    atomic_store(&connection->deadline, clock_steady_ms() + request_timeout(server));
}

void *exchange_on_target(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    struct listener *listener = cls;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct connection *connection = info ? info->socket_context : NULL;
    if (!connection) return NULL;
    exchange_release(&connection->exchange);
    exchange_begin(&connection->exchange, listener->server, mhd, uri);
    return &connection->exchange;
}

static enum http_method method_of(const char *text)
{
    static const struct {
        const char *name;
        enum http_method method;
    } known[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_GET}, {"POST", HTTP_POST}, {"PUT", HTTP_PUT}, {"PATCH", HTTP_PATCH}, {"DELETE", HTTP_DELETE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(text, known[i].name) == 0) return known[i].method;
    return (enum http_method)0;
}

static void set_allow(struct exchange *x, unsigned methods)
{
    char allow[80];
    (void)snprintf(allow, sizeof allow, "%s%s%s%s%sOPTIONS", methods & HTTP_GET ? "GET, HEAD, " : "", methods & HTTP_POST ? "POST, " : "",
                   methods & HTTP_PUT ? "PUT, " : "", methods & HTTP_PATCH ? "PATCH, " : "", methods & HTTP_DELETE ? "DELETE, " : "");
    (void)http_set_header(&x->req, "Allow", allow);
}

static bool reply_wrong_method(struct exchange *x, unsigned methods)
{
    set_allow(x, methods);
    if (strcmp(x->http_method, "OPTIONS") == 0) http_reply_empty(&x->req, 204);
    else if (!x->req.method) http_reply_problem(&x->req, 501, "unknown_method", "This method is not known here.");
    else http_reply_problem(&x->req, 405, "method_not_allowed", "This address does not take this method.");
    return false;
}

/* "/a/" is "/a": told to readers by a redirect, with the query kept. */
static bool reply_slash_redirect(struct exchange *x)
{
    struct buf to;
    buf_init(&to, BUF_LIMIT_LINE);
    for (size_t i = 0; i < x->target.segment_count; i++) {
        buf_putc(&to, '/');
        buf_put_url(&to, x->target.segments[i]);
    }
    if (*x->target.query) buf_printf(&to, "?%s", x->target.query);
    http_reply_redirect(&x->req, 308, buf_text(&to));
    buf_release(&to);
    return false;
}

static bool host_is_ours(struct exchange *x, const struct http_route *route)
{
    const struct http_hooks *hooks = &x->server->config.hooks;
    if (!hooks->host_is_ours || (route && (route->flags & HTTP_ANY_HOST))) return true;
    return hooks->host_is_ours(x->server->config.context, x->req.host);
}

/* Finds the route; false when the request ends here, with its reply made. */
static bool find_route(struct exchange *x)
{
    struct route_match match = {0};
    x->req.method = method_of(x->http_method);
    x->req.is_head = strcmp(x->http_method, "HEAD") == 0;
    if (route_table_find(x->server->routes, x->req.method, x->target.segments, x->target.segment_count, &x->arena, &match, &x->params)) {
        http_reply_problem(&x->req, 503, "busy", "Out of memory.");
        return false;
    }
    if (match.any) x->req.safe_path = match.any->flags & HTTP_SECRET ? match.any->pattern : x->target.path; /* else it stays "-": a mistyped link holds a token too */
    x->req.route = match.any; /* says how a refusal is worded, below */
    if (!host_is_ours(x, match.any)) {
        http_reply_problem(&x->req, 421, "unknown_host", "This server does not answer to this host name.");
        return false;
    }
    if (!match.any) {
        http_reply_problem(&x->req, 404, "not_found", "There is nothing at this address.");
        return false;
    }
    if (!match.route) return reply_wrong_method(x, match.methods);
    if (x->target.trailing_slash) {
        if (x->req.method == HTTP_GET) return reply_slash_redirect(x);
        http_reply_problem(&x->req, 404, "not_found", "There is nothing at this address.");
        return false;
    }
    x->req.route = match.route;
    return true;
}

/* False when the answer is no; the reply is then made. */
static bool ask_hook(struct exchange *x, enum err (*hook)(void *context, struct http_request *req))
{
    if (!hook) return true;
    if (hook(x->server->config.context, &x->req) == OK && !x->replied) return true;
    if (!x->replied) http_reply_problem(&x->req, 403, "forbidden", "This is not allowed.");
    return false;
}

static bool check_body_length(struct exchange *x)
{
    if (!x->has_body) return true;
    const char *length = http_header(&x->req, "Content-Length");
    unsigned long long bytes = length ? strtoull(length, NULL, 10) : 1;
    if (bytes > x->req.route->body_limit) {
        http_reply_problem(&x->req, 413, "body_too_large", "The body is larger than this address takes.");
        return false;
    }
    size_t held = atomic_load(&x->server->body_bytes), most = x->server->config.body_memory;
    if (held > most || bytes > most - held) {
        http_reply_problem(&x->req, 503, "busy", "Too many large requests at once.");
        return false;
    }
    int64_t now = clock_steady_ms();
    atomic_store(&x->connection->deadline, now + request_timeout(x->server) + (int64_t)(bytes / (16 * 1024)) * 1000);
    return true;
}

/* The head is complete: everything that can be decided without the body. */
static void decide_head(struct exchange *x)
{
    struct refusal refusal;
    if (!framing_check(x, &refusal)) {
        atomic_fetch_add(&x->server->refused_heads, 1);
        reply_refusal(x, &refusal);
        return;
    }
    if (atomic_load(&x->server->stopping)) {
        x->close_after = true;
        http_reply_problem(&x->req, 503, "stopping", "The server is stopping.");
        return;
    }
    if (!find_route(x)) return;
    if (!origin_check(x)) {
        http_reply_problem(&x->req, 403, "foreign_origin", "This was sent by a page of another site.");
        return;
    }
    if (!check_body_length(x)) return;
    buf_init(&x->body, x->req.route->body_limit + 1);
    if (!x->has_body) return;
    x->authorized = true; /* before a byte of the body is taken */
    if (!ask_hook(x, x->server->config.hooks.authorize)) return;
}

static enum MHD_Result on_head(struct exchange *x)
{
    x->head_done = true;
    decide_head(x);
    if (x->replied && (x->has_body || x->close_after)) {
        x->close_after = true;
        return exchange_settle(x);
    }
    atomic_store(&x->connection->phase, x->has_body ? PHASE_BODY : PHASE_WORK);
    return MHD_YES;
}

/* A chunked body has no length to refuse: what is too much is dropped, and after a while the connection too. */
static enum MHD_Result on_body(struct exchange *x, const char *data, size_t *size)
{
    size_t n = *size;
    *size = 0;
    x->received += n;
    if (x->received > x->req.route->body_limit) x->body_too_long = true;
    if (x->body_too_long) {
        buf_release(&x->body);
        return x->received - x->req.route->body_limit > 256 * 1024 ? MHD_NO : MHD_YES;
    }
    if (atomic_fetch_add(&x->server->body_bytes, n) + n > x->server->config.body_memory) x->body_no_memory = true;
    x->body_counted += n;
    if (!x->body_no_memory) buf_add(&x->body, data, n);
    if (x->body.failed) x->body_no_memory = true;
    if (x->body_no_memory) buf_release(&x->body);
    return MHD_YES;
}

/* Plain fields become fields of the form, as if they had come in the other form; files stay where they are. */
static bool read_parts(struct exchange *x)
{
    const char *type = http_header(&x->req, "Content-Type");
    x->parts = arena_alloc(&x->arena, sizeof *x->parts);
    if (!x->parts || !multipart_read(&x->arena, type, x->req.body, x->req.body_length, x->parts)) return false;
    for (size_t i = 0; i < x->parts->count; i++) {
        const struct http_part *part = &x->parts->items[i];
        if (part->file_name) continue;
        char *value = part->length <= 64 * 1024 ? arena_strndup(&x->arena, part->data, part->length) : NULL;
        if (!value || strlen(value) != part->length || !text_is_utf8(value, part->length)) return false;
        if (pairs_add(&x->arena, &x->form, part->name, value) != OK) return false;
    }
    return true;
}

static bool read_form(struct exchange *x)
{
    if (strcmp(x->req.content_type, "multipart/form-data") == 0) return read_parts(x);
    if (strcmp(x->req.content_type, "application/x-www-form-urlencoded") != 0) return true;
    return target_read_pairs(&x->arena, x->req.body, x->req.body_length, HTTP_FORM_MOST, &x->form);
}

static void run(struct exchange *x)
{
    const struct http_hooks *hooks = &x->server->config.hooks;
    x->handled = true;
    x->close_after |= x->is_chunked; /* trailers are not looked at: nothing may follow them */
    if (x->body_too_long) {
        x->close_after = true;
        http_reply_problem(&x->req, 413, "body_too_large", "The body is larger than this address takes.");
        return;
    }
    if (x->body_no_memory) {
        http_reply_problem(&x->req, 503, "busy", "Too many large requests at once.");
        return;
    }
    x->req.body = buf_text(&x->body);
    x->req.body_length = x->body.length;
    if (!x->authorized && !ask_hook(x, hooks->authorize)) return;
    x->authorized = true;
    if (!read_form(x)) {
        if (x->arena.is_short) http_reply_problem(&x->req, 503, "busy", "Out of memory.");
        else http_reply_problem(&x->req, 400, "bad_form", "The form is malformed.");
        return;
    }
    bool asks_token = x->req.method != HTTP_GET && !x->req.has_bearer && !(x->req.route->flags & HTTP_OWN_TOKEN);
    if (asks_token && !ask_hook(x, hooks->accept_form)) return;
    x->req.route->handle(&x->req);
}

enum MHD_Result exchange_on_data(void *cls, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                 const char *data, size_t *size, void **state)
{
    struct exchange *x = *state;
    (void)cls;
    (void)mhd;
    (void)url;
    if (!x) return MHD_NO;
    if (!x->head_done) {
        x->http_method = method;
        x->http_version = version;
        return on_head(x);
    }
    if (*size) return on_body(x, data, size);
    if (!x->handled && !x->replied) {
        atomic_store(&x->connection->phase, PHASE_WORK);
        run(x);
    }
    return exchange_settle(x);
}

static void count_end(struct exchange *x)
{
    struct http_server *server = x->server;
    bool sent = x->replied && !x->response; /* queued, at least */
    atomic_fetch_add(&server->requests[sent && x->status < 600 ? x->status / 100 : 0], 1);
    if (!server->config.hooks.log) return;
    char line[512];
    (void)snprintf(line, sizeof line, "%s %s %.300s %d %zu %lldus", x->req.peer, x->http_method ? x->http_method : "-", x->req.safe_path, sent ? x->status : 0,
                   x->reply_length, (long long)(clock_steady_us() - x->started_us));
    server->config.hooks.log(server->config.context, line);
}

/* Everything the request held. Accepts one that never began. */
void exchange_release(struct exchange *x)
{
    if (!x->begun) return;
    x->begun = false;
    for (struct at_end *end = x->ends; end; end = end->next) end->end(end->data);
    x->ends = NULL;
    if (atomic_load(&x->defer) != DEFER_NONE) atomic_fetch_sub(&x->server->deferred, 1);
    if (x->response) MHD_destroy_response(x->response);
    x->response = NULL;
    json_decref(x->json);
    x->json = NULL;
    buf_release(&x->body);
    atomic_fetch_sub(&x->server->body_bytes, x->body_counted);
    atomic_fetch_sub(&x->server->active, 1);
    if (x->arena.total > 16 * 1024) arena_release(&x->arena);
    else arena_clear(&x->arena);
}

void exchange_on_end(void *cls, struct MHD_Connection *mhd, void **state, enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *state;
    (void)cls;
    (void)mhd;
    (void)why;
    *state = NULL;
    if (!x || !x->begun) return;
    count_end(x);
    exchange_release(x);
    atomic_store(&x->connection->deadline, clock_steady_ms() + idle_timeout(x->server));
    atomic_store(&x->connection->phase, PHASE_HEAD);
}
