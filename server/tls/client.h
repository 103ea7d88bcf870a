/* One question over TLS, to find out who answers there. For `plenum doctor --venue` only: nothing secret is ever sent this way. */
#ifndef PLENUM_SERVER_TLS_CLIENT_H
#define PLENUM_SERVER_TLS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

/* Over a connected socket: shakes hands, sends `question`, reads up to size - 1 bytes of answer until the end or until `patience_ms` is over; `answer` is
 * always terminated. True when this machine's trusted authorities vouch for the certificate and it names `host`; the answer is read also when not. The
 * caller closes the socket. */
bool tls_client_talk(int fd, const char *host, const char *question, char *answer, size_t size, unsigned patience_ms);

#endif
