/* The names that a server certificate is good for: DNS names and addresses as plain text.
 *
 * All functions are thread-safe. */
#ifndef PLENUM_SERVER_TLS_NAMES_H
#define PLENUM_SERVER_TLS_NAMES_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* More would make every handshake long; a machine with more addresses than this is not a congress laptop, and the rest is left out. */
#define TLS_NAMES_MOST 64

struct tls_names {
    const char *items[TLS_NAMES_MOST]; /* canonical, each once; in an arena */
    size_t count;
};

/* The canonical host of "host", "host:port", "[v6]:port" or a whole URL: lower case, no dot at the end, addresses as inet_ntop writes
 * them. ERR_INPUT: not a host that a certificate can name (empty, wildcard, scoped address, letters outside ASCII). Pure. */
enum err tls_name_tidy(struct arena *arena, const char *text, const char **ret);

/* Adds the tidied name unless it is there or the list is full. Same errors. */
enum err tls_names_add(struct tls_names *names, struct arena *arena, const char *text);
bool tls_names_have(const struct tls_names *names, const char *canonical);
/* Whether every one of `wanted` is in `have`. */
bool tls_names_cover(const struct tls_names *have, const struct tls_names *wanted);

/* localhost, 127.0.0.1, ::1, the machine's host name, the addresses of its interfaces that are up. Link-local IPv6 addresses are left
 * out: they need a zone, which URLs in browsers cannot carry. ERR_NOMEM. */
enum err tls_names_of_machine(struct tls_names *names, struct arena *arena);

#endif
