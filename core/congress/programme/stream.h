/* Where a stream of an event comes from: over the internet, or on the venue's own network. Pure. */
#ifndef PLENUM_CONGRESS_STREAM_H
#define PLENUM_CONGRESS_STREAM_H

#include <stdbool.h>

enum stream_place {
    STREAM_UNUSABLE, /* not an address of the web that a page may link to: another scheme, a name and password in it, blanks, no host */
    STREAM_INTERNET,
    STREAM_VENUE     /* by its host: loopback, private and link-local addresses (RFC 1918, 3927, 4193, 6598), "localhost", names without a dot, and those under
                        .local (RFC 6762), .home.arpa (RFC 8375), .internal, .lan */
};

/* `ret_host`: room for STREAM_HOST_SIZE bytes, "host" or "host:port" in lower case; "" for STREAM_UNUSABLE. */
#define STREAM_HOST_SIZE 256
enum stream_place stream_place_of(const char *url, char ret_host[STREAM_HOST_SIZE]);

#endif
