/* Replies that exist before the request: files and archives with ranges (their bytes: kept.c), and assets built into the program. */
#include "server/http/internal.h"
#include "server/http/validators.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool accepts_gzip(const struct exchange *x)
{
    return encoding_accepts_gzip(http_header(&x->req, "Accept-Encoding"));
}

static void set_etag(struct exchange *x, bool weak, const char *etag, const char *suffix)
{
    char *text = arena_printf(&x->arena, "%s\"%s%s\"", weak ? "W/" : "", etag, suffix);
    if (text) (void)http_set_header(&x->req, "ETag", text);
}

bool http_not_modified(struct http_request *req, const char *etag)
{
    struct exchange *x = exchange_of(req);
    const char *list = http_header(req, "If-None-Match");
    set_etag(x, true, etag, ""); /* weak: the bytes differ when compressed */
    if (!reply_has_header(x, "Cache-Control")) http_set_cache(req, HTTP_REVALIDATE);
    if (req->method != HTTP_GET || !list || !etag_listed(list, etag)) return false;
    http_reply_empty(req, 304);
    return true;
}

/* What a browser may show by itself without being able to run anything. */
static bool may_show(const char *type)
{
    static const char *const shown[] = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (strcmp(type, shown[i]) == 0) return true;
    return strncmp(type, "audio/", 6) == 0 || strncmp(type, "video/", 6) == 0;
}

/* `fd` is duplicated: the response closes its own. */
static struct MHD_Response *part_of_file(const struct exchange *x, struct http_kept *kept, int64_t first, int64_t length)
{
    if (length == 0) return MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    if (x->req.is_tls) return kept_part_mapped(kept, first, length);
    int fd = kept_duplicate(kept);
    struct MHD_Response *response = fd < 0 ? NULL : MHD_create_response_from_fd_at_offset64((uint64_t)length, fd, (uint64_t)first);
    if (!response && fd >= 0) (void)close(fd);
    return response;
}

static int64_t seconds_of(const struct http_file *file)
{
    return file->modified_ms > 0 ? file->modified_ms / 1000 : -1;
}

static enum range_result wanted_range(const struct exchange *x, const struct http_file *file, int64_t *ret_first, int64_t *ret_last)
{
    const char *range = http_header(&x->req, "Range"), *condition = http_header(&x->req, "If-Range");
    if (!range || x->req.method != HTTP_GET || x->req.is_head) return RANGE_WHOLE; /* defined for GET alone: RFC 9110 §14.2 */
    if (condition && !if_range_holds(condition, file->etag, seconds_of(file))) return RANGE_WHOLE;
    return range_read(range, file->size, ret_first, ret_last);
}

static const char *type_of(const struct http_file *file)
{
    return file->content_type ? file->content_type : "application/octet-stream";
}

static void set_file_headers(struct exchange *x, const struct http_file *file)
{
    const char *type = type_of(file);
    char date[HTTP_DATE_SIZE];
    bool attachment = file->attachment || !may_show(type);
    char *disposition = file->name || attachment ? disposition_text(&x->arena, attachment, file->name) : NULL;
    if (disposition) (void)http_set_header(&x->req, "Content-Disposition", disposition);
    (void)http_set_header(&x->req, "Accept-Ranges", "bytes");
    if (file->etag) set_etag(x, false, file->etag, "");
    if (http_date_write(seconds_of(file), date)) (void)http_set_header(&x->req, "Last-Modified", date);
    http_set_cache(&x->req, file->cache);
}

static void reply_no_such_part(struct exchange *x, const struct http_file *file)
{
    char text[64];
    (void)snprintf(text, sizeof text, "bytes */%lld", (long long)file->size);
    (void)http_set_header(&x->req, "Content-Range", text);
    (void)http_set_header(&x->req, "Content-Disposition", "inline");
    http_set_cache(&x->req, HTTP_NO_STORE);
    http_reply_problem(&x->req, 416, "range_not_satisfiable", "The file has no such part.");
}

/* Everything but the bytes: the status (200, 206) and which bytes, or 0 when the reply is made. */
static int begin_file(struct exchange *x, const struct http_file *file, int64_t *ret_first, int64_t *ret_length)
{
    const struct http_conditions conditions = {http_header(&x->req, "If-Match"), http_header(&x->req, "If-Unmodified-Since"),
                                               http_header(&x->req, "If-None-Match"), http_header(&x->req, "If-Modified-Since")};
    int64_t first = 0, last = file->size - 1;
    char text[96];
    if (x->replied || file->size < 0) return 0;
    set_file_headers(x, file);
    int judged = x->req.method == HTTP_GET ? http_conditions_judge(&conditions, file->etag, seconds_of(file)) : 0;
    if (judged == 304) http_reply_empty(&x->req, 304);
    if (judged == 412) http_reply_problem(&x->req, 412, "precondition_failed", "The file is not the one that was asked for.");
    if (judged) return 0;
    enum range_result range = wanted_range(x, file, &first, &last);
    *ret_first = first;
    *ret_length = last - first + 1;
    if (range == RANGE_UNSATISFIABLE) {
        reply_no_such_part(x, file);
        return 0;
    }
    if (range == RANGE_WHOLE) return 200;
    (void)snprintf(text, sizeof text, "bytes %lld-%lld/%lld", (long long)first, (long long)last, (long long)file->size);
    (void)http_set_header(&x->req, "Content-Range", text);
    return 206;
}

void http_reply_file(struct http_request *req, const struct http_file *file)
{
    struct exchange *x = exchange_of(req);
    int64_t first, length;
    struct http_kept *kept = file->kept ? file->kept : http_kept_new(file->fd, file->size);
    int status = begin_file(x, file, &first, &length);
    if (status) reply_with(x, status, type_of(file), kept ? part_of_file(x, kept, first, length) : NULL, (size_t)length);
    http_kept_drop(kept);
}

void http_reply_pieces(struct http_request *req, const struct http_file *file, const struct http_pieces *pieces)
{
    struct exchange *x = exchange_of(req);
    int64_t first, length;
    int status = begin_file(x, file, &first, &length);
    if (status) reply_with(x, status, type_of(file), pieces_part(pieces, first, length), (size_t)length);
}

void http_reply_asset(struct http_request *req, const struct http_asset *asset, enum http_cache cache)
{
    struct exchange *x = exchange_of(req);
    const char *list = http_header(req, "If-None-Match");
    bool packed = asset->gzip && accepts_gzip(x);
    char *packed_tag = arena_printf(&x->arena, "%s-gz", asset->etag);
    if (!packed_tag) {
        http_reply_problem(req, 503, "busy", "Out of memory.");
        return;
    }
    http_set_cache(req, cache);
    if (asset->gzip) (void)http_set_header(req, "Vary", "Accept-Encoding");
    set_etag(x, false, asset->etag, packed ? "-gz" : "");
    if (list && req->method == HTTP_GET && etag_listed(list, packed ? packed_tag : asset->etag)) {
        http_reply_empty(req, 304);
        return;
    }
    if (packed) (void)http_set_header(req, "Content-Encoding", "gzip");
    const void *data = packed ? asset->gzip : asset->data;
    size_t length = packed ? asset->gzip_length : asset->length;
    reply_with(x, 200, asset->content_type, MHD_create_response_from_buffer(length, (void *)(uintptr_t)data, MHD_RESPMEM_PERSISTENT), length);
}
