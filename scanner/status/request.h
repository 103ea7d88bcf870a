/* What a browser asks of the status page. Pure: no sockets here.
 *
 * Only GET, without a body. The Host must be this machine's loopback name and our port, so that a web page elsewhere cannot reach us through a name
 * of its own that leads here (DNS rebinding); and no other page may ask for anything (Sec-Fetch-Site, W3C Fetch Metadata; Origin). */
#ifndef PLENUM_SCANNER_STATUS_REQUEST_H
#define PLENUM_SCANNER_STATUS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define STATUS_HEAD_MOST 8192
#define STATUS_PATH_SIZE 128

struct status_request {
    char path[STATUS_PATH_SIZE]; /* without the query */
};

/* Bytes of a whole head, blank line included; 0 while it is not complete. */
size_t status_head_length(const char *data, size_t length);

/* Reads a whole head. Returns 0, or the status to refuse it with: 400, 403 (another page's request), 405, 414, 421 (another host). `port` is ours. */
int status_request_read(const char *head, size_t length, int port, struct status_request *ret);

#endif
