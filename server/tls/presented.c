#include "server/tls/presented.h"

#include "server/http/http.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MOST 16

struct generation {
    struct generation *before;
    gnutls_pcert_st chain[CHAIN_MOST];
    unsigned count;
    gnutls_privkey_t key;
};

struct tls_presented {
    pthread_mutex_t lock; /* guards `now`; a generation is not changed after it was put there */
    struct generation *now;
};

static void generation_free(struct generation *g)
{
    for (unsigned i = 0; i < g->count; i++) gnutls_pcert_deinit(&g->chain[i]);
    if (g->key) gnutls_privkey_deinit(g->key);
    free(g);
}

static gnutls_datum_t datum_of(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

static enum err generation_make(const char *certificate_pem, const char *key_pem, struct generation **ret, struct fault *fault)
{
    struct generation *g = calloc(1, sizeof *g);
    if (!g) return fault_set(fault, ERR_NOMEM, "not enough memory");
    const gnutls_datum_t certificate = datum_of(certificate_pem), key = datum_of(key_pem);
    unsigned count = CHAIN_MOST;
    int code = gnutls_pcert_list_import_x509_raw(g->chain, &count, &certificate, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
    if (code >= 0) g->count = count;
    if (code >= 0) code = gnutls_privkey_init(&g->key);
    if (code >= 0) code = gnutls_privkey_import_x509_raw(g->key, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (code >= 0) {
        *ret = g;
        return OK;
    }
    generation_free(g);
    if (code == GNUTLS_E_MEMORY_ERROR) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return fault_set(fault, ERR_INPUT, "the certificate or its key cannot be used (%s)", gnutls_strerror(code));
}

enum err tls_presented_new(const char *certificate_pem, const char *key_pem, struct tls_presented **ret, struct fault *fault)
{
    struct tls_presented *presented = calloc(1, sizeof *presented);
    if (!presented) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = generation_make(certificate_pem, key_pem, &presented->now, fault);
    if (e) {
        free(presented);
        return e;
    }
    (void)pthread_mutex_init(&presented->lock, NULL);
    *ret = presented;
    return OK;
}

enum err tls_presented_change(struct tls_presented *presented, const char *certificate_pem, const char *key_pem, struct fault *fault)
{
    struct generation *g;
    enum err e = generation_make(certificate_pem, key_pem, &g, fault);
    if (e) return e;
    (void)pthread_mutex_lock(&presented->lock);
    g->before = presented->now;
    presented->now = g;
    (void)pthread_mutex_unlock(&presented->lock);
    return OK;
}

void tls_presented_free(struct tls_presented *presented)
{
    if (!presented) return;
    for (struct generation *g = presented->now, *before; g; g = before) {
        before = g->before;
        generation_free(g);
    }
    (void)pthread_mutex_destroy(&presented->lock);
    free(presented);
}

/* gnutls_certificate_retrieve_function2: what it points at stays ours. */
static int retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count, const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                    gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_privkey_t *ret_key)
{
    (void)authorities;
    (void)authority_count;
    (void)algorithms;
    (void)algorithm_count;
    struct tls_presented *presented = http_tls_context(gnutls_session_get_ptr(session));
    if (!presented) return -1;
    (void)pthread_mutex_lock(&presented->lock);
    struct generation *g = presented->now;
    (void)pthread_mutex_unlock(&presented->lock);
    *ret_chain = g->chain;
    *ret_count = g->count;
    *ret_key = g->key;
    return 0;
}

tls_callback *tls_presented_callback(void)
{
    return (tls_callback *)retrieve;
}
