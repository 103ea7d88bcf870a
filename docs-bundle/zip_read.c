#include "docs-bundle/zip_read.h"
#include "core/base/zip.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define PIECE (256 * 1024)

struct reading {
    const struct zip_reader *zip;
    const struct zip_item *item;
    enum err (*take)(void *context, const void *piece, size_t length);
    void *context;
    struct fault *fault;
    uint64_t made;
    uint32_t crc;
    uint8_t in[PIECE], out[PIECE];
};

static enum err read_piece(struct reading *r, uint64_t at, size_t *ret_length)
{
    uint64_t left = r->item->packed - at;
    for (;;) {
        ssize_t n = pread(r->zip->fd, r->in, left < PIECE ? (size_t)left : PIECE, (off_t)(r->item->data + at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fault_set(r->fault, err_from_errno(errno), "the archive cannot be read: %s", strerror(errno));
        if (n == 0) return fault_set(r->fault, ERR_IO, "the archive became shorter while it was read");
        *ret_length = (size_t)n;
        return OK;
    }
}

static enum err hand_out(struct reading *r, const void *piece, size_t length)
{
    if (length > r->item->size - r->made) return fault_set(r->fault, ERR_CONFLICT, "is longer than the directory says");
    r->made += length;
    r->crc = zip_crc32(r->crc, piece, length);
    return length ? r->take(r->context, piece, length) : OK;
}

static enum err read_stored(struct reading *r)
{
    enum err e = OK;
    for (uint64_t at = 0; e == OK && at < r->item->packed;) {
        size_t n = 0;
        e = read_piece(r, at, &n);
        if (e == OK) e = hand_out(r, r->in, n);
        at += n;
    }
    return e;
}

static enum err inflate_piece(struct reading *r, z_stream *stream, uint8_t *out, int *code)
{
    enum err e = OK;
    do {
        stream->next_out = out;
        stream->avail_out = PIECE;
        *code = inflate(stream, Z_NO_FLUSH);
        if (*code != Z_OK && *code != Z_STREAM_END && *code != Z_BUF_ERROR) return fault_set(r->fault, ERR_CONFLICT, "its packed content is damaged");
        e = hand_out(r, out, PIECE - stream->avail_out);
    } while (e == OK && *code == Z_OK && (stream->avail_in || stream->avail_out == 0));
    return e;
}

static enum err read_deflated(struct reading *r)
{
    z_stream stream = {0};
    uint8_t *out = r->out;
    int code = Z_OK;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return fault_set(r->fault, ERR_NOMEM, "not enough memory");
    enum err e = OK;
    for (uint64_t at = 0; e == OK && code != Z_STREAM_END && at < r->item->packed;) {
        size_t n = 0;
        e = read_piece(r, at, &n);
        at += n;
        stream.next_in = r->in;
        stream.avail_in = (uInt)n;
        if (e == OK) e = inflate_piece(r, &stream, out, &code);
        if (e == OK && code == Z_STREAM_END && (stream.avail_in || at < r->item->packed)) e = fault_set(r->fault, ERR_CONFLICT, "has bytes behind its content");
    }
    if (e == OK && code != Z_STREAM_END) e = fault_set(r->fault, ERR_CONFLICT, "its packed content ends too early");
    inflateEnd(&stream);
    return e;
}

enum err zip_read(const struct zip_reader *zip, const struct zip_item *item, enum err (*take)(void *context, const void *piece, size_t length), void *context,
                  struct fault *fault)
{
    struct arena room = {0};
    struct reading *r = arena_alloc(&room, sizeof *r);
    if (!r) return fault_set(fault, ERR_NOMEM, "not enough memory");
    r->zip = zip;
    r->item = item;
    r->take = take;
    r->context = context;
    r->fault = fault;
    enum err e = item->method == 0 ? read_stored(r) : read_deflated(r);
    if (e == OK && r->made != item->size) e = fault_set(fault, ERR_CONFLICT, "is shorter than the directory says");
    if (e == OK && r->crc != item->crc) e = fault_set(fault, ERR_CONFLICT, "its content does not have the checksum of the directory");
    arena_release(&room);
    return e;
}

struct whole {
    char *data;
    size_t length;
};

static enum err take_whole(void *context, const void *piece, size_t length)
{
    struct whole *w = context;
    memcpy(w->data + w->length, piece, length);
    w->length += length;
    return OK;
}

enum err zip_read_whole(struct arena *arena, const struct zip_reader *zip, const struct zip_item *item, size_t most, char **ret, size_t *ret_length,
    struct fault *fault)
{
    struct whole w = {.length = 0};
    if (item->size > most) return fault_set(fault, ERR_LIMIT, "is larger than %zu bytes", most);
    w.data = arena_alloc(arena, (size_t)item->size + 1);
    if (!w.data) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = zip_read(zip, item, take_whole, &w, fault);
    if (e != OK) return e;
    *ret = w.data;
    *ret_length = w.length;
    return OK;
}
