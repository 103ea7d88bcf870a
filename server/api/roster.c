/* GET /api/v1/events/{event}/roster?since=N: who may pass this device's gate. The seals are made in the job pool. */
#include "core/congress/roster/roster.h"
#include "core/base/clock.h"
#include "server/app.h"
#include "server/mirror_job.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void roster_work(struct http_request *req, void *thread_state)
{
    struct worker *worker = thread_state;
    const char *since = http_query(req, "since");
    json_t *roster = NULL;
    if (!worker) {
        reply_reason(req, REASON_busy);
        return;
    }
    const struct device *device = &principal_of(req)->device;
    enum err e = roster_read(worker->db, device->event_slug, device->gate_id, since ? strtoll(since, NULL, 10) : 0, clock_now_ms(), &roster);
    if (e == OK) http_reply_json(req, 200, roster);
    else reply_error(req, e, NULL);
}

/* "12 340000 1": so many scans wait, the oldest for so many milliseconds, so many were set aside. What is said otherwise is not taken. */
static void read_queue(const char *text, struct device_report *report)
{
    int64_t numbers[3];
    for (size_t i = 0; i < 3; i++) {
        char *end;
        size_t digits = text ? strspn(text, "0123456789") : 0;
        if (digits == 0 || digits > 15) return;
        numbers[i] = strtoll(text, &end, 10);
        if (*end != (i < 2 ? ' ' : '\0')) return;
        text = end + 1;
    }
    report->waiting = numbers[0];
    report->waiting_since_ms = numbers[0] > 0 && numbers[1] < report->now_ms ? report->now_ms - numbers[1] : DB_NULL;
    report->set_aside = numbers[2];
}

static enum err apply_seen(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    const char *since = http_query(req, "since");
    struct device_report report = {.now_ms = clock_now_ms(), .roster_version = since ? strtoll(since, NULL, 10) : DB_NULL,
                                   .waiting = DB_NULL, .waiting_since_ms = DB_NULL, .set_aside = DB_NULL};
    read_queue(http_header(req, "Plenum-Queue"), &report);
    enum err e = device_report(db, principal_of(req)->device.id, &report);
    return e == OK ? OK : db_fault(db, e, fault, "device");
}

/* A contact that could not be written down is no reason to refuse the roster; one that finds nothing new is a contact too. */
static void after_seen(struct http_request *req)
{
    const char *etag = req->state;
    http_set_cache(req, HTTP_REVALIDATE);
    if (http_not_modified(req, etag)) return;
    http_run_in_pool(req, app_of(req)->pool, roster_work);
}

/* Which server this is, and which acknowledged scans a device need not hold any more (docs/api.md). */
static void tell_epoch(struct http_request *req)
{
    const struct app *app = app_of(req);
    struct mirror_state mirror;
    mirror_job_state(app->mirror, &mirror);
    (void)http_set_header(req, "Plenum-Epoch", app->epoch);
    (void)http_set_header(req, "Plenum-Seal", app->scan_key.public_key);
    if (app->spares) (void)http_set_header(req, "Plenum-Spares", app->spares);
    const char *lag = mirror.is_on ? arena_printf(req->arena, "%" PRId64, mirror.lag_ms) : NULL;
    if (lag) (void)http_set_header(req, "Plenum-Copy-Lag", lag);
}

void roster_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct programme_seqs seqs;
    if (!worker || !event_of(req, worker, &seqs)) return;
    const char *since = http_query(req, "since");
    if (since && (!*since || since[strspn(since, "0123456789")])) {
        reply_reason_with(req, REASON_bad_request, "since: is not a number");
        return;
    }
    tell_epoch(req);
    req->state = arena_printf(req->arena, "%" PRId64 "-%s", seqs.roster_seq, since ? since : "0");
    if (req->state) request_write(req, apply_seen, after_seen);
    else reply_reason(req, REASON_busy);
}
