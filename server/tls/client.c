#include "server/tls/client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static void make_patient(int fd, unsigned patience_ms)
{
    const struct timeval patience = {.tv_sec = patience_ms / 1000, .tv_usec = (int)(patience_ms % 1000) * 1000};
    const int flags = fcntl(fd, F_GETFL);
    if (flags >= 0) (void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

static void read_answer(gnutls_session_t session, char *answer, size_t size)
{
    size_t got = 0;
    while (got + 1 < size) {
        const ssize_t n = gnutls_record_recv(session, answer + got, size - 1 - got);
        if (n == GNUTLS_E_INTERRUPTED) continue;
        if (n <= 0) break;
        got += (size_t)n;
    }
    answer[got] = '\0';
}

/* The host's bytes for a certificate that names an address. */
static bool is_trusted(gnutls_session_t session, const char *host)
{
    unsigned char raw[sizeof(struct in6_addr)];
    unsigned status = ~0u;
    unsigned size = inet_pton(AF_INET, host, raw) == 1 ? 4 : inet_pton(AF_INET6, host, raw) == 1 ? 16 : 0;
    gnutls_typed_vdata_st data = {.type = size ? GNUTLS_DT_IP_ADDRESS : GNUTLS_DT_DNS_HOSTNAME, .data = raw, .size = size};
    if (!size) data.data = (unsigned char *)(uintptr_t)host;
    return gnutls_certificate_verify_peers(session, &data, 1, &status) == 0 && status == 0;
}

bool tls_client_talk(int fd, const char *host, const char *question, char *answer, size_t size, unsigned patience_ms)
{
    gnutls_certificate_credentials_t credentials = NULL;
    gnutls_session_t session = NULL;
    bool trusted = false;
    answer[0] = '\0';
    make_patient(fd, patience_ms);
    if (gnutls_certificate_allocate_credentials(&credentials) != 0) return false;
    (void)gnutls_certificate_set_x509_system_trust(credentials);
    if (gnutls_init(&session, GNUTLS_CLIENT) != 0) goto out;
    (void)gnutls_set_default_priority(session);
    (void)gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
    (void)gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, strlen(host)); /* an address is left out by the library */
    gnutls_transport_set_int(session, fd);
    gnutls_handshake_set_timeout(session, patience_ms);
    int code;
    do code = gnutls_handshake(session);
    while (code < 0 && gnutls_error_is_fatal(code) == 0 && code != GNUTLS_E_AGAIN);
    if (code < 0) goto out;
    trusted = is_trusted(session, host);
    if (gnutls_record_send(session, question, strlen(question)) > 0) read_answer(session, answer, size);
out:
    if (session) gnutls_deinit(session);
    gnutls_certificate_free_credentials(credentials);
    return trusted;
}
