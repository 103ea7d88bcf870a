/* The operator's screen: a page on 127.0.0.1, live by Server-Sent Events. One thread with a database connection of its own, and one that fetches photos.
 *
 * Nothing here may hold up a scan: results are handed over by copy, and a browser that does not read loses its connection. It answers loopback only, GET only,
 * and only to its own Host (scanner/status/request.h). Badge tokens and keys are in nothing that it gives. Why not server/http: docs/decisions.
 *
 *   GET /            the page; /page.css, /page.js, /sound.js, /words/LANGUAGE.json
 *   GET /events      hello (boot, gate, direction), then scan, foreign, photo, and state once a second
 *   GET /aside.json  the newest scans that the server will never take
 *   GET /photo/ID    of whom that scan named, once the event photo has told that it is there
 *
 * status_result, status_foreign and status_device are thread-safe. */
#ifndef PLENUM_SCANNER_STATUS_H
#define PLENUM_SCANNER_STATUS_H

#include "core/base/err.h"
#include "scanner/decision/foreign.h"
#include "scanner/sync/sync.h"

struct result;
struct device_news;
struct status;

struct status_settings {
    int port; /* 0: any that is free */
    const char *spool, *event, *gate, *direction; /* borrowed for the life of the page */
    struct sync *sync; /* outlives it; NULL: nobody to send to (tests) */
    const struct http_settings *photos; /* whom to ask for photos; copied, its texts are borrowed; NULL: none are shown */
};

/* ERR_BUSY when the port is taken. */
enum err status_start(const struct status_settings *settings, struct status **ret, struct fault *fault);
void status_stop(struct status *status); /* accepts NULL */
int status_port(const struct status *status);

void status_result(struct status *status, const struct result *result);
void status_foreign(struct status *status, enum foreign_kind kind);
/* How the camera or hand scanner is: shown from then on with how things stand. */
void status_device(struct status *status, const struct device_news *news);

#endif
