/* One door: what happens to a frame (DESIGN.md §2, data path 1).
 *
 * frame → codes → token → on disk → the server, at most DOOR_ASK_MS → else the roster → the decision on disk → the person is told → sync.
 * One thread. */
#ifndef PLENUM_SCANNER_DOOR_H
#define PLENUM_SCANNER_DOOR_H

#include "scanner/decision/debounce.h"
#include "scanner/decode/guarded.h"
#include "scanner/feedback/feedback.h"
#include "scanner/queue/queue.h"
#include "scanner/roster/roster.h"
#include "core/net/http_client.h"
#include "scanner/sync/sync.h"

#define DOOR_ASK_MS 250

struct door {
    struct queue *queue;
    struct guarded *decoder;
    struct sync *sync;          /* NULL: nobody to send to (tests) */
    struct http_client *client; /* NULL: never ask */
    struct feedback *feedback;
    const char *gate, *direction;
    struct roster roster;
    struct debounce badges, others; /* absence 0: every frame is a showing */
    int64_t first_us;               /* when the first frame came */
    int64_t scans;                  /* how many were taken */
    int64_t lost;                   /* how many could not be kept */
    bool has_untold;                /* a decision could not be written down: its scan is made ready to be sent as soon as possible */
};

/* Decodes a frame and takes what is in it. `arena` is for this frame; the caller clears it. ERR_… only when the picture could not be
 * decoded; everything else is told to the person. */
enum err door_take_frame(struct door *door, const struct frame *frame, struct arena *arena, struct fault *fault);
/* At the end. */
void door_release(struct door *door);

#endif
