/* What a request head must look like before anything believes it. The library below is lenient (facts: it takes the first of two
 * lengths, lets "chunked" win over a length, accepts NUL and folded lines); whatever two readers could understand differently is
 * refused here with 400 and the connection closed, so that no byte after it is ever taken for a request. RFC 9112 §2.2, §3, §5, §6. */
#include "core/base/text.h"
#include "server/http/internal.h"

#include <ctype.h>
#include <string.h>

static bool refuse(struct refusal *refusal, int status, const char *code, const char *sentence)
{
    *refusal = (struct refusal){status, code, sentence, true};
    return false;
}

struct walk {
    struct exchange *x;
    const char *at; /* where the next header line must begin; NULL: the layout is not checked */
    bool too_many, no_memory, broken;
};

/* libmicrohttpd 0.9.75 parses in place: CR, LF, the colon and the spaces of the first line become NUL; method, version, names and values
 * point into the buffer. So lines that ended in a bare LF, hold a NUL, or were folded onto the one before (moved elsewhere) show as gaps,
 * and the library tells the size of the whole head. Only for the version whose code was read; newer ones refuse these themselves. */
static void check_line(struct walk *walk, const char *name, const char *value)
{
    if (!walk->at || walk->broken) return;
    walk->broken = true;
    if (name != walk->at) return;
    const char *p = name + strlen(name) + 1;
    while (p != value && (*p == ' ' || *p == '\t')) p++;
    if (p != value) return;
    p += strlen(value);
    if (p[0] || p[1]) return;
    walk->at = p + 2;
    walk->broken = false;
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct walk *walk = cls;
    struct exchange *x = walk->x;
    (void)kind;
    if (!value) value = "";
    check_line(walk, name, value);
    if (x->headers.count == HTTP_HEADERS_MOST) walk->too_many = true;
    else if (pairs_add(&x->arena, &x->headers, name, value)) walk->no_memory = true;
    return walk->too_many || walk->no_memory ? MHD_NO : MHD_YES;
}

static bool is_token(const char *text)
{
    if (!*text) return false;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (!isalnum(*p) && !strchr("!#$%&'*+-.^_`|~", *p)) return false;
    return true;
}

static bool is_value(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if ((*p < 0x20 && *p != '\t') || *p == 0x7f) return false;
    return true;
}

static size_t count_of(const struct exchange *x, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < x->headers.count; i++) count += text_equal_ignoring_case(x->headers.items[i].name, name);
    return count;
}

/* "METHOD target version", one space between. */
static void check_first_line(struct walk *walk)
{
    const struct exchange *x = walk->x;
    const char *end = x->http_version + strlen(x->http_version);
    walk->at = end + 2;
    walk->broken = x->target_place != x->http_method + strlen(x->http_method) + 1 || x->http_version != x->target_place + strlen(x->raw_target) + 1 || end[0] || end[1];
}

/* The empty line, which the library must have found where we do. */
static void check_last_line(struct walk *walk)
{
    const struct exchange *x = walk->x;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (!walk->at || walk->broken) return;
    walk->broken = walk->at[0] || walk->at[1] || !info || walk->at + 2 != x->http_method + info->header_size;
}

static bool take_headers(struct exchange *x, struct refusal *refusal)
{
    struct walk walk = {.x = x};
    if (x->server->strict_layout) check_first_line(&walk);
    (void)MHD_get_connection_values(x->mhd, MHD_HEADER_KIND, take_header, &walk);
    if (walk.no_memory) return refuse(refusal, 503, "busy", "Out of memory.");
    if (walk.too_many) return refuse(refusal, 431, "headers_too_large", "The request has too many headers.");
    check_last_line(&walk);
    if (walk.broken) return refuse(refusal, 400, "bad_framing", "A header line is malformed.");
    for (size_t i = 0; i < x->headers.count; i++)
        if (!is_token(x->headers.items[i].name) || !is_value(x->headers.items[i].value))
            return refuse(refusal, 400, "bad_framing", "A header line is malformed.");
    return true;
}

static bool check_repeats(struct exchange *x, struct refusal *refusal)
{
    static const char *const single[] = {"Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization", "Origin", "Sec-Fetch-Site", "Range",
                                         "If-Range", "Expect"};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (count_of(x, single[i]) > 1) return refuse(refusal, 400, "bad_framing", "A header that may be there once is repeated.");
    return true;
}

