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

/* "Sun, 06 Nov 1994 08:49:37 GMT" and the two older forms, in seconds since 1970; -1 for anything else. */
int64_t http_date_read(const char *text);
/* The first form. NULL: out of memory, or before 1970 or after 9999. */
#define HTTP_DATE_SIZE 30
bool http_date_write(int64_t seconds, char out[HTTP_DATE_SIZE]);

/* If-Range: strong comparison with the tag (NULL: there is none), or exactly the date (`modified` in seconds, -1: there is none), which is strong here
 * because an address that has one never changes its bytes. */
bool if_range_holds(const char *header, const char *etag, int64_t modified);

struct http_conditions { /* header texts, NULL when not sent */
    const char *if_match, *if_unmodified_since, *if_none_match, *if_modified_since;
};
/* RFC 9110 §13.2.2, without If-Range, for GET and HEAD: 0 (go on), 304 or 412. */
int http_conditions_judge(const struct http_conditions *conditions, const char *etag, int64_t modified);

/* May the reply be gzip? By Accept-Encoding with q-values; NULL: no. */
bool encoding_accepts_gzip(const char *header);

/* "inline; filename=\"bao-cao.pdf\"; filename*=UTF-8''…" for a name in any script (RFC 6266, RFC 8187). NULL: out of memory. */
char *disposition_text(struct arena *arena, bool attachment, const char *name);

#endif
