/* gzip for replies made at run time. The only includer of zlib.h in the server. */
#ifndef PLENUM_SERVER_HTTP_COMPRESS_H
#define PLENUM_SERVER_HTTP_COMPRESS_H

#include "core/base/err.h"

#include <stddef.h>

/* The gzip form of `data`, malloc'd. ERR_LIMIT: not worth it, too large, or it would not be shorter; ERR_NOMEM. */
enum err compress_gzip(const void *data, size_t length, void **ret_data, size_t *ret_length);

#endif
