/* Replies that exist before the request: files with ranges, and assets built into the program. */
#include "server/http/internal.h"
#include "server/http/validators.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

struct mapping {
    void *data;
    size_t length;
};

static void unmap(void *cls)
{
    struct mapping *mapping = cls;
    (void)munmap(mapping->data, mapping->length);
    free(mapping);
}

/* Under TLS the library would read a file piece by piece into one buffer; mapped memory is twice as fast (facts §2). */
static struct MHD_Response *map_part(int fd, int64_t first, int64_t length)
{
    struct mapping *mapping = malloc(sizeof *mapping);
    if (!mapping) return NULL;
    long page = sysconf(_SC_PAGESIZE);
    int64_t start = first / page * page;
    mapping->length = (size_t)(first - start + length);
    mapping->data = mmap(NULL, mapping->length, PROT_READ, MAP_SHARED, fd, start);
    if (mapping->data == MAP_FAILED) {
        free(mapping);
        return NULL;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls((size_t)length, (char *)mapping->data + (first - start), unmap, mapping);
    if (!response) unmap(mapping);
    return response;
}

/* Takes fd over. */
static struct MHD_Response *part_of_file(const struct exchange *x, int fd, int64_t first, int64_t length)
{
    struct MHD_Response *response;
    if (length == 0 || x->req.is_tls) {
        response = length ? map_part(fd, first, length) : MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
        (void)close(fd);
        return response;
    }
    response = MHD_create_response_from_fd_at_offset64((uint64_t)length, fd, (uint64_t)first);
    if (!response) (void)close(fd);
    return response;
}

static enum range_result wanted_range(const struct exchange *x, const struct http_file *file, int64_t *ret_first, int64_t *ret_last)
{
    const char *range = http_header(&x->req, "Range"), *condition = http_header(&x->req, "If-Range");
    if (!range || x->req.method != HTTP_GET) return RANGE_WHOLE;
    if (condition && (!file->etag || !if_range_holds(condition, file->etag))) return RANGE_WHOLE;
    return range_read(range, file->size, ret_first, ret_last);
}

static void set_file_headers(struct exchange *x, const struct http_file *file)
{
    const char *type = file->content_type ? file->content_type : "application/octet-stream";
    bool attachment = file->attachment || !may_show(type);
    char *disposition = file->name || attachment ? disposition_text(&x->arena, attachment, file->name) : NULL;
    if (disposition) (void)http_set_header(&x->req, "Content-Disposition", disposition);
    (void)http_set_header(&x->req, "Accept-Ranges", "bytes");
    if (file->etag) set_etag(x, false, file->etag, "");
    http_set_cache(&x->req, file->cache);
}

void http_reply_file(struct http_request *req, const struct http_file *file)
{
    struct exchange *x = exchange_of(req);
    const char *type = file->content_type ? file->content_type : "application/octet-stream";
    const char *list = http_header(req, "If-None-Match");
    int64_t first = 0, last = file->size - 1;
    if (x->replied || file->size < 0) {
        (void)close(file->fd);
        return;
    }
    set_file_headers(x, file);
    if (file->etag && list && req->method == HTTP_GET && etag_listed(list, file->etag)) {
        (void)close(file->fd);
        http_reply_empty(req, 304);
        return;
    }
    char text[96];
    enum range_result range = wanted_range(x, file, &first, &last);
    if (range == RANGE_UNSATISFIABLE) {
        (void)close(file->fd);
        (void)snprintf(text, sizeof text, "bytes */%lld", (long long)file->size);
        (void)http_set_header(req, "Content-Range", text);
        (void)http_set_header(req, "Content-Disposition", "inline");
        http_set_cache(req, HTTP_NO_STORE);
        http_reply_problem(req, 416, "range_not_satisfiable", "The file has no such part.");
        return;
    }
    if (range == RANGE_PART) {
        (void)snprintf(text, sizeof text, "bytes %lld-%lld/%lld", (long long)first, (long long)last, (long long)file->size);
        (void)http_set_header(req, "Content-Range", text);
    }
    int64_t length = last - first + 1;
    reply_with(x, range == RANGE_PART ? 206 : 200, type, part_of_file(x, file->fd, first, length), (size_t)length);
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
