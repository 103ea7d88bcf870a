/* Conditional requests, ranges and content negotiation as pure functions of header texts: RFC 9110 §12.5.3, §13, §14. */
#ifndef PLENUM_SERVER_HTTP_VALIDATORS_H
#define PLENUM_SERVER_HTTP_VALIDATORS_H

#include "core/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Does an If-None-Match list name this tag (without quotes), by weak comparison? "*" names every tag. */
bool etag_listed(const char *list, const char *etag);

enum range_result {
    RANGE_WHOLE,        /* no, not understood, or several ranges: send everything */
    RANGE_PART,         /* 206 */
    RANGE_UNSATISFIABLE /* 416 */
};
/* "bytes=0-99", "bytes=100-", "bytes=-5" against `size` bytes. */
enum range_result range_read(const char *header, int64_t size, int64_t *ret_first, int64_t *ret_last);

/* If-Range: strong comparison with the tag; a date never matches (we keep none). */
bool if_range_holds(const char *header, const char *etag);

/* May the reply be gzip? By Accept-Encoding with q-values; NULL: no. */
bool encoding_accepts_gzip(const char *header);

/* "inline; filename=\"bao-cao.pdf\"; filename*=UTF-8''…" for a name in any script (RFC 6266, RFC 8187). NULL: out of memory. */
char *disposition_text(struct arena *arena, bool attachment, const char *name);

#endif
