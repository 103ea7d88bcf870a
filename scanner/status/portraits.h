/* Photos of whom the last scans named, for the operator's screen. A thread with an HTTP client of its own asks the server; nothing at the door waits for it.
 *
 * In memory only: at most PORTRAITS_KEPT pictures of PORTRAIT_BYTES_MOST bytes, none longer than PORTRAIT_KEEP_MS. A wish that is older than a result stands on
 * the screen is dropped, and so is the oldest of too many. Nothing is asked while the server is away; a network on which a picture is slow, or does not come,
 * is left to the scans for PORTRAIT_PAUSE_MS. A picture that is missing is nobody's trouble: nothing is said. Who may see which: docs/decisions/0027. */
#ifndef PLENUM_SCANNER_PORTRAITS_H
#define PLENUM_SCANNER_PORTRAITS_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/net/http_client.h"
#include "scanner/sync/sync.h"

#define PORTRAIT_BYTES_MOST (200u * 1024u)
#define PORTRAIT_SIDE_MOST 1200u
#define PORTRAITS_KEPT 4
#define PORTRAIT_KEEP_MS 8000
#define PORTRAIT_WISH_MS 5000
#define PORTRAIT_ASK_MS 1500
#define PORTRAIT_SLOW_MS 800
#define PORTRAIT_PAUSE_MS 30000

struct portraits;

struct portraits_settings {
    struct http_settings server; /* `stop` is ours; texts borrowed for the life of the thread */
    struct sync *sync;           /* whether the server is there; outlives it; NULL: always (tests) */
    /* A picture has come: portraits_get has it now. On the thread; must be quick. */
    void (*ready)(void *ctx, const char *scan_id);
    void *ctx;
};

enum err portraits_start(const struct portraits_settings *settings, struct portraits **ret, struct fault *fault);
/* Ends a running request, and forgets all pictures. Accepts NULL. */
void portraits_stop(struct portraits *portraits);

/* The screen shows this scan now. By copy; never waits for the network. Thread-safe. */
void portraits_wish(struct portraits *portraits, const char *scan_id);
/* Adds the picture to `out` (NULL: only looks). False: there is none. Thread-safe. */
bool portraits_get(struct portraits *portraits, const char *scan_id, struct buf *out);

/* Whether this is a whole JPEG by its markers (ITU-T T.81 §B), of at most PORTRAIT_SIDE_MOST pixels a side. Nothing is decoded. Pure. */
bool portrait_is_sound(const void *data, size_t length);

#endif
