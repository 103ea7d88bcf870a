/* Telling the person at the door: a line in the terminal that is seen from afar, a sound, one JSON line a scan, a command of the
 * operator's. Nothing here decides, and nothing here may hold up the next scan.
 *
 * feedback_notice may be called from any thread; the rest from one. */
#ifndef PLENUM_SCANNER_FEEDBACK_H
#define PLENUM_SCANNER_FEEDBACK_H

#include "core/base/err.h"
#include "scanner/decision/foreign.h"
#include "scanner/frames/frames.h"

#include <stdbool.h>
#include <stdint.h>

enum result_from { FROM_SERVER, FROM_ROSTER, FROM_NOBODY };

/* What became of one scan. Texts are borrowed; NULL where there is nothing to say. */
struct result {
    const char *scan_id; /* NULL: it could not even be kept */
    const char *gate, *direction;
    int64_t scanned_ms;
    const char *outcome; /* admitted, already_in, left, handed_out, refused, invalid, queued (kept for later), lost (not kept) */
    const char *reason;  /* a code of core/congress/errors.def */
    enum result_from from;
    const char *name, *delegation, *category, *seat, *badge_box;
    const char *category_title; /* what the category's code is called, for title_pick; NULL: the gate does not know */
    int64_t first_ms; /* when they came in; DB_NULL */
    const char *first_gate;
    bool conflict, replayed;
    bool is_nearly_full; /* the room behind this gate: so many places are left */
    int64_t places_left;
    int64_t roster_age_ms; /* of what decided here; -1 = nothing did */
    int64_t waiting;    /* scans not yet acknowledged, this one included if it is */
    int64_t oldest_age_ms; /* how long the oldest of them waits; -1 = none */
    int64_t latency_ms; /* from the complete frame to this */
    const char *picture; /* file name, or NULL */
    int64_t frame;
};

struct feedback_settings {
    bool json;             /* one JSON line a scan on standard output; the terminal's line then goes to standard error if that is a terminal */
    bool vietnamese;       /* else English */
    const char *on_result; /* a program, or NULL */
};

struct feedback;
struct status;

enum err feedback_start(const struct feedback_settings *settings, struct feedback **ret, struct fault *fault);
/* Waits for running commands, at most their time limit. Accepts NULL. */
void feedback_stop(struct feedback *feedback);

/* In which zone "since 07:41" is said; it comes with the roster. Copied; NULL = UTC, as at the start. */
void feedback_set_timezone(struct feedback *feedback, const char *zone);

/* From now on the status page is told too; it outlives the feedback's results. NULL: no longer. */
void feedback_show_on(struct feedback *feedback, struct status *status);

void feedback_result(struct feedback *feedback, const struct result *result);
/* "This is not one of our badges." On the terminal, the page, and where there is no terminal on standard error. */
void feedback_foreign(struct feedback *feedback, enum foreign_kind kind);
/* The camera or hand scanner works, or does not: on the terminal, on the page, and with `json` as a line of its own. */
void feedback_device(struct feedback *feedback, const struct device_news *news);
/* Anything else that the operator should read: server away, server back, trouble. `loud`: with a sound. */
void feedback_notice(struct feedback *feedback, bool loud, const char *text);

#endif
