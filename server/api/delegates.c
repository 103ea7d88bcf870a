/* GET /api/v1/events/{event}/delegates?q= and …/people?q=: finding people at the desk. On the HTTP worker: core/congress/delegates/find.h says what it costs. */
#include "core/congress/delegates/find.h"
#include "core/base/clock.h"
#include "server/app.h"

void delegates_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!programme) return;
    const char *typed = http_query(req, "q");
    json_t *results = NULL;
    enum err e = delegates_find(worker->db, req->arena, programme, typed ? typed : "", clock_now_ms(), &results);
    if (e == OK) http_reply_json(req, 200, results);
    else reply_error(req, e, NULL);
}

void people_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!programme) return;
    const char *typed = http_query(req, "q");
    json_t *results = NULL;
    enum err e = people_find(worker->db, req->arena, programme, typed ? typed : "", &results);
    if (e == OK) http_reply_json(req, 200, results);
    else reply_error(req, e, NULL);
}
