#include "server/http/compress.h"

#include <stdlib.h>
#include <zlib.h>

/* Level 5 packs about 60 MB/s: what a worker thread may spend is a few milliseconds. */
#define FAST_FROM (128u * 1024u)
#define LONGEST (4u * 1024u * 1024u)

enum err compress_gzip(const void *data, size_t length, void **ret_data, size_t *ret_length)
{
    z_stream stream = {0};
    if (length > LONGEST) return ERR_LIMIT;
    if (deflateInit2(&stream, length < FAST_FROM ? 5 : 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return ERR_NOMEM;
    unsigned char *out = malloc(length);
    enum err err = ERR_NOMEM;
    if (!out) goto out;
    stream.next_in = (Bytef *)(size_t)data;
    stream.avail_in = (uInt)length;
    stream.next_out = out;
    stream.avail_out = (uInt)length;
    err = deflate(&stream, Z_FINISH) == Z_STREAM_END ? OK : ERR_LIMIT;
    if (err) goto out;
    *ret_data = out;
    *ret_length = stream.total_out;
    out = NULL;
out:
    free(out);
    (void)deflateEnd(&stream);
    return err;
}
