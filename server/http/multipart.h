/* multipart/form-data (RFC 7578) in memory: a form with a file, as browsers send it without a script. Pure, no library.
 *
 * Strict: the body begins with the boundary, every part has a name, nothing is cut. What two readers could understand differently is refused. */
#ifndef PLENUM_SERVER_HTTP_MULTIPART_H
#define PLENUM_SERVER_HTTP_MULTIPART_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

#define HTTP_PARTS_MOST 128u /* many files may be chosen at once */

struct http_part {
    const char *name;      /* UTF-8 without control characters */
    const char *file_name; /* without folders; NULL: a plain field */
    const char *data;      /* inside the body; not terminated */
    size_t length;
};

struct http_parts {
    struct http_part items[HTTP_PARTS_MOST];
    size_t count;
};

/* `content_type` is the whole header, with its boundary. False: malformed, too many parts, or out of memory. Names live in the arena. */
bool multipart_read(struct arena *arena, const char *content_type, const char *body, size_t length, struct http_parts *ret);

#endif
