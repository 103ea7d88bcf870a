/* Inside of the room: what is said to the page, as JSON. No sockets here. */
#ifndef PLENUM_SCANNER_STATUS_BOARD_H
#define PLENUM_SCANNER_STATUS_BOARD_H

#include "core/base/buf.h"
#include "scanner/feedback/feedback.h"
#include "scanner/queue/queue.h"
#include "scanner/roster/roster.h"
#include "scanner/status/status.h"

#define BOARD_ASIDE_MOST 50

void board_put_result(struct buf *out, const struct result *result);
void board_put_foreign(struct buf *out, enum foreign_kind kind);
/* The camera or hand scanner. */
struct board_device {
    bool is_known; /* something was said of it; pipes and pictures have none */
    enum device_state state;
    char name[128];
};
/* How things stand: the server, the queue, the list, the device. What cannot be read is null, never a guess. */
void board_put_state(struct buf *out, const struct status_settings *settings, struct queue *queue, struct roster *roster, const struct board_device *device);
/* {"scans": […]}: newest first, at most BOARD_ASIDE_MOST. */
enum err board_put_aside(struct buf *out, struct queue *queue, struct fault *fault);

#endif
