/* The certificate that a TLS listener shows, changed while it runs: connections that are open keep what they began with, new ones get the new one.
 *
 * Thread-safe. What was shown before is kept until tls_presented_free, because handshakes may still read it: a few KB for each change. */
#ifndef PLENUM_SERVER_TLS_PRESENTED_H
#define PLENUM_SERVER_TLS_PRESENTED_H

#include "core/base/err.h"

struct tls_presented;

/* `certificate_pem`: a chain, the server's own first. ERR_INPUT: not what it should be; ERR_NOMEM. The texts are not kept. */
enum err tls_presented_new(const char *certificate_pem, const char *key_pem, struct tls_presented **ret, struct fault *fault);
/* On failure what was shown before is shown further. */
enum err tls_presented_change(struct tls_presented *presented, const char *certificate_pem, const char *key_pem, struct fault *fault);
void tls_presented_free(struct tls_presented *presented); /* after the listener ended; accepts NULL */

/* For http_config.tls_callback, with the struct as http_config.tls_context. */
typedef void tls_callback(void);
tls_callback *tls_presented_callback(void);

#endif
