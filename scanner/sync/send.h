/* Inside of the room: one batch, one roster, one question. */
#ifndef PLENUM_SCANNER_SEND_H
#define PLENUM_SCANNER_SEND_H

#include "scanner/queue/queue.h"
#include "core/net/http_client.h"
#include "scanner/sync/protocol.h"
#include "scanner/sync/sync.h"

#include <pthread.h>
#include <stdatomic.h>

struct send_context {
    struct queue queue;
    struct http_client *client;
    const struct sync_settings *settings;
    struct sync_settings kept;
    atomic_bool stop;
    struct arena arena;     /* addresses of spare servers, for the life of the thread */
    bool revoked;           /* the last answer was 401 */
    int64_t retry_after_ms; /* what the last 429 or 503 asked for */
};

enum err send_open(struct send_context *send, const struct sync_settings *settings, struct fault *fault);
void send_close(struct send_context *send);

/* Sends the oldest waiting scans and keeps the answers. *ret_sent: how many left the queue. ERR_NETWORK, ERR_TIMEOUT, ERR_BUSY: the
 * server is away or has too much to do; ERR_DENIED with send->revoked: 401. */
enum err send_batch(struct send_context *send, size_t *ret_sent, struct fault *fault);
enum err send_fetch_roster(struct send_context *send, struct fault *fault);

#endif