static bool check_length(struct exchange *x, struct refusal *refusal)
{
    const char *encoding = http_header(&x->req, "Transfer-Encoding"), *length = http_header(&x->req, "Content-Length");
    if (encoding && length) return refuse(refusal, 400, "bad_framing", "Both Content-Length and Transfer-Encoding.");
    if (encoding && (!text_equal_ignoring_case(encoding, "chunked") || strcmp(x->http_version, "HTTP/1.1") != 0))
        return refuse(refusal, 400, "bad_framing", "This Transfer-Encoding is not understood.");
    x->is_chunked = encoding != NULL;
    x->has_body = encoding != NULL;
    if (!length) return true;
    size_t digits = strspn(length, "0123456789");
    if (!digits || length[digits] || digits > 18) return refuse(refusal, 400, "bad_framing", "Content-Length is not a number.");
    x->has_body = strspn(length, "0") != digits;
    return true;
}

static bool check_host(struct exchange *x, struct refusal *refusal)
{
    const char *host = http_header(&x->req, "Host");
    if (!host && strcmp(x->http_version, "HTTP/1.1") == 0) return refuse(refusal, 400, "bad_host", "The Host header is missing.");
    if (!host) return true; /* HTTP/1.0: req.host stays "" */
    if (!host_is_wellformed(host)) return refuse(refusal, 400, "bad_host", "The Host header is malformed.");
    char *lower = arena_strdup(&x->arena, host);
    if (!lower) return refuse(refusal, 503, "busy", "Out of memory.");
    for (char *p = lower; *p; p++) *p = (char)tolower((unsigned char)*p);
    x->req.host = lower;
    return true;
}

static bool take_content_type(struct exchange *x)
{
    const char *type = http_header(&x->req, "Content-Type");
    if (!type) return true;
    char *copy = arena_strndup(&x->arena, type, strcspn(type, "; \t"));
    if (!copy) return false;
    for (char *p = copy; *p; p++) *p = (char)tolower((unsigned char)*p);
    x->req.content_type = copy;
    return true;
}

bool framing_check(struct exchange *x, struct refusal *refusal)
{
    if (!x->raw_target) return refuse(refusal, 503, "busy", "Out of memory.");
    if (strcmp(x->http_version, "HTTP/1.1") != 0 && strcmp(x->http_version, "HTTP/1.0") != 0)
        return refuse(refusal, 505, "bad_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    if (!take_headers(x, refusal) || !check_repeats(x, refusal) || !check_length(x, refusal) || !check_host(x, refusal)) return false;
    if (!take_content_type(x)) return refuse(refusal, 503, "busy", "Out of memory.");
    if (!is_token(x->http_method) || strlen(x->http_method) > 16) return refuse(refusal, 400, "bad_framing", "The method is malformed.");
    const char *authorization = http_header(&x->req, "Authorization");
    x->req.has_bearer = authorization && strncasecmp(authorization, "Bearer ", 7) == 0;
    if (!target_read(&x->arena, x->raw_target, &x->target, refusal)) return false;
    if (x->target.authority && strcmp(x->target.authority, x->req.host) != 0)
        return refuse(refusal, 400, "bad_host", "The target names another host than the Host header.");
    x->req.path = x->target.path;
    if (!target_read_pairs(&x->arena, x->target.query, strlen(x->target.query), HTTP_QUERY_MOST, &x->query))
        return x->arena.is_short ? refuse(refusal, 503, "busy", "Out of memory.") : refuse(refusal, 400, "bad_query", "The query is malformed.");
    return true;
}

/* "https://host" or "http://host/path" is of the host that was asked. A page under TLS must have come by TLS. */
static bool is_own_origin(const struct exchange *x, const char *url)
{
    bool secure = strncasecmp(url, "https://", 8) == 0;
    if (!secure && strncasecmp(url, "http://", 7) != 0) return false;
    if (x->req.is_tls && !secure) return false;
    const char *authority = url + (secure ? 8 : 7);
    size_t length = strcspn(authority, "/?#");
    return length && length == strlen(x->req.host) && strncasecmp(authority, x->req.host, length) == 0;
}

/* Sec-Fetch-Site decides where browsers send it (TLS, localhost), else Origin, else Referer. Our pages send no referrer, and then a
 * browser's form post over plain HTTP says "Origin: null": that proves nothing and is left to the CSRF token, as is silence. */
bool origin_check(struct exchange *x)
{
    x->req.origin = HTTP_ORIGIN_UNKNOWN;
    if (x->req.method == HTTP_GET || x->req.has_bearer) return true;
    const char *site = http_header(&x->req, "Sec-Fetch-Site");
    const char *origin = http_header(&x->req, "Origin"), *referer = http_header(&x->req, "Referer");
    if (site) {
        if (strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) return false;
        if (origin && strcmp(origin, "null") != 0 && !is_own_origin(x, origin)) return false;
        x->req.origin = HTTP_ORIGIN_SAME;
        return true;
    }
    if (origin && strcmp(origin, "null") == 0) return true;
    if (!origin) origin = referer;
    if (!origin) return true;
    if (!is_own_origin(x, origin)) return false;
    x->req.origin = HTTP_ORIGIN_SAME;
    return true;
}
