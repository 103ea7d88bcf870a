/* Making the one reply of a request: headers that every reply has, problems, redirects, plain bodies. */
#include "core/base/text.h"
#include "server/http/compress.h"
#include "server/http/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY_PAGE \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; media-src 'self'; " \
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
/* A browser shows a PDF in a page of its own making, which a policy without styles or plugins would leave blank. */
#define POLICY_VIEWER "frame-ancestors 'self'; base-uri 'none'"
#define POLICY_NOTHING "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"

const char *reply_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } known[] = {{400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"},
                 {409, "Conflict"}, {410, "Gone"}, {411, "Length Required"}, {412, "Precondition Failed"}, {413, "Content Too Large"}, {414, "URI Too Long"},
                 {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"}, {421, "Misdirected Request"}, {422, "Unprocessable Content"},
                 {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"},
                 {503, "Service Unavailable"}, {505, "HTTP Version Not Supported"}, {507, "Insufficient Storage"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status) return known[i].phrase;
    return status < 400 ? "OK" : "Error";
}

/* Where the header stands among those of the reply, or their count. */
static size_t place_of(const struct exchange *x, const char *name)
{
    size_t i = 0, length = strlen(name);
    const struct http_pair *items = x->reply_headers.items;
    while (i < x->reply_headers.count && (strlen(items[i].name) != length || !text_equal_ignoring_case(items[i].name, name))) i++;
    return i;
}

bool reply_has_header(const struct exchange *x, const char *name)
{
    return place_of(x, name) < x->reply_headers.count;
}

static bool adds_up(const char *name)
{
    return text_equal_ignoring_case(name, "Set-Cookie") || text_equal_ignoring_case(name, "Link");
}

enum err http_set_header(struct http_request *req, const char *name, const char *value)
{
    struct exchange *x = exchange_of(req);
    if (!name || !*name || !value) return ERR_INPUT;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        if (*p <= 0x20 || *p >= 0x7f || *p == ':') return ERR_INPUT;
    for (const unsigned char *p = (const unsigned char *)value; *p; p++)
        if ((*p < 0x20 && *p != '\t') || *p == 0x7f) return ERR_INPUT;
    char *copy = arena_strdup(&x->arena, value);
    if (!copy) return ERR_NOMEM;
    size_t place = adds_up(name) ? x->reply_headers.count : place_of(x, name);
    if (place < x->reply_headers.count) {
        x->reply_headers.items[place].value = copy;
        return OK;
    }
    char *name_copy = arena_strdup(&x->arena, name);
    return name_copy ? pairs_add(&x->arena, &x->reply_headers, name_copy, copy) : ERR_NOMEM;
}

enum err http_set_cookie(struct http_request *req, const char *name, const char *value, const char *path, long max_age)
{
    char age[40] = "";
    for (const unsigned char *p = (const unsigned char *)value; *p; p++)
        if (*p <= 0x20 || *p >= 0x7f || strchr("\",;\\", *p)) return ERR_INPUT;
    if (max_age >= 0) (void)snprintf(age, sizeof age, "; Max-Age=%ld", max_age);
    char *text = arena_printf(req->arena, "%s=%s; Path=%s%s; HttpOnly; SameSite=Strict%s", name, value, path ? path : "/", age, req->is_tls ? "; Secure" : "");
    return text ? http_set_header(req, "Set-Cookie", text) : ERR_NOMEM;
}

void http_set_cache(struct http_request *req, enum http_cache cache)
{
    static const char *const text[] = {[HTTP_NO_STORE] = "no-store", [HTTP_REVALIDATE] = "private, no-cache",
                                       [HTTP_IMMUTABLE] = "public, max-age=31536000, immutable", [HTTP_PRIVATE_KEEP] = "private, max-age=31536000, immutable"};
    (void)http_set_header(req, "Cache-Control", text[cache]);
}

/* Both texts are constants: they are neither looked at nor copied. */
static void set_default(struct exchange *x, const char *name, const char *value)
{
    if (!reply_has_header(x, name)) (void)pairs_add(&x->arena, &x->reply_headers, name, value);
}

/* A 304 says nothing of policies: its headers would take the place of those of the page that the browser has kept, which then could not load its own styles. */
static void set_security(struct exchange *x, int status, const char *content_type)
{
    const char *policy = POLICY_NOTHING;
    if (content_type && strncmp(content_type, "text/html", 9) == 0) policy = POLICY_PAGE;
    else if (content_type && strcmp(content_type, "application/pdf") == 0) policy = POLICY_VIEWER;
    if (status != 304) set_default(x, "Content-Security-Policy", policy);
    set_default(x, "X-Content-Type-Options", "nosniff");
    set_default(x, "Referrer-Policy", "no-referrer");
    set_default(x, "Cache-Control", "no-store");
}

void reply_with(struct exchange *x, int status, const char *content_type, struct MHD_Response *response, size_t length)
{
    if (x->replied) { /* the first reply stands */
        if (response) MHD_destroy_response(response);
        return;
    }
    x->replied = true;
    x->status = status;
    x->reply_length = length;
    x->response = response;
    if (!response) return;
    if (content_type) (void)http_set_header(&x->req, "Content-Type", content_type);
    set_security(x, status, content_type);
    if (x->close_after) (void)http_set_header(&x->req, "Connection", "close");
    bool good = true;
    for (size_t i = 0; i < x->reply_headers.count; i++)
        good &= MHD_add_response_header(response, x->reply_headers.items[i].name, x->reply_headers.items[i].value) == MHD_YES;
    /* Without its safety headers nothing goes out. */
    if (good && (status == 304 || reply_has_header(x, "Content-Security-Policy")) && reply_has_header(x, "Cache-Control")) return;
    MHD_destroy_response(response);
    x->response = NULL;
}

static bool is_text(const char *type)
{
    return type && (strncmp(type, "text/", 5) == 0 || strncmp(type, "application/json", 16) == 0 || strncmp(type, "application/problem+json", 24) == 0 ||
                    strncmp(type, "application/javascript", 22) == 0 || strncmp(type, "application/xml", 15) == 0 ||
                    strncmp(type, "application/atom+xml", 20) == 0 || strncmp(type, "image/svg+xml", 13) == 0);
}

/* BREACH needs a secret and chosen text in one compressed reply, and many tries by the victim's browser. Replies that depend on a cookie
 * or a secret path, and could show something of a query or body, stay uncompressed unless the route vouches for its page. */
static bool may_compress(const struct exchange *x, const char *type, size_t length)
{
    const struct http_route *route = x->req.route;
    if (length < 600 || !is_text(type) || !accepts_gzip(x) || reply_has_header(x, "Content-Encoding")) return false;
    if (route && (route->flags & HTTP_COMPRESS)) return true;
    bool secret = (route && (route->flags & HTTP_SECRET)) || http_header(&x->req, "Cookie");
    return !secret || (!*x->target.query && !x->has_body);
}

/* `data` is malloc'd and taken over. */
static void reply_owned(struct exchange *x, int status, const char *type, void *data, size_t length)
{
    if (x->replied) {
        free(data);
        return;
    }
    if (is_text(type)) set_default(x, "Vary", "Accept-Encoding");
    if (may_compress(x, type, length)) {
        void *packed = NULL;
        size_t packed_length = 0;
        if (compress_gzip(data, length, &packed, &packed_length) == OK) {
            free(data);
            data = packed;
            length = packed_length;
            (void)http_set_header(&x->req, "Content-Encoding", "gzip");
        }
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(length, data, MHD_RESPMEM_MUST_FREE);
    if (!response) free(data);
    reply_with(x, status, type, response, length);
}

void http_reply(struct http_request *req, int status, const char *content_type, const void *data, size_t length)
{
    struct exchange *x = exchange_of(req);
    void *copy = malloc(length ? length : 1);
    if (copy && length) memcpy(copy, data, length);
    if (copy) reply_owned(x, status, content_type, copy, length);
    else reply_with(x, 503, NULL, NULL, 0);
}

void http_reply_text(struct http_request *req, int status, const char *content_type, const char *text)
{
    http_reply(req, status, content_type, text, strlen(text));
}

void http_reply_buf(struct http_request *req, int status, const char *content_type, struct buf *buf)
{
    struct buf taken = *buf;
    *buf = (struct buf){.limit = taken.limit};
    if (!buf_ok(&taken)) {
        buf_release(&taken);
        http_reply_problem(req, 500, "internal", "The answer could not be made.");
        return;
    }
    if (taken.data) reply_owned(exchange_of(req), status, content_type, taken.data, taken.length);
    else http_reply(req, status, content_type, "", 0);
}

void http_reply_json(struct http_request *req, int status, json_t *value)
{
    struct buf text;
    buf_init(&text, BUF_LIMIT_FILE);
    if (!value || json_write(value, false, &text) != OK) text.failed = true;
    json_decref(value);
    http_reply_buf(req, status, "application/json", &text);
}

void http_reply_empty(struct http_request *req, int status)
{
    struct exchange *x = exchange_of(req);
    reply_with(x, status, NULL, MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT), 0);
}

void http_reply_redirect(struct http_request *req, int status, const char *location)
{
    if (!location || !*location || http_set_header(req, "Location", location)) {
        http_reply_problem(req, 500, "internal", "The answer could not be made.");
        return;
    }
    http_reply_empty(req, status);
}

static bool wants_json(const struct exchange *x)
{
    if (x->req.route && (x->req.route->flags & HTTP_API)) return true;
    if (strncmp(x->req.path, "/api/", 5) == 0 || !*x->req.path) return true;
    const char *accept = http_header(&x->req, "Accept");
    return accept && strstr(accept, "json") && !strstr(accept, "text/html");
}

static void put_plain_page(struct buf *out, int status, const char *sentence)
{
    const char *phrase = reply_phrase(status);
    buf_puts(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
    buf_printf(out, "<title>%d %s</title></head>\n<body><h1>%s</h1><p>", status, phrase, phrase);
    buf_put_html(out, sentence);
    buf_puts(out, "</p></body></html>\n");
}

void http_reply_problem(struct http_request *req, int status, const char *code, const char *sentence)
{
    struct exchange *x = exchange_of(req);
    const struct http_hooks *hooks = &x->server->config.hooks;
    struct buf out;
    if (x->replied) return;
    if (status == 503 || status == 429) set_default(x, "Retry-After", "2");
    buf_init(&out, BUF_LIMIT_BODY);
    if (!wants_json(x)) {
        if (hooks->error_page) hooks->error_page(x->server->config.context, req, status, code, sentence, &out);
        if (!hooks->error_page || !out.length) put_plain_page(&out, status, sentence);
        if (buf_ok(&out)) {
            http_reply_buf(req, status, "text/html; charset=utf-8", &out);
            return;
        }
        buf_clear(&out);
    }
    buf_printf(&out, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":", reply_phrase(status), status);
    buf_put_json(&out, code);
    buf_puts(&out, ",\"detail\":");
    buf_put_json(&out, sentence);
    if (req->problem_reason) buf_puts(&out, ",\"reason\":"), buf_put_json(&out, req->problem_reason);
    if (req->problem_about) buf_puts(&out, ",\"about\":"), buf_put_json(&out, req->problem_about);
    buf_puts(&out, "}");
    if (!buf_ok(&out)) {
        buf_release(&out);
        reply_with(x, status, NULL, NULL, 0);
        return;
    }
    http_reply_buf(req, status, "application/problem+json", &out);
}

void reply_refusal(struct exchange *x, const struct refusal *refusal)
{
    x->close_after |= refusal->close;
    http_reply_problem(&x->req, refusal->status, refusal->code, refusal->sentence);
}
