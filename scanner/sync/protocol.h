/* Scans and answers as JSON (DESIGN.md §5 and §6). No network here. */
#ifndef PLENUM_SCANNER_PROTOCOL_H
#define PLENUM_SCANNER_PROTOCOL_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "scanner/queue/queue.h"

#include <stdbool.h>

/* Appends one scan as an object; age_ms is computed now. */
void protocol_put_scan(struct buf *out, const struct queue *queue, const struct queued_scan *scan);

struct scan_answer {
    const char *scan_id, *outcome, *reason; /* reason NULL when there is none */
    const char *name, *delegation, *category, *seat, *badge_box;
    int64_t first_ms; /* DB_NULL */
    const char *first_gate;
    bool conflict, replayed;
    bool is_nearly_full; /* the room behind this gate */
    int64_t places_left; /* then */
};
struct scan_answers {
    int64_t server_ms; /* DB_NULL when the server did not say */
    struct scan_answer *items;
    size_t count;
};

/* Texts live in the arena. Unknown keys are passed over, so that an older scanner works with a newer server; ERR_INPUT when it is not an
 * answer to check-ins at all. */
enum err protocol_read_answers(struct arena *arena, const char *text, size_t length, struct scan_answers *ret, struct fault *fault);

/* What a person is told when the server answers 403 secure_only: plain http is for this very machine. */
#define PROTOCOL_SECURE_ONLY "the server hears scanners over the network only by https: pair with the whole URL that plenum device pair shows"

/* `code` of an application/problem+json body, or NULL. */
const char *protocol_problem_code(struct arena *arena, const char *text, size_t length);

#endif
